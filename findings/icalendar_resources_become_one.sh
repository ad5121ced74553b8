#!/bin/sh
# icalendar 7.3.2 joins the values of RESOURCES: read and written again, RESOURCES:EASEL,PROJECTOR is
# RESOURCES:EASEL\,PROJECTOR, one resource whose name has a comma; a server that books the projector by it does not
# find it. RFC 5545, 3.8.1.10: a list of values, as CATEGORIES, which icalendar keeps. REQUEST-STATUS:2.0;Success
# becomes 2.0\;Success, a code without a description (3.8.8.3). In jCal (RFC 7265) RESOURCES is one text, too, in place
# of two values (3.4.1.3); REQUEST-STATUS is right there, and wrong once it is read back. No error in any of them, and
# a program that changes only the title of an event writes both so. ical.js keeps both. libical had the first (its
# issue 79); of icalendar no report was found, in November 2026 (issue 110 is about CATEGORIES).
# deskcal keeps both lines as they were put.
#
# Guess: the lines come back. Seen: RESOURCES:EASEL\,PROJECTOR and REQUEST-STATUS:2.0\;Success, by iCalendar and jCal.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6 >/dev/null 2>&1
npm install --silent --no-audit --no-fund ical.js@2.2.1 >/dev/null 2>&1
cat >lists.py <<'PYTHON'
import json
import pathlib
import sys

import icalendar

LINES = ["CATEGORIES:A,B", "REQUEST-STATUS:2.0;Success", "RESOURCES:EASEL,PROJECTOR"]
EVENT = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20270101T000000Z", "DTSTART:20270301T090000Z", *LINES, "END:VEVENT"]
TEXT = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", *EVENT, "END:VCALENDAR", ""])


def lists(calendar):
    lines = calendar.to_ical().decode().splitlines()
    return sorted(line for line in lines if line.startswith(("CATEGORIES", "RESOURCES", "REQUEST-STATUS")))


pathlib.Path("event.ics").write_bytes(TEXT.encode())
calendar = icalendar.Calendar.from_ical(TEXT)
jcal = json.loads(json.dumps(calendar.to_jcal()))
resources = next(value for value in jcal[2][0][1] if value[0] == "resources")
kept, back = lists(calendar), lists(icalendar.Calendar.from_jcal(jcal))
print(f"icalendar {icalendar.__version__}: {kept}")
print(f"by way of jCal {resources[3:]}: {back}")
expected = ["CATEGORIES:A,B", "REQUEST-STATUS:2.0\\;Success", "RESOURCES:EASEL\\,PROJECTOR"]
if kept != expected or back != expected or resources[3:] != ["EASEL,PROJECTOR"]:
    sys.exit("the behaviour has changed")
PYTHON
cat >lists.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const jcal = ICAL.parse(readFileSync("event.ics", "utf8"));
const lines = ICAL.stringify(jcal).split("\r\n");
console.log(lines.filter((line) => /^(CATEGORIES|RESOURCES|REQUEST-STATUS)/.test(line)).sort().join(" "));
JAVASCRIPT
venv/bin/python lists.py
found=$(node lists.mjs)
echo "ical.js 2.2.1: $found"
[ "$found" = "CATEGORIES:A,B REQUEST-STATUS:2.0;Success RESOURCES:EASEL,PROJECTOR" ] || {
    echo "the behaviour has changed"
    exit 1
}

#!/bin/sh
# ical-generator 11.1.2 (npm, 1.4 million downloads a month): where the calendar has a zone, it writes UNTIL of a
# series, and DTSTAMP, on the clock of that zone without a Z. RFC 5545, 3.3.10: beside a DTSTART with a TZID, UNTIL MUST
# be in UTC; 3.8.7.2: so must DTSTAMP. Where only the event has a zone, both are right. python-dateutil, and what is
# built on it, refuses the series; a reader that takes UNTIL for UTC loses its last call west of Greenwich. Nothing says
# so, and the file is right as long as no series ends. No report of it was found, in November 2026.
# deskcal reads such an UNTIL on the clock of DTSTART.
#
# Guess: UNTIL=20270303T080000Z both times. Seen: with the zone at the event that; with the zone at the calendar
# UNTIL=20270303T090000, and an error of python-dateutil.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-dateutil==2.9.0 2>/dev/null
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical-generator@11.1.2 luxon@3.7.2
cat >write.mjs <<'NODE'
import ical from "ical-generator";
import { DateTime } from "luxon";

const ZONE = "Europe/Berlin";
const at = (day, hour) => DateTime.fromObject({ year: 2027, month: 3, day, hour }, { zone: ZONE });
for (const timezone of [undefined, ZONE]) {
  const calendar = ical({ name: "calls", timezone });
  const repeating = { freq: "DAILY", until: at(3, 9) };
  calendar.createEvent({ id: "1", start: at(1, 9), end: at(1, 10), timezone: ZONE, summary: "call", repeating });
  const lines = calendar.toString().split("\r\n").filter((line) => /^(DTSTART|RRULE)/.test(line));
  console.log(lines.join(" "));
}
NODE
cat >read.py <<'PYTHON'
import sys

from dateutil.rrule import rrulestr

for line in sys.stdin:
    try:
        found = len(list(rrulestr(line.strip().replace(" ", "\n"))))
    except ValueError:
        found = "an error"
    print(line.strip(), "->", found)
PYTHON
node write.mjs | venv/bin/python read.py | tee seen
cat >wanted <<'TEXT'
DTSTART;TZID=Europe/Berlin:20270301T090000 RRULE:FREQ=DAILY;UNTIL=20270303T080000Z -> 3
DTSTART;TZID=Europe/Berlin:20270301T090000 RRULE:FREQ=DAILY;UNTIL=20270303T090000 -> an error
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }

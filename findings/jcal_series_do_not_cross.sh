#!/bin/sh
# ical.js 2.2.1 and icalendar 7.3.2 both write and read jCal (RFC 7265), and neither reads the other's of a usual
# series. Of RRULE:FREQ=WEEKLY;WKST=SU ical.js makes "wkst":1, a number of its own (MO is 2); 3.6.10 has the part as it
# is in the text, "SU". icalendar refuses it, and the whole calendar with it. The other way a parameter of several
# values, FEATURE of CONFERENCE (RFC 7986), is an array in icalendar's jCal, as 3.4.1 has it, and stringify() of
# ical.js ends with a TypeError; ical.js itself keeps the comma in one text, and writes it back as
# FEATURE="PHONE,MODERATOR", which is one feature of another name. So an API between a page in JavaScript and a server
# in Python works until the first rule has a WKST, as those of deskcal's feed have. Each reads its own. That "wkst" is
# a number is ical.js' issue 284 (closed, as meant so); of FEATURE no report was found, in November 2026.
# deskcal gives and takes iCalendar, not jCal.
#
# Guess: the rule and the feature come back as they were. Seen: JCalParsingError, TypeError, a quoted list.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund ical.js@2.2.1 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.2 2>/dev/null
write() {
    printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//test//test//EN BEGIN:VEVENT UID:1 \
        DTSTAMP:20270101T000000Z DTSTART:20270301T090000Z SUMMARY:call "$1" END:VEVENT END:VCALENDAR >"$2.ics"
}
write "RRULE:FREQ=WEEKLY;WKST=SU" rule
write "CONFERENCE;VALUE=URI;FEATURE=PHONE,MODERATOR:tel:+1-555-0100" conference
cat >javascript.mjs <<'JAVASCRIPT'
import { readFileSync, writeFileSync } from "node:fs";
import ICAL from "ical.js";

for (const name of ["rule", "conference"]) {
  const own = ICAL.parse(readFileSync(`${name}.ics`, "utf8"));
  writeFileSync(`${name}.ical-js.json`, JSON.stringify(own));
  console.log(`ical.js: ${JSON.stringify(own[2][0][1].at(-1))}`);
  for (const jcal of [own, JSON.parse(readFileSync(`${name}.icalendar.json`, "utf8"))]) {
    try {
      console.log(`ical.js reads ${ICAL.stringify(jcal).match(/(RRULE|CONFERENCE).*/)[0]}`);
    } catch (error) {
      console.log(`ical.js: ${error.name}`);
    }
  }
}
JAVASCRIPT
cat >python.py <<'PYTHON'
import json
import pathlib
import sys

from icalendar import Calendar

for name in ("rule", "conference"):
    if sys.argv[1] == "write":
        jcal = Calendar.from_ical(pathlib.Path(f"{name}.ics").read_bytes()).to_jcal()
        pathlib.Path(f"{name}.icalendar.json").write_text(json.dumps(jcal))
        print("icalendar:", json.dumps(jcal[2][0][1][-1]))
        continue
    try:
        text = Calendar.from_jcal(json.loads(pathlib.Path(f"{name}.ical-js.json").read_text())).to_ical().decode()
        print("icalendar reads", next(line for line in text.splitlines() if line.startswith(("RRULE", "CONFERENCE"))))
    except ValueError as error:
        print("icalendar:", type(error).__name__)
PYTHON
echo "ical.js 2.2.1, icalendar 7.3.2"
{
    venv/bin/python python.py write
    node javascript.mjs
    venv/bin/python python.py read
} | tee seen
cat >wanted <<'TEXT'
icalendar: ["rrule", {}, "recur", {"freq": "WEEKLY", "wkst": "SU"}]
icalendar: ["conference", {"feature": ["PHONE", "MODERATOR"]}, "uri", "tel:+1-555-0100"]
ical.js: ["rrule",{},"recur",{"freq":"WEEKLY","wkst":1}]
ical.js reads RRULE:FREQ=WEEKLY;WKST=SU
ical.js reads RRULE:FREQ=WEEKLY;WKST=SU
ical.js: ["conference",{"feature":"PHONE,MODERATOR"},"uri","tel:+1-555-0100"]
ical.js reads CONFERENCE;FEATURE="PHONE,MODERATOR";VALUE=URI:tel:+1-555-0100
ical.js: TypeError
icalendar: JCalParsingError
icalendar reads CONFERENCE;FEATURE="PHONE,MODERATOR":tel:+1-555-0100
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }

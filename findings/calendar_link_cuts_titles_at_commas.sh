#!/bin/sh
# calendar-link 2.11.5 (npm, 0.7 million downloads a month) writes texts into its .ics without escaping commas,
# semicolons and backslashes, and an all-day event as DTSTART:20270301. RFC 5545, 3.3.11: "MUST be escaped"; 3.8.2.4:
# the default type is DATE-TIME, so a day needs VALUE=DATE. Readers differ: vobject (so Radicale) cuts the title "Lunch;
# Ann, Bob" at the comma, all three readers below take the path C:\new for "C:", a new line and "ew", and ical.js
# refuses the all-day event. The source replaces a comma by "\,", which in JavaScript is a comma; so the escaping that
# pull request 179 (2020) asked for is there and does nothing, in every text but line breaks. Google's, Outlook's and
# Yahoo's links are right. That the UID is one of 100,000 is issue 645 (closed); of texts and days no report was found,
# in November 2026.
# deskcal reads the title whole, and a date without VALUE=DATE as a day; it writes texts escaped.
#
# Guess: the title, and 1 March. Seen: vobject "Lunch; Ann"; C: and ew on two lines in ical.js and vobject; ical.js an
# error for the day.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund calendar-link@2.11.5 ical.js@2.2.1 >/dev/null 2>&1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check vobject==0.9.9 icalendar==7.3.2 >/dev/null 2>&1
cat >write.cjs <<'JAVASCRIPT'
const { writeFileSync } = require("fs");
const { ics } = require("calendar-link");
const start = "2027-03-01T09:00:00Z";
const call = { title: "Lunch; Ann, Bob", description: "see C:\\new", start, duration: [1, "hour"] };
const day = { title: "Off", start: "2027-03-01", allDay: true };
for (const [name, event] of Object.entries({ call, day })) {
  const text = decodeURIComponent(ics({ ...event, uid: name }).replace(/^data:[^,]*,/, ""));
  writeFileSync(`${name}.ics`, text);
  const lines = text.split(/\r?\n/).filter((line) => /^(SUMMARY|DESCRIPTION|DTSTART)/.test(line));
  console.log(`${name}: ${lines.join(" | ")}`);
}
JAVASCRIPT
cat >read.mjs <<'JAVASCRIPT'
import { readFileSync } from "fs";
import ICAL from "ical.js";
const event = (name) => {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(`${name}.ics`, "utf8")));
  return new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
};
const day = () => {
  try {
    return event("day").startDate.toString();
  } catch (error) {
    return "an error";
  }
};
console.log(`ical.js 2.2.1: ${JSON.stringify([event("call").summary, event("call").description, day()])}`);
JAVASCRIPT
cat >read.py <<'PYTHON'
import json

import icalendar
import vobject

text, day = (open(f"{name}.ics", newline="").read() for name in ("call", "day"))
call = vobject.readOne(text).vevent
start = vobject.readOne(day).vevent.dtstart.value
print("vobject 0.9.9:", json.dumps([call.summary.value, call.description.value, str(start)]))
(event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
(off,) = icalendar.Calendar.from_ical(day).walk("VEVENT")
print("icalendar 7.3.2:", json.dumps([event["SUMMARY"], event["DESCRIPTION"], str(off.decoded("DTSTART"))]))
PYTHON
{
    echo "calendar-link 2.11.5"
    TZ=UTC node write.cjs
    node read.mjs
    venv/bin/python read.py
} | tee seen
grep -q '^call: .*SUMMARY:Lunch; Ann, Bob | DESCRIPTION:see C:.new$' seen &&
    grep -q '^day: DTSTART:20270301 ' seen &&
    grep -q '^ical.js.*"Lunch; Ann, Bob","see C:.new","an error"' seen &&
    grep -q '^vobject.*"Lunch; Ann", "see C:.new"' seen || { echo "the behaviour has changed"; exit 1; }

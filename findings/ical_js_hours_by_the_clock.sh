#!/bin/sh
# ical.js 2.2.1 adds the hours of a DURATION to the clock on the wall. RFC 5545, 3.3.6 and 3.8.2.5: days and weeks are
# nominal, hours are exact. A night shift of PT8H that begins before a change of the clock ends an hour early in
# spring and an hour late in autumn; node-ical and icalevents end it after eight hours. (icalendar 7.3 and ics 0.7.3 do
# as ical.js; libical knows it as issue 630. Of ical.js no report was found.)
#
# Seen: 22:00 in Berlin on 27 March 2027 and PT8H: 04:00 UTC, which is seven hours; on 30 October 05:00 UTC, nine.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.26.1 >/dev/null 2>&1
cat >length.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const observance = (name, from, to, start, month) =>
  `BEGIN:${name}\r\nTZOFFSETFROM:${from}\r\nTZOFFSETTO:${to}\r\nDTSTART:${start}\r\n` +
  `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=-1SU\r\nEND:${name}\r\n`;
const zone =
  "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n" +
  observance("DAYLIGHT", "+0100", "+0200", "19810329T020000", 3) +
  observance("STANDARD", "+0200", "+0100", "19961027T030000", 10) +
  "END:VTIMEZONE\r\n";
const textOf = (date) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\n${zone}BEGIN:VEVENT\r\nUID:1\r\n` +
  `DTSTAMP:20270101T000000Z\r\nDTSTART;TZID=Europe/Berlin:${date}T220000\r\nDURATION:PT8H\r\n` +
  "END:VEVENT\r\nEND:VCALENDAR\r\n";
const hours = (start, end) => (end - start) / 3600000;

const ofIcalJs = (text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.register(calendar.getFirstSubcomponent("vtimezone"));
  const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
  return hours(event.startDate.toJSDate(), event.endDate.toJSDate());
};
const ofNodeIcal = (text) => {
  const event = Object.values(nodeIcal.sync.parseICS(text)).find((one) => one.type === "VEVENT");
  return hours(event.start, event.end);
};

const seen = ["20270327", "20271030"].map((date) => [ofIcalJs(textOf(date)), ofNodeIcal(textOf(date))]);
console.log("DURATION:PT8H from 22:00 in Berlin, over the changes of the clock of 2027");
console.log(`ical.js 2.2.1: ${seen[0][0]} hours in March, ${seen[1][0]} in October`);
console.log(`node-ical 0.26.1: ${seen[0][1]} hours in March, ${seen[1][1]} in October`);
if (JSON.stringify(seen) !== "[[7,8],[9,8]]") {
  console.error("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
node length.mjs

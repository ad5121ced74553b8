#!/bin/sh
# ts-ics 2.4.6 follows a rule on the clock of the machine, whatever the zone of DTSTART is: a daily call at 9:00 UTC, which
# is 9:00 UTC every day (RFC 5545, 3.3.10), is at 8:00 UTC from the day on which the machine's clock goes forward. On a
# server in UTC it is right; in a browser in New York it is an hour off from 14 March on, in one in Berlin from 28 March
# on. ical.js 2.2.1 and node-ical 0.27.2 are right on each. No report of it was found, in November 2026.
# deskcal gives each occurrence its own times (MngGetCalendarEventsByFilter).
#
# Guess: 9:00 on each day. Seen: hours in UTC of 13, 14, 27 and 28 March: New York 9 8 8 8, Berlin 9 9 9 8, UTC 9 9 9 9.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ts-ics@2.4.6 node-ical@0.27.2
cat >hours.mjs <<'NODE'
import ical from "node-ical";
import { convertIcsCalendar, extendByRecurrenceRule } from "ts-ics";

const text = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", "BEGIN:VEVENT", "UID:1",
  "DTSTAMP:20270101T000000Z", "DTSTART:20270313T090000Z", "DURATION:PT30M", "RRULE:FREQ=DAILY;COUNT=16",
  "SUMMARY:call", "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");
const hours = (times) => [0, 1, 14, 15].map((day) => times[day].getUTCHours()).join(" ");

const [event] = convertIcsCalendar(undefined, text).events;
const own = extendByRecurrenceRule(event.recurrenceRule, { start: event.start.date, end: new Date("2027-06-01") });
const other = Object.values(ical.sync.parseICS(text)).find((one) => one.type === "VEVENT").rrule.all();
console.log(`${hours(own)}, ${hours(other)}`);
NODE
is_same=yes
for pair in "America/New_York=9 8 8 8, 9 9 9 9" "Europe/Berlin=9 9 9 8, 9 9 9 9" "UTC=9 9 9 9, 9 9 9 9"; do
    found=$(TZ=${pair%%=*} node hours.mjs)
    echo "ts-ics 2.4.6, node-ical 0.27.2 on a machine in ${pair%%=*}: $found"
    [ "$found" = "${pair#*=}" ] || is_same=no
done
[ $is_same = yes ] || { echo "the behaviour has changed"; exit 1; }

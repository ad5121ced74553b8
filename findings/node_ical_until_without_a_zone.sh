#!/bin/sh
# node-ical 0.27.2 reads the UNTIL of a series without a zone as UTC. RFC 5545, 3.3.10: where DTSTART is a local time,
# UNTIL is one on the same clock. West of Greenwich the last occurrences are lost: of a daily call at 9:00 until the third
# day at 9:00 a process in New York has two, one in Berlin and in UTC three; and in Tokyo a call at 17:00 until the third
# day at 9:00, of which there are two, has three. Without an error. ical.js has three and two in each of them.
# No report of it was found, in November 2026. Write UNTIL in UTC, and a TZID with DTSTART.
# deskcal writes both so, and reads such an UNTIL on the clock of DTSTART.
#
# Guess: three and two everywhere. Seen: New York 2 and 2, UTC 3 and 2, Tokyo 3 and 3.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-ical@0.27.2 ical.js@2.2.1
cat >count.mjs <<'NODE'
import ICAL from "ical.js";
import ical from "node-ical";

const text = (hour) => ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", "BEGIN:VEVENT", "UID:1",
  "DTSTAMP:20270101T000000Z", `DTSTART:20270301T${hour}0000`, "DURATION:PT30M",
  "RRULE:FREQ=DAILY;UNTIL=20270303T090000", "SUMMARY:call", "END:VEVENT", "END:VCALENDAR", ""].join("\r\n");

function ofNodeIcal(hour) {
  const event = Object.values(ical.sync.parseICS(text(hour))).find((one) => one.type === "VEVENT");
  return event.rrule.all().length;
}

function ofIcalJs(hour) {
  const calendar = new ICAL.Component(ICAL.parse(text(hour)));
  const times = new ICAL.Event(calendar.getFirstSubcomponent("vevent")).iterator();
  let count = 0;
  while (times.next()) count += 1;
  return count;
}

console.log([ofNodeIcal("09"), ofNodeIcal("17"), ofIcalJs("09"), ofIcalJs("17")].join(" "));
NODE
is_same=yes
for pair in "America/New_York:2 2 3 2" "UTC:3 2 3 2" "Asia/Tokyo:3 3 3 2"; do
    found=$(TZ=${pair%%:*} node count.mjs)
    echo "node-ical 0.27.2 at 9:00 and 17:00, ical.js 2.2.1 likewise, in ${pair%%:*}: $found"
    [ "$found" = "${pair#*:}" ] || is_same=no
done
[ $is_same = yes ] || { echo "the behaviour has changed"; exit 1; }

#!/bin/sh
# @fullcalendar/icalendar 6.1.21, FullCalendar's plugin for feeds: DTSTART;TZID=Europe/Berlin:...T090000 is at 9:00 of
# the zone in which the calendar is shown, in New York as in Tokyo, also where the file has the VTIMEZONE, as RFC 5545,
# 3.2.19, has it. Times in UTC are right, so of one feed some events are right and some hours off. An event and an
# occurrence with STATUS:CANCELLED are shown like any other (3.8.1.11). In the zone of the feed nothing of it is seen.
# The README names neither. Zones are issue 7456 (2023, closed) and pull request 7450 (open); of cancelled events no
# report was found, in November 2026. FullCalendar 7 has no such plugin yet.
# deskcal's feed names the zone of each event; give such a page the events as JSON, with times in UTC.
#
# Guess: 9:00 in Berlin, which is 04:00 in New York and 17:00 in Tokyo. Seen: 09:00 in each; both cancelled calls.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --legacy-peer-deps @fullcalendar/core@6.1.21 @fullcalendar/daygrid@6.1.21 \
    @fullcalendar/icalendar@6.1.21 @fullcalendar/luxon3@6.1.21 ical.js@1.5.0 luxon@3.7.2 jsdom@29.1.1 >/dev/null 2>&1
cat >feed.cjs <<'JAVASCRIPT'
const { JSDOM } = require("jsdom");

const page = new JSDOM("<div></div>", { pretendToBeVisual: true, url: "http://localhost/" });
globalThis.window = page.window;
globalThis.document = page.window.document;
globalThis.HTMLElement = page.window.HTMLElement;
globalThis.getComputedStyle = page.window.getComputedStyle;
const { Calendar } = require("@fullcalendar/core");
const plugins = ["daygrid", "icalendar", "luxon3"].map((name) => require(`@fullcalendar/${name}`).default);

const change = (name, start, month, from, to) =>
  [`BEGIN:${name}`, `DTSTART:${start}`, `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=-1SU`, `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`, `END:${name}`];
const event = (uid, ...lines) =>
  ["BEGIN:VEVENT", `UID:${uid}`, `SUMMARY:${uid}`, "DTSTAMP:20270101T000000Z", ...lines, "END:VEVENT"];
const feed = [
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN",
  "BEGIN:VTIMEZONE", "TZID:Europe/Berlin",
  ...change("STANDARD", "19701025T030000", 10, "+0200", "+0100"),
  ...change("DAYLIGHT", "19700329T020000", 3, "+0100", "+0200"),
  "END:VTIMEZONE",
  ...event("zone", "DTSTART;TZID=Europe/Berlin:20270325T090000", "DTEND;TZID=Europe/Berlin:20270325T100000"),
  ...event("utc", "DTSTART:20270325T080000Z", "DTEND:20270325T090000Z"),
  ...event("cancelled", "DTSTART:20270326T080000Z", "DTEND:20270326T090000Z", "STATUS:CANCELLED"),
  ...event("series", "DTSTART:20270308T080000Z", "DTEND:20270308T090000Z", "RRULE:FREQ=WEEKLY;COUNT=2"),
  ...event("series", "RECURRENCE-ID:20270315T080000Z", "DTSTART:20270315T080000Z", "STATUS:CANCELLED"),
  "END:VCALENDAR", "",
].join("\r\n");
globalThis.fetch = async () => new Response(feed, { headers: { "content-type": "text/calendar" } });

const shown = (timeZone) =>
  new Promise((resolve) => {
    const source = { url: "http://localhost/feed.ics", format: "ics" };
    const settings = { plugins, timeZone, initialDate: "2027-03-01", events: source };
    const calendar = new Calendar(document.querySelector("div"), settings);
    calendar.on("eventsSet", (events) => {
      if (!events.length) return;
      resolve(events.map(({ title, startStr }) => `${title} ${startStr.slice(8, 16)}`).sort().join(", "));
      setTimeout(() => calendar.destroy(), 0);
    });
    calendar.render();
  });

(async () => {
  let hasChanged = false;
  for (const [zone, hour] of [["America/New_York", "04"], ["Europe/Berlin", "09"], ["Asia/Tokyo", "17"]]) {
    const seen = await shown(zone);
    console.log(`${zone}: ${seen}`);
    hasChanged ||= !seen.includes("zone 25T09:00") || !seen.includes(`utc 25T${hour}:00`);
    hasChanged ||= !seen.includes("cancelled 26T") || !seen.includes("series 15T");
  }
  if (hasChanged) console.log("the behaviour has changed");
  process.exit(hasChanged ? 1 : 0);
})();
JAVASCRIPT
echo "@fullcalendar/icalendar 6.1.21: 9:00 in Berlin with a zone and in UTC, and two cancelled calls"
TZ=UTC node feed.cjs

#!/bin/sh
# FullCalendar 6.1.21: an event in the hour that comes twice has another start than the one that it was given. It keeps
# the clock alone: with timeZone "local" 1:30 EST of 7 November becomes 1:30 EDT, an hour earlier; with a zone by name
# and its plugin for luxon 1:30 EDT becomes 1:30 EST, an hour later; that for moment-timezone does as local. So
# event.start.toISOString(), which a page sends when it is saved, moves a call that nobody has touched; in local, one
# from 1:30 EDT to 1:30 EST has no length, and one from 1:30 to 2:30 EST has two hours. The texts given have offsets.
# Version 7.1.0 keeps both. That an event within the change is not shown is issue 3887 (2017, closed); that its start
# changes was not found reported, in November 2026.
# deskcal's web calendar keeps whole Unix seconds.
#
# Guess: both times come back. Seen, in UTC, of 05:30 and 06:30: local and moment-timezone 05:30 twice, luxon 06:30
# twice.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --legacy-peer-deps @fullcalendar/core@6.1.21 @fullcalendar/daygrid@6.1.21 \
    @fullcalendar/luxon3@6.1.21 @fullcalendar/moment-timezone@6.1.21 luxon@3.7.2 moment@2.30.1 moment-timezone@0.5.48 \
    jsdom@29.1.1 >/dev/null 2>&1
cat >starts.cjs <<'JAVASCRIPT'
const { JSDOM } = require("jsdom");

const page = new JSDOM("<div></div>", { pretendToBeVisual: true });
globalThis.window = page.window;
globalThis.document = page.window.document;
globalThis.HTMLElement = page.window.HTMLElement;
globalThis.getComputedStyle = page.window.getComputedStyle;
const { Calendar } = require("@fullcalendar/core");
const daygrid = require("@fullcalendar/daygrid").default;
const luxon = require("@fullcalendar/luxon3").default;
const momentTimezone = require("@fullcalendar/moment-timezone").default;

const events = [{ start: "2027-11-07T01:30:00-04:00" }, { start: "2027-11-07T01:30:00-05:00" }];
const starts = (timeZone, plugins) => {
  const options = { plugins: [daygrid, ...plugins], initialDate: "2027-11-01", timeZone, events };
  const calendar = new Calendar(document.querySelector("div"), options);
  calendar.render();
  const times = calendar.getEvents().map((event) => event.start.toISOString().slice(11, 16));
  calendar.destroy();
  return times.join(" ");
};
const seen = {
  "UTC": starts("UTC", []),
  "local": starts("local", []),
  "moment-timezone": starts("America/New_York", [momentTimezone]),
  "luxon": starts("America/New_York", [luxon]),
};
console.log("1:30 EDT and 1:30 EST of 7 November 2027, in UTC 05:30 and 06:30");
for (const [name, times] of Object.entries(seen)) console.log(`${name}: ${times}`);
const expected = ["05:30 06:30", "05:30 05:30", "05:30 05:30", "06:30 06:30"];
if (Object.values(seen).join() !== expected.join()) {
  console.log("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
echo "FullCalendar 6.1.21"
TZ=America/New_York node starts.cjs

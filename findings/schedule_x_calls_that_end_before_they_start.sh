#!/bin/sh
# @schedule-x/event-recurrence 4.8.0 (20,000 downloads a month) follows rules otherwise than RFC 5545 in five ways,
# without an error or a warning. A daily call of half an hour at 2:30 starts at 3:30 and ends at 3:00 on the day that
# skips 2:30. UNTIL in UTC, as a start with a zone must have it (3.3.10), is taken for a time of the calendar's zone,
# so that in Berlin the last call is left out. Weeks begin on Sunday where WKST is not written, not on Monday: every
# second week on Wednesdays and Sundays is on other Sundays. A yearly call from 29 February is on 1 March of each later
# year. And BYSETPOS is passed over: a call on the last working day of each month becomes one on each working day. Of a
# rule whose start does not match it, it says so in the console. Its documentation says that it has a part of
# iCalendar's rules. No report of them was found, in November 2026 (pull request 911, merged, brought WKST).
# deskcal gives each occurrence its own times (MngGetCalendarEventsByFilter); its feed has WKST.
#
# Guess: what rrule-temporal 2.2.8 has, or for a skipped time the one of RFC 5545, 3.3.5, with its length. Seen: as
# above.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --legacy-peer-deps @schedule-x/event-recurrence@4.8.0 \
    @schedule-x/calendar@4.9.1 temporal-polyfill@0.3.2 @preact/signals@2.11.4 preact@10.29.8 jsdom@20.0.3 \
    rrule-temporal@2.2.8 >/dev/null 2>&1
cat >rules.mjs <<'JAVASCRIPT'
import "temporal-polyfill/global";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<div></div>");
globalThis.window = window;
globalThis.document = window.document;
const { RRuleTemporal } = await import("rrule-temporal");
const { createCalendar, createViewWeek } = await import("@schedule-x/calendar");
const { createEventRecurrencePlugin } = await import("@schedule-x/event-recurrence");

const ZONE = "Europe/Berlin";
const at = (text) => Temporal.ZonedDateTime.from(`${text}[${ZONE}]`);
const RANGE = { start: at("2027-01-01T00:00"), end: at("2033-01-01T00:00") };
const RULES = [
  ["2027-03-27T02:30", "FREQ=DAILY;COUNT=3"],
  ["2027-03-01T09:00", "FREQ=WEEKLY;UNTIL=20270315T080000Z"],
  ["2027-03-03T09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE;COUNT=4"],
  ["2028-02-29T09:00", "FREQ=YEARLY;COUNT=3"],
  ["2027-03-31T09:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=4"],
];
const clock = (time) => time.toPlainDateTime().toString().slice(2, 16);
for (const [text, rrule] of RULES) {
  const start = at(text);
  const event = { id: "1", title: "call", start, end: start.add({ minutes: 30 }), rrule };
  const recurrence = createEventRecurrencePlugin();
  const calendar = createCalendar({ views: [createViewWeek()], timezone: ZONE, events: [event] }, [recurrence]);
  recurrence.beforeRender(calendar.$app);
  recurrence.onRangeUpdate(RANGE);
  const found = calendar.$app.calendarEvents.list.value.map((each) => [each.start, each.end]);
  const local = text.replace(/[-:]/g, "");
  const dates = new RRuleTemporal({ rruleString: `DTSTART;TZID=${ZONE}:${local}00\nRRULE:${rrule}` });
  console.log(rrule);
  console.log(`schedule-x: ${found.map(([from, to]) => `${clock(from)}-${clock(to).slice(9)}`).join(" ")}`);
  console.log(`rrule-temporal: ${dates.all().map(clock).join(" ")}`);
}
JAVASCRIPT
echo "@schedule-x/event-recurrence 4.8.0"
TZ=UTC node rules.mjs | tee seen
cat >wanted <<'TEXT'
FREQ=DAILY;COUNT=3
schedule-x: 27-03-27T02:30-03:00 27-03-28T03:30-03:00 27-03-29T02:30-03:00
rrule-temporal: 27-03-27T02:30 27-03-29T02:30 27-03-30T02:30
FREQ=WEEKLY;UNTIL=20270315T080000Z
schedule-x: 27-03-01T09:00-09:30 27-03-08T09:00-09:30
rrule-temporal: 27-03-01T09:00 27-03-08T09:00 27-03-15T09:00
FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE;COUNT=4
schedule-x: 27-03-03T09:00-09:30 27-03-14T09:00-09:30 27-03-17T09:00-09:30 27-03-28T09:00-09:30
rrule-temporal: 27-03-03T09:00 27-03-07T09:00 27-03-17T09:00 27-03-21T09:00
FREQ=YEARLY;COUNT=3
schedule-x: 28-02-29T09:00-09:30 29-03-01T09:00-09:30 30-03-01T09:00-09:30
rrule-temporal: 28-02-29T09:00 32-02-29T09:00 36-02-29T09:00
FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=4
schedule-x: 27-03-31T09:00-09:30 27-04-01T09:00-09:30 27-04-02T09:00-09:30 27-04-05T09:00-09:30
rrule-temporal: 27-03-31T09:00 27-04-30T09:00 27-05-31T09:00 27-06-30T09:00
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }

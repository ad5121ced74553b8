// Instances that ical.js makes of a calendar on stdin: START END, Unix seconds.
// Prints a JSON list of [title, start, end]; dates are written as dates.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const [since, until] = process.argv.slice(2).map(Number);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const events = calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
const masters = new Map(events.filter((one) => !one.isRecurrenceException()).map((one) => [one.uid, one]));
const rows = [];
const text = (time) => (time.isDate ? time.toString() : time.toUnixTime());
const seconds = (time) => time.toUnixTime();
function add(event, start, end) {
    if (seconds(start) < until && seconds(end) > since) rows.push([event.summary, text(start), text(end)]);
}
for (const event of events) {
    if (!event.isRecurrenceException()) continue;
    const master = masters.get(event.uid);
    if (master) master.relateException(event);
    else add(event, event.startDate, event.endDate);
}
for (const event of masters.values()) {
    if (!event.isRecurring()) {
        add(event, event.startDate, event.endDate);
        continue;
    }
    const iterator = event.iterator();
    for (let next = iterator.next(); next && seconds(next) < until; next = iterator.next()) {
        const { item, startDate, endDate } = event.getOccurrenceDetails(next);
        add(item, startDate, endDate);
    }
}
console.log(JSON.stringify(rows));

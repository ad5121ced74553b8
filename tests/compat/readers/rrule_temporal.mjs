// Instances that rrule-temporal makes of a calendar on stdin: START END, Unix seconds.
// Prints a JSON list of [title, start, end]; dates are written as dates. rrule-temporal reads
// DTSTART, RRULE, RDATE and EXDATE alone: to find these lines, and to replace an instance by a
// VEVENT with RECURRENCE-ID, is up to the program that uses it, and is done here.
import { readFileSync } from "node:fs";
import { RRuleTemporal } from "rrule-temporal";

const [since, until] = process.argv.slice(2).map(Number);
const RULES = ["DTSTART", "RRULE", "RDATE", "EXDATE"];
const lines = readFileSync(0, "utf8").replace(/\r?\n[ \t]/g, "").split(/\r?\n/);
const events = [];
let open = null;
for (const line of lines) {
    if (line === "BEGIN:VEVENT") open = [];
    else if (line === "END:VEVENT") {
        events.push(open);
        open = null;
    } else if (open !== null && !/^(BEGIN|END):/.test(line)) open.push(line);
}

const nameOf = (line) => line.split(/[;:]/, 1)[0];
const lineOf = (event, name) => event.find((line) => nameOf(line) === name);
const valueOf = (event, name) => lineOf(event, name)?.replace(/^[^:]*:/, "");
const isDate = (event) => lineOf(event, "DTSTART").includes("VALUE=DATE:");

// The time of a line such as DTSTART, as rrule-temporal reads it.
function timeOf(event, name) {
    const start = lineOf(event, name).replace(name, "DTSTART");
    return new RRuleTemporal({ rruleString: `${start}\nRRULE:FREQ=DAILY;COUNT=1` }).all()[0];
}

const seconds = (time) => time.epochMilliseconds / 1000;
const text = (time, date) => (date ? time.toPlainDate().toString() : seconds(time));
const keyOf = (event, time) => `${valueOf(event, "UID")} ${seconds(time)}`;
const overrides = events.filter((event) => lineOf(event, "RECURRENCE-ID"));
const replaced = new Set(overrides.map((event) => keyOf(event, timeOf(event, "RECURRENCE-ID"))));
const rows = [];
function add(event, start, length) {
    const [date, end] = [isDate(event), start.add(length)];
    const title = valueOf(event, "SUMMARY").replace(/\\([,;\\])/g, "$1");
    if (seconds(start) < until && seconds(end) > since) rows.push([title, text(start, date), text(end, date)]);
}

// What is added to a start: exact hours, or days of an all-day event.
function lengthOf(event, start) {
    if (lineOf(event, "DURATION")) return valueOf(event, "DURATION");
    return start.until(timeOf(event, "DTEND"), { largestUnit: isDate(event) ? "days" : "hours" });
}

for (const event of events) {
    const start = timeOf(event, "DTSTART");
    const length = lengthOf(event, start);
    if (!lineOf(event, "RRULE") || lineOf(event, "RECURRENCE-ID")) {
        add(event, start, length);
        continue;
    }
    const rule = new RRuleTemporal({ rruleString: event.filter((line) => RULES.includes(nameOf(line))).join("\n") });
    for (const one of rule.between(new Date(0), new Date(until * 1000), true)) {
        if (!replaced.has(keyOf(event, one))) add(event, one, length);
    }
}
console.log(JSON.stringify(rows));

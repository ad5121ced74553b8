// Instances that ical-expander makes of a calendar on stdin: START END, Unix seconds.
// Prints a JSON list of [title, start, end]; dates are written as dates.
import { readFileSync } from "node:fs";
import IcalExpander from "ical-expander";

const [since, until] = process.argv.slice(2).map(Number);
const expander = new IcalExpander({ ics: readFileSync(0, "utf8"), maxIterations: 0 });
const { events, occurrences } = expander.between(new Date(since * 1000), new Date(until * 1000));
const seconds = (time) => time.toJSDate().getTime() / 1000;
const text = (time) => (time.isDate ? time.toString() : seconds(time));
const rows = [...events, ...occurrences]
    .filter((one) => seconds(one.startDate) < until && seconds(one.endDate) > since)
    .map((one) => [(one.item ?? one).summary, text(one.startDate), text(one.endDate)]);
console.log(JSON.stringify(rows));

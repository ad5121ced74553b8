// Instances that node-ical makes of a calendar on stdin: START END, Unix seconds.
// Prints a JSON list of [title, start, end]; dates are written as dates.
import { readFileSync } from "node:fs";
import ical from "node-ical";

const [from, to] = process.argv.slice(2).map((one) => new Date(Number(one) * 1000));
const found = Object.values(ical.sync.parseICS(readFileSync(0, "utf8")));
const day = (time) => {
    const pad = (number) => String(number).padStart(2, "0");
    return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
};
const rows = found
    .filter((one) => one.type === "VEVENT")
    .flatMap((one) => ical.expandRecurringEvent(one, { from, to }))
    .map((one) => {
        const text = (time) => (one.isFullDay ? day(time) : time.getTime() / 1000);
        return [one.summary, text(one.start), text(one.end)];
    });
console.log(JSON.stringify(rows));

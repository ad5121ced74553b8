#!/bin/sh
# Temporal.ZonedDateTime.until() with days or more as its largest unit forgets that its start is the second of two
# equal times. From 2:00 CET, when the clock has been put back, to 1:30 of the next day are 23 hours and a half;
# until() with `largestUnit: "day"` says 24 and a half, with "hour" 23 and a half; since() says either, by its
# direction; and the start plus the duration is 2:30. A reminder or a length that is shown by until() is an hour wrong
# for what begins in that hour and ends at an earlier time of another day. The specification has it so: it reckons from
# the date and the clock of the start, without its offset, and takes the first of the two. MDN has of until() that it
# "does other - this". Node 26.10.0 and both polyfills agree. Related: proposal-temporal's 3141 (same day, an error);
# of this no report was found, in November 2026.
# deskcal has lengths in seconds; its web calendar has no Temporal.
#
# Guess: PT23H30M in each. Seen: PT24H30M by day, PT23H30M by hour and by since() in the other direction.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund node@26.10.0 @js-temporal/polyfill@0.5.1 temporal-polyfill@1.0.8 >/dev/null
cat >lengths.mjs <<'JAVASCRIPT'
import { Temporal as Polyfill } from "@js-temporal/polyfill";
import { Temporal as Small } from "temporal-polyfill/full";

const lengths = (T) => {
  const start = T.ZonedDateTime.from("2027-10-31T02:00:00+01:00[Europe/Berlin]");
  const end = T.ZonedDateTime.from("2027-11-01T01:30:00+01:00[Europe/Berlin]");
  const byDay = start.until(end, { largestUnit: "day" });
  return [
    byDay,
    start.until(end, { largestUnit: "hour" }),
    end.since(start, { largestUnit: "day" }),
    start.since(end, { largestUnit: "day" }),
    start.add(byDay).toPlainTime(),
  ].join(" ");
};
const found = { "@js-temporal/polyfill": lengths(Polyfill), "temporal-polyfill": lengths(Small) };
if (globalThis.Temporal) found[`Node ${process.versions.node}`] = lengths(globalThis.Temporal);
for (const [name, text] of Object.entries(found)) console.log(`${name}: ${text}`);
const isSame = Object.values(found).every((text) => text === "PT24H30M PT23H30M PT23H30M -PT24H30M 02:30:00");
if (!isSame || Object.keys(found).length !== 3) {
  console.error("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
node_modules/.bin/node lengths.mjs

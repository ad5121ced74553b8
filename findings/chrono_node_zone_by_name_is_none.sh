#!/bin/sh
# chrono-node 2.10.3 (npm, 3.6 million downloads a month) takes a reference zone by its name of the zone data, and
# anything else that it does not know, for the zone of the machine: "tomorrow at 9:00" with timezone "Europe/Berlin" is
# 9:00 UTC on a server in UTC, and 9:00 in New York on one there; so is "Nonsense". The type is string or number, and
# there is no error. What it knows are abbreviations and minutes. Of these "CET" has the offset of the reference, not
# of the day that is meant: on 27 March tomorrow at 9:00 is 10:00 in Berlin, whose clock goes forward in that night.
# The README has 'timezone name (e.g. "GMT", "CDT")'. In the browser of who writes the words it is right, and wrong
# once the same code runs on the server. Issue 608 (closed) is of its own map of names, 452 (closed) of the offset; of
# names of zones no report was found, in November 2026.
# deskcal's quick words are read on the wall calendar of the zone, by its name.
#
# Guess: 7:00 UTC in June, or an error. Seen: 9:00 and 13:00 UTC, by the machine; with CET 7:00, and 8:00 on 28 March.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund chrono-node@2.10.3 >/dev/null
cat >words.mjs <<'JAVASCRIPT'
import * as chrono from "chrono-node";

const REFERENCES = ["2027-06-09T11:00:00Z", "2027-03-27T11:00:00Z"];
const clock = (text, timezone) =>
  chrono.parseDate("tomorrow at 9:00", { instant: new Date(text), timezone }).toISOString().slice(5, 16);
for (const timezone of ["Europe/Berlin", "Asia/Tokyo", "Nonsense", "CET", 120]) {
  console.log(`${process.env.TZ}, ${timezone}: ${REFERENCES.map((text) => clock(text, timezone)).join(" ")}`);
}
JAVASCRIPT
echo "chrono-node 2.10.3: tomorrow at 9:00, in UTC, on 9 June and 27 March"
for zone in UTC America/New_York; do
    TZ=$zone node words.mjs
done | tee seen
cat >wanted <<'TEXT'
UTC, Europe/Berlin: 06-10T09:00 03-28T09:00
UTC, Asia/Tokyo: 06-10T09:00 03-28T09:00
UTC, Nonsense: 06-10T09:00 03-28T09:00
UTC, CET: 06-10T07:00 03-28T08:00
UTC, 120: 06-10T07:00 03-28T07:00
America/New_York, Europe/Berlin: 06-10T13:00 03-28T13:00
America/New_York, Asia/Tokyo: 06-10T13:00 03-28T13:00
America/New_York, Nonsense: 06-10T13:00 03-28T13:00
America/New_York, CET: 06-10T07:00 03-28T08:00
America/New_York, 120: 06-10T07:00 03-28T07:00
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }

#!/bin/sh
# opening_hours 3.15.0 (npm) takes coordinates that are numbers for none, and then has the sun rise at 6:00 and set at
# 18:00, everywhere and on every day. Its types ask for numbers ("lat: number"), and the README for "the fields {lat,
# lon, ...}"; what it reads are texts, as the JSON of Nominatim has them. A beach that is open from sunrise to sunset
# is, on 21 June in Berlin, shut from 18:00 on, three and a half hours early, without an error or a warning. That
# missing coordinates mean constant times the README says. Where the country alone counts, as for holidays, nothing of
# it is seen. No report of it was found, in November 2026.
# deskcal has no hours that follow the sun.
#
# Guess: 4:43 to 21:33 in Berlin. Seen: with texts about that; with numbers 6:00 to 18:00.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund opening_hours@3.15.0 >/dev/null 2>&1
cat >sun.cjs <<'JAVASCRIPT'
const { readFileSync, readdirSync } = require("fs");
const OpeningHours = require("opening_hours");

const address = { country_code: "de", state: "Berlin" };
const day = ({ lat, lon }) => {
  const hours = new OpeningHours("sunrise-sunset", { lat, lon, address });
  const [[start, end]] = hours.getOpenIntervals(new Date("2027-06-21T00:00"), new Date("2027-06-22T00:00"));
  return [start, end].map((time) => time.toTimeString().slice(0, 5)).join(" to ");
};
const folder = "node_modules/opening_hours/types/";
const types = readdirSync(folder).map((name) => readFileSync(folder + name, "utf8")).join("");
const [type] = types.match(/lat: \w+/);
const seen = [day({ lat: 52.5, lon: 13.4 }), day({ lat: "52.5", lon: "13.4" })];
console.log(`its types: ${type}; with numbers ${seen[0]}, with texts ${seen[1]}`);
if (type !== "lat: number" || seen[0] !== "06:00 to 18:00" || !/^04:4\d to 21:3\d$/.test(seen[1])) {
  console.log("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
echo "opening_hours 3.15.0, sunrise to sunset on 21 June 2027 in Berlin"
TZ=Europe/Berlin node sun.cjs

#!/bin/sh
# luxon 3.7.2: localWeekNumber and localWeekYear of one date and one locale depend on the version of Node or of the
# browser. luxon asks Intl.Locale.getWeekInfo() how many days of January the first week must have; V8 of Chrome 136 and
# of Node 24 and newer does not say it any more (ECMA-402 dropped minimalDays), and luxon then takes the 4 of ISO 8601
# for every locale. For en-US 2 January 2027 is in week 1 of 2027 on Node 20 and in week 52 of 2026 on Node 26; so a
# report by weeks that a server on Node 20 makes differs from that of the page in the browser. date-fns (locale enUS)
# and ICU have week 1 of 2027. `Settings.defaultWeekSettings` helps. The documentation has "the week number of the week
# year according to the locale", since "a different number of days is required". The error that it was at first is
# luxon's issue 1693 (closed); that the weeks differ follows from its repair.
# deskcal's page has no numbers of weeks by locale.
#
# Guess: week 1 of 2027 on both. Seen: Node 20.20.0: week 1 of 2027; Node 26.10.0: week 52 of 2026; de-DE the same on
# both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund luxon@3.7.2 date-fns@4.4.0 node20@npm:node@20.20.0 node26@npm:node@26.10.0 \
    >/dev/null 2>&1
cat >weeks.mjs <<'JAVASCRIPT'
import { getWeek } from "date-fns";
import { enUS } from "date-fns/locale/en-US";
import { DateTime } from "luxon";

const week = (locale) => {
  const day = DateTime.fromISO("2027-01-02", { locale });
  return `${locale} ${day.localWeekNumber} of ${day.localWeekYear}`;
};
console.log(`${week("en-US")}, ${week("de-DE")}, date-fns ${getWeek(new Date(2027, 0, 2), { locale: enUS })}`);
JAVASCRIPT
old=$(node_modules/node20/bin/node weeks.mjs)
new=$(node_modules/node26/bin/node weeks.mjs)
echo "luxon 3.7.2, week of 2 January 2027, Node 20.20.0: $old"
echo "luxon 3.7.2, week of 2 January 2027, Node 26.10.0: $new"
is_old="en-US 1 of 2027, de-DE 53 of 2026, date-fns 1"
is_new="en-US 52 of 2026, de-DE 53 of 2026, date-fns 1"
[ "$old" = "$is_old" ] && [ "$new" = "$is_new" ] || { echo "the behaviour has changed"; exit 1; }

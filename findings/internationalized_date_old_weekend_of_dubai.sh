#!/bin/sh
# @internationalized/date 3.12.4 (24 million downloads a month; the calendars of React Aria are made of it): in the
# United Arab Emirates the weekend is Friday and Saturday, as it was up to 2021. Since January 2022 it is Saturday and
# Sunday, and the week begins on Monday; so have CLDR, and Intl.Locale of Node and Babel by it. A page for a desk in
# Dubai that closes the days of isWeekend() offers calls on Sunday and none on Friday. The first day of the week is
# asked of Intl.Locale.getWeekInfo() where there is one, so that it is Monday in Node 26; Node 20 has the older
# weekInfo, and there startOfWeek() of the same Wednesday is the Saturday before: a page rendered on such a server
# begins its weeks two days earlier than the browser. India, whose weekend in CLDR is Sunday alone, has Saturday, too.
# The documentation says that isWeekend() goes by the locale; a first day can be given to startOfWeek(), nothing to
# isWeekend(). That another library has the old week is issue 738 of countries (Ruby, open); of this one no report was
# found, in November 2026.
# deskcal's desks have hours of their own, and the first day of the week is a setting.
#
# Guess: sat sun and Monday 1 March in both. Seen: fri sat in both; 1 March by Node 26, 27 February by Node 20.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir old new
(cd old && npm install --silent --no-audit --no-fund @internationalized/date@3.12.4 node@20.20.2 >/dev/null)
(cd new && npm install --silent --no-audit --no-fund @internationalized/date@3.12.4 node@26.10.0 >/dev/null)
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check babel==2.19.0 2>/dev/null
cat >old/week.mjs <<'JAVASCRIPT'
import { isWeekend, parseDate, startOfWeek } from "@internationalized/date";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONDAY = parseDate("2027-03-01");
console.log(`Node ${process.versions.node}`);
for (const locale of ["ar-AE", "ar-EG", "en-IN", "de-DE"]) {
  const weekend = DAYS.filter((_, index) => isWeekend(MONDAY.add({ days: index }), locale));
  const region = new Intl.Locale(locale);
  const info = region.getWeekInfo?.() ?? region.weekInfo;
  const intl = info.weekend.map((day) => DAYS[day - 1]);
  const start = startOfWeek(MONDAY.add({ days: 2 }), locale);
  const byIntl = `${intl.join(" ")}, from ${DAYS[info.firstDay - 1]}`;
  console.log(`${locale}: ${weekend.join(" ")}, from ${start}; Intl: ${byIntl}`);
}
JAVASCRIPT
cp old/week.mjs new/
cat >week.py <<'PYTHON'
from babel import Locale

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
dubai = Locale("ar", "AE")
weekend = DAYS[dubai.weekend_start : dubai.weekend_end + 1]
print(f"ar-AE by Babel: {' '.join(weekend)}, from {DAYS[dubai.first_week_day]}")
PYTHON
echo "@internationalized/date 3.12.4, Babel 2.19.0; the week of Wednesday 3 March 2027"
{
    old/node_modules/.bin/node old/week.mjs
    new/node_modules/.bin/node new/week.mjs
    venv/bin/python week.py
} | tee seen
cat >wanted <<'TEXT'
Node 20.20.2
ar-AE: fri sat, from 2027-02-27; Intl: sat sun, from mon
ar-EG: fri sat, from 2027-02-27; Intl: fri sat, from sat
en-IN: sat sun, from 2027-02-28; Intl: sun, from sun
de-DE: sat sun, from 2027-03-01; Intl: sat sun, from mon
Node 26.10.0
ar-AE: fri sat, from 2027-03-01; Intl: sat sun, from mon
ar-EG: fri sat, from 2027-02-27; Intl: fri sat, from sat
en-IN: sat sun, from 2027-02-28; Intl: sun, from sun
de-DE: sat sun, from 2027-03-01; Intl: sat sun, from mon
ar-AE by Babel: sat sun, from mon
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }

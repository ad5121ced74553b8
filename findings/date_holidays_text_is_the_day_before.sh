#!/bin/sh
# date-holidays 3.37.0: isHoliday("2027-05-31"), Memorial Day, is false for the United States, and
# isHoliday("2027-06-01"), the Tuesday after it, is Memorial Day; in each zone of the machine. It takes a string or a
# Date (so its types), makes new Date() of the string, which is midnight UTC for a date alone, and asks which day that
# is in the country: the day before, in all of America; east of Greenwich it is right. A table of days off that is made
# of dates in text, as JSON and databases have them, is a day late for every holiday. A local midnight, new Date(2027,
# 4, 31), is wrong on a machine in another zone. Its getHolidays() has the date in the country, as text. The README has
# Dates with an offset alone. For such Dates it was asked in 2017 (issue 26, closed: all holidays live in their zones)
# and 2025 (521, closed).
# deskcal has working hours and weekdays, no table of holidays.
#
# Guess: true and false. Seen in UTC, Tokyo and New York: US false and true, DE (1 and 2 May 2028) true and false; new
# Date(2027, 4, 31): false in UTC and Tokyo, true in New York.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund date-holidays@3.37.0 >/dev/null 2>&1
cat >days.mjs <<'JAVASCRIPT'
import Holidays from "date-holidays";

const us = new Holidays("US", { types: ["public"] });
const de = new Holidays("DE", { types: ["public"] });
const is = (holidays, day) => holidays.isHoliday(day) !== false;
const listed = us.getHolidays(2027).find((holiday) => holiday.name === "Memorial Day").date.slice(0, 10);
const texts = [is(us, "2027-05-31"), is(us, "2027-06-01"), is(de, "2028-05-01"), is(de, "2028-05-02")];
console.log([listed, ...texts, is(us, new Date(2027, 4, 31))].join(" "));
JAVASCRIPT
echo "date-holidays 3.37.0: Memorial Day; US 31 May, 1 June, DE 1 and 2 May as text; US new Date(2027, 4, 31)"
for pair in UTC:false Asia/Tokyo:false America/New_York:true; do
    seen=$(TZ=${pair%:*} node days.mjs)
    echo "${pair%:*}: $seen"
    [ "$seen" = "2027-05-31 false true true false ${pair#*:}" ] || { echo "the behaviour has changed"; exit 1; }
done

#!/bin/sh
# Babel 2.19.0 names the time of Dublin the wrong way round: in winter "Irish Standard Time", which is the name of
# summer, and in summer "Greenwich Mean Time". It asks datetime.dst() whether the daylight name is to be taken. The
# zone data have the law of Ireland: summer is its standard time, and winter an hour less by daylight saving, which is
# negative; so does the package pytz. CLDR, whose names Babel has, has the daylight name for summer, and compiles its
# zones without negative saving, as ICU does: Intl of Node has the names the right way. An invitation for 12:00 "Irish
# Standard Time" in January means an hour earlier to who reads it so. London is right. Known of other libraries
# (timezone of Dart, issue 206; tzinfo, 107); of Babel no report was found, in November 2026.
# deskcal shows offsets, not names of zones.
#
# Guess: GMT in January, Irish Standard Time in July. Seen: the other way with zoneinfo and pytz; by Intl so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check babel==2.19.0 pytz==2026.6 tzdata==2026.6 >/dev/null 2>&1
cat >names.py <<'PYTHON'
import datetime as dt
import sys
from zoneinfo import ZoneInfo

import babel
import pytz
from babel.dates import get_timezone_name

UTC = dt.timezone.utc
TIMES = [dt.datetime(2027, month, 15, 12, tzinfo=UTC) for month in (1, 7)]
GMT, IRISH = "Greenwich Mean Time", "Irish Standard Time"


def names(zone):
    return [get_timezone_name(time.astimezone(zone), "long", locale="en_GB") for time in TIMES]


print(f"Babel {babel.__version__}, January and July")
by_zoneinfo, by_pytz = names(ZoneInfo("Europe/Dublin")), names(pytz.timezone("Europe/Dublin"))
london = names(ZoneInfo("Europe/London"))
print(f"Dublin by zoneinfo: {by_zoneinfo}; by pytz: {by_pytz}; London by zoneinfo: {london}")
if by_zoneinfo != [IRISH, GMT] or by_pytz != by_zoneinfo or london != [GMT, "British Summer Time"]:
    sys.exit("the behaviour has changed")
PYTHON
PYTHONTZPATH="" venv/bin/python names.py
cat >names.mjs <<'JAVASCRIPT'
const zone = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Dublin", timeZoneName: "long" });
const name = (month) => zone.formatToParts(Date.UTC(2027, month, 15)).find(({ type }) => type === "timeZoneName").value;
console.log(`${name(0)}, ${name(6)}`);
JAVASCRIPT
found=$(node names.mjs)
echo "Intl of Node $(node --version): $found"
[ "$found" = "Greenwich Mean Time, Irish Standard Time" ] || { echo "the behaviour has changed"; exit 1; }

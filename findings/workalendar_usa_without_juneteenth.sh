#!/bin/sh
# workalendar 17.0.0: 19 June is a working day in UnitedStates(), which its registry gives for "US". Juneteenth is a
# federal holiday since 2021; the library has it behind a switch that is on in the calendar of the Federal Reserve
# (FederalReserveSystem) alone, while Columbus Day is on in all that have not taken it out. So a due date of two working
# days counts a day on which banks, exchanges and federal offices are closed. Of the 53 calendars of states and
# territories Texas has the day off, by a holiday of its own. holidays 0.109 has it in US and in NYSE,
# exchange_calendars 4.13.2 in XNYS. The README does not say that it is left out. Other libraries took it over in 2021
# and 2022 (vacanza/holidays' pull request 474, Nager.Date's issue 299); of workalendar no report was found, in November
# 2026.
# deskcal has working hours and weekdays, no table of holidays.
#
# Guess: Monday 19 June 2028 is off, and two working days after Friday 16 is Wednesday 21. Seen: Tuesday 20; with
# FederalReserveSystem and with holidays Wednesday 21.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check workalendar==17.0.0 holidays==0.109 >/dev/null 2>&1
cat >june.py <<'PYTHON'
import datetime
import importlib.metadata
import sys

import holidays
from workalendar.registry import registry
from workalendar.usa import FederalReserveSystem

FRIDAY, MONDAY = datetime.date(2028, 6, 16), datetime.date(2028, 6, 19)
country = registry.get("US")
states = registry.get_subregions("US")
off = [code for code, calendar in states.items() if not calendar().is_working_day(MONDAY)]
seen = {
    "workalendar, US": country().add_working_days(FRIDAY, 2),
    "workalendar, FederalReserveSystem": FederalReserveSystem().add_working_days(FRIDAY, 2),
    "holidays, US": holidays.country_holidays("US").get_nth_working_day(FRIDAY, 2),
}
print(f"workalendar {importlib.metadata.version('workalendar')}, holidays {holidays.__version__}")
print(f"of {len(states)} calendars of states and territories, 19 June 2028 is off in: {off}")
for name, day in seen.items():
    print(f"two working days after 16 June 2028, {name}: {day:%A %d %B}")
if [day.day for day in seen.values()] != [20, 21, 21] or off != ["US-TX"]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python june.py

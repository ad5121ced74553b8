#!/bin/sh
# schedule 1.2.2 (PyPI) does not find back after a time that the clock skips: a daily job at 0:00 in Cairo, where
# midnight of 30 April does not exist, runs at 1:00 of that day, as its source means to, and then from 23:00 of the
# same day to midnight at each call of run_pending(), which its README makes every second: 3,600 reports in place of
# one. At 2:30 in Berlin it is 3:30 on 28 March, and on the 29th it runs twice, at 1:30, an hour early, and at 2:30.
# Without an error; each next run is made of the one before, and taken for the wanted time where it is an hour off. At
# 9:00, and when the clock goes back, it is right. Its tests have that night of Berlin, with a run at 1:30 before the
# next one is looked at. Issue 649 (open) is of jobs of each hour in autumn; of the days after a gap no report was
# found, in November 2026.
# deskcal has no such scheduler; what it does at a time it keeps in seconds.
#
# Guess: one run a day. Seen, with a call each minute: Cairo 29 April 0:00, 30 April 1:00 and then 60 from 23:00 on, 1
# May 0:00; Berlin 27 March 2:30, 28 March 3:30, 29 March 1:30 and 2:30, 30 March 2:30.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check schedule==1.2.2 pytz==2026.6 tzdata==2026.6 \
    time-machine==3.6.0 2>/dev/null
cat >runs.py <<'PYTHON'
import datetime as dt
import sys
from itertools import groupby
from zoneinfo import ZoneInfo

import schedule
import time_machine

CASES = [("00:00", "Africa/Cairo", 4, 28), ("02:30", "Europe/Berlin", 3, 26), ("09:00", "Europe/Berlin", 3, 26)]
DAYS = 4


def runs(clock, zone, month, day):
    """The local times of a job of each day; run_pending() is called every minute."""
    found = []
    now = dt.datetime(2027, month, day, 12, tzinfo=dt.timezone.utc)
    end = now + dt.timedelta(days=DAYS)
    schedule.clear()
    with time_machine.travel(now, tick=False):
        schedule.every().day.at(clock, zone).do(lambda: found.append(dt.datetime.now(ZoneInfo(zone))))
    while now < end:
        with time_machine.travel(now, tick=False):
            schedule.run_pending()
        now += dt.timedelta(minutes=1)
    return found


print("schedule 1.2.2")
seen = []
for case in CASES:
    hours = [(hour, len(list(times))) for hour, times in groupby(runs(*case), lambda time: f"{time:%d %H}")]
    print(f"{case[0]} in {case[1]}: (day and hour, runs) {hours}")
    seen.append(hours)
cairo = [("29 00", 1), ("30 01", 1), ("30 23", 60), ("01 00", 1), ("02 00", 1)]
berlin = [("27 02", 1), ("28 03", 1), ("29 01", 1), ("29 02", 1), ("30 02", 1)]
nine = [("27 09", 1), ("28 09", 1), ("29 09", 1), ("30 09", 1)]
if seen != [cairo, berlin, nine]:
    sys.exit("the behaviour has changed")
PYTHON
TZ=UTC venv/bin/python runs.py

#!/bin/sh
# APScheduler 3.11.3: a cron job in the first hour of the day is left out on the day after the clock goes forward. It
# looks for the next day by adding 24 hours, which is 1:00 where the day had 23, and then for the next midnight. A
# daily job at 0:00 or 0:30 in Berlin, New York and Nicosia does not run on that Monday; one for Mondays runs a week
# later, and one from Monday to Friday begins on Tuesday. At 1:00 and 9:00 it runs. The documentation warns of times
# that fall into the change alone, and midnight does not. It was reported in 2021 and 2022 (issues 529 and 606,
# closed). croniter 7.0.0 and cronsim 2.8 run on each day.
# deskcal has no such scheduler.
#
# Guess: 27, 28, 29 and 30 March. Seen: 27, 28, 30 and 31 March.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apscheduler==3.11.3 croniter==7.0.0 cronsim==2.8 \
    tzdata==2026.6 >/dev/null 2>&1
cat >midnights.py <<'PYTHON'
import datetime as dt
import sys
from importlib.metadata import version
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim

START = dt.datetime(2027, 3, 26, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def runs(rule):
    """The days of the first four runs of a job."""
    trigger, run, days = CronTrigger.from_crontab(rule, timezone=START.tzinfo), None, []
    for _ in range(4):
        run = trigger.get_next_fire_time(run, run or START)
        days.append(run.day)
    return days


others = croniter("0 0 * * *", START), CronSim("0 0 * * *", START)
midnights = [others[0].get_next(dt.datetime).day for _ in range(4)], [next(others[1]).day for _ in range(4)]
print(f"croniter {version('croniter')}, cronsim {version('cronsim')}: {midnights[0]}, {midnights[1]}")
seen = {rule: runs(rule) for rule in ("0 0 * * *", "30 0 * * *", "0 1 * * *", "0 0 * * mon")}
for rule, days in seen.items():
    print(f"APScheduler {version('apscheduler')}: {rule} runs on {days}")
late, every = [27, 28, 30, 31], [27, 28, 29, 30]
expected = {"0 0 * * *": late, "30 0 * * *": late, "0 1 * * *": every, "0 0 * * mon": [5, 12, 19, 26]}
if seen != expected or midnights != (every, every):
    sys.exit("the behaviour has changed")
PYTHON
PYTHONTZPATH="" venv/bin/python midnights.py

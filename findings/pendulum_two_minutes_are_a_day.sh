#!/bin/sh
# pendulum 3.3.0: in_days() of a difference counts midnights: from 23:59 to 0:01 it is 1, and from 9:00 to 8:00 a week
# later 7, where in_weeks() of the same difference is 0 or 1 by its seconds, .days is 0 and 6, and in_words() says "2
# minutes" and "6 days 23 hours". The midnights are those of the two zones, and if they differ, those of UTC: the same
# two instants are a day apart or none, by the zone in which they came. "Not called for 3 days" by in_days() >= 3 is so
# after two days and a minute. timedelta, a Duration of the same length and total_days() count seconds. What in_days()
# is beside total_days() and .days is asked in issues 702 and 180 (open); of the zones no report was found, in November
# 2026.
# deskcal reckons with seconds, and with days by their dates.
#
# Guess: 0, and 6. Seen: 1, and 7; from 23:59 to 0:01 in New York 1, with one of the two in UTC 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pendulum==3.3.0 tzdata==2026.6 2>/dev/null
cat >days.py <<'PYTHON'
import sys
from importlib.metadata import version

import pendulum

ZONE = "America/New_York"
late, early = pendulum.datetime(2027, 6, 1, 23, 59, tz=ZONE), pendulum.datetime(2027, 6, 2, 0, 1, tz=ZONE)
nine, eight = pendulum.datetime(2027, 6, 1, 9, tz=ZONE), pendulum.datetime(2027, 6, 8, 8, tz=ZONE)
print(f"pendulum {version('pendulum')}")
seen = []
for name, difference in (
    ("23:59 to 0:01", early - late),
    ("the same, one in UTC", early - late.in_tz("UTC")),
    ("the same, both in UTC", early.in_tz("UTC") - late.in_tz("UTC")),
    ("9:00 to 8:00 a week later", eight - nine),
):
    length = difference.as_duration()
    numbers = (difference.in_days(), difference.days, difference.in_weeks(), difference.in_hours(), length.in_days())
    seen.append(numbers)
    print(f"{name}: in_days {numbers[0]}, days {numbers[1]}, in_weeks {numbers[2]}, in_hours {numbers[3]}, ", end="")
    print(f"in_days of the duration {numbers[4]}, {difference.in_words()}")
if seen != [(1, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (7, 6, 1, 167, 6)]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python days.py

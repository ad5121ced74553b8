#!/bin/sh
# python-dateutil 2.9.0 (which recurring-ical-events, vobject and much else needs or allows) reads zone files in the
# slim form as UTC, without an error: Berlin, New York and Tokyo have offset 0 at all times. It reads the first of two
# blocks only, which zic leaves empty since release 2020b unless it is asked for fat files (RFC 8536, 3: the data of
# version 2 and later are in the second). The files of package tzdata and of some systems are slim, those of Debian fat,
# so the same program is right on one machine and hours off on another. python-dateutil 4.0.0 and zoneinfo read both.
# Readers in other languages met slim files in 2020 (Ruby's tzinfo, issue 120); of dateutil no report was found, in
# November 2026.
# deskcal takes zones from zoneinfo alone, and gives dateutil times without a zone.
#
# Seen, noon of 1 July 2027, files of tzdata 2026.6: dateutil 2.9.0 0, 0, 0 hours; 4.0.0 and zoneinfo 2, -4, 9.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >offsets.py <<'PYTHON'
import datetime as dt
import pathlib
import sys
import zoneinfo
from importlib.metadata import version

import tzdata
from dateutil import tz

zoneinfo.reset_tzpath(to=())
FILES = pathlib.Path(tzdata.__file__).parent / "zoneinfo"
NAMES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
NOON = dt.datetime(2027, 7, 1, 12)


def hours(zone_of):
    return [int(NOON.replace(tzinfo=zone_of(name)).utcoffset() / dt.timedelta(hours=1)) for name in NAMES]


by_dateutil = hours(lambda name: tz.tzfile(str(FILES / name)))
by_zoneinfo = hours(zoneinfo.ZoneInfo)
print(f"python-dateutil {version('python-dateutil')}, tzdata {version('tzdata')}: {by_dateutil}; zoneinfo {by_zoneinfo}")
expected = [0, 0, 0] if sys.argv[1].startswith("2.9") else [2, -4, 9]
if by_dateutil != expected or by_zoneinfo != [2, -4, 9]:
    sys.exit("the behaviour has changed")
PYTHON
for pinned in 2.9.0.post0 4.0.0; do
    python3 -m venv "venv$pinned"
    "venv$pinned/bin/pip" install --quiet --disable-pip-version-check "python-dateutil==$pinned" tzdata==2026.6 2>/dev/null
    "venv$pinned/bin/python" offsets.py "${pinned%.*}"
done

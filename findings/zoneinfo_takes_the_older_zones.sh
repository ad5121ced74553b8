#!/bin/sh
# zoneinfo takes time zones from the search path (the system's, or PYTHONTZPATH) before the package
# tzdata, however much older they are: with tzdata 2026.6 installed and the files of 2025.2 on the
# path, Vancouver is at UTC-8 on 20 January 2027, where release 2026f says UTC-7.
# Seen on Python 3.11 in November 2026.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
pip="$dir/venv/bin/pip --quiet --disable-pip-version-check"
$pip install tzdata==2026.6 2>/dev/null
$pip install --target "$dir/old" tzdata==2025.2 2>/dev/null
PYTHONTZPATH="$dir/old/tzdata/zoneinfo" "$dir/venv/bin/python" - <<'PYTHON'
import datetime as dt
import sys
import zoneinfo

import tzdata

noon = dt.datetime(2027, 1, 20, 12)
first = noon.replace(tzinfo=zoneinfo.ZoneInfo("America/Vancouver")).utcoffset()
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
then = noon.replace(tzinfo=zoneinfo.ZoneInfo("America/Vancouver")).utcoffset()
hours = [offset.total_seconds() / 3600 for offset in (first, then)]
print(f"tzdata {tzdata.__version__} installed: {hours[0]} by itself, {hours[1]} without the path")
sys.exit(hours != [-8.0, -7.0])
PYTHON

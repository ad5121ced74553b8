#!/bin/sh
# libical 3.0.16 (C, of Debian 12; Evolution, GNOME Calendar and Cyrus read rules by it) loses the first call of a
# series every second week, and has the others in the wrong weeks, where DTSTART is the last of the weekdays of BYDAY
# before WKST. Every second week on Monday and Tuesday, weeks from Wednesday on (WKST=WE), first on Tuesday 2 March: RFC
# 5545, 3.3.10, has 2 March and then Monday 15; libical begins on Monday 8 March. With WKST=MO or SU it was always
# right; a desk that counts its weeks from Tuesday, Wednesday, Thursday, Friday or Saturday meets it. python-dateutil,
# rrule.js and ical.js, which began as a port of libical, read it rightly. Issue 376 (closed) is about a DTSTART that is
# none of the weekdays; of this no report was found, in November 2026.
#
# Guess: 2, 15, 16, 29 March. Seen: 8, 9, 22, 23 March.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Puts a version of a package of Debian 12, and what it needs and this machine lacks, into the folder.
take() {
    apt-cache show "$1" >/dev/null 2>&1 || apt-get update --quiet=2 >/dev/null 2>&1 || true
    if ! apt-get download --quiet=2 "$1=$2" >/dev/null 2>&1; then
        echo "Debian does not offer $1 $2 any more; this script is about that version" >&2
        exit 2
    fi
    needed=$(apt-cache depends --recurse --important "$1" | grep '^[a-z]' | cut -d : -f 1 | sort -u)
    missing=$(for name in $needed; do [ "$name" = "$1" ] || dpkg -s "$name" >/dev/null 2>&1 || echo "$name"; done)
    if [ -n "$missing" ]; then
        apt-get download --quiet=2 $missing >/dev/null 2>&1
    fi
    for package in ./*.deb; do dpkg -x "$package" .; done
    rm -f ./*.deb
}
take libical3 3.0.16-1+b1
machine=$(uname -m)-linux-gnu
LD_LIBRARY_PATH="$folder/usr/lib/$machine" python3 - "$folder/usr/lib/$machine/libical.so.3" <<'PYTHON' | tee seen
import ctypes
import datetime as dt
import sys

library = ctypes.CDLL(sys.argv[1])
expand = library.icalrecur_expand_recurrence
expand.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.POINTER(ctypes.c_long)]


def days(rule):
    found = (ctypes.c_long * 4)()
    start = dt.datetime(2027, 3, 2, 9, tzinfo=dt.timezone.utc)
    expand(rule.encode(), int(start.timestamp()), 4, found)
    return " ".join(dt.datetime.fromtimestamp(time, dt.timezone.utc).strftime("%a %d,") for time in found)


for first in ("MO", "SU", "WE"):
    rule = f"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;WKST={first}"
    print(f"{rule}: {days(rule)}")
PYTHON
cat >wanted <<'TEXT'
FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;WKST=MO: Tue 02, Mon 15, Tue 16, Mon 29,
FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;WKST=SU: Tue 02, Mon 15, Tue 16, Mon 29,
FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;WKST=WE: Mon 08, Tue 09, Mon 22, Tue 23,
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }

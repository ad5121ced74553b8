#!/bin/sh
# dateparser 1.5.0 gives a day in words the offset that its zone has today: on 27 March "tomorrow at 9:00" in Berlin is
# 2027-03-28 09:00+01:00, a time that no clock there shows, 10:00 in summer time; "in 3 months" is an hour late in June,
# too, and TO_TIMEZONE hands the wrong instant on. The same day by its date, "2027-03-28 09:00", has +02:00. It takes
# the time now in the zone of pytz, adds days to it and does not call normalize(), which pytz asks for. "In 24 hours" is
# right, as pytz adds exactly, but is shown on the clock of yesterday. With a zone of zoneinfo in RELATIVE_BASE the
# offset is right (and "in 24 hours" is 23), but "9:00" is then None (issue 1213, open). The documentation says that
# TIMEZONE sets the zone of the dates. Of the offset no report was found, in November 2026.
# deskcal takes times in seconds of UTC, and days by their date.
#
# Guess: 09:00+02:00 by words and by date. Seen: +01:00 by words.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dateparser==1.5.0 pytz==2026.6 tzdata==2026.6 >/dev/null 2>&1
cat >words.py <<'PYTHON'
import datetime
import importlib.metadata
import sys

import dateparser

NOW = datetime.datetime(2027, 3, 27, 12)
SETTINGS = {"RELATIVE_BASE": NOW, "TIMEZONE": "Europe/Berlin", "RETURN_AS_TIMEZONE_AWARE": True}
UTC = {**SETTINGS, "TO_TIMEZONE": "UTC"}
print(f"dateparser {importlib.metadata.version('dateparser')}, on 27 March 2027 at noon in Berlin")
seen = {}
for text in ("tomorrow at 9:00", "2027-03-28 09:00", "in 3 months", "27 June 2027 12:00"):
    seen[text] = [f"{dateparser.parse(text, settings=settings):%d %H:%M %z}" for settings in (SETTINGS, UTC)]
    print(f"{text}: {' = '.join(seen[text])}")
if list(seen.values()) != [
    ["28 09:00 +0100", "28 08:00 +0000"],
    ["28 09:00 +0200", "28 07:00 +0000"],
    ["27 12:00 +0100", "27 11:00 +0000"],
    ["27 12:00 +0200", "27 10:00 +0000"],
]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python -W ignore words.py

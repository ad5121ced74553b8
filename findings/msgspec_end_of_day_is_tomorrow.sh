#!/bin/sh
# msgspec 0.22.0 rounds the fraction of a time to the nearest microsecond, and carries it up to the date: the end of the
# day as .NET, Go and Java write it, "2027-03-31T23:59:59.9999999Z", is 1 April, 0:00. A filter "until the end of March"
# then takes the events of midnight in, a contract ends a day, a month and a quarter later, and the greatest time of
# .NET, DateTime.MaxValue, is "Invalid RFC3339 encoded datetime". Python's datetime.fromisoformat and pydantic 2.13.4
# cut it off, so the same request is read as another day by each of two services. msgspec had it so from the beginning
# (pull request 201: "rounding to the nearest microsecond"); its page of supported types does not say it. In date-fns
# the same is known (issues 3029 and 3194, open); of what it does to the end of a day no report was found in msgspec, in
# November 2026.
# deskcal's times are whole seconds.
#
# Guess: 31 March in each. Seen: msgspec 1 April, 0:00, and an error for 9999-12-31T23:59:59.9999999Z; the others 31
# March, 23:59:59.999999.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check msgspec==0.22.0 pydantic==2.13.4 >/dev/null 2>&1
cat >ends.py <<'PYTHON'
import datetime
import sys

import msgspec
import pydantic

TEXTS = ("2027-03-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z")
READERS = {
    "msgspec": lambda text: msgspec.json.decode(f'"{text}"', type=datetime.datetime),
    "pydantic": pydantic.TypeAdapter(datetime.datetime).validate_python,
    "fromisoformat": datetime.datetime.fromisoformat,
}


def read(reader, text):
    """The time that a reader makes of the text, without its zone, or the name of its error."""
    try:
        return reader(text).replace(tzinfo=None).isoformat()
    except ValueError as error:
        return type(error).__name__


print(f"msgspec {msgspec.__version__}, pydantic {pydantic.VERSION}")
seen = {name: [read(reader, text) for text in TEXTS] for name, reader in READERS.items()}
for name, times in seen.items():
    print(f"{name}: {times}")
cut = ["2027-03-31T23:59:59.999999", "9999-12-31T23:59:59.999999"]
if seen != {"msgspec": ["2027-04-01T00:00:00", "ValidationError"], "pydantic": cut, "fromisoformat": cut}:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python ends.py

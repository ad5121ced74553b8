"""Instances that icalevents makes of a calendar on stdin: START END, Unix seconds.

Prints a JSON list of [title, start, end]; dates are written as dates.
"""

import datetime as dt
import json
import sys

from icalevents import icalevents

since, until = (dt.datetime.fromtimestamp(int(one), dt.UTC) for one in sys.argv[1:3])
found = icalevents.events(string_content=sys.stdin.buffer.read(), start=since, end=until)


def text(value: dt.datetime, all_day: bool) -> int | str:
    """Unix seconds, or the date."""
    return value.date().isoformat() if all_day else int(value.timestamp())


rows = [
    [str(one.summary), text(one.start, one.all_day), text(one.end, one.all_day)] for one in found
]
json.dump(rows, sys.stdout)

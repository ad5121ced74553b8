"""Instances that recurring-ical-events makes of a calendar on stdin: START END, Unix seconds.

Prints a JSON list of [title, start, end]; dates are written as dates.
"""

import datetime as dt
import json
import sys

import icalendar
import recurring_ical_events


def text(value: dt.date) -> int | str:
    """Unix seconds, or the date."""
    return int(value.timestamp()) if isinstance(value, dt.datetime) else value.isoformat()


since, until = (dt.datetime.fromtimestamp(int(one), dt.UTC) for one in sys.argv[1:3])
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
found = recurring_ical_events.of(calendar).between(since, until)
rows = [[str(one["summary"]), text(one.start), text(one.end)] for one in found]
json.dump(rows, sys.stdout)

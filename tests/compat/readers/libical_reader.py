"""Instances that libical makes of a calendar on stdin: START END, Unix seconds.

Prints a JSON list of [title, start, end]; dates are written as dates. libical expands a VEVENT by
its RRULE, RDATE and EXDATE; to replace an instance by a VEVENT with RECURRENCE-ID is up to the
program that uses it, and is done here by the times that libical gives.
"""

import ctypes
import datetime as dt
import json
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_long, c_void_p


class Time(Structure):
    """struct icaltimetype."""

    _fields_ = [
        *((name, c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", c_int),
        ("is_daylight", c_int),
        ("zone", c_void_p),
    ]


class Span(Structure):
    """struct icaltime_span."""

    _fields_ = [("start", c_long), ("end", c_long), ("is_busy", c_int)]


library = ctypes.CDLL(sys.argv[3])


def function(name, result, *arguments):
    """A function of libical with its types."""
    found = getattr(library, name)
    found.restype, found.argtypes = result, arguments
    return found


Callback = CFUNCTYPE(None, c_void_p, POINTER(Span), c_void_p)
parse = function("icalparser_parse_string", c_void_p, c_char_p)
first = function("icalcomponent_get_first_component", c_void_p, c_void_p, c_int)
following = function("icalcomponent_get_next_component", c_void_p, c_void_p, c_int)
kind_of = function("icalcomponent_string_to_kind", c_int, c_char_p)
property_kind = function("icalproperty_string_to_kind", c_int, c_char_p)
first_property = function("icalcomponent_get_first_property", c_void_p, c_void_p, c_int)
summary = function("icalcomponent_get_summary", c_char_p, c_void_p)
uid = function("icalcomponent_get_uid", c_char_p, c_void_p)
dtstart = function("icalcomponent_get_dtstart", Time, c_void_p)
dtend = function("icalcomponent_get_dtend", Time, c_void_p)
with_zone = function("icalproperty_get_datetime_with_component", Time, c_void_p, c_void_p)
as_seconds = function("icaltime_as_timet_with_zone", c_long, Time, c_void_p)
from_seconds = function("icaltime_from_timet_with_zone", Time, c_long, c_int, c_void_p)
each_recurrence = function(
    "icalcomponent_foreach_recurrence", None, c_void_p, Time, Time, Callback, c_void_p
)

since, until = int(sys.argv[1]), int(sys.argv[2])
calendar = parse(sys.stdin.buffer.read())
VEVENT = kind_of(b"VEVENT")
RECURRENCE_ID = property_kind(b"RECURRENCE-ID")
events = []
event = first(calendar, VEVENT)
while event:
    events.append(event)
    event = following(calendar, VEVENT)


def seconds(time):
    """Unix seconds; of a date, of its midnight in UTC."""
    return as_seconds(time, time.zone)


def text(value, is_date):
    """Unix seconds, or the date."""
    return dt.datetime.fromtimestamp(value, dt.UTC).date().isoformat() if is_date else value


def is_override(event):
    """Whether it stands for one instance."""
    return bool(first_property(event, RECURRENCE_ID))


def recurrence_id(event):
    """Which instance it stands for."""
    return with_zone(first_property(event, RECURRENCE_ID), event)


replaced = {(uid(one), seconds(recurrence_id(one))) for one in events if is_override(one)}
rows = []


def add(event, start, end):
    """One instance."""
    if start < until and end > since:
        is_date = bool(dtstart(event).is_date)
        rows.append([summary(event).decode(), text(start, is_date), text(end, is_date)])


def instances(event):
    """Start and end of each until `until`, by its rule."""
    found = []
    take = Callback(lambda _, span, __: found.append((span.contents.start, span.contents.end)))
    bounds = [from_seconds(time, 0, None) for time in (0, until)]
    each_recurrence(event, *bounds, take, None)
    return found


for event in events:
    if is_override(event):
        add(event, seconds(dtstart(event)), seconds(dtend(event)))
        continue
    for start, end in instances(event):
        if (uid(event), start) not in replaced:
            add(event, start, end)

print(json.dumps(rows))

"""A series as VEVENTs that all readers take alike: one with RRULE, and one for each that differs.

DTSTART is a member of the rule, EXDATE and RECURRENCE-ID have its form and zone. An occurrence at a
time that the clock skips or shows twice, or over a change of the clock, is written out with
moments in UTC, since readers disagree there. A rule on which they disagree is left out of the feed,
its occurrences are events alone. Source: contract, section 13; RFC 5545, 3.8.4.4.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Event as Component
from icalendar import vRecur, vText
from msgspec import Struct

from deskcal.core.event import Event, EventStatus, managers_of
from deskcal.core.recurrence import Occurrence
from deskcal.core.recurrence_rule import Rule, parse_rule
from deskcal.core.series import Series, new_occurrence
from deskcal.core.series_rules import cut
from deskcal.core.wall_clock import instant, utc_time, wall_date, wall_time
from deskcal.ical.rules import feed_text, read_alike
from deskcal.ical.uids import default_uid

Render = Callable[[Event], Component]


class Shown(Struct, frozen=True):
    """What a calendar shows of one series."""

    series: Series
    events: list[Event]
    """Its occurrences in the calendar, without those that are archived."""
    viewer: int
    until: int
    """The calendar holds the occurrences before it, Unix seconds."""
    is_one_uid: bool = False
    """Whether all of it has one UID, as a resource needs; else what cannot is an event alone."""


def series_components(shown: Shown, render: Render) -> list[Component]:
    """The VEVENTs of a series; `render` makes one of an event alone.

    Without an RRULE where the viewer takes part in single occurrences only, or readers disagree on
    the rule; only a resource, which is one UID, has the rule all the same.
    """
    by_time = {event.original_start_time: event for event in shown.events}
    occurrences = _occurrences(shown, min(by_time))
    first = next((one for one in occurrences if one.time in by_time), None)
    is_invited = shown.viewer in managers_of(shown.series.template)
    if first is None or not is_invited or _rule(shown.series, shown.is_one_uid) is None:
        return [_alone(shown, event, render) for event in shown.events]
    series = cut(shown.series, first.local).tail
    master = _master(shown, series, first, render)
    left_out, others = [], []
    for one in occurrences[occurrences.index(first) :]:
        event = by_time.pop(one.time, None)
        if event is None:
            left_out.append(one.local)
        elif _differs(event, series, one):
            others.append(_override(render(event), series, one))
    further = _further(shown, first, by_time)
    for one in further:
        event = by_time.pop(one.time)
        if _differs(event, series, one):
            others.append(_override(render(event), series, one))
    left_out += _later_dates(series, occurrences[-1])
    for name, dates in (("exdate", left_out), ("rdate", [one.local for one in further])):
        if dates:
            master.add(name, [_value(series, local) for local in dates])
    return [master, *others, *(_alone(shown, event, render) for event in by_time.values())]


def _further(shown: Shown, first: Occurrence, times: Iterable[int]) -> list[Occurrence]:
    """What is written as RDATE: all after the first, where it cannot be events alone."""
    later = sorted(time for time in times if time > first.time and shown.is_one_uid)
    return [Occurrence(time, wall_time(time, shown.series.zone)) for time in later]


def _alone(shown: Shown, event: Event, render: Render) -> Component:
    """What neither the rule nor an RDATE has: a reader wants none before DTSTART."""
    if not shown.is_one_uid:
        return render(event)
    time = event.original_start_time
    return _override(
        render(event), shown.series, Occurrence(time, wall_time(time, shown.series.zone))
    )


def exact_duration(seconds: int) -> str:
    """A DURATION without days, which would be days by the clock. Source: RFC 5545, 3.3.6."""
    for unit, size in (("H", 3600), ("M", 60)):
        if seconds % size == 0:
            return f"PT{seconds // size}{unit}"
    return f"PT{seconds}S"


def _occurrences(shown: Shown, since: int) -> list[Occurrence]:
    """What the rule has from the first event on, as far as events are there and shown."""
    series = shown.series
    until = series.horizon + 1 if series.is_ended else min(series.horizon, shown.until)
    return list(series.recurrence.between(since, max(until, since)))


def _later_dates(series: Series, last: Occurrence) -> list[dt.datetime]:
    """Dates that are left out beyond what is there."""
    later = [dt.date.fromisoformat(date) for date in series.exdates]
    time = series.start_local.time()
    return [dt.datetime.combine(date, time) for date in later if date > last.date]


def _master(shown: Shown, series: Series, first: Occurrence, render: Render) -> Component:
    """The VEVENT with the rule, as an occurrence without anything of its own would be."""
    updated = max(event.updated_time for event in shown.events)
    like = new_occurrence(series, first, shown.events[0].id, series.template.created_time)
    found = render(msgspec.structs.replace(like, updated_time=updated, version=series.version))
    _set(found, "uid", default_uid(series.template, series))
    if not series.template.all_day:
        _set(found, "dtstart", _value(series, first.local))
        found.pop("dtend", None)
        if series.length_sec:
            found.add("duration", vText(exact_duration(series.length_sec)))
    found.add("rrule", vRecur.from_ical(_rule_text(series, shown.is_one_uid)))
    return found


def _override(found: Component, series: Series, one: Occurrence) -> Component:
    _set(found, "uid", default_uid(series.template, series))
    found.add("recurrence-id", _value(series, one.local))
    return found


def _set(component: Component, name: str, value: Any) -> None:
    component.pop(name, None)
    component.add(name, value)


def _value(series: Series, local: dt.datetime) -> dt.date | dt.datetime:
    """`local` in the form of DTSTART: a date, or a time with its zone."""
    if series.template.all_day:
        return local.date()
    zone = dt.UTC if series.timezone == "UTC" else ZoneInfo(series.timezone)
    return local.replace(tzinfo=zone)


def _rule(series: Series, is_one_uid: bool) -> Rule | None:
    """The rule as it is written; None: readers disagree on it."""
    rule = parse_rule(series.rrule)
    return rule if is_one_uid else read_alike(rule, series.start_local.date())


def _rule_text(series: Series, is_one_uid: bool) -> str:
    """The rule; UNTIL has the type of DTSTART. Source: RFC 5545, 3.3.10."""
    rule = _rule(series, is_one_uid) or parse_rule(series.rrule)
    until = rule.until
    if series.template.all_day and isinstance(until, dt.datetime):
        until = wall_date(_seconds(until), series.zone)
    elif not series.template.all_day and until and not isinstance(until, dt.datetime):
        end = instant(dt.datetime.combine(until, dt.time(23, 59, 59)), series.zone)
        until = utc_time(end)
    rule = msgspec.structs.replace(rule, until=until)
    return str(rule) if is_one_uid else feed_text(rule)


def _seconds(utc: dt.datetime) -> int:
    return int(utc.replace(tzinfo=dt.UTC).timestamp())


def _differs(event: Event, series: Series, one: Occurrence) -> bool:
    """Whether the occurrence is not what a reader makes of the rule and the master."""
    return (
        (event.start_time, event.end_time) != series.times(one.local)
        or _shown_fields(event) != _shown_fields(series.template)
        or (not series.template.all_day and _is_doubtful(series, one))
    )


def _shown_fields(event: Event) -> tuple[Any, ...]:
    """What a VEVENT shows besides its times."""
    rows: Iterable[Any] = event.participants
    return (
        event.title,
        bytes(event.ast_json),
        event.status == EventStatus.OPEN,
        event.status == EventStatus.CANCELLED,
        event.priority,
        event.location,
        event.show_as,
        event.type,
        event.all_day,
        event.owner_manager_id,
        event.remind_before_sec,
        [(row.manager_id, row.role, row.status) for row in rows],
    )


def _is_doubtful(series: Series, one: Occurrence) -> bool:
    """Whether readers disagree on its start or its end."""
    start = one.local.replace(tzinfo=series.zone)
    if start.timestamp() != start.replace(fold=1).timestamp():
        return True
    end = dt.datetime.fromtimestamp(one.time + series.length_sec, series.zone)
    return start.utcoffset() != end.utcoffset()

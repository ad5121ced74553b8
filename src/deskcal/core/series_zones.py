"""What becomes of a series when the rules of its zone have changed. Pure.

Source: contract, section 13: open future occurrences that nobody moved follow their wall time.
"""

import bisect
import datetime as dt

import msgspec

from deskcal.core.alarms import trigger_time
from deskcal.core.event import Event, EventStatus, next_version
from deskcal.core.recurrence import Occurrence
from deskcal.core.recurrence_rule import parse_rule
from deskcal.core.series import Series, with_horizon
from deskcal.core.wall_clock import utc_time

SERVER = 0
"""The actor of what the server does on its own."""
MOST_SEC = 6 * 3600
"""A zone moves its clock by less; occurrences of a rule are a day apart, about."""


def follow_clock(
    series: Series, events: list[Event], now: int
) -> tuple[Series, list[tuple[Event, Event]]]:
    """`series` with its horizon and UNTIL, and the events that move, before and after.

    The same series and no event where the clock of the zone has not changed.
    """
    if not events:
        return series, []
    series = _with_until(series, events)
    times = [event.original_start_time for event in events]
    since, until = min(times) - MOST_SEC, max(*times, series.horizon) + MOST_SEC + 1
    occurrences = list(series.recurrence.between(max(since, 1), until))
    left = [one for one in occurrences if one.date.isoformat() not in series.exdates]
    nearest = {event.id: _nearest(left, event.original_start_time) for event in events}
    closest: dict[int, int] = {}
    for event in events:
        if one := nearest[event.id]:
            distance = abs(one.time - event.original_start_time)
            closest[one.time] = min(distance, closest.get(one.time, distance))
    moved = []
    for event in events:
        one = nearest[event.id]
        distance = abs(one.time - event.original_start_time) if one else 0
        # Further dates on the day of an occurrence of the rule stay where they are.
        if one and distance and distance == closest[one.time] and _follows(event, now):
            moved.append((event, _moved(event, series, one, now)))
    return _with_horizon(series, occurrences), moved


def _with_until(series: Series, events: list[Event]) -> Series:
    """`series`, all made, with the same last day where UNTIL is a time near that of its events.

    By the new rules of the zone the last one could come after it, or one more before it.
    """
    rule = parse_rule(series.rrule)
    end = rule.until
    if not series.is_ended or not isinstance(end, dt.datetime) or end.year == dt.MAXYEAR:
        return series
    until = int(end.replace(tzinfo=dt.UTC).timestamp())
    endless = msgspec.structs.replace(series, rrule=str(msgspec.structs.replace(rule, until=None)))
    times = [event.original_start_time for event in events]
    for one in endless.recurrence.between(until - MOST_SEC, until + MOST_SEC):
        near = [time for time in times if abs(time - one.time) <= MOST_SEC]
        # A further date behind UNTIL was never the last one of the rule.
        is_last = bool(near) and max(near) <= until < one.time
        is_more = one.time <= until and not near
        if is_last or (is_more and one.date.isoformat() not in series.exdates):
            changed = msgspec.structs.replace(rule, until=utc_time(one.time - is_more))
            return msgspec.structs.replace(series, rrule=str(changed), version=series.version + 1)
    return series


def _follows(event: Event, now: int) -> bool:
    is_open = event.status == EventStatus.OPEN and event.start_time > now
    return is_open and "start_time" not in event.own_fields


def _nearest(occurrences: list[Occurrence], time: int) -> Occurrence | None:
    """The occurrence that was at `time` by the old rules of the zone; None: none was."""
    index = bisect.bisect_left(occurrences, time, key=lambda one: one.time)
    near = occurrences[max(index - 1, 0) : index + 1]
    found = min(near, key=lambda one: abs(one.time - time), default=None)
    return found if found and abs(found.time - time) <= MOST_SEC else None


def _moved(event: Event, series: Series, one: Occurrence, now: int) -> Event:
    start, end = series.times(one.local)
    if "end_time" in event.own_fields:
        end = start + event.end_time - event.start_time
    after = msgspec.structs.replace(
        event, start_time=start, end_time=end, original_start_time=one.time
    )
    if trigger_time(after) != trigger_time(event):
        after = msgspec.structs.replace(after, reminder_sent_time=0)
    return next_version(event, after, actor=SERVER, now=now)


def _with_horizon(series: Series, occurrences: list[Occurrence]) -> Series:
    if series.is_ended:
        # After the last occurrence, whose end may be its start.
        since = max(series.horizon, occurrences[-1].time + 1) if occurrences else 1
        return with_horizon(series, since)
    following = _nearest(occurrences, series.horizon)
    horizon = following.time if following else series.horizon
    return msgspec.structs.replace(series, horizon=horizon)

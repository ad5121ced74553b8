"""What becomes of a series when a batch that changed it is undone. Pure.

The rule goes back with its occurrences, or neither does. What others have changed since stays:
the template, dates that were left out, occurrences that the server has made.
Source: contract, section 15.
"""

from collections.abc import Iterable

import msgspec

from deskcal.core.alarms import trigger_time
from deskcal.core.event import Event, EventStatus, next_version
from deskcal.core.recurrence import Occurrence
from deskcal.core.series import Series, new_occurrence
from deskcal.core.series_rules import end_before, with_exdates
from deskcal.core.undo import Step
from deskcal.core.wall_clock import instant, wall_time

_replace = msgspec.structs.replace


def is_same_rule(one: Series | None, other: Series | None) -> bool:
    """Whether both come at the same times, but for `exdates`; nothing comes where there is none."""
    if one is None or other is None:
        return one is other
    return _rule(one) == _rule(other)


def is_conflict(before: Series | None, after: Series | None, current: Series | None) -> bool:
    """Whether the rule that a batch changed from `before` to `after` was changed again since."""
    return not is_same_rule(before, after) and not is_same_rule(after, current)


def is_structural(step: Step) -> bool:
    """Whether the batch made the event, deleted it, or moved it within or between series."""
    if step.before is None or step.after is None:
        return True
    return place_of(step.before) != place_of(step.after)


def place_of(event: Event) -> tuple[int, int]:
    """Its series, and where the rule puts it there."""
    return event.series_id, event.original_start_time


def put_back(before: Series, after: Series | None, current: Series | None) -> Series | None:
    """The series as it was before the batch, with what others have changed since.

    None: it is gone since. There is no conflict.
    """
    if current is None or after is None:
        return _replace(before, version=before.version + 1) if after is None else None
    found = _replace(current, version=current.version + 1)
    if current.template == after.template:
        found = _replace(found, template=before.template)
    if not is_same_rule(after, current):
        return found
    if is_same_rule(before, after):
        added = set(after.exdates) - set(before.exdates)
        removed = set(before.exdates) - set(after.exdates)
        exdates = (set(current.exdates) - added) | removed
        is_extended = current.horizon != after.horizon  # By the server, since.
        horizon = max(current.horizon, before.horizon) if is_extended else before.horizon
        return _replace(found, exdates=tuple(sorted(exdates)), horizon=horizon)
    found = _replace(before, template=found.template, version=found.version)
    if (before.rrule, before.start[:10]) == (after.rrule, after.start[:10]):
        since = set(current.exdates) - set(after.exdates)
        found = _replace(found, exdates=tuple(sorted(since.union(before.exdates))))
    return found


def made_since(after: Series | None, events: Iterable[Event], known: set[int]) -> list[Event]:
    """Occurrences that the server has made by the rule of `after` since, and nobody has touched.

    `known`: ids of the events of the batch.
    """
    if after is None or after.is_ended:
        return []
    return [
        event
        for event in events
        if event.id not in known
        and event.version == 1
        and event.status == EventStatus.OPEN
        and event.original_start_time >= after.horizon
    ]


def as_before(event: Event, before: Series, after: Series, *, actor: int, now: int) -> Event | None:
    """An occurrence that the server made by the template of `after`, as that of `before` has it.

    As its next version. None: somebody has changed or claimed it since. Both have the same rule.
    """
    time = event.original_start_time
    occurrence = Occurrence(time, wall_time(time, after.zone))
    sent_time = event.reminder_sent_time
    made = new_occurrence(after, occurrence, event.id, event.created_time)
    if _replace(made, reminder_sent_time=sent_time) != event:
        return None
    back = new_occurrence(before, occurrence, event.id, event.created_time)
    is_same_due = trigger_time(back) == trigger_time(event)
    back = _replace(back, reminder_sent_time=sent_time if is_same_due else 0)
    return next_version(event, back, actor=actor, now=now)


def without_missing(series: Series, events: Iterable[Event]) -> Series:
    """`series` whose dates without an event are left out: others have changed those since."""
    times = {event.original_start_time for event in events}
    dates = {wall_time(time, series.zone).date() for time in times}
    begin = instant(series.start_local, series.zone)
    found = series.occurrences(begin, series.horizon + series.is_ended)
    missing = (one.date for one in found if one.time not in times and one.date not in dates)
    return with_exdates(series, missing)


def without_held(series: Series, events: Iterable[Event]) -> Series:
    """`series` whose dates beyond its horizon that have an event are left out.

    Others have changed what the server had made there, so that it stays; nothing is made there.
    """
    if series.is_ended:
        return series
    times = (event.original_start_time for event in events)
    held = (wall_time(time, series.zone).date() for time in times if time >= series.horizon)
    return with_exdates(series, held)


def ended(series: Series) -> Series:
    """A series that the batch began, for the occurrences that others have changed since."""
    return end_before(series, series.start_local)


def _rule(series: Series) -> tuple[str, str, str, int]:
    return series.rrule, series.start, series.timezone, series.length_sec

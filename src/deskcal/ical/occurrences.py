"""A repeating VEVENT as a series of events, and what becomes of those that are there. Pure.

Source: contract, sections 13 and 16.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from deskcal.core.alarms import end_of
from deskcal.core.draft import Draft, create, merge
from deskcal.core.event import Event, EventStatus, next_version
from deskcal.core.recurrence import Occurrence, Recurrence
from deskcal.core.recurrence_rule import fixed_to_start, parse_rule
from deskcal.core.series import (
    MAX_PAST,
    Series,
    as_template,
    begin_series,
    new_occurrence,
    past_count,
)
from deskcal.core.series_scope import Horizon, first_occurrences
from deskcal.core.wall_clock import instant, wall_time
from deskcal.errors import InvalidField
from deskcal.ical.dates import with_dates_in
from deskcal.ical.fields import exdates_of
from deskcal.ical.kept import kept
from deskcal.ical.read import CalendarEvent
from deskcal.limits import DAY_SEC

BACK_SEC = 90 * DAY_SEC
"""Of a series that began long ago, occurrences are made from so long ago on."""
YEAR_SEC = 366 * DAY_SEC
SEARCH_SEC = 60 * YEAR_SEC


class Overridden(Struct, frozen=True):
    """An override, and the draft of its fields."""

    event: CalendarEvent
    sent: Draft
    names: tuple[str, ...]
    """Fields that can be its own."""

    @property
    def recurrence_time(self) -> int:
        """RECURRENCE-ID, Unix seconds."""
        return self.event.recurrence_id.time if self.event.recurrence_id else 0


class Repeating(Struct, frozen=True):
    """What a UID with a rule is to be."""

    master: CalendarEvent
    sent: Draft
    overrides: Sequence[Overridden]
    default_timezone: str
    actor: int
    now: int
    horizon: Horizon
    hidden: frozenset[int] = frozenset()
    """Ids of events that the session may not see, which stay as they are."""


class Result(Struct):
    """What is to be stored."""

    series: Series
    changed: list[tuple[Event | None, Event | None]]
    """Before and after; None before: added, None after: deleted."""


def plan_series(
    wanted: Repeating, series: Series | None, events: Sequence[Event], new_id: Callable[[], int]
) -> Result:
    """The series of `wanted`, in place of `series` and its `events` if there are any.

    Without a series, an event of `events` is the single one that is to repeat.
    Events of dates that both have stay the same events; what is done, over or another manager's by
    now stays as it is.
    Raises: InvalidField for a rule that is not taken, that has nothing left, or that leaves the
    calendar.
    """
    try:
        return _plan_series(wanted, series, events, new_id)
    except OverflowError as exc:
        raise InvalidField("an occurrence would be beyond the year 9999", field="ics") from exc


def _plan_series(
    wanted: Repeating, series: Series | None, events: Sequence[Event], new_id: Callable[[], int]
) -> Result:
    series_id = series.series_id if series else new_id()
    template = series.template if series else next(map(as_template, events), None)
    if template is not None:
        wanted = _on_dates_of(wanted, series.timezone if series else template.timezone)
    begun = _begun(wanted, series_id, template)
    extended = first_occurrences(begun, wanted.horizon)
    made = extended.series
    if series is not None:
        made = msgspec.structs.replace(made, version=series.version + 1)
    occurrences = sorted((*extended.occurrences, *_further(wanted, made)))
    _require_few(wanted, made, occurrences)
    known, left = _paired(occurrences, events, made.zone)
    own = {one.recurrence_time: one for one in wanted.overrides}
    changed: list[tuple[Event | None, Event | None]] = []
    for occurrence in occurrences:
        before = known.get(occurrence.time)
        if before is None:
            after = new_occurrence(made, occurrence, new_id(), wanted.now)
        elif _is_settled(wanted, before):
            if not before.series_id:
                after = _taken_in(made, before, occurrence)
                changed.append((before, _stamped(wanted, before, after)))
            continue
        else:
            after = _renewed(wanted, made, before, occurrence.local, occurrence.time)
        override = own.get(occurrence.time)
        if override is not None:
            after = _overridden(wanted, after, before, override)
        changed.append((before, _stamped(wanted, before, after)))
    changed += [(one, None) for one in left if not _is_settled(wanted, one)]
    return Result(made, [pair for pair in changed if pair[0] is not pair[1]])


def _on_dates_of(wanted: Repeating, timezone: str) -> Repeating:
    """`wanted` with its dates in the zone of what is there: a date that is put back names none.

    `timezone`: empty: what is there names none either.
    """
    if not timezone or not wanted.master.start.is_date:
        return wanted
    overrides = []
    for one in wanted.overrides:
        event = with_dates_in(one.event, timezone)
        values = one.sent.values | {"start_time": event.start.time, "end_time": event.end.time}
        if event.start.is_date:
            values["timezone"] = timezone
        sent = msgspec.structs.replace(one.sent, values=values)
        overrides.append(msgspec.structs.replace(one, event=event, sent=sent))
    master = with_dates_in(wanted.master, timezone)
    return msgspec.structs.replace(wanted, master=master, overrides=overrides)


def _further(wanted: Repeating, series: Series) -> Iterator[Occurrence]:
    """Occurrences that the rule does not have: RDATEs, and a start that is none of the rule's.

    All that are not older than `BACK_SEC`, also beyond the horizon. Source: contract, section 16.
    """
    master = wanted.master
    rule = fixed_to_start(parse_rule(master.rrule), master.start.local)
    recurrence = Recurrence(rule, master.start.local, series.timezone)
    left_out = {one.time for one in master.exdates}
    dates = {one.local.date() for one in master.exdates if one.is_date}
    since = min(wanted.now - BACK_SEC, instant(series.start_local, series.zone))
    seen = set()
    for one in (master.start, *master.rdates):
        local = one.local if one.is_date else wall_time(one.time, series.zone)
        time = instant(local, series.zone)
        is_out = one.time in left_out or local.date() in dates or time < max(since, DAY_SEC)
        if not is_out and time not in seen and not any(recurrence.between(time, time + 1)):
            seen.add(time)
            yield Occurrence(time, local)


def _require_few(wanted: Repeating, series: Series, occurrences: Sequence[Occurrence]) -> None:
    """Raises: InvalidField for more than a series may have."""
    limit, past = wanted.horizon.limit, past_count(series, occurrences, wanted.now)
    if past > MAX_PAST or len(occurrences) - past > limit:
        raise InvalidField(
            f"the rule and its RDATEs have more than {limit} occurrences that are not over, or "
            f"{MAX_PAST} that are; send fewer RDATEs, or end the rule sooner (COUNT or UNTIL)",
            field="ics",
        )


def _paired(
    occurrences: Iterable[Occurrence], events: Sequence[Event], zone: ZoneInfo
) -> tuple[dict[int, Event], list[Event]]:
    """The event of each occurrence, by its time, and the events of none.

    By the time that the rule had put it at, else by its date.
    """
    by_time = {one.original_start_time: one for one in events if one.original_start_time}
    found = {one.time: by_time[one.time] for one in occurrences if one.time in by_time}
    taken = {one.id for one in found.values()}
    by_date: dict[dt.date, list[Event]] = {}
    for event in events:
        if event.id not in taken:
            date = wall_time(event.original_start_time or event.start_time, zone).date()
            by_date.setdefault(date, []).append(event)
    for one in occurrences:
        if one.time not in found and by_date.get(one.date):
            found[one.time] = by_date[one.date].pop(0)
    return found, [event for several in by_date.values() for event in several]


def _is_settled(wanted: Repeating, event: Event) -> bool:
    """Whether it stays as it is: done, over, invisible, or somebody else's.

    Source: docs/decisions/0019.
    """
    if event.id in wanted.hidden:
        return True
    owner = wanted.sent.values.get("owner_manager_id") or event.owner_manager_id
    is_done = event.status in (EventStatus.DONE, EventStatus.ARCHIVED)
    return is_done or event.owner_manager_id != owner or _is_over(wanted, event)


def _is_over(wanted: Repeating, event: Event) -> bool:
    return end_of(event, wanted.default_timezone) <= wanted.now


def _begun(wanted: Repeating, series_id: int, template: Event | None) -> Series:
    """The series from its first occurrence that is not older than `BACK_SEC`.

    Of one that has ended longer ago, from so long before its last one.
    """
    master = wanted.master
    timezone = master.start.zone or wanted.default_timezone
    rule = fixed_to_start(parse_rule(master.rrule), master.start.local)
    recurrence = Recurrence(rule, master.start.local, timezone)
    exdates = exdates_of(master.exdates, recurrence)
    since = max(master.start.time, wanted.now - BACK_SEC)
    first = _next(recurrence, since, exdates)
    if first is None:
        last = _last(recurrence, master.start.time, since)
        first = _next(recurrence, max(master.start.time, last - BACK_SEC), exdates)
    if first is None:
        raise InvalidField("its rule has no occurrence that is left", field="ics")
    if first.time < DAY_SEC:
        raise InvalidField("it ends before 1970", field="ics")
    if rule.count:
        passed = recurrence.count_before(first.local)
        rule = msgspec.structs.replace(rule, count=rule.count - passed)
    length = master.end.time - master.start.time
    local_length = master.end.local - master.start.local
    end = first.time + length
    if master.start.is_date:
        end = instant(first.local + local_length, ZoneInfo(timezone))
    values = wanted.sent.values | {"start_time": first.time, "end_time": end, "timezone": timezone}
    sent = msgspec.structs.replace(wanted.sent, values=values)
    if template is None:
        event = create(sent, event_id=series_id, actor=wanted.actor, now=wanted.now)
    else:
        changed = kept(sent, template, master, wanted.default_timezone).values
        times = {name: values[name] for name in ("start_time", "end_time", "timezone")}
        sent = msgspec.structs.replace(sent, values=changed | times)
        event = merge(template, sent, now=wanted.now)
    left = tuple(day for day in exdates if day >= first.date.isoformat())
    return begin_series(series_id, event, str(rule), left, timezone, start=first.local)


def _next(recurrence: Recurrence, since: int, exdates: Sequence[str]) -> Occurrence | None:
    found = recurrence.between(since, since + SEARCH_SEC)
    return next((one for one in found if one.date.isoformat() not in exdates), None)


def _last(recurrence: Recurrence, start: int, until: int) -> int:
    """The last occurrence before `until`, Unix seconds; looked for from there back."""
    size = YEAR_SEC
    while until > start:
        found = list(recurrence.between(max(until - size, start), until))
        if found:
            return found[-1].time
        until, size = until - size, size * 2
    return start


def _renewed(
    wanted: Repeating, series: Series, event: Event, local: dt.datetime, original: int
) -> Event:
    """`event` as the master says it now; answers stay."""
    start, end = series.times(local)
    values = dict(kept(wanted.sent, event, wanted.master, wanted.default_timezone).values)
    values.pop("created_by", None)
    values |= {"start_time": start, "end_time": end, "timezone": series.timezone}
    sent = msgspec.structs.replace(wanted.sent, values=values)
    merged = merge(event, sent, now=wanted.now)
    return msgspec.structs.replace(
        merged, series_id=series.series_id, original_start_time=original, own_fields=()
    )


def _taken_in(series: Series, event: Event, occurrence: Occurrence) -> Event:
    """A single event that is settled, as the occurrence in whose place it was."""
    return msgspec.structs.replace(
        event, series_id=series.series_id, original_start_time=occurrence.time
    )


def _overridden(
    wanted: Repeating, event: Event, before: Event | None, override: Overridden
) -> Event:
    """`event`, as the master says it, with what the override says otherwise."""
    sent = override.sent
    if before is not None:
        sent = kept(sent, before, override.event, wanted.default_timezone)
    merged = merge(event, sent, now=wanted.now)
    if before is not None:
        same = [name for name in override.sent.values if name not in sent.values]
        values = {name: getattr(before, name) for name in same if name in override.names}
        merged = msgspec.structs.replace(merged, **values)
    own = tuple(name for name in override.names if getattr(merged, name) != getattr(event, name))
    return msgspec.structs.replace(merged, own_fields=own)


def _stamped(wanted: Repeating, before: Event | None, after: Event) -> Event:
    if before is not None:
        return next_version(before, after, actor=wanted.actor, now=wanted.now)
    if after.status == EventStatus.OPEN and _is_over(wanted, after):
        return msgspec.structs.replace(after, status=EventStatus.DONE)
    return after

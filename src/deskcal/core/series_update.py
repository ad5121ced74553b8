"""An update of several occurrences: fields, times, zone, or another rule. Pure.

Source: contract, section 13, MngUpdateCalendarEvent with scope 1 and 2.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from deskcal.core.draft import Draft, check_times, merge
from deskcal.core.event import WRITABLE, Event
from deskcal.core.recurrence import Recurrence, check_start
from deskcal.core.recurrence_rule import fixed_to_start, parse_rule
from deskcal.core.series import (
    Series,
    as_template,
    last_end,
    local_length,
    local_start,
    new_occurrence,
)
from deskcal.core.series_rules import Shift, cut, end_before, shift, with_exdates
from deskcal.core.series_scope import (
    Horizon,
    Plan,
    Scope,
    Selection,
    first_occurrences,
    plan_each,
)
from deskcal.core.wall_clock import instant, wall_time
from deskcal.errors import InvalidField

TIMES = ("start_time", "end_time")
_OF_RULE = frozenset((*TIMES, "all_day", "timezone"))


class Update(Struct, frozen=True):
    """What is sent for several occurrences."""

    sent: Draft
    is_own_reset: bool
    """Whether the own values of the fields that are sent are given up."""
    allow: Callable[[Event, Event], None]
    """Raises what the session is answered where it may not put an event; before and after."""

    def own_left(self, event: Event) -> list[str]:
        """Names of the fields of `event` that stay its own."""
        sent = self.sent
        given_up = set(sent.values) if self.is_own_reset else set()
        if self.is_own_reset and sent.participants is not None:
            given_up.add("participants")
        return [name for name in event.own_fields if name not in given_up]

    def draft_beside(self, own: Sequence[str], times: dict[str, int]) -> Draft:
        """What is sent, but for the fields `own`; with these times."""
        sent = self.sent
        values = {n: v for n, v in sent.values.items() if n not in own and n not in TIMES}
        rows = None if "participants" in own else sent.participants
        return msgspec.structs.replace(sent, values=values | times, participants=rows)


class NewRule(Struct, frozen=True):
    """`recurrence` of an update."""

    rrule: str
    exdates: tuple[str, ...] | None
    """None: those of before stay."""


def own_fields(before: Event, after: Event) -> tuple[str, ...]:
    """Names of what is this occurrence's own, once it has changed alone; answers never are."""
    changed = {name for name in WRITABLE if getattr(before, name) != getattr(after, name)}
    if _roles(before) != _roles(after):
        changed.add("participants")
    own = {*before.own_fields, *changed}
    return tuple(name for name in (*WRITABLE, "participants") if name in own)


def _roles(event: Event) -> list[tuple[int, int]]:
    return [(row.manager_id, int(row.role)) for row in event.participants]


def plan_update(selection: Selection, update: Update) -> Plan:
    """The fields that are sent, on every event that is meant, and on what is made later.

    Raises: InvalidField of `start_time` where the rule does not follow; what `update.allow` raises.
    """
    targets = selection.targets()
    if not targets:
        return Plan({}, [])
    parts = _Parts.of(selection, update, targets)
    stored = parts.stored()
    tail = parts.tail
    changed = [
        (event, parts.placed(event, tail, parts.shift.local(parts.positions[event.id])))
        for event in targets
    ]
    real = [(before, after) for before, after in changed if after is not before]
    is_same = not real and msgspec.structs.replace(tail, version=0) == msgspec.structs.replace(
        selection.series, version=0
    )
    return Plan({} if is_same else stored, list(real))


def moves_rule(sent: Draft) -> bool:
    """Whether an update with a scope changes the rule, too."""
    return not _OF_RULE.isdisjoint(sent.values)


def plan_visible(selection: Selection, update: Update) -> Plan:
    """The fields that are sent, on every event that is meant; the series stays as it is.

    For a session that may not see what is made later. What is sent does not move the rule.
    Raises: what `update.allow` raises.
    """

    def change(event: Event) -> Event:
        draft = update.draft_beside(update.own_left(event), {})
        merged = merge(event, draft, now=selection.now)
        merged = msgspec.structs.replace(merged, own_fields=own_fields(event, merged))
        update.allow(event, merged)
        return merged

    return plan_each(selection, change)


def plan_rule(selection: Selection, update: Update, new: NewRule, horizon: Horizon) -> Plan:
    """Another rule from the first event that is meant on.

    Events of dates that both rules have stay, the others go or come; none comes on the date of
    one that is left as it is. Raises: InvalidField.
    """
    targets = selection.targets()
    if not targets:
        raise InvalidField(
            "recurrence finds no occurrence that is open, not over and yours to change; create a "
            "new series",
            field="recurrence",
        )
    parts = _Parts.with_rule(selection, update, targets, new)
    by_date: dict[dt.date, list[Event]] = {}
    for event in targets:
        date = parts.shift.local(parts.positions[event.id]).date()
        by_date.setdefault(date, []).append(event)
    extended = first_occurrences(parts.tail, horizon)
    series = extended.series
    changed: list[tuple[Event | None, Event | None]] = []
    for one in extended.occurrences:
        several = by_date.get(one.date)
        if not several:
            changed.append((None, new_occurrence(series, one, selection.new_id(), selection.now)))
            continue
        kept = several.pop(0)
        after = parts.placed(kept, series, one.local)
        if after is not kept:
            changed.append((kept, after))
    changed += [(event, None) for several in by_date.values() for event in several]
    return Plan(parts.stored() | {series.series_id: series}, changed)


class _Parts(Struct, frozen=True):
    """What becomes of the series: what stays of the old one, and what the events get."""

    selection: Selection
    update: Update
    shift: Shift
    positions: dict[int, dt.datetime]
    head: Series | None
    """What stays of the old series where it is split."""
    tail: Series

    def stored(self) -> dict[int, Series | None]:
        """The series to be stored."""
        found: dict[int, Series | None] = {self.tail.series_id: self.tail}
        if self.head:
            found[self.head.series_id] = self.head
        return found

    @classmethod
    def of(cls, selection: Selection, update: Update, targets: list[Event]) -> "_Parts":
        """For an update that keeps the rule: moved where a time or the zone is sent.

        Split, too, where an event moves to the time, or all-day to the date, of one that is left as
        it is.
        """
        moved, length = _shift(selection, update.sent), _length(selection, update.sent)
        positions = selection.positions()
        series = _with_template(selection.series, update, selection.now, length)
        is_moved = not moved.is_none or moved.timezone != series.timezone
        first = positions[targets[0].id]
        touched = {event.id for event in targets}
        others = [p for event_id, p in positions.items() if event_id not in touched]
        is_split = (selection.scope == Scope.FOLLOWING and _has_before(series, first)) or (
            is_moved and _meet(series, moved, [positions[i] for i in touched], others)
        )
        head = end_before(selection.series, first) if is_split else None
        if is_split or is_moved:
            rule = series.recurrence
            # What the rule does not have has left its place to another event.
            held = [p for p in others if p >= first and rule.has(p)]
            series = shift(cut(series, first).tail, moved, length)
            series = with_exdates(series, (moved.local(p).date() for p in held))
        if series.is_ended and (is_moved or length != selection.series.length_sec):
            series = _with_end(series)
        return cls(selection, update, moved, positions, head, _named(selection, series, is_split))

    @classmethod
    def with_rule(
        cls, selection: Selection, update: Update, targets: list[Event], new: NewRule
    ) -> "_Parts":
        """For another rule. Raises: InvalidField where it does not come at its start."""
        moved, length = _shift(selection, update.sent), _length(selection, update.sent)
        positions = selection.positions()
        first = positions[targets[0].id]
        is_named = targets[0].id == selection.named.id
        time = selection.series.start_local.time()
        start, rule = _first_of_rule(
            selection,
            update,
            new,
            # Another one than the named may be a further date, whose time of day is its own.
            moved.local(first if is_named else dt.datetime.combine(first.date(), time)),
            moved.timezone,
            is_first=is_named,
        )
        series = _with_template(selection.series, update, selection.now, length)
        touched = {event.id for event in targets}
        others = [p for event_id, p in positions.items() if event_id not in touched]
        held = [p for p in others if p >= first or start.date() <= p.date() < first.date()]
        kept = [date for date in series.exdates if date >= first.date().isoformat()]
        series = msgspec.structs.replace(
            series,
            rrule=rule,
            start=start.isoformat(),
            timezone=moved.timezone,
            exdates=tuple(kept) if new.exdates is None else new.exdates,
            horizon=instant(start, ZoneInfo(moved.timezone)),
            is_ended=0,
        )
        series = with_exdates(series, (p.date() for p in held))
        is_split = (
            selection.scope == Scope.FOLLOWING and _has_before(selection.series, first)
        ) or (bool(series.template.all_day) and _change_date(others, selection.series, series))
        head = end_before(selection.series, first) if is_split else None
        return cls(selection, update, moved, positions, head, _named(selection, series, is_split))

    def placed(self, event: Event, series: Series, local: dt.datetime) -> Event:
        """`event` with what is sent, where the rule of `series` now puts it; own fields win."""
        own = self.update.own_left(event)
        start, end = self._times(event, series, local, own)
        draft = self.update.draft_beside(own, {"start_time": start, "end_time": end})
        merged = msgspec.structs.replace(
            merge(event, draft, now=self.selection.now),
            series_id=series.series_id,
            original_start_time=instant(local, series.zone),
            own_fields=tuple(own),
        )
        self.update.allow(event, merged)
        check_times(merged.start_time, merged.end_time)
        return self.selection.stamped(event, merged)

    def _times(
        self, event: Event, series: Series, local: dt.datetime, own: list[str]
    ) -> tuple[int, int]:
        """Start and end: those of the rule, but for what is the event's own."""
        length = event.end_time - event.start_time
        if "start_time" not in own:
            start, end = series.times(local)
            return start, start + length if "end_time" in own else end
        start = event.start_time
        old = ZoneInfo(event.timezone or self.selection.series.timezone)
        if "timezone" in self.update.sent.values and "timezone" not in own:
            start = instant(wall_time(start, old), series.zone)
        if "end_time" in self.update.sent.values and "end_time" not in own:
            return start, start + series.length_sec
        return start, start + length


def _meet(
    series: Series, moved: Shift, moving: Iterable[dt.datetime], left: Iterable[dt.datetime]
) -> bool:
    """Whether one that moves comes to the time of one that is left, or all-day to its date.

    To calendar apps all-day occurrences are dates in the zone of the series, whichever it is then.
    """
    zone = ZoneInfo(moved.timezone)
    taken = {instant(local, series.zone) for local in left}
    if not series.template.all_day:
        return any(instant(moved.local(local), zone) in taken for local in moving)
    dates = {wall_time(time, zone).date() for time in taken}
    return any(moved.local(local).date() in dates for local in moving)


def _change_date(left: Iterable[dt.datetime], before: Series, after: Series) -> bool:
    """Whether all-day occurrences that are left would be of other dates in the zone of `after`."""
    return any(
        wall_time(instant(local, before.zone), after.zone).date() != local.date() for local in left
    )


def _with_end(series: Series) -> Series:
    """A series that has ended, with the end of its last occurrence as it is now."""
    later = wall_time(series.horizon, series.zone) + dt.timedelta(days=1)
    return msgspec.structs.replace(series, horizon=last_end(series, later))


def _has_before(series: Series, at: dt.datetime) -> bool:
    return series.recurrence.count_before(at) > 0


def _named(selection: Selection, series: Series, is_split: bool) -> Series:
    """`series` with its id and version: a new one where it is split off."""
    if is_split:
        return msgspec.structs.replace(series, series_id=selection.new_id(), version=1)
    return msgspec.structs.replace(series, version=selection.series.version + 1)


def _shift(selection: Selection, sent: Draft) -> Shift:
    """How far the named event moves on the wall, in the zone that is sent or its own."""
    named, series = selection.named, selection.series
    timezone = sent.values.get("timezone") or series.timezone
    start = sent.values.get("start_time")
    if start is None:
        return Shift(dt.timedelta(), timezone)
    before = local_start(named, named.timezone or series.timezone)
    is_all_day = sent.values.get("all_day", named.all_day) or 0
    moved = msgspec.structs.replace(named, start_time=start, all_day=is_all_day)
    return Shift(local_start(moved, timezone) - before, timezone)


def _length(selection: Selection, sent: Draft) -> int:
    """The length of the occurrences, see `Series.length_sec`. Raises: InvalidField."""
    named, series, values = selection.named, selection.series, sent.values
    all_day = values.get("all_day", series.template.all_day) or 0
    if "end_time" not in values and all_day == series.template.all_day:
        return series.length_sec
    start = values.get("start_time", named.start_time)
    end = values.get("end_time", start + named.end_time - named.start_time)
    check_times(start, end)
    like = msgspec.structs.replace(named, start_time=start, end_time=end, all_day=all_day)
    return local_length(like, values.get("timezone") or series.timezone)


def _with_template(series: Series, update: Update, now: int, length_sec: int) -> Series:
    """`series` whose new occurrences get what is sent, too."""
    values = {name: value for name, value in update.sent.values.items() if name not in TIMES}
    draft = msgspec.structs.replace(update.sent, values=values)
    template = as_template(merge(series.template, draft, now=now))
    return msgspec.structs.replace(series, template=template, length_sec=length_sec)


def _first_of_rule(
    selection: Selection,
    update: Update,
    new: NewRule,
    start: dt.datetime,
    timezone: str,
    *,
    is_first: bool,
) -> tuple[dt.datetime, str]:
    """Where the new rule begins, at `start` or later, and its canonical text.

    `is_first`: the named event is the one at `start`, so that the rule has to come there, where
    it begins with that one or a start is sent for it. Raises: InvalidField.
    """
    rule = fixed_to_start(parse_rule(new.rrule), start)
    recurrence = Recurrence(rule, start, timezone)
    is_named = selection.scope == Scope.FOLLOWING or "start_time" in update.sent.values
    first = next(recurrence.locals_between(start, start + dt.timedelta(days=366 * 8)), None)
    if first is None or (first != start and is_named and is_first):
        check_start(recurrence)
    return first or start, str(rule)

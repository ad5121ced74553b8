"""Which occurrences a mutation with a scope means, and what it leaves. Pure.

Only occurrences that are open, not over and the session's to change are touched.
Source: contract, section 13, the table of scopes.
"""

import datetime as dt
import enum
from collections.abc import Callable, Iterable

import msgspec
from msgspec import Struct

from deskcal.core.alarms import is_coming
from deskcal.core.event import Event, next_version
from deskcal.core.series import Extended, Series, extend, next_occurrence
from deskcal.core.series_rules import end_before
from deskcal.core.wall_clock import wall_time
from deskcal.errors import InvalidField


class Scope(enum.IntEnum):
    """Which occurrences a mutation means."""

    THIS, FOLLOWING, ALL = range(3)


class Horizon(Struct, frozen=True):
    """How far and how many occurrences are made."""

    until: int
    """Unix seconds."""
    limit: int
    """Open occurrences of one series that are not over at `now`, at most."""
    now: int
    """Unix seconds."""


class Plan(Struct):
    """What a mutation leaves to be stored."""

    series: dict[int, Series | None]
    """By id; None: nothing is left of it."""
    changed: list[tuple[Event | None, Event | None]]
    """Before and after; None before: added, None after: deleted."""


class Selection(Struct, frozen=True):
    """The series of a mutation, its occurrences, and which of them are meant."""

    series: Series
    events: list[Event]
    """All that the series has, the named one among them."""
    named: Event
    scope: Scope
    actor: int
    now: int
    may_change: Callable[[Event], bool]
    new_id: Callable[[], int]
    """A number that no event and no series has."""
    default_timezone: str
    """Of all-day occurrences that name no zone."""

    def positions(self) -> dict[int, dt.datetime]:
        """Where the rule put each event, by its id; local."""
        times = [event.original_start_time for event in self.events]
        found = self.series.recurrence.between(min(times), max(times) + 1)
        local_of = {one.time: one.local for one in found}
        return {
            event.id: local_of.get(event.original_start_time)
            or wall_time(event.original_start_time, self.series.zone)
            for event in self.events
        }

    def targets(self) -> list[Event]:
        """What the mutation touches, in the order of the rule."""
        first = self.named.original_start_time if self.scope == Scope.FOLLOWING else 0
        chosen = [
            event
            for event in self.events
            if event.original_start_time >= first and self._is_touched(event)
        ]
        return sorted(chosen, key=lambda event: (event.original_start_time, event.id))

    def _is_touched(self, event: Event) -> bool:
        return is_coming(event, self.now, self.default_timezone) and self.may_change(event)

    def stamped(self, before: Event, after: Event) -> Event:
        """`after` as the version after `before`."""
        return next_version(before, after, actor=self.actor, now=self.now)


def first_occurrences(series: Series, horizon: Horizon, first: Event | None = None) -> Extended:
    """`series` with all that it has up to the horizon, one occurrence at least.

    `first`: the event that is to be the first one. Raises: InvalidField if `exdates` leave it out,
    or all, or if there are too many.
    """
    begin = next_occurrence(series, series.horizon)
    if begin is None or (first and begin.time != first.start_time):
        what = "leave out every occurrence" if begin is None else "leave out the event itself"
        raise InvalidField(f"recurrence.exdates {what}; send fewer", field="recurrence.exdates")
    return extend(series, max(horizon.until, begin.time + 1), now=horizon.now, limit=horizon.limit)


def plan_each(
    selection: Selection, change: Callable[[Event], Event], series: Series | None = None
) -> Plan:
    """`change` on every event that is meant; `series`: what becomes of the series, if anything."""
    changed = _changed(selection, ((e, change(e)) for e in selection.targets()))
    is_changed = series is not None and (bool(changed) or series != selection.series)
    return Plan({series.series_id: series} if series and is_changed else {}, changed)


def _changed(
    selection: Selection, pairs: Iterable[tuple[Event, Event]]
) -> list[tuple[Event | None, Event | None]]:
    return [
        (before, selection.stamped(before, after)) for before, after in pairs if after != before
    ]


def plan_delete(selection: Selection) -> Plan:
    """The named event and all others that are meant go; the rule ends before the first of them."""
    named = selection.named
    gone = {event.id: event for event in (named, *selection.targets())}
    return _ended(selection, list(gone.values()), None)


def plan_delete_one(selection: Selection) -> Plan:
    """The named event goes, and its date to `exdates` where the rule has it."""
    series = selection.series
    local = selection.positions()[selection.named.id]
    dates = {local.date().isoformat()} if series.recurrence.has(local) else set[str]()
    left = msgspec.structs.replace(
        series,
        exdates=tuple(sorted({*series.exdates, *dates})),
        version=series.version + 1,
    )
    is_gone = bool(series.is_ended) and len(selection.events) == 1
    return Plan({series.series_id: None if is_gone else left}, [(selection.named, None)])


def plan_end(selection: Selection) -> Plan:
    """The rule ends: the named event stays as a single one, the others that are meant go."""
    named = selection.named
    single = msgspec.structs.replace(named, series_id=0, original_start_time=0, own_fields=())
    gone = [event for event in selection.targets() if event.id != named.id]
    return _ended(selection, gone, selection.stamped(named, single))


def _ended(selection: Selection, gone: list[Event], single: Event | None) -> Plan:
    """The rule ends before the first of those that go, and before the one that stays alone."""
    series, positions = selection.series, selection.positions()
    leaving = {event.id for event in gone} | ({single.id} if single else set())
    changed: list[tuple[Event | None, Event | None]] = [(event, None) for event in gone]
    if single:
        changed.insert(0, (selection.named, single))
    is_gone = all(event.id in leaving for event in selection.events)
    left = end_before(series, min(positions[event_id] for event_id in leaving))
    return Plan({series.series_id: None if is_gone else left}, changed)

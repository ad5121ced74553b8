"""A series of made-up events, and what plans leave of it."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from deskcal.core.draft import Draft, EventFields, draft
from deskcal.core.event import Event, Participant, ParticipantRole, ParticipantStatus
from deskcal.core.series import Series, begin_series, new_occurrence
from deskcal.core.series_scope import Horizon, Plan, Scope, Selection, first_occurrences
from deskcal.core.series_update import Update
from deskcal.core.wall_clock import wall_time

BERLIN = "Europe/Berlin"


def at(text: str, timezone: str = BERLIN) -> int:
    """Unix seconds of a local time, `2027-01-04T10:00`."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)).timestamp())


NOW = at("2027-01-01T00:00")
HORIZON = Horizon(at("2027-03-01T00:00"), 1000, NOW)


def first_event(start: str, end: str, **fields: Any) -> Event:
    """An event of two managers, 10 its owner."""
    rows = tuple(
        Participant(1, manager_id, role, status, NOW, NOW)
        for manager_id, role, status in (
            (10, ParticipantRole.ORGANIZER, ParticipantStatus.ACCEPTED),
            (11, ParticipantRole.REQUIRED, ParticipantStatus.INVITED),
        )
    )
    fields = {"timezone": BERLIN, "participants": rows, "title": "Review"} | fields
    return Event(
        id=1,
        owner_manager_id=10,
        created_by=10,
        start_time=at(start, fields["timezone"]),
        end_time=at(end, fields["timezone"]),
        created_time=NOW,
        updated_time=NOW,
        **fields,
    )


class Desk:
    """One series and its events, changed by plans as a store would."""

    def __init__(self, rrule: str, start: str, end: str, *exdates: str, **fields: Any) -> None:
        event = first_event(start, end, **fields)
        self.new_id = itertools.count(100).__next__
        series = begin_series(7, event, rrule, tuple(exdates), event.timezone)
        until = max(HORIZON.until, event.start_time + 50 * 86400)
        extended = first_occurrences(series, Horizon(until, 1000, NOW))
        self.now = NOW
        self.series: dict[int, Series] = {7: extended.series}
        made = [
            new_occurrence(extended.series, o, self.new_id(), NOW) for o in extended.occurrences
        ]
        self.events = {event.id: event for event in made}
        self.may_change: Callable[[Event], bool] = lambda _: True
        self.default_timezone = "UTC"

    def select(self, number: int, scope: Scope) -> Selection:
        """With the occurrence of that place, the first one is 0."""
        named = list(self.events.values())[number]
        events = [e for e in self.events.values() if e.series_id == named.series_id]
        series = self.series[named.series_id]
        rights = (10, self.now, self.may_change, self.new_id)
        return Selection(series, events, named, scope, *rights, self.default_timezone)

    def apply(self, plan: Plan) -> Plan:
        """Stores what the plan leaves."""
        for series_id, series in plan.series.items():
            self.series.pop(series_id, None)
            if series:
                self.series[series_id] = series
        for before, after in plan.changed:
            if after:
                assert before is None or after.version == before.version + 1
                self.events[after.id] = after
            elif before:
                del self.events[before.id]
        self.agree()
        return plan

    def agree(self) -> None:
        """Open events that are not over are where their rule says, each once."""
        for series in self.series.values():
            until = at("2030-01-01T00:00") if series.is_ended else series.horizon
            said = {o.time for o in series.occurrences(self.now, until)}
            mine = [e for e in self.events.values() if e.series_id == series.series_id]
            ahead = [e for e in mine if e.original_start_time >= self.now and not e.status]
            times = [e.original_start_time for e in ahead if self.may_change(e)]
            assert sorted(times) == sorted(said & set(times))
            assert len(set(times)) == len(times)
            held = {e.original_start_time for e in self.events.values()}
            assert said <= held

    def set(self, number: int, **fields: Any) -> Event:
        """Changes one event as a mutation of it alone would, without a version."""
        event = list(self.events.values())[number]
        self.events[event.id] = msgspec.structs.replace(event, **fields)
        return self.events[event.id]

    def starts(self) -> list[str]:
        """Local starts of all events, `01-04 10:00`, sorted."""
        zone = ZoneInfo(BERLIN)
        times = sorted(event.start_time for event in self.events.values())
        return [f"{wall_time(time, zone):%m-%d %H:%M}" for time in times]


def update(*, reset_own: bool = False, **fields: Any) -> Update:
    """What a client sends."""
    return Update(sent(**fields), reset_own, lambda _, __: None)


def sent(**fields: Any) -> Draft:
    """The checked form of what a client sends."""
    return draft(msgspec.convert(fields, EventFields))

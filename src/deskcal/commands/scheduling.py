"""Who is busy when, and when all are free: answers hold times and managers only."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.events import EventKey
from deskcal.commands.filters import require_range
from deskcal.commands.horizons import horizon_member, is_busy
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.draft import timezones
from deskcal.core.event import MAX_TIME, Id, Time
from deskcal.core.free_busy import (
    DAY_MIN,
    BusyTimes,
    Hours,
    Interval,
    Slot,
    SlotSearch,
    TooManyPoints,
    earliest_slots,
)
from deskcal.core.sessions import Session
from deskcal.errors import InvalidField
from deskcal.live.connections import Peer
from deskcal.threads import computed

MAX_MANAGERS = 200
MAX_SLOTS = 100
MAX_GRID_POINTS = 20_000
MIN_STEP_SEC = 60

_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


class GetFreeBusy(Struct, kw_only=True):
    """Whose times, and from when to when."""

    manager_ids: Annotated[list[EventKey], Meta(min_length=1, max_length=MAX_MANAGERS)]
    since: Time = msgspec.field(name="from")
    until: Time = msgspec.field(name="to")
    exclude_event_id: Id | None = None
    """An event that does not count, as it is the one to be moved."""


class WorkingHours(Struct, kw_only=True):
    """From one clock time to another, on some days of the week, by the clock of a zone."""

    start: str
    end: str
    """At or before `start`: of the day after."""
    timezone: str
    weekdays: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)]


class FindSlots(GetFreeBusy, kw_only=True):
    """What slots are wanted."""

    duration_sec: Annotated[int, Meta(ge=1, le=MAX_TIME)]
    step_sec: Annotated[int, Meta(ge=MIN_STEP_SEC, le=MAX_TIME)] = 900
    limit: Annotated[int, Meta(ge=1, le=MAX_SLOTS)] = 10
    hours: WorkingHours | None = None
    need: Literal["all", "any"] = "all"
    """Whether all of the managers have to be free, or one of them."""


class BusyManager(Struct):
    """When one manager is busy."""

    manager_id: int
    busy: list[Interval]
    tentative: list[Interval]
    """Of these, the times at which nothing is accepted."""


@command("MngGetCalendarFreeBusy", GetFreeBusy, is_list=True, is_repeatable=True)
def get_free_busy(services: Services, _: Peer, session: Session, data: GetFreeBusy) -> Work:
    """When each of these managers is busy, without saying with what."""
    require_range(data.since, data.until)

    async def found() -> Data:
        busy = await _busy(services, session, data)
        rows = [BusyManager(who, times.all(), times.tentative()) for who, times in busy.items()]
        horizon = await _horizon(services, session, data)
        return b'{"managers":%b%b}' % (msgspec.json.encode(rows), horizon)

    return found()


@command("MngFindCalendarSlots", FindSlots, is_list=True, is_repeatable=True)
def find_slots(services: Services, _: Peer, session: Session, data: FindSlots) -> Work:
    """The earliest times at which all of these managers are free, or the fewest are busy."""
    wanted = _slot_search(data)

    async def found() -> Data:
        busy = await _busy(services, session, data)
        slots: list[Slot] = await computed(_slots, busy, wanted)
        horizon = await _horizon(services, session, data)
        return b'{"slots":%b%b}' % (msgspec.json.encode(slots), horizon)

    return found()


async def _horizon(services: Services, session: Session, data: GetFreeBusy) -> bytes:
    matches = is_busy(session, set(data.manager_ids))
    return await horizon_member(services, data.until, matches)


def _slots(busy: Mapping[int, BusyTimes], wanted: SlotSearch) -> list[Slot]:
    """Raises: InvalidField."""
    intervals = {who: times.all() for who, times in busy.items()}
    try:
        return earliest_slots(intervals, wanted, MAX_GRID_POINTS)
    except TooManyPoints as exc:
        raise InvalidField(
            f"step_sec ({wanted.step_sec}) gives more than {MAX_GRID_POINTS} times between from "
            "and to; take a larger step, shorter hours or a shorter range",
            field="step_sec",
        ) from exc


async def _busy(services: Services, session: Session, data: GetFreeBusy) -> dict[int, BusyTimes]:
    """Of each manager once, in the order sent."""
    asked = list(dict.fromkeys(data.manager_ids))
    excluded = await _visible_id(services, session, data.exclude_event_id or 0)
    found = await services.store.busy(asked, data.since, data.until, session.brands, excluded)
    return {manager_id: found.get(manager_id, BusyTimes()) for manager_id in asked}


async def _visible_id(services: Services, session: Session, event_id: int) -> int:
    """`event_id`, or 0 where the session does not see it: its times must not be found out."""
    record = await services.store.load(event_id) if event_id else None
    return event_id if record is not None and session.can_see(record) else 0


def _slot_search(data: FindSlots) -> SlotSearch:
    """The checked form of what is asked for. Raises: InvalidField."""
    require_range(data.since, data.until)
    return SlotSearch(
        since=data.since,
        until=data.until,
        duration_sec=data.duration_sec,
        step_sec=data.step_sec,
        limit=data.limit,
        hours=_hours(data.hours) if data.hours else None,
        is_any_enough=data.need == "any",
    )


def _hours(sent: WorkingHours) -> Hours:
    start, end = _minutes("hours.start", sent.start), _minutes("hours.end", sent.end)
    if start == DAY_MIN:
        raise InvalidField(
            "hours.start ('24:00') is the end of a day; hours that begin at midnight begin at "
            "'00:00' of the next one",
            field="hours.start",
        )
    if end <= start:
        end += DAY_MIN
    if sent.timezone not in timezones():
        raise InvalidField(
            f"hours.timezone ({sent.timezone[:64]!r}) is no IANA time zone such as "
            "'Europe/Nicosia'",
            field="hours.timezone",
        )
    weekdays = frozenset(sent.weekdays)
    return Hours(start_min=start, end_min=end, timezone=sent.timezone, weekdays=weekdays)


def _minutes(field: str, text: str) -> int:
    """Minutes after midnight of a clock time; the day's end is `24:00`."""
    found = _CLOCK.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MIN + 1
    if minutes > DAY_MIN:
        raise InvalidField(
            f"{field} ({text[:16]!r}) must be a clock time from 00:00 to 24:00, such as '09:00'",
            field=field,
        )
    return minutes

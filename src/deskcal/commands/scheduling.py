"""Who is busy when, and when all are free: nothing is told but times and whose they are."""

import asyncio
import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.dispatch import Context, Data, Work, command
from deskcal.commands.events import EventKey, require_range
from deskcal.core.draft import timezones
from deskcal.core.event import MAX_TIME, Time
from deskcal.core.free_busy import DAY_MIN, Hours, Interval, Slot, SlotSearch, earliest_slots
from deskcal.core.sessions import Session
from deskcal.errors import InvalidField
from deskcal.live.connections import Peer

MAX_MANAGERS = 200
MAX_SLOTS = 100
MAX_GRID_POINTS = 20_000

_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


class GetFreeBusy(Struct, kw_only=True):
    """Whose times, and from when to when."""

    manager_ids: Annotated[list[EventKey], Meta(min_length=1, max_length=MAX_MANAGERS)]
    since: Time = msgspec.field(name="from")
    until: Time = msgspec.field(name="to")


class WorkingHours(Struct, kw_only=True):
    """From one clock time to another, on some days of the week, by the clock of a zone."""

    start: str
    end: str
    timezone: str
    weekdays: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)]


class FindSlots(GetFreeBusy, kw_only=True):
    """What slots are wanted."""

    duration_sec: Annotated[int, Meta(ge=1, le=MAX_TIME)]
    step_sec: Annotated[int, Meta(ge=60, le=86_400)] = 900
    limit: Annotated[int, Meta(ge=1, le=MAX_SLOTS)] = 10
    hours: WorkingHours | None = None


class BusyManager(Struct):
    """When one manager is busy."""

    manager_id: int
    busy: list[Interval]


@command("MngGetCalendarFreeBusy", GetFreeBusy, is_list=True)
def get_free_busy(context: Context, _: Peer, session: Session, data: GetFreeBusy) -> Work:
    """When each of these managers is busy, without saying with what."""
    require_range(data.since, data.until)

    async def found() -> Data:
        busy = await _busy(context, session, data)
        return msgspec.json.encode({"managers": [BusyManager(*one) for one in busy.items()]})

    return found()


@command("MngFindCalendarSlots", FindSlots, is_list=True)
def find_slots(context: Context, _: Peer, session: Session, data: FindSlots) -> Work:
    """The earliest times at which all of these managers are free, or the fewest are busy."""
    wanted = _slot_search(data)

    async def found() -> Data:
        busy = await _busy(context, session, data)
        slots: list[Slot] = await asyncio.to_thread(earliest_slots, busy, wanted)
        return msgspec.json.encode({"slots": slots})

    return found()


async def _busy(context: Context, session: Session, data: GetFreeBusy) -> dict[int, list[Interval]]:
    """Of each manager once, in the order sent; without any busy time: an empty list."""
    asked = list(dict.fromkeys(data.manager_ids))
    found = await context.store.busy(asked, data.since, data.until, session.brands)
    return {manager_id: found.get(manager_id, []) for manager_id in asked}


def _slot_search(data: FindSlots) -> SlotSearch:
    """The checked form of what is asked for. Raises: InvalidField."""
    require_range(data.since, data.until)
    wanted = SlotSearch(
        since=data.since,
        until=data.until,
        duration_sec=data.duration_sec,
        step_sec=data.step_sec,
        limit=data.limit,
        hours=_hours(data.hours) if data.hours else None,
    )
    if wanted.points > MAX_GRID_POINTS:
        raise InvalidField(
            f"step_sec ({data.step_sec}) gives {wanted.points} times between from and to; "
            f"at most {MAX_GRID_POINTS} are looked at: take a larger step or a shorter range",
            field="step_sec",
        )
    return wanted


def _hours(sent: WorkingHours) -> Hours:
    start, end = _minutes("hours.start", sent.start), _minutes("hours.end", sent.end)
    if end <= start:
        raise InvalidField(
            f"hours.end ({sent.end}) is not after hours.start ({sent.start}); "
            "working hours begin and end on the same day",
            field="hours.end",
        )
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

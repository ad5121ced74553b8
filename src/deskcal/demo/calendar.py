"""The events of the demo desk around a given day: random, but the same for the same seed. Pure.

The current day of the manager whom the demo opens on is in `opening`.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from deskcal.core.event import EventStatus, EventType, ParticipantRole, ParticipantStatus, Priority
from deskcal.demo import notes, texts
from deskcal.demo.desks import DESKS, DemoDesk, DemoEvent, links_of
from deskcal.demo.opening import OPENING_MANAGER, POOL_AFTER_SEC, opening_day

SEED = 20
DAYS_BACK, DAYS_AHEAD = 17, 24
"""Days around the given one whose weekdays have events."""
HOURS = (9, 10, 11, 12, 14, 15, 16, 17)
"""Local hours in which something can start; 13 is lunch."""
DESK_MEETING_HOURS = {0: 10, 3: 16}
"""Weekday (Monday is 0) to the hour of the desk's own meeting."""
EVENTS_A_DAY = (0, 1, 1, 2)
"""How many own events a manager has on a day, each with the same probability."""


class Filled(Struct, frozen=True, kw_only=True):
    """What was written to a store."""

    managers: int
    events: int


class _Slot(Struct, frozen=True):
    """Owner and time of an event."""

    desk: DemoDesk
    manager_id: int
    start: dt.datetime
    minutes: int


_KINDS = (
    (EventType.CALL, 0.36, texts.CALLS, (15, 20, 30)),
    (EventType.FOLLOW_UP, 0.24, texts.FOLLOW_UPS, (15, 30)),
    (EventType.TASK, 0.15, texts.TASKS, (30, 45, 60)),
    (EventType.MEETING, 0.11, texts.MEETINGS, (45, 60)),
    (EventType.REMINDER, 0.07, texts.REMINDERS, (0, 15)),
    (EventType.DEADLINE, 0.07, texts.DEADLINES, (0,)),
)
"""Type, how often, titles, minutes."""


def demo_events(now: int, seed: int = SEED) -> list[DemoEvent]:
    """Some 400 events from two weeks before `now` (Unix seconds) to three weeks after it."""
    rng = random.Random(seed)
    events: list[DemoEvent] = []
    for desk in DESKS:
        for day in _weekdays(now, desk):
            events += _day_of_desk(rng, desk, day, now)
        events += _all_day_events(rng, desk, now)
    today = dt.datetime.fromtimestamp(now, ZoneInfo(DESKS[0].timezone)).date()
    return [event for event in events if not _is_replaced(event, today)] + opening_day(now)


def _is_replaced(event: DemoEvent, today: dt.date) -> bool:
    """Whether it is one of today's events of the manager whom the demo opens on."""
    if event.actor != OPENING_MANAGER or event.data.get("all_day"):
        return False
    zone = ZoneInfo(event.data["timezone"])
    return dt.datetime.fromtimestamp(event.data["start_time"], zone).date() == today


def _weekdays(now: int, desk: DemoDesk) -> Iterator[dt.date]:
    today = dt.datetime.fromtimestamp(now, ZoneInfo(desk.timezone)).date()
    for offset in range(-DAYS_BACK, DAYS_AHEAD + 1):
        day = today + dt.timedelta(days=offset)
        if day.weekday() < 5:
            yield day


def _day_of_desk(rng: random.Random, desk: DemoDesk, day: dt.date, now: int) -> Iterator[DemoEvent]:
    meeting_hour = DESK_MEETING_HOURS.get(day.weekday())
    if meeting_hour is not None:
        yield _desk_meeting(rng, _slot(desk, desk.first_id, day, meeting_hour, 0, 45), now)
    free = [hour for hour in HOURS if hour != meeting_hour]
    for manager_id in desk.manager_ids:
        for hour in sorted(rng.sample(free, rng.choice(EVENTS_A_DAY))):
            yield _work(rng, desk, manager_id, day, hour, now)


def _work(
    rng: random.Random, desk: DemoDesk, manager_id: int, day: dt.date, hour: int, now: int
) -> DemoEvent:
    """One of a manager's own events; it ends within its hour."""
    kind, _, titles, lengths = rng.choices(_KINDS, [row[1] for row in _KINDS])[0]
    minutes = rng.choice(lengths)
    slot = _slot(desk, manager_id, day, hour, rng.choice((0, 60 - max(minutes, 30))), minutes)
    number = rng.randrange(len(texts.CUSTOMERS))
    data = _timed(slot, kind, rng.choice(titles).format(customer=texts.CUSTOMERS[number][0]))
    data |= _links(rng, kind, number)
    data |= _state(rng, slot, now)
    data |= _call_desk(kind, data)
    data |= _reminder(rng, slot)
    data["priority"] = int(rng.choices(list(Priority), (2, 10, 4, 1))[0])
    data["ast_json"] = _notes(rng, number, data)
    if kind == EventType.MEETING:
        data["participants"] = _participants(rng, slot, [_colleague(rng, slot)])
    return DemoEvent(manager_id, data)


def _desk_meeting(rng: random.Random, slot: _Slot, now: int) -> DemoEvent:
    """A meeting of the whole desk, with a Google Meet link in its notes."""
    title, agenda = texts.DESK_MEETINGS[0 if slot.start.weekday() == 0 else 1]
    data = _timed(slot, EventType.MEETING, title.format(desk=slot.desk.title))
    data |= _state(rng, slot, now) | {"remind_before_sec": 600}
    data["ast_json"] = notes.doc(
        notes.paragraph("Join: ", notes.link(_meet_address(rng))),
        notes.bullets(agenda),
        notes.paragraph("Minutes: ", _mention(rng, slot.desk)),
    )
    data["participants"] = _participants(rng, slot, slot.desk.manager_ids[1:])
    return DemoEvent(slot.manager_id, data)


def _all_day_events(rng: random.Random, desk: DemoDesk, now: int) -> Iterator[DemoEvent]:
    """A few whole days of the desk's zone, from midnight to midnight."""
    days = list(_weekdays(now, desk))
    for title in texts.ALL_DAY:
        index = rng.randrange(len(desk.names))
        day = rng.choice(days)
        last = day + dt.timedelta(days=2 if day.weekday() < 4 and "off" in title else 1)
        start, end = (_at(desk, date, 0, 0) for date in (day, last))
        slot = _Slot(desk, desk.manager_ids[index], start, 0)
        data = _timed(slot, EventType.TASK, title.format(manager=desk.names[index]))
        data |= {"all_day": 1, "end_time": int(end.timestamp()), "priority": int(Priority.LOW)}
        yield DemoEvent(slot.manager_id, data | _past_state(data["end_time"], now))


def _at(desk: DemoDesk, day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo(desk.timezone))


def _slot(
    desk: DemoDesk, manager_id: int, day: dt.date, hour: int, minute: int, minutes: int
) -> _Slot:
    return _Slot(desk, manager_id, _at(desk, day, hour, minute), minutes)


def _timed(slot: _Slot, kind: EventType, title: str) -> dict[str, Any]:
    """The fields that every event has."""
    start = int(slot.start.timestamp())
    return {
        "brand": slot.desk.brand,
        "desk": slot.desk.code,
        "title": title,
        "type": int(kind),
        "start_time": start,
        "end_time": start + slot.minutes * 60,
        "timezone": slot.desk.timezone,
    }


def _links(rng: random.Random, kind: EventType, number: int) -> dict[str, Any]:
    """A customer with an account, or a lead, and their zone; none for some tasks."""
    if kind == EventType.TASK and rng.random() < 0.3:
        return {}
    return links_of(number)


def _state(rng: random.Random, slot: _Slot, now: int) -> dict[str, int]:
    """Past: mostly done, some archived, cancelled or late. Future: open, some cancelled."""
    over = slot.start.timestamp() + slot.minutes * 60 < now
    weights = (10, 68, 8, 14) if over else (94, 0, 6, 0)
    return {"status": int(rng.choices(list(EventStatus), weights)[0])}


def _call_desk(kind: EventType, data: dict[str, Any]) -> dict[str, Any]:
    """Of calls and follow-ups: an outcome where they are done, and when they join the pool."""
    if kind not in (EventType.CALL, EventType.FOLLOW_UP):
        return {}
    if data["status"] == EventStatus.DONE:
        number = data.get("customer_id", 0) + data["start_time"] // 900
        return {"outcome": texts.OUTCOMES[number % len(texts.OUTCOMES)].code}
    return {"pool_after_sec": POOL_AFTER_SEC}


def _past_state(end_time: int, now: int) -> dict[str, int]:
    return {"status": int(EventStatus.DONE if end_time < now else EventStatus.OPEN)}


def _reminder(rng: random.Random, slot: _Slot) -> dict[str, int]:
    """Some minutes before the start, in the morning, or none."""
    kind = rng.choices(("before", "morning", "none"), (6, 1, 3))[0]
    if kind == "before":
        return {"remind_before_sec": rng.choice((300, 600, 900, 3600))}
    if kind == "morning":
        return {"remind_time": int(slot.start.replace(hour=8, minute=30).timestamp())}
    return {}


def _colleague(rng: random.Random, slot: _Slot) -> int:
    return rng.choice([m for m in slot.desk.manager_ids if m != slot.manager_id])


def _participants(rng: random.Random, slot: _Slot, managers: Sequence[int]) -> list[dict[str, int]]:
    """Rows with differing answers; the server adds the owner's."""
    return [
        {
            "manager_id": manager_id,
            "role": int(rng.choices(list(ParticipantRole), (0, 5, 1))[0]),
            "status": int(rng.choices(list(ParticipantStatus), (3, 6, 1, 2))[0]),
        }
        for manager_id in managers
    ]


def _notes(rng: random.Random, number: int, data: dict[str, Any]) -> dict[str, Any]:
    """The notes of a manager's own event: customer, facts, sometimes steps or a Meet link."""
    customer = texts.CUSTOMERS[number][0]
    blocks = [notes.paragraph(notes.text(customer, "bold"), " ", rng.choice(texts.NOTES))]
    if data["type"] in (EventType.CALL, EventType.TASK):
        blocks.append(notes.bullets(rng.sample(texts.STEPS, 3)))
    if data["type"] == EventType.MEETING:
        blocks.append(notes.paragraph("Google Meet: ", notes.link(_meet_address(rng))))
    return notes.doc(*blocks)


def _mention(rng: random.Random, desk: DemoDesk) -> notes.Node:
    manager_id = rng.choice(desk.manager_ids[1:])
    return notes.mention(manager_id, desk.names[manager_id - desk.first_id])


def _meet_address(rng: random.Random) -> str:
    letters = "".join(rng.choices("abcdefghijkmnopqrstuvwxyz", k=10))
    return f"https://meet.google.com/{letters[:3]}-{letters[3:7]}-{letters[7:]}"

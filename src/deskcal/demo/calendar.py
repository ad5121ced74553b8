"""The demo desk: made-up managers and a believable calendar around a given day. Pure.

The same `now` and seed give the same events; they go into a store by the way that clients take.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from deskcal.core.directory import Desk, Directory, Manager, checked_manager, checked_outcome
from deskcal.core.event import EventStatus, EventType, ParticipantRole, ParticipantStatus, Priority
from deskcal.core.sessions import SessionType
from deskcal.demo import texts

SEED = 20
DAYS_BACK, DAYS_AHEAD = 17, 24
"""Whole weeks, about: events lie on the weekdays between."""
HOURS = (9, 10, 11, 12, 14, 15, 16, 17)
"""Local hours in which something can start; 13 is lunch."""
DESK_MEETING_HOURS = {0: 10, 3: 16}
"""Weekday (Monday is 0) to the hour of the desk's own meeting."""
EVENTS_A_DAY = (0, 1, 1, 2)
"""How many events of their own managers have on a day, each as often as the next."""
FIRST_CUSTOMER_ID, FIRST_LEAD_ID, FIRST_LOGIN = 40_200, 71_000, 8_800_100


class DemoManager(Struct, frozen=True):
    """A made-up manager, with what a token of theirs would say."""

    manager_id: int
    name: str
    brand: str
    desks: str
    """Desk mask of the token."""
    session_type: SessionType


class DemoEvent(Struct, frozen=True):
    """The `data` of one MngAddCalendarEvent, and the manager who sends it."""

    actor: int
    data: dict[str, Any]


class Filled(Struct, frozen=True, kw_only=True):
    """What was put into a store."""

    managers: int
    events: int


class _Desk(Struct, frozen=True):
    code: str
    title: str
    brand: str
    timezone: str
    names: tuple[str, ...]
    first_id: int

    @property
    def manager_ids(self) -> tuple[int, ...]:
        return tuple(range(self.first_id, self.first_id + len(self.names)))


class _Slot(Struct, frozen=True):
    """Whose event it is, and when."""

    desk: _Desk
    manager_id: int
    start: dt.datetime
    minutes: int


DESKS = (
    _Desk(
        "DESK_RETENTION",
        "Retention",
        "default",
        "Europe/Nicosia",
        ("Ελένη Παπαδοπούλου", "James O'Connor", "Zeynep Yılmaz", "Иван Петров"),
        10,
    ),
    _Desk(
        "DESK_EU_SALES",
        "EU sales",
        "default",
        "Europe/Warsaw",
        ("Łukasz Wiśniewski", "Amélie Fournier", "Søren Kjærgaard", "Marta Kowalczyk"),
        14,
    ),
    _Desk(
        "DESK_LATAM_SALES",
        "LATAM sales",
        "northgate",
        "America/Sao_Paulo",
        ("Mariana Gonçalves", "José Núñez", "Thiago Araújo", "Valentina Ríos"),
        18,
    ),
)

_KINDS = (
    (EventType.CALL, 0.36, texts.CALLS, (15, 20, 30)),
    (EventType.FOLLOW_UP, 0.24, texts.FOLLOW_UPS, (15, 30)),
    (EventType.TASK, 0.15, texts.TASKS, (30, 45, 60)),
    (EventType.MEETING, 0.11, texts.MEETINGS, (45, 60)),
    (EventType.REMINDER, 0.07, texts.REMINDERS, (0, 15)),
    (EventType.DEADLINE, 0.07, texts.DEADLINES, (0,)),
)
"""Type, how often, titles, minutes."""


def demo_managers() -> list[DemoManager]:
    """A dozen managers on three desks of two brands; the first of each desk is its head."""
    return [
        DemoManager(manager_id, name, desk.brand, *_rights(desk, manager_id))
        for desk in DESKS
        for manager_id, name in zip(desk.manager_ids, desk.names, strict=True)
    ]


def demo_directory() -> Directory:
    """The demo's managers, desks and outcomes by name; the head of a desk is on it, too."""
    managers = [
        checked_manager(Manager(id=manager_id, name=name, brand=desk.brand, desks=desk.code))
        for desk in DESKS
        for manager_id, name in zip(desk.manager_ids, desk.names, strict=True)
    ]
    desks = [
        Desk(code=desk.code, brand=desk.brand, title=desk.title, manager_id=desk.first_id)
        for desk in DESKS
    ]
    return Directory(managers, desks, list(map(checked_outcome, texts.OUTCOMES)))


def demo_events(now: int, seed: int = SEED) -> list[DemoEvent]:
    """Some 400 events from two weeks before `now` (Unix seconds) to three weeks after it."""
    rng = random.Random(seed)
    events: list[DemoEvent] = []
    for desk in DESKS:
        for day in _weekdays(now, desk):
            events += _day_of_desk(rng, desk, day, now)
        events += _all_day_events(rng, desk, now)
    return events


def _rights(desk: _Desk, manager_id: int) -> tuple[str, SessionType]:
    if manager_id == desk.first_id:
        return "*", SessionType.SESSION_CRM_ADMIN
    return desk.code, SessionType.SESSION_CRM_MANAGER


def _weekdays(now: int, desk: _Desk) -> Iterator[dt.date]:
    today = dt.datetime.fromtimestamp(now, ZoneInfo(desk.timezone)).date()
    for offset in range(-DAYS_BACK, DAYS_AHEAD + 1):
        day = today + dt.timedelta(days=offset)
        if day.weekday() < 5:
            yield day


def _day_of_desk(rng: random.Random, desk: _Desk, day: dt.date, now: int) -> Iterator[DemoEvent]:
    meeting_hour = DESK_MEETING_HOURS.get(day.weekday())
    if meeting_hour is not None:
        yield _desk_meeting(rng, _slot(desk, desk.first_id, day, meeting_hour, 0, 45), now)
    free = [hour for hour in HOURS if hour != meeting_hour]
    for manager_id in desk.manager_ids:
        for hour in sorted(rng.sample(free, rng.choice(EVENTS_A_DAY))):
            yield _work(rng, desk, manager_id, day, hour, now)


def _work(
    rng: random.Random, desk: _Desk, manager_id: int, day: dt.date, hour: int, now: int
) -> DemoEvent:
    """One piece of a manager's own work; it ends within its hour."""
    kind, _, titles, lengths = rng.choices(_KINDS, [row[1] for row in _KINDS])[0]
    minutes = rng.choice(lengths)
    slot = _slot(desk, manager_id, day, hour, rng.choice((0, 60 - max(minutes, 30))), minutes)
    number = rng.randrange(len(texts.CUSTOMERS))
    data = _timed(slot, kind, rng.choice(titles).format(customer=texts.CUSTOMERS[number]))
    data |= _links(rng, kind, number)
    data |= _state(rng, slot, now)
    data |= _reminder(rng, slot)
    data["priority"] = int(rng.choices(list(Priority), (2, 10, 4, 1))[0])
    data["ast_json"] = _notes(rng, number, data)
    if kind == EventType.MEETING:
        data["participants"] = _participants(rng, slot, [_colleague(rng, slot)])
    return DemoEvent(manager_id, data)


def _desk_meeting(rng: random.Random, slot: _Slot, now: int) -> DemoEvent:
    """The whole desk, with a Google Meet link in the text."""
    title, agenda = texts.DESK_MEETINGS[0 if slot.start.weekday() == 0 else 1]
    data = _timed(slot, EventType.MEETING, title.format(desk=slot.desk.title))
    data |= _state(rng, slot, now) | {"remind_before_sec": 600}
    data["ast_json"] = _doc(
        _paragraph("Join: ", _link(_meet_address(rng))),
        _bullets(agenda),
        _paragraph("Minutes: ", _mention(slot.desk, rng.choice(slot.desk.manager_ids[1:]))),
    )
    data["participants"] = _participants(rng, slot, slot.desk.manager_ids[1:])
    return DemoEvent(slot.manager_id, data)


def _all_day_events(rng: random.Random, desk: _Desk, now: int) -> Iterator[DemoEvent]:
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


def _at(desk: _Desk, day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo(desk.timezone))


def _slot(
    desk: _Desk, manager_id: int, day: dt.date, hour: int, minute: int, minutes: int
) -> _Slot:
    return _Slot(desk, manager_id, _at(desk, day, hour, minute), minutes)


def _timed(slot: _Slot, kind: EventType, title: str) -> dict[str, Any]:
    """What every event says."""
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


def _links(rng: random.Random, kind: EventType, number: int) -> dict[str, int]:
    """A customer with an account, or one who is a lead yet; none for some tasks."""
    if kind == EventType.TASK and rng.random() < 0.3:
        return {}
    if number % 4 == 3:
        return {"lead_id": FIRST_LEAD_ID + number}
    return {"customer_id": FIRST_CUSTOMER_ID + number, "login": FIRST_LOGIN + 7 * number}


def _state(rng: random.Random, slot: _Slot, now: int) -> dict[str, int]:
    """Past: mostly done, some archived, cancelled, forgotten. Ahead: open, some cancelled."""
    over = slot.start.timestamp() + slot.minutes * 60 < now
    weights = (10, 68, 8, 14) if over else (94, 0, 6, 0)
    return {"status": int(rng.choices(list(EventStatus), weights)[0])}


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
    """Rows with differing answers; the owner's row comes by itself."""
    return [
        {
            "manager_id": manager_id,
            "role": int(rng.choices(list(ParticipantRole), (0, 5, 1))[0]),
            "status": int(rng.choices(list(ParticipantStatus), (3, 6, 1, 2))[0]),
        }
        for manager_id in managers
    ]


def _notes(rng: random.Random, number: int, data: dict[str, Any]) -> dict[str, Any]:
    """The text of a manager's own event: who, what is known, sometimes steps or a Meet link."""
    customer = texts.CUSTOMERS[number]
    blocks = [_paragraph(_text(customer, "bold"), " ", rng.choice(texts.NOTES))]
    if data["type"] in (EventType.CALL, EventType.TASK):
        blocks.append(_bullets(rng.sample(texts.STEPS, 3)))
    if data["type"] == EventType.MEETING:
        blocks.append(_paragraph("Google Meet: ", _link(_meet_address(rng))))
    return _doc(*blocks)


def _meet_address(rng: random.Random) -> str:
    letters = "".join(rng.choices("abcdefghijkmnopqrstuvwxyz", k=10))
    return f"https://meet.google.com/{letters[:3]}-{letters[3:7]}-{letters[7:]}"


def _doc(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "content": list(blocks)}


def _paragraph(*parts: str | dict[str, Any]) -> dict[str, Any]:
    content = [_text(part) if isinstance(part, str) else part for part in parts]
    return {"type": "paragraph", "content": content}


def _text(text: str, *marks: str) -> dict[str, Any]:
    node: dict[str, Any] = {"type": "text", "text": text}
    return node | {"marks": [{"type": mark} for mark in marks]} if marks else node


def _link(address: str) -> dict[str, Any]:
    return _text(address) | {"marks": [{"type": "link", "attrs": {"href": address}}]}


def _mention(desk: _Desk, manager_id: int) -> dict[str, Any]:
    name = desk.names[manager_id - desk.first_id]
    return {"type": "mention", "attrs": {"id": manager_id, "kind": "manager", "label": name}}


def _bullets(lines: Sequence[str]) -> dict[str, Any]:
    items = [{"type": "listItem", "content": [_paragraph(line)]} for line in lines]
    return {"type": "bulletList", "content": items}

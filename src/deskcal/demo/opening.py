"""The current day of the manager whom the demo opens on: late, now, next, and an invitation. Pure.

All times are relative to the moment at which the store is filled.
"""

from typing import Any

from msgspec import Struct

from deskcal.core.event import EventStatus, EventType, ParticipantStatus, Priority
from deskcal.demo import notes, texts
from deskcal.demo.desks import DESKS, DemoEvent, links_of

DESK = DESKS[0]
OPENING_MANAGER = DESK.first_id
COLLEAGUES = DESK.manager_ids[1:]
REMINDER_AFTER_SEC = 40
"""When the first reminder fires, after the store is filled."""
POOL_AFTER_SEC = 1800
"""An open call can be claimed by colleagues so long after its start."""
STEP_SEC = 300
CALL, FOLLOW_UP = EventType.CALL, EventType.FOLLOW_UP


class _Plan(Struct, frozen=True):
    """One event with a customer."""

    minutes: int
    """Start, from now."""
    length: int
    """Minutes."""
    type: EventType
    title: str
    customer: int
    more: dict[str, Any] = {}


NEXT = _Plan(25, 20, CALL, texts.CALLS[4], 5, {"priority": int(Priority.HIGH)})
"""The event whose reminder fires first."""
PLAN = (
    _Plan(-185, 20, CALL, texts.CALLS[1], 0, {"outcome": "reached"}),
    _Plan(-130, 15, FOLLOW_UP, texts.FOLLOW_UPS[1], 4, {"outcome": "call_back"}),
    _Plan(-90, 15, CALL, texts.CALLS[2], 6, {"priority": int(Priority.HIGH)}),
    _Plan(-50, 15, FOLLOW_UP, texts.FOLLOW_UPS[0], 3),
    NEXT,
    _Plan(120, 30, CALL, texts.CALLS[3], 21, {"remind_before_sec": 600}),
    _Plan(165, 45, EventType.TASK, texts.TASKS[1], 13),
    _Plan(230, 0, EventType.DEADLINE, texts.DEADLINES[1], 12, {"remind_before_sec": 1800}),
)
"""Done, done, late, late, next, and later ones."""


def opening_day(now: int) -> list[DemoEvent]:
    """The events around `now` (Unix seconds)."""
    clock = now - now % STEP_SEC
    own = [DemoEvent(OPENING_MANAGER, _planned(clock, plan)) for plan in PLAN]
    own[PLAN.index(NEXT)].data["remind_time"] = now + REMINDER_AFTER_SEC
    return [*own, _running_meeting(clock), _invitation(clock)]


def _planned(clock: int, plan: _Plan) -> dict[str, Any]:
    title = plan.title.format(customer=texts.CUSTOMERS[plan.customer][0])
    data = _event(clock, plan.minutes, plan.length, plan.type, title)
    data |= links_of(plan.customer) | plan.more
    if "outcome" in plan.more:
        data["status"] = int(EventStatus.DONE)
    elif plan.type in (CALL, FOLLOW_UP):
        data["pool_after_sec"] = POOL_AFTER_SEC
    return data


def _running_meeting(clock: int) -> DemoEvent:
    data = _event(clock, -10, 30, EventType.MEETING, f"{DESK.title}: open deposits")
    answers = (ParticipantStatus.ACCEPTED, ParticipantStatus.TENTATIVE, ParticipantStatus.ACCEPTED)
    data["participants"] = _rows(dict(zip(COLLEAGUES, answers, strict=True)))
    return DemoEvent(OPENING_MANAGER, data)


def _invitation(clock: int) -> DemoEvent:
    """A meeting of a colleague, which the manager has not answered."""
    title = texts.MEETINGS[2].format(customer=texts.CUSTOMERS[8][0])
    data = _event(clock, 65, 30, EventType.MEETING, title)
    invited, accepted = ParticipantStatus.INVITED, ParticipantStatus.ACCEPTED
    data["participants"] = _rows({OPENING_MANAGER: invited, COLLEAGUES[1]: accepted})
    return DemoEvent(COLLEAGUES[0], data)


def _event(clock: int, minutes: int, length: int, kind: EventType, title: str) -> dict[str, Any]:
    start = clock + minutes * 60
    data = {
        "brand": DESK.brand,
        "desk": DESK.code,
        "title": title,
        "type": int(kind),
        "status": int(EventStatus.OPEN),
        "start_time": start,
        "end_time": start + length * 60,
        "timezone": DESK.timezone,
    }
    if kind == EventType.MEETING:
        join = notes.link("https://meet.google.com/opn-demo-day")
        data["ast_json"] = notes.doc(notes.paragraph("Google Meet: ", join))
    return data


def _rows(answers: dict[int, ParticipantStatus]) -> list[dict[str, int]]:
    return [{"manager_id": one, "status": int(status)} for one, status in answers.items()]

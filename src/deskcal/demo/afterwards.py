"""What has happened on the demo desk since its events were planned.

Past occurrences are done, one occurrence was moved, a call was completed with a follow-up, and a
colleague works on another one.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from deskcal.core.event import EventStatus, EventType
from deskcal.demo.desks import DESKS
from deskcal.limits import DAY_SEC

Call = Callable[[str, int, dict[str, Any]], Awaitable[Any]]
"""Sends a command as a manager; gives the data of its answer."""
Events = list[dict[str, Any]]

LEAD = DESKS[0].first_id
CALLS = (EventType.CALL, EventType.FOLLOW_UP)
LEASE_SEC = 3600


async def settle(call: Call, now: int, outcome_required: frozenset[int]) -> None:
    """Brings the desk that was filled at `now` (Unix seconds) up to that moment.

    `outcome_required`: types of events that are completed with an outcome only.
    """
    await _complete_past_occurrences(call, now, outcome_required)
    await _move_next_review(call, now)
    await _follow_up(call, now)
    await _claim(call, now)


async def _listed(call: Call, since: int, until: int, **filters: Any) -> Events:
    whole = {"deskFilter": DESKS[0].code, "limit": 500, "offset": 0, "status": EventStatus.OPEN}
    data = whole | {"from": since, "to": until} | filters
    rows: Events = (await call("MngGetCalendarEventsByFilter", LEAD, data))["rows"]
    return rows


async def _complete_past_occurrences(
    call: Call, now: int, outcome_required: frozenset[int]
) -> None:
    """Leaves those open that need an outcome, which the demo desk has for calls alone."""
    for event in await _listed(call, 1, now):
        is_call = event["type"] in CALLS
        if not is_call and event["type"] in outcome_required:
            continue
        if event.get("series_id") and event["end_time"] <= now:
            outcome = {"outcome": "reached"} if is_call else {}
            owner = event["owner_manager_id"]
            await call("MngCompleteCalendarEvent", owner, {"id": event["id"]} | outcome)


async def _move_next_review(call: Call, now: int) -> None:
    """The review after the next one begins two hours later: it differs from its series."""
    meetings = await _listed(call, now, now + 30 * DAY_SEC, type=EventType.MEETING)
    occurrences = [event for event in meetings if event.get("series_id")]
    if len(occurrences) > 1:
        moved = occurrences[1]
        times = {"start_time": moved["start_time"] + 7200, "end_time": moved["end_time"] + 7200}
        await call("MngUpdateCalendarEvent", LEAD, {"id": moved["id"]} | times)


async def _late_calls(call: Call, now: int) -> Events:
    """Open calls of the desk that are over, but for those of the manager whom the demo opens on."""
    late = await _listed(call, 1, now, type=list(CALLS), overdue=1)
    return [event for event in late if event["owner_manager_id"] != LEAD]


async def _follow_up(call: Call, now: int) -> None:
    """A colleague's late call was made, and is to be made again tomorrow."""
    for event in (await _late_calls(call, now))[:1]:
        follow_up = {"in_sec": DAY_SEC, "customer_hours": 1}
        result = {"outcome": "call_back", "outcome_note": "In a meeting, call again tomorrow"}
        data = {"id": event["id"], "follow_up": follow_up} | result
        await call("MngCompleteCalendarEvent", event["owner_manager_id"], data)


async def _claim(call: Call, now: int) -> None:
    """A colleague works on the next one; outside of calling hours, on none."""
    for event in (await _late_calls(call, now))[:1]:
        data = {"id": event["id"], "lease_sec": LEASE_SEC}
        await call("MngClaimNextCalendarEvent", event["owner_manager_id"], data)

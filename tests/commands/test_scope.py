"""Who may do what: every command by every kind of session on every kind of event.

Expected answers come from the plain model. Source: contract, section 3, "Who may do what".
"""

import asyncio
import itertools
from typing import Any

import pytest

from commands.desk_model import Calendar, Caller
from harness import ADMIN, CRM_ADMIN, CRM_MANAGER, DEALER, MANAGER, Desk, new_event, token

BOSS = Caller(1, CRM_ADMIN)
CALLERS = [
    Caller(10, kind, desks, brands)
    for kind, desks, brands in itertools.product(
        (MANAGER, DEALER, CRM_MANAGER, ADMIN, CRM_ADMIN),
        ("DESK_EU*,!DESK_EU_TEST", "*"),
        ("default", "*", "*,!default"),
    )
]
PLACES = [
    {"brand": brand, "desk": desk}
    for brand, desk in itertools.product(
        ("default", "Default"), ("", "DESK_EU", "DESK_EU_TEST", "DESK_US")
    )
]
ROLES: list[dict[str, Any]] = [
    {"owner_manager_id": 20},
    {"owner_manager_id": 10},
    {"owner_manager_id": 20, "created_by": 10},
    {"owner_manager_id": 20, "participant_manager_ids": [10]},
]
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("MngGetCalendarEvent", {}),
    ("MngUpdateCalendarEvent", {"title": "changed"}),
    ("MngUpdateCalendarEvent", {"owner_manager_id": 30, "participants": []}),
    ("MngArchiveCalendarEvent", {}),
    ("MngCompleteCalendarEvent", {}),
    ("MngRespondCalendarEvent", {"status": 2}),
    ("MngDeleteCalendarEvent", {}),
]


def signed(caller: Caller) -> str:
    return token(caller.manager_id, caller.type, **caller.claims())


async def expect(
    desk: Desk, calendar: Calendar, caller: Caller, command: str, data: dict[str, Any]
) -> int:
    """The status that server and model agree on."""
    status, code, event = calendar.answer(caller, command, data, int(desk.clock.time))
    answered = await desk.call(signed(caller), command, **data)
    about = (vars(caller), command, data, answered)
    assert (answered["status"], answered.get("error", {}).get("code")) == (status, code), about
    if event is not None:
        assert answered["data"]["event"] == event, about
    return status


async def add_all(desk: Desk, calendar: Calendar, events: list[dict[str, Any]]) -> None:
    """Adds events 1, 2, 3..."""
    work = [expect(desk, calendar, BOSS, "MngAddCalendarEvent", event) for event in events]
    await asyncio.gather(*work)


@pytest.mark.parametrize(("command", "more"), COMMANDS)
async def test_a_command_on_an_event_is_allowed_to_whom_the_contract_says(
    desk: Desk, command: str, more: dict[str, Any]
) -> None:
    calendar = Calendar()
    cases = list(itertools.product(CALLERS, PLACES, ROLES))
    await add_all(desk, calendar, [new_event(**place, **role) for _, place, role in cases])
    work = [
        expect(desk, calendar, caller, command, {"id": number, **more})
        for number, (caller, *_) in enumerate(cases, 1)
    ]
    assert {200, 404} <= set(await asyncio.gather(*work))


async def test_an_event_is_created_only_where_the_session_may_put_it(desk: Desk) -> None:
    calendar = Calendar()
    work = [
        expect(
            desk,
            calendar,
            caller,
            "MngAddCalendarEvent",
            new_event(**place, owner_manager_id=owner, created_by=creator),
        )
        for caller, place in itertools.product(CALLERS, PLACES)
        for owner, creator in ((0, 0), (20, 0), (10, 20), (20, 20))
    ]
    await asyncio.gather(*work)


@pytest.mark.parametrize("owner", [None, 10, 20])
async def test_an_event_is_moved_only_where_the_session_may_put_it(
    desk: Desk, owner: int | None
) -> None:
    """A new owner counts as of after the move."""
    calendar = Calendar()
    callers = CALLERS[:3] + CALLERS[9:12]
    cases = list(itertools.product(callers, PLACES, ROLES, PLACES))
    await add_all(desk, calendar, [new_event(**place, **role) for _, place, role, _ in cases])
    given = {} if owner is None else {"owner_manager_id": owner}
    work = [
        expect(desk, calendar, caller, "MngUpdateCalendarEvent", {"id": number, **to, **given})
        for number, (caller, _, _, to) in enumerate(cases, 1)
    ]
    await asyncio.gather(*work)


async def test_lists_show_what_the_session_sees_and_count_no_more(desk: Desk) -> None:
    calendar = Calendar()
    cases = itertools.product(PLACES, ROLES)
    await add_all(desk, calendar, [new_event(**place, **role) for place, role in cases])
    for caller in CALLERS:
        for mask, manager_id in itertools.product(("*", "DESK_*", "desk_eu*"), (0, 10, 20, 99)):
            wanted = calendar.seen_by(caller, manager_id, mask.upper())
            found = await desk.rows(signed(caller), deskFilter=mask, manager_id=manager_id)
            assert found == (wanted, len(wanted))
            page = await desk.rows(signed(caller), deskFilter=mask, manager_id=manager_id, limit=2)
            assert page == (wanted[:2], len(wanted))


async def test_one_connection_may_send_the_tokens_of_many_managers(desk: Desk) -> None:
    await desk.add(token(10, desks="A"), desk="A")
    assert (await desk.rows(token(11, desks="A")))[1] == 1
    assert (await desk.rows(token(12, desks="B")))[1] == 0
    assert (await desk.rows(token(11, desks="A")))[1] == 1

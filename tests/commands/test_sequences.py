"""Random sequences by several managers, compared answer by answer with a plain model."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.desk_model import Calendar, Caller
from harness import (
    ADMIN,
    CRM_ADMIN,
    CRM_MANAGER,
    DEALER,
    MANAGER,
    everything,
    line_of,
    open_desk,
    request,
    token,
)
from helpers import NOW
from places import Place, Places, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer

CALLERS = [
    Caller(10, MANAGER, "*"),
    Caller(11, DEALER, "DESK_EU*,!DESK_EU_TEST", "default"),
    Caller(12, CRM_MANAGER, "DESK_US"),
    Caller(13, ADMIN, "nowhere", "default"),
    Caller(14, CRM_ADMIN),
    Caller(10, MANAGER, "nowhere", "other"),
]
MASKS = ("*", "DESK_*", "*,!DESK_EU*")

managers = st.integers(9, 15)
rows = st.lists(
    st.fixed_dictionaries(
        {"manager_id": managers},
        optional={"role": st.integers(0, 2), "status": st.integers(0, 3)},
    ),
    max_size=4,
    unique_by=lambda row: row["manager_id"],
)
optional: dict[str, st.SearchStrategy[Any]] = {
    "brand": st.none() | st.sampled_from(["default", "other"]),
    "desk": st.none() | st.sampled_from(["", "desk_eu", "DESK_EU_TEST", "DESK_US"]),
    "owner_manager_id": st.none() | st.just(0) | managers,
    "status": st.none() | st.integers(0, 3),
    "priority": st.none() | st.integers(0, 3),
    "customer_id": st.none() | st.integers(0, 3),
    "ast_json": st.none() | st.just({"type": "doc", "content": []}),
    "participants": st.none() | rows,
    "participant_manager_ids": st.none() | st.lists(managers, max_size=4),
}
times = st.integers(NOW, NOW + 3)
title = st.sampled_from(["a", "O'Brien ]}", "Анна 🙂"])
new = st.fixed_dictionaries(
    {"title": title, "start_time": times, "end_time": times},
    optional=optional | {"created_by": st.none() | managers},
)
event_id = st.integers(1, 6)
if_version = st.none() | st.integers(1, 3)
change = st.fixed_dictionaries(
    {"id": event_id},
    optional=optional
    | {"title": title, "start_time": times, "end_time": times, "if_version": if_version},
)
named = st.fixed_dictionaries({"id": event_id}, optional={"if_version": if_version})
respond = st.fixed_dictionaries(
    {"id": event_id, "status": st.integers(1, 3)}, optional={"if_version": if_version}
)
steps = st.tuples(
    st.sampled_from(CALLERS),
    st.one_of(
        st.tuples(st.just("MngAddCalendarEvent"), new),
        st.tuples(st.just("MngUpdateCalendarEvent"), change),
        st.tuples(st.just("MngUpdateCalendarEvent"), change),
        st.tuples(st.just("MngGetCalendarEvent"), named),
        st.tuples(st.just("MngRespondCalendarEvent"), respond),
        st.tuples(st.just("MngArchiveCalendarEvent"), named),
        st.tuples(st.just("MngCompleteCalendarEvent"), named),
        st.tuples(st.just("MngDeleteCalendarEvent"), named),
    ),
)


Step = tuple[Caller, tuple[str, dict[str, Any]]]
sequences = {
    "first": st.lists(new, min_size=1, max_size=4),
    "sequence": st.lists(steps, min_size=5, max_size=40),
}


@settings(max_examples=30)
@given(**sequences)
async def test_every_answer_is_that_of_the_model(
    places: Places, first: list[dict[str, Any]], sequence: list[Step]
) -> None:
    with places() as place:
        await compare(place, first, sequence)


@settings(max_examples=120)
@given(**sequences)
async def test_every_answer_of_the_embedded_store_is_that_of_the_model(
    tmp_path_factory: pytest.TempPathFactory, first: list[dict[str, Any]], sequence: list[Step]
) -> None:
    """Many more, as they cost little there."""
    await compare(SqlitePlace(tmp_path_factory.mktemp("desk")), first, sequence)


@settings(max_examples=30)
@given(**sequences)
async def test_both_stores_answer_the_same_to_the_byte(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: PostgresServer,
    first: list[dict[str, Any]],
    sequence: list[Step],
) -> None:
    with postgres.database() as url:
        embedded = await lines(SqlitePlace(tmp_path_factory.mktemp("desk")), first, sequence)
        assert await lines(PostgresPlace(url), first, sequence) == embedded


async def lines(place: Place, first: list[dict[str, Any]], sequence: list[Step]) -> list[bytes]:
    """All that is answered, then lists, changes and histories of all that is there."""
    beginning = [(CALLERS[4], ("MngAddCalendarEvent", data)) for data in first]
    asking = [
        (caller, (command, data))
        for caller in CALLERS
        for command, data in [
            *(
                ("MngGetCalendarEventsByFilter", everything(deskFilter=mask, limit=limit))
                for mask in MASKS
                for limit in (2, 1000)
            ),
            ("MngGetCalendarChanges", {"deskFilter": "*", "since": 0}),
            *(("MngGetCalendarEventHistory", {"id": number}) for number in range(1, 7)),
        ]
    ]
    found = []
    async with open_desk(place) as desk:
        for caller, (command, data) in (*beginning, *sequence, *asking):
            desk.clock.time += 1
            signed = token(caller.manager_id, caller.type, **caller.claims())
            frame = request(command, 1, data, signed)
            found.append(await line_of(desk.requests.answer(desk.peer, frame, desk.clock())))
    return found


async def compare(place: Place, first: list[dict[str, Any]], sequence: list[Step]) -> None:
    """Each answer, then lists of all that is there, against those of the model."""
    calendar = Calendar()
    beginning = [(CALLERS[4], ("MngAddCalendarEvent", data)) for data in first]
    async with open_desk(place, cache_bytes=2500) as desk:
        for caller, (command, data) in (*beginning, *sequence):
            desk.clock.time += 1
            expected = calendar.answer(caller, command, data, int(desk.clock.time))
            signed = token(caller.manager_id, caller.type, **caller.claims())
            answered = await desk.call(signed, command, **data)
            event = answered.get("data", {}).get("event")
            found = (answered["status"], answered.get("error", {}).get("code"), event)
            assert found == expected, (caller.claims(), command, data)
        for caller in CALLERS:
            signed = token(caller.manager_id, caller.type, **caller.claims())
            for mask in MASKS:
                for manager_id in (0, 10, 12):
                    wanted = calendar.seen_by(caller, manager_id, mask)
                    found_rows = await desk.rows(signed, deskFilter=mask, manager_id=manager_id)
                    assert found_rows == (wanted, len(wanted))

"""Lists: order, paging, range, filters and scope, compared with a slow model in memory."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskcal.core.document import DURATION_LIMITS_SEC, decode_event, scope_of
from deskcal.core.event import EventStatus, EventType
from deskcal.core.filters import EventFilter, overlaps
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session, SessionType
from deskcal.errors import InvalidField, Unavailable
from deskcal.limits import Limits
from deskcal.store.lists import Collections
from deskcal.store.ports import Store
from deskcal.store.sqlite.connection import connect_reader
from deskcal.store.sqlite.lists import list_query
from deskcal.store.sqlite.store import open_sqlite
from helpers import NOW
from places import Places, SqlitePlace
from store.conftest import Backend
from store.mutations import ADMIN_SESSION, adding, changing, deleting, ids, listed

DAY = 86_400
YEAR = 366 * DAY


async def test_rows_come_by_start_time_then_id(store: Store) -> None:
    for start in (50, 10, 50, 30, 10, 2 * YEAR):
        await store.mutate(adding(start_time=start, end_time=start + 1))
    for length in (5 * YEAR, 20 * DAY, DAY):
        await store.mutate(adding(start_time=30, end_time=30 + length))
    assert await ids(store) == [2, 5, 4, 7, 8, 9, 1, 3, 6]


async def test_count_does_not_depend_on_limit_and_offset(store: Store) -> None:
    for start in range(1, 31):
        await store.mutate(adding(start_time=start, end_time=start))
    for limit, offset in itertools.product((1, 7, 29, 30, 31), (0, 1, 15, 29, 30, 31, 1000)):
        rows, count = await listed(store, limit=limit, offset=offset)
        assert count == 30
        assert [row["id"] for row in rows] == list(range(1, 31))[offset : offset + limit]


async def test_a_list_of_an_empty_store_is_empty(store: Store) -> None:
    assert await listed(store) == ([], 0)
    assert await listed(store, offset=5) == ([], 0)


async def test_rows_are_the_documents_themselves(store: Store) -> None:
    answers = [await store.mutate(adding(title=f"O'Brien, [VIP]}} {n}")) for n in range(600)]
    rows, _ = await listed(store)
    assert rows == [json.loads(answer) for answer in answers]


async def test_a_list_sees_what_was_answered_before_it(store: Store) -> None:
    await store.mutate(adding(customer_id=5))
    assert await ids(store, customer_id=5) == [1]
    await store.mutate(changing(1, customer_id=6, start_time=5, end_time=9))
    assert await ids(store, customer_id=5) == []
    assert await ids(store, customer_id=6, until=9) == [1]
    await store.mutate(deleting(1))
    assert await ids(store) == []


async def test_owner_creator_and_participants_find_an_event_by_their_id(store: Store) -> None:
    await store.mutate(
        adding(owner_manager_id=20, created_by=30, participant_manager_ids=[40, 50], actor=60)
    )
    found = [manager for manager in range(1, 70) if await ids(store, manager_id=manager)]
    assert found == [20, 30, 40, 50]


async def test_every_filter_finds_its_own_events_by_time_and_by_manager(store: Store) -> None:
    await store.mutate(adding(priority=0, owner_manager_id=10, outcome="sold", follows_id=9))
    await store.mutate(adding(priority=2, owner_manager_id=11, participant_manager_ids=[10, 12]))
    await store.mutate(adding(priority=3, owner_manager_id=12))
    await store.mutate(changing(3, series_id=5))
    for more in ({}, {"manager_ids": (10, 11, 12)}, {"desk_filter": "*,!DESK_*"}):
        named: dict[str, Any] = {"priority": (2, 3)} | more
        assert await ids(store, **named) == [2, 3], more
        assert await ids(store, outcome="sold", **more) == [1], more
        assert await ids(store, follows_id=9, **more) == [1], more
        assert await ids(store, series_id=5, **more) == [3], more
        assert await ids(store, owner_manager_id=10, **more) == [1], more
    assert await ids(store, manager_ids=(10,)) == [1, 2, 3]
    assert await ids(store, manager_ids=(11, 12)) == [2, 3]
    assert await ids(store, manager_ids=(12,), manager_id=11) == [2]
    assert await ids(store, manager_ids=(99,)) == []


async def test_overdue_is_open_and_over(store: Store) -> None:
    await store.mutate(adding(start_time=100, end_time=200))
    await store.mutate(adding(start_time=100, end_time=201))
    await store.mutate(adding(start_time=100, end_time=150, status=1))
    assert await ids(store, overdue_at=200) == [1]
    assert await ids(store, overdue_at=201, manager_id=10) == [1, 2]


@pytest.mark.parametrize("name", ["customer_id", "lead_id", "login"])
async def test_a_link_filters_by_equality(store: Store, name: str) -> None:
    def equal(value: int) -> dict[str, Any]:
        return {name: value}

    for value in (0, 7, 8, 7):
        await store.mutate(adding(**equal(value)))
    assert await ids(store, **equal(7)) == [2, 4]
    assert await ids(store, **equal(7), manager_id=10) == [2, 4]
    assert await ids(store, **equal(9)) == []
    assert await ids(store, **equal(0)) == [1, 2, 3, 4]


async def test_status_and_type_filter_by_any_of_the_values(store: Store) -> None:
    for status, type_ in itertools.product(EventStatus, EventType):
        await store.mutate(adding(status=int(status), type=int(type_)))
    assert len(await ids(store, status=(0,))) == 7
    assert len(await ids(store, status=(1, 3), type=(2,))) == 2
    assert len(await ids(store, status=(1, 3), type=(2, 5), manager_id=10)) == 4


async def test_brand_filters_exactly(store: Store) -> None:
    for brand in ("default", "Default", "other"):
        await store.mutate(adding(brand=brand))
    assert await ids(store, brand="Default") == [2]
    assert await ids(store, brand="nobody") == []


async def test_an_answer_over_the_limit_of_bytes_is_refused(backend: Backend) -> None:
    store = await backend.open(max_answer_bytes=100_000)
    for _ in range(300):
        await store.mutate(adding(title="x" * 500))
    with pytest.raises(InvalidField) as refused:
        await listed(store)
    assert refused.value.field == "limit"
    assert len(await ids(store, limit=50)) == 50


async def test_a_list_that_takes_too_long_is_given_up_and_the_next_one_works(
    tmp_path: Path,
) -> None:
    backend = Backend(SqlitePlace(tmp_path))
    store = await backend.open()
    for _ in range(3000):
        work = store.mutate(adding(participant_manager_ids=list(range(1, 20))))
    await work
    store = await backend.open(request_deadline_sec=1e-9)
    with pytest.raises(Unavailable, match="too long"):
        await listed(store)
    store = await backend.open()
    assert (await listed(store, limit=1))[1] == 3000
    await backend.close()


starts = st.integers(1, 400) | st.integers(1, 12 * YEAR)
lengths = st.one_of(
    st.just(0),
    st.integers(0, 100),
    st.sampled_from([x + d for x in DURATION_LIMITS_SEC for d in (-1, 0, 1)]),
    st.integers(0, 10 * YEAR),
)
ranges = st.tuples(starts, lengths.map(lambda n: n + 1))


@settings(max_examples=40)
@given(
    events=st.lists(st.tuples(starts, lengths), min_size=1, max_size=25),
    asked=st.lists(ranges, min_size=1, max_size=12),
    manager_id=st.sampled_from([0, 10]),
)
async def test_a_range_holds_the_events_that_overlap_it(
    places: Places,
    events: list[tuple[int, int]],
    asked: list[tuple[int, int]],
    manager_id: int,
) -> None:
    with places() as place:
        store = await place.open(Limits())
        try:
            for start, length in events:
                work = store.mutate(adding(start_time=start, end_time=start + length))
            await work
            rows, _ = await listed(store, until=30 * YEAR)
            assert len(rows) == len(events)
            for since, length in asked:
                for edge in edges(since, since + length, events):
                    wanted = [row["id"] for row in rows if overlaps(Span(row), *edge)]
                    found = await listed(store, since=edge[0], until=edge[1], manager_id=manager_id)
                    assert [row["id"] for row in found[0]] == wanted
                    assert found[1] == len(wanted)
        finally:
            await store.close()


class Span:
    def __init__(self, row: dict[str, int]) -> None:
        self.start_time = row["start_time"]
        self.end_time = row["end_time"]


def edges(since: int, until: int, events: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The range itself, and ranges that touch the first event."""
    yield since, until
    start, length = events[0]
    yield start, start + 1
    yield max(0, start - 1), start
    yield start + length, start + length + 1


BRANDS = ("default", "Default", "other")
DESKS = ("", "DESK_EU", "DESK_EU_TEST", "DESK_US", "DESKXEU", "%", "[")
MASKS = ("*", "DESK_*", "DESK_EU*,!DESK_EU_TEST", "desk_us", "*,!DESK_*", "[,%", "nowhere")
SESSIONS = [
    Session(manager_id, desk_mask(desks), brand_mask(brands), type=type_, exp=float("inf"))
    for manager_id, type_, desks, brands in itertools.product(
        (10, 11, 12, 99),
        (SessionType.SESSION_MANAGER, SessionType.SESSION_ADMIN),
        ("*", "DESK_EU*,!DESK_EU_TEST", "nowhere"),
        ("*", "default", "*,!default"),
    )
]


async def test_a_list_shows_what_the_session_can_see_and_nothing_else(store: Store) -> None:
    """Each session of the matrix with each mask, brand and manager filter, against `can_see`."""
    for brand, desk in itertools.product(BRANDS, DESKS):
        for owner, guests in ((20, [10]), (10, [20]), (20, [21]), (11, [12, 10])):
            work = store.mutate(
                adding(
                    brand=brand,
                    desk=desk,
                    owner_manager_id=owner,
                    created_by=owner,
                    participant_manager_ids=guests,
                )
            )
    await work
    stored = [await store.load(number) for number in range(1, 85)]
    scopes = {
        decode_event(record.document).id: scope_of(decode_event(record.document))
        for record in stored
        if record is not None
    }
    assert len(scopes) == len(BRANDS) * len(DESKS) * 4
    filters = itertools.product(MASKS, (None, "other"), (0, 10, 12))
    for session, (mask, only, manager_id) in itertools.product(SESSIONS, filters):
        wanted = [
            number
            for number, scope in scopes.items()
            if session.can_see(scope)
            and desk_mask(mask).matches(scope.desk)
            and only in (None, scope.brand)
            and (not manager_id or manager_id in scope.managers)
        ]
        limited = {"desk_filter": mask, "brand": only, "manager_id": manager_id, "limit": 5}
        rows, count = await listed(store, session, **limited)
        assert ([row["id"] for row in rows], count) == (wanted[:5], len(wanted)), (
            session,
            mask,
            only,
            manager_id,
        )


@pytest.mark.parametrize("manager_id", [0, 10])
async def test_a_desk_that_came_into_use_after_the_question_does_not_show(
    tmp_path: Path, manager_id: int
) -> None:
    """A list is asked for with the desks known then; one that is new to it may be out of scope."""
    store = await open_sqlite(tmp_path, Limits())
    await store.mutate(adding(desk="A"))
    known = Collections()
    known.add({("default", "A"): 1})
    await store.mutate(adding(brand="secret", desk="B"))
    session = Session(10, desk_mask("A"), brand_mask("default"), type=1, exp=float("inf"))
    wanted = EventFilter(
        since=0, until=NOW * 2, limit=9, desk_filter=desk_mask("*"), manager_id=manager_id
    )
    places = await known.places(wanted, session)
    assert places is not None
    query = list_query(wanted, places, session.manager_id, known.newest)
    reader: apsw.Connection = connect_reader(tmp_path)
    assert reader.execute(query.ids, query.parameters).get == "1"
    assert reader.execute(query.count, query.parameters).get == 1
    assert await ids(store, ADMIN_SESSION) == [1, 2]
    await store.close()

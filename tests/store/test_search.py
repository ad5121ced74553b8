"""The search of every store: the index, what is behind it, and pages. Source: contract, 15."""

import asyncio
import itertools
import logging
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskcal.core.document import decode_event
from deskcal.core.event import MAX_TIME
from deskcal.core.filters import Position, SearchFilter
from deskcal.core.masks import desk_mask
from deskcal.core.sessions import Session
from deskcal.core.text_search import matches, words_of
from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.live import search_index
from deskcal.store.lists import search
from deskcal.store.ports import Store
from helpers import NOW, WAIT_SEC
from places import Place, PostgresPlace
from store.conftest import Backend
from store.mutations import ADMIN_SESSION, adding, changing, deleting


async def found(
    store: Store,
    query: str,
    session: Session = ADMIN_SESSION,
    *,
    limit: int = 50,
    after: Position | None = None,
    **named: Any,
) -> list[int]:
    page = await find(store, query, session, limit=limit, after=after, **named)
    return [decode_event(document).id for document in page.documents]


async def find(
    store: Store, query: str, session: Session = ADMIN_SESSION, **named: Any
) -> search.SearchPage:
    wanted = {"since": 0, "until": MAX_TIME + 1, "limit": 50} | named
    mask = desk_mask(wanted.pop("desk_filter", "*"))
    words = tuple(words_of(query))
    return await store.search.find(SearchFilter(desk_filter=mask, words=words, **wanted), session)


async def index(store: Store) -> None:
    """Brings the index up to date."""
    while await store.search.index(100):
        pass


TITLES = [
    "Call Zielińska",
    "ΕΛΕΝΗ and Νίκος",
    "Пётр звонит",
    "100% of a_b",
    'it\'s "quoted" (x) AND y*',
    "Straße łódź",
    "ab",
    "zzabzz",
]
QUERIES = {
    "zielinska": [1],
    "ZIELIŃ": [1],
    "ελενη": [2],
    "νικος": [2],
    "петр": [3],
    "ёт": [3],
    "звон": [3],
    "0%": [4],
    "a_b": [4],
    "a b": [],
    "it's": [5],
    '"quoted"': [5],
    "(x)": [5],
    "AND": [5, 2],
    "y*": [5],
    "strasse": [6],
    "lodz": [6],
    "ab": [8, 7],
    "xab": [],
}


@pytest.mark.parametrize("is_indexed", [False, True])
async def test_words_are_found_the_same_before_and_after_they_are_indexed(
    store: Store, is_indexed: bool
) -> None:
    for title in TITLES:
        await store.mutate(adding(title=title))
    if is_indexed:
        await index(store)
    got = {query: await found(store, query) for query in QUERIES if query != "a b"}
    assert got == {query: ids for query, ids in QUERIES.items() if query != "a b"}


async def test_a_change_that_was_answered_is_found_at_once(store: Store) -> None:
    await store.mutate(adding(title="before"))
    await index(store)
    await store.mutate(changing(1, title="after"))
    assert (await found(store, "before"), await found(store, "after")) == ([], [1])
    await index(store)
    assert (await found(store, "before"), await found(store, "after")) == ([], [1])


async def test_a_deleted_event_is_not_found(store: Store) -> None:
    await store.mutate(adding(title="gone"))
    await index(store)
    await store.mutate(deleting(1))
    assert await found(store, "gone") == []
    await index(store)
    assert await found(store, "gone") == []


async def test_the_index_goes_on_where_it_was_after_a_restart(backend: Backend) -> None:
    store = await backend.open()
    await asyncio.gather(*(store.mutate(adding(title=f"event {n}")) for n in range(5)))
    assert await store.search.index(3) == 3
    store = await backend.open()
    assert await store.search.index(100) == 2
    assert await store.search.index(100) == 0
    assert len(await found(store, "event")) == 5


async def test_pages_follow_each_other_without_gap_or_repetition(store: Store) -> None:
    for start in (3, 1, 2, 2, 2, 5):
        await store.mutate(adding(title="call", start_time=NOW + start, end_time=NOW + start))
    pages, after = [], None
    while True:
        page = await find(store, "call", limit=2, after=after)
        pages.append([decode_event(document).id for document in page.documents])
        if page.next is None:
            break
        after = page.next
    assert pages == [[6, 1], [5, 4], [3, 2]]


async def test_pages_of_all_day_events_follow_each_other_without_repetition(store: Store) -> None:
    for hour in (1, 2, 3):
        at = NOW + hour * 3600
        await store.mutate(adding(title="call", all_day=1, start_time=at, end_time=at))
    page = await find(store, "call", limit=2)
    assert page.next is not None
    assert await found(store, "call", limit=2, after=page.next) == [1]


def narrow(monkeypatch: pytest.MonkeyPatch, **named: int) -> None:
    """Sets limits of the search wherever they are used."""
    for module in ("lists", "sqlite", "postgres"):
        for name, value in named.items():
            monkeypatch.setattr(f"deskcal.store.{module}.search.{name}", value, raising=False)


async def test_events_are_found_that_begin_before_1970_in_utc(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All day on 1 January 1970, in the east."""
    narrow(monkeypatch, DOCUMENTS=1, COMMON=0)
    first_day: dict[str, Any] = {
        "all_day": 1,
        "start_time": 1,
        "end_time": 1,
        "timezone": "Asia/Tokyo",
    }
    await store.mutate(adding(title="call", **first_day))
    await store.mutate(adding(title="call", **first_day))
    await store.mutate(adding(title="call", start_time=5, end_time=60))
    await store.mutate(adding(title="newer"))
    assert await found(store, "call") == [3, 2, 1]
    await index(store)
    assert await found(store, "call") == [3, 2, 1]


async def test_many_candidates_are_looked_at_by_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, FEW_CANDIDATES=3, FIRST_PAGE=4, DOCUMENTS=2)
    titles = ["rare needle" if n % 7 == 0 else "hay needle" for n in range(30)]
    for n, title in enumerate(titles):
        await store.mutate(adding(title=title, start_time=NOW + n, end_time=NOW + n))
    await index(store)
    assert await found(store, "needle", limit=200) == list(range(30, 0, -1))
    assert await found(store, "rare") == [29, 22, 15, 8, 1]
    narrow(monkeypatch, MAX_CANDIDATES=4)
    assert await found(store, "rare needle") == [29, 22, 15, 8, 1]
    assert await found(store, "rare needle", limit=2, after=(NOW + 21, 22)) == [15, 8]


@pytest.mark.parametrize("rare", [0, 4, 100])
@pytest.mark.parametrize("rows", [1, 1000])
async def test_old_events_are_found_whichever_way_they_are_looked_for(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, rare: int, rows: int
) -> None:
    store = await backend.open()
    narrow(monkeypatch, FEW_CANDIDATES=2, FIRST_PAGE=4, DOCUMENTS=2, MAX_ROWS_BY_TIME=rows)
    narrow(monkeypatch, RARE=rare, MAX_COUNTS=2, BLIND_ROWS=8)
    for n in range(40):
        title = "old bonus call" if n < 4 else "new call"
        await store.mutate(adding(title=title, start_time=NOW + n, end_time=NOW + n))
    await index(store)
    if isinstance(backend.place, PostgresPlace):
        with psycopg.connect(backend.place.url, autocommit=True) as connection:
            connection.execute("ANALYZE event_gram")
    for _ in range(2):
        assert await found(store, "bonus call") == [4, 3, 2, 1]
        assert await found(store, "bonus", limit=3) == [4, 3, 2]
        assert await found(store, "call", limit=3) == [40, 39, 38]
        assert await found(store, "ld") == [4, 3, 2, 1]


# Some are within the same step of the index, some far from the others.
STARTS = [1, 2, 4095, 4096, 4097, 8000, 50_000, 50_001, 50_001, 50_002, 90_000, 400_000_000]


@pytest.mark.parametrize("most", [1, 4, 1000])
async def test_pages_are_in_order_wherever_events_were_moved(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    narrow(monkeypatch, DOCUMENTS=2, FIRST_PAGE=3, COMMON=0, FEW_CANDIDATES=3, MAX_CANDIDATES=most)
    for number, start in enumerate(STARTS * 3):
        title = "hay" if number % 3 else "hay needle"
        await store.mutate(adding(title=title, start_time=start, end_time=start))
    await index(store)
    for event_id, start in ((1, 50_001), (4, 500_000_000), (22, 3), (34, 50_001)):
        await store.mutate(changing(event_id, start_time=start, end_time=start))
    await index(store)
    for event_id, start in ((7, 50_001), (13, 600_000_000), (28, 5)):
        await store.mutate(changing(event_id, start_time=start, end_time=start))
    events = [decode_event(one.document) for one in await store.feed.changes(0, 1000)]
    newest = {event.id: event.start_time for event in events if "needle" in event.title}
    pages, after = list[int](), None
    while after or not pages:
        page = await find(store, "needle", limit=5, after=after)
        pages += [decode_event(document).id for document in page.documents]
        after = page.next
    assert pages == sorted(newest, key=lambda one: (newest[one], one), reverse=True)


async def test_all_day_events_are_in_order_where_the_default_timezone_is_another(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, DOCUMENTS=1)
    day = NOW // 86_400 * 86_400
    before, noon = day - 3600, day + 43_200
    store = await place.open(Limits())
    await store.mutate(adding(title="call", all_day=1, start_time=noon, end_time=noon))
    await store.mutate(adding(title="call", start_time=before, end_time=before))
    await store.mutate(adding(title="other", start_time=noon + 99_999, end_time=noon + 99_999))
    await index(store)
    assert await found(store, "call") == [1, 2]
    await store.close()
    store = await place.open(Limits(), default_timezone="Asia/Tokyo")
    assert await found(store, "call") == [2, 1]
    await store.close()
    assert (await place.check()).differences == []


async def test_it_obeys_the_filters_the_range_and_the_mask(store: Store) -> None:
    await store.mutate(adding(title="call", desk="DESK_EU", type=2, customer_id=7))
    await store.mutate(adding(title="call", desk="DESK_US", owner_manager_id=20, created_by=20))
    await store.mutate(adding(title="call", start_time=NOW * 1 + 9999, end_time=NOW + 99999))
    await index(store)
    assert await found(store, "call", desk_filter="DESK_*") == [2, 1]
    assert await found(store, "call", equal={"type": (2,)}) == [1]
    assert await found(store, "call", equal={"customer_id": (7,)}) == [1]
    assert await found(store, "call", manager_id=20) == [2]
    assert await found(store, "call", since=NOW + 5000) == [3]
    assert await found(store, "call", until=NOW + 1) == [2, 1]


async def test_a_manager_finds_the_desks_in_scope_and_events_with_them_in(store: Store) -> None:
    session = Session(30, desk_mask("DESK_EU"), ADMIN_SESSION.brands, type=1, exp=float("inf"))
    await store.mutate(adding(title="call", desk="DESK_EU"))
    await store.mutate(adding(title="call", desk="DESK_US"))
    await store.mutate(adding(title="call", desk="DESK_US", participant_manager_ids=[30]))
    assert await found(store, "call", session) == [3, 1]
    await index(store)
    assert await found(store, "call", session) == [3, 1]


async def test_while_the_index_is_far_behind_a_search_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, MAX_BEHIND=2)
    for number in range(3):
        await store.mutate(adding(title=f"call {number}"))
    with pytest.raises(Unavailable, match="indexed"):
        await found(store, "call")
    await index(store)
    assert await found(store, "call") == [3, 2, 1]


async def test_the_index_goes_on_at_once_where_it_is_far_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "QUIET_SEC": 3600,
        "MOST_SEC": 3600,
        "FAR_BEHIND": 20,
        "TOO_FAR_BEHIND": 25,
    }.items():
        monkeypatch.setattr(search_index, name, value)
    running = search_index.SearchIndex(store)
    task = asyncio.create_task(running.run())
    try:
        async with asyncio.timeout(WAIT_SEC):
            while store.search.indexed_seq < 30:
                await store.mutate(adding(title="call"))
                running.wake()
                await asyncio.sleep(0)
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_long_way_is_logged_whatever_the_size_of_its_steps(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, search_index.__name__)
    store.search.step, store.search.large_step = 1, 4
    monkeypatch.setattr(search_index, "FAR_BEHIND", 3)
    monkeypatch.setattr(search_index, "REPORT_EVERY", 5)
    for _ in range(7):
        await store.mutate(adding(title="call"))
    task = asyncio.create_task(search_index.SearchIndex(store).run())
    try:
        async with asyncio.timeout(WAIT_SEC):
            while not caplog.messages:
                await asyncio.sleep(0)
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert caplog.messages == ["indexed the texts of 7 changes for the search"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.text("abAB é%_", min_size=1, max_size=9), min_size=1, max_size=8),
    st.lists(st.text("abé%_", min_size=2, max_size=4), min_size=1, max_size=2),
    st.booleans(),
)
async def test_it_finds_what_a_look_at_every_event_finds(
    store: Store, titles: list[str], words: list[str], is_indexed: bool
) -> None:
    usable = [title for title in titles if title.strip()]
    made = [decode_event(await store.mutate(adding(title=title))) for title in usable]
    if is_indexed:
        await index(store)
    query = " ".join(words)
    got = await found(store, query, limit=200)
    ours = {event.id for event in made}
    wanted = [event.id for event in made if matches(event, words_of(query))]
    assert sorted(ours.intersection(got)) == wanted
    assert all(one > other for one, other in itertools.pairwise(got))


async def test_after_a_restart_the_index_waits_for_changes(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start leaves a gap in the numbers of changes, in which there is nothing to index."""
    monkeypatch.setattr(search_index, "QUIET_SEC", 3600)
    store = await place.open(Limits())
    made = decode_event(await store.mutate(adding(title="call")))
    await store.close()
    store = await place.open(Limits())
    steps = 0
    one_step = store.search.index

    async def counted(limit: int) -> int:
        nonlocal steps
        steps += 1
        return await one_step(limit)

    monkeypatch.setattr(store.search, "index", counted)
    await store.feed.refresh()
    task = asyncio.create_task(search_index.SearchIndex(store).run())
    try:
        async with asyncio.timeout(WAIT_SEC):
            while steps < 2:
                await asyncio.sleep(0)
        for _ in range(50):
            assert await store.load(made.id)
    finally:
        task.cancel()
        await asyncio.wait([task])
        await store.close()
    assert steps == 2

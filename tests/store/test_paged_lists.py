"""Long lists in pages: the same rows and count as read whole, all of one snapshot."""

import asyncio
import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import apsw
import psycopg
import pytest

from deskcal.core.filters import EventFilter
from deskcal.core.masks import desk_mask
from deskcal.errors import InvalidField, Unavailable
from deskcal.limits import MIB
from deskcal.store.lists import AT_ONCE
from deskcal.store.lists.paged import FIRST_ROWS, PagedRows
from deskcal.store.ports import Rows, Store
from deskcal.store.sqlite.connection import DATABASE
from helpers import NOW
from places import Place, PostgresPlace, SqlitePlace
from store.conftest import Backend
from store.mutations import ADMIN_SESSION, adding, changing, deleting, mutate_all

EVENTS = FIRST_ROWS + 1100
DESKS = ("DESK_ODD", "DESK_EU", "DESK_EU")
WAIT_SEC = 60
TRANSACTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"""


async def fill(store: Store, count: int = EVENTS, desks: int = 0) -> None:
    """That many events: the last ones begin first, and every third is of another desk.

    `desks`: how many these are of in turn instead.
    """
    mutations = [
        adding(
            start_time=NOW + 10 * (count - number),
            end_time=NOW + 10 * (count - number) + (60, 86_400, 40 * 86_400)[number % 3],
            desk=f"DESK_{number % desks}" if desks else DESKS[number % 3],
            owner_manager_id=10 + number % 2,
        )
        for number in range(count)
    ]
    await mutate_all(store, mutations)


def wanted(**named: Any) -> EventFilter:
    """Everything, but for what is named."""
    data: dict[str, Any] = {"since": 0, "until": NOW * 2, "limit": 50_000}
    return EventFilter(**(data | {"desk_filter": desk_mask("*")} | named))


async def paged(store: Store, **named: Any) -> PagedRows:
    """A list that must be long."""
    rows = await store.list_pages(wanted(**named), ADMIN_SESSION)
    assert isinstance(rows, PagedRows)
    return rows


async def taken(rows: PagedRows) -> bytes:
    """All documents that were not taken yet, joined."""
    pieces: list[bytes] = []
    async with asyncio.timeout(WAIT_SEC):
        while page := await rows.take():
            pieces += page
    return b",".join(pieces)


def snapshots(place: Place) -> int:
    """How many transactions are open, on SQLite at least of those that keep its log: 0 or more."""
    if isinstance(place, PostgresPlace):
        with psycopg.connect(place.url, autocommit=True) as database:
            row = database.execute(TRANSACTIONS).fetchone()
        return int(row[0]) if row else 0
    assert isinstance(place, SqlitePlace)
    connection = apsw.Connection(str(place.directory / DATABASE))
    connection.pragma("user_version")  # Opens the log.
    try:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.BusyError:
        return 1
    finally:
        connection.close()
    return 0


async def until_no_snapshot(place: Place) -> None:
    async with asyncio.timeout(WAIT_SEC):
        while await asyncio.to_thread(snapshots, place):
            await asyncio.sleep(0.01)


def lists() -> Iterator[dict[str, Any]]:
    """Lists with at least as many rows as are paged, by every way to find rows."""
    ways: tuple[dict[str, Any], ...] = (
        {},
        {"manager_id": 10},
        {"manager_ids": (10, 11)},
        {"desk_filter": desk_mask("DESK_*,!DESK_ODD")},
    )
    for way, limit, offset in itertools.product(
        ways, (FIRST_ROWS, FIRST_ROWS + 1, FIRST_ROWS + 1000, 50_000), (0, 1, 99, 1100)
    ):
        yield way | {"limit": limit, "offset": offset}
    yield {"offset": EVENTS + 1}
    yield {"offset": EVENTS - 1}
    yield {"since": NOW + 10 * 500, "until": NOW + 10 * 2900}


async def test_pages_have_the_documents_and_the_count_of_the_whole_list(store: Store) -> None:
    await fill(store)
    found_paged = 0
    for named in lists():
        whole = await store.list_events(wanted(**named), ADMIN_SESSION)
        rows = await store.list_pages(wanted(**named), ADMIN_SESSION)
        if isinstance(rows, Rows):
            assert rows == whole, named
            assert len(b",".join(rows.documents).split(b'"id":')) - 1 < FIRST_ROWS * 2
        else:
            found_paged += 1
            assert await taken(rows) == b",".join(whole.documents), named
            assert rows.count == whole.count, named
    assert found_paged > 20


async def test_a_short_list_is_read_whole(store: Store) -> None:
    await fill(store, FIRST_ROWS - 1)
    assert isinstance(await store.list_pages(wanted(), ADMIN_SESSION), Rows)
    await store.mutate(adding())
    assert isinstance(await store.list_pages(wanted(limit=FIRST_ROWS - 1), ADMIN_SESSION), Rows)
    rows = await paged(store, limit=FIRST_ROWS)
    assert (await taken(rows)).count(b'"title"') == rows.count == FIRST_ROWS


async def test_what_changes_while_pages_are_taken_is_not_in_them(
    store: Store, place: Place
) -> None:
    await fill(store)
    whole = await store.list_events(wanted(), ADMIN_SESSION)
    rows = await paged(store)
    pieces = await rows.take()
    await store.mutate(changing(1, title="after"))
    await store.mutate(deleting(2))
    await store.mutate(adding(start_time=NOW + 10 * EVENTS, end_time=NOW + 10 * EVENTS))
    assert b",".join([*pieces, await taken(rows)]) == b",".join(whole.documents)
    assert rows.count == EVENTS
    again = await paged(store)
    assert b'"title":"after"' in await taken(again)
    assert again.count == EVENTS
    await until_no_snapshot(place)


async def test_more_lists_than_may_hold_a_snapshot_are_read_whole(
    store: Store, place: Place
) -> None:
    await fill(store)
    held: list[PagedRows] = []
    while isinstance(rows := await store.list_pages(wanted(), ADMIN_SESSION), PagedRows):
        held.append(rows)
    assert rows.count == EVENTS
    assert len(held) == (2 if isinstance(place, PostgresPlace) else 8)
    await held[0].take()
    for one in held:
        one.close()
    await until_no_snapshot(place)
    for _ in range(3 * len(held)):
        with contextlib.closing(await paged(store)) as rows:
            assert await rows.take()
        await until_no_snapshot(place)


async def test_lists_that_begin_together_hold_no_more_snapshots(store: Store, place: Place) -> None:
    """Also where their desks have to be looked for first, which lets other tasks run."""
    await fill(store, desks=2 * AT_ONCE)
    named = {"desk_filter": desk_mask("DESK_*")}
    begun = [store.list_pages(wanted(**named), ADMIN_SESSION) for _ in range(16)]
    held = [rows for rows in await asyncio.gather(*begun) if isinstance(rows, PagedRows)]
    assert len(held) == (2 if isinstance(place, PostgresPlace) else 8)
    for rows in held:
        rows.close()


async def test_lists_leave_connections_to_other_reads(backend: Backend, place: Place) -> None:
    """Where there are three in all, one of them the writer's, no list keeps one for a client."""
    store = await backend.open(database_pool_size=3)
    await fill(store)
    found = await store.list_pages(wanted(), ADMIN_SESSION)
    assert isinstance(found, Rows if isinstance(place, PostgresPlace) else PagedRows)


async def test_who_stops_waiting_for_the_first_page_leaves_no_snapshot(
    store: Store, place: Place
) -> None:
    await fill(store)
    for turns in range(6):
        waiting = asyncio.ensure_future(store.list_pages(wanted(), ADMIN_SESSION))
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            (await waiting)
    await until_no_snapshot(place)


@pytest.mark.parametrize("least", [False, True])
async def test_a_list_that_is_too_large_has_no_first_page(backend: Backend, least: bool) -> None:
    """Beyond the limit by one byte, or by much; one that is near the limit is read whole."""
    store = await backend.open()
    await fill(store)
    whole = await store.list_events(wanted(), ADMIN_SESSION)
    size = sum(map(len, whole.documents))
    store = await backend.open(max_answer_bytes=size - 1 if least else size // 2)
    with pytest.raises(InvalidField, match="ask for fewer with limit"):
        await store.list_pages(wanted(), ADMIN_SESSION)
    store = await backend.open(max_answer_bytes=size)
    assert await store.list_pages(wanted(), ADMIN_SESSION) == whole
    store = await backend.open(max_answer_bytes=size * 3)
    assert await taken(await paged(store)) == b",".join(whole.documents)


async def test_a_list_whose_later_rows_are_larger_is_read_to_its_end(backend: Backend) -> None:
    """What comes to more than the limit only after the first page can't be refused any more."""
    store = await backend.open(max_answer_bytes=4 * MIB)
    await fill(store)
    large: dict[str, Any] = {
        "start_time": NOW * 2 - 1,
        "end_time": NOW * 2,
        "ast_json": "x" * 250_000,
    }
    later = [adding(**large) for _ in range(20)]
    await asyncio.gather(*map(store.mutate, later))
    with pytest.raises(InvalidField):
        await store.list_events(wanted(), ADMIN_SESSION)
    rows = await paged(store)
    assert rows.count == EVENTS + 20
    assert (await taken(rows)).count(b'"ast_json":"xxx') == 20


async def test_a_store_is_closed_though_nobody_takes_its_pages(backend: Backend) -> None:
    store = await backend.open()
    await fill(store)
    rows = await paged(store)
    async with asyncio.timeout(WAIT_SEC):
        await backend.close()
    with pytest.raises(Unavailable):
        await rows.take()
    store = await backend.open(max_answer_bytes=64 * MIB)
    assert await taken(await paged(store))


async def test_a_list_that_ends_in_the_middle_is_in_the_log(
    store: Store, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    if not isinstance(place, PostgresPlace):
        return
    await fill(store)
    rows = await paged(store)
    with psycopg.connect(place.url, autocommit=True) as database:
        database.execute(TRANSACTIONS.replace("count(*)", "pg_terminate_backend(pid)"))
    with pytest.raises(Unavailable):
        await taken(rows)
    assert len([one for one in caplog.messages if one.startswith("the database failed: ")]) == 1

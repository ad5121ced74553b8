"""The rows of the search index in the embedded store, and their check."""

import functools
import json
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.event import MAX_TIME
from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.store.batch.batch import SERVER
from deskcal.store.sqlite import search, search_index
from deskcal.store.sqlite.connection import DATABASE, connect_reader, lock_directory, read_until
from deskcal.store.sqlite.schema import APPLICATION_ID, migrations, run_script
from deskcal.store.sqlite.store import SqliteStore, open_sqlite
from faulty_disk import FaultyDisk
from helpers import NOW
from places import SqlitePlace
from store.mutations import adding, changing, deleting
from store.test_search import found, index


@given(st.integers(0, MAX_TIME), st.integers(1, 2**37 - 1))
def test_a_row_of_the_index_names_its_event_and_the_step_of_its_time(
    start_time: int, event_id: int
) -> None:
    row = search_index.row_of(start_time, event_id)
    assert 0 <= row < 2**63
    assert search_index.event_of(row) == event_id
    assert 0 <= start_time - search_index.step_of(row) < search_index.STEP_SEC
    assert row < search_index.row_of(start_time + search_index.STEP_SEC, 1)


OLDER_ROWS = {
    21: "INSERT INTO event_gram (rowid, grams) VALUES (1, '63616c6c')",
    22: f"""
        INSERT INTO event_gram (rowid, grams) VALUES ({search_index.row_of(NOW, 1)}, '63616c6c');
        INSERT INTO indexed_event VALUES (1, {search_index.row_of(NOW, 1)})""",  # noqa: S608
}


@pytest.mark.parametrize("version", OLDER_ROWS)
async def test_an_older_store_is_indexed_again_whenever_its_migration_was_cut_off(
    tmp_path: Path, disk: FaultyDisk, version: int
) -> None:
    place = SqlitePlace(tmp_path / "data")
    lock = lock_directory(place.directory)
    with closing(apsw.Connection(str(place.directory / DATABASE))) as connection:
        for script in migrations()[:version]:
            run_script(connection, script)
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", version)
    older = SqliteStore(place.directory, Limits(), lock, vfs=None)
    await older.mutate(adding(title="call"))
    await older.close()
    with closing(apsw.Connection(str(place.directory / DATABASE))) as connection:
        run_script(connection, OLDER_ROWS[version])
        connection.execute("UPDATE search_index SET indexed_seq = ?", (older.feed.last_seq,))
    places = [place]

    def cut() -> None:
        places.append(SqlitePlace(tmp_path / f"cut {len(places)}"))
        disk.copy_durable(places[-1].directory)

    disk.on_sync = cut
    await (await open_sqlite(place.directory, Limits(), vfs=disk.name)).close()
    assert len(places) > 1
    for one in places:
        store = await one.open(Limits())
        assert await found(store, "call") == [1]
        await index(store)
        assert await found(store, "call") == [1]
        await store.close()
        assert (await one.check()).differences == []


async def test_events_whose_ids_are_too_high_for_the_index_are_found_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import may bring ids up to 2^53-1."""
    place = SqlitePlace(tmp_path / "data")
    await (await place.open(Limits())).close()
    with closing(apsw.Connection(str(place.directory / DATABASE))) as connection:
        connection.execute("UPDATE counter SET last_event_id = ?", (2**37 - 2,))
    store = await place.open(Limits())
    for title in ("call", "call", "other", "call"):
        await store.mutate(adding(title=title, all_day=1))
    await index(store)
    high = [2**37 + 2, 2**37, 2**37 - 1]
    assert await found(store, "call") == high
    await store.mutate(deleting(2**37))
    await index(store)
    assert await found(store, "call") == [2**37 + 2, 2**37 - 1]
    await store.close()
    assert (await place.check()).differences == []
    store = await place.open(Limits(), default_timezone="Asia/Tokyo")
    assert await found(store, "call") == [2**37 + 2, 2**37 - 1]
    monkeypatch.setattr(search, "MAX_BEHIND", 1)
    with pytest.raises(Unavailable, match="more than 1 events have ids above 137438953471"):
        await found(store, "call")
    await store.close()
    assert (await place.check()).differences == []


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM event_gram WHERE rowid IN (SELECT gram_row FROM indexed_event)",
        "DELETE FROM indexed_event",
        "UPDATE indexed_event SET gram_row = gram_row + 4096 * 137438953472",
        "INSERT INTO event_gram (rowid, grams) VALUES (7, 'ab')",
        "INSERT INTO indexed_event VALUES (7, 7)",
    ],
)
async def test_rows_of_the_index_that_no_event_has_are_named(tmp_path: Path, damage: str) -> None:
    place = SqlitePlace(tmp_path / "data")
    store = await place.open(Limits())
    await store.mutate(adding())
    await index(store)
    await store.close()
    assert (await place.check()).differences == []
    with closing(apsw.Connection(str(place.directory / DATABASE))) as connection:
        connection.execute(damage)
    differences = (await place.check()).differences
    assert differences
    assert all("and the index of the search differ" in one for one in differences)


async def test_texts_are_not_read_again_for_what_the_server_changes(tmp_path: Path) -> None:
    """Issue 19: twenty thousand reminders that fire in one second change no text."""
    place = SqlitePlace(tmp_path / "data")
    store = await place.open(Limits())
    await store.mutate(adding(title="call"))
    await index(store)
    made = json.loads(await store.mutate(changing(1, actor=SERVER, title="never looked at")))
    later = made["start_time"] + search_index.STEP_SEC
    with closing(connect_reader(place.directory)) as connection:
        step = search_index.next_step(connection, 100)
        assert (step.count, step.rows) == (1, search_index.Rows())
        await index(store)
        await store.mutate(changing(1, actor=SERVER, start_time=later, end_time=later + 60))
        moved = search_index.next_step(connection, 100).rows
        assert [row for row, _ in moved.put] == [search_index.row_of(later, 1)]
        await index(store)
        await store.mutate(changing(1, title="visit"))
        assert len(search_index.next_step(connection, 100).rows.put) == 1
    await store.mutate(changing(1, actor=SERVER, reminder_sent_time=NOW))
    await index(store)
    assert (await found(store, "visit"), await found(store, "call")) == ([1], [])
    await store.close()
    assert (await place.check()).differences == []


async def test_a_step_is_written_once(tmp_path: Path) -> None:
    """Where it is not known whether its commit was applied, the next one begins where that was."""
    place = SqlitePlace(tmp_path / "data")
    store = await place.open(Limits())
    for title in ("call", "other"):
        await store.mutate(adding(title=title))
    with closing(connect_reader(place.directory)) as connection:
        step = search_index.next_step(connection, 1)
    write = functools.partial(search_index.write_step, step)
    assert isinstance(store, SqliteStore)
    assert [await store._job(write) for _ in range(2)] == [True, False]
    assert await store.search.index(100) == 1
    assert await found(store, "call") == [1]
    await store.close()
    assert (await place.check()).differences == []


async def test_a_step_of_large_documents_ends_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "MAX_STEP_BYTES", 1)
    store = await SqlitePlace(tmp_path / "data").open(Limits())
    for title in ("call", "other"):
        await store.mutate(adding(title=title))
    assert [await store.search.index(100) for _ in range(3)] == [1, 1, 0]
    await store.close()


async def test_a_step_has_no_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskcal.store.sqlite.connection.STEPS_BETWEEN_LOOKS", 1)
    place = SqlitePlace(tmp_path / "data")
    store = await place.open(Limits())
    await store.mutate(adding())
    await store.close()
    with closing(connect_reader(place.directory)) as connection:
        with pytest.raises(apsw.InterruptError):
            read_until(0, connection, lambda _: connection.execute("SELECT 1").get)
        assert read_until(0, connection, search_index.next_step, 10).count == 1

"""Cursors over restarts and restored backups: what was undone is 410 for good."""

import shutil
from pathlib import Path

import psycopg
import pytest

from deskcal.errors import ResyncRequired
from deskcal.limits import Limits
from deskcal.store.batch.timeline import next_gap
from deskcal.store.ports import Store
from helpers import NOW
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer
from store.conftest import Backend
from store.mutations import adding

NEVER_SEC = 3600
LOSE = (
    "DELETE FROM event_manager WHERE event_id IN (SELECT event_id FROM change WHERE seq > {kept})",
    "DELETE FROM event WHERE id IN (SELECT event_id FROM change WHERE seq > {kept})",
    "DELETE FROM change WHERE seq > {kept}",
    "UPDATE counter SET last_seq = {kept}",
    """SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()""",
)
"""The database as one that has not received what came after the change `kept`."""


def databases(url: str, *statements: str) -> None:
    """Runs statements beside the database that `url` names, as {db}."""
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    maintenance = psycopg.conninfo.make_conninfo(url, dbname="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.replace("{db}", str(name)).encode())


def back_up(place: Place, directory: Path) -> None:
    if isinstance(place, SqlitePlace):
        shutil.copytree(place.directory, directory / "backup")
    elif isinstance(place, PostgresPlace):
        databases(place.url, 'CREATE DATABASE "{db}_backup" TEMPLATE "{db}"')


def restore(place: Place, directory: Path) -> None:
    if isinstance(place, SqlitePlace):
        shutil.rmtree(place.directory)
        shutil.copytree(directory / "backup", place.directory)
    elif isinstance(place, PostgresPlace):
        databases(
            place.url,
            'DROP DATABASE "{db}"',
            'CREATE DATABASE "{db}" TEMPLATE "{db}_backup"',
            'DROP DATABASE "{db}_backup"',
        )


async def add(store: Store, count: int) -> int:
    """So many events; the cursor after them."""
    for _ in range(count):
        await store.mutate(adding())
    await store.feed.refresh()
    return store.feed.last_seq


async def is_undone(store: Store, since: int) -> bool:
    try:
        await store.feed.changes(since, 100)
    except ResyncRequired as exc:
        assert "restored backup" in str(exc)
        return True
    return False


async def test_a_cursor_of_what_a_restored_backup_has_undone_is_refused_for_good(
    backend: Backend, place: Place, tmp_path: Path
) -> None:
    """Issue 12, number 4: five creates, copy, five more, copy put back, eight creates."""
    kept = await add(await backend.open(), 5)
    await backend.close()
    back_up(place, tmp_path)
    store = await backend.open()
    before = [store.feed.last_seq, await add(store, 5)]
    before.append((await store.feed.changes(before[0], 1))[0].seq)
    store = await backend.open()
    before.append(await add(store, 1))
    await backend.close()
    restore(place, tmp_path)
    for _ in range(3):
        store = await backend.open()
        assert not await is_undone(store, kept)
        assert all([await is_undone(store, since) for since in before])
        await add(store, 8)
        assert all([await is_undone(store, since) for since in before])
    assert (await backend.check()).differences == []


async def test_a_cursor_of_what_a_failover_has_lost_is_refused_for_good(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standby has not received the last changes; the node writes before it listens again."""
    monkeypatch.setattr("deskcal.store.postgres.listener.FIRST_WAIT_SEC", NEVER_SEC)
    with postgres.scratch_database() as url:
        store = await PostgresPlace(url).open(Limits())
        kept = await add(store, 5)
        lost = await add(store, 3)
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in LOSE:
                connection.execute(statement.format(kept=kept).encode())
        await add(store, 4)
        cursors = range(kept + 1, lost + 1)
        assert [await is_undone(store, since) for since in cursors] == [True, True, True]
        assert len(await store.feed.changes(kept, 100)) == 4
        await store.close()
        assert (await PostgresPlace(url).check()).differences == []


async def test_the_first_change_of_a_node_that_runs_goes_on_with_the_numbers(
    postgres: PostgresServer,
) -> None:
    """A timeline begins where a node starts: a cursor of another one is the newest until then."""
    with postgres.scratch_database() as url:
        one, other = [await PostgresPlace(url).open(Limits()) for _ in range(2)]
        cursor = await add(one, 2)
        assert await add(other, 1) == cursor + 1
        assert await add(one, 1) == cursor + 2
        await one.close()
        await other.close()


async def test_a_cursor_survives_any_number_of_restarts(backend: Backend) -> None:
    store = await backend.open()
    cursors = [await add(store, 3)]
    for _ in range(3):
        store = await backend.open()
        cursors += [store.feed.last_seq, await add(store, 2)]
    found = [len(await store.feed.changes(since, 100)) for since in cursors]
    assert found == [6, 6, 4, 4, 2, 2, 0]
    everything = [change.event_id for change in await store.feed.changes(0, 100)]
    assert len(everything) == 9


async def test_a_store_without_changes_begins_at_one(backend: Backend) -> None:
    await backend.open()
    store = await backend.open()
    assert await add(store, 1) == 1


async def test_pruning_forgets_gaps_below_the_oldest_change(backend: Backend) -> None:
    await add(await backend.open(), 2)
    store = await backend.open()
    cursor = await add(store, 2)
    await store.feed.prune(NOW + 1, 10)
    with pytest.raises(ResyncRequired, match="older"):
        await store.feed.changes(1, 10)
    assert await store.feed.changes(cursor, 10) == []


@pytest.mark.parametrize("now", [0.0, NOW, NOW + 0.0005, 10.0**10])
def test_a_gap_always_goes_forward_and_stays_below_what_javascript_holds(now: float) -> None:
    for last_seq in (1, 10**15):
        gap = next_gap(last_seq, now)
        assert gap is not None and gap[0] == last_seq < gap[1] < 2**53

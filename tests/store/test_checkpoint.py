"""The write-ahead log is copied into the database while the writer goes on."""

import asyncio
import struct
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.sqlite.check import check_sqlite
from deskcal.store.sqlite.checkpoint import CHECKPOINT_PAGES
from deskcal.store.sqlite.schema import migrations
from deskcal.store.sqlite.store import open_sqlite
from faulty_disk import FaultyDisk
from store.mutations import adding, done, listed

WAIT_SEC = 100
LONG = "x" * 200_000
"""Some hundred pages of the log for an event."""


@pytest.fixture
def store(store_on_disk: Store) -> Store:
    return store_on_disk


def beside(
    checkpoint: Callable[[], None], thread: str = "deskcal-checkpoint"
) -> Callable[[], None]:
    """Calls it at the syncs of a checkpoint beside the writer."""

    def on_sync() -> None:
        if threading.current_thread().name == thread:
            checkpoint()

    return on_sync


def restarts(log: Path) -> int:
    """How often SQLite has begun the log: the checkpoint sequence number in its header."""
    with log.open("rb") as file:
        number: int = struct.unpack(">12xI", file.read(16))[0]
    return number


async def write_until(store: Store, is_over: Callable[[], bool]) -> int:
    """Adds long events, one after the other; how many."""
    count = 0
    async with asyncio.timeout(WAIT_SEC):
        while not is_over():
            await store.mutate(adding(ast_json=LONG))
            count += 1
    return count


async def in_a_copy(disk: FaultyDisk, directory: Path) -> int:
    """Events that a server finds that starts after a power cut now."""
    disk.copy_durable(directory)
    return await events_in(directory)


async def events_in(directory: Path) -> int:
    """How many a server finds there; the store is whole."""
    store = await open_sqlite(directory, Limits())
    _, count = await listed(store)
    await store.close()
    assert check_sqlite(directory).differences == []
    return count


async def test_changes_are_answered_while_the_log_is_copied(disk: FaultyDisk, store: Store) -> None:
    has_begun, may_return = threading.Event(), threading.Event()

    def hold() -> None:
        has_begun.set()
        may_return.wait(WAIT_SEC)

    disk.on_sync = beside(hold)
    await write_until(store, has_begun.is_set)
    async with asyncio.timeout(WAIT_SEC):
        for _ in range(10):
            await store.mutate(adding(ast_json=LONG))
    assert not may_return.is_set()
    may_return.set()


async def test_a_copied_log_is_written_from_its_start_again(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "data" / "deskcal.db-wal"
    await store.mutate(adding())
    before = restarts(log)
    await write_until(store, lambda: restarts(log) >= before + 2)


async def test_a_log_that_a_read_has_kept_is_written_from_its_start_again_after_it(
    store: Store, tmp_path: Path
) -> None:
    reader = apsw.Connection(str(tmp_path / "data" / "deskcal.db"))
    log = tmp_path / "data" / "deskcal.db-wal"
    with reader:
        assert reader.execute("SELECT count(*) FROM event").get == 0
        await write_until(store, lambda: log.stat().st_size > 3 * CHECKPOINT_PAGES * 4096)
        kept = restarts(log)
    await write_until(store, lambda: restarts(log) > kept)
    reader.close()


async def test_what_is_answered_after_a_failed_copy_survives_a_power_cut(
    disk: FaultyDisk, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The writer opens the database again, which copies all of the log."""
    failed = threading.Event()

    def fail() -> None:
        if not failed.is_set():
            failed.set()
            raise apsw.IOError("sync failed")

    disk.on_sync = beside(fail)
    count = await write_until(store, lambda: "reopening the database" in caplog.text)
    for _ in range(20):
        await done(store.mutate(adding()))
    assert await in_a_copy(disk, tmp_path / "cut") == count + 20


async def test_a_power_cut_at_any_sync_of_a_copy_loses_nothing(
    disk: FaultyDisk, store: Store, tmp_path: Path
) -> None:
    answered = 0
    cuts: list[tuple[Path, int]] = []

    def cut() -> None:
        if len(cuts) < 4:
            promised = answered
            directory = tmp_path / f"cut {len(cuts)}"
            disk.copy_durable(directory)
            cuts.append((directory, promised))

    disk.on_sync = beside(cut)
    async with asyncio.timeout(WAIT_SEC):
        while len(cuts) < 4:
            await store.mutate(adding(ast_json=LONG))
            answered += 1
    for directory, promised in cuts:
        assert await events_in(directory) >= promised


async def test_on_a_disk_that_is_full_for_a_copy_nothing_is_lost_and_it_is_copied_later(
    disk: FaultyDisk, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fill() -> None:
        disk.room = 0

    disk.on_sync = beside(fill)
    count = 0
    async with asyncio.timeout(WAIT_SEC):
        with pytest.raises(Unavailable, match="disk is full"):
            while True:
                await store.mutate(adding(ast_json=LONG))
                count += 1
        while "can't be reopened" not in caplog.text:
            with pytest.raises(Unavailable, match="disk is full"):
                await store.mutate(adding())
    assert (await listed(store))[1] == count
    disk.on_sync, disk.room = lambda: None, None
    await store.mutate(adding())
    assert await in_a_copy(disk, tmp_path / "cut") == count + 1


async def test_changes_are_answered_while_a_command_copies_the_log(
    disk: FaultyDisk, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Any that changes something does, beside a server: only one process can at a time."""
    log = tmp_path / "data" / "deskcal.db-wal"
    has_begun, may_return = threading.Event(), threading.Event()

    def hold() -> None:
        has_begun.set()
        may_return.wait(WAIT_SEC)

    def copy() -> None:
        with closing(apsw.Connection(str(tmp_path / "data" / "deskcal.db"), vfs=disk.name)) as one:
            assert one.pragma("journal_mode") == "wal"
            one.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    await store.mutate(adding())
    before = restarts(log)
    disk.on_sync = beside(hold, "command")
    command = threading.Thread(target=copy, name="command")
    command.start()
    assert await asyncio.to_thread(has_begun.wait, WAIT_SEC)
    await write_until(store, lambda: log.stat().st_size > 2 * CHECKPOINT_PAGES * 4096)
    assert restarts(log) == before
    may_return.set()
    await write_until(store, lambda: restarts(log) > before)
    command.join()
    assert "reopening" not in caplog.text


async def test_the_log_is_copied_though_a_newer_deskcal_has_migrated_the_database(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A command of a newer one, installed while this server runs, such as `directory put`."""
    with closing(apsw.Connection(str(tmp_path / "data" / "deskcal.db"))) as connection:
        newer = len(migrations()) + 1
        connection.pragma("user_version", newer)
        log = tmp_path / "data" / "deskcal.db-wal"
        before = restarts(log)
        await write_until(store, lambda: restarts(log) > before)
        assert connection.pragma("user_version") == newer
    assert "reopening" not in caplog.text


async def test_a_store_is_closed_while_its_log_is_copied(tmp_path: Path) -> None:
    disk = FaultyDisk(f"closing {tmp_path}")
    store = await open_sqlite(tmp_path / "closing", Limits(), vfs=disk.name)
    has_begun = threading.Event()
    disk.on_sync = beside(has_begun.set)
    count = await write_until(store, has_begun.is_set)
    await store.close()
    disk.close()
    assert not list((tmp_path / "closing").glob("*-wal"))
    store = await open_sqlite(tmp_path / "closing", Limits())
    assert (await listed(store))[1] == count
    await store.close()

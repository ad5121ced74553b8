"""What is answered is on the disk: a disk that is watched, that fails, that fills up, that is cut.

`kill -9` proves nothing here, since the page cache survives it; dropping unsynced writes does.
"""

import asyncio
import contextlib
import logging
import threading
from pathlib import Path
from typing import Any, cast

import apsw
import pytest

from deskcal.core.directory import Desk, Directory
from deskcal.core.document import decode_event
from deskcal.errors import Internal, Timeout, Unavailable
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.sqlite.check import check_sqlite
from deskcal.store.sqlite.connection import unavailable
from deskcal.store.sqlite.store import open_sqlite
from faulty_disk import FaultyDisk
from store.mutations import adding, changing, deleting, done, ids, listed, loaded

WAIT_SEC = 30


@pytest.fixture
def store(store_on_disk: Store) -> Store:
    return store_on_disk


async def after_power_cut(disk: FaultyDisk, directory: Path) -> list[tuple[int, int, str]]:
    """Id, version and title of what a server finds that starts after a power cut now."""
    disk.copy_durable(directory)
    store = await open_sqlite(directory, Limits())
    rows, count = await listed(store)
    assert count == len(rows)
    await store.close()
    assert check_sqlite(directory).differences == []
    return [(row["id"], row["version"], row["title"]) for row in rows]


async def test_no_answer_leaves_before_its_sync_has_returned(
    disk: FaultyDisk, store: Store
) -> None:
    is_syncing, may_return = threading.Event(), threading.Event()

    def hold() -> None:
        is_syncing.set()
        may_return.wait(WAIT_SEC)

    disk.on_sync = hold
    answer = store.mutate(adding())
    assert await asyncio.to_thread(is_syncing.wait, WAIT_SEC)
    assert not answer.done()
    may_return.set()
    assert (await done(answer)).id == 1


async def test_each_answer_has_a_sync_of_its_own_or_of_its_group(
    disk: FaultyDisk, store: Store
) -> None:
    for _ in range(10):
        before = disk.syncs
        await asyncio.gather(*(store.mutate(adding()) for _ in range(20)))
        assert disk.syncs > before


async def test_what_was_answered_survives_a_power_cut(
    disk: FaultyDisk, store: Store, tmp_path: Path
) -> None:
    answered: dict[int, tuple[int, str]] = {}
    gone = set()
    cuts = 0

    async def write(number: int) -> None:
        nonlocal cuts
        for step in range(12):
            event = await done(store.mutate(adding(title=f"{number} {step}")))
            answered[event.id] = (event.version, event.title)
            if step % 3 == 0:
                event = await done(store.mutate(changing(event.id, title="changed")))
                answered[event.id] = (event.version, event.title)
            if step % 3 == 1:
                gone.add(event.id)
                await store.mutate(deleting(event.id))
                del answered[event.id]
            if step % 4 == 3 and number == 0:
                promised = dict(answered)
                cuts += 1
                found = await after_power_cut(disk, tmp_path / f"cut {cuts}")
                left = {number: (version, title) for number, version, title in found}
                missing = {n for n in promised.items() if n not in left.items()}
                assert all(number in gone or left[number] > gone_at for number, gone_at in missing)

    await asyncio.gather(*map(write, range(8)))
    found = await after_power_cut(disk, tmp_path / "last")
    assert [(number, (version, title)) for number, version, title in found] == sorted(
        answered.items()
    )
    assert cuts == 3


async def test_what_was_answered_survives_a_power_cut_after_many_pages(
    disk: FaultyDisk, store: Store, tmp_path: Path
) -> None:
    """Long enough for the write-ahead log to be copied into the database more than once."""
    long = "x" * 200_000
    for _ in range(150):
        await store.mutate(adding(ast_json=long))
    found = await after_power_cut(disk, tmp_path / "cut")
    assert len(found) == 150


async def test_after_a_failed_sync_the_outcome_is_unknown_and_the_store_works_again(
    disk: FaultyDisk, store: Store, tmp_path: Path
) -> None:
    await store.mutate(adding(title="first"))
    disk.failing.add("sync")
    group = [store.mutate(adding(title="lost?")), store.mutate(changing(1, title="lost?"))]
    outcomes = await asyncio.gather(*group, return_exceptions=True)
    assert all(isinstance(outcome, Timeout | Unavailable) for outcome in outcomes)
    assert any(isinstance(outcome, Timeout) for outcome in outcomes)
    disk.failing.clear()
    event = await done(store.mutate(adding(title="second")))
    found = await after_power_cut(disk, tmp_path / "cut")
    assert (event.id, 1, "second") in found
    assert [number for number, _, title in found if title == "first"] in ([1], [])


async def test_after_a_failed_sync_memory_and_database_agree(
    disk: FaultyDisk, store: Store
) -> None:
    """Whatever became of the change, every read tells the same of it."""
    await store.mutate(adding(title="first"))
    disk.failing.add("sync")
    with pytest.raises(Timeout):
        await store.mutate(changing(1, title="changed", desk="NEW"))
    disk.failing.clear()
    event = await loaded(store, 1)
    assert event is not None
    record = store.peek(1)
    assert record is None or decode_event(record.document) == event
    rows, _ = await listed(store)
    assert [row["title"] for row in rows] == [event.title]
    changed = await done(store.mutate(changing(1, title="again")))
    assert changed.version == event.version + 1
    assert await ids(store) == [1]


async def test_nothing_is_acknowledged_while_the_disk_is_away(
    disk: FaultyDisk, store: Store, tmp_path: Path
) -> None:
    await store.mutate(adding(title="first"))
    disk.failing |= {"sync", "write", "open"}
    for _ in range(5):
        with pytest.raises((Timeout, Unavailable)):
            await store.mutate(adding(title="lost"))
    disk.failing.clear()
    event = await done(store.mutate(adding(title="second")))
    found = await after_power_cut(disk, tmp_path / "cut")
    assert (1, 1, "first") in found
    assert (event.id, 1, "second") in found


async def test_an_answer_after_a_failed_sync_survives_a_power_cut(
    disk: FaultyDisk, store: Store, tmp_path: Path
) -> None:
    """Pages of a failed sync are never written; what is answered later must not build on them."""
    for number in range(5):
        disk.failing.add("sync")
        with pytest.raises((Timeout, Unavailable)):
            await store.mutate(adding(title=f"lost {number}"))
        disk.failing.clear()
        event = await done(store.mutate(adding(title=f"kept {number}")))
        found = await after_power_cut(disk, tmp_path / f"cut {number}")
        assert (event.id, 1, f"kept {number}") in found
    assert [title for _, _, title in found if title.startswith("kept")] == [
        f"kept {number}" for number in range(5)
    ]


def test_a_read_that_fails_says_why_not_that_it_could_not_be_rolled_back(
    disk: FaultyDisk, tmp_path: Path
) -> None:
    """SQLite ends the transaction of a read that fails, so that a rollback fails, too."""
    path = str(tmp_path / "some.db")
    with contextlib.closing(apsw.Connection(path, vfs=disk.name)) as connection:
        connection.execute("CREATE TABLE some (number); INSERT INTO some VALUES (1)")
    with contextlib.closing(apsw.Connection(path, vfs=disk.name)) as connection:
        connection.execute("SELECT * FROM sqlite_schema").fetchall()
        disk.failing.add("read")
        with pytest.raises(apsw.SQLError) as caught, connection:
            connection.execute("SELECT number FROM some").fetchall()
        disk.failing.clear()
    assert str(unavailable(caught.value)) == "the database failed: read failed; try again later"


async def test_on_a_full_disk_nothing_is_applied_and_reads_go_on(
    disk: FaultyDisk, store: Store
) -> None:
    await store.mutate(adding(title="first"))
    disk.room = 10_000
    with pytest.raises(Unavailable, match="disk is full"):
        await store.mutate(adding(ast_json="x" * 100_000))
    assert await ids(store) == [1]
    assert (await listed(store))[1] == 1
    disk.room = None
    assert (await done(store.mutate(adding()))).id == 2


async def test_a_disk_that_stays_full_does_not_fill_the_log(
    disk: FaultyDisk,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    disk.room = 0
    for _ in range(5):
        with pytest.raises(Unavailable, match="disk is full"):
            await store.mutate(adding())
        with pytest.raises(Unavailable, match="disk is full"):
            await store.directory.put(Directory(desks=[Desk(code="D")]))
    assert len([one for one in caplog.messages if "not applied" in one]) == 1
    disk.room = None
    monkeypatch.setattr("deskcal.incidents.QUIET_SEC", 0)
    for _ in range(2):
        await store.mutate(adding())
    assert [one.split(",")[0] for one in caplog.messages if "over after" in one] == [
        "1 mutations were not applied: over after 0 s"
    ]


async def test_the_log_tells_unknown_outcomes_apart_from_what_was_not_applied(
    disk: FaultyDisk, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where both have one reason: clients got 504 for the one, 503 for the other."""
    disk.failing.add("write")
    with pytest.raises(Timeout):
        await store.mutate(adding())
    for _ in range(2):
        with pytest.raises(Unavailable):
            await store.mutate(adding())
    disk.failing.clear()
    faults = [one.partition(":")[0] for one in caplog.messages if "mutations" in one]
    assert faults == ["the commit of 1 mutations failed", "1 mutations were not applied"]


async def test_a_job_on_a_full_disk_is_refused_in_the_words_of_a_change(
    disk: FaultyDisk, store: Store
) -> None:
    """Devices, webhooks and the directory are written by jobs."""
    await store.mutate(adding(title="first"))
    disk.room = 0
    with pytest.raises(Unavailable, match="the disk is full; nothing was applied, try later"):
        await store.directory.put(Directory(desks=[Desk(code="D")]))
    disk.room = None
    await store.directory.put(Directory(desks=[Desk(code="D")]))
    assert [desk.code for desk in (await store.directory.all()).desks] == ["D"]


async def test_a_fault_of_ours_in_a_job_is_an_incident_that_tells_nothing_of_the_inside(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    nameless = cast(Any, [None])
    with pytest.raises(Internal) as caught:
        await store.directory.put(Directory(desks=nameless))
    assert caught.value.details["incident"] in caplog.text
    assert "None" not in str(caught.value)
    await store.directory.put(Directory(desks=[Desk(code="D")]))


async def test_a_failed_write_is_unavailable_and_the_store_works_again(
    disk: FaultyDisk, store: Store
) -> None:
    await store.mutate(adding())
    disk.failing.add("write")
    with pytest.raises((Timeout, Unavailable)):
        await store.mutate(adding())
    disk.failing.clear()
    await store.mutate(adding(title="last"))
    assert [row["title"] for row in (await listed(store))[0]][-1] == "last"


async def test_a_failed_read_is_unavailable_and_the_next_one_works(
    disk: FaultyDisk, store: Store
) -> None:
    await store.mutate(adding())
    disk.failing.add("open")
    with pytest.raises(Unavailable):
        await store.load(1)
    with pytest.raises(Unavailable):
        await listed(store)
    disk.failing.clear()
    assert await loaded(store, 1) is not None
    assert await ids(store) == [1]


async def test_what_waits_behind_a_full_group_is_refused_at_its_deadline(
    disk: FaultyDisk, tmp_path: Path
) -> None:
    """Issue 11: only the first 1,000 of those that wait were looked at; the others were applied."""
    store = await open_sqlite(
        tmp_path / "late", Limits(request_deadline_sec=3, max_group=1024), vfs=disk.name
    )
    is_syncing, may_return = threading.Event(), threading.Event()

    def hold() -> None:
        is_syncing.set()
        may_return.wait(WAIT_SEC)

    disk.on_sync = hold
    answers = [store.mutate(adding())]
    assert await asyncio.to_thread(is_syncing.wait, WAIT_SEC)
    answers += [store.mutate(adding(title=f"number {number}")) for number in range(4000)]
    found = await asyncio.gather(*answers, return_exceptions=True)
    may_return.set()
    assert [type(one) for one in found] == [Timeout] + 4000 * [Unavailable]
    await store.close()
    store = await open_sqlite(tmp_path / "late", Limits())
    assert (await listed(store))[1] == 1
    await store.close()

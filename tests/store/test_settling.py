"""Changes of the embedded store are answered as soon as the event loop looks."""

import asyncio
import queue
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deskcal.core.event import Event
from deskcal.errors import Forbidden
from deskcal.limits import Limits
from deskcal.store.ports import Committed
from deskcal.store.ports.work import Changes, Transaction
from deskcal.store.sqlite import statements
from deskcal.store.sqlite.store import SqliteStore, open_sqlite
from helpers import NOW, WAIT_SEC
from store.mutations import adding


async def until_idle(store: SqliteStore) -> None:
    """Until the writer waits for work, and so begins at once with what comes."""
    async with asyncio.timeout(WAIT_SEC):
        while not store._writer._statements.is_idle:
            await asyncio.sleep(0)


async def test_a_committed_change_is_answered_ahead_of_the_next_turn_of_the_loop(
    tmp_path: Path,
) -> None:
    store = await open_sqlite(tmp_path, Limits())
    published: list[int] = []
    store.commits.subscribe(lambda committed: published.append(committed.last_seq))
    answers = [store.mutate(adding()) for _ in range(3)]
    store.let_write()
    until = time.monotonic() + WAIT_SEC
    while not all(answer.done() for answer in answers) and time.monotonic() < until:
        if store.unsettled:  # No await: the event loop gets no turn.
            store.settle()
    assert [answer.result()[:6] for answer in answers] == [b'{"id":'] * 3
    assert not store.unsettled
    seen = list(published)
    await store.mutate(adding())
    assert len(published) == len(seen) + 1
    await store.close()


async def test_a_fault_in_one_group_concerns_neither_the_others_nor_who_settles(
    tmp_path: Path,
) -> None:
    store = await open_sqlite(tmp_path, Limits(max_group=1))
    loop = asyncio.get_running_loop()
    failures: list[Any] = []
    loop.set_exception_handler(lambda _, context: failures.append(context.get("exception")))
    broken = ValueError("broken")

    def fail(_: Committed) -> None:
        raise broken

    store.commits.subscribe(fail)
    answers = [store.mutate(adding()) for _ in range(3)]
    store.let_write()
    until = time.monotonic() + WAIT_SEC
    while not all(answer.done() for answer in answers) and time.monotonic() < until:
        store.settle()  # No await: the event loop gets no turn.
    loop.set_exception_handler(None)
    assert [answer.result()[:6] for answer in answers] == [b'{"id":'] * 3
    assert failures == [broken] * 3
    await store.close()


async def test_the_loop_waits_for_the_statements_of_a_change_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 19: a create waited for the interpreter's lock at each statement."""
    monkeypatch.setattr(statements, "MOST_SEC", WAIT_SEC)
    monkeypatch.setattr(statements, "LEAST_SEC", WAIT_SEC)
    store = await open_sqlite(tmp_path, Limits())
    may_apply = threading.Event()
    applied: list[int] = []
    mutation = adding()

    def change(event: Event | None, event_id: int) -> Event | None:
        may_apply.wait(WAIT_SEC)
        applied.append(event_id)
        return mutation.change(event, event_id)

    await until_idle(store)
    answer = store.mutate(msgspec.structs.replace(mutation, change=change))
    timer = threading.Timer(0.05, may_apply.set)
    timer.start()
    store.let_write()
    assert applied == [1]
    await answer
    timer.join()
    await store.close()


async def test_the_loop_waits_once_for_a_change_that_takes_long(tmp_path: Path) -> None:
    store = await open_sqlite(tmp_path, Limits())
    may_apply = threading.Event()
    mutation = adding()

    def change(event: Event | None, event_id: int) -> Event | None:
        may_apply.wait(WAIT_SEC)
        return mutation.change(event, event_id)

    answer = store.mutate(msgspec.structs.replace(mutation, change=change))
    store.let_write()
    assert not answer.done()
    may_apply.set()
    assert await answer
    await store.close()


async def test_the_loop_does_not_wait_for_a_large_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 14: the reads of others waited for nothing where 400 occurrences were moved."""
    monkeypatch.setattr(statements, "MOST_SEC", WAIT_SEC)
    monkeypatch.setattr(statements, "LEAST_SEC", WAIT_SEC)
    store = await open_sqlite(tmp_path, Limits())
    may_apply = threading.Event()
    applied: list[bool] = []

    def apply(_: Changes) -> None:
        applied.append(may_apply.wait(WAIT_SEC / 2))

    answer = store.transact(Transaction((), 65, 10, NOW, apply))
    store.let_write()
    assert not applied
    may_apply.set()
    await answer
    assert applied == [True]
    await store.close()


async def test_the_loop_does_not_wait_for_changes_that_are_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it would, this takes until the time-out of the whole test."""
    monkeypatch.setattr(statements, "MOST_SEC", 10 * WAIT_SEC)
    monkeypatch.setattr(statements, "LEAST_SEC", 10 * WAIT_SEC)
    store = await open_sqlite(tmp_path, Limits())

    def refuse(event: Event | None, event_id: int) -> Event | None:
        raise Forbidden("no")

    store.let_write()
    await store.mutate(adding())
    store.let_write()
    with pytest.raises(Forbidden):
        await store.mutate(msgspec.structs.replace(adding(), change=refuse))
    store.let_write()
    await store.close()


class SlowQueue(queue.SimpleQueue[Any]):
    """Other threads go on after each that was put, as where the machine has other work."""

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        time.sleep(0.001)


async def test_the_changes_of_one_turn_of_the_loop_are_one_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the writer waits for the first of them while the others are handed over."""
    monkeypatch.setattr(queue, "SimpleQueue", SlowQueue)
    store = await open_sqlite(tmp_path, Limits())
    await until_idle(store)
    published: list[int] = []
    store.commits.subscribe(lambda committed: published.append(committed.last_seq))
    await asyncio.gather(*[store.mutate(adding()) for _ in range(40)])
    assert len(published) == 1
    await store.close()


async def test_many_changes_do_not_wait_for_the_end_of_their_turn(tmp_path: Path) -> None:
    store = await open_sqlite(tmp_path, Limits())
    answers = [store.mutate(adding()) for _ in range(64 + 3)]
    until = time.monotonic() + WAIT_SEC
    while not answers[63].done() and time.monotonic() < until:
        store.settle()  # No await: the turn of the event loop goes on.
    assert [answer.done() for answer in answers] == [True] * 64 + [False] * 3
    await asyncio.gather(*answers)
    await store.close()


async def test_changes_of_the_last_turn_are_committed_by_close(tmp_path: Path) -> None:
    store = await open_sqlite(tmp_path, Limits())
    answers = [store.mutate(adding()) for _ in range(3)]
    await store.close()
    assert [answer.result()[:6] for answer in answers] == [b'{"id":'] * 3


def test_a_group_is_waited_for_once_and_by_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def wait(_: threading.Event, sec: float) -> bool:
        waits.append(sec)
        return False

    monkeypatch.setattr(threading.Event, "wait", wait)
    group = statements.Statements()
    group.expect(30)
    group.wait()
    assert not waits  # A writer that has something else to do does not begin now.
    group.is_idle = True
    group.expect(30)
    for count in (1, 30, 1000):
        group.begin(count)
        group.wait()
        group.wait()
    assert waits == pytest.approx([0.001, 0.003, 0.005])
    group.begin(0)
    group.wait()
    assert len(waits) == 3
    group.begin(1)
    group.end()
    group.wait()
    assert len(waits) == 3

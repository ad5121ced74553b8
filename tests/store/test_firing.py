"""Many reminders that fire together: their rows, and their delivery while others fire."""

import asyncio
import gc
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deskcal.core.document import decode_event, record_of
from deskcal.core.event import ChangeType
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session
from deskcal.limits import Limits
from deskcal.live.connections import Peer, Peers
from deskcal.live.reminders import Reminders
from deskcal.store.ports import Committed, Store
from deskcal.store.ports.reminders import NotificationKey, NotificationState
from helpers import NOW
from places import SqlitePlace
from store.conftest import Backend
from store.mutations import adding, changing

DUE = NOW + 60
WAIT_SEC = 60
FEW = 130
"""More than one statement takes."""
EVENTS, GUESTS = 60, 100
REMINDERS = EVENTS * (1 + GUESTS)
"""More than one delivery takes, in several transactions."""


async def fill(store: Store, events: int, guests: int = 0) -> list[int]:
    """Events that are due at the same time, of managers 10 and up to `guests` more; their ids."""
    people = [{"manager_id": 11 + number} for number in range(guests)]
    made = [
        store.mutate(adding(title=f"at {number}", remind_time=DUE, participants=people))
        for number in range(events)
    ]
    return [decode_event(document).id for document in await asyncio.gather(*made)]


async def test_many_that_fire_together_leave_what_each_alone_leaves(store: Store) -> None:
    ids = await fill(store, FEW, guests=1)
    since = store.feed.last_seq
    before = [record.document for record in await store.load_all(ids)]
    fired = await store.reminders.fire(DUE + 1, 500)
    assert (fired.events, fired.count) == (FEW, 2 * FEW)
    await store.feed.refresh()
    changes = await store.feed.changes(since, 500)
    assert [change.event_id for change in changes] == ids
    assert [change.seq for change in changes] == list(range(since + 1, since + FEW + 1))
    for change in changes:
        assert (change.type, change.time, change.actor) == (ChangeType.UPDATED, DUE + 1, 0)
        assert change.batch_id == change.seq
        assert change.before in before
        event = decode_event(change.document)
        old = decode_event(change.before or b"")
        assert event == msgspec.structs.replace(old, reminder_sent_time=DUE + 1)
    now_there = {record.document for record in await store.load_all(ids)}
    assert now_there == {change.document for change in changes}
    assert await store.reminders.next_due() is None
    await store.reminders.fetch_fired(lambda _: False, 500)
    for manager_id in (10, 11):
        waiting = await store.reminders.waiting(manager_id, None, 500)
        assert [one.key for one in waiting] == [NotificationKey(i, DUE, manager_id) for i in ids]


async def test_who_was_reminded_before_is_not_reminded_again_among_many(store: Store) -> None:
    ids = await fill(store, FEW)
    assert (await store.reminders.fire(DUE + 1, 500)).count == FEW
    sent = [NotificationKey(event_id, DUE, 10) for event_id in ids[:3]]
    assert await store.reminders.mark(sent, NotificationState.SENT, DUE + 1) == 3
    again = [store.mutate(changing(event_id, reminder_sent_time=0)) for event_id in ids]
    await asyncio.gather(*again)
    assert (await store.reminders.fire(DUE + 2, 500)).count == FEW - 3


async def test_a_round_on_sqlite_ends_early_where_documents_are_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of five hundred events may have half a gigabyte."""
    monkeypatch.setattr("deskcal.store.sqlite.reminders.MAX_FIRED_BYTES", 1_000)
    store = await SqlitePlace(tmp_path / "data").open(Limits())
    made = [store.mutate(adding(remind_time=DUE, ast_json="a" * 300)) for _ in range(3)]
    ids = [decode_event(document).id for document in await asyncio.gather(*made)]
    rounds = [await store.reminders.fire(DUE + 1, 500) for _ in range(3)]
    fired = [[one.key.event_id for one in found.notifications] for found in rounds]
    assert fired == [ids[:2], ids[2:], []]
    assert await store.reminders.next_due() is None
    await store.close()


async def test_of_fired_events_memory_on_sqlite_holds_those_that_it_held_before(
    tmp_path: Path,
) -> None:
    place = SqlitePlace(tmp_path / "data")
    store = await place.open(Limits())
    ids = await fill(store, 3)
    await store.close()
    store = await place.open(Limits())
    await store.load(ids[0])
    assert (await store.reminders.fire(DUE + 1, 500)).count == 3
    held = [store.peek(event_id) for event_id in ids]
    assert [record is not None for record in held] == [True, False, False]
    assert held[:1] == [record_of(await stored(store, ids[0]))]
    for event_id in ids:
        record = await store.load(event_id)
        assert record is not None
        assert decode_event(record.document).reminder_sent_time == DUE + 1
    await store.close()


async def stored(store: Store, event_id: int) -> bytes:
    change = await store.feed.newest(event_id)
    assert change is not None
    return change.document


class Managers:
    """Connections of all managers, and what they were sent; `on_send` is called before each."""

    def __init__(self, peers: Peers, on_send: Callable[[], None] = lambda: None) -> None:
        self.tokens: dict[int, list[str]] = {}
        self._on_send = on_send
        self._news = asyncio.Event()
        for manager_id in range(10, 11 + GUESTS):
            self._connect(peers, manager_id)

    def _connect(self, peers: Peers, manager_id: int) -> None:
        written = [0]

        def send(lines: bytes) -> bool:
            self._on_send()
            messages = [msgspec.json.decode(line) for line in lines.splitlines()]
            self.tokens.setdefault(manager_id, []).extend(message[3] for message in messages)
            written[0] += len(lines)
            self._news.set()
            return True

        peer = Peer(send=send, written_bytes=lambda: written[0])
        session = Session(manager_id, desk_mask("*"), brand_mask("*"), type=1, exp=float("inf"))
        peers.register_session(peer, session)

    @property
    def count(self) -> int:
        return sum(map(len, self.tokens.values()))

    async def until(self, count: int) -> None:
        async with asyncio.timeout(WAIT_SEC):
            while self.count < count:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def firing(
    store: Store, on_send: Callable[[], None] = lambda: None
) -> AsyncIterator[Managers]:
    """Reminders fire and are delivered to all managers, until a stop at the end."""
    peers = Peers()
    reminders = Reminders(
        store.reminders, peers, lambda: DUE + 1, grace_sec=3600, default_timezone="UTC"
    )

    def look(committed: Committed) -> None:
        if committed.has_fired:
            reminders.fired_by_node()

    store.commits.subscribe(look)
    async with reminders:
        managers = Managers(peers, on_send)
        task = asyncio.create_task(reminders.run())
        try:
            yield managers
        finally:
            task.cancel()
            await asyncio.wait([task])
    assert task.cancelled()


def wanted(ids: list[int]) -> list[str]:
    return [f"{event_id}-{DUE}-{10 + number}" for event_id in ids for number in range(1 + GUESTS)]


def came(*found: Managers) -> Counter[str]:
    """How often each token came."""
    return Counter([t for one in found for tokens in one.tokens.values() for t in tokens])


async def test_more_than_one_delivery_reaches_each_manager_once_and_in_order(store: Store) -> None:
    ids = await fill(store, EVENTS, GUESTS)
    async with firing(store) as managers:
        await managers.until(REMINDERS)
    for manager_id, tokens in managers.tokens.items():
        assert tokens == [f"{event_id}-{DUE}-{manager_id}" for event_id in ids]


@pytest.mark.parametrize("sent", [1, 200, 4500])
async def test_a_stop_amid_the_firing_loses_no_reminder_and_repeats_none(
    backend: Backend, sent: int
) -> None:
    store = await backend.open()
    ids = await fill(store, EVENTS, GUESTS)
    async with firing(store) as first:
        await first.until(sent)
    async with firing(await backend.open()) as second:
        await second.until(REMINDERS - first.count)
    assert came(first, second) == Counter(wanted(ids))


async def test_a_delivery_that_fails_loses_no_reminder_and_repeats_none(store: Store) -> None:
    ids = await fill(store, EVENTS, GUESTS)
    sends = itertools.count()

    def fail_once() -> None:
        if next(sends) == 50:
            raise RuntimeError("a fault of the server")

    async with firing(store, fail_once) as managers:
        await managers.until(REMINDERS)
    assert came(managers) == Counter(wanted(ids))


async def test_a_delivery_and_a_firing_that_fail_at_once_are_both_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = await SqlitePlace(tmp_path / "data").open(Limits())
    ids = await fill(store, EVENTS, GUESTS)
    fire, rounds, sends = store.reminders.fire, itertools.count(), itertools.count()

    async def fire_but_once(now: int, limit: int) -> Any:
        if next(rounds) == 1:
            raise RuntimeError("a fault of the store")
        return await fire(now, limit)

    def fail_once() -> None:
        if next(sends) == 0:
            raise RuntimeError("a fault of the delivery")

    monkeypatch.setattr(store.reminders, "fire", fire_but_once)
    async with firing(store, fail_once) as managers:
        await managers.until(REMINDERS)
    gc.collect()
    assert came(managers) == Counter(wanted(ids))
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "reminders are delayed: a fault of the store",
        "reminders are delayed: a fault of the delivery",
    ]
    await store.close()

"""The client's changes and reminders against a real server that restarts, forgets and expires."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from deskcal import Change, ChangeType, Client, Reminder, ResyncRequired, Unauthorized
from deskcal.app.runtime import running
from deskcal.client.iterators import manager_of
from deskcal.core.tokens import TokenVerifier
from deskcal.limits import Limits
from deskcal.live.reminder_text import key_of
from deskcal.server.host import ConnectionHost
from deskcal.store.ports.reminders import NotificationState
from harness import ADMIN, FakeClock, token
from helpers import KEY, NOW
from places import Place
from ports import free_port
from wire import listening

WAIT_SEC = 30
FAR = NOW * 2
ALL = token(1, ADMIN, exp=FAR)
TEN = token(10, exp=FAR)


class RestartableServer:
    """A server on a port of its own, which can be stopped and started again."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.clock = FakeClock()
        self.port = free_port()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ConnectionHost]:
        limits = Limits(stop_timeout_sec=0.1)
        store = await self.place.open(limits)
        try:
            verifier = TokenVerifier([KEY])
            async with (
                running(store, verifier, limits, now=self.clock) as dispatcher,
                listening(dispatcher, self.port) as (server, _),
            ):
                yield server
        finally:
            await store.close()

    def client(self, token_: str = ALL, **options: Any) -> Client:
        return Client.connect("127.0.0.1", self.port, token=token_, **options)


@pytest.fixture
def host(place: Place) -> RestartableServer:
    return RestartableServer(place)


async def add(client: Client, **named: Any) -> int:
    event = {"title": "t", "start_time": NOW, "end_time": NOW + 60} | named
    return (await client.add_event(**event)).id  # type: ignore[arg-type]


class Reading:
    """Takes from an iterator in the background."""

    def __init__(self, found: AsyncIterator[Any]) -> None:
        self.taken: list[Any] = []
        self._news = asyncio.Event()
        self._found = found
        self._task = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        async for one in self._found:
            self.taken.append(one)
            self._news.set()

    async def until(self, count: int) -> list[Any]:
        """The first `count`, once they are there."""
        async with asyncio.timeout(WAIT_SEC):
            while len(self.taken) < count and not self._task.done():
                self._news.clear()
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait([self._task, news], return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
        if self._task.done():
            self._task.result()
        return self.taken

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


def seqs(changes: list[Change]) -> list[int]:
    return [change.seq for change in changes]


async def test_changes_are_those_after_the_cursor_and_then_those_that_come(
    host: RestartableServer,
) -> None:
    async with host.open(), host.client() as client:
        for _ in range(3):
            await add(client)
        reading = Reading(client.changes(1))
        await reading.until(2)
        await client.complete_event(1)
        taken = await reading.until(3)
        await reading.end()
        assert seqs(taken) == [2, 3, 4]
        last = taken[-1]
        assert (last.type, last.time, last.actor, last.id) == (ChangeType.UPDATED, NOW, 1, 1)
        assert last.event == await client.get_event(1)


async def test_without_a_cursor_only_what_comes_is_given(host: RestartableServer) -> None:
    async with host.open(), host.client() as client, host.client() as other:
        await add(other)
        reading = Reading(client.changes())
        async with asyncio.timeout(WAIT_SEC):
            while not reading.taken:
                await add(other)
        assert 1 not in seqs(reading.taken)
        await reading.end()


async def test_a_filter_reports_gain_and_loss(host: RestartableServer) -> None:
    async with host.open(), host.client() as client:
        reading = Reading(client.changes(0, "DESK_EU*"))
        await add(client, desk="DESK_US")
        await client.update_event(1, desk="DESK_EU_1")
        await client.update_event(1, desk="DESK_US")
        taken = await reading.until(2)
        await reading.end()
        assert [(c.type, c.event is not None) for c in taken] == [
            (ChangeType.UPDATED, True),
            (ChangeType.DELETED, False),
        ]


async def test_a_server_that_restarts_again_and_again_loses_and_repeats_nothing(
    host: RestartableServer,
) -> None:
    async with host.open(), host.client() as client:
        made = [await add(client)]
    async with host.open():
        client = host.client()
        await client.__aenter__()
        reading = Reading(client.changes(0))
        await reading.until(1)
    try:
        for _ in range(3):
            async with host.open(), host.client() as writer:
                made += [await add(writer) for _ in range(5)]
                await reading.until(len(made))
            assert [change.id for change in reading.taken] == made
            assert seqs(reading.taken) == sorted(set(seqs(reading.taken)))
        assert client.reconnects >= 3
    finally:
        await reading.end()
        await client.__aexit__(None, None, None)


async def test_a_paused_subscription_is_filled_up_from_the_cursor(host: RestartableServer) -> None:
    """A resync says that pushes were left out; so does a push that is far ahead."""
    async with host.open() as server, host.client() as client, host.client() as other:
        reading = Reading(client.changes(0))
        await add(other)
        await reading.until(1)
        feed = server.services.feed
        (slow,) = [p for p in feed._subscribers if ALL and p.channels]
        send, slow.send = slow.send, lambda _: False
        for _ in range(5):
            await add(other)
        async with asyncio.timeout(WAIT_SEC):
            while not feed.resyncs:
                await other.ping()
        slow.send = send
        server.services.resume(slow)
        assert seqs(await reading.until(6)) == [1, 2, 3, 4, 5, 6]
        await reading.end()


async def test_a_cursor_that_is_no_longer_kept_is_reported(host: RestartableServer) -> None:
    async with host.open(), host.client() as client:
        with pytest.raises(ResyncRequired):
            await anext(client.changes(5))


async def test_with_a_new_token_it_goes_on_where_the_old_one_has_expired(
    host: RestartableServer,
) -> None:
    renewed: list[str] = []

    async def renew() -> str:
        renewed.append(token(1, ADMIN, exp=FAR, name=f"no. {len(renewed)}"))
        return renewed[-1]

    short = token(1, ADMIN, exp=NOW + 10)
    async with host.open(), host.client(short, renew_token=renew) as client:
        other = host.client()
        async with other:
            reading = Reading(client.changes(0))
            await add(other)
            await reading.until(1)
            host.clock.time = NOW + 10
            await add(other)
            client.link._listeners[0].look_again()  # as a silence of QUIET_SEC does
            assert seqs(await reading.until(2)) == [1, 2]
            await add(other)
            assert seqs(await reading.until(3)) == [1, 2, 3]
        await reading.end()
    assert len(renewed) == 1


async def test_without_a_new_token_the_end_of_the_old_one_is_reported(
    host: RestartableServer,
) -> None:
    host.clock.time = NOW
    async with host.open(), host.client(token(1, ADMIN, exp=NOW + 10)) as client:
        reading = Reading(client.changes(0))
        await add(client)
        await reading.until(1)
        host.clock.time = NOW + 10
        client.link._listeners[0].look_again()
        with pytest.raises(Unauthorized):
            await reading.until(2)


async def test_changes_end_with_the_client(host: RestartableServer) -> None:
    async with host.open():
        async with host.client() as client:
            await add(client)
            reading = Reading(client.changes(0))
            await reading.until(1)
        async with asyncio.timeout(WAIT_SEC):
            await reading._task
        assert seqs(reading.taken) == [1]


async def test_who_leaves_the_changes_unsubscribes_the_last_one_at_the_door(
    host: RestartableServer,
) -> None:
    async with host.open() as server, host.client() as client:
        first, second = client.changes(0), client.changes(0)
        await add(client)
        assert (await anext(first)).seq == (await anext(second)).seq == 1
        await first.aclose()  # type: ignore[attr-defined]
        await client.ping()
        assert server.services.feed.subscriber_count == 1
        await second.aclose()  # type: ignore[attr-defined]
        await client.ping()
        assert server.services.feed.subscriber_count == 0


async def test_a_reminder_is_read_once_the_loop_comes_back_for_the_next(
    host: RestartableServer,
) -> None:
    async with host.open() as server, host.client(TEN) as client:
        reminders = client.reminders()
        waiting = asyncio.ensure_future(anext(reminders))
        await add(client, remind_time=NOW - 60, desk="DESK_EU")
        reminder: Reminder = await waiting
        assert (reminder.token, reminder.due, reminder.late_sec) == (
            f"1-{NOW - 60}-10",
            NOW - 60,
            60,
        )
        assert (reminder.title, reminder.manager_id) == ("t", 10)
        assert reminder.event.reminder_sent_time == NOW
        waiting = asyncio.ensure_future(anext(reminders))
        await add(client, remind_time=NOW - 30)
        assert (await waiting).due == NOW - 30
        store = server.services.store.reminders
        key = key_of(reminder.token)
        assert key is not None
        assert await store.mark([key], NotificationState.READ, NOW) == 1
        async with asyncio.timeout(WAIT_SEC):
            while await store.waiting(10, None, 10):
                await client.ping()


async def test_reminders_that_came_before_anybody_listened_are_given_out(
    host: RestartableServer,
) -> None:
    async with host.open(), host.client(TEN) as client:
        await add(client, remind_time=NOW - 60)
        async with asyncio.timeout(WAIT_SEC):
            while not client.link._pushed.qsize():
                await client.ping()
        reading = Reading(client.reminders())
        (reminder,) = await reading.until(1)
        assert reminder.token == f"1-{NOW - 60}-10"
        await reading.end()


async def test_reminders_go_on_over_a_restart_and_none_comes_twice(host: RestartableServer) -> None:
    async with host.open():
        client = host.client(TEN)
        await client.__aenter__()
        reading = Reading(client.reminders(acknowledge=False))
        async with host.client() as other:
            await add(other, owner_manager_id=10, remind_time=NOW - 60)
            await reading.until(1)
    try:
        async with host.open(), host.client() as other:
            await add(other, owner_manager_id=10, remind_time=NOW - 50)
            taken = await reading.until(2)
            assert [reminder.due for reminder in taken] == [NOW - 60, NOW - 50]
    finally:
        await reading.end()
        await client.__aexit__(None, None, None)


async def test_snooze_and_history_by_the_client(host: RestartableServer) -> None:
    async with host.open(), host.client(TEN) as client:
        reading = Reading(client.reminders())
        await add(client, remind_time=NOW - 60)
        (first,) = await reading.until(1)
        again = await client.snooze_reminder(first.token, NOW + 60)
        assert again == f"1-{NOW + 60}-10"
        await client.ack_reminder(again)
        await reading.end()
        history = await client.get_event_history(1)
        assert [(entry.type, entry.actor) for entry in history] == [(0, 10), (1, 0)]
        assert history[1].changed == {"reminder_sent_time": (0, NOW)}
        page = await client.get_changes(0, limit=1)
        assert ([change.seq for change in page.changes], page.more) == ([1], 1)


@pytest.mark.parametrize("text", [None, "", "a.b", "a.####.c", "x.bnVsbA.y"])
def test_the_manager_of_what_is_no_token_is_unknown(text: str | None) -> None:
    assert manager_of(text) is None


def test_the_manager_of_a_token_is_read_without_its_key() -> None:
    assert manager_of(TEN) == 10


async def test_unread_reminders_by_the_client(host: RestartableServer) -> None:
    async with host.open(), host.client(TEN) as client:
        ids = {await add(client, remind_time=NOW - 60), await add(client, remind_time=NOW - 50)}
        reading = Reading(client.reminders(acknowledge=False))
        await reading.until(2)
        first = await client.get_reminders("unread", limit=1)
        second = await client.get_reminders("unread", limit=2, after=first.next)
        found = [*first.reminders, *second.reminders]
        assert ({row.event.id for row in found}, second.next) == (ids, None)
        assert {(row.fired, row.state) for row in found} == {(NOW, "unread")}
        await client.ack_reminder(found[0].token)
        assert [row.state for row in (await client.get_reminders()).reminders].count("read") == 1
        await reading.end()

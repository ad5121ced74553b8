"""A server that is killed while it fires thousands of reminders, again and again, then counted."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from deskcal.access import SessionType, sign
from deskcal.client import Client
from deskcal.client_data import Reminder
from deskcal.documents import decode_event
from deskcal.limits import Limits
from deskcal.store.sqlite import open_sqlite
from deskcal.store.sqlite_check import check_sqlite
from helpers import KEY, SECRET
from store.mutations import adding

EVENTS = 3_000
MANAGERS = 6
KILLS = 12
WAIT_SEC = 120


async def prepare(directory: Path, due: int) -> None:
    """Events of two managers each, all due in the same second; one guest has declined."""
    store = await open_sqlite(directory, Limits())
    try:
        await asyncio.gather(
            *(
                store.mutate(
                    adding(
                        now=due - 3600,
                        title=f"call {number}",
                        owner_manager_id=1 + number % MANAGERS,
                        participants=[
                            {"manager_id": 1 + (number + 1) % MANAGERS},
                            {"manager_id": 1 + (number + 2) % MANAGERS, "status": 2},
                        ],
                        start_time=due + 600,
                        end_time=due + 1200,
                        remind_before_sec=600,
                    )
                )
                for number in range(EVENTS)
            )
        )
    finally:
        await store.close()


class Process:
    """The server as its users start it."""

    def __init__(self, directory: Path) -> None:
        options = ["--data", str(directory), "--tcp", "127.0.0.1:0", "--web", "off"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deskcal.cli", "serve", *options, "--log-level", "error"],
            env={"DESKCAL_SECRET": SECRET, "PATH": ""},
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        line = ""
        while "ready" not in line:
            line = self.process.stdout.readline().decode()
            assert line, "the server ended before it was ready"
        self.port = int(line.split("tcp ")[1].split()[0].strip(",").rpartition(":")[2])

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(WAIT_SEC)
        assert self.process.stdout is not None
        self.process.stdout.close()


class Desk:
    """All managers on connections of their own; what they were told, over all servers."""

    def __init__(self, now: float) -> None:
        claims: dict[str, object] = {
            "type": int(SessionType.SESSION_CRM_MANAGER),
            "exp": now + 3600,
        }
        self.tokens = [sign(KEY, {"id": 1 + n} | claims) for n in range(MANAGERS)]
        self.heard: Counter[tuple[int, int, str]] = Counter()
        """By event, manager and token of the reminder."""
        self.events: dict[int, int] = {}
        self.news = asyncio.Event()

    async def listen(self, port: int, token: str) -> None:
        async with Client.connect("127.0.0.1", port, token=token) as client:
            async for reminder in client.reminders(acknowledge=False):
                self.take(reminder)

    def take(self, reminder: Reminder) -> None:
        self.heard[reminder.event.id, reminder.manager_id, reminder.token] += 1
        self.events[reminder.event.id] = reminder.event.reminder_sent_time
        self.news.set()

    async def until(self, count: int) -> None:
        """Until so many reminders were heard."""
        async with asyncio.timeout(WAIT_SEC):
            while len(self.heard) < count:
                self.news.clear()
                await self.news.wait()

    async def live_through(self, directory: Path, until: int, end: signal.Signals) -> None:
        """Starts a server, ends it once so many reminders were heard of it and those before."""
        process = Process(directory)
        listening = [asyncio.ensure_future(self.listen(process.port, t)) for t in self.tokens]
        try:
            await self.until(until)
        finally:
            process.end(end)
            await self._drain(listening)

    async def _drain(self, listening: "Sequence[asyncio.Future[None]]") -> None:
        """What the kernel had taken still arrives."""
        heard = -1
        while heard != len(self.heard):
            heard = len(self.heard)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    self.news.clear()
                    await self.news.wait()
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


async def test_kills_amid_the_firing_leave_nobody_out_and_nobody_with_two_tokens(
    tmp_path: Path,
) -> None:
    due = int(time.time()) - 1
    await prepare(tmp_path, due)
    desk = Desk(time.time())
    wanted = {
        (number + 1, 1 + (number + place) % MANAGERS, due)
        for number in range(EVENTS)
        for place in (0, 1)
    }
    chance = random.Random(7)
    marks = sorted(chance.randrange(1, 2 * EVENTS) for _ in range(KILLS))
    amid = 0
    for mark in marks:
        await desk.live_through(tmp_path, mark, signal.SIGKILL)
        amid += await is_amid_firing(tmp_path)
    assert amid > 1, "the kills came when all was fired"
    await desk.live_through(tmp_path, 2 * EVENTS, signal.SIGTERM)

    tokens: dict[tuple[int, int], set[str]] = {}
    for event_id, manager_id, token in desk.heard:
        tokens.setdefault((event_id, manager_id), set()).add(token)
    missing = {(event, manager) for event, manager, _ in wanted} - tokens.keys()
    second = {key for key, found in tokens.items() if len(found) > 1}
    assert (len(missing), len(second)) == (0, 0)
    assert {tuple(map(int, token.split("-"))) for _, _, token in desk.heard} == {
        (event, due, manager) for event, manager, due in wanted
    }
    assert check_sqlite(tmp_path).differences == []
    await assert_sent_once(tmp_path, desk.events)


async def is_amid_firing(directory: Path) -> bool:
    """Whether some are fired and some are not."""
    store = await open_sqlite(directory, Limits())
    try:
        return await store.reminders.next_due() is not None and store.feed.last_seq > EVENTS
    finally:
        await store.close()


async def assert_sent_once(directory: Path, told: dict[int, int]) -> None:
    """Each event has one firing in its history, at the time that everybody was told."""
    store = await open_sqlite(directory, Limits())
    try:
        for event_id in range(1, EVENTS + 1):
            history = await store.feed.history(event_id, 0, 10)
            assert [change.actor for change in history] == [10, 0]
            sent_time = decode_event(history[-1].document).reminder_sent_time
            assert sent_time == told[event_id] > 0
        assert await store.reminders.next_due() is None
        assert await store.reminders.waiting_managers() == set()
    finally:
        await store.close()

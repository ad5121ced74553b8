"""Receivers of pushed messages, and functions that wait for them. No fixtures here."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from deskcal.commands import Peer
from harness import ADMIN, Answer, Desk, line_of, request, token
from helpers import NOW, WAIT_SEC

Message = Any


class Receiver:
    """A connection that records what is pushed to it; `is_slow`: it reads nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.received: list[Message] = []
        self.is_slow = False
        self.peer = Peer(send=self._take)
        self._news = asyncio.Event()

    def _take(self, lines: bytes) -> bool:
        if self.is_slow:
            return False
        assert lines.endswith(b"\r\n") and lines.isascii()
        self.received += [json.loads(line) for line in lines.split(b"\r\n") if line]
        self._news.set()
        return True

    async def say(self, token_: str, command: str, **data: Any) -> Answer:
        """The answer to one command on this connection."""
        frame = request(command, 1, data, token_)
        found: Answer = json.loads(
            await line_of(self.desk.requests.answer(self.peer, frame, self.desk.clock()))
        )
        return found

    async def subscribe(self, token_: str, *names: str, since: int | None = None) -> None:
        data = {"chanels": list(names or ["calendar"])} | (
            {} if since is None else {"since": since}
        )
        answered = await self.say(token_, "Subscribe", **data)
        assert answered["status"] == 200, answered

    async def until(self, is_there: Callable[["Receiver"], bool]) -> None:
        """Returns when the condition holds."""
        async with asyncio.timeout(WAIT_SEC):
            while not is_there(self):
                self._news.clear()
                await self._news.wait()

    @property
    def pushes(self) -> list[Message]:
        return [m for m in self.received if isinstance(m, dict) and m["event"] == "calendar:event"]

    @property
    def changes(self) -> list[tuple[int, int]]:
        """(type, event id) of each change that was pushed."""
        return [(m["type"], m["data"]["id"]) for m in self.pushes]

    @property
    def seqs(self) -> list[int]:
        return [m["seq"] for m in self.pushes]

    @property
    def reminders(self) -> list[Message]:
        return [m for m in self.received if isinstance(m, list)]

    @property
    def tokens(self) -> list[str]:
        return [m[3] for m in self.reminders]


async def all_pushed(desk: Desk) -> None:
    """Returns when all earlier changes have been pushed to all earlier subscribers."""
    admin = token(9_000, ADMIN)
    last = Receiver(desk)
    await last.subscribe(admin)
    mark = await desk.add(admin, title="mark", brand="marks")
    await last.until(lambda receiver: any(id_ == mark["id"] for _, id_ in receiver.changes))
    desk.services.forget(last.peer)


def step_to(desk: Desk, time: float) -> None:
    """Sets the clock."""
    desk.clock.time = time
    desk.services.reminders.wake()


async def reminded(desk: Desk) -> None:
    """Returns when all reminders that are due were fired and delivered, and the store knows it."""
    watcher = token(9_001, exp=NOW * 2)
    receiver = Receiver(desk)
    await receiver.say(watcher, "Ping")
    now = int(desk.clock.time)
    mark = {"title": "mark", "brand": "marks", "start_time": now, "end_time": now + 1}
    added = await desk.add(watcher, remind_time=now, **mark)
    desk.services.reminders.wake()
    await receiver.until(lambda receiver: bool(receiver.reminders))
    await desk.event(watcher, "MngCompleteCalendarEvent", id=added["id"])
    async with asyncio.timeout(WAIT_SEC):
        while not await _is_listed(desk, watcher, added["id"]):
            await asyncio.sleep(0)
    desk.services.forget(receiver.peer)


async def _is_listed(desk: Desk, token_: str, event_id: int) -> bool:
    """Whether a reminder of an event that is done is known to be delivered."""
    answer = await desk.call(token_, "MngGetCalendarReminders", state="unread")
    return any(row["event"]["id"] == event_id for row in answer["data"]["reminders"])

"""Every message of docs/protocol.md: requests sent as written, answers as the page shows them.

An answer on the page may be shortened: it is compared with what it names. A section begins with an
empty server and what `BEFORE` has for it.
"""

import json
from typing import Any

import msgspec
import pytest

from deskcal.core.directory import Directory
from golden.examples import missing
from golden.protocol_page import is_answer, is_pushed, is_request, messages, sections
from harness import ADMIN, token
from helpers import NEVER
from places import Place
from wire import Running, Wire, serving

MONDAY = 1_767_600_000
"""2026-01-05 08:00 UTC."""
TEN = token(10, ADMIN, exp=NEVER)
CALL = {"type": 2, "desk": "DESK_RETENTION", "end_time": MONDAY + 600}
CALLS: list[dict[str, Any]] = [
    CALL | {"title": f"Call {number}", "start_time": MONDAY + 86_400, "end_time": MONDAY + 87_000}
    for number in range(1, 7)
]


class Before(msgspec.Struct):
    """What a section finds."""

    time: int = 1_709_900_000
    events: list[dict[str, Any]] = []
    """Added by manager 10, so that the first is event 1."""


def timed(title: str, start: int, **fields: Any) -> dict[str, Any]:
    return {"title": title, "start_time": start, "end_time": start + 3600} | fields


BEFORE = {
    "Requests and answers": Before(events=[timed("Retention sync", 1_710_000_000)]),
    "Free and busy": Before(
        events=[
            timed("Review", 1_710_140_400, owner_manager_id=12),
            timed("Visit", 1_710_144_000, owner_manager_id=15),
        ]
    ),
    "Series": Before(MONDAY - 86_400),
    "The call desk": Before(
        MONDAY,
        [*CALLS, CALL | {"title": "Call Ann", "start_time": MONDAY, "customer_id": 40201}],
    ),
    "Search": Before(
        events=[timed("Call Anna Zielińska", 1_710_000_000), timed("Call", 1_710_100_000)]
    ),
    "Trash": Before(events=[timed("Retention sync", 1_710_000_000)]),
    "Batches, undo and handover": Before(),
    "Pushed messages": Before(),
    "Reminders": Before(1_709_999_400),
}


class Reader:
    """Follows a section: sends what it sends, waits for what it shows."""

    def __init__(self, running: Running, wire: Wire) -> None:
        self._running = running
        self._wire = wire
        self._early: list[Any] = []
        """What came while another kind of message was waited for."""

    async def follow(self, message: Any) -> None:
        """Does with one message of the page what it says."""
        if is_request(message):
            assert message.keys() == {"command", "extID", "data", "__token"}, message
            self._wire.send(json.dumps(message).replace("<JWT>", TEN).encode() + b"\r\n")
        elif is_answer(message):
            found = await self._next(is_answer)
            assert (found["extID"], missing(message, found)) == (message["extID"], [])
        elif is_pushed(message):
            assert missing(message, await self._next(is_pushed)) == []
        else:
            directory = msgspec.convert(message, Directory)
            await self._running.store.directory.put(directory)

    async def _next(self, is_wanted: Any) -> Any:
        for number, known in enumerate(self._early):
            if is_wanted(known):
                return self._early.pop(number)
        while not is_wanted(found := await self._received()):
            self._early.append(found)
        return found

    async def _received(self) -> Any:
        line = b"\r\n"
        while line == b"\r\n":
            line = await self._wire.line()
        return json.loads(line)


@pytest.mark.parametrize("title", sections())
async def test_a_section_is_what_the_server_does(title: str, place: Place) -> None:
    before = BEFORE[title]
    async with serving(place) as running:
        running.clock.time = before.time
        wire = await running.connect()
        for fields in before.events:
            answered = await wire.call(TEN, "MngAddCalendarEvent", **fields)
            assert answered["status"] == 200, answered
        reader = Reader(running, wire)
        for message in sections()[title]:
            await reader.follow(message)


@pytest.mark.parametrize("title", sections())
def test_every_request_of_the_page_is_followed_by_its_answer(title: str) -> None:
    found = sections()[title]
    for number, message in enumerate(found):
        if is_request(message):
            answer = found[number + 1]
            assert is_answer(answer) and answer["extID"] == message["extID"], message


def test_the_messages_of_a_block_follow_each_other() -> None:
    """Otherwise the tests above could pass without having looked at anything."""
    assert list(messages('{"a": 1}\n{"b":\n 2}\n\n["n"]\n')) == [{"a": 1}, {"b": 2}, ["n"]]
    assert {"Series", "The call desk", "Pushed messages", "Reminders"} <= sections().keys()

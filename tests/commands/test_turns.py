"""Long answers about changes leave the event loop to other tasks, by the bytes that they handle.

Issue 11: a history page of 29 rows and 6 MiB stalled the loop for 111 ms.
"""

from collections.abc import Coroutine, Generator
from typing import Any

import pytest
from msgspec import Raw

from deskcal.commands import COMMANDS, Peer
from deskcal.live.pacing import SLICE_BYTES
from deskcal.wire.data import decode_data
from harness import ADMIN, Desk, token

ALL = token(1, ADMIN)
CHANGES = 9


class Counted:
    """Awaits a coroutine, and counts how often it lets other tasks run without a need to wait."""

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self._work = work
        self.turns = 0

    def __await__(self) -> Generator[Any, None, Any]:
        steps = self._work.__await__()
        while True:
            try:
                future = next(steps)
            except StopIteration as end:
                return end.value
            self.turns += future is None
            yield future


async def turns_of(desk: Desk, name: str, data: bytes) -> int:
    """The turns that a command gives to other tasks while it is answered."""
    command = COMMANDS[name]
    session = desk.services.verifier.authenticate(ALL, desk.clock())
    found: Any = command.answer(
        desk.services, Peer(), session, decode_data(command.decoder, Raw(data))
    )
    counted = Counted(found)
    assert await counted
    return counted.turns


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("MngGetCalendarEventHistory", b'{"id":1}'),
        ("MngGetCalendarChanges", b'{"since":0,"deskFilter":"*"}'),
    ],
)
async def test_other_tasks_run_after_each_slice_of_bytes(
    desk: Desk, name: str, data: bytes
) -> None:
    await desk.add(ALL)
    for number in range(CHANGES - 1):
        await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title=f"title {number}")
    assert await turns_of(desk, name, data) == 0
    for number in range(CHANGES):
        text = f"{number}" + "x" * SLICE_BYTES
        await desk.event(ALL, "MngUpdateCalendarEvent", id=1, ast_json=text)
    assert await turns_of(desk, name, data) >= CHANGES

"""A fault of ours while changes are pushed: it is seen, and no subscriber misses a change."""

from typing import Any

import pytest

from harness import ADMIN, Desk, token
from live import Receiver

ALL = token(1, ADMIN)


def _has_resync(receiver: Receiver) -> bool:
    return any(message["event"] == "calendar:resync" for message in receiver.received)


async def test_subscribers_that_a_failed_round_left_out_have_to_resync(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("deskcal.live.tasks.FIRST_DELAY_SEC", 0.001)
    first, second = Receiver(desk), Receiver(desk)
    for receiver in (first, second):
        await receiver.subscribe(ALL)
    send = first.peer.send

    def fails_once(lines: bytes) -> Any:
        first.peer.send = send
        raise ZeroDivisionError("a fault of ours")

    first.peer.send = fails_once
    await desk.add(ALL)
    await first.until(_has_resync)
    await second.until(lambda one: (0, 1) in one.changes or _has_resync(one))
    assert desk.dispatcher.lifecycle.tasks.failures["feed"] == 1
    assert "task feed failed" in caplog.text
    await desk.add(ALL)
    for receiver in (first, second):
        await receiver.until(lambda one: (0, 2) in one.changes)

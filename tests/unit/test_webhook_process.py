"""The process that sends webhooks: its tries, its end, and what becomes of tries without it.

Source: contract, section 17; docs/decisions/0021.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvloop

from deskcal.core.webhooks import Outcome
from deskcal.live import webhook_process
from deskcal.live.webhook_process import PosterProcess
from deskcal.live.webhook_worker import NICENESS
from deskcal.wire.webhook_posts import PosterSettings
from listener import listening, read_only
from receiver import Received, Receiver, answer, receiving

NOW = 1_710_000_000.0
WAIT_SEC = 60


@asynccontextmanager
async def posting(timeout_sec: float = WAIT_SEC) -> AsyncIterator[PosterProcess]:
    poster = PosterProcess(PosterSettings(networks="127.0.0.1/32", timeout_sec=timeout_sec))
    try:
        yield poster
    finally:
        await poster.aclose()


async def post(poster: PosterProcess, receiver: Receiver, name: str = "msg_1") -> Outcome:
    async with asyncio.timeout(WAIT_SEC):
        return await poster.post(receiver.url(), {"webhook-id": name}, b"{}", NOW)


async def forever(_: Received) -> bytes:
    await asyncio.Event().wait()
    return answer()


async def test_tries_of_one_process_have_the_outcomes_that_the_receiver_gave() -> None:
    async with receiving() as receiver, posting() as poster:
        receiver.reply = lambda one: answer(int(one.id), retry_after="7")
        statuses = [200, 204, 410, 429, 500]
        found = await asyncio.gather(*(post(poster, receiver, str(one)) for one in statuses))
        assert [one.status for one in found] == statuses
        assert {one.retry_after_sec for one in found} == {7}
        first = poster.process
        assert (await post(poster, receiver, "200")).is_success
        assert poster.process is first


async def test_a_try_is_answered_while_another_one_hangs() -> None:
    async with receiving() as receiver, posting() as poster:
        receiver.reply = lambda one: forever(one) if one.id == "hanging" else answer()
        hanging = asyncio.create_task(post(poster, receiver, "hanging"))
        await receiver.until_count(1)
        for number in range(3):
            found = await asyncio.gather(*(post(poster, receiver, f"{number}") for _ in range(5)))
            assert all(one.is_success for one in found)
        assert not hanging.done()
        hanging.cancel()
        await asyncio.wait([hanging])


async def test_an_address_that_is_not_allowed_is_refused_in_the_process_too() -> None:
    async with receiving() as receiver, posting() as poster:
        outcome = await poster.post(receiver.url(host="127.0.0.2"), {}, b"{}", NOW)
        assert outcome.status == 0 and "webhook_networks" in outcome.why
        assert receiver.requests == []


async def test_a_process_that_is_killed_fails_its_tries_and_another_makes_the_next() -> None:
    async with receiving() as receiver, posting() as poster:
        receiver.reply = forever
        trying = asyncio.create_task(post(poster, receiver))
        await receiver.until_count(1)
        assert poster.process is not None
        poster.process.kill()
        outcome = await trying
        assert (outcome.status, outcome.why) == (0, "the process that sends has ended")
        receiver.reply = lambda _: answer()
        assert (await post(poster, receiver)).is_success


async def test_a_process_that_stands_still_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver, posting(timeout_sec=2) as poster:
        await until_delivered(poster, receiver)
        first = poster.process
        assert first is not None
        monkeypatch.setattr(webhook_process, "GRACE_SEC", 0.2)
        first.send_signal(signal.SIGSTOP)
        outcome = await post(poster, receiver)
        assert (outcome.status, outcome.why) == (0, "the process that sends has ended")
        monkeypatch.undo()
        await until_delivered(poster, receiver)
        assert first.returncode == -signal.SIGKILL


class _Witness:
    """Says in which process it ends."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def __del__(self) -> None:
        os.write(self._pipe, f"{os.getpid()} ".encode())


def test_the_start_of_a_process_ends_nothing_of_other_threads() -> None:
    """Such as a connection of SQLite whose lock another thread holds: the start waited for good."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    own, is_kept, may_end = threading.local(), threading.Event(), threading.Event()

    def keep() -> None:
        own.witness = _Witness(writing)
        is_kept.set()
        may_end.wait(WAIT_SEC)

    async def deliver() -> None:
        async with receiving() as receiver, posting() as poster:
            await until_delivered(poster, receiver)

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        assert is_kept.wait(WAIT_SEC)
        uvloop.run(deliver())
        with pytest.raises(BlockingIOError):
            os.read(reading, 100)
    finally:
        may_end.set()
        thread.join()
    assert os.read(reading, 100) == f"{os.getpid()} ".encode()
    os.close(reading)
    os.close(writing)


async def until_delivered(poster: PosterProcess, receiver: Receiver) -> None:
    """The machine may be slower than the time limit of a try."""
    async with asyncio.timeout(WAIT_SEC):
        while not (await post(poster, receiver)).is_success:
            pass


async def test_a_try_that_is_cancelled_is_given_up_before_the_cancelling_returns() -> None:
    async with listening(read_only) as hanging, receiving() as receiver, posting() as poster:
        url = f"http://127.0.0.1:{hanging.port}/"
        trying = asyncio.create_task(poster.post(url, {}, b"{}", NOW))
        await hanging.until(lambda one: one.connections == 1)
        trying.cancel()
        await asyncio.wait([trying])
        assert trying.cancelled()
        await hanging.until(lambda one: one.open == 0)
        assert (await post(poster, receiver)).is_success


async def test_a_process_that_cannot_be_started_is_a_failed_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_process, "COMMAND", ("/nonexistent/python",))
    async with receiving() as receiver, posting() as poster:
        outcome = await post(poster, receiver)
        assert outcome.status == 0
        assert "can't be started" in outcome.why


async def test_the_process_ends_with_the_poster() -> None:
    async with receiving() as receiver, posting() as poster:
        await post(poster, receiver)
    assert poster.process is not None
    assert poster.process.returncode == 0


async def test_a_process_that_is_being_started_ends_with_the_poster_too() -> None:
    poster = PosterProcess(PosterSettings(networks="", timeout_sec=WAIT_SEC))
    starting = asyncio.create_task(poster.prepare())
    await asyncio.sleep(0)
    assert not starting.done()
    await poster.aclose()
    await starting
    assert poster.process is not None
    assert poster.process.returncode is not None


async def test_the_process_gives_way_to_the_server() -> None:
    async with receiving() as receiver, posting() as poster:
        assert (await post(poster, receiver)).is_success
        assert poster.process is not None
        niceness = os.getpriority(os.PRIO_PROCESS, poster.process.pid)
        assert niceness == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)


async def test_the_process_is_given_no_setting_of_the_server_by_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counting = "import os; raise SystemExit(sum(n.startswith('DESKCAL_') for n in os.environ))"
    monkeypatch.setattr(webhook_process, "COMMAND", (sys.executable, "-c", counting))
    monkeypatch.setenv("DESKCAL_SECRET", "of-the-server")
    async with posting() as poster:
        await poster.prepare()
    assert poster.process is not None
    assert poster.process.returncode == 0

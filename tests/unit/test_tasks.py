"""Tasks that last as long as the server: a failed one is seen, counted and started again."""

import asyncio

import pytest

from deskcal.live.tasks import Tasks

WAIT_SEC = 20


@pytest.fixture(autouse=True)
def _no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskcal.live.tasks.FIRST_DELAY_SEC", 0.001)


async def endless() -> None:
    await asyncio.Event().wait()


async def test_a_task_that_fails_is_logged_counted_and_started_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Issue 11: parts started tasks of their own, and one that died was seen by nobody."""
    began, is_third = 0, asyncio.Event()

    async def fails_twice() -> None:
        nonlocal began
        began += 1
        if began < 3:
            raise ZeroDivisionError("a fault of ours")
        is_third.set()
        await endless()

    async with Tasks() as tasks, asyncio.timeout(WAIT_SEC):
        other = tasks.start("other", endless)
        failing = tasks.start("failing", fails_twice)
        await is_third.wait()
        assert tasks.failures == {"other": 0, "failing": 2}
        assert not other.done() and not failing.done()
    assert "task failing failed, starting it again" in caplog.text
    assert "ZeroDivisionError: a fault of ours" in caplog.text
    assert other.cancelled() and failing.cancelled()


async def test_a_task_that_returns_has_ended() -> None:
    async def returns() -> None:
        return None

    async with Tasks() as tasks, asyncio.timeout(WAIT_SEC):
        await tasks.start("short", returns)
        assert tasks.failures == {"short": 0}


async def test_at_the_end_all_tasks_have_ended_and_exceptions_of_the_body_are_its_own() -> None:
    has_cleaned_up = False

    async def slow_to_end() -> None:
        nonlocal has_cleaned_up
        try:
            await endless()
        finally:
            await asyncio.sleep(0)
            has_cleaned_up = True

    with pytest.raises(LookupError):
        async with Tasks() as tasks:
            tasks.start("slow", slow_to_end)
            await asyncio.sleep(0)
            raise LookupError
    assert has_cleaned_up


async def test_the_delay_doubles_up_to_a_limit_and_begins_again_after_a_long_run(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskcal.live.tasks.LONGEST_DELAY_SEC", 0.004)
    loop = asyncio.get_running_loop()
    now, runs = loop.time(), 0
    monkeypatch.setattr(loop, "time", lambda: now)

    async def fails() -> None:
        nonlocal now, runs
        runs += 1
        if runs == 5:
            now += 0.01
        raise ZeroDivisionError

    async with Tasks() as tasks, asyncio.timeout(WAIT_SEC):
        tasks.start("failing", fails)
        while tasks.failures["failing"] < 5:
            now += 0.001
            await asyncio.sleep(0)
    delays = [record.args[1] for record in caplog.records if isinstance(record.args, tuple)]
    assert delays[3:5] == [0.004, 0.001]
    assert delays[0] == 0.001

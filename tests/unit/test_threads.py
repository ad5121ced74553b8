"""Threads that compute take short turns with the event loop, until the last one is done."""

import asyncio
import sys
import threading

import pytest

from deskcal.threads import SWITCH_SEC, computed
from helpers import WAIT_SEC

USUAL = sys.getswitchinterval()


async def test_a_thread_that_computes_takes_short_turns() -> None:
    assert await computed(sys.getswitchinterval) == pytest.approx(SWITCH_SEC)
    assert sys.getswitchinterval() == pytest.approx(USUAL)


async def test_what_is_raised_is_its_callers_and_turns_are_as_usual_again() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await computed(int, "ten")
    assert sys.getswitchinterval() == pytest.approx(USUAL)


async def test_turns_stay_short_until_the_last_thread_is_done() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def wait() -> bool:
        begun.set()
        return may_end.wait(WAIT_SEC)

    waiting = asyncio.ensure_future(computed(wait))
    try:
        assert await asyncio.to_thread(begun.wait, WAIT_SEC)
        await computed(int, "10")
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SEC)
    finally:
        may_end.set()
    assert await waiting
    assert sys.getswitchinterval() == pytest.approx(USUAL)

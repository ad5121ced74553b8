"""Threads that compute while the event loop serves others.

A thread that computes keeps the interpreter's lock for the switch interval, usually 5 ms, while the
event loop waits for it in each of its turns, and with it every request. While one computes by means
of this module the interval is 0.3 ms.
"""

import asyncio
import functools
import sys
import threading
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

SWITCH_SEC = 0.0003
_USUAL_SWITCH_SEC = sys.getswitchinterval()

_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")


class ShortTurns:
    """`with short_turns:` threads take turns after `SWITCH_SEC`, until the last one has left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                sys.setswitchinterval(SWITCH_SEC)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                sys.setswitchinterval(_USUAL_SWITCH_SEC)


short_turns = ShortTurns()
"""Of the whole process, as the interval is."""


async def computed(function: Callable[[*_Arguments], _Result], *arguments: *_Arguments) -> _Result:
    """What `function` returns, or raises, computed by a thread in short turns."""
    return await asyncio.to_thread(_compute, functools.partial(function, *arguments))


def _compute(function: Callable[[], _Result]) -> _Result:
    with short_turns:
        return function()

"""The tasks that last as long as the server: in one TaskGroup, started again where one fails."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

FIRST_DELAY_SEC, LONGEST_DELAY_SEC = 1.0, 60.0
"""Before a failed task is started again: the delay doubles while it goes on failing."""

logger = logging.getLogger(__name__)


class Tasks:
    """Runs tasks while it is entered; at the end all are cancelled, and have ended.

    A task that fails is logged with its traceback, counted and started again after a delay: one
    part that fails does not end the others. Source: docs/decisions/0020.
    """

    def __init__(self) -> None:
        self.failures: dict[str, int] = {}
        """How often each task has failed since the start, by its name."""
        self._begun = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._holder = asyncio.get_running_loop().create_task(self._hold(), name="tasks")
        await self._begun.wait()
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._holder.cancel()
        await asyncio.wait([self._holder])

    async def _hold(self) -> None:
        """A task of its own: the group then cancels none of those who start tasks in it."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._begun.set()
            await asyncio.Event().wait()

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Starts `run`; it is called again whenever it has failed, until it returns.

        `name` is for the log and the metrics.
        """
        self.failures.setdefault(name, 0)
        return self._group.create_task(self._run(name, run), name=name)

    async def _run(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        delay_sec = FIRST_DELAY_SEC
        while True:
            begun = loop.time()
            try:
                return await run()
            except Exception:
                if loop.time() - begun > LONGEST_DELAY_SEC:
                    delay_sec = FIRST_DELAY_SEC
                self.failures[name] += 1
                logger.exception("task %s failed, starting it again in %g s", name, delay_sec)
            await asyncio.sleep(delay_sec)
            delay_sec = min(2 * delay_sec, LONGEST_DELAY_SEC)

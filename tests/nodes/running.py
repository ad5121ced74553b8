"""Servers on one store that a test kills and starts again. No fixtures here."""

import asyncio

from e2e.process import ServerProcess, start

WAIT_SEC = 90


class Nodes:
    """Servers by number, of which some run."""

    def __init__(self, *options: list[str]) -> None:
        """`options` of each; they name its store."""
        self._options = options
        self._running: dict[int, ServerProcess] = {}
        self._starting: dict[int, asyncio.Task[None]] = {}
        self._news = asyncio.Event()

    def start(self, number: int) -> "asyncio.Task[None]":
        """Starts one; the task ends when it is ready."""
        task = self._starting[number] = asyncio.create_task(self._start(number))
        return task

    async def _start(self, number: int) -> None:
        self._running[number] = await start(*self._options[number])
        self._news.set()

    def running(self) -> list[int]:
        """Those that are ready."""
        return sorted(self._running)

    def __getitem__(self, number: int) -> ServerProcess:
        return self._running[number]

    async def kill(self, number: int) -> None:
        """Nobody is sent to it any more, then it is gone."""
        await self._running.pop(number).end()

    async def until_one_runs(self) -> None:
        """Not all are away."""
        async with asyncio.timeout(WAIT_SEC):
            while not self._running:
                self._news.clear()
                await self._news.wait()

    async def until_all_run(self) -> None:
        """Those that are starting are ready."""
        await asyncio.gather(*self._starting.values())

    async def for_client(self, number: int) -> ServerProcess:
        """The node for the client of that number, or another one while that is away."""
        await self.until_one_runs()
        wanted = number % len(self._options)
        return self._running.get(wanted) or self._running[min(self._running)]

    async def end(self) -> None:
        """All are gone."""
        await asyncio.gather(*self._starting.values(), return_exceptions=True)
        await asyncio.gather(*(self.kill(number) for number in self.running()))

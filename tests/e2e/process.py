"""A server process that a test starts, kills and starts again. Plain processes, no tricks."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager

from deskcal import Client, Timeout, Unavailable
from helpers import SECRET
from places import Place

WAIT_SEC = 60
COMMAND = (sys.executable, "-m", "deskcal.cli.main")


class ServerProcess:
    """`deskcal serve` on a free port, ready."""

    def __init__(self, process: asyncio.subprocess.Process, host: str, port: int) -> None:
        self.process = process
        self.host = host
        self.port = port

    async def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        await self.process.wait()

    def pause(self) -> None:
        """Has it stand still."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After `pause`."""
        self.process.send_signal(signal.SIGCONT)

    async def end(self) -> None:
        """Sees to it that it is gone, however it is doing."""
        await _end(self.process)

    async def stop(self, number: signal.Signals) -> int:
        """Asks it to stop; its exit status."""
        self.process.send_signal(number)
        async with asyncio.timeout(WAIT_SEC):
            return await self.process.wait()


def environment() -> dict[str, str]:
    """Ours, with the secret of these tests and no other setting; output is buffered, as usual."""
    others = ("DESKCAL_", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return kept | {"DESKCAL_SECRET": SECRET, "PYTHONIOENCODING": "utf-8"}


async def start(
    *options: str, command: Sequence[str] = COMMAND, log: int = asyncio.subprocess.DEVNULL
) -> ServerProcess:
    """A server that is ready, `options` name its store. The caller ends it."""
    process = await asyncio.create_subprocess_exec(
        *command,
        *("serve", "--tcp", "127.0.0.1:0", "--web", "off", *options),
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
    )
    try:
        async with asyncio.timeout(WAIT_SEC):
            host, port = await _ready(process)
    except BaseException:
        await _end(process)
        raise
    return ServerProcess(process, host, port)


@asynccontextmanager
async def serve(
    place: Place, *options: str, command: Sequence[str] = COMMAND
) -> AsyncIterator[ServerProcess]:
    """A server that is ready; gone at the end, whatever happens."""
    server = await start(*place.options, *options, command=command)
    try:
        yield server
    finally:
        await server.end()


async def until_gone(own: Client, work: Awaitable[None]) -> None:
    """Does `work`, which never ends, until the server of `own` is gone or refuses.

    A call that may be repeated would wait for the server to come back. `own` needs a time limit
    that is longer than the slowest call: a call that ends by it ends the work, too.
    """
    working = asyncio.ensure_future(work)
    while own.link._connected and not working.done():
        await asyncio.sleep(0.01)
    working.cancel()
    await asyncio.wait([working])
    failure = None if working.cancelled() else working.exception()
    if failure is not None and not isinstance(failure, (Timeout, Unavailable)):
        raise failure


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def _ready(process: asyncio.subprocess.Process) -> tuple[str, int]:
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        found = re.search(r"ready: .*tcp (\S+):([0-9]+)", line)
        if found:
            return found[1], int(found[2])
    raise AssertionError("the server ended before it was ready")


async def run(*arguments: str) -> tuple[int, str]:
    """Exit status and all output of a command that ends by itself."""
    process = await asyncio.create_subprocess_exec(
        *arguments,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(WAIT_SEC):
        output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def deskcal(*arguments: str) -> tuple[int, str]:
    """Exit status and all output of one `deskcal` command."""
    return await run(*COMMAND, *arguments)

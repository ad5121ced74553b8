"""The server where nobody reads its log."""

import signal
from pathlib import Path
from pipes import full_pipe

from e2e.process import start


async def test_a_full_pipe_of_the_log_neither_stops_the_server_nor_its_end(tmp_path: Path) -> None:
    """Its first line, on the time zones, waits for a reader; before, the server did, too."""
    with full_pipe() as (_, writer):
        server = await start("--data", str(tmp_path / "data"), log=writer)
        try:
            assert await server.stop(signal.SIGTERM) == 0
        finally:
            await server.end()

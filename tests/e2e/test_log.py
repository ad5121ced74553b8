"""The server where nobody reads its log."""

import fcntl
import os
import signal
from pathlib import Path

from e2e.process import start


async def test_a_full_pipe_of_the_log_neither_stops_the_server_nor_its_end(tmp_path: Path) -> None:
    """Its first line, on the time zones, waits for a reader; before, the server did, too."""
    reader, writer = os.pipe()
    try:
        os.write(writer, b"x" * fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ))
        server = await start("--data", str(tmp_path / "data"), log=writer)
        try:
            assert await server.stop(signal.SIGTERM) == 0
        finally:
            await server.end()
    finally:
        os.close(reader)
        os.close(writer)

"""Commands where there is no room for a file: a limit of file sizes stands for the full disk."""

import errno
import os
from pathlib import Path

from e2e.process import COMMAND, deskcal, run


def with_room_for(blocks: int, *arguments: str) -> tuple[str, ...]:
    """A command that may write so many blocks of 512 bytes to each file; it has no secret.

    Nor does it write what Python compiles: Python 3.11 keeps such a file also if it is cut off.
    """
    python, *module = COMMAND
    limited = f'unset DESKCAL_SECRET; ulimit -f {blocks}; exec "$@"'
    return "sh", "-c", limited, "sh", python, "-B", *module, *arguments


async def test_a_start_says_where_the_secret_can_not_be_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    options = ("--data", str(data), "--tcp", "127.0.0.1:0", "--web", "off")
    status, output = await run(*with_room_for(0, "serve", *options))
    assert status == 1
    line = f"deskcal: the secret can't be written to {data / 'secret'}: {os.strerror(errno.EFBIG)}"
    assert output.splitlines()[-1] == line
    assert not list(data.iterdir())


async def test_without_room_for_the_shared_memory_of_sqlite_the_disk_is_called_full(
    tmp_path: Path,
) -> None:
    options = ("--data", str(tmp_path))
    added = await deskcal("manager", "add", *options, "--id", "10", "--name", "Ten")
    assert added[0] == 0, added
    for file in ("deskcal.db-wal", "deskcal.db-shm"):
        (tmp_path / file).unlink(missing_ok=True)
    for command, what in (("manager", "directory"), ("device", "devices")):
        manager = ("--manager", "10") if command == "device" else ()
        status, output = await run(*with_room_for(8, command, "list", *options, *manager))
        assert status == 1
        line = output.splitlines()[-1]
        assert line.startswith(f"deskcal: the {what} in {tmp_path} can't be "), output
        assert line.endswith(": the disk is full"), output

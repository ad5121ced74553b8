"""Memory over the import of a large iCalendar file, of the command and of the server.

A smaller file goes first, so that what does not grow with the size is not counted.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import processes, requests
from bench.processes import Served, environment
from bench.scale import Ground
from bench.table import Row, absolute, at_most, per_sec

MIB = 1024 * 1024
BYTES_AN_EVENT = 500


def measure(ground: Ground) -> Iterator[Row]:
    """A row each for the command and the server, and one for the rate."""
    size = ground.scale.large * 50
    with processes.deskcal(ground.directory / "imports") as server:
        few = _file(ground, "few", size // 5)
        many = _file(ground, "many", size)
        small_bytes, _ = _import(ground, server, few)
        before, cpu_sec = server.rss_bytes, server.cpu_sec
        large_bytes, count = _import(ground, server, many)
        grown = server.rss_bytes - before
        took = server.cpu_sec - cpu_sec
    what = f"the import of {size // 1_000_000} MB after one of {size // 5_000_000} MB"
    for who, value, most in (
        ("`deskcal ics import`", large_bytes - small_bytes, 24),
        ("the server", grown, 128),
    ):
        yield absolute(
            f"growth of the memory of {who} over {what}",
            [value / MIB],
            at_most(most),
            show=lambda found: f"{found:.1f} MiB",
        )
    yield absolute(
        "events imported in a second of the server's processor", [count / took], None, show=per_sec
    )


def _file(ground: Ground, name: str, size: int) -> Path:
    path = ground.directory / f"{name}.ics"
    head = "BEGIN:VEVENT\r\nUID:{}-{}@example.com\r\nDTSTART:202701{:02}T{:02}0000Z\r\n"
    rest = "DURATION:PT30M\r\nSUMMARY:Call {}\r\nDESCRIPTION:{}\r\nEND:VEVENT\r\n"
    text = "x" * (BYTES_AN_EVENT - 150)
    with path.open("w", encoding="ascii", newline="") as file:
        file.write("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
        for number in range(size // BYTES_AN_EVENT):
            day, hour = number % 28 + 1, number % 24
            file.write(head.format(name, number, day, hour) + rest.format(number, text))
        file.write("END:VCALENDAR\r\n")
    return path


def _import(ground: Ground, server: Served, path: Path) -> tuple[int, int]:
    """The most memory that the command held, and how many events it created."""
    token = requests.token_of(1, "*", ground.now)
    command = [sys.executable, "-m", "deskcal.cli.main", "ics", "import"]
    named = {"DESKCAL_CONNECT": f"127.0.0.1:{server.port}", "DESKCAL_TOKEN": token}
    process = subprocess.Popen(
        [*command, str(path)], env=environment() | named, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    out = process.stdout.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the import failed: {out}")
    return used.ru_maxrss * 1024, int(out.split()[0])

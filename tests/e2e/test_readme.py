"""Every block of the README is run, in order, in an empty home, and compared.

Issue 12, 23. Ports are replaced by free ones, the PostgreSQL of the text by one of the tests.
"""

import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from e2e.test_foreign_client import node
from e2e.transcript import Block, Terminal, blocks, pattern_of, steps, without_times
from ports import free_ports
from postgres_server import PostgresServer

ROOT = Path(__file__).parents[2]
PORTS = ("8765", "8766", "9765", "9766", "9767")
DATABASE = "postgresql://deskcal@db/deskcal"
NOTE = re.compile(r"terminal (\w+)(, keeps running| shows)?|file (\S+)")


def page() -> list[Block]:
    return blocks((ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty directory but for the files of the source tree that `make run` needs."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "src", "web", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


class Reader:
    """Follows the page: terminals by name, and the text as it is for this run."""

    def __init__(self, home: Path, replace: Callable[[str], str], environ: dict[str, str]) -> None:
        self._home = home
        self._replace = replace
        self._environ = environ
        self._terminals: dict[str, Terminal] = {}
        self._closing = AsyncExitStack()

    async def close(self) -> None:
        await self._closing.aclose()

    async def follow(self, block: Block) -> None:
        """Does with the block what its comment says."""
        found = NOTE.fullmatch(block.note)
        assert found, f"a block of the README has no comment that a test understands: {block}"
        text = self._replace(block.text)
        if found[3]:
            (self._home / found[3]).write_text(text, encoding="utf-8")
            return
        terminal = await self._terminal(found[1])
        if found[2] == " shows":
            await terminal.shows(text)
        else:
            await self._run(terminal, text, keeps_running=bool(found[2]))

    async def _run(self, terminal: Terminal, text: str, *, keeps_running: bool) -> None:
        commands = steps(text)
        assert commands, f"no command in: {text}"
        last = commands.pop() if keeps_running else None
        for step in commands:
            output = without_times(await terminal.run(step.command))
            assert pattern_of(step.output).fullmatch(output), (step.command, step.output, output)
        if last is not None:
            terminal.start(last.command)
            await terminal.shows(last.output)

    async def _terminal(self, name: str) -> Terminal:
        if name not in self._terminals:
            self._terminals[name] = one = await Terminal.open(self._home, self._environ)
            self._closing.push_async_callback(one.close)
        return self._terminals[name]


@pytest.fixture
async def reader(home: Path, postgres: PostgresServer) -> AsyncIterator[Reader]:
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESKCAL_")}
    environ = kept | {
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "PATH": f"{kept['PATH']}:{Path(node()).parent}",
        "DESKCAL_TCP": f"127.0.0.1:{ports['8765']}",
        "DESKCAL_WEB": f"127.0.0.1:{ports['8766']}",
        "DESKCAL_CONNECT": f"127.0.0.1:{ports['8765']}",
    }
    with postgres.database() as url:

        def replace(text: str) -> str:
            for port, free in ports.items():
                text = re.sub(rf"\b{port}\b", free, text)
            return text.replace(DATABASE, f"'{url}'").replace("postgresql://db/deskcal", "...")

        reader = Reader(home, replace, environ)
        try:
            yield reader
        finally:
            await reader.close()


async def test_every_block_of_the_readme_does_what_the_page_shows(reader: Reader) -> None:
    for block in page():
        await reader.follow(block)


def test_the_steps_of_a_block_are_its_commands_with_their_outputs() -> None:
    text = "$ a 'b\n  c' \\\n  d\nout\n$ e\n"
    assert [(step.command, step.output) for step in steps(text)] == [
        ("a 'b\n  c' \\\n  d\n", "out\n"),
        ("e\n", ""),
    ]


def test_dots_stand_for_any_text_and_times_are_not_compared() -> None:
    shown = pattern_of('{\n  "time": 1795232630\n...\n}\n')
    assert shown.fullmatch(without_times('{\n  "time": 1800000000\n  more\n}\n'))
    assert not shown.fullmatch(without_times('{\n  "tim": 1800000000\n  more\n}\n'))


@pytest.mark.parametrize(
    "times", ["2026-03-09 15:30-16:00 UTC", "2026-03-09 23:30 to 2026-03-10 00:30 UTC"]
)
def test_the_times_of_an_event_are_not_compared_whatever_the_hour(times: str) -> None:
    shown = pattern_of("15:20:00  added     #1  'Call'  2026-11-27 09:25-10:25 UTC\n")
    assert shown.fullmatch(without_times(f"23:15:28  added     #1  'Call'  {times}\n"))

"""A page of documentation as a transcript: its blocks, run in terminals, their output compared.

A comment above each fenced block says what to do with it:

- `<!-- terminal NAME -->`: run the lines after `$ ` in that terminal, compare what follows each;
- `<!-- terminal NAME, keeps running -->`: the same, but the last command does not end;
- `<!-- terminal NAME shows -->`: what the running command prints next;
- `<!-- file NAME -->`: write the block to that file.

`...` in an expected output stands for any text. Times and tokens are not compared.
"""

import asyncio
import codecs
import os
import re
import shlex
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

WAIT_SEC = 60
PROMPT = "$ "

_BLOCK = re.compile(r"(?:<!-- ([^>]*) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TIMES = (
    (re.compile(r'("(?:created_|updated_)?time": ?)\d{10}\b'), r"\1TIME"),
    (re.compile(r"^\d\d:\d\d:\d\d ", re.MULTILINE), "CLOCK "),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(-| to \d{4}-\d\d-\d\d )\d\d:\d\d UTC"), "WHEN"),
)


class Block(Struct, frozen=True):
    """One fenced block."""

    note: str
    """The text of the comment above it; empty: there is none."""
    text: str


class Step(Struct, frozen=True):
    """A command and the output that the page shows for it."""

    command: str
    output: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page in order."""
    return [Block(found[1] or "", found[3]) for found in _BLOCK.finditer(page)]


def steps(text: str) -> list[Step]:
    """The commands of a block; one continues while its quotes are open or a line ends in `\\`."""
    found: list[Step] = []
    command = ""
    for line in text.splitlines(keepends=True):
        if command:
            command += line
        elif line.startswith(PROMPT):
            command = line.removeprefix(PROMPT)
        elif found:
            found[-1] = Step(found[-1].command, found[-1].output + line)
        if command and _is_complete(command):
            found.append(Step(command, ""))
            command = ""
    return found


def _is_complete(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return False
    return not command.endswith("\\\n")


def pattern_of(expected: str) -> re.Pattern[str]:
    """What an output has to match to be as the page shows it."""
    parts = map(re.escape, without_times(expected).split("..."))
    return re.compile(".*?".join(parts), re.DOTALL)


def without_times(text: str) -> str:
    """The text with a word in place of each time that differs from run to run."""
    for pattern, replacement in _TIMES:
        text = pattern.sub(replacement, text)
    return text


class Terminal:
    """A bash in a directory, which runs commands one after the other."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._output = ""
        self._commands = 0

    @classmethod
    async def open(cls, home: Path, environ: Mapping[str, str]) -> "Terminal":
        """A terminal whose working directory is `home`."""
        process = await asyncio.create_subprocess_exec(
            "bash",
            "--norc",
            cwd=home,
            env=environ,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        return cls(process)

    async def run(self, command: str) -> str:
        """The output of a command that ends."""
        self._commands += 1
        end = f"end of command {self._commands}\n"
        self._send(command)
        self._send(f"printf 'end of command %s\\n' {self._commands}\n")
        await self._read_until(re.compile(re.escape(end)))
        output, self._output = self._output.split(end, 1)
        return output

    def start(self, command: str) -> None:
        """Runs a command that does not end by itself."""
        self._send(command)

    async def shows(self, expected: str) -> None:
        """Waits until the running command has printed each of the lines; drops its output."""
        for line in expected.splitlines():
            await self._read_until(pattern_of(line))
        self._output = ""

    async def close(self) -> None:
        """Ends bash and what it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.communicate()

    def _send(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())

    async def _read_until(self, pattern: re.Pattern[str]) -> None:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(WAIT_SEC):
                while not pattern.search(without_times(self._output)):
                    data = await self._process.stdout.read(65_536)
                    assert data, f"the terminal ended after: {self._output}"
                    self._output += self._decoder.decode(data).replace("\r", "")
        except TimeoutError as exc:
            raise AssertionError(f"expected {pattern.pattern}\nfound {self._output}") from exc

"""`deskcal ics import` against a server process."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import deskcal
from e2e.process import COMMAND, WAIT_SEC, ServerProcess, environment, start
from harness import token
from helpers import NEVER

TOKEN = token(10, exp=NEVER)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    process = await start("--data", str(tmp_path / "data"))
    try:
        yield process
    finally:
        await process.end()


def named(server: ServerProcess) -> dict[str, str]:
    """The settings of a command that asks this server."""
    return {"DESKCAL_CONNECT": f"{server.host}:{server.port}", "DESKCAL_TOKEN": TOKEN}


async def ics(server: ServerProcess, *arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of `deskcal ics`."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "ics",
        *arguments,
        env=environment() | named(server),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(WAIT_SEC):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def event(number: int) -> str:
    text = "x" * 2000
    return (
        f"BEGIN:VEVENT\nUID:{number}@test\nDTSTART:20270105T090000Z\nSUMMARY:Call {number}\n"
        f"DESCRIPTION:{text}\nEND:VEVENT\n"
    )


async def test_a_file_larger_than_a_message_is_imported_and_again_changes_nothing(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "large.ics"
    bad = "BEGIN:VEVENT\nUID:bad\nEND:VEVENT\n"
    body = "".join(map(event, range(700)))
    file.write_text(f"BEGIN:VCALENDAR\n{body}{bad}END:VCALENDAR\n")
    assert file.stat().st_size > 1024 * 1024
    status, out, _ = await ics(server, "import", "--dry-run", str(file))
    assert (status, out) == (
        0,
        "would be: 700 created, 0 updated, 0 unchanged, 1 left out\n",
    )
    status, out, err = await ics(server, "import", "--manager", "11", str(file))
    assert (status, out) == (0, "700 created, 0 updated, 0 unchanged, 1 left out\n")
    line = 1 + body.count("\n") + 1
    assert err == f"left out: line {line}: an event without DTSTART (bad)\n"
    status, out, _ = await ics(server, "import", "--manager", "11", str(file))
    assert out == "0 created, 0 updated, 700 unchanged, 1 left out\n"
    async with deskcal.Client.connect(server.host, server.port, token=TOKEN) as client:
        page = await client.get_events_by_filter(since=1, until=NEVER, manager_id=11, limit=1)
        assert page.count == 700


async def test_on_a_terminal_the_import_shows_how_much_is_done(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "calendar.ics"
    file.write_text(f"BEGIN:VCALENDAR\n{''.join(map(event, range(300)))}END:VCALENDAR\n")
    terminal, its_end = os.openpty()
    try:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *("ics", "import", "--dry-run", str(file)),
            env=environment() | named(server),
            stdout=asyncio.subprocess.PIPE,
            stderr=its_end,
        )
    finally:
        os.close(its_end)
    async with asyncio.timeout(WAIT_SEC):
        shown = asyncio.create_task(asyncio.to_thread(all_of, terminal))
        out, _ = await process.communicate()
        text = await shown
    assert out == b"would be: 300 created, 0 updated, 0 unchanged, 0 left out\n"
    percents = [int(found) for found in re.findall(r"([0-9]+)%", text)]
    assert "import" in text and percents == sorted(percents)
    assert len(set(percents)) > 2 and percents[-1:] == [100]


def all_of(terminal: int) -> str:
    """What is written to a terminal until its other end is closed, which Linux reports as EIO."""
    text = b""
    with open(terminal, "rb", buffering=0) as output:
        try:
            while piece := output.read(4096):
                text += piece
        except OSError:
            pass
    return text.decode()


async def test_what_is_too_long_is_named_and_the_rest_is_taken(
    server: ServerProcess, tmp_path: Path
) -> None:
    """An attachment in the text is longer than a message; so are all exceptions of one event."""
    attached = event(1).replace("SUMMARY", f"ATTACH;ENCODING=BASE64:{'A' * 2_000_000}\nSUMMARY")
    moved = [
        event(2).replace(
            "SUMMARY", f"RECURRENCE-ID:20270105T09{one // 60:02}{one % 60:02}Z\nSUMMARY"
        )
        for one in range(600)
    ]
    body = "".join([event(0), attached, *moved, event(3)])
    file = tmp_path / "long.ics"
    file.write_text(f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n")
    status, out, err = await ics(server, "import", str(file))
    assert (status, out) == (0, "3 created, 0 updated, 0 unchanged, 2 left out\n")
    first, second = err.splitlines()
    assert first.startswith("left out: line 8: 1 of its properties that deskcal has no field for")
    assert second.startswith("left out: line 15: the event with its exceptions has 12")


async def test_what_is_left_out_is_counted_also_where_it_is_too_much_to_be_named(
    server: ServerProcess, tmp_path: Path
) -> None:
    todos = [f"BEGIN:VTODO\nUID:{one}\nEND:VTODO\n" for one in range(1200)]
    file = tmp_path / "todos.ics"
    file.write_text(f"BEGIN:VCALENDAR\n{event(1)}{''.join(todos)}END:VCALENDAR\n")
    status, out, err = await ics(server, "import", str(file))
    assert (status, out) == (0, "1 created, 0 updated, 0 unchanged, 1200 left out\n")
    *named, last = err.splitlines()
    assert len(named) == 1000
    assert last == "left out: 200 more, which the server's answer does not name"


async def test_of_a_file_that_is_cut_the_rest_is_named_with_its_line(
    server: ServerProcess, tmp_path: Path
) -> None:
    text = "BEGIN:VCALENDAR\n" + "".join(map(event, range(300)))
    file = tmp_path / "cut.ics"
    file.write_text(text[: text.rindex("SUMMARY")])
    status, out, err = await ics(server, "import", str(file))
    assert (status, out) == (0, "299 created, 0 updated, 0 unchanged, 1 left out\n")
    line = text[: text.rindex("BEGIN:VEVENT")].count("\n") + 1
    assert err == f"left out: line {line}: the file ends in the middle of this event (299@test)\n"


async def test_a_calendar_is_exported_to_a_file_and_to_stdout(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "calendar.ics"
    file.write_text(f"BEGIN:VCALENDAR\n{event(1)}{event(2)}END:VCALENDAR\n")
    await ics(server, "import", "--desk", "DESK_EU", str(file))
    copy = tmp_path / "copy.ics"
    assert await ics(server, "export", str(copy)) == (0, "", "2 events and series\n")
    for _ in range(2):
        status, out, _ = await ics(server, "import", str(copy))
        assert (status, out) == (0, "0 created, 0 updated, 2 unchanged, 0 left out\n")
    status, out, _ = await ics(server, "export", "--desk", "DESK_*", "-")
    assert status == 0 and out.count("BEGIN:VEVENT") == 2
    status, _, err = await ics(server, "export", "--desk", "*", "--manager", "3", "-")
    assert status == 2 and "name one of them" in err


async def test_the_calendar_of_another_manager_is_exported(
    server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "calendar.ics"
    file.write_text(f"BEGIN:VCALENDAR\n{event(1)}{event(2)}END:VCALENDAR\n")
    await ics(server, "import", "--manager", "11", str(file))
    for named, count in (([], 0), (["--manager", "11"], 2)):
        status, out, _ = await ics(server, "export", *named, "-")
        assert (status, out.count("BEGIN:VEVENT")) == (0, count)


async def test_what_is_no_calendar_is_reported(server: ServerProcess, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello\n")
    status, _, err = await ics(server, "import", str(file))
    assert status == 1
    assert err == f"deskcal: {file} has no BEGIN:VCALENDAR: it is not an iCalendar file\n"


async def test_an_export_to_where_nothing_can_be_written_is_reported_in_one_line(
    server: ServerProcess, tmp_path: Path
) -> None:
    status, _, said = await ics(server, "export", str(tmp_path / "none" / "out.ics"))
    assert (status, "Traceback" in said) == (1, False)
    assert said.startswith(f"deskcal: {tmp_path}/none/out.ics.part: No such file")


async def test_an_export_to_what_is_no_file_does_not_replace_it(
    server: ServerProcess, tmp_path: Path
) -> None:
    """Of /dev/null an administrator would have made a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = asyncio.create_task(asyncio.to_thread(pipe.read_text))
    status, _, said = await ics(server, "export", str(pipe))
    async with asyncio.timeout(WAIT_SEC):
        assert "BEGIN:VCALENDAR" in await reading
    assert (status, pipe.is_fifo()) == (0, True), said

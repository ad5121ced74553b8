"""`deskcal ics`: an iCalendar file to events, part by part, and a calendar to a file."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from deskcal.cli.connect import client_of, connect_options, require_token
from deskcal.cli.failure import Failure
from deskcal.cli.options import Number
from deskcal.cli.text import counted
from deskcal.client.client import Client
from deskcal.core.event import MAX_ID
from deskcal.ical.split import FilePart, Places, find_places, parts_of
from deskcal.limits import Limits

PART_BYTES = 300 * 1024
"""Of the file in one message: less than a message may have, with the escapes of JSON, and where
each byte becomes a character of three."""
MESSAGE_BYTES = Limits().max_message_bytes - 8192
"""Of the data of one message; the token and the command come to it."""
_LINE = re.compile(r"line ([0-9]+)")
_COUNTS = ("created", "updated", "unchanged")


@click.group()
def ics() -> None:
    """Work with iCalendar files (.ics)."""


@ics.command("import")
@connect_options
@click.option(
    "--manager", type=Number(1, MAX_ID), metavar="ID", help="Owner.  [default: the token's]"
)
@click.option("--brand", help="Brand of the events.")
@click.option("--desk", help="Desk of the events.")
@click.option("--dry-run", is_flag=True, help="Only report what would be done.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_ics(file: Path, **options: Any) -> None:
    """Import the events of an iCalendar file.

    Events are found again by their UID: run it again with a newer file, and what is newer is
    updated. What is left out is printed to stderr, with its line. The exit status is 0 also then.
    """
    require_token(options)
    with file.open("rb") as opened:
        places = find_places(opened)
        if not places.is_calendar:
            raise Failure(f"{file} has no BEGIN:VCALENDAR: it is not an iCalendar file")
        counts = asyncio.run(_import(opened, places, options))
    verb = "would be: " if options["dry_run"] else ""
    click.echo(verb + ", ".join(f"{counts[name]} {name}" for name in (*_COUNTS, "left out")))


@ics.command("export")
@connect_options
@click.option(
    "--manager",
    type=Number(1, MAX_ID),
    metavar="ID",
    help="Whose calendar.  [default: the token's]",
)
@click.option("--desk", metavar="MASK", help="All events of these desks instead.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
def export_ics(file: str, **options: Any) -> None:
    """Export a calendar to an iCalendar file; - is stdout.

    The file is written as a whole or not at all. An import elsewhere finds its events again by
    their UID.
    """
    require_token(options)
    if options["manager"] and options["desk"]:
        raise click.UsageError("--manager and --desk together: name one of them")
    found = asyncio.run(_export(options))
    if file == "-":
        click.echo(found["ics"], nl=False)
        return
    _write(Path(file), found["ics"])
    click.echo(counted(found["count"], "event or series", "events and series"), err=True)


def _write(file: Path, text: str) -> None:
    """Replaces a file as a whole; what is no file, such as /dev/null, is written to."""
    if file.exists() and not file.is_file():
        file.write_text(text, encoding="utf-8", newline="")
        return
    part = Path(f"{file}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise


async def _export(options: dict[str, Any]) -> Any:
    names = {"manager": "manager_id", "desk": "deskFilter"}
    data = {wire: options[name] for name, wire in names.items() if options[name]}
    async with client_of(options, timeout_sec=60) as client:
        return await client.call("MngExportCalendarEvents", data)


async def _import(file: BinaryIO, places: Places, options: dict[str, Any]) -> dict[str, int]:
    counts = dict.fromkeys((*_COUNTS, "left out"), 0)
    data = {name: options[name] for name in ("brand", "desk") if options[name]}
    data |= {"dry_run": int(options["dry_run"])}
    data |= {"owner_manager_id": options["manager"]} if options["manager"] else {}
    async with client_of(options, timeout_sec=60) as client:
        with _bar(places.total_bytes) as bar:
            for part in parts_of(file, places, PART_BYTES):
                answer = await _import_part(client, data, part)
                bar.update(part.done_bytes - bar.pos)
                _add(counts, answer, part)
    return counts


async def _import_part(client: Client, data: dict[str, Any], part: FilePart) -> Any:
    """The answer; that of a UID which alone is longer than a message may be says so.

    It is not sent: a server closes the connection of a longer message, and its answer may be lost.
    """
    message = data | {"ics": part.text.decode("utf-8", "replace")}
    length = len(msgspec.json.encode(message))
    if length > MESSAGE_BYTES and part.uids == 1:
        why = f"line {part.lines[0][0]}: the event with its exceptions has {length} bytes"
        why += f"; at most {MESSAGE_BYTES} are taken: shorten it, or make it two series"
        return dict.fromkeys(_COUNTS, 0) | {
            "skipped": [{"uid": "", "why": why}],
            "skipped_count": 1,
        }
    return await client.call("MngImportCalendarEvents", message)


def _add(counts: dict[str, int], answer: dict[str, Any], part: FilePart) -> None:
    for name in _COUNTS:
        counts[name] += answer[name]
    counts["left out"] += answer["skipped_count"]
    for skipped in answer["skipped"]:
        why = _LINE.sub(lambda found: f"line {part.line_of(int(found[1]))}", skipped["why"])
        click.echo(f"left out: {why} ({skipped['uid'] or 'no UID'})", err=True)
    unnamed = answer["skipped_count"] - len(answer["skipped"])
    if unnamed:
        click.echo(f"left out: {unnamed} more, which the server's answer does not name", err=True)


def _bar(length: int) -> Any:
    """On stderr, if that is a terminal."""
    return click.progressbar(
        length=max(length, 1), label="import", file=sys.stderr, hidden=not sys.stderr.isatty()
    )

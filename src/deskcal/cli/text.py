"""Text for a terminal: JSON with characters in place of escapes, errors, times."""

import datetime as dt
import functools
import json
import re

import msgspec

from deskcal.errors import DeskcalError

_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\.")


def readable_json(text: bytes, encoding: str) -> str:
    r"""JSON text indented; \uXXXX become characters that `encoding` has and a terminal can show.

    Numbers stay as they are written, and control characters stay escaped.
    """
    pretty = msgspec.json.format(text, indent=2).decode()
    return _ESCAPES.sub(functools.partial(_unescaped, encoding=encoding), pretty)


def readable_error(error: DeskcalError) -> str:
    """One line: status, code, field and message; control characters are shown as escapes."""
    status = error.details.get("status", error.status)
    code = error.details.get("code", error.code)
    field = f" {error.field}:" if error.field else ":"
    line = f"{status} {code}{field} {error.message}"
    return printable(line)


def printable(line: str) -> str:
    """The line with control characters and line breaks as escapes."""
    return "".join(c if c.isprintable() else _escaped(c) for c in line)


def counted(count: int, one: str, many: str = "") -> str:
    """The number with its noun: `1 event`, `2 events`; `many`: of more than one, else with an s."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def utc_span(start_time: int, end_time: int) -> str:
    """Start and end in UTC, to the minute, as reminders write them: `2026-03-09 15:30-16:00`.

    Where the end is on another day: `2026-03-09 23:30 to 2026-03-10 00:30`.
    """
    start, end = (dt.datetime.fromtimestamp(at, dt.UTC) for at in (start_time, end_time))
    if end.date() == start.date():
        return f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"


def _unescaped(match: re.Match[str], encoding: str) -> str:
    run = match[0]
    if not run.startswith("\\u"):
        return run
    characters: str = json.loads(f'"{run}"')
    return "".join(c if _can_show(c, encoding) else _escaped(c) for c in characters)


def _can_show(character: str, encoding: str) -> bool:
    if not character.isprintable() or character in '"\\':
        return False
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _escaped(character: str) -> str:
    """As a JSON escape."""
    return json.dumps(character)[1:-1]

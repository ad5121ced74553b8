"""iCalendar text to components: unfolding, properties and their parameters. Pure.

Any text is taken: what cannot be read is named with its line. Source: RFC 5545, 3.1 and 3.2.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

MAX_DEPTH = 4
"""Components inside each other."""

_NAME = re.compile(r"([A-Za-z0-9-]{1,64})(?=[;:])")
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,64})=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
_LINE_END = re.compile(r"\r\n|\n|\r")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Property(Struct, frozen=True):
    """One content line."""

    name: str
    """In upper case."""
    params: Mapping[str, str]
    """By name in upper case, without quotes."""
    value: str
    """As it stands, with its escapes."""
    line: int
    """The first line of it is line 1 of the file."""
    text: str
    """The whole of it, unfolded."""


class Part(Struct):
    """One component with those inside it."""

    name: str
    """In upper case: VEVENT, VTIMEZONE, VALARM."""
    line: int
    properties: list[Property]
    parts: list["Part"]
    is_cut: bool = False
    """The file ends before the component does."""

    def first(self, name: str) -> Property | None:
        """The first property of that name; None: there is none."""
        return next((one for one in self.properties if one.name == name), None)

    def all(self, name: str) -> list[Property]:
        """All properties of that name, in order."""
        return [one for one in self.properties if one.name == name]


class Problem(Struct, frozen=True):
    """What cannot be read."""

    line: int
    why: str


def raw_lines(text: str) -> list[str]:
    """The lines of a text, which end with CRLF, LF or CR.

    Other characters that end a line for Python are a part of its content. Source: RFC 5545, 3.1.
    """
    return _LINE_END.split(text)


def unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Content lines with the number of their first line; one that begins with a blank goes on."""
    text: list[str] = []
    first = 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if line[:1] in (" ", "\t") and text:
            text.append(line[1:])
            continue
        if text:
            yield first, "".join(text)
        text, first = ([line], number) if line else ([], number)
    if text:
        yield first, "".join(text)


def read_property(text: str, line: int) -> Property | None:
    """The property of a content line; None: it is none."""
    name = _NAME.match(text)
    if name is None:
        return None
    params: dict[str, str] = {}
    at = name.end()
    while found := _PARAMETER.match(text, at):
        params[found[1].upper()] = found[2].replace('"', "")
        at = found.end()
    if text[at : at + 1] != ":":
        return None
    return Property(name[1].upper(), params, text[at + 1 :], line, text)


def read_parts(lines: Iterable[str], problems: list[Problem]) -> Iterator[Part]:
    """The components inside VCALENDAR, each when it is whole; at the end one that is cut.

    VCALENDAR itself comes first, without those inside it. What cannot be read is added to
    `problems`.
    """
    stack: list[Part] = []
    calendar = Part("VCALENDAR", 0, [], [])
    for number, text in unfolded(lines):
        found = read_property(text, number)
        if found is None:
            problems.append(Problem(number, f"no property: {text[:60]!r}"))
        elif found.name == "END":
            yield from _closed(stack, found.value.strip().upper())
        elif found.name != "BEGIN":
            (stack[-1] if stack else calendar).properties.append(found)
        elif stack or found.value.strip().upper() != "VCALENDAR":
            stack.append(Part(found.value.strip().upper(), number, [], []))
        elif not calendar.line:
            calendar.line = number
            yield calendar
    if stack:
        stack[0].is_cut = True
        yield stack[0]


def _closed(stack: list[Part], name: str) -> Iterator[Part]:
    """Takes the component of that name from the stack, with those inside it that were not ended."""
    if all(part.name != name for part in stack):
        return
    while stack:
        part = stack.pop()
        if not stack:
            yield part
        elif len(stack) < MAX_DEPTH:
            stack[-1].parts.append(part)
        if part.name == name:
            return


def text_of(value: str) -> str:
    r"""A TEXT value without its escapes. Source: RFC 5545, 3.3.11."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)

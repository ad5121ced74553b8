"""Components back to iCalendar text. Pure. Source: RFC 5545, 3.1."""

from collections.abc import Iterable, Iterator

from deskcal.ical.lines import Part

MAX_OCTETS = 75
"""Of a line without its end."""


def calendar_lines(properties: Iterable[str], parts: Iterable[Part]) -> str:
    """A VCALENDAR of content lines and components."""
    lines = ["BEGIN:VCALENDAR", *properties]
    for part in parts:
        lines += part_lines(part)
    return "".join(map(folded, [*lines, "END:VCALENDAR"]))


def part_lines(part: Part) -> Iterator[str]:
    """Its content lines, unfolded."""
    yield f"BEGIN:{part.name}"
    for one in part.properties:
        yield one.text
    for inner in part.parts:
        yield from part_lines(inner)
    yield f"END:{part.name}"


def folded(line: str) -> str:
    """A content line with its end, in lines of at most `MAX_OCTETS`."""
    if len(line) <= MAX_OCTETS and line.isascii():
        return line + "\r\n"
    pieces: list[str] = []
    piece, size = "", 0
    for character in line:
        length = len(character.encode("utf-8", "replace"))
        if size + length > MAX_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece += character
        size += length
    return "\r\n".join([*pieces, piece]) + "\r\n"

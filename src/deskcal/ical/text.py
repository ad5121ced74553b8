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
    if line.isascii():
        return _folded_ascii(line)
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


def _folded_ascii(line: str) -> str:
    """The same of a line in which every character is an octet."""
    if len(line) <= MAX_OCTETS:
        return line + "\r\n"
    rest = range(MAX_OCTETS, len(line), MAX_OCTETS - 1)
    pieces = (line[start : start + MAX_OCTETS - 1] for start in rest)
    return "\r\n ".join([line[:MAX_OCTETS], *pieces]) + "\r\n"

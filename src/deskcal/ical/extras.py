"""What is kept of a VEVENT that deskcal has no field for: whole properties and components. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from deskcal.ical.read import CalendarEvent


def extras_of(events: Iterable[CalendarEvent], most: int) -> tuple[str, int]:
    """Content lines of `most` characters at most, and how many properties are left out.

    A property or component that does not fit is left out whole.
    """
    lines: list[str] = []
    size = left_out = 0
    for unit in _units([line for event in events for line in event.extras]):
        length = sum(len(line) + 2 for line in unit)
        if size + length > most:
            left_out += 1
        else:
            lines += unit
            size += length
    return "\r\n".join(lines), left_out


def _units(lines: Sequence[str]) -> Iterator[list[str]]:
    """Properties, and components from BEGIN to END."""
    unit: list[str] = []
    depth = 0
    for line in lines:
        unit.append(line)
        depth += line.startswith("BEGIN:") - line.startswith("END:")
        if depth == 0:
            yield unit
            unit = []

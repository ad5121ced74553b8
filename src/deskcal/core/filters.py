"""What a list asks for: masks over brand and desk, the time range, equalities. No I/O here."""

from typing import Protocol

import msgspec

MASK_BYTES = 1024
MASK_PATTERNS = 32
REMEMBERED = 1024
"""Codes whose answer a mask keeps; then it starts afresh."""


class BadMask(ValueError):
    """A text that is no mask; str() says why, for people."""


class Mask:
    """Comma-separated patterns over a code: `*` is any run of characters, `!` in front excludes.

    A code matches when at least one including pattern matches the whole of it and no excluding
    one does; the order does not matter. Brands compare exactly, desks by `DeskMask`.
    Source: seed 000, "Desk Scope"; contract, section 8.
    """

    def __init__(
        self, text: str, max_bytes: int = MASK_BYTES, max_patterns: int = MASK_PATTERNS
    ) -> None:
        """Raises: BadMask when too long, of too many patterns, or without an including pattern."""
        if len(text.encode("utf-8", "surrogatepass")) > max_bytes:
            raise BadMask(f"is longer than {max_bytes} bytes")
        patterns = [part.strip() for part in text.split(",")]
        if len(patterns) > max_patterns:
            raise BadMask(f"has {len(patterns)} patterns; at most {max_patterns} are allowed")
        patterns = [pattern for pattern in patterns if pattern]
        self.text = text
        self._includes = [_pieces(self._fold(p)) for p in patterns if not p.startswith("!")]
        self._excludes = [_pieces(self._fold(p[1:].strip())) for p in patterns if p.startswith("!")]
        if not self._includes:
            raise BadMask("has no including pattern; `*` includes every desk")
        self.matches_all = ["", ""] in self._includes and not self._excludes
        """True when every code matches, so that callers can skip asking."""
        self.known: dict[str, bool] = {}
        """Answers to codes that were asked about."""

    def matches(self, code: str) -> bool:
        """Whether `code` (may be empty) is included; remembered, so asking again is a look-up."""
        known = self.known.get(code)
        if known is not None:
            return known
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        folded = self._fold(code)
        answer = any(_fits(p, folded) for p in self._includes)
        answer = answer and not any(_fits(p, folded) for p in self._excludes)
        self.known[code] = answer
        return answer

    def _fold(self, text: str) -> str:
        return text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class DeskMask(Mask):
    """A mask over desk codes, which are upper case: it ignores case."""

    def _fold(self, text: str) -> str:
        return text.upper()


def _pieces(pattern: str) -> list[str]:
    """`A*B` as ["A", "B"]; `***` counts as `*`."""
    parts = pattern.split("*")
    if len(parts) == 1:
        return parts
    return [parts[0], *(part for part in parts[1:-1] if part), parts[-1]]


def _fits(pieces: list[str], code: str) -> bool:
    """Whether the whole code is the pieces with anything between: leftmost fit, no backtracking."""
    if len(pieces) == 1:
        return code == pieces[0]
    head, *middle, tail = pieces
    if len(code) < len(head) + len(tail) or not code.startswith(head) or not code.endswith(tail):
        return False
    at, end = len(head), len(code) - len(tail)
    for piece in middle:
        found = code.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


class TimeSpan(Protocol):
    """Anything with a start and an end, in Unix seconds."""

    @property
    def start_time(self) -> int: ...

    @property
    def end_time(self) -> int: ...


def overlaps(span: TimeSpan, since: int, until: int) -> bool:
    """Whether `span` overlaps [since, until); one without length, when it starts inside.

    Source: RFC 4791, section 9.9; contract, section 6.
    """
    if span.start_time >= until:
        return False
    return span.end_time > since or span.start_time >= since


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an event must be, wherever it is asked for. Source: contract, section 6."""

    desk_filter: DeskMask
    manager_id: int = 0
    """Owner, creator or participant; 0: any."""
    brand: str | None = None
    customer_id: int = 0
    lead_id: int = 0
    login: int = 0
    status: tuple[int, ...] = ()
    """One of these; empty: any."""
    type: tuple[int, ...] = ()


class EventFilter(EventFacts, frozen=True, kw_only=True):
    """What MngGetCalendarEventsByFilter asks for. Source: contract, section 6."""

    since: int
    """Unix seconds; the wire's `from`."""
    until: int
    """Unix seconds, > since; the wire's `to`."""
    limit: int
    offset: int = 0

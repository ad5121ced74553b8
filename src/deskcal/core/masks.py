"""Masks over desk and brand codes: `DESK_EU*,!DESK_EU_TEST`. Pure."""

import functools
import sys

from deskcal.errors import InvalidField
from deskcal.limits import DEFAULT_LIMITS, Limits

REMEMBERED = 1024
"""Codes whose result a mask caches; then the cache is cleared."""


class BadMask(ValueError):
    """A text that is not a mask; str() says why."""


class Mask:
    """Comma-separated patterns over a code: `*` is any run of characters, `!` in front excludes.

    A code matches when at least one including pattern matches the whole of it and no excluding
    one does; the order does not matter. Brands compare exactly, desks by `DeskMask`.
    Source: seed 000, "Desk Scope"; contract, section 8.
    """

    def __init__(
        self,
        text: str,
        max_bytes: int = DEFAULT_LIMITS.max_mask_bytes,
        max_patterns: int = DEFAULT_LIMITS.max_mask_patterns,
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
        self.includes_all = ["", ""] in self._includes
        """True when every code matches that no pattern excludes."""
        self.matches_all = self.includes_all and not self._excludes
        """True when every code matches, so that callers can skip asking."""
        self.known: dict[str, bool] = {}
        """Cached results by code."""

    def matches(self, code: str) -> bool:
        """Whether `code` (may be empty) matches; the result is cached."""
        known = self.known.get(code)
        if known is not None:
            return known
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        self.known[code] = answer = self.fits(code)
        return answer

    def fits(self, code: str) -> bool:
        """`matches` without remembering, for those who ask about many codes once."""
        folded = self._fold(code)
        if not any(_fits(pattern, folded) for pattern in self._includes):
            return False
        return not any(_fits(pattern, folded) for pattern in self._excludes)

    def included(self) -> list[tuple[str, bool]]:
        """How the codes of each including pattern begin, and whether that is the whole code."""
        return [(pieces[0], len(pieces) == 1) for pieces in self._includes]

    def excluded(self) -> list[tuple[str, bool]]:
        """The same of each excluding pattern."""
        return [(pieces[0], len(pieces) == 1) for pieces in self._excludes]

    def _fold(self, text: str) -> str:
        return text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class DeskMask(Mask):
    """A mask over desk codes, which are upper case: it ignores case."""

    def _fold(self, text: str) -> str:
        return text.upper()


def desk_mask(text: str, limits: Limits = DEFAULT_LIMITS) -> DeskMask:
    """The mask of `text`; equal texts share one object. Raises: BadMask."""
    return _desk_mask(text, limits.max_mask_bytes, limits.max_mask_patterns)


def brand_mask(text: str, limits: Limits = DEFAULT_LIMITS) -> Mask:
    """The mask of `text`; equal texts share one object. Raises: BadMask."""
    return _brand_mask(text, limits.max_mask_bytes, limits.max_mask_patterns)


def desk_mask_of(field: str, text: str, limits: Limits) -> DeskMask:
    """The mask that a client sent in `field`. Raises: InvalidField."""
    try:
        return desk_mask(text, limits)
    except BadMask as exc:
        raise InvalidField(f"{field} ({text[:64]!r}) {exc}", field=field) from exc


def checked_desk_mask(text: str) -> DeskMask:
    """The mask of a text that was checked earlier, whatever the limits are now."""
    return _desk_mask(text, sys.maxsize, sys.maxsize)


def checked_brand_mask(text: str) -> Mask:
    """The brand mask of a text that was checked when it was taken."""
    return _brand_mask(text, sys.maxsize, sys.maxsize)


@functools.lru_cache(maxsize=1024)
def _desk_mask(text: str, max_bytes: int, max_patterns: int) -> DeskMask:
    return DeskMask(text, max_bytes, max_patterns)


@functools.lru_cache(maxsize=1024)
def _brand_mask(text: str, max_bytes: int, max_patterns: int) -> Mask:
    return Mask(text, max_bytes, max_patterns)


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

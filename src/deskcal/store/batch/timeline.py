"""Where the numbers of changes go on after a start, so that no number is given out twice. Pure.

A store that is opened may be a restored backup: changes after the backup are undone, and their
numbers would be given out again. So each start goes on at a number that is taken from the clock,
and the numbers in between are remembered as a gap. See docs/decisions/0014.
"""

from collections.abc import Iterable

from deskcal.errors import ResyncRequired

EPOCH = 1_577_836_800
"""2020-01-01, Unix seconds: numbers are counted from there."""
NUMBERS_PER_MS = 1024
"""Changes that a store makes in a millisecond, at most and on average since it was started."""

Gap = tuple[int, int]
"""The last number before, and where the numbers go on: cursors between the two are undone."""


def next_gap(last_seq: int, now: float) -> Gap | None:
    """The gap after `last_seq` of a store that is opened at `now` (Unix seconds).

    None: it holds no change so far. Numbers stay below 2^53 until the year 2298.
    """
    if not last_seq:
        return None
    return (last_seq, max(int((now - EPOCH) * 1000) * NUMBERS_PER_MS, last_seq + 1))


def require_kept(since: int, floor_seq: int, last_seq: int, gaps: Iterable[Gap]) -> None:
    """Raises: ResyncRequired if nothing can be resumed from the cursor.

    It is older than what is kept, of another store, or in a gap. Source: contract, section 7.
    """
    if not floor_seq <= since <= last_seq:
        raise ResyncRequired(
            f"since ({since}) is not among the changes that are kept ({floor_seq} to {last_seq}): "
            "list the events again",
            field="since",
        )
    if any(lower < since < upper for lower, upper in gaps):
        raise undone(since)


def undone(since: int) -> ResyncRequired:
    """The error for such a cursor."""
    return ResyncRequired(
        f"since ({since}) is of changes that a restored backup has undone: list the events again",
        field="since",
    )

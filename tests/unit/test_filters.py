"""The range of a list against a walk second by second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.filters import EventFilter, overlaps
from deskcal.core.masks import DeskMask
from helpers import make_event

seconds = st.integers(0, 12)


def slowly_overlaps(start: int, end: int, since: int, until: int) -> bool:
    """RFC 4791, 9.9: some second of the event is in the range; without length, its moment."""
    taken = set(range(start, end)) or {start}
    return not taken.isdisjoint(range(since, until))


@given(seconds, seconds, seconds, seconds)
def test_overlap_is_having_a_second_in_common(start: int, length: int, since: int, n: int) -> None:
    end, until = start + length, since + n + 1
    event = make_event(start_time=start, end_time=end)
    assert overlaps(event, since, until) == slowly_overlaps(start, end, since, until)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (5, 10, False),
        (5, 11, True),
        (19, 30, True),
        (20, 30, False),
        (5, 30, True),
        (10, 10, True),
        (19, 19, True),
        (20, 20, False),
        (9, 9, False),
    ],
)
def test_the_range_10_to_20_holds_its_first_second_and_not_its_last(
    start: int, end: int, expected: bool
) -> None:
    assert overlaps(make_event(start_time=start, end_time=end), 10, 20) is expected


def test_a_filter_that_names_only_what_is_required_asks_for_anything_else() -> None:
    wanted = EventFilter(since=1, until=2, limit=3, desk_filter=DeskMask("*"))
    assert (wanted.offset, wanted.manager_id, wanted.brand) == (0, 0, None)
    assert (wanted.manager_ids, wanted.equal, wanted.overdue_at) == ((), {}, 0)

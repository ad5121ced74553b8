"""Who gets which events in a handover, and what becomes of them. Source: contract, section 15."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.event import Event, ParticipantRole, ParticipantStatus
from deskcal.core.handover import (
    Assignment,
    Receiver,
    assign,
    digest_of,
    first_shown,
    handed_over,
    is_handed_over,
    totals,
)
from helpers import NOW, make_event, make_owner_row, make_row

BOTH = ("owner", "participant")
GUEST = make_event(
    owner_manager_id=20,
    created_by=10,
    participants=(
        make_owner_row(20),
        make_row(12, role=ParticipantRole.OPTIONAL, status=ParticipantStatus.TENTATIVE),
        make_row(30, status=ParticipantStatus.DECLINED),
    ),
)


def timed(event_id: int, start: int, end: int, **named: Any) -> tuple[Event, int, int]:
    event = make_event(id=event_id, start_time=start, end_time=end, **named)
    return event, start, end


def receivers_of(found: list[Assignment]) -> list[tuple[int, bool]]:
    return [(one.manager_id, one.is_conflict) for one in found]


@pytest.mark.parametrize(
    ("manager_id", "roles", "expected"),
    [
        (20, BOTH, True),
        (20, ("participant",), False),
        (12, ("participant",), True),
        (12, ("owner",), False),
        (10, BOTH, False),
    ],
)
def test_an_event_goes_where_the_manager_has_one_of_the_roles(
    manager_id: int, roles: tuple[str, ...], expected: bool
) -> None:
    assert is_handed_over(GUEST, manager_id, roles) is expected


def test_first_gives_everything_to_the_first_also_where_they_are_busy() -> None:
    busy = [(NOW, NOW + 60)]
    events = [timed(1, NOW, NOW + 60), timed(2, NOW + 60, NOW + 90)]
    found = assign(events, [Receiver(13, busy, 9), Receiver(14, [], 0)], "first")
    assert receivers_of(found) == [(13, True), (13, False)]


def test_spread_takes_the_manager_who_is_free_and_has_the_fewest() -> None:
    busy = [(NOW, NOW + 60)]
    events = [timed(1, NOW, NOW + 60), timed(2, NOW + 30, NOW + 90), timed(3, NOW + 90, NOW + 99)]
    found = assign(events, [Receiver(13, busy, 0), Receiver(14, [], 5)], "spread")
    assert receivers_of(found) == [(14, False), (13, True), (13, False)]


def test_of_equals_the_first_named_is_taken_and_what_was_assigned_counts() -> None:
    events = [timed(number, NOW + number * 60, NOW + number * 60 + 60) for number in range(4)]
    found = assign(events, [Receiver(13, [], 0), Receiver(14, [], 0)], "spread")
    assert receivers_of(found) == [(13, False), (14, False), (13, False), (14, False)]


def test_an_event_without_length_or_in_which_they_take_part_is_no_conflict() -> None:
    rows = (make_owner_row(10), make_row(13))
    events = [timed(1, NOW, NOW), timed(2, NOW, NOW + 60, participants=rows)]
    assert receivers_of(assign(events, [Receiver(13, [(0, NOW * 2)], 0)], "first")) == [
        (13, False),
        (13, False),
    ]


def test_what_is_shown_as_free_is_no_conflict_and_makes_none() -> None:
    """Source: contract, section 12."""
    events = [timed(1, NOW, NOW + 90, show_as=1), timed(2, NOW, NOW + 60)]
    events += [timed(3, NOW + 30, NOW + 90, show_as=1), timed(4, NOW + 30, NOW + 90)]
    found = assign(events, [Receiver(13, [], 0)], "first")
    assert [one.is_conflict for one in found] == [False, False, False, True]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=12),
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=4),
)
def test_conflicts_are_those_of_a_comparison_with_everything(
    spans: list[tuple[int, int]], blocks: list[tuple[int, int]]
) -> None:
    from_free: list[tuple[int, int]] = []
    for start, length in sorted(blocks):
        if not from_free or start > from_free[-1][1]:
            from_free.append((start, start + length))
    events = [timed(n + 1, s + 1, s + 1 + d) for n, (s, d) in enumerate(sorted(spans))]
    taken = list(from_free)
    for (_, start, end), one in zip(
        events, assign(events, [Receiver(13, from_free, 0)], "first"), strict=True
    ):
        overlaps = end > start and any(start < e and s < end for s, e in taken if e > s)
        assert one.is_conflict is overlaps
        taken.append((start, end))


def test_an_owner_s_event_gets_the_new_owner_and_the_old_one_leaves_it() -> None:
    event = handed_over(GUEST, 20, 14, actor=1, now=NOW + 5)
    assert [(row.manager_id, row.role, row.status) for row in event.participants] == [
        (14, 0, 1),
        (12, 2, 3),
        (30, 1, 2),
    ]
    assert (event.owner_manager_id, event.created_by, event.version) == (14, 10, 2)
    assert (event.updated_by, event.updated_time) == (1, NOW + 5)


def test_a_participant_who_becomes_owner_keeps_the_answer() -> None:
    event = handed_over(GUEST, 20, 30, actor=1, now=NOW)
    assert [(row.manager_id, row.role, row.status) for row in event.participants] == [
        (30, 0, 2),
        (12, 2, 3),
    ]


def test_a_participant_s_place_goes_on_with_its_role_and_no_answer_yet() -> None:
    event = handed_over(GUEST, 12, 14, actor=1, now=NOW)
    assert [(row.manager_id, row.role, row.status) for row in event.participants] == [
        (20, 0, 1),
        (14, 2, 0),
        (30, 1, 2),
    ]
    assert event.owner_manager_id == 20


def test_a_receiver_who_takes_part_already_keeps_role_and_answer() -> None:
    event = handed_over(GUEST, 12, 30, actor=1, now=NOW)
    assert [(row.manager_id, row.role, row.status) for row in event.participants] == [
        (20, 0, 1),
        (30, 1, 2),
    ]


def test_the_digest_is_that_of_events_versions_and_receivers_in_any_order() -> None:
    one, two = Assignment(1, 1, 13, False), Assignment(2, 1, 14, True)
    assert digest_of([one, two]) == digest_of([two, one])
    assert digest_of([one]) != digest_of([Assignment(1, 2, 13, False)])
    assert digest_of([one]) != digest_of([Assignment(1, 1, 14, False)])


def test_totals_name_every_receiver() -> None:
    found = [Assignment(1, 1, 13, False), Assignment(2, 1, 13, True)]
    assert totals(found, [13, 14]) == [
        {"manager_id": 13, "count": 2, "conflicts": 1},
        {"manager_id": 14, "count": 0, "conflicts": 0},
    ]


def test_conflicts_are_shown_before_other_events_of_the_manager() -> None:
    found = [
        Assignment(event_id, 1, manager_id, is_conflict)
        for event_id, manager_id, is_conflict in (
            (1, 13, False),
            (2, 14, True),
            (3, 13, True),
            (4, 13, False),
        )
    ]
    assert [one.event_id for one in first_shown(found, 13, 2)] == [3, 1]
    assert [one.event_id for one in first_shown(found, 14, 2)] == [2]
    assert first_shown(found, 15, 2) == []

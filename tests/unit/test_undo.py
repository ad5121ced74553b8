"""What an undo makes of one event. Source: contract, section 15."""

from typing import Any

import msgspec
import pytest

from deskcal.core.event import ChangeType, Event, EventStatus
from deskcal.core.undo import Step, is_answer, is_touched, undone
from helpers import NOW, make_event, make_owner_row, make_row

BEFORE = make_event(title="before", version=4, remind_before_sec=60)
AFTER = make_event(title="after", version=5, remind_before_sec=60)
CHANGED = Step(1, BEFORE, AFTER)
ADDED = Step(1, None, make_event())
DELETED = Step(1, BEFORE, None)


def undo(step: Step, current: Event | None) -> tuple[Event | None, ChangeType]:
    found = undone(step, current, actor=7, now=NOW + 9)
    return found.event, found.type


@pytest.mark.parametrize(
    ("step", "current", "expected"),
    [
        (CHANGED, AFTER, False),
        (CHANGED, msgspec.structs.replace(AFTER, reminder_sent_time=NOW), False),
        (CHANGED, msgspec.structs.replace(AFTER, claimed_by=12, claim_until=NOW), False),
        (CHANGED, msgspec.structs.replace(AFTER, version=6), True),
        (CHANGED, None, True),
        (ADDED, make_event(), False),
        (ADDED, make_event(version=2), True),
        (ADDED, None, True),
        (DELETED, None, False),
        (DELETED, msgspec.structs.replace(BEFORE, version=5), True),
    ],
)
def test_an_event_is_touched_by_another_version_alone(
    step: Step, current: Event | None, expected: bool
) -> None:
    assert is_touched(step, current, actor=7) is expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"updated_by": 7}, False),
        ({"updated_by": 7, "updated_time": NOW + 5, "reminder_sent_time": NOW}, False),
        ({"updated_by": 8}, True),
        ({"updated_by": 7, "title": "other"}, True),
    ],
)
def test_changes_that_the_same_manager_has_taken_back_do_not_count(
    changed: dict[str, Any], expected: bool
) -> None:
    current = msgspec.structs.replace(AFTER, version=8, **changed)
    assert is_touched(CHANGED, current, actor=7) is expected


def test_a_changed_event_gets_its_old_fields_as_a_new_version() -> None:
    event, type_ = undo(CHANGED, AFTER)
    stamped = {"version": 6, "updated_by": 7, "updated_time": NOW + 9}
    assert (event, type_) == (msgspec.structs.replace(BEFORE, **stamped), ChangeType.UPDATED)


def test_an_added_event_is_deleted() -> None:
    assert undo(ADDED, make_event()) == (None, ChangeType.DELETED)


def test_a_deleted_event_is_restored_as_the_next_version() -> None:
    event, type_ = undo(DELETED, None)
    assert event is not None
    assert (event.id, event.title, event.version, type_) == (1, "before", 5, ChangeType.RESTORED)


def test_a_reminder_that_was_fired_stays_fired_unless_it_moves() -> None:
    sent = msgspec.structs.replace(AFTER, reminder_sent_time=NOW)
    event, _ = undo(CHANGED, sent)
    assert event is not None and event.reminder_sent_time == NOW
    moved = msgspec.structs.replace(sent, remind_before_sec=90)
    event, _ = undo(CHANGED, moved)
    assert event is not None and event.reminder_sent_time == 0


def test_a_claim_stays_with_its_holder() -> None:
    claimed = msgspec.structs.replace(
        AFTER,
        claimed_by=12,
        claim_until=NOW + 300,
        owner_manager_id=12,
        participants=(make_owner_row(12), make_row(10)),
    )
    event, _ = undo(CHANGED, claimed)
    assert event is not None
    assert (event.claimed_by, event.owner_manager_id, event.title) == (12, 12, "before")
    assert event.participants == claimed.participants


def test_an_archived_event_is_open_again() -> None:
    archived = msgspec.structs.replace(BEFORE, status=EventStatus.ARCHIVED, version=5)
    event, type_ = undo(Step(1, BEFORE, archived), archived)
    assert event is not None and (event.status, type_) == (EventStatus.OPEN, ChangeType.UPDATED)


def test_an_answer_is_a_change_of_the_managers_own_row_alone() -> None:
    invited = make_event(participants=(make_owner_row(10), make_row(7, status=0)))
    answered = make_event(version=2, participants=(make_owner_row(10), make_row(7, status=1)))
    renamed = msgspec.structs.replace(answered, title="other")
    assert is_answer(Step(1, invited, answered), 7)
    assert not is_answer(Step(1, invited, answered), 10)
    assert not is_answer(Step(1, invited, renamed), 7)
    assert not is_answer(Step(1, invited, None), 7)
    assert not is_answer(Step(1, None, invited), 7)

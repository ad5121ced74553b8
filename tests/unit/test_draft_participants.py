"""Participants of a draft: the two lists, what is kept, who is organizer. Contract, section 5."""

from typing import Any

import msgspec
import pytest

from deskcal.core.draft import create, merge
from deskcal.core.event import Event, Participant, ParticipantRole, ParticipantStatus
from deskcal.errors import FieldRequired, InvalidField
from helpers import NOW, make_draft, make_event, make_new_draft, make_owner_row, make_row

LATER = NOW + 500
OPTIONAL, REQUIRED = ParticipantRole.OPTIONAL, ParticipantRole.REQUIRED
ACCEPTED, DECLINED = ParticipantStatus.ACCEPTED, ParticipantStatus.DECLINED
INVITED, TENTATIVE = ParticipantStatus.INVITED, ParticipantStatus.TENTATIVE

ANSWERED = make_row(11, role=OPTIONAL, status=TENTATIVE, created_time=5, updated_time=6)


def rows_on_create(**sent: Any) -> tuple[Participant, ...]:
    data = {"title": "t", "start_time": 1, "end_time": 1, "owner_manager_id": 10} | sent
    return create(make_new_draft(**data), event_id=1, actor=10, now=NOW).participants


def rows_on_update(event: Event, **sent: Any) -> tuple[Participant, ...]:
    return merge(event, make_draft(**sent), now=LATER).participants


def complaint(**sent: Any) -> InvalidField:
    with pytest.raises(InvalidField) as caught:
        make_draft(**sent)
    return caught.value


def meeting() -> Event:
    """Owner 10, 11 who answered, 12 who did not."""
    return make_event(participants=(make_owner_row(10), ANSWERED, make_row(12)))


def test_ids_on_create_become_required_and_invited_after_the_owner_in_their_order() -> None:
    rows = rows_on_create(participant_manager_ids=[12, 10, 11])
    assert rows == (make_owner_row(10), make_row(12), make_row(11))


def test_ids_of_one_manager_fold_into_one_row() -> None:
    rows = rows_on_create(participant_manager_ids=[11, 12, 11, 10, 10])
    assert rows == (make_owner_row(10), make_row(11), make_row(12))


def test_rows_on_create_are_required_and_invited_now_where_nothing_else_is_sent() -> None:
    rows = rows_on_create(participants=[{"manager_id": 11}, {"manager_id": 12, "role": None}])
    assert rows == (make_owner_row(10), make_row(11), make_row(12))


def test_rows_on_create_are_taken_as_sent() -> None:
    sent = {"manager_id": 11, "role": 2, "status": 3, "created_time": 5, "updated_time": 6}
    assert rows_on_create(participants=[sent]) == (make_owner_row(10), ANSWERED)


def test_the_owners_row_may_carry_another_status_and_times_but_no_other_role() -> None:
    rows = rows_on_create(
        participants=[
            {"manager_id": 11},
            {"manager_id": 10, "role": 2, "status": 2, "created_time": 5, "updated_time": 0},
        ]
    )
    owner = make_owner_row(10, status=DECLINED, created_time=5, updated_time=0)
    assert rows == (owner, make_row(11))


def test_anyone_but_the_owner_sent_as_organizer_becomes_required() -> None:
    rows = rows_on_create(participants=[{"manager_id": 11, "role": 0, "status": 1}])
    assert rows == (make_owner_row(10), make_row(11, status=ACCEPTED))


def test_of_both_lists_participants_is_used() -> None:
    rows = rows_on_create(participants=[{"manager_id": 11}], participant_manager_ids=[12])
    assert rows == (make_owner_row(10), make_row(11))


def test_an_empty_list_of_participants_still_wins_over_ids() -> None:
    assert rows_on_create(participants=[], participant_manager_ids=[12]) == (make_owner_row(10),)


def test_null_participants_leave_the_ids_to_count() -> None:
    rows = rows_on_create(participants=None, participant_manager_ids=[12])
    assert rows == (make_owner_row(10), make_row(12))


@pytest.mark.parametrize("sent", [{}, {"participants": None}, {"participant_manager_ids": None}])
def test_an_update_without_a_list_or_with_null_keeps_the_rows(sent: dict[str, Any]) -> None:
    assert rows_on_update(meeting(), title="New", **sent) == meeting().participants


@pytest.mark.parametrize("sent", [{"participants": []}, {"participant_manager_ids": []}])
def test_an_update_with_an_empty_list_leaves_the_owner_alone(sent: dict[str, Any]) -> None:
    assert rows_on_update(meeting(), **sent) == (make_owner_row(10),)


def test_managers_who_stay_through_ids_keep_their_answers_and_the_others_go() -> None:
    new = make_row(13, created_time=LATER, updated_time=LATER)
    rows = rows_on_update(meeting(), participant_manager_ids=[13, 11])
    assert rows == (make_owner_row(10), new, ANSWERED)


def test_what_is_absent_in_a_row_of_a_known_manager_is_kept() -> None:
    rows = rows_on_update(meeting(), participants=[{"manager_id": 12}, {"manager_id": 11}])
    assert rows == (make_owner_row(10), make_row(12), ANSWERED)


@pytest.mark.parametrize("sent", [{"role": 1}, {"status": 1}])
def test_a_changed_role_or_status_is_stamped_now(sent: dict[str, Any]) -> None:
    rows = rows_on_update(meeting(), participants=[{"manager_id": 11} | sent])
    changed = msgspec.structs.replace(ANSWERED, **sent, updated_time=LATER)
    assert rows == (make_owner_row(10), changed)


@pytest.mark.parametrize("sent", [{"role": 2}, {"status": 3}, {"role": 2, "status": 3}])
def test_a_role_and_status_sent_as_they_are_keep_their_time(sent: dict[str, Any]) -> None:
    rows = rows_on_update(meeting(), participants=[{"manager_id": 11} | sent])
    assert rows == (make_owner_row(10), ANSWERED)


def test_times_that_are_sent_are_taken() -> None:
    sent = {"manager_id": 11, "status": 1, "created_time": 7, "updated_time": 8}
    taken = msgspec.structs.replace(ANSWERED, status=ACCEPTED, created_time=7, updated_time=8)
    assert rows_on_update(meeting(), participants=[sent]) == (make_owner_row(10), taken)


def test_an_owner_who_declined_keeps_that_through_a_new_list_of_participants() -> None:
    owner = make_owner_row(10, status=DECLINED)
    event = make_event(participants=(owner, make_row(12)))
    rows = rows_on_update(event, participant_manager_ids=[10, 12])
    assert rows == (owner, make_row(12))
    assert rows_on_update(event, participants=[{"manager_id": 12}]) == (owner, make_row(12))


def test_a_new_owner_from_outside_is_organizer_and_the_old_one_stays_required() -> None:
    new = make_owner_row(20, created_time=LATER, updated_time=LATER)
    old = make_row(10, role=REQUIRED, status=ACCEPTED, updated_time=LATER)
    rows = rows_on_update(meeting(), owner_manager_id=20)
    assert rows == (new, old, ANSWERED, make_row(12))


def test_a_participant_who_becomes_owner_keeps_the_status() -> None:
    owner = msgspec.structs.replace(ANSWERED, role=ParticipantRole.ORGANIZER, updated_time=LATER)
    old = make_row(10, role=REQUIRED, status=ACCEPTED, updated_time=LATER)
    rows = rows_on_update(meeting(), owner_manager_id=11)
    assert rows == (owner, old, make_row(12))


def test_a_list_sent_with_a_new_owner_decides_who_stays() -> None:
    rows = rows_on_update(meeting(), owner_manager_id=11, participant_manager_ids=[12])
    owner = msgspec.structs.replace(ANSWERED, role=ParticipantRole.ORGANIZER, updated_time=LATER)
    assert rows == (owner, make_row(12))


def test_one_manager_twice_in_participants_is_an_error_at_the_second_row() -> None:
    error = complaint(participants=[{"manager_id": 11}, {"manager_id": 12}, {"manager_id": 11}])
    assert error.field == "participants[2].manager_id"
    assert str(error) == (
        "participants[2].manager_id (11) stands in the list twice; send one row a manager"
    )


def test_a_row_without_a_manager_is_refused_by_its_place() -> None:
    error = complaint(participants=[{"manager_id": 11}, {"role": 1}])
    assert isinstance(error, FieldRequired)
    assert (error.field, str(error)) == (
        "participants[1].manager_id",
        "participants[1].manager_id is required",
    )


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"participants": [{"manager_id": 11}, {"manager_id": 0}]}, "participants[1].manager_id"),
        ({"participant_manager_ids": [11, 0]}, "participant_manager_ids[1]"),
    ],
)
def test_manager_0_takes_no_part(sent: dict[str, Any], field: str) -> None:
    error = complaint(**sent)
    assert (error.field, str(error)) == (field, f"{field} (0) must be greater than 0")


GUESTS = list(range(1000, 2000))


def test_999_participants_and_the_owner_are_allowed_in_either_list() -> None:
    assert len(rows_on_create(participant_manager_ids=GUESTS[1:])) == 1000
    assert len(rows_on_create(participants=[{"manager_id": n} for n in GUESTS[1:]])) == 1000
    assert len(rows_on_create(participant_manager_ids=[10, *GUESTS[1:]])) == 1000


def test_1000_participants_are_one_row_too_many_with_the_owner() -> None:
    with pytest.raises(InvalidField) as caught:
        rows_on_create(participant_manager_ids=GUESTS)
    assert caught.value.field == "participants"
    assert str(caught.value) == (
        "participants would be 1001 rows with the owner's; at most 1000 are allowed"
    )


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("participant_manager_ids", [10, *GUESTS]),
        ("participants", [{"manager_id": n} for n in [10, *GUESTS]]),
    ],
)
def test_a_list_of_1001_managers_is_refused_from_the_data_alone(name: str, rows: list[Any]) -> None:
    error = complaint(**{name: rows})
    assert (error.field, str(error)) == (name, f"{name} has 1001 rows; at most 1000 are allowed")


def test_ids_are_counted_after_folding() -> None:
    assert len(rows_on_create(participant_manager_ids=GUESTS[1:] * 2)) == 1000


def test_reset_answers_asks_all_but_the_owner_again() -> None:
    rows = (
        make_owner_row(10),
        make_row(11, status=ParticipantStatus.ACCEPTED),
        make_row(12),
    )
    event = make_event(participants=rows)
    after = merge(event, msgspec.structs.replace(make_draft(), resets_answers=True), now=NOW + 5)
    assert after.participants == (
        rows[0],
        make_row(11, updated_time=NOW + 5),
        rows[2],
    )

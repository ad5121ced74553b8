"""The event: order of its fields, numbers of its enumerations, versions, answers, reminders."""

import enum
import json

import msgspec
import pytest

from deskcal.core.event import (
    MAX_ID,
    MAX_TIME,
    READ_ONLY,
    WRITABLE,
    ChangeType,
    Event,
    EventStatus,
    EventType,
    ParticipantRole,
    ParticipantStatus,
    Priority,
    managers_of,
    next_version,
    respond,
)
from helpers import NOW, make_event, make_owner_row, make_row

WIRE_ORDER = [
    "id",
    "brand",
    "desk",
    "owner_manager_id",
    "created_by",
    "updated_by",
    "type",
    "status",
    "priority",
    "title",
    "ast_json",
    "start_time",
    "end_time",
    "all_day",
    "timezone",
    "remind_time",
    "remind_before_sec",
    "reminder_sent_time",
    "customer_id",
    "lead_id",
    "login",
    "created_time",
    "updated_time",
    "version",
    "participants",
]
"""The table of the contract, section 4."""


def numbers(kind: type[enum.IntEnum]) -> dict[str, int]:
    return {member.name: int(member) for member in kind}


def test_an_event_has_the_fields_of_the_contract_in_their_order_with_participants_last() -> None:
    assert list(json.loads(msgspec.json.encode(make_event()))) == WIRE_ORDER


def test_a_participant_has_the_fields_of_the_seed_in_their_order() -> None:
    assert list(msgspec.to_builtins(make_row(11))) == [
        "event_id",
        "manager_id",
        "role",
        "status",
        "created_time",
        "updated_time",
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (EventType, "TASK REMINDER CALL MEETING FOLLOW_UP DEADLINE SYSTEM"),
        (EventStatus, "OPEN DONE CANCELLED ARCHIVED"),
        (Priority, "LOW NORMAL HIGH URGENT"),
        (ParticipantRole, "ORGANIZER REQUIRED OPTIONAL"),
        (ParticipantStatus, "INVITED ACCEPTED DECLINED TENTATIVE"),
    ],
)
def test_an_enumeration_counts_from_0_in_the_order_of_the_seed(
    kind: type[enum.IntEnum], expected: str
) -> None:
    assert numbers(kind) == {name: number for number, name in enumerate(expected.split())}


def test_change_types_are_numbered_as_pushes_are() -> None:
    assert list(numbers(ChangeType).items()) == [
        ("ADDED", 0),
        ("UPDATED", 1),
        ("DELETED", 2),
        ("RESTORED", 3),
        ("ARCHIVED", 4),
    ]


def test_each_field_is_either_read_only_or_writable_or_the_participants() -> None:
    assert sorted([*READ_ONLY, *WRITABLE, "participants"]) == sorted(Event.__struct_fields__)


def test_defaults_are_those_of_the_contract() -> None:
    event = Event(
        id=1,
        owner_manager_id=10,
        created_by=10,
        title="t",
        start_time=1,
        end_time=1,
        created_time=1,
        updated_time=1,
    )
    shown = json.loads(msgspec.json.encode(event))
    assert {name: shown[name] for name in ("brand", "desk", "timezone")} == {
        "brand": "default",
        "desk": "",
        "timezone": "",
    }
    assert (shown["type"], shown["status"], shown["priority"]) == (0, 0, 1)
    assert (bytes(event.ast_json), shown["version"]) == (b"null", 1)
    zeros = ("updated_by", "all_day", "remind_time", "remind_before_sec", "reminder_sent_time")
    assert {shown[name] for name in (*zeros, "customer_id", "lead_id", "login")} == {0}


def test_the_largest_id_is_the_largest_integer_of_javascript() -> None:
    assert MAX_ID == 9_007_199_254_740_991


def test_the_largest_time_is_the_last_second_of_the_year_9999() -> None:
    assert MAX_TIME == 253_402_300_799


def test_a_changed_event_becomes_the_next_version_of_that_actor_and_time() -> None:
    before = make_event(version=4)
    after = msgspec.structs.replace(before, title="Moved")
    assert next_version(before, after, actor=12, now=NOW + 5) == make_event(
        title="Moved", version=5, updated_by=12, updated_time=NOW + 5
    )


def test_an_unchanged_event_stays_the_very_same_version() -> None:
    before = make_event(version=4, updated_by=11)
    same = make_event(version=4, updated_by=11)
    assert next_version(before, same, actor=12, now=NOW + 5) is before


def test_a_change_of_the_ast_alone_is_a_change() -> None:
    before = make_event()
    after = msgspec.structs.replace(before, ast_json=msgspec.Raw(b'"x"'))
    assert next_version(before, after, actor=12, now=NOW).version == 2


def test_an_answer_sets_the_callers_own_status_and_nobody_elses() -> None:
    event = make_event(participants=(make_owner_row(10), make_row(11), make_row(12)))
    answered = respond(event, 11, ParticipantStatus.DECLINED, now=NOW + 9)
    declined = make_row(11, status=ParticipantStatus.DECLINED, updated_time=NOW + 9)
    assert answered == make_event(participants=(make_owner_row(10), declined, make_row(12)))


def test_an_answer_that_was_given_before_changes_nothing() -> None:
    event = make_event()
    assert respond(event, 10, ParticipantStatus.ACCEPTED, now=NOW + 9) is event


def test_an_answer_of_a_manager_who_is_no_participant_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        respond(make_event(), 99, ParticipantStatus.ACCEPTED, now=NOW)


def test_managers_are_owner_creator_and_participants_each_once() -> None:
    rows = (make_owner_row(10), make_row(12), make_row(11))
    assert managers_of(make_event(created_by=12, participants=rows)) == (10, 12, 11)


def test_a_claim_ends_with_a_change_of_status_or_customer_only() -> None:
    claimed = make_event(claimed_by=11, claim_until=NOW + 60)
    for change, kept in (({"title": "new"}, 11), ({"status": 1}, 0), ({"customer_id": 5}, 0)):
        after = next_version(claimed, msgspec.structs.replace(claimed, **change), actor=10, now=NOW)
        assert (after.claimed_by, after.version) == (kept, 2)

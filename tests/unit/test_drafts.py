"""What clients send of an event: forms and bounds, the event made of it, the one merged from it."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.document import encode_event
from deskcal.core.draft import check_times, create, merge, timezones
from deskcal.core.event import READ_ONLY, Event, EventStatus, EventType, Priority
from deskcal.errors import FieldRequired, InvalidField
from helpers import NOW, json_draft, make_draft, make_event, make_new_draft

LATER = NOW + 500
MINIMAL = {"title": "Call back", "start_time": NOW, "end_time": NOW + 3600}


def created(**sent: Any) -> Event:
    return create(make_new_draft(**MINIMAL | sent), event_id=1, actor=10, now=NOW)


def merged(event: Event, **sent: Any) -> Event:
    return merge(event, make_draft(**sent), now=LATER)


def refused(**sent: Any) -> InvalidField:
    with pytest.raises(InvalidField) as caught:
        make_draft(**sent)
    return caught.value


def test_a_minimal_create_gets_every_default_of_the_contract() -> None:
    made = create(make_new_draft(**MINIMAL), event_id=7, actor=12, now=LATER)
    owner = {"role": 0, "status": 1, "created_time": LATER, "updated_time": LATER}
    assert json.loads(encode_event(made)) == {
        "id": 7,
        "brand": "default",
        "desk": "",
        "owner_manager_id": 12,
        "created_by": 12,
        "updated_by": 0,
        "type": 0,
        "status": 0,
        "priority": 1,
        "title": "Call back",
        "ast_json": None,
        "start_time": NOW,
        "end_time": NOW + 3600,
        "all_day": 0,
        "timezone": "",
        "remind_time": 0,
        "remind_before_sec": 0,
        "reminder_sent_time": 0,
        "customer_id": 0,
        "lead_id": 0,
        "login": 0,
        "created_time": LATER,
        "updated_time": LATER,
        "version": 1,
        "participants": [{"event_id": 7, "manager_id": 12} | owner],
    }


@pytest.mark.parametrize(
    ("sent", "created_by", "owner"),
    [
        ({}, 10, 10),
        ({"created_by": 0, "owner_manager_id": 0}, 10, 10),
        ({"created_by": None, "owner_manager_id": None}, 10, 10),
        ({"created_by": 12}, 12, 12),
        ({"created_by": 12, "owner_manager_id": 0}, 12, 12),
        ({"owner_manager_id": 13}, 10, 13),
        ({"created_by": 12, "owner_manager_id": 13}, 12, 13),
    ],
)
def test_the_creator_is_who_asks_and_the_owner_the_creator_unless_sent(
    sent: dict[str, Any], created_by: int, owner: int
) -> None:
    event = created(**sent)
    assert (event.created_by, event.owner_manager_id) == (created_by, owner)
    assert [(row.manager_id, row.role, row.status) for row in event.participants] == [(owner, 0, 1)]


@pytest.mark.parametrize("name", ["title", "start_time", "end_time"])
def test_a_create_without_a_required_field_is_refused_by_its_name(name: str) -> None:
    sent = {key: value for key, value in MINIMAL.items() if key != name}
    with pytest.raises(FieldRequired) as caught:
        make_new_draft(**sent)
    assert (caught.value.field, str(caught.value)) == (
        name,
        f"{name} is required to create an event",
    )


@pytest.mark.parametrize("name", ["title", "start_time", "end_time"])
def test_null_for_a_field_that_every_event_has_is_refused_from_the_data_alone(name: str) -> None:
    with pytest.raises(FieldRequired, match=f"{name} can't be null") as caught:
        make_draft(**{name: None})
    assert caught.value.field == name


OPTIONAL = {
    "brand": ("alpha", "default"),
    "desk": ("DESK_EU", ""),
    "type": (EventType.MEETING, EventType.TASK),
    "status": (EventStatus.CANCELLED, EventStatus.OPEN),
    "priority": (Priority.URGENT, Priority.NORMAL),
    "ast_json": (msgspec.Raw(b"[1]"), msgspec.Raw(b"null")),
    "all_day": (1, 0),
    "timezone": ("Europe/Nicosia", ""),
    "remind_time": (NOW - 60, 0),
    "remind_before_sec": (600, 0),
    "customer_id": (21, 0),
    "lead_id": (22, 0),
    "login": (23, 0),
}
"""Optional field: a value, and its default."""


@pytest.mark.parametrize("name", OPTIONAL)
def test_null_for_an_optional_field_means_absent_on_create(name: str) -> None:
    assert created(**{name: None}) == created()
    assert getattr(created(), name) == OPTIONAL[name][1]


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_optional_field_is_taken_on_create(name: str) -> None:
    assert getattr(created(**{name: OPTIONAL[name][0]}), name) == OPTIONAL[name][0]


@pytest.mark.parametrize("name", OPTIONAL)
def test_null_on_update_puts_a_field_back_to_its_default(name: str) -> None:
    value, default = OPTIONAL[name]
    assert merged(make_event(**{name: value}), **{name: None}) == make_event(**{name: default})


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_field_that_is_sent_changes_that_field_alone(name: str) -> None:
    value, _ = OPTIONAL[name]
    assert merged(make_event(), **{name: value}) == make_event(**{name: value})


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_update_back_to_the_default_value_is_applied(name: str) -> None:
    value, default = OPTIONAL[name]
    assert merged(make_event(**{name: value}), **{name: default}) == make_event()


def test_an_update_that_names_nothing_changes_nothing() -> None:
    assert merged(make_event()) == make_event()


def test_the_creator_is_kept_on_update_whatever_is_sent() -> None:
    assert merged(make_event(), created_by=99) == make_event()
    assert merged(make_event(), created_by=None) == make_event()


@pytest.mark.parametrize("owner", [0, None])
def test_an_owner_of_0_or_null_on_update_is_the_creator(owner: int | None) -> None:
    event = make_event(owner_manager_id=10, created_by=12)
    assert merged(event, owner_manager_id=owner).owner_manager_id == 12


@pytest.mark.parametrize("name", READ_ONLY)
def test_a_read_only_key_is_ignored_on_create_and_on_update(name: str) -> None:
    assert created(**{name: 777}) == created()
    assert merged(make_event(), **{name: "nonsense"}) == make_event()


def test_unknown_keys_and_the_access_key_of_a_client_are_ignored() -> None:
    assert created(nonsense=[1], __access={"id": 1, "type": 3}) == created()


titles = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=500).filter(
    lambda title: title.strip() == title
)


@given(
    title=titles,
    desk=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ast_json=st.recursive(st.text("é']}\\") | st.integers(), st.lists).map(lambda value: [value]),
    owner=st.integers(0, 20),
    guests=st.lists(st.integers(1, 20), max_size=5),
    remind=st.integers(0, 2 * NOW),
)
def test_an_event_as_returned_and_sent_back_whole_changes_nothing(
    title: str, desk: str, ast_json: Any, owner: int, guests: list[int], remind: int
) -> None:
    desk = "".join(c for c in desk if c.isprintable() and c not in ",*!")
    sent = {"title": title, "desk": desk, "ast_json": ast_json, "owner_manager_id": owner}
    event = created(**sent, participant_manager_ids=guests, remind_before_sec=remind)
    event = msgspec.structs.replace(event, reminder_sent_time=NOW, version=7, updated_by=3)
    assert merge(event, json_draft(encode_event(event)), now=LATER) == event


changes = st.fixed_dictionaries(
    {},
    optional={
        "title": titles,
        "owner_manager_id": st.integers(0, 6) | st.none(),
        "status": st.integers(0, 3) | st.none(),
        "start_time": st.integers(1, NOW),
        "remind_time": st.integers(0, 9) | st.none(),
        "participant_manager_ids": st.lists(st.integers(1, 6), max_size=4) | st.none(),
        "participants": st.lists(
            st.fixed_dictionaries(
                {"manager_id": st.integers(1, 6)},
                optional={
                    "role": st.integers(0, 2),
                    "status": st.integers(0, 3),
                    "created_time": st.integers(0, 9),
                    "updated_time": st.integers(0, 9),
                },
            ),
            max_size=4,
            unique_by=lambda row: row["manager_id"],
        ),
    },
)


@given(changes, changes)
def test_merging_twice_is_the_same_as_once(before: dict[str, Any], sent: dict[str, Any]) -> None:
    event = merge(make_event(created_by=3), make_draft(**before), now=NOW + 1)
    once = merge(event, make_draft(**sent), now=NOW + 2)
    assert merge(once, make_draft(**sent), now=NOW + 3) == once


@given(changes, changes)
def test_there_is_always_one_organizer_the_owner_who_comes_first(
    before: dict[str, Any], sent: dict[str, Any]
) -> None:
    event = merge(make_event(created_by=3), make_draft(**before), now=NOW + 1)
    event = merge(event, make_draft(**sent), now=NOW + 2)
    rows = event.participants
    assert [row.manager_id for row in rows if row.role == 0] == [event.owner_manager_id]
    assert rows[0].manager_id == event.owner_manager_id
    assert len({row.manager_id for row in rows}) == len(rows)
    assert {row.event_id for row in rows} == {event.id}


@pytest.mark.parametrize(
    ("sent", "armed"),
    [
        ({"title": "New"}, False),
        ({"end_time": NOW + 9}, False),
        ({"start_time": NOW}, False),
        ({"start_time": NOW - 1}, True),
        ({"remind_before_sec": 599}, True),
        ({"remind_before_sec": 0}, True),
        ({"remind_time": NOW - 600}, False),
        ({"remind_time": NOW - 601}, True),
    ],
)
def test_a_new_due_time_arms_the_reminder_again_and_nothing_else_does(
    sent: dict[str, Any], armed: bool
) -> None:
    event = make_event(remind_before_sec=600, reminder_sent_time=NOW - 599)
    assert merged(event, **sent).reminder_sent_time == (0 if armed else NOW - 599)


def test_a_move_of_an_event_with_an_absolute_reminder_does_not_arm_it_again() -> None:
    event = make_event(remind_time=NOW - 60, reminder_sent_time=NOW - 59)
    assert merged(event, start_time=NOW + 60).reminder_sent_time == NOW - 59


def test_an_end_before_the_start_is_refused_with_both_values() -> None:
    error = refused(start_time=NOW, end_time=NOW - 1)
    assert error.field == "end_time"
    assert str(error) == (
        f"end_time ({NOW - 1}) is before start_time ({NOW}); an event ends when it starts, or later"
    )


def test_an_end_at_the_start_is_allowed() -> None:
    assert created(end_time=NOW).end_time == NOW
    check_times(5, 5)


def test_an_end_alone_is_not_compared_before_the_stored_start_is_known() -> None:
    assert merged(make_event(), end_time=1).end_time == 1
    with pytest.raises(InvalidField):
        check_times(NOW, 1)


def test_a_start_of_0_is_refused_and_1_is_allowed() -> None:
    assert str(refused(start_time=0)) == "start_time (0) must be greater than 0"
    assert created(start_time=1).start_time == 1


def test_a_draft_holds_what_was_sent_and_nothing_else() -> None:
    assert make_draft().values == {}
    assert make_draft().participants is None
    assert make_draft(desk=None, status=2).values == {"desk": None, "status": EventStatus.CANCELLED}


def test_all_zones_of_the_database_are_known_and_no_other_files() -> None:
    assert {"UTC", "Europe/Nicosia", "America/Argentina/Buenos_Aires"} <= timezones()
    assert timezones().isdisjoint({"", "Factory", "localtime", "posixrules"})

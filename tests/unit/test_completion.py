"""Completing an event with an outcome and a follow-up, as far as it needs no store."""

from typing import Any

import pytest

from deskcal.core.calling_hours import CallingHours, HoursTable
from deskcal.core.completion import (
    NO_RULES,
    CallRules,
    Completion,
    FollowUp,
    checked_completion,
    completed,
    follow_up_of,
    is_completion,
    require_same,
    require_unclaimed,
)
from deskcal.core.event import MAX_TIME, Event, EventStatus, EventType
from deskcal.core.outcomes import Outcome
from deskcal.core.participants import new_rows
from deskcal.errors import Conflict, DeskcalError, FieldRequired, InvalidField
from helpers import NOW, make_event

ALWAYS = CallingHours({}, "UTC")
CALL_BACK = Outcome(code="call_back", name="Call back", next_in_sec=3600)
REACHED = Outcome(code="reached", name="Reached")


def call(**named: Any) -> Event:
    return make_event(**{"type": EventType.CALL} | named)


def refusal_of(follow_up: FollowUp, outcome: str = "") -> tuple[str | None, str]:
    with pytest.raises(InvalidField) as caught:
        checked_completion(outcome, None, follow_up, now=NOW)
    return caught.value.field, caught.value.message


def test_null_and_absent_are_not_sent() -> None:
    assert checked_completion(None, None, None, now=NOW) == Completion()


@pytest.mark.parametrize(("field", "most"), [("outcome", 64), ("outcome_note", 2000)])
def test_texts_have_a_limit(field: str, most: int) -> None:
    sent = {"outcome": "", "outcome_note": ""} | {field: "x" * most}
    assert getattr(checked_completion(**sent, follow_up=None, now=NOW), field) == "x" * most
    with pytest.raises(InvalidField, match=f"{field} has {most + 1} characters; at most {most}"):
        checked_completion(**sent | {field: "x" * (most + 1)}, follow_up=None, now=NOW)


def test_a_follow_up_starts_at_one_time_not_in_the_past() -> None:
    assert refusal_of(FollowUp(start_time=NOW, in_sec=1))[0] == "follow_up.in_sec"
    assert refusal_of(FollowUp(start_time=NOW - 1))[0] == "follow_up.start_time"
    assert refusal_of(FollowUp())[0] == "follow_up.start_time"
    assert refusal_of(FollowUp(in_sec=1, title=" "))[0] == "follow_up.title"
    checked_completion("call_back", None, FollowUp(), now=NOW)
    checked_completion(None, None, FollowUp(start_time=NOW, title="Again"), now=NOW)


def test_a_claim_of_another_manager_keeps_the_event_until_it_ends() -> None:
    claimed = call(claimed_by=11, claim_until=NOW + 60)
    require_unclaimed(claimed, 11, NOW)
    require_unclaimed(claimed, 10, NOW + 60)
    with pytest.raises(Conflict, match="claimed by manager 11 until") as caught:
        require_unclaimed(claimed, 10, NOW)
    assert "event" in caught.value.details


def test_an_outcome_is_required_for_the_types_of_the_setting() -> None:
    rules = CallRules(ALWAYS, outcome_required_types=frozenset({EventType.CALL}))
    for outcomes in ([], [REACHED]):
        with pytest.raises(FieldRequired, match="outcome is required"):
            completed(call(), Completion(), outcomes, rules, actor=10, now=NOW)
    of_meetings = [Outcome(code="held", types=(EventType.MEETING,))]
    done = completed(call(), Completion(), of_meetings, rules, actor=10, now=NOW)
    assert done.status == EventStatus.DONE


def test_a_completion_sets_a_stored_event_to_done() -> None:
    done = call(status=EventStatus.DONE)
    assert is_completion(call(), done)
    assert not is_completion(None, done)
    assert not is_completion(done, done)
    assert not is_completion(call(), call())


def test_a_completed_event_has_its_outcome_and_a_new_version() -> None:
    sent = Completion("reached", "likes metals")
    after = completed(call(), sent, [REACHED], NO_RULES, actor=11, now=NOW + 5)
    assert (after.status, after.outcome, after.outcome_note) == (1, "reached", "likes metals")
    assert (after.version, after.updated_by, after.updated_time) == (2, 11, NOW + 5)
    with pytest.raises(InvalidField):
        completed(call(), Completion("unknown"), [REACHED], NO_RULES, actor=11, now=NOW)


def test_an_outcome_that_was_set_before_stays_where_none_is_sent() -> None:
    after = completed(call(outcome="reached"), Completion(), [], NO_RULES, actor=10, now=NOW)
    assert after.outcome == "reached"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (Completion("no_answer"), "outcome"),
        (Completion(outcome_note="other"), "outcome_note"),
        (Completion(follow_up=FollowUp(in_sec=1)), "follow_up"),
    ],
)
def test_a_second_completion_with_other_data_is_a_conflict(sent: Completion, field: str) -> None:
    done = call(status=EventStatus.DONE, outcome="reached", outcome_note="note")
    with pytest.raises(Conflict) as caught:
        require_same(done, sent)
    assert caught.value.field == field


def test_a_second_completion_with_the_same_data_passes() -> None:
    done = call(status=EventStatus.DONE, outcome="reached", outcome_note="note", follow_up_id=7)
    require_same(done, Completion())
    require_same(done, Completion("reached", "note", FollowUp(in_sec=1)))


def followed(
    event: Event,
    sent: FollowUp,
    outcome: Outcome | None = None,
    hours: CallingHours = ALWAYS,
) -> Event:
    """Its follow-up 7, by manager 12."""
    return follow_up_of(event, sent, outcome, hours, event_id=7, actor=12, now=NOW)


def test_a_follow_up_inherits_what_is_not_sent() -> None:
    event = call(desk="DESK_EU", customer_id=5, customer_timezone="Asia/Tokyo", end_time=NOW + 900)
    follow_up = followed(event, FollowUp(in_sec=60))
    assert follow_up == Event(
        id=7,
        desk="DESK_EU",
        customer_id=5,
        customer_timezone="Asia/Tokyo",
        owner_manager_id=10,
        created_by=12,
        type=EventType.FOLLOW_UP,
        title="Retention sync",
        start_time=NOW + 60,
        end_time=NOW + 960,
        follows_id=1,
        created_time=NOW,
        updated_time=NOW,
        participants=new_rows(7, 10, (), NOW),
    )


def test_a_follow_up_has_what_is_sent() -> None:
    sent = FollowUp(
        start_time=NOW + 5,
        duration_sec=60,
        type=EventType.CALL,
        title=" Again ",
        owner_manager_id=12,
        remind_before_sec=300,
    )
    found = followed(call(), sent)
    assert (found.start_time, found.end_time) == (NOW + 5, NOW + 65)
    assert (found.type, found.title, found.owner_manager_id) == (2, "Again", 12)
    assert found.participants == new_rows(7, 12, (), NOW)
    assert found.remind_before_sec == 300


def test_the_outcome_gives_the_start_where_none_is_sent() -> None:
    assert followed(call(), FollowUp(), CALL_BACK).start_time == NOW + 3600
    for outcome in (REACHED, None):
        with pytest.raises(FieldRequired, match="needs start_time or in_sec"):
            followed(call(), FollowUp(), outcome)


def test_the_start_moves_to_the_calling_hours_of_the_customer() -> None:
    hours = CallingHours({"default": HoursTable(hours="09:00-18:00")}, "UTC")
    midnight = NOW - NOW % 86_400 + 86_400
    sent = FollowUp(start_time=midnight, customer_hours=1)
    assert followed(call(), sent, hours=hours).start_time == midnight + 9 * 3600


def test_a_follow_up_ends_before_the_year_10000() -> None:
    with pytest.raises(DeskcalError, match="after the year 9999"):
        followed(call(), FollowUp(start_time=MAX_TIME))

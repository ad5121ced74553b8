"""Completing an event: what came of it, and the event that follows it up. Pure.

Source: contract, section 14.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Raw, Struct

from deskcal.core.calling_hours import CallingHours
from deskcal.core.document import encode_event
from deskcal.core.draft import NEW, checked_outcome, checked_outcome_note, checked_title
from deskcal.core.event import (
    MAX_TIME,
    Event,
    EventStatus,
    EventType,
    Flag,
    Id,
    Seconds,
    Time,
    next_version,
)
from deskcal.core.outcomes import Outcome, require_outcome, require_outcome_given
from deskcal.core.participants import new_rows
from deskcal.errors import Conflict, EventId, FieldRequired, InvalidField

_DONE, _FOLLOW_UP = EventStatus.DONE, EventType.FOLLOW_UP
"""A look-up in an enumeration takes as long as a call."""


class CallRules(Struct, frozen=True):
    """The settings of the call desk."""

    hours: CallingHours
    cooldown_sec: int = 0
    """After a contact nobody claims a call of that customer for so long."""
    outcome_required_types: frozenset[int] = frozenset()
    """Events of these types are completed with an outcome only."""


class FollowUp(Struct, frozen=True, kw_only=True):
    """The event that is to follow, as a client sends it; None: not sent."""

    start_time: Time | None = None
    in_sec: Seconds | None = None
    """The start, counted from now."""
    duration_sec: Seconds | None = None
    type: EventType | None = None
    title: str | None = None
    owner_manager_id: Id | None = None
    remind_before_sec: Seconds | None = None
    customer_hours: Flag | None = None
    """1: the start moves forward to the next minute at which the customer may be called."""


class Completion(Struct, frozen=True):
    """What a client sends with a completion."""

    outcome: str = ""
    """"": not sent."""
    outcome_note: str = ""
    follow_up: FollowUp | None = None


def checked_completion(
    outcome: str | None, outcome_note: str | None, follow_up: FollowUp | None, *, now: int
) -> Completion:
    """The completion, checked as far as the data alone allows. Raises: InvalidField."""
    sent = Completion(outcome or "", outcome_note or "", follow_up)
    checked_outcome("outcome", sent.outcome)
    checked_outcome_note("outcome_note", sent.outcome_note)
    if follow_up is not None:
        _check_start(follow_up, has_outcome=bool(sent.outcome), now=now)
        if follow_up.title is not None:
            checked_title("follow_up.title", follow_up.title)
    return sent


def _check_start(follow_up: FollowUp, *, has_outcome: bool, now: int) -> None:
    start, in_sec = follow_up.start_time, follow_up.in_sec
    if start is not None and in_sec is not None:
        raise InvalidField(
            "follow_up has both start_time and in_sec; send one of them", field="follow_up.in_sec"
        )
    if start is not None and start < now:
        raise InvalidField(
            f"follow_up.start_time ({start}) is past; a follow-up starts now or later",
            field="follow_up.start_time",
        )
    if start is None and in_sec is None and not has_outcome:
        raise _no_start()


def _no_start() -> FieldRequired:
    return FieldRequired(
        "follow_up needs start_time or in_sec; only an outcome whose next_in_sec is set can "
        "stand for it",
        field="follow_up.start_time",
    )


def is_claimed_by_other(event: Event, manager_id: int, now: int) -> bool:
    """Whether somebody else works on it now."""
    return event.claimed_by not in (0, manager_id) and event.claim_until > now


def require_unclaimed(event: Event, manager_id: int, now: int) -> None:
    """Raises: Conflict, with the event, while somebody else has claimed it."""
    if is_claimed_by_other(event, manager_id, now):
        raise Conflict(
            EventId(event.id),
            f" is claimed by manager {event.claimed_by} until {event.claim_until}; only that "
            "manager can claim or complete it until then",
            event=Raw(encode_event(event)),
        )


def is_completion(before: Event | None, after: Event) -> bool:
    """Whether the change from `before` to `after` sets the status of a stored event to done."""
    return before is not None and after.status == _DONE != before.status


def completed(
    event: Event,
    sent: Completion,
    outcomes: Sequence[Outcome],
    rules: CallRules,
    *,
    actor: int,
    now: int,
) -> Event:
    """The open event as done. Raises: Conflict, InvalidField, FieldRequired."""
    require_unclaimed(event, actor, now)
    if sent.outcome:
        require_outcome(outcomes, sent.outcome, event.type)
    after = msgspec.structs.replace(
        event,
        status=_DONE,
        outcome=sent.outcome or event.outcome,
        outcome_note=sent.outcome_note or event.outcome_note,
    )
    if after.type in rules.outcome_required_types:
        require_outcome_given(outcomes, after.outcome, after.type)
    return next_version(event, after, actor=actor, now=now)


def require_same(event: Event, sent: Completion) -> None:
    """Whether a done event was completed as it is to be now.

    Raises: Conflict, with the event, for another outcome or note, or a follow-up where it has none.
    """
    if sent.outcome not in ("", event.outcome):
        raise _done_otherwise(event, f"outcome {event.outcome!r}", "outcome")
    if sent.outcome_note not in ("", event.outcome_note):
        raise _done_otherwise(event, "another outcome_note", "outcome_note")
    if sent.follow_up is not None and not event.follow_up_id:
        raise _done_otherwise(event, "no follow_up", "follow_up")


def _done_otherwise(event: Event, how: str, field: str) -> Conflict:
    return Conflict(
        EventId(event.id),
        f" is done already, with {how}; look at error.event, and change the event with "
        "MngUpdateCalendarEvent",
        field=field,
        event=Raw(encode_event(event)),
    )


def follow_up_of(
    event: Event,
    sent: FollowUp,
    outcome: Outcome | None,
    hours: CallingHours,
    *,
    event_id: int,
    actor: int,
    now: int,
) -> Event:
    """The event that follows up `event`. Raises: InvalidField, FieldRequired."""
    start = _start(event, sent, outcome, hours, now)
    length = event.end_time - event.start_time if sent.duration_sec is None else sent.duration_sec
    if start + length > MAX_TIME:
        raise InvalidField(
            f"follow_up would end at {start + length}, after the year 9999", field="follow_up"
        )
    owner = sent.owner_manager_id or event.owner_manager_id
    kept = msgspec.structs.replace(
        NEW,
        brand=event.brand,
        desk=event.desk,
        title=event.title if sent.title is None else sent.title.strip(),
        customer_id=event.customer_id,
        lead_id=event.lead_id,
        login=event.login,
        customer_timezone=event.customer_timezone,
        follows_id=event.id,
    )
    # In two steps: CPython makes a dict of more than 15 keyword arguments, for twice the work.
    return msgspec.structs.replace(
        kept,
        id=event_id,
        owner_manager_id=owner,
        created_by=actor,
        type=_FOLLOW_UP if sent.type is None else sent.type,
        start_time=start,
        end_time=start + length,
        remind_before_sec=sent.remind_before_sec or 0,
        created_time=now,
        updated_time=now,
        participants=new_rows(event_id, owner, (), now),
    )


def _start(
    event: Event, sent: FollowUp, outcome: Outcome | None, hours: CallingHours, now: int
) -> int:
    if sent.start_time is not None:
        start = sent.start_time
    elif sent.in_sec is not None:
        start = now + sent.in_sec
    elif outcome is not None and outcome.next_in_sec:
        start = now + outcome.next_in_sec
    else:
        raise _no_start()
    if sent.customer_hours:
        return hours.next_allowed(event.brand, event.customer_timezone, start)
    return start


NO_RULES = CallRules(CallingHours({}, "UTC"))
"""Every customer may be called at any time, and nothing is required."""

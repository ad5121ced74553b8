"""How one event of a batch goes back to what it was. Pure. Source: contract, section 15."""

import msgspec
from msgspec import Struct

from deskcal.core.alarms import trigger_time
from deskcal.core.event import ChangeType, Event, ends_claim
from deskcal.core.trash import restored

_replace = msgspec.structs.replace


class Step(Struct, frozen=True):
    """One event of a batch: before its first change, and as the batch left it."""

    event_id: int
    before: Event | None
    """None: the batch added it."""
    after: Event | None
    """None: the batch deleted it."""
    deleted_version: int = 0
    """Its version when the batch deleted it: later than `before` where it was changed first."""
    done_time: int | None = None
    """When `before` had been completed (Unix seconds), if the batch took that back."""


class Undone(Struct, frozen=True):
    """The event as the undo leaves it, and how the change is numbered."""

    event: Event | None
    """None: the event that the batch added is deleted."""
    type: ChangeType


def is_touched(step: Step, current: Event | None, *, actor: int) -> bool:
    """Whether somebody has changed the event since. Claims and fired reminders do not count.

    Neither raises the version. Nor do changes count that `actor` has taken back, so that several
    batches on one event are undone one after the other, the last one first.
    """
    if current is None or step.after is None:
        return current is not step.after
    if current.version == step.after.version:
        return False
    return current.updated_by != actor or _content(current) != _content(step.after)


def is_answer(step: Step, manager_id: int) -> bool:
    """Whether all that the batch has changed is the manager's own row among the participants."""
    if step.before is None or step.after is None:
        return False
    return _without(step.before, manager_id) == _without(step.after, manager_id)


def _without(event: Event, manager_id: int) -> Event:
    others = tuple(row for row in event.participants if row.manager_id != manager_id)
    return _replace(_content(event), participants=others)


def _content(event: Event) -> Event:
    """The event without what the server alone sets."""
    return _replace(
        event,
        version=0,
        updated_by=0,
        updated_time=0,
        reminder_sent_time=0,
        claimed_by=0,
        claim_until=0,
    )


def undone(step: Step, current: Event | None, *, actor: int, now: int) -> Undone:
    """What becomes of an event that is not touched: what it was, as a new version.

    A claim that is held now stays, unless it is what the batch has made.
    """
    if step.before is None:
        return Undone(None, ChangeType.DELETED)
    if current is None:
        version = max(step.deleted_version, step.before.version)
        deleted = _replace(step.before, version=version)
        return Undone(restored(deleted, actor=actor, now=now), ChangeType.RESTORED)
    put_back = _replace(
        step.before,
        version=current.version + 1,
        updated_by=actor,
        updated_time=now,
        reminder_sent_time=_sent_time(step.before, current),
        claimed_by=0,
        claim_until=0,
    )
    before, after = step.before, step.after
    if current.claimed_by and after and not ends_claim(current, put_back):
        is_undone = before.claimed_by != after.claimed_by == current.claimed_by
        put_back = put_back if is_undone else _claimed(put_back, after, current)
    return Undone(put_back, ChangeType.UPDATED)


def _claimed(put_back: Event, after: Event, current: Event) -> Event:
    """`put_back` with the claim of `current`, and with its owner where the claim has set it."""
    claimed = _replace(put_back, claimed_by=current.claimed_by, claim_until=current.claim_until)
    if current.owner_manager_id == after.owner_manager_id:
        return claimed
    owner, rows = current.owner_manager_id, current.participants
    return _replace(claimed, owner_manager_id=owner, participants=rows)


def _sent_time(before: Event, current: Event) -> int:
    """A reminder that was fired stays so, unless the undo moves it to another due time."""
    return current.reminder_sent_time if trigger_time(before) == trigger_time(current) else 0

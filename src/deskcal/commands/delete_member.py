"""DELETE of a calendar object resource: an event goes to the trash, a participant declines.

Source: contract, sections 13 and 16.
"""

from collections.abc import Callable, Set
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.commands.calendar_import import Moved
from deskcal.commands.deletions import Deletions
from deskcal.commands.member import Collection, Member, uid_of
from deskcal.commands.member_state import (
    answer_event,
    answer_series,
    object_of,
    require_unchanged,
    staged_events,
    touch,
)
from deskcal.commands.put_member import is_ours
from deskcal.commands.services import Services
from deskcal.core.alarms import is_coming
from deskcal.core.document import scope_of
from deskcal.core.event import Event, ParticipantStatus
from deskcal.core.sessions import Session
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.ports.work import Changes, Transaction


async def delete_member(
    services: Services, session: Session, collection: Collection, member: Member
) -> None:
    """Takes the member out of the manager's calendar. Raises: DeskcalError, Moved."""
    now = int(services.now())
    known = object_of(member, session.manager_id, uid_of(member))
    act = _delete if is_ours(member, session.manager_id) else _decline

    def apply(changes: Changes) -> None:
        if changes.calendar_object(known.key) != member.object:
            raise Moved("changed meanwhile")
        require_unchanged(changes, session, collection, member)
        events = staged_events(changes, session, collection, known)
        is_changed, is_hidden = act(
            changes, session, known, events, When(now, services.default_timezone)
        )
        if not is_changed:
            touch(changes, known, session.manager_id, now)
        if is_hidden or member.object is not None:
            after = msgspec.structs.replace(known, is_hidden=is_hidden)
            changes.put_calendar_object(known.key, after)

    series_ids = {known.series_id, *(event.series_id for event in member.events)} - {0}
    await services.store.transact(_transaction(session, known, series_ids, now, apply))


def _transaction(
    session: Session,
    known: CalendarObject,
    series_ids: Set[int],
    now: int,
    apply: Callable[[Changes], Any],
) -> Transaction:
    return Transaction(
        event_ids=sorted({known.event_id, *known.overrides.values()} - {0}),
        new_events=1,
        actor=session.manager_id,
        time=now,
        apply=apply,
        series_ids=sorted(series_ids),
        objects=[known.key],
    )


class When(Struct, frozen=True):
    """What decides whether an occurrence is over."""

    now: int
    default_timezone: str


def _is_coming(event: Event, when: When) -> bool:
    return is_coming(event, when.now, when.default_timezone)


Deleted = tuple[bool, bool]
"""Whether any event was changed, and whether some are left that are to be hidden."""


def _delete(
    changes: Changes, session: Session, known: CalendarObject, events: list[Event], when: When
) -> Deleted:
    """Of a series what is open and not over; the rest of it is hidden from the calendar."""
    for event in events:
        session.require_change(event.id, scope_of(event))
    deletions = Deletions(changes, session, when.now, when.default_timezone)
    if not known.series_id:
        for event in events:
            deletions.one(event)
        return True, False
    series = changes.series(known.series_id)
    is_changed = series is not None and deletions.coming(series)
    return is_changed, bool(changes.series_events(known.series_id))


def _decline(
    changes: Changes, session: Session, known: CalendarObject, events: list[Event], when: When
) -> Deleted:
    """Of a series what is done or over stays as it is, as `put_answer` leaves it."""
    answer = (session.manager_id, ParticipantStatus.DECLINED, when.now)
    coming = [event for event in events if not known.series_id or _is_coming(event, when)]
    is_changed = [answer_event(changes, event, *answer) for event in coming]
    answer_series(changes, known.series_id, *answer)
    return any(is_changed), True

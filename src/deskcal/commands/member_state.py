"""A member inside a transaction: its ETag as it is staged, and whether it is what was looked at."""

import msgspec

from deskcal.commands.calendar_import import Moved
from deskcal.commands.member import Collection, Member, event_tag, series_tag
from deskcal.core.document import scope_of
from deskcal.core.event import (
    ChangeType,
    Event,
    EventStatus,
    ParticipantStatus,
    next_version,
    respond,
)
from deskcal.core.visibility import Visibility
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.ports.work import Changes


def object_of(member: Member, owner_id: int, uid: str) -> CalendarObject:
    """The member's calendar object; where it has none, a new one that names what it is of."""
    return member.object or CalendarObject(
        owner_id=owner_id,
        uid=uid,
        name=member.name,
        event_id=member.key.event_id,
        series_id=member.key.series_id,
    )


def require_unchanged(
    changes: Changes, viewer: Visibility, collection: Collection, member: Member | None
) -> None:
    """Raises: Moved where the member is another version by now."""
    if member is None:
        return
    stored = object_of(member, collection.manager_id, "")
    if staged_tag(changes, viewer, collection, stored) != member.etag:
        raise Moved("changed meanwhile")


def staged_tag(
    changes: Changes, viewer: Visibility, collection: Collection, stored: CalendarObject
) -> str:
    """The ETag of an object's events as they are staged; empty: nothing of it is there."""
    if stored.series_id:
        series = changes.series(stored.series_id)
        if series is None:
            return ""
        return series_tag(series, staged_events(changes, viewer, collection, stored))
    return "-".join(map(event_tag, staged_events(changes, viewer, collection, stored)))


def staged_events(
    changes: Changes, viewer: Visibility, collection: Collection, stored: CalendarObject
) -> list[Event]:
    """The visible events of an object that the collection has, as staged, by start and id."""
    if stored.series_id:
        found = changes.series_events(stored.series_id)
    else:
        ids = dict.fromkeys([stored.event_id, *stored.overrides.values()])
        events = [changes.event(event_id) for event_id in ids if event_id]
        found = [event for event in events if event is not None]
    shown = [one for one in found if _is_in(one, collection) and viewer.can_see(scope_of(one))]
    return sorted(shown, key=lambda one: (one.start_time, one.id))


def _is_in(event: Event, collection: Collection) -> bool:
    if event.status == EventStatus.ARCHIVED:
        return False
    rows = {row.manager_id for row in event.participants} | {event.owner_manager_id}
    return collection.manager_id in rows


def answer_series(
    changes: Changes, series_id: int, manager_id: int, status: ParticipantStatus, now: int
) -> bool:
    """Sets a participant's answer for what a series will make; whether it was another one."""
    series = changes.series(series_id) if series_id else None
    if series is None:
        return False
    template = respond(series.template, manager_id, status, now=now)
    if template == series.template:
        return False
    after = msgspec.structs.replace(series, template=template, version=series.version + 1)
    changes.put_series(series_id, after)
    return True


def answer_event(
    changes: Changes, event: Event, manager_id: int, status: ParticipantStatus, now: int
) -> bool:
    """Sets a participant's answer to one event; whether it was another one."""
    answered = respond(event, manager_id, status, now=now)
    if answered == event:
        return False
    after = next_version(event, answered, actor=manager_id, now=now)
    changes.put(event.id, after, ChangeType.UPDATED)
    return True


def touch(changes: Changes, stored: CalendarObject, actor: int, now: int) -> None:
    """A new version of one of its events, so that other apps fetch what has no field here."""
    if stored.series_id:
        events = changes.series_events(stored.series_id)
    else:
        ids = [stored.event_id, *stored.overrides.values()]
        events = [one for one in map(changes.event, filter(None, ids)) if one is not None]
    if events:
        last = max(events, key=lambda one: (one.start_time, one.id))
        after = msgspec.structs.replace(
            last, version=last.version + 1, updated_by=actor, updated_time=now
        )
        changes.put(last.id, after, ChangeType.UPDATED)

"""A member inside a transaction: its ETag as it is staged, and whether it is what was looked at."""

import msgspec

from deskcal.commands.calendar_import import Moved
from deskcal.commands.members import Collection, Member, event_tag, series_tag
from deskcal.core.event import ChangeType, Event, EventStatus
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.ports.work import Changes


def require_unchanged(changes: Changes, collection: Collection, member: Member | None) -> None:
    """Raises: Moved where the member is another version by now."""
    if member is None:
        return
    key = member.key
    stored = member.object or CalendarObject(
        owner_id=collection.manager_id,
        uid="",
        name=member.name,
        event_id=key.event_id,
        series_id=key.series_id,
    )
    if staged_tag(changes, collection, stored) != member.etag:
        raise Moved("changed meanwhile")


def staged_tag(changes: Changes, collection: Collection, stored: CalendarObject) -> str:
    """The ETag of an object's events as they are staged; empty: nothing of it is there."""
    if stored.series_id:
        series = changes.series(stored.series_id)
        if series is None:
            return ""
        return series_tag(
            series, ((one.id, one.version) for one in staged_events(changes, collection, stored))
        )
    events = staged_events(changes, collection, stored)
    return "-".join(event_tag(event.id, event.version) for event in events)


def staged_events(changes: Changes, collection: Collection, stored: CalendarObject) -> list[Event]:
    """The events of an object that the collection has, as they are staged, by start and id."""
    if stored.series_id:
        found = changes.series_events(stored.series_id)
    else:
        ids = dict.fromkeys([stored.event_id, *stored.overrides.values()])
        events = [changes.event(event_id) for event_id in ids if event_id]
        found = [event for event in events if event is not None]
    shown = [one for one in found if _is_in(one, collection)]
    return sorted(shown, key=lambda one: (one.start_time, one.id))


def _is_in(event: Event, collection: Collection) -> bool:
    if event.status == EventStatus.ARCHIVED:
        return False
    rows = {row.manager_id for row in event.participants} | {event.owner_manager_id}
    return collection.manager_id in rows


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

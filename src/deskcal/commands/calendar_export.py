"""MngExportCalendarEvents: a manager's calendar, or the desks of a mask, as an iCalendar text."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.commands.collections import surroundings
from deskcal.commands.filters import require_range
from deskcal.commands.member import Collection, Member, decode_head, key_of
from deskcal.commands.members import MAX_MEMBERS, members, members_of
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import wire_safe
from deskcal.core.event import MAX_TIME, Event, Id, Time
from deskcal.core.filters import EventFilter
from deskcal.core.masks import checked_desk_mask, desk_mask_of
from deskcal.core.sessions import Session
from deskcal.errors import InvalidField
from deskcal.ical.digest import digest_of
from deskcal.ical.export import joined
from deskcal.ical.lines import raw_lines
from deskcal.ical.read import CalendarEvent, read_calendar
from deskcal.ical.resource import Resource, resource_text
from deskcal.live.connections import Peer
from deskcal.store.batch.objects import CalendarObject
from deskcal.threads import computed

MAX_EVENTS = 50_000
"""Of one export."""

_documents = msgspec.json.Decoder(list[msgspec.Raw]).decode

ExportEvents: Any = msgspec.defstruct(
    "ExportEvents",
    [
        ("manager_id", Id | None, None),
        ("desk_filter", str | None, msgspec.field(name="deskFilter", default=None)),
        ("since", Time | None, msgspec.field(name="from", default=None)),
        ("until", Time | None, msgspec.field(name="to", default=None)),
    ],
    kw_only=True,
    module=__name__,
)
"""Whose calendar, and of which time."""


class _Wanted(Struct, frozen=True):
    """A checked request."""

    manager_id: int
    desk_filter: str | None
    since: int
    until: int


@command("MngExportCalendarEvents", ExportEvents, is_list=True, is_repeatable=True)
def export_events(services: Services, _: Peer, session: Session, data: Any) -> Work:
    """Gives a manager's calendar, or the events of desks, as an iCalendar file."""
    if data.manager_id and data.desk_filter is not None:
        raise InvalidField(
            "deskFilter and manager_id: an export is of a manager or of desks; send one of them",
            field="deskFilter",
        )
    since, until = data.since or 0, MAX_TIME if data.until is None else data.until
    require_range(since, until)
    if data.desk_filter is not None:
        desk_mask_of("deskFilter", data.desk_filter, services.limits)
    wanted = _Wanted(data.manager_id or session.manager_id, data.desk_filter, since, until)
    return _export(services, session, wanted)


async def _export(services: Services, session: Session, wanted: _Wanted) -> Data:
    around = await surroundings(services, session)
    found: list[tuple[Collection, Member]] = []
    for collection in await _collections(services, session, wanted):
        page = await members(services, session, collection, wanted.since, wanted.until)
        found += [(collection, member) for member in page]
    if sum(len(member.documents) for _, member in found) > MAX_EVENTS:
        raise InvalidField(
            f"the calendar has more than {MAX_EVENTS} events; narrow it by from and to",
            field="from",
        )

    def render() -> bytes:
        texts, starts = [], [int(services.now())]
        for collection, member in found:
            events = member.events
            starts += [event.start_time for event in events]
            texts.append(_text(services, around.names, collection, member, events))
        text = joined(texts, min(starts), max(starts))
        return wire_safe(msgspec.json.encode({"ics": text, "count": len(texts)}))

    return await computed(render)


def _text(
    services: Services,
    names: Any,
    collection: Collection,
    member: Member,
    events: list[Event],
) -> str:
    stored = member.object
    return resource_text(
        Resource(
            events=events,
            series=member.series,
            uid=member.uid,
            viewer=collection.manager_id if collection.is_mine else events[0].owner_manager_id,
            names=names,
            default_timezone=services.default_timezone,
            source=stored.source if stored else "",
            is_source=member.is_source,
            extras=stored.extras if stored else "",
        )
    )


async def is_as_exported(
    services: Services, session: Session, stored: CalendarObject, file: Sequence[CalendarEvent]
) -> bool:
    """Whether an export of its owner's calendar has the events of `file` for an object now.

    To take these in would change nothing but what deskcal has no field for, such as alarms beside
    the event's own. An export says when they were changed last: others need no comparison.
    """
    collection, key = Collection(stored.owner_id), key_of(stored)
    keys = [] if key is None else [key]
    found = await members_of(services, session, collection, keys, [stored])
    member = next(iter(found.values()), None)
    if member is None:
        return False
    updated_time = max(event.updated_time for event in member.events)
    if updated_time != max(event.modified for event in file):
        return False
    names = (await surroundings(services, session)).names

    def has_digest() -> bool:
        events = member.events
        starts = [event.start_time for event in events]
        text = joined(
            [_text(services, names, collection, member, events)], min(starts), max(starts)
        )
        exported = read_calendar(raw_lines(text), services.default_timezone)
        return digest_of(exported.events) == digest_of(file)

    return await computed(has_digest)


async def _collections(services: Services, session: Session, wanted: _Wanted) -> list[Collection]:
    """The manager's own, or one for each brand and desk of the mask that has events."""
    if wanted.desk_filter is None:
        return [Collection(wanted.manager_id)]
    filter_ = EventFilter(
        since=wanted.since,
        until=wanted.until,
        limit=MAX_MEMBERS,
        desk_filter=checked_desk_mask(wanted.desk_filter),
    )
    rows = await services.store.list_events(filter_, session)
    documents = await computed(_documents, b"[" + b",".join(rows.documents) + b"]")
    heads = [decode_head(document) for document in documents]
    places = sorted({(head.brand, head.desk) for head in heads})
    return [Collection(session.manager_id, *place, is_desk=True) for place in places]

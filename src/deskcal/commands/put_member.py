"""A calendar object resource as a CalDAV client puts it: one transaction, with an import's rights.

Source: RFC 4791, 5.3.2; contract, section 16.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.commands.calendar_import import (
    Drafted,
    Importing,
    Moved,
    apply_events,
)
from deskcal.commands.exported_uids import key_of_default_uid
from deskcal.commands.member import Collection, Member, key_of, uid_of
from deskcal.commands.member_state import object_of, require_unchanged, staged_tag, touch
from deskcal.commands.members import members_of
from deskcal.commands.new_series import most_imported
from deskcal.commands.own_part import is_own, own_part
from deskcal.commands.services import Services
from deskcal.core.document import scope_of
from deskcal.core.event import ChangeType
from deskcal.core.sessions import Session
from deskcal.core.trash import alone, restored
from deskcal.errors import InvalidField
from deskcal.ical.digest import digest_of
from deskcal.ical.extras import extras_of
from deskcal.ical.file_zones import has_usual_zone
from deskcal.ical.floating import with_usual_zone
from deskcal.ical.lines import Part, Problem, raw_lines, read_parts
from deskcal.ical.masters import check_supported, require_one_master
from deskcal.ical.ranges import repeating
from deskcal.ical.read import CalendarEvent, read_calendar, too_long
from deskcal.ical.uids import default_uid
from deskcal.store.batch.objects import MAX_EXTRAS, MAX_SOURCE, CalendarObject, NameTaken
from deskcal.store.ports.work import Changes, Transaction
from deskcal.threads import computed

TRIES = 3
CLEARED = ("ast_json", "remind_time", "remind_before_sec", "show_as")
"""Fields that are back at their default where the text does not have them."""


class BadObject(InvalidField):
    """A resource that is not taken; `condition`: the precondition of RFC 4791 that it breaks."""

    def __init__(self, message: str, condition: str, *, name: str = "") -> None:
        super().__init__(message)
        self.condition = condition
        self.name = name
        """Of the member that is in the way."""


class Put(Struct, frozen=True, kw_only=True):
    """A request to put a resource."""

    services: Services
    session: Session
    collection: Collection
    name: str
    text: str
    brand: str
    """Of a new event; empty: the default."""
    check: Callable[[str | None], None]
    """Raises where the request's conditions do not hold for that ETag; None: nothing is there."""

    @property
    def manager_id(self) -> int:
        """Whose calendar it is."""
        return self.session.manager_id


class Stored(Struct, frozen=True):
    """What became of it."""

    etag: str
    is_new: bool
    is_verbatim: bool
    """Whether it is answered as it was put."""


async def in_usual_zone(put: Put, member: Member | None) -> Put:
    """`put` with the X-WR-TIMEZONE of what is there, where its floating times need it.

    An app that gives a text back without that line means the same. The line is kept with the text,
    which would mean something else from then on.
    """
    source = member.object.source if member is not None and member.object is not None else ""
    if not has_usual_zone(source):
        return put
    text = await computed(with_usual_zone, put.text, source)
    return put if text == put.text else msgspec.structs.replace(put, text=text)


async def parsed(put: Put) -> list[CalendarEvent]:
    """The VEVENTs of the text, read off the event loop. Raises: BadObject."""
    return await computed(_parsed, put.text, put.services.default_timezone)


def _parsed(text: str, zone: str) -> list[CalendarEvent]:
    lines = raw_lines(text)
    problems: list[Problem] = []
    parts = list(read_parts(lines, problems))
    if not any(part.name == "VCALENDAR" for part in parts) or problems:
        why = f"line {problems[0].line}: {problems[0].why}" if problems else "no BEGIN:VCALENDAR"
        raise BadObject(f"this is no iCalendar text: {why}", "valid-calendar-data")
    _require_events(parts)
    found = read_calendar(lines, zone)
    if found.skipped:
        raise BadObject(found.skipped[0].why, "supported-calendar-data")
    if len({event.uid for event in found.events}) != 1:
        raise BadObject(
            "a resource has one UID, this one more; put each under a name of its own",
            "valid-calendar-object-resource",
        )
    if len(text) > MAX_SOURCE:
        _require_kept(len(text), found.events)
    _require_one_set(found.events)
    try:
        check_supported(found.events)
        return list(map(repeating, found.events))
    except InvalidField as exc:
        raise BadObject(exc.message, "supported-calendar-data") from exc


def _require_one_set(events: Sequence[CalendarEvent]) -> None:
    """One event with its overrides, none of them too early. Source: RFC 4791, 4.1 and 5.3.2.1."""
    try:
        require_one_master(events)
    except InvalidField as exc:
        raise BadObject(exc.message, "valid-calendar-object-resource") from exc
    if any(event.start.time <= 0 and not event.rrule for event in events):
        raise BadObject("an event that does not repeat begins in 1970 or later", "min-date-time")


def _require_kept(length: int, events: Sequence[CalendarEvent]) -> None:
    """That fields and extras have all of a text that is too long to be kept as it is."""
    if extras_of(events, MAX_EXTRAS)[1]:
        raise BadObject(
            f"the text has {length} characters; beyond {MAX_SOURCE} at most {MAX_EXTRAS} are kept "
            "of properties that deskcal has no field for: take attachments out, or link to them",
            "max-resource-size",
        )
    for event in events:
        for name, text in (
            ("SUMMARY", event.title),
            ("LOCATION", event.location),
            ("DESCRIPTION", event.description),
        ):
            if why := too_long(name, text):
                raise BadObject(
                    f"the text has {length} characters, at most {MAX_SOURCE} are kept as they "
                    f"are; beyond that {why}: make it shorter",
                    "max-resource-size",
                )


def _require_one_alarm(length: int, events: Sequence[CalendarEvent]) -> None:
    """That the event's reminder has all alarms of a text that is too long to be kept as it is."""
    for event in events:
        count = event.extras.count("BEGIN:VALARM")
        if event.alarms and count > 1:
            raise BadObject(
                f"the text has {length} characters, at most {MAX_SOURCE} are kept as they are; "
                f"beyond that an event has one VALARM, this one has {count}: leave one, or make "
                "the text shorter",
                "max-resource-size",
            )


def _require_events(parts: Sequence[Part]) -> None:
    if any(part.first("METHOD") for part in parts if part.name == "VCALENDAR"):
        raise BadObject(
            "a stored event has no METHOD, which says what a message is for; leave that line out",
            "valid-calendar-object-resource",
        )
    kinds = {part.name for part in parts} - {"VCALENDAR", "VTIMEZONE"}
    if not kinds:
        raise BadObject("the calendar has no component", "valid-calendar-object-resource")
    if kinds != {"VEVENT"}:
        other = min(kinds - {"VEVENT"})
        raise BadObject(f"a {other[:20]} is not taken, only VEVENT", "supported-calendar-component")
    if any(part.is_cut for part in parts):
        raise BadObject("the text ends in the middle of an event", "valid-calendar-data")
    if any(not part.first("UID") for part in parts if part.name == "VEVENT"):
        raise BadObject(
            "a VEVENT has no UID; give it one that is unique", "valid-calendar-object-resource"
        )


class Found(Struct, frozen=True):
    """What a put is about to change."""

    member: Member | None
    """None: it is new, or was deleted."""
    object: CalendarObject | None
    """The row of the UID, also of a deleted event."""
    in_the_way: CalendarObject | None = None
    """A row of another UID whose event is gone, and whose name is taken over."""


async def found_for(put: Put, uid: str, member: Member | None) -> Found:
    """What is there. `member`: of the resource's name.

    Raises: BadObject for a UID that is somewhere else, or another one here.
    """
    services, session, collection = put.services, put.session, put.collection
    objects = services.store.objects
    if member is not None:
        if uid_of(member) != uid:
            raise BadObject(
                f"the UID of this resource is {uid_of(member)[:100]!r} and stays so",
                "no-uid-conflict",
                name=put.name,
            )
        return Found(member, member.object)
    by_uid = await objects.get(put.manager_id, uid)
    key = key_of(by_uid) if by_uid is not None else key_of_default_uid(uid)
    if key is not None:
        others = await members_of(services, session, collection, [key])
        for other in others.values():
            if uid_of(other) == uid:
                raise BadObject(
                    f"there is a resource with this UID: {other.name}",
                    "no-uid-conflict",
                    name=other.name,
                )
    by_name = await objects.named(put.manager_id, put.name)
    in_the_way = by_name if by_name is not None and by_name.uid != uid else None
    return Found(None, by_uid, in_the_way)


async def put_own(put: Put, events: Sequence[CalendarEvent], found: Found) -> Stored:
    """Creates or changes an event or series of the manager's own.

    Raises: BadObject, DeskcalError, Moved.
    """
    if len(put.text) > MAX_SOURCE:
        _require_one_alarm(len(put.text), events)
    place = {"brand": put.brand} if put.brand and found.member is None else {}
    now = int(put.services.now())
    run = Importing(put.services, put.session, put.manager_id, place, False, now)
    drafted = [_drafted(run, event, is_new=found.member is None) for event in events]
    seen = found.object
    if seen is None and found.member is not None:
        seen = object_of(found.member, put.manager_id, events[0].uid)
    wanted = _wanted(put, events, found)

    def apply(changes: Changes) -> Stored:
        _require_objects(changes, put, found, events[0].uid)
        require_unchanged(changes, put.session, put.collection, found.member)
        if found.in_the_way is not None:
            changes.put_calendar_object(found.in_the_way.key, None)
        is_series = found.member is not None and found.member.series is not None
        known = seen if is_series else own_part(changes, put.session, put.manager_id, seen)
        known = _revived(put, changes, known, events[0].uid)
        stored, _ = apply_events(run, changes, drafted, wanted, known)
        tag = staged_tag(changes, put.session, put.collection, stored)
        if found.member is not None and tag == found.member.etag:
            touch(changes, stored, put.manager_id, now)
            tag = staged_tag(changes, put.session, put.collection, stored)
        changes.put_calendar_object(wanted.key, msgspec.structs.replace(stored, stamp=tag))
        return Stored(tag, found.member is None, bool(stored.source))

    transaction = _transaction(put, events, found, seen, now, apply)
    try:
        stored: Stored = (await put.services.store.transact(transaction)).value
    except NameTaken as exc:
        raise Moved("another event has the name by now") from exc
    return stored


def _transaction(
    put: Put,
    events: Sequence[CalendarEvent],
    found: Found,
    seen: CalendarObject | None,
    now: int,
    apply: Callable[[Changes], Any],
) -> Transaction:
    uid = events[0].uid
    keys = {(put.manager_id, uid)}
    if found.in_the_way is not None:
        keys.add(found.in_the_way.key)
    ids = [seen.event_id, *seen.overrides.values()] if seen else []
    default = key_of_default_uid(uid)
    if default is not None and default.event_id:
        ids.append(default.event_id)
    return Transaction(
        event_ids=sorted({event_id for event_id in ids if event_id}),
        new_events=most_imported(put.services, now, events),
        actor=put.manager_id,
        time=now,
        apply=apply,
        series_ids=[seen.series_id] if seen and seen.series_id else [],
        objects=sorted(keys),
        reads_trash=True,
    )


def _drafted(run: Importing, event: CalendarEvent, *, is_new: bool) -> Drafted:
    """All of its fields; on a change answers are those that are there, but the manager's own."""
    drafted = run.drafted(event)
    sent = drafted.sent
    if is_new:
        return drafted
    values = dict.fromkeys(CLEARED) | sent.values
    rows = tuple(
        row
        if row.manager_id == run.session.manager_id
        else msgspec.structs.replace(row, status=None)
        for row in sent.participants or ()
    )
    return Drafted(event, msgspec.structs.replace(sent, values=values, participants=rows))


def _wanted(put: Put, events: Sequence[CalendarEvent], found: Found) -> CalendarObject:
    return CalendarObject(
        owner_id=put.manager_id,
        uid=events[0].uid,
        name=put.name,
        sequence=max(event.sequence for event in events),
        modified=max(event.modified for event in events),
        digest=digest_of(events),
        extras=extras_of(events, MAX_EXTRAS)[0],
        source=put.text if len(put.text) <= MAX_SOURCE else "",
    )


def _require_objects(changes: Changes, put: Put, found: Found, uid: str) -> None:
    """Raises: Moved where a row is not what it was when it was looked at."""
    if changes.calendar_object((put.manager_id, uid)) != found.object:
        raise Moved("changed meanwhile")
    other = found.in_the_way
    if other is not None and changes.calendar_object(other.key) != other:
        raise Moved("changed meanwhile")


def _revived(
    put: Put, changes: Changes, seen: CalendarObject | None, uid: str
) -> CalendarObject | None:
    """`seen`, its events out of the trash again; of a UID of ours that has no row, one."""
    ids = [seen.event_id, *seen.overrides.values()] if seen else []
    default = key_of_default_uid(uid)
    if seen is None and default is not None and default.event_id:
        ids.append(default.event_id)
    back = [event_id for event_id in ids if event_id and _restore(put, changes, event_id)]
    if seen is None and back:
        event = changes.event(back[0])
        if event is not None and default_uid(event, None) == uid:
            return CalendarObject(
                owner_id=put.manager_id, uid=uid, name=put.name, event_id=event.id
            )
    return seen


def _restore(put: Put, changes: Changes, event_id: int) -> bool:
    if changes.event(event_id) is not None:
        return False
    trashed = changes.trashed(event_id)
    if trashed is None or not is_own(trashed, put.session, put.manager_id):
        return False
    put.session.require_place(scope_of(trashed))
    now = int(put.services.now())
    event = restored(alone(trashed), actor=put.manager_id, now=now)
    changes.put(event_id, event, ChangeType.RESTORED)
    return True


def is_ours(member: Member, manager_id: int) -> bool:
    """Whether the manager owns it, not takes part only."""
    return all(event.owner_manager_id == manager_id for event in member.events)

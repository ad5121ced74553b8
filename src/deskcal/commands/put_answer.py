"""A participant's put: it changes that participant's answer, TRANSP and alarms alone.

Source: contract, section 16.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.commands.calendar_import import Moved
from deskcal.commands.member import Member
from deskcal.commands.member_state import (
    answer_event,
    answer_series,
    object_of,
    require_unchanged,
    staged_events,
    staged_tag,
    touch,
)
from deskcal.commands.members import hidden_member
from deskcal.commands.new_series import announce_series
from deskcal.commands.put_member import BadObject, Found, Put, Stored, is_ours
from deskcal.core.alarms import is_coming
from deskcal.core.event import Event, ParticipantStatus
from deskcal.errors import Forbidden
from deskcal.ical.components import Components, read_components
from deskcal.ical.fields import STATUS_OF, manager_of
from deskcal.ical.participant_put import forbidden_change
from deskcal.ical.patch import without_owners
from deskcal.ical.read import CalendarEvent
from deskcal.store.batch.objects import MAX_SOURCE, CalendarObject, NameTaken
from deskcal.store.ports.work import Changes, Transaction
from deskcal.threads import computed


async def deleted_by_participant(
    put: Put, events: Sequence[CalendarEvent], found: Found
) -> Member | None:
    """What the manager has deleted as a participant and now answers otherwise; else None."""
    if found.member is not None or found.object is None or found.in_the_way is not None:
        return None
    answers = _answers(events, put.manager_id).values()
    if all(status == ParticipantStatus.DECLINED for status in answers):
        return None
    member = await hidden_member(put.services, put.session, put.collection, found.object)
    return None if member is None or is_ours(member, put.manager_id) else member


async def put_answer(
    put: Put, events: Sequence[CalendarEvent], member: Member, shown: str
) -> Stored:
    """Sets the manager's own answers. `shown`: the text of the member as it is given.

    What the manager had deleted is there again, under the name of the put.
    Raises: Forbidden where anything else differs; InvalidField; BadObject; Moved.
    """
    seen = object_of(member, put.manager_id, events[0].uid)
    read = await computed(_read, put, events, shown, seen.source)
    now = int(put.services.now())

    def apply(changes: Changes) -> Stored:
        if changes.calendar_object(seen.key) != member.object:
            raise Moved("changed meanwhile")
        require_unchanged(changes, put.session, put.collection, member)
        is_changed = _respond(changes, put, seen, read.answers, now)
        if read.has_own and not is_changed:
            touch(changes, seen, put.manager_id, now)
        tag = staged_tag(changes, put.session, put.collection, seen)
        is_verbatim = read.source == put.text
        after = msgspec.structs.replace(
            seen,
            source=read.source,
            stamp=tag if is_verbatim else "",
            name=put.name,
            is_hidden=False,
        )
        changes.put_calendar_object(seen.key, after)
        return Stored(tag, seen.is_hidden, is_verbatim)

    try:
        applied = await put.services.store.transact(_transaction(put, seen, now, apply))
    except NameTaken as exc:
        raise Moved("another event has the name by now") from exc
    stored: Stored = applied.value
    return stored


def _transaction(put: Put, seen: CalendarObject, now: int, apply: Any) -> Transaction:
    ids = {seen.event_id, *seen.overrides.values()} - {0}
    return Transaction(
        event_ids=sorted(ids),
        new_events=0,
        actor=put.manager_id,
        time=now,
        apply=apply,
        series_ids=[seen.series_id] if seen.series_id else [],
        objects=[seen.key],
    )


class _Read(Struct, frozen=True):
    """What a participant's text says of what is theirs."""

    answers: Mapping[int, ParticipantStatus]
    """By RECURRENCE-ID; 0: of the master."""
    has_own: bool
    """Whether alarms or TRANSP are others than they were given."""
    source: str
    """The text as it is kept: whole, or without what is the owner's; empty: nothing is to keep."""


def _read(put: Put, events: Sequence[CalendarEvent], shown: str, before: str) -> _Read:
    """`before`: the source until now.

    Raises: Forbidden where anything else differs; InvalidField; BadObject.
    """
    zone = put.services.default_timezone
    theirs, ours = read_components(put.text, zone), read_components(shown, zone)
    what = forbidden_change(theirs, ours, zone)
    if what:
        raise Forbidden(
            "this event is somebody else's: you may answer and set your own alarms, but not "
            f"change {what}; ask its owner"
        )
    has_own = _own_part(theirs) != _own_part(ours)
    source = put.text if len(put.text) <= MAX_SOURCE else without_owners(put.text, zone)
    if len(source) > MAX_SOURCE:
        if has_own:
            raise BadObject(
                f"without its descriptions and managers the text has {len(source)} characters, "
                f"more than the {MAX_SOURCE} that are kept: put it without a change of its alarms "
                "or TRANSP",
                "max-resource-size",
            )
        source = before
    return _Read(_answers(events, put.manager_id), has_own, source)


def _answers(events: Sequence[CalendarEvent], manager_id: int) -> dict[int, ParticipantStatus]:
    """The manager's own answer by RECURRENCE-ID; 0: of the master."""
    found = {}
    for event in events:
        time = event.recurrence_id.time if event.recurrence_id else 0
        for one in event.attendees:
            if manager_of(one) == manager_id:
                found[time] = STATUS_OF.get(one.partstat, ParticipantStatus.INVITED)
    return found


def _own_part(components: Components) -> list[Any]:
    """What is the participant's own: alarms and TRANSP."""
    return [
        (
            time,
            bool(one.event.is_transparent),
            sorted(line.text for alarm in one.part.parts for line in alarm.properties),
        )
        for time, one in sorted(components.events.items())
    ]


def _respond(
    changes: Changes,
    put: Put,
    seen: CalendarObject,
    answers: Mapping[int, ParticipantStatus],
    now: int,
) -> bool:
    """Sets the answers; whether any is another one than before."""
    is_changed = False
    for event in staged_events(changes, put.session, put.collection, seen):
        time = event.original_start_time or _time_of(event, seen)
        status = answers.get(time, answers.get(0))
        if status is None or not _may_be_answered(event, seen, put.services.default_timezone, now):
            continue
        is_changed |= answer_event(changes, event, put.manager_id, status, now)
    if 0 in answers and answer_series(changes, seen.series_id, put.manager_id, answers[0], now):
        is_changed = is_changed or bool(announce_series(changes, seen.series_id))
    return is_changed


def _time_of(event: Event, seen: CalendarObject) -> int:
    return next((int(t) for t, event_id in seen.overrides.items() if event_id == event.id), 0)


def _may_be_answered(event: Event, seen: CalendarObject, zone: str, now: int) -> bool:
    """Of a series what is done or over stays as it is."""
    return not seen.series_id or is_coming(event, now, zone)

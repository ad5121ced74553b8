"""MngImportCalendarEvents: an iCalendar file, each event and series in one transaction."""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from deskcal.commands.calendar_export import is_as_exported
from deskcal.commands.deletions import Deletions
from deskcal.commands.exported_uids import exported_object
from deskcal.commands.new_series import announce_series, horizon_of, most_imported
from deskcal.commands.own_part import own_part
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.alarms import is_coming
from deskcal.core.document import scope_of, wire_safe
from deskcal.core.draft import Draft, EventFields, checked_code, create, draft_new, merge
from deskcal.core.event import ChangeType, Event, Flag, Id, next_version
from deskcal.core.sessions import Session
from deskcal.core.trash import alone, restored
from deskcal.errors import Conflict, DeskcalError, InvalidField
from deskcal.ical.digest import digest_of
from deskcal.ical.extras import extras_of
from deskcal.ical.fields import encoded, fields_of
from deskcal.ical.kept import kept
from deskcal.ical.lines import raw_lines
from deskcal.ical.masters import require_one_master
from deskcal.ical.occurrences import Overridden, Repeating, plan_series
from deskcal.ical.ranges import parts_of
from deskcal.ical.read import CalendarEvent, CalendarFile, Skipped, read_calendar
from deskcal.limits import DAY_SEC
from deskcal.live.connections import Peer
from deskcal.store.batch.objects import MAX_EXTRAS, CalendarObject
from deskcal.store.ports.work import Changes, Transaction
from deskcal.threads import computed
from deskcal.wire.data import decode_data

AT_ONCE = 64
"""UIDs whose transactions are under way at a time."""
TRIES = 3
"""Of a UID that somebody else changes at the same time."""
MAX_SKIPPED = 1000
"""Entries of `skipped` in an answer; `skipped_count` counts the others, too."""
OWN_FIELDS = (
    *("title", "location", "start_time", "end_time", "all_day", "timezone", "status"),
    *("priority", "show_as", "ast_json", "remind_before_sec"),
)
"""Fields that an override can have for itself."""

_fields = msgspec.json.Decoder(EventFields)


class ImportEvents(Struct, kw_only=True):
    """A file, and where its events go."""

    ics: str
    owner_manager_id: Id | None = None
    """Absent or 0: the session's manager."""
    brand: str | None = None
    desk: str | None = None
    dry_run: Flag | None = None


class Importing(Struct, frozen=True):
    """Who imports, and where to."""

    services: Services
    session: Session
    owner_id: int
    place: dict[str, str]
    is_dry: bool
    now: int

    def drafted(self, event: CalendarEvent) -> "Drafted":
        """The event with its fields checked. Raises: InvalidField, naming the field."""
        fields = fields_of(event, self.owner_id) | self.place
        if event.rrule and event.start.time < DAY_SEC:
            # Its occurrences, which have times of their own, are made from `BACK_SEC` ago on.
            fields |= {"start_time": DAY_SEC, "end_time": DAY_SEC}
        text = encoded(fields)
        decoded = decode_data(_fields, Raw(text))
        return Drafted(event, draft_new(decoded, self.services.limits))


class Drafted(Struct, frozen=True):
    """One VEVENT, and the draft of its fields."""

    event: CalendarEvent
    sent: Draft


class _Dry(DeskcalError):
    """Ends a transaction of a dry run, so that nothing is written."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@command("MngImportCalendarEvents", ImportEvents, is_list=True)
def import_events(services: Services, _: Peer, session: Session, data: ImportEvents) -> Work:
    """Takes the events of an iCalendar file, by UID: new ones, and newer ones."""
    place = [("brand", data.brand), ("desk", data.desk)]
    run = Importing(
        services,
        session,
        data.owner_manager_id or session.manager_id,
        {name: checked_code(name, text) for name, text in place if text},
        bool(data.dry_run),
        int(services.now()),
    )
    return _import(run, data.ics)


async def _import(run: Importing, text: str) -> Data:
    found = await computed(read_calendar, raw_lines(text), run.services.default_timezone)
    if not found.is_calendar:
        raise InvalidField(
            "ics has no BEGIN:VCALENDAR: it is not an iCalendar file (.ics)", field="ics"
        )
    groups = _by_uid(found)
    outcomes: dict[str, str] = {}
    skipped = [*found.skipped, *found.warnings]
    uids = list(groups)
    for start in range(0, len(uids), AT_ONCE):
        part = uids[start : start + AT_ONCE]
        results = await asyncio.gather(*(_import_uid(run, groups[uid]) for uid in part))
        for uid, (outcome, why) in zip(part, results, strict=True):
            outcomes[uid] = outcome
            if why:
                skipped.append(Skipped(uid, f"line {groups[uid][0].line}: {why}"))
    return _answer(list(outcomes.values()), skipped)


def _answer(outcomes: list[str], skipped: list[Skipped]) -> bytes:
    counts: dict[str, Any] = {
        name: outcomes.count(name) for name in ("created", "updated", "unchanged")
    }
    named = {"skipped": skipped[:MAX_SKIPPED], "skipped_count": len(skipped)}
    return wire_safe(msgspec.json.encode(counts | named))


def _by_uid(found: CalendarFile) -> dict[str, list[CalendarEvent]]:
    groups: dict[str, list[CalendarEvent]] = {}
    for event in found.events:
        groups.setdefault(event.uid, []).append(event)
    return groups


async def _import_uid(run: Importing, events: Sequence[CalendarEvent]) -> tuple[str, str]:
    """What became of a UID, and why it, or a part of it, was skipped."""
    try:
        require_one_master(events)
        parts = parts_of(events, run.services.default_timezone)
    except DeskcalError as exc:
        return "skipped", exc.message
    results = [await _import_part(run, part) for part in parts]
    why = "; ".join(why for _, why in results if why)
    outcomes = {outcome for outcome, _ in results} - {"skipped"}
    if len(outcomes) > 1:
        return "updated", why
    return outcomes.pop() if outcomes else "skipped", why


async def _import_part(run: Importing, events: Sequence[CalendarEvent]) -> tuple[str, str]:
    """What became of one series or event, and why it was skipped."""
    try:
        for _ in range(TRIES):
            try:
                return await _store(run, events), _left_out(events)
            except Moved:
                continue
    except _Dry as dry:
        return dry.outcome, _left_out(events)
    except DeskcalError as exc:
        return "skipped", exc.message
    return "skipped", "somebody else changes it at this moment; import it again"


def _left_out(events: Sequence[CalendarEvent]) -> str:
    """Why a part of an event is not kept; empty: all of it is."""
    _, left_out = extras_of(events, MAX_EXTRAS)
    if not left_out:
        return ""
    return (
        f"{left_out} of its properties that deskcal has no field for are left out: {MAX_EXTRAS} "
        "characters of them are kept"
    )


class Moved(Conflict):
    """The object is not what it was when it was looked at."""


async def _store(run: Importing, events: Sequence[CalendarEvent]) -> str:
    """Stores a UID in one transaction; what became of it. Raises: DeskcalError."""
    key = (run.owner_id, events[0].uid)
    store = run.services.store
    stored = await store.objects.get(*key)
    seen = stored or await exported_object(run.services, run.session, *key)
    digest = digest_of(events)
    newest = max((event.sequence, event.modified) for event in events)
    mark = (seen.sequence, seen.modified) if seen else newest
    is_known = seen and (seen.digest == digest or newest < mark or (not stored and newest == mark))
    if seen and is_known and await _is_there(run, seen):
        return "unchanged"
    if stored and await is_as_exported(run.services, run.session, stored, events):
        left = msgspec.structs.replace(
            stored, sequence=newest[0], modified=newest[1], digest=digest
        )
        return await _remember(run, stored, left)
    wanted = CalendarObject(
        owner_id=run.owner_id,
        uid=events[0].uid,
        name=seen.name if seen else _name_of(events[0].uid),
        sequence=newest[0],
        modified=newest[1],
        digest=digest,
        extras=extras_of(events, MAX_EXTRAS)[0],
    )
    drafted = list(map(run.drafted, events))
    single_ids = [seen.event_id, *seen.overrides.values()] if seen else []

    def apply(changes: Changes) -> str:
        if changes.calendar_object(key) != stored:
            raise Moved("changed meanwhile")
        own = own_part(changes, run.session, run.owner_id, seen)
        left, outcome = apply_events(run, changes, drafted, wanted, own)
        changes.put_calendar_object(key, left)
        if run.is_dry:
            raise _Dry(outcome)
        return outcome

    transaction = Transaction(
        event_ids=[event_id for event_id in single_ids if event_id],
        new_events=most_imported(run.services, run.now, events),
        actor=run.session.manager_id,
        time=run.now,
        apply=apply,
        series_ids=[seen.series_id] if seen and seen.series_id else [],
        objects=[key],
        reads_trash=True,
    )
    return str((await store.transact(transaction)).value)


async def _remember(run: Importing, stored: CalendarObject, left: CalendarObject) -> str:
    """Stores of which file an object is, so that the same changes nothing later, either."""

    def apply(changes: Changes) -> None:
        current = changes.calendar_object(stored.key)
        changes.put_calendar_object(stored.key, left if current == stored else current)

    if not run.is_dry:
        actor = run.session.manager_id
        await run.services.store.transact(
            Transaction((), 0, actor, run.now, apply, objects=[stored.key])
        )
    return "unchanged"


async def _is_there(run: Importing, seen: CalendarObject) -> bool:
    """Whether what was taken before has not been deleted since, and the session sees it."""
    session, store = run.session, run.services.store
    if seen.series_id:
        series = await store.series.get(seen.series_id)
        return series is not None and session.can_see(scope_of(series.template))
    ids = [seen.event_id, *seen.overrides.values()]
    records = [await store.load(one) for one in ids if one]
    return all(record is not None and session.can_see(record) for record in records)


def _name_of(uid: str) -> str:
    """A name for the resource of a UID that no calendar app has named."""
    return hashlib.blake2b(uid.encode(), digest_size=12).hexdigest() + ".ics"


def apply_events(
    run: Importing,
    changes: Changes,
    drafted: Sequence[Drafted],
    wanted: CalendarObject,
    seen: CalendarObject | None,
) -> tuple[CalendarObject, str]:
    """Stages the events of a UID; its object, and what became of it. Raises: DeskcalError."""
    master = next((one for one in drafted if one.event.recurrence_id is None), None)
    if master is not None and master.event.rrule:
        return _apply_series(run, changes, drafted, master, wanted, seen)
    outcome = "updated" if seen else "created"
    event_id, known = (seen.event_id, seen.overrides) if seen else (0, {})
    if seen and seen.series_id:
        _delete_series(run, changes, seen.series_id)
    if master is not None:
        event_id = _put_single(run, changes, master, event_id)
    overrides = {}
    for one in drafted:
        if one.event.recurrence_id is not None:
            name = str(one.event.recurrence_id.time)
            overrides[name] = _put_single(run, changes, one, known.get(name, 0))
    return msgspec.structs.replace(wanted, event_id=event_id, overrides=overrides), outcome


def _put_single(run: Importing, changes: Changes, drafted: Drafted, event_id: int) -> int:
    """The id of the event that it is now, the same also out of the trash. Raises: DeskcalError."""
    before = changes.event(event_id) if event_id else None
    gone = changes.trashed(event_id) if event_id and before is None else None
    if gone is not None:
        before = restored(alone(gone), actor=run.session.manager_id, now=run.now)
    if before is None:
        return _add_single(run, changes, drafted.sent)
    run.session.require_change(before.id, scope_of(before))
    sent = kept(drafted.sent, before, drafted.event, run.services.default_timezone)
    merged = merge(before, sent, now=run.now)
    if gone is not None or scope_of(merged) != scope_of(before):
        run.session.require_place(scope_of(merged))
    if gone is not None:
        changes.put(before.id, merged, ChangeType.RESTORED)
        return before.id
    after = next_version(before, merged, actor=run.session.manager_id, now=run.now)
    changes.put(before.id, after, ChangeType.UPDATED)
    return before.id


def _add_single(run: Importing, changes: Changes, sent: Draft) -> int:
    made: list[int] = []

    def make(new_id: int) -> Event:
        made.append(new_id)
        found = create(sent, event_id=new_id, actor=run.session.manager_id, now=run.now)
        run.session.require_place(scope_of(found))
        return found

    changes.add(make)
    return made[0]


def _apply_series(
    run: Importing,
    changes: Changes,
    drafted: Sequence[Drafted],
    master: Drafted,
    wanted: CalendarObject,
    seen: CalendarObject | None,
) -> tuple[CalendarObject, str]:
    series_id = seen.series_id if seen else 0
    series = changes.series(series_id) if series_id else None
    before = changes.series_events(series_id) if series else []
    single = changes.event(seen.event_id) if seen and seen.event_id and not series else None
    before += [single] if single else []
    hidden = frozenset(one.id for one in before if not run.session.can_see(scope_of(one)))
    for one in before:
        if one.id not in hidden:
            run.session.require_change(one.id, scope_of(one))
    overrides = [
        Overridden(one.event, one.sent, OWN_FIELDS)
        for one in drafted
        if one.event.recurrence_id is not None
    ]
    repeating = Repeating(
        master.event,
        master.sent,
        overrides,
        run.services.default_timezone,
        run.session.manager_id,
        run.now,
        horizon_of(run.services, run.now),
        hidden,
    )
    result = plan_series(repeating, series, before, changes.new_id)
    for old, new in result.changed:
        if new is not None:
            run.session.require_place(scope_of(new))
            changes.put(new.id, new, ChangeType.UPDATED if old else ChangeType.ADDED)
        elif old is not None:
            changes.put(old.id, None, ChangeType.DELETED)
    changes.put_series(result.series.series_id, result.series)
    if not result.changed:
        announce_series(changes, result.series.series_id)
    if seen:
        for event_id in (seen.event_id, *seen.overrides.values()):
            left = changes.event(event_id) if event_id else None
            if left is not None and not left.series_id:
                changes.put(event_id, None, ChangeType.DELETED)
    stored = msgspec.structs.replace(wanted, series_id=result.series.series_id)
    return stored, "updated" if seen else "created"


def _delete_series(run: Importing, changes: Changes, series_id: int) -> None:
    """What repeated does so no more: its occurrences that are open and not over go."""
    for event in changes.series_events(series_id):
        is_open = is_coming(event, run.now, run.services.default_timezone)
        if is_open and run.session.can_see(scope_of(event)):
            run.session.require_change(event.id, scope_of(event))
    series = changes.series(series_id)
    if series is not None:
        Deletions(changes, run.session, run.now, run.services.default_timezone).end(series)

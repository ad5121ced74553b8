"""The calendar commands of the seeds but MngCompleteCalendarEvent; MngRespondCalendarEvent."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct

from deskcal.commands.filters import Filters, event_facts, require_range
from deskcal.commands.horizons import horizon_member, is_listed
from deskcal.commands.new_series import NewSeries, add_series
from deskcal.commands.preconditions import (
    require_destination,
    require_participant,
    require_version,
)
from deskcal.commands.registry import Data, PagedData, Reading, Work, command
from deskcal.commands.scoped import (
    Recurrence,
    ScopeField,
    archive_scoped,
    delete_scoped,
    respond_scoped,
    scope_needed,
    update_scoped,
)
from deskcal.commands.series_stage import Request
from deskcal.commands.services import Services
from deskcal.core.completion import is_completion, require_unclaimed
from deskcal.core.document import EventScope, scope_of
from deskcal.core.draft import INPUT, Draft, check_times, create, draft, draft_new, merge
from deskcal.core.event import (
    MAX_ID,
    READ_ONLY,
    ChangeType,
    Event,
    EventStatus,
    Flag,
    Id,
    ParticipantStatus,
    Time,
    next_version,
    respond,
)
from deskcal.core.filters import EventFilter
from deskcal.core.series import RecurrenceFields
from deskcal.core.series_scope import Scope
from deskcal.core.series_update import own_fields
from deskcal.core.sessions import Session
from deskcal.core.visibility import not_found
from deskcal.errors import Forbidden
from deskcal.limits import Limits
from deskcal.live.connections import Peer
from deskcal.store.lists.paged import PagedRows
from deskcal.store.ports.work import Change, Follows, Mutation, Retry

MAX_LIMIT = 50_000
_ADDED = ChangeType.ADDED
_BEFORE_ROWS = b'{"rows":['

EventKey = Annotated[int, Meta(ge=1, le=MAX_ID)]

AddEvent: Any = msgspec.defstruct(
    "AddEvent",
    [
        *INPUT,
        ("idempotency_key", Annotated[str, Meta(min_length=1, max_length=128)] | None, None),
        ("recurrence", RecurrenceFields | None, None),
    ],
    kw_only=True,
    module=__name__,
)
UpdateEvent: Any = msgspec.defstruct(
    "UpdateEvent",
    [
        ("id", EventKey),
        *INPUT,
        ("if_version", Id | None, None),
        ("reset_answers", Flag | None, None),
        ("recurrence", Recurrence, UNSET),
        ("scope", ScopeField | None, None),
        ("reset_own", Flag | None, None),
    ],
    kw_only=True,
    module=__name__,
)


class EventId(Struct, gc=False):
    """Names one event."""

    id: EventKey


class EventVersion(EventId, gc=False):
    """Names one event to change, if it is still of that version."""

    if_version: Id | None = None


class EventInScope(EventVersion, gc=False):
    """The same, or more occurrences of its series."""

    scope: ScopeField | None = None


class Respond(EventInScope, kw_only=True):
    """The caller's own answer: 1 accepted, 2 declined, 3 tentative."""

    status: Annotated[int, Meta(ge=1, le=3)]


GetEventsByFilter: Any = msgspec.defstruct(
    "GetEventsByFilter",
    [
        ("since", Time, msgspec.field(name="from")),
        ("until", Time, msgspec.field(name="to")),
        ("limit", Annotated[int, Meta(ge=1, le=MAX_LIMIT)]),
        ("offset", Annotated[int, Meta(ge=0, le=2**53 - 1)]),
    ],
    bases=(Filters,),
    kw_only=True,
    module=__name__,
)


@command("MngAddCalendarEvent", AddEvent, gives_event=True, read_only=READ_ONLY)
def add_event(services: Services, _: Peer, session: Session, data: Any) -> Work:
    """Creates an event; its owner becomes the organizer among its participants."""
    sent = draft_new(data, services.limits)
    now = int(services.now())

    def change(_: Event | None, event_id: int) -> Event:
        event = create(sent, event_id=event_id, actor=session.manager_id, now=now)
        session.require_place(event)
        return event

    retry, checks_outcome = _retry(session, sent, data), bool(sent.values.get("outcome"))
    if data.recurrence:
        series = NewSeries(sent, data.recurrence, retry, checks_outcome, _follows(session, sent))
        return add_series(services, session, series)
    return _mutate(
        services,
        session,
        0,
        _ADDED,
        change,
        retry,
        checks_outcome=checks_outcome,
        follows=_follows(session, sent),
    )


@command("MngUpdateCalendarEvent", UpdateEvent, gives_event=True, read_only=READ_ONLY)
def update_event(services: Services, _: Peer, session: Session, data: Any) -> Work:
    """Changes the fields that are sent; `status` 2 cancels."""
    sent = draft(data, services.limits)
    if data.reset_answers:
        sent = msgspec.structs.replace(sent, resets_answers=True)
    now = int(services.now())
    if data.scope or data.recurrence:
        request = _scoped(services, session, data)
        return update_scoped(request, sent, data.recurrence, bool(data.reset_own))
    is_done = sent.values.get("status") == EventStatus.DONE

    def change(event: Event, actor: int) -> Event:
        if data.recurrence is None and event.series_id:
            raise scope_needed(event)
        require_destination(session, event, sent)
        require_version(event, data.if_version)
        merged = merge(event, sent, now=now)
        if is_completion(event, merged):
            require_unclaimed(event, actor, now)
        check_times(merged.start_time, merged.end_time)
        if event.series_id:
            merged = msgspec.structs.replace(merged, own_fields=own_fields(event, merged))
        return next_version(event, merged, actor=actor, now=now)

    return _change_stored(
        services,
        session,
        data.id,
        ChangeType.UPDATED,
        change,
        checks_outcome=bool(sent.values.get("outcome")),
        outcome_required=services.call_rules.outcome_required_types if is_done else frozenset(),
        follows=_follows(session, sent),
    )


@command("MngDeleteCalendarEvent", EventInScope)
def delete_event(services: Services, _: Peer, session: Session, data: EventInScope) -> Work:
    """Removes an event and its participants; its history stays."""
    return delete_scoped(_scoped(services, session, data))


@command("MngArchiveCalendarEvent", EventInScope, gives_event=True)
def archive_event(services: Services, _: Peer, session: Session, data: EventInScope) -> Work:
    """Sets the status to 3 (archived); a second time changes nothing."""
    if data.scope:
        return archive_scoped(_scoped(services, session, data))
    return _set_status(services, session, data, ChangeType.ARCHIVED, EventStatus.ARCHIVED)


@command("MngRespondCalendarEvent", Respond, gives_event=True)
def respond_event(services: Services, _: Peer, session: Session, data: Respond) -> Work:
    """Sets the caller's own participant status and touches nobody else's."""
    if data.scope:
        request = _scoped(services, session, data)
        return respond_scoped(request, ParticipantStatus(data.status))
    now = int(services.now())

    def change(event: Event | None, event_id: int) -> Event:
        if event is None or not session.can_see(scope_of(event)):
            raise not_found(event_id)
        require_participant(event, session.manager_id)
        require_version(event, data.if_version)
        status = ParticipantStatus(data.status)
        answered = respond(event, session.manager_id, status, now=now)
        return next_version(event, answered, actor=session.manager_id, now=now)

    return _mutate(services, session, data.id, ChangeType.UPDATED, change)


@command("MngGetCalendarEvent", EventId, gives_event=True, is_repeatable=True)
def get_event(services: Services, _: Peer, session: Session, data: EventId) -> Data | Work:
    """One event.

    The database is read also for a cached event that is not visible: equal times for both.
    """
    peek = services.store.peek  # In two steps, as in `answer`.
    record = peek(data.id)
    if record is None or not session.can_see(record):
        return Reading(services.store, data.id, session)
    return record.document


@command("MngGetCalendarEventsByFilter", GetEventsByFilter, is_list=True, is_repeatable=True)
def get_events_by_filter(services: Services, _: Peer, session: Session, data: Any) -> Work:
    """The events that overlap a range, by start_time, then id, and how many there are in all."""
    return _list_events(services, session, event_filter(data, services.limits, int(services.now())))


async def _list_events(
    services: Services, session: Session, wanted: EventFilter
) -> Data | PagedData:
    horizon = await horizon_member(services, wanted.until, is_listed(session, wanted))
    rows = await services.store.list_pages(wanted, session)
    if isinstance(rows, PagedRows):
        return _PagedList(rows, horizon)
    pieces = [_BEFORE_ROWS]
    for documents in rows.documents:
        pieces += (documents, b",")
    if rows.documents:
        pieces.pop()
    pieces.append(_after_rows(rows.count, horizon))
    return pieces


class _PagedList:
    """The same text of a long list, sent as it is read."""

    def __init__(self, rows: PagedRows, horizon: bytes) -> None:
        self._rows = rows
        self._horizon = horizon
        self._before = _BEFORE_ROWS

    async def take(self) -> list[bytes]:
        """The next rows."""
        pieces: list[bytes] = []
        for documents in await self._rows.take():
            pieces += (self._before, documents)
            self._before = b","
        return pieces

    def end(self) -> bytes:
        """The count, which is known after the last row."""
        return _after_rows(self._rows.count, self._horizon)

    def close(self) -> None:
        """Lets go of the snapshot."""
        self._rows.close()


def _after_rows(count: int, horizon: bytes) -> bytes:
    return b'],"count":%d%b}' % (count, horizon)


def event_filter(data: Any, limits: Limits, now: int) -> EventFilter:
    """The checked form of a list's data. Raises: InvalidField."""
    require_range(data.since, data.until)
    return EventFilter(
        since=data.since,
        until=data.until,
        limit=data.limit,
        offset=data.offset,
        **msgspec.structs.asdict(event_facts(data, limits, now)),
    )


def _scoped(services: Services, session: Session, data: Any) -> Request:
    scope = Scope(data.scope or 0)
    now = int(services.now())
    return Request(services, session, data.id, data.if_version, scope, now)


def _set_status(
    services: Services, session: Session, data: EventVersion, type_: ChangeType, status: EventStatus
) -> Work:
    now = int(services.now())

    def change(event: Event, actor: int) -> Event:
        require_version(event, data.if_version)
        after = msgspec.structs.replace(event, status=status)
        return next_version(event, after, actor=actor, now=now)

    return _change_stored(services, session, data.id, type_, change)


def _change_stored(
    services: Services,
    session: Session,
    event_id: int,
    type_: ChangeType,
    change: Callable[[Event, int], Event | None],
    *,
    checks_outcome: bool = False,
    outcome_required: frozenset[int] = frozenset(),
    follows: Follows | None = None,
) -> Work:
    """`change(event, actor)` on an event that the session may see and change."""

    def allowed(event: Event | None, event_id: int) -> Event | None:
        if event is None:
            raise not_found(event_id)
        session.require_change(event_id, scope_of(event))
        return change(event, session.manager_id)

    return _mutate(
        services,
        session,
        event_id,
        type_,
        allowed,
        checks_outcome=checks_outcome,
        outcome_required=outcome_required,
        follows=follows,
    )


def _mutate(
    services: Services,
    session: Session,
    event_id: int,
    type_: ChangeType,
    change: Change,
    retry: Retry | None = None,
    *,
    checks_outcome: bool = False,
    outcome_required: frozenset[int] = frozenset(),
    follows: Follows | None = None,
) -> Work:
    """Queues the mutation at once; the answer comes when it is durable."""
    actor, now = session.manager_id, int(services.now())
    mutation = Mutation(
        event_id, type_, actor, now, change, retry, checks_outcome, outcome_required, follows
    )
    return services.store.mutate(mutation)


def _follows(session: Session, sent: Draft) -> Follows | None:
    event_id = sent.values.get("follows_id")
    return Follows(event_id, session.can_see) if event_id else None


def _retry(session: Session, sent: Draft, data: Any) -> Retry | None:
    if data.idempotency_key is None:
        return None
    parts = [sent.values, sent.participants, *([data.recurrence] if data.recurrence else [])]
    text = msgspec.json.encode(parts, order="sorted")
    digest = hashlib.blake2b(text, digest_size=16).digest()

    def check(scope: EventScope) -> None:
        if not session.brands.matches(scope.brand):
            raise Forbidden(f"brand {scope.brand!r} is outside your scope", field="brand")

    return Retry(data.idempotency_key, digest, check)

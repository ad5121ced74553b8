"""MngHandoverCalendarEvents: open events of one manager go to others, after a preview."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.events import MAX_LIMIT
from deskcal.commands.filters import Filters, event_facts, has_facts, require_range
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import index_row, wire_safe
from deskcal.core.event import (
    MAX_ID,
    MAX_TIME,
    ChangeType,
    Event,
    EventStatus,
    Flag,
    Time,
    managers_of,
)
from deskcal.core.filters import EventFacts, EventFilter
from deskcal.core.handover import (
    FIRST,
    MAX_SHOWN,
    OWNER,
    PARTICIPANT,
    Assignment,
    Receiver,
    assign,
    digest_of,
    first_shown,
    handed_over,
    is_handed_over,
    receivers_of_series,
    series_handed_over,
    totals,
)
from deskcal.core.series import Series
from deskcal.core.sessions import Session
from deskcal.errors import Conflict, FieldRequired, InvalidField
from deskcal.live.connections import Peer
from deskcal.store.ports.work import Changes, Transaction
from deskcal.threads import computed

MAX_RECEIVERS = 50
PAGE = 200
"""Events that go to others in one transaction, so that changes of others come in between."""

SHOWN = ("id", "type", "title", "start_time", "end_time", "all_day", "timezone", "desk")
"""Keys of an event in a preview."""

ManagerKey = Annotated[int, Meta(ge=1, le=MAX_ID)]
Timed = list[tuple[Event, int, int]]
"""Events with their start and end, by start, then id."""

_decode_events = msgspec.json.Decoder(list[Event]).decode


HandoverEvents: Any = msgspec.defstruct(
    "HandoverEvents",
    [
        ("from_manager_id", ManagerKey),
        (
            "to_manager_ids",
            Annotated[list[ManagerKey], Meta(min_length=1, max_length=MAX_RECEIVERS)],
        ),
        (
            "roles",
            Annotated[tuple[Literal["owner", "participant"], ...], Meta(min_length=1)],
            (OWNER, PARTICIPANT),
        ),
        ("since", Time | None, msgspec.field(name="from", default=None)),
        ("until", Time | None, msgspec.field(name="to", default=None)),
        ("mode", Literal["first", "spread"], FIRST),
        ("dry_run", Flag, 1),
        ("digest", str | None, None),
        ("limit", Annotated[int, Meta(ge=0, le=MAX_SHOWN)], 0),
    ],
    bases=(Filters,),
    kw_only=True,
    module=__name__,
)
"""Whose open events go to whom."""


@command("MngHandoverCalendarEvents", HandoverEvents, is_list=True)
def handover_events(services: Services, _: Peer, session: Session, data: Any) -> Work:
    """Gives a manager's open events that are not over to others; `dry_run` 1 only shows it."""
    if data.from_manager_id in data.to_manager_ids:
        raise InvalidField(
            f"to_manager_ids contains from_manager_id ({data.from_manager_id}); name managers who "
            "are to get the events",
            field="to_manager_ids",
        )
    if not data.dry_run and data.digest is None:
        raise FieldRequired(
            "digest is required where dry_run is 0; take it from the answer with dry_run 1",
            field="digest",
        )
    filter_ = _filter(services, data)
    return _handover(services, session, data, filter_)


async def _handover(services: Services, session: Session, data: Any, filter_: EventFilter) -> Data:
    events = await _events(services, session, data, filter_)
    receivers = await _receivers(services, session, data, events)
    assignments = await computed(assign, events, receivers, data.mode)
    digest = await computed(digest_of, assignments)
    count, batch_id = len(assignments), 0
    if not data.dry_run:
        if digest != data.digest:
            raise Conflict(
                "digest is not that of the handover as it would be now: events have changed since "
                "the preview; ask again with dry_run 1",
                field="digest",
            )
        parts = await computed(_parts, assignments, events)
        count, batch_id = await _Handover(services, session, data, filter_).apply(parts)
    by_manager = await computed(_by_manager, data, assignments, events)
    answer = {"count": count, "by_manager": by_manager, "digest": digest}
    if not data.dry_run:
        answer["batch_id"] = batch_id
    return wire_safe(msgspec.json.encode(answer))


def _by_manager(data: Any, assignments: list[Assignment], events: Timed) -> list[dict[str, Any]]:
    """How much each receiver gets. Lets go of the events, which takes 30 ms for 20,000.

    One by one, as `clear` would keep the interpreter's lock.
    """
    by_manager = totals(assignments, list(dict.fromkeys(data.to_manager_ids)))
    if data.dry_run and data.limit:
        _show(by_manager, assignments, events, data.limit)
    while events:
        events.pop()
    return by_manager


def _show(
    by_manager: list[dict[str, Any]], assignments: list[Assignment], events: Timed, limit: int
) -> None:
    """Gives each receiver the first `limit` of the events, those with a conflict before others."""
    by_id = {event.id: event for event, _, _ in events}
    for one in by_manager:
        rows = first_shown(assignments, one["manager_id"], limit)
        one["events"] = [
            {name: getattr(by_id[row.event_id], name) for name in SHOWN}
            | {"conflict": int(row.is_conflict)}
            for row in rows
        ]


def _filter(services: Services, data: Any) -> EventFilter:
    facts = event_facts(data, services.limits, int(services.now()))
    facts = msgspec.structs.replace(facts, manager_id=data.from_manager_id)
    since = max(int(services.now()), data.since or 0)
    until = MAX_TIME if data.until is None else data.until
    require_range(since, until)
    return _open_between(facts, since, until, MAX_LIMIT)


def _open_between(facts: EventFacts, since: int, until: int, limit: int) -> EventFilter:
    """The open ones of these events that overlap [since, until)."""
    named = msgspec.structs.asdict(facts)
    named["equal"] = {**facts.equal, "status": (int(EventStatus.OPEN),)}
    return EventFilter(since=since, until=until, limit=limit, **named)


async def _events(services: Services, session: Session, data: Any, filter_: EventFilter) -> Timed:
    """What is handed over: open, not over, the session's to change, in one of the roles."""
    rows = await services.store.list_events(filter_, session)
    if rows.count > MAX_LIMIT:
        raise InvalidField(
            f"manager {data.from_manager_id} has {rows.count} open events; at most {MAX_LIMIT} go "
            "at a time: narrow the filters",
            field="from_manager_id",
        )
    zone = services.default_timezone
    return await computed(_chosen, rows.documents, session, data, filter_.since, zone)


def _chosen(
    documents: list[bytes], session: Session, data: Any, now: int, default_timezone: str
) -> Timed:
    found = []
    for piece in documents:
        for event in _decode_events(b"[%b]" % piece):
            row = index_row(event, default_timezone)
            if (
                row.end_time > now
                and is_handed_over(event, data.from_manager_id, data.roles)
                and (not data.manager_id or data.manager_id in managers_of(event))
                and session.can_change(event)
            ):
                found.append((event, row.start_time, row.end_time))
    return found


async def _receivers(
    services: Services, session: Session, data: Any, events: Timed
) -> list[Receiver]:
    """The managers who get the events: when they are busy, and how much they have open."""
    manager_ids = list(dict.fromkeys(data.to_manager_ids))
    if not events:
        return [Receiver(manager_id, [], 0) for manager_id in manager_ids]
    since, until = events[0][1], max(end for _, _, end in events) + 1
    busy = await services.store.busy(manager_ids, since, until, session.brands)
    found = []
    for manager_id in manager_ids:
        facts = event_facts(
            Filters(desk_filter="*", manager_id=manager_id), services.limits, int(services.now())
        )
        wanted = _open_between(facts, since, until, 1)
        rows = await services.store.list_events(wanted, session)
        times = busy.get(manager_id)
        found.append(Receiver(manager_id, times.all() if times else [], rows.count))
    return found


class _Part(Struct, frozen=True):
    """What goes to others in one transaction."""

    assignments: list[Assignment]
    receivers: dict[int, int]
    """Of the series whose last event is in it: who is to get what is made of them later."""


def _parts(assignments: list[Assignment], events: Timed) -> list[_Part]:
    """The events of a series one after the other, so that few series go in one transaction."""
    series_of = {event.id: event.series_id for event, _, _ in events}
    receivers = receivers_of_series(assignments, series_of)
    ordered = sorted(assignments, key=lambda one: series_of[one.event_id])
    last = {series_of[one.event_id]: index // PAGE for index, one in enumerate(ordered)}
    return [
        _Part(
            ordered[number * PAGE : (number + 1) * PAGE],
            {id_: receivers[id_] for id_, place in last.items() if id_ and place == number},
        )
        for number in range(-(-len(ordered) // PAGE))
    ]


class _Handover:
    """A handover that was previewed."""

    def __init__(
        self, services: Services, session: Session, data: Any, filter_: EventFilter
    ) -> None:
        self._services = services
        self._session = session
        self._data = data
        self._filter = filter_

    async def apply(self, parts: list[_Part]) -> tuple[int, int]:
        """How many events have gone, and the batch_id of their changes."""
        count = batch_id = 0
        for part in parts:
            transaction = self._transaction(part, batch_id)
            applied = await self._services.store.transact(transaction)
            batch_id = applied.batch_id or batch_id
            count += applied.value
        return count, batch_id

    def _transaction(self, part: _Part, batch_id: int) -> Transaction:
        """Its value is how many events have gone: those that nobody has changed meanwhile."""
        now, actor = int(self._services.now()), self._session.manager_id
        sender, roles = self._data.from_manager_id, self._data.roles
        receivers = part.receivers if self._data.until is None else {}

        def apply(changes: Changes) -> int:
            gone: list[Event] = []
            for one in part.assignments:
                event = changes.event(one.event_id)
                if event is None or event.version != one.version:
                    continue
                if not is_handed_over(event, sender, roles):
                    continue  # A claim, which leaves the version, made somebody else its owner.
                after = handed_over(event, sender, one.manager_id, actor=actor, now=now)
                changes.put(event.id, after, ChangeType.UPDATED)
                gone.append(after)
            for series_id in receivers.keys() & {event.series_id for event in gone}:
                series = changes.series(series_id)
                if series is not None and self._goes_too(series):
                    to = receivers[series_id]
                    left = series_handed_over(series, sender, to, actor=actor, now=now)
                    changes.put_series(series_id, left)
            return len(gone)

        ids = [one.event_id for one in part.assignments]
        return Transaction(
            ids, 0, actor, now, apply, series_ids=sorted(receivers), batch_id=batch_id
        )

    def _goes_too(self, series: Series) -> bool:
        """Whether what is made of the series later is what the handover was asked for."""
        template = msgspec.structs.replace(series.template, series_id=series.series_id)
        return (
            not series.is_ended
            and self._filter.since <= series.horizon
            and is_handed_over(template, self._data.from_manager_id, self._data.roles)
            and has_facts(template, self._filter, self._services.default_timezone)
            and self._session.can_change(template)
        )

"""A create with `recurrence`: the series and its occurrences in one transaction."""

import functools
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.commands.registry import Work
from deskcal.commands.services import Services
from deskcal.core.document import decode_event, scope_of
from deskcal.core.draft import Draft, create
from deskcal.core.event import ChangeType, Event
from deskcal.core.series import (
    MAX_PAST,
    RecurrenceFields,
    Series,
    begin_series,
    checked_exdates,
    new_occurrence,
)
from deskcal.core.series_document import series_answer
from deskcal.core.series_scope import Horizon, first_occurrences
from deskcal.core.sessions import Session
from deskcal.errors import InvalidField
from deskcal.ical.read import CalendarEvent
from deskcal.limits import DAY_SEC
from deskcal.store.ports.work import Applied, Changes, Follows, Mutation, Retry, Transaction

SPARE_IDS = 2
"""New numbers that a mutation needs besides those of occurrences: of a series, of an event."""


def horizon_of(services: Services, now: int) -> Horizon:
    """How far and how many occurrences of a series are made at `now`."""
    limits = services.limits
    return Horizon(now + limits.series_horizon_sec, limits.max_series_occurrences, now)


def most_occurrences(services: Services, now: int, start_time: int = 0) -> int:
    """How many occurrences one mutation makes at most, of a series that begins at `start_time`.

    0: it is not known when it begins. A rule has one on a date at most.
    """
    past = max((now - start_time) // DAY_SEC + 2, 0)
    return services.limits.max_series_occurrences + min(past, MAX_PAST)


def most_imported(services: Services, now: int, events: Sequence[CalendarEvent]) -> int:
    """How many events the components of one UID become at most; single ones need few."""
    is_series = any(event.rrule for event in events)
    occurrences = most_occurrences(services, now) if is_series else 0
    return occurrences + SPARE_IDS + len(events)


def announce_series(changes: Changes, series_id: int) -> int:
    """One change of the last of its events as it is, where a series alone has changed; else 0.

    So that the feed has the change, and calendar apps see it at their next sync.
    """
    last = max(changes.series_events(series_id), key=_by_start, default=None)
    if last is None:
        return 0
    changes.put(last.id, msgspec.structs.replace(last), ChangeType.UPDATED)
    return 1


def _by_start(event: Event) -> tuple[int, int]:
    return event.start_time, event.id


class NewSeries(Struct, frozen=True):
    """A create with `recurrence`."""

    sent: Draft
    recurrence: RecurrenceFields
    retry: Retry | None
    checks_outcome: bool
    """Whether an outcome is sent, which the directory must have."""
    follows: Follows | None = None
    """The event that is followed, which must be visible."""


def add_series(services: Services, session: Session, new: NewSeries) -> Work:
    """The series and its occurrences, the first one answered."""
    sent, recurrence, retry = new.sent, new.recurrence, new.retry
    now = int(services.now())
    exdates = checked_exdates(recurrence.exdates or [])
    require_repeatable(sent)

    def apply(changes: Changes) -> tuple[bytes, bytes]:
        series_id = changes.new_id()
        made: list[tuple[Series, list[Any]]] = []

        def first(_: Event | None, event_id: int) -> Event:
            event = create(sent, event_id=event_id, actor=session.manager_id, now=now)
            session.require_place(scope_of(event))
            timezone = event.timezone or services.default_timezone
            series = begin_series(series_id, event, recurrence.rrule, exdates, timezone)
            extended = first_occurrences(series, horizon_of(services, now))
            made.append((extended.series, extended.occurrences))
            begun = new_occurrence(extended.series, extended.occurrences[0], event_id, now)
            return msgspec.structs.replace(begun, status=event.status, follows_id=event.follows_id)

        actor, checks = session.manager_id, new.checks_outcome
        mutation = Mutation(
            0, ChangeType.ADDED, actor, now, first, retry, checks, follows=new.follows
        )
        document = changes.mutate(mutation)
        if not made:
            return document, b""
        series, occurrences = made[0]
        changes.add_all(
            [functools.partial(new_occurrence, series, one, now=now) for one in occurrences[1:]]
        )
        changes.put_series(series_id, series)
        return document, _created(series_answer(series, ()), len(occurrences))

    transaction = Transaction(
        event_ids=(new.follows.event_id,) if new.follows else (),
        new_events=most_occurrences(services, now, sent.values["start_time"]) + SPARE_IDS,
        actor=session.manager_id,
        time=now,
        apply=apply,
        keys=((session.manager_id, retry.key),) if retry else (),
        needs_outcomes=new.checks_outcome,
    )
    return _created_answer(services, session, services.store.transact(transaction))


async def _created_answer(services: Services, session: Session, work: Any) -> bytes:
    """The first occurrence and the series; of a key that was used before, the series as it is.

    Then of its occurrences those count that the session sees.
    """
    applied: Applied = await work
    document, created = applied.value
    if not created:
        series_id = decode_event(document).series_id
        series = await services.store.series.get(series_id) if series_id else None
        stored = map(decode_event, await services.store.series.events(series_id))
        events = [event for event in stored if session.can_see(scope_of(event))]
        shown = series_answer(series, events) if series and events else b"null"
        created = _created(shown, len(events))
    text: bytes = document + created
    return text


def _created(series: bytes, count: int) -> bytes:
    return b',"series":%b,"occurrences":%d' % (series, count)


def require_repeatable(sent: Draft) -> None:
    """Raises: InvalidField for what several occurrences can't have alike."""
    if sent.values.get("remind_time"):
        raise InvalidField(
            "remind_time is one moment and cannot repeat; send remind_before_sec, the seconds "
            "before each start",
            field="remind_time",
        )

"""Mutations of series: a create or update with `recurrence`, and whatever has a scope.

Each is one transaction; the handlers of `events` hand over to these. A document that is answered
here may go on with further members of `data`: `<event>,"series":{...},"changed":3`.
"""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from deskcal.commands.new_series import (
    SPARE_IDS,
    announce_series,
    horizon_of,
    most_occurrences,
    require_repeatable,
)
from deskcal.commands.preconditions import (
    require_destination,
    require_participant,
    require_version,
    takes_part,
)
from deskcal.commands.registry import Work
from deskcal.commands.services import Services
from deskcal.core.completion import is_completion, require_unclaimed
from deskcal.core.document import encode_event, scope_of
from deskcal.core.draft import Draft, check_times, merge
from deskcal.core.event import (
    ChangeType,
    Event,
    EventStatus,
    ParticipantStatus,
    next_version,
    respond,
)
from deskcal.core.outcomes import require_outcome, require_outcome_given
from deskcal.core.series import (
    RecurrenceFields,
    Series,
    begin_series,
    checked_exdates,
    new_occurrence,
)
from deskcal.core.series_document import series_answer
from deskcal.core.series_scope import (
    Horizon,
    Plan,
    Scope,
    Selection,
    first_occurrences,
    plan_delete,
    plan_delete_one,
    plan_each,
    plan_end,
)
from deskcal.core.series_update import NewRule, Update, plan_rule, plan_update
from deskcal.core.sessions import Session
from deskcal.core.visibility import not_found, require_followed
from deskcal.errors import EventId, Forbidden, InvalidField
from deskcal.store.ports.work import Changes, Transaction

ScopeField = Annotated[int, Meta(ge=0, le=2)]
Recurrence = RecurrenceFields | None | UnsetType


class Request(Struct, frozen=True):
    """A mutation of one event of a series: who asks for it, and what it names."""

    services: Services
    session: Session
    event_id: int
    if_version: int | None
    scope: Scope
    now: int

    def run(
        self,
        apply: Callable[["Stage"], bytes],
        *,
        new_events: int = 1,
        needs_outcomes: bool = False,
        follows_id: int = 0,
    ) -> Work:
        """Queues `apply` as a transaction on the event and its series; what it returns."""

        def within(changes: Changes) -> bytes:
            try:
                return apply(Stage(self, changes))
            except OverflowError as exc:
                raise InvalidField(
                    "an occurrence would come beyond the year 9999 on the clock of its zone",
                    field="start_time",
                ) from exc

        transaction = Transaction(
            event_ids=(self.event_id, follows_id) if follows_id else (self.event_id,),
            new_events=new_events,
            actor=self.session.manager_id,
            time=self.now,
            apply=within,
            series_of=(self.event_id,),
            needs_outcomes=needs_outcomes,
        )
        return _value(self.services.store.transact(transaction))

    @property
    def horizon(self) -> Horizon:
        """How far occurrences are made."""
        return horizon_of(self.services, self.now)


class Stage(Struct, frozen=True):
    """A request inside its transaction."""

    request: Request
    changes: Changes

    def event(self) -> Event:
        """The named event. Raises: NotFound."""
        event = self.changes.event(self.request.event_id)
        if event is None or not self.request.session.can_see(scope_of(event)):
            raise not_found(self.request.event_id)
        return event

    def changeable(self) -> Event:
        """The named event, which the session may change. Raises: NotFound, Forbidden."""
        event = self.event()
        self.request.session.require_change(event.id, scope_of(event))
        return event

    def select(self, event: Event, may_change: Callable[[Event], bool] | None = None) -> Selection:
        """The series of `event`. Raises: InvalidField of `scope` where it has none."""
        request = self.request
        series = self.changes.series(event.series_id) if event.series_id else None
        if series is None:
            raise InvalidField(
                f"scope ({int(request.scope)}) needs an occurrence of a series; ",
                EventId(event.id),
                " is none: leave scope out",
                field="scope",
            )
        return Selection(
            series,
            self.changes.series_events(event.series_id),
            event,
            request.scope,
            request.session.manager_id,
            request.now,
            may_change or (lambda one: request.session.can_change(scope_of(one))),
            self.changes.new_id,
            request.services.default_timezone,
        )

    def sees(self, series: Series) -> bool:
        """Whether the session may see what is made of the series later.

        It may see an occurrence that has moved, and not the series. Source: contract, section 13.
        """
        return self.request.session.can_see(scope_of(series.template))

    def require_rule(self, event: Event, field: str = "recurrence") -> None:
        """Raises: Forbidden of `field` where the session may not see what the rule makes."""
        series = self.changes.series(event.series_id) if event.series_id else None
        if series is not None and not self.sees(series):
            raise Forbidden(
                EventId(event.id),
                " is an occurrence of a series that you may not see: you can't change or end its "
                f"rule; leave {field} out, or create a series of your own",
                field=field,
            )

    def apply(self, plan: Plan, type_: ChangeType = ChangeType.UPDATED) -> int:
        """Stages what the plan leaves; how many changes that are.

        Raises: Forbidden for an occurrence that would be added where the session may add nothing.
        """
        for before, after in plan.changed:
            if after is not None:
                if before is None:
                    self.request.session.require_place(after)
                kind = ChangeType.ADDED if before is None else type_
                self.changes.put(after.id, after, kind)
            elif before is not None:
                self.changes.put(before.id, None, ChangeType.DELETED)
        events = [event for pair in plan.changed for event in pair if event]
        touched = {event.series_id for event in events}
        count = len(plan.changed)
        for series_id, series in plan.series.items():
            self.changes.put_series(series_id, series)
            if series is not None and series_id not in touched:
                count += announce_series(self.changes, series_id)
        return count

    def answer(self, plan: Plan, type_: ChangeType = ChangeType.UPDATED) -> bytes:
        """Stages the plan; the named event, or the first that is left of its series, and that."""
        named = self.request.event_id
        old = self.changes.event(named)
        count = self.apply(plan, type_)
        event = self.changes.event(named)
        if event is None:
            kept = [after for _, after in plan.changed if after is not None]
            event = min(kept, key=lambda one: one.start_time) if kept else old
        assert event is not None
        series_id = event.series_id or (old.series_id if old else 0)
        return b'%b,"series":%b,"changed":%d' % (
            encode_event(event),
            self.series_text(series_id),
            count,
        )

    def series_text(self, series_id: int) -> bytes:
        """The series as it is answered; null where nothing is left of it."""
        series = self.changes.series(series_id)
        if series is None:
            return b"null"
        session = self.request.session
        events = self.changes.series_events(series_id)
        return series_answer(series, (e for e in events if session.can_see(scope_of(e))))


async def _value(work: Any) -> Any:
    applied = await work
    return applied.value


def update_scoped(request: Request, sent: Draft, recurrence: Recurrence, reset_own: bool) -> Work:
    """An update with a scope, or with `recurrence`."""
    if request.scope or recurrence:
        require_repeatable(sent)
    is_done = sent.values.get("status") == EventStatus.DONE
    if request.scope and is_done:
        raise InvalidField("status 1 with a scope: occurrences are done one by one", field="scope")
    new = None
    if isinstance(recurrence, RecurrenceFields):
        sent_dates = recurrence.exdates
        exdates = None if sent_dates is None else checked_exdates(sent_dates)
        new = NewRule(recurrence.rrule, exdates)
    if request.scope and not sent.values.get("timezone", "-"):
        values = sent.values | {"timezone": request.services.default_timezone}
        sent = msgspec.structs.replace(sent, values=values)

    checks_outcome = bool(sent.values.get("outcome"))

    def apply(stage: Stage) -> bytes:
        event = stage.changeable()
        require_destination(request.session, event, sent)
        if recurrence is not UNSET:
            stage.require_rule(event)
        require_version(event, request.if_version)
        allow = _allow(stage, checks_outcome=checks_outcome)
        if new is not None and not request.scope:
            return _begin(stage, event, sent, new, allow)
        selection = stage.select(event)
        update = Update(sent, reset_own, allow, stage.sees(selection.series))
        if new is not None:
            return stage.answer(plan_rule(selection, update, new, request.horizon))
        if recurrence is None:
            return stage.answer(plan_end(selection))
        return stage.answer(plan_update(selection, update))

    most = most_occurrences(request.services, request.now) if new else 0
    return request.run(
        apply,
        new_events=most + SPARE_IDS,
        needs_outcomes=checks_outcome or is_done,
        follows_id=sent.values.get("follows_id") or 0,
    )


def _allow(stage: Stage, *, checks_outcome: bool) -> Callable[[Event, Event], None]:
    """What may be put where it is, with an outcome that the directory has."""
    session = stage.request.session
    outcomes = stage.changes.outcomes() if checks_outcome else ()

    def allow(before: Event, after: Event) -> None:
        if (before.brand, before.desk) != (after.brand, after.desk):
            session.require_place(scope_of(after))
        if after.follows_id and after.follows_id != before.follows_id:
            followed = stage.changes.event(after.follows_id)
            require_followed(after.follows_id, followed, session.can_see)
        if checks_outcome and after.outcome:
            require_outcome(outcomes, after.outcome, after.type)

    return allow


def scope_needed(event: Event) -> InvalidField:
    """For `recurrence` on an occurrence without a scope."""
    return InvalidField(
        "recurrence changes the series of ",
        EventId(event.id),
        ", not this occurrence alone; send scope 1 (this and following) or 2 (all)",
        field="recurrence",
    )


def _begin(
    stage: Stage, event: Event, sent: Draft, new: NewRule, allow: Callable[[Event, Event], None]
) -> bytes:
    """A single event becomes the first occurrence of a series."""
    request = stage.request
    if event.series_id:
        raise scope_needed(event)
    merged = merge(event, sent, now=request.now)
    if is_completion(event, merged):
        _require_completable(stage, event, merged)
    check_times(merged.start_time, merged.end_time)
    allow(event, merged)
    timezone = merged.timezone or request.services.default_timezone
    merged = msgspec.structs.replace(merged, timezone=timezone)
    series = begin_series(stage.changes.new_id(), merged, new.rrule, new.exdates or (), timezone)
    extended = first_occurrences(series, request.horizon, merged)
    series = extended.series
    first = msgspec.structs.replace(
        merged,
        series_id=series.series_id,
        original_start_time=extended.occurrences[0].time,
    )
    changed: list[tuple[Event | None, Event | None]] = [
        (event, next_version(event, first, actor=request.session.manager_id, now=request.now))
    ]
    changed += [
        (None, new_occurrence(series, one, stage.changes.new_id(), request.now))
        for one in extended.occurrences[1:]
    ]
    return stage.answer(Plan({series.series_id: series}, changed))


def _require_completable(stage: Stage, before: Event, after: Event) -> None:
    """Raises: Conflict while somebody else has claimed it; FieldRequired for an outcome."""
    request = stage.request
    require_unclaimed(before, request.session.manager_id, request.now)
    if after.type in request.services.call_rules.outcome_required_types:
        require_outcome_given(stage.changes.outcomes(), after.outcome, after.type)


def delete_scoped(request: Request) -> Work:
    """Deletes an event; of a series its date is left out, or the rule ends."""

    def apply(stage: Stage) -> bytes:
        event = stage.changeable()
        if request.scope:
            stage.require_rule(event, "scope")
        require_version(event, request.if_version)
        if not request.scope:
            if event.series_id and stage.changes.series(event.series_id):
                stage.apply(plan_delete_one(stage.select(event)))
            else:
                stage.changes.put(event.id, None, ChangeType.DELETED)
            return b'{"id":%d}' % event.id
        plan = plan_delete(stage.select(event))
        stage.apply(plan)
        ids = sorted(before.id for before, _ in plan.changed if before)
        return b'{"id":%d,"ids":%b}' % (event.id, msgspec.json.encode(ids))

    return request.run(apply)


def archive_scoped(request: Request) -> Work:
    """Archives every occurrence that is meant."""

    def archive(event: Event) -> Event:
        return msgspec.structs.replace(event, status=EventStatus.ARCHIVED)

    def apply(stage: Stage) -> bytes:
        event = stage.changeable()
        require_version(event, request.if_version)
        return stage.answer(plan_each(stage.select(event), archive), ChangeType.ARCHIVED)

    return request.run(apply)


def respond_scoped(request: Request, status: ParticipantStatus) -> Work:
    """Answers for every occurrence that is meant and that the manager takes part in."""
    manager_id = request.session.manager_id

    def answer(event: Event) -> Event:
        return respond(event, manager_id, status, now=request.now)

    def apply(stage: Stage) -> bytes:
        event = stage.event()
        require_participant(event, manager_id)
        require_version(event, request.if_version)
        selection = stage.select(
            event,
            lambda one: takes_part(one, manager_id) and request.session.can_see(scope_of(one)),
        )
        series = selection.series
        if takes_part(series.template, manager_id):
            template = answer(series.template)
            if template != series.template:
                series = msgspec.structs.replace(
                    series, template=template, version=series.version + 1
                )
        return stage.answer(plan_each(selection, answer, series))

    return request.run(apply)

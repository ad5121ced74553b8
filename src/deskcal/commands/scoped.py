"""Mutations of series: a create or update with `recurrence`, and whatever has a scope.

Each is one transaction; the handlers of `events` hand over to these.
"""

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from deskcal.commands.new_series import (
    SPARE_IDS,
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
from deskcal.commands.series_stage import Request, Stage
from deskcal.core import series_update
from deskcal.core.completion import is_completion, require_unclaimed
from deskcal.core.document import scope_of
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
    begin_series,
    checked_exdates,
    new_occurrence,
)
from deskcal.core.series_scope import (
    Plan,
    Selection,
    first_occurrences,
    plan_delete,
    plan_delete_one,
    plan_each,
    plan_end,
)
from deskcal.core.visibility import require_followed
from deskcal.errors import EventId, InvalidField

ScopeField = Annotated[int, Meta(ge=0, le=2)]
Recurrence = RecurrenceFields | None | UnsetType


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
        new = series_update.NewRule(recurrence.rrule, exdates)
    if request.scope and not sent.values.get("timezone", "-"):
        values = sent.values | {"timezone": request.services.default_timezone}
        sent = msgspec.structs.replace(sent, values=values)

    checks_outcome = bool(sent.values.get("outcome"))

    def apply(stage: Stage) -> bytes:
        event = stage.changeable()
        require_destination(request.session, event, sent)
        if field := _field_of_rule(sent, recurrence):
            stage.require_rule(event, field)
        require_version(event, request.if_version)
        allow = _allow(stage, checks_outcome=checks_outcome)
        if new is not None and not request.scope:
            return _begin(stage, event, sent, new, allow)
        selection = stage.select(event)
        if recurrence is None:
            return stage.answer(plan_end(selection))
        update = series_update.Update(sent, reset_own, allow)
        return stage.answer(_plan(stage, selection, update, new))

    most = most_occurrences(request.services, request.now) if new else 0
    return request.run(
        apply,
        new_events=most + SPARE_IDS,
        needs_outcomes=checks_outcome or is_done,
        follows_id=sent.values.get("follows_id") or 0,
    )


def _field_of_rule(sent: Draft, recurrence: Recurrence) -> str:
    """By which field the rule is changed; empty: it is not."""
    if recurrence is not UNSET:
        return "recurrence"
    return "scope" if series_update.moves_rule(sent) else ""


def _plan(
    stage: Stage,
    selection: Selection,
    update: series_update.Update,
    new: series_update.NewRule | None,
) -> Plan:
    if new is not None:
        return series_update.plan_rule(selection, update, new, stage.request.horizon)
    if not stage.sees(selection.series):
        return series_update.plan_visible(selection, update)
    return series_update.plan_update(selection, update)


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
    stage: Stage,
    event: Event,
    sent: Draft,
    new: series_update.NewRule,
    allow: Callable[[Event, Event], None],
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

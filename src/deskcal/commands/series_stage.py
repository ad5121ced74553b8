"""A mutation of a series inside its transaction: what it finds, and how its plan is staged.

A document that is answered here may go on with further members of `data`:
`<event>,"series":{...},"changed":3`.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from deskcal.commands.new_series import announce_series, horizon_of
from deskcal.commands.registry import Work
from deskcal.commands.services import Services
from deskcal.core.document import encode_event, scope_of
from deskcal.core.event import ChangeType, Event
from deskcal.core.series import Series
from deskcal.core.series_document import series_answer
from deskcal.core.series_scope import Horizon, Plan, Scope, Selection
from deskcal.core.sessions import Session
from deskcal.core.visibility import not_found
from deskcal.errors import EventId, Forbidden, InvalidField
from deskcal.store.ports.work import Changes, Transaction


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

    def require_rule(self, event: Event, field: str) -> None:
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

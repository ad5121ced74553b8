"""Deletes events of a series inside a transaction: dates are left out, or the rule ends.

Source: contract, section 13, MngDeleteCalendarEvent.
"""

from msgspec import Struct

from deskcal.core.alarms import is_coming
from deskcal.core.document import scope_of
from deskcal.core.event import ChangeType, Event
from deskcal.core.series import Series
from deskcal.core.series_rules import end_before
from deskcal.core.series_scope import Plan, Scope, Selection, plan_delete, plan_delete_one
from deskcal.core.sessions import Session
from deskcal.core.wall_clock import wall_time
from deskcal.store.ports.work import Changes


class Deletions(Struct, frozen=True):
    """By one session, of what it may change."""

    changes: Changes
    session: Session
    now: int
    default_timezone: str

    def one(self, event: Event) -> None:
        """Deletes an event; of a series its date is left out, too."""
        series = self.changes.series(event.series_id) if event.series_id else None
        if series is None:
            self.changes.put(event.id, None, ChangeType.DELETED)
        else:
            events = self.changes.series_events(series.series_id)
            self._stage(plan_delete_one(self._selection(series, events, event, Scope.THIS)))

    def coming(self, series: Series) -> bool:
        """Deletes what is open and not over, as by scope 2; whether there is any to be seen."""
        events = self.changes.series_events(series.series_id)
        events = sorted(events, key=lambda one: one.start_time)
        coming = [
            one
            for one in events
            if self.session.can_see(scope_of(one))
            and is_coming(one, self.now, self.default_timezone)
        ]
        if coming:
            self._stage(plan_delete(self._selection(series, events, coming[0], Scope.ALL)))
        return bool(coming)

    def end(self, series: Series) -> None:
        """The same; the rule ends in any case, and with its last event the series is gone."""
        if self.coming(series):
            return
        if not self.changes.series_events(series.series_id):
            self.changes.put_series(series.series_id, None)
        elif not series.is_ended:
            ended = end_before(series, wall_time(series.horizon, series.zone))
            self.changes.put_series(series.series_id, ended)

    def _selection(
        self, series: Series, events: list[Event], named: Event, scope: Scope
    ) -> Selection:
        return Selection(
            series,
            events,
            named,
            scope,
            self.session.manager_id,
            self.now,
            lambda one: self.session.can_change(scope_of(one)),
            self.changes.new_id,
            self.default_timezone,
        )

    def _stage(self, plan: Plan) -> None:
        for before, after in plan.changed:
            if before is not None:
                type_ = ChangeType.UPDATED if after else ChangeType.DELETED
                self.changes.put(before.id, after, type_)
        for series_id, left in plan.series.items():
            self.changes.put_series(series_id, left)

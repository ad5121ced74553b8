"""MngUndoCalendarBatch: what nobody has touched since a batch goes back to what it was."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.new_series import announce_series
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.commands.undo_steps import (
    PAGE,
    StoredStep,
    Unit,
    decoded,
    find_done_times,
    pages_of,
    steps_of,
    units_of,
)
from deskcal.core.completion import is_claimed_by_other, is_completion
from deskcal.core.document import scope_of, series_of
from deskcal.core.event import MAX_ID, ChangeType, Event
from deskcal.core.series import Series
from deskcal.core.series_undo import (
    as_before,
    ended,
    is_conflict,
    is_same_rule,
    is_structural,
    made_since,
    place_of,
    put_back,
    without_held,
    without_missing,
)
from deskcal.core.sessions import ADMIN_TYPES, Session
from deskcal.core.trash import alone
from deskcal.core.undo import Step, Undone, is_answer, is_touched, undone
from deskcal.errors import NotFound
from deskcal.live.connections import Peer
from deskcal.store.ports import SeriesStep
from deskcal.store.ports.feed import StoredChange
from deskcal.store.ports.work import Changes, Transaction

SERVER = 0


class UndoBatch(Struct):
    """Names a batch."""

    batch_id: Annotated[int, Meta(ge=1, le=MAX_ID)]


class _Page(Struct):
    """What one transaction has done."""

    undone: int = 0
    left: list[int] = []


@command("MngUndoCalendarBatch", UndoBatch)
def undo_batch(services: Services, _: Peer, session: Session, data: UndoBatch) -> Work:
    """Puts back what a batch has changed, but for what somebody has changed since."""
    return _undo(services, session, data.batch_id)


async def _undo(services: Services, session: Session, batch_id: int) -> Data:
    changes = await _changes_of(services, session, batch_id)
    steps, is_own = steps_of(changes), changes[0].actor == session.manager_id
    del changes
    await find_done_times(services, steps)
    units = units_of(steps, await services.store.series.batch(batch_id))
    total, undo_id = _Page(0, []), 0
    for page in pages_of(units):
        applied = await services.store.transact(_transaction(services, session, page, undo_id))
        undo_id = applied.batch_id or undo_id
        total.undone += applied.value.undone
        total.left += applied.value.left
    if not (is_own or total.undone or total.left or undo_id):
        raise _no_batch(services, batch_id)  # Somebody else's, of which nothing is visible.
    answer = {"undone": total.undone, "left": sorted(total.left), "batch_id": undo_id}
    return msgspec.json.encode(answer)


async def _changes_of(services: Services, session: Session, batch_id: int) -> list[StoredChange]:
    """All changes of a batch that the session may undo. Raises: NotFound."""
    changes: list[StoredChange] = []
    while page := await services.store.feed.batch(
        batch_id, changes[-1].seq if changes else 0, PAGE
    ):
        changes += page
        if not _may_undo(services, session, changes[0]):
            break
    if not changes or not _may_undo(services, session, changes[0]) or any(map(_is_lost, changes)):
        raise _no_batch(services, batch_id)
    return changes


def _no_batch(services: Services, batch_id: int) -> NotFound:
    return NotFound(
        f"there is no batch {batch_id} that you may undo: a batch is undone by the manager "
        f"who made it, or an administrator, within {services.limits.undo_sec} s",
        field="batch_id",
    )


def _is_lost(change: StoredChange) -> bool:
    """Whether what was before the change is not kept any more."""
    return change.before is None and change.type not in (ChangeType.ADDED, ChangeType.RESTORED)


def _may_undo(services: Services, session: Session, first: StoredChange) -> bool:
    is_recent = first.time + services.limits.undo_sec >= services.now()
    is_theirs = first.actor == session.manager_id or session.type in ADMIN_TYPES
    return is_recent and is_theirs and first.actor != SERVER


def _transaction(
    services: Services, session: Session, units: list[Unit], batch_id: int
) -> Transaction:
    now = int(services.now())

    def apply(changes: Changes) -> _Page:
        pages = [_Undo(changes, session, now, unit).run() for unit in units]
        left = [event_id for page in pages for event_id in page.left]
        return _Page(sum(page.undone for page in pages), left)

    steps = [step for unit in units for step in unit.steps]
    series_ids = {one.series_id for unit in units for one in unit.series} | _series_of(steps)
    return Transaction(
        [step.event_id for step in steps],
        0,
        session.manager_id,
        now,
        apply,
        series_ids=sorted(series_ids),
        batch_id=batch_id,
        reads_trash=True,
    )


def _series_of(steps: list[StoredStep]) -> set[int]:
    """Of occurrences that the batch deleted, whether it changed their series or not."""
    deleted = (step.before for step in steps if step.before is not None and step.after is None)
    return {series_of(document) for document in deleted} - {0}


class _Undo:
    """The undo of one unit of a batch."""

    def __init__(self, changes: Changes, session: Session, now: int, unit: Unit) -> None:
        self._changes = changes
        self._session = session
        self._now = now
        self._steps = {
            one.event_id: one for one in map(decoded, unit.steps) if self._is_visible(one)
        }
        self._series = {one.series_id: one for one in unit.series}
        self._follow_ups = unit.follow_ups
        self._is_conflict = any(
            is_conflict(one.before, one.after, changes.series(one.series_id)) for one in unit.series
        )
        """Whether somebody has changed a rule since that the batch had changed."""

    def run(self) -> _Page:
        """Puts back what can be; what cannot is named as left."""
        left = {step.event_id for step in self._steps.values() if self._is_left(step)}
        changed: set[int] = set()
        if self._series and not self._is_conflict:
            for one in self._series.values():
                if _delete_made_since(self._changes, one, set(self._steps)):
                    changed.add(one.series_id)
                changed |= self._put_template_back(one)
            self._leave_occupied(left)
        self._leave_follow_ups(left)
        going = [step for step in self._steps.values() if step.event_id not in left]
        # All are decided on before the first one is put.
        back = {step.event_id: self._result(step) for step in going}
        for event_id, result in back.items():
            done_time = self._steps[event_id].done_time
            self._changes.put(event_id, result.event, result.type, done_time=done_time)
        if not self._is_conflict:
            changed |= _series_ids(going)
            moved = _series_ids([step for step in going if is_structural(step)])
            for number, one in self._series.items():
                has = {"has_moved": number in moved, "has_changed": number in changed}
                _put_series_back(self._changes, one, **has)
        return _Page(len(back), sorted(left))

    def _is_visible(self, step: Step) -> bool:
        shown = self._changes.event(step.event_id) or step.after or step.before
        return shown is not None and self._session.can_see(scope_of(shown))

    def _is_left(self, step: Step) -> bool:
        current, actor = self._changes.event(step.event_id), self._session.manager_id
        shown = current or step.after or step.before
        assert shown is not None
        result = undone(step, current, actor=actor, now=self._now)
        may_change = is_answer(step, actor) or (
            self._session.can_change(scope_of(shown)) and self._may_place(current, result.event)
        )
        return (
            is_touched(step, current, actor=actor)
            or _is_deleted_otherwise(self._changes, step)
            or not may_change
            or (self._is_conflict and is_structural(step))
            or self._is_claimed(current, result.event)
        )

    def _is_claimed(self, current: Event | None, result: Event | None) -> bool:
        """Whether it would be completed while somebody else works on it."""
        if current is None or result is None or not is_completion(current, result):
            return False
        return is_claimed_by_other(current, self._session.manager_id, self._now)

    def _may_place(self, current: Event | None, result: Event | None) -> bool:
        """Whether the session may have it where it goes back to: it may stay where it is."""
        if result is None or (current is not None and _place(current) == _place(result)):
            return True
        return self._session.can_place(scope_of(result))

    def _put_template_back(self, one: SeriesStep) -> set[int]:
        """What the server has made since by the same rule gets what the template of before has.

        The series, if there was any.
        """
        before, after, current = one.before, one.after, self._changes.series(one.series_id)
        if before is None or after is None or current is None or not is_same_rule(before, after):
            return set()
        if before.template == after.template or current.template != after.template:
            return set()
        events = self._changes.series_events(one.series_id)
        found = made_since(after, events, set(self._steps))
        actor, now = self._session.manager_id, self._now
        steps = [Step(e.id, as_before(e, before, after, actor=actor, now=now), e) for e in found]
        going = [step for step in steps if step.before and self._may_go_back(step, step.before)]
        for step in going:
            self._changes.put(step.event_id, step.before, ChangeType.UPDATED)
        return _series_ids(going)

    def _may_go_back(self, step: Step, back: Event) -> bool:
        """Whether the session may make the change that takes an event back to this."""
        current = step.after
        assert current is not None
        if not self._session.can_see(scope_of(current)):
            return False
        may_change = self._session.can_change(scope_of(current)) and self._may_place(current, back)
        return may_change or is_answer(step, self._session.manager_id)

    def _leave_occupied(self, left: set[int]) -> None:
        """What would come to the date of an occurrence that stays is left, too."""
        events = [e for one in self._series for e in self._changes.series_events(one)]
        while True:
            going = self._steps.keys() - left
            held = {place_of(event) for event in events if event.id not in going}
            found = {one for one in going if (e := self._steps[one].before) and place_of(e) in held}
            if not found:
                return
            left |= found

    def _leave_follow_ups(self, left: set[int]) -> None:
        """A follow-up goes, or comes back, only together with the completion of its call."""
        while True:
            going = self._steps.keys() - left
            found = {one for one in going if self._follow_ups.get(one, one) not in going}
            if not found:
                return
            left |= found

    def _result(self, step: Step) -> Undone:
        current = self._changes.event(step.event_id)
        result = undone(step, current, actor=self._session.manager_id, now=self._now)
        event = result.event
        if event and current is None and event.series_id and not self._has(event.series_id):
            return msgspec.structs.replace(result, event=alone(event))
        return result

    def _has(self, series_id: int) -> bool:
        """Whether an occurrence that the batch deleted comes back to its series."""
        step, current = self._series.get(series_id), self._changes.series(series_id)
        if step is None or step.after is None:
            return step is not None or current is not None
        return is_same_rule(step.after, current)


def _place(event: Event) -> tuple[str, str, int]:
    return event.brand, event.desk, event.owner_manager_id


def _series_ids(steps: list[Step]) -> set[int]:
    return {event.series_id for step in steps for event in (step.before, step.after) if event}


def _delete_made_since(changes: Changes, step: SeriesStep, known: set[int]) -> bool:
    """What the server has made by a rule that is undone; it makes what the rule of before has.

    Whether there was any.
    """
    if is_same_rule(step.before, step.after):
        return False
    found = made_since(step.after, changes.series_events(step.series_id), known)
    for event in found:
        changes.put(event.id, None, ChangeType.DELETED)
    return bool(found)


def _put_series_back(
    changes: Changes, step: SeriesStep, *, has_moved: bool, has_changed: bool
) -> None:
    """The rule and dates of before; what others have changed since stays, see `series_undo`.

    `has_moved`: whether events of it have gone or come, so that it is put also if it is the same:
    the undo of this undo finds it in its batch. `has_changed`: whether any event of it has changed,
    so that the batch has a number.
    """
    current = changes.series(step.series_id)
    events = changes.series_events(step.series_id)
    if step.before is None:
        left = ended(current) if current and events else None
    else:
        left = put_back(step.before, step.after, current)
        left = without_held(without_missing(left, events), events) if left else None
    if left is not None and left.is_ended and not events:
        left = None
    is_same = left == current or (_is_same(left, current) and not has_moved)
    if not is_same and (has_changed or announce_series(changes, step.series_id)):
        changes.put_series(step.series_id, left)


def _is_same(one: Series | None, other: Series | None) -> bool:
    """Whether two series differ in their version at most."""
    if one is None or other is None:
        return one is other
    return msgspec.structs.replace(one, version=other.version) == other


def _is_deleted_otherwise(changes: Changes, step: Step) -> bool:
    """Whether an event that the batch deleted was restored and deleted again since, or purged."""
    if step.after is not None or step.before is None:
        return False
    trashed = changes.trashed(step.event_id)
    return trashed is None or trashed.version != step.deleted_version

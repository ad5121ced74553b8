"""MngUndoCalendarBatch: what nobody has touched since a batch goes back to what it was."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import decode_event, scope_of
from deskcal.core.event import MAX_ID, ChangeType, Event
from deskcal.core.series_rules import end_before
from deskcal.core.sessions import ADMIN_TYPES, Session
from deskcal.core.undo import Step, is_answer, is_touched, undone
from deskcal.errors import NotFound
from deskcal.live.connections import Peer
from deskcal.store.ports import SeriesStep, StoredChange
from deskcal.store.ports.work import Changes, Transaction

PAGE = 500
"""Events that one transaction puts back; a larger batch is undone in several, but one of series."""
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
    steps = list(_steps(changes).values())
    series = await services.store.series.batch(batch_id)
    total, undo_id = _Page(0, []), 0
    # A rule and its occurrences go back together. A series bounds how many they are.
    at_once = max(len(steps), 1) if series else PAGE
    for start in range(0, len(steps), at_once):
        part = steps[start : start + at_once]
        transaction = _transaction(services, session, part, undo_id, series)
        applied = await services.store.transact(transaction)
        undo_id = applied.batch_id or undo_id
        total.undone += applied.value.undone
        total.left += applied.value.left
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
    if not changes or not _may_undo(services, session, changes[0]):
        raise NotFound(
            f"there is no batch {batch_id} that you may undo: a batch is undone by the manager "
            f"who made it, or an administrator, within {services.limits.undo_sec} s",
            field="batch_id",
        )
    return changes


def _may_undo(services: Services, session: Session, first: StoredChange) -> bool:
    is_recent = first.time + services.limits.undo_sec >= services.now()
    is_theirs = first.actor == session.manager_id or session.type in ADMIN_TYPES
    return is_recent and is_theirs and first.actor != SERVER


class _Stored(Struct):
    """One event of a batch, as documents: None where there was no event."""

    event_id: int
    before: bytes | None
    after: bytes | None


def _steps(changes: list[StoredChange]) -> dict[int, _Stored]:
    """By event: before its first change of the batch, and after its last."""
    found: dict[int, _Stored] = {}
    for change in changes:
        is_added = change.type in (ChangeType.ADDED, ChangeType.RESTORED)
        before = None if is_added else change.before
        step = found.setdefault(change.event_id, _Stored(change.event_id, before, None))
        step.after = None if change.type == ChangeType.DELETED else change.document
    return found


def _transaction(
    services: Services,
    session: Session,
    steps: list[_Stored],
    batch_id: int,
    series: list[SeriesStep],
) -> Transaction:
    now = int(services.now())

    def apply(changes: Changes) -> _Page:
        page = _Page(0, [])
        for step in steps:
            _put_back(changes, session, step, page, now)
        for one in series:
            _put_series_back(changes, one)
        return page

    ids = [step.event_id for step in steps]
    series_ids = [one.series_id for one in series]
    return Transaction(
        ids,
        0,
        session.manager_id,
        now,
        apply,
        series_ids=series_ids,
        batch_id=batch_id,
        reads_trash=True,
    )


def _put_series_back(changes: Changes, step: SeriesStep) -> None:
    """The rule and dates of before, unless somebody has changed the series since.

    A series that the batch split off ends where somebody has changed one of its events since.
    """
    current = changes.series(step.series_id)
    if current != step.after:
        return
    if step.before is not None:
        version = current.version if current else step.before.version
        restored = msgspec.structs.replace(step.before, version=version + 1)
        changes.put_series(step.series_id, restored)
    elif current is not None:
        has_events = bool(changes.series_events(step.series_id))
        left = end_before(current, current.start_local) if has_events else None
        changes.put_series(step.series_id, left)


def _put_back(changes: Changes, session: Session, stored: _Stored, page: _Page, now: int) -> None:
    """Counts the event, or names it as left; of what is not visible neither."""
    step = Step(stored.event_id, _decoded(stored.before), _decoded(stored.after))
    current = changes.event(step.event_id)
    shown = current or step.after or step.before
    if shown is None or not session.can_see(scope_of(shown)):
        return
    actor = session.manager_id
    result = undone(step, current, actor=actor, now=now)
    may_change = is_answer(step, actor) or (
        session.can_change(scope_of(shown))
        and (result.event is None or session.can_place(scope_of(result.event)))
    )
    is_left = is_touched(step, current, actor=actor) or _is_deleted_otherwise(changes, step)
    if is_left or not may_change:
        page.left.append(step.event_id)
        return
    changes.put(step.event_id, result.event, result.type)
    page.undone += 1


def _is_deleted_otherwise(changes: Changes, step: Step) -> bool:
    """Whether an event that the batch deleted was restored and deleted again since, or purged."""
    if step.after is not None or step.before is None:
        return False
    trashed = changes.trashed(step.event_id)
    return trashed is None or trashed.version != step.before.version


def _decoded(document: bytes | None) -> Event | None:
    return None if document is None else decode_event(document)

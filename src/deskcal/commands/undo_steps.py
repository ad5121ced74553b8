"""What a batch has changed, for its undo: steps, and which of them go back together."""

from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec import Struct

from deskcal.commands.services import Services
from deskcal.core.document import decode_event
from deskcal.core.event import ChangeType, EventStatus
from deskcal.core.undo import Step
from deskcal.store.ports import SeriesStep
from deskcal.store.ports.feed import StoredChange

_HAVE_DONE_TIME = (EventStatus.DONE, EventStatus.ARCHIVED)
PAGE = 500
"""Events that one transaction puts back, but for a unit that has more."""


class StoredStep(Struct):
    """One event of a batch, as documents: None where there was no event."""

    event_id: int
    before: bytes | None
    after: bytes | None
    deleted: bytes | None = None
    """As the batch deleted it, after its other changes of it."""
    done_time: int | None = None
    """See `Step`."""

    @property
    def last(self) -> bytes | None:
        """As the batch has left or deleted it."""
        return self.after or self.deleted


class Unit(Struct):
    """Steps that are decided on together: of series, and of a call with its follow-up."""

    steps: list[StoredStep]
    series: list[SeriesStep]
    follow_ups: dict[int, int] = {}
    """Events that came or went as the follow-up of another one of the batch, which this names."""


class _Head(Struct, gc=False):
    version: int
    status: int
    updated_time: int
    series_id: int = 0
    follow_up_id: int = 0


_head_of = msgspec.json.Decoder(_Head).decode


def steps_of(changes: Iterable[StoredChange]) -> list[StoredStep]:
    """By event: before its first change of the batch, and after its last."""
    found: dict[int, StoredStep] = {}
    for change in changes:
        is_added = change.type in (ChangeType.ADDED, ChangeType.RESTORED)
        before = None if is_added else change.before
        step = found.setdefault(change.event_id, StoredStep(change.event_id, before, None))
        is_deleted = change.type == ChangeType.DELETED
        step.after = None if is_deleted else change.document
        step.deleted = change.document if is_deleted else None
    return list(found.values())


def pages_of(units: Iterable[Unit]) -> list[list[Unit]]:
    """The units that one transaction puts back each."""
    pages: list[list[Unit]] = []
    size = PAGE
    for unit in units:
        if size + len(unit.steps) > PAGE:
            pages.append([])
            size = 0
        pages[-1].append(unit)
        size += len(unit.steps)
    return pages


def units_of(steps: Sequence[StoredStep], series: Iterable[SeriesStep]) -> list[Unit]:
    """All steps and series, each in one unit; in the order of their first changes."""
    parents: dict[int, int] = {}
    """Of events, and of series by their numbers below 0: another one of the same unit."""

    def root(key: int) -> int:
        while (parent := parents.setdefault(key, key)) != key:
            parents[key] = parents[parent] = parents.setdefault(parent, parent)
            key = parents[key]
        return key

    links: dict[int, int] = {}
    for step in steps:
        heads = [_head_of(one) if one is not None else None for one in (step.before, step.last)]
        before, last = [head.follow_up_id if head else 0 for head in heads]
        if before != last:
            links[last or before] = step.event_id
        for head in heads:
            if head and head.series_id:
                parents[root(-head.series_id)] = root(step.event_id)
    follow_ups = {one.event_id: links[one.event_id] for one in steps if _comes_or_goes(one, links)}
    for event_id, call_id in follow_ups.items():
        parents[root(event_id)] = root(call_id)
    return _grouped(steps, series, follow_ups, root)


def _grouped(
    steps: Iterable[StoredStep],
    series: Iterable[SeriesStep],
    follow_ups: dict[int, int],
    root: Callable[[int], int],
) -> list[Unit]:
    units: dict[int, Unit] = {}
    for step in steps:
        unit = units.setdefault(root(step.event_id), Unit([], [], {}))
        unit.steps.append(step)
        if step.event_id in follow_ups:
            unit.follow_ups[step.event_id] = follow_ups[step.event_id]
    for one in series:
        units.setdefault(root(-one.series_id), Unit([], [], {})).series.append(one)
    return list(units.values())


def _comes_or_goes(step: StoredStep, links: dict[int, int]) -> bool:
    return step.event_id in links and (step.before is None or step.after is None)


async def find_done_times(services: Services, steps: Iterable[StoredStep]) -> None:
    """Fills in when events had been completed whose completion the batch took back.

    Where the store does not know it (of an older build, or an import), it is the time of the last
    change while it was done.
    """
    done = []
    for step in steps:
        if step.before is not None and step.last is not None:
            before, last = _head_of(step.before), _head_of(step.last)
            if before.status in _HAVE_DONE_TIME and before.version < last.version:
                done.append((step, before, last))
    if not done:
        return
    wanted = [(step.event_id, before.version, last.version) for step, before, last in done]
    found = await services.store.feed.done_times(wanted)
    for step, before, last in done:
        is_lost = before.status == EventStatus.DONE != last.status
        step.done_time = found.get(step.event_id, before.updated_time if is_lost else None)


def decoded(one: StoredStep) -> Step:
    """The step with its events."""
    before, after, deleted = (
        decode_event(document) if document is not None else None
        for document in (one.before, one.after, one.deleted)
    )
    return Step(one.event_id, before, after, deleted.version if deleted else 0, one.done_time)

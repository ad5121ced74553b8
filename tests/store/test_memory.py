"""What a group of mutations leaves in memory once it is answered: nothing but the cache.

Without the garbage collector, which looks at new objects only after 200,000 of them.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deskcal.core.event import Event
from deskcal.errors import InvalidField, NotFound
from deskcal.store.batch.batch import Batch
from deskcal.store.ports import Store
from store.mutations import adding, changing, done, raising

COUNT = 30


@contextmanager
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def alive(kind: type[object]) -> int:
    return sum(isinstance(one, kind) for one in gc.get_objects())


async def refused(store: Store, event_id: int, error: Exception) -> None:
    with pytest.raises(type(error)):
        await store.mutate(raising(event_id, error))


async def test_changes_leave_no_group_in_memory(store: Store) -> None:
    event = await done(store.mutate(adding()))
    with without_collector():
        before = alive(Batch)
        for number in range(COUNT):
            await done(store.mutate(changing(event.id, title=f"title {number}")))
        assert alive(Batch) <= before + 2


async def test_refused_changes_leave_neither_groups_nor_events(store: Store) -> None:
    event = await done(store.mutate(adding()))
    with without_collector():
        groups, events = alive(Batch), alive(Event)
        for number in range(COUNT):
            await refused(store, event.id, InvalidField(f"refused {number}", field="title"))
            await refused(store, 10_000 + number, NotFound("not there", field="id"))
        assert alive(Batch) <= groups + 2
        assert alive(Event) <= events + 4


async def test_changes_that_change_nothing_leave_no_group(store: Store) -> None:
    event = await done(store.mutate(adding()))
    with without_collector():
        groups, events = alive(Batch), alive(Event)
        for _ in range(COUNT):
            await done(store.mutate(changing(event.id, title=event.title)))
        assert alive(Batch) <= groups + 2
        assert alive(Event) <= events + 4

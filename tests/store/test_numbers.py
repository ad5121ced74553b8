"""Numbers of changes: what changes without its events takes one, so that nobody misses it."""

from collections.abc import Callable, Iterable

import msgspec
import pytest

from deskcal.core.event import ChangeType
from deskcal.core.series import begin_series
from deskcal.store.batch.objects import PROPERTIES, CalendarObject
from deskcal.store.ports import Store
from deskcal.store.ports.work import Changes, Transaction
from helpers import NOW
from store.mutations import adding
from store.test_transactions import titled

OWN = CalendarObject(owner_id=10, uid="own", name="own.ics", event_id=1)
OTHER = CalendarObject(owner_id=10, uid="other", name="other.ics", event_id=2)
PARTS = CalendarObject(owner_id=10, uid="parts", name="parts.ics", overrides={"9": 2, "5": 1})
OF_SERIES = CalendarObject(owner_id=10, uid="series", name="series.ics", series_id=7)
OF_COLLECTION = CalendarObject(owner_id=10, uid=f"{PROPERTIES}mine", name="mine/")


def putting(
    objects: Iterable[CalendarObject], apply: Callable[[Changes], object] = lambda _: None
) -> Transaction:
    """Puts the objects after what `apply` does to events 1 and 2."""
    found = list(objects)

    def run(changes: Changes) -> None:
        apply(changes)
        for one in found:
            changes.put_calendar_object(one.key, one)

    return Transaction((1, 2), 0, 10, NOW, run, objects=[one.key for one in found])


def retitled(changes: Changes) -> None:
    """Changes event 1."""
    event = changes.event(1)
    assert event is not None
    titled(changes, 1, f"{event.title}!")


async def taken(store: Store, transaction: Transaction) -> tuple[int, int]:
    """How many numbers it takes, and how many changes it leaves."""
    await store.feed.refresh()
    before = store.feed.last_seq
    await store.transact(transaction)
    await store.feed.refresh()
    return store.feed.last_seq - before, len(await store.feed.changes(before, 100))


async def with_events(store: Store) -> None:
    for _ in range(2):
        await store.mutate(adding())


@pytest.mark.parametrize("of_event", [OWN, PARTS])
async def test_an_object_that_changes_with_its_event_takes_no_number(
    store: Store, of_event: CalendarObject
) -> None:
    await with_events(store)
    assert await taken(store, putting([of_event], retitled)) == (1, 1)
    again = msgspec.structs.replace(of_event, extras="X-A:1")
    assert await taken(store, putting([again, OF_COLLECTION], retitled)) == (1, 1)


@pytest.mark.parametrize("of_another", [OTHER, OF_SERIES])
async def test_an_object_that_changes_without_its_event_takes_one(
    store: Store, of_another: CalendarObject
) -> None:
    await with_events(store)
    assert await taken(store, putting([of_another])) == (1, 0)
    again = msgspec.structs.replace(of_another, extras="X-A:1")
    assert await taken(store, putting([OWN, again], retitled)) == (2, 1)


async def test_an_object_that_becomes_one_of_another_event_takes_one(store: Store) -> None:
    await with_events(store)
    await store.transact(putting([OTHER]))
    moved = msgspec.structs.replace(OTHER, event_id=1)
    assert await taken(store, putting([moved], retitled)) == (2, 1)


async def test_an_object_that_is_gone_without_its_event_takes_one(store: Store) -> None:
    await with_events(store)
    await store.transact(putting([OTHER]))

    def remove(changes: Changes) -> None:
        retitled(changes)
        changes.put_calendar_object(OTHER.key, None)

    gone = Transaction((1,), 0, 10, NOW, remove, objects=[OTHER.key])
    assert await taken(store, gone) == (2, 1)


async def test_a_series_that_changes_without_its_events_takes_one(store: Store) -> None:
    await with_events(store)

    def with_series(apply: Callable[[Changes, int], object]) -> Transaction:
        def run(changes: Changes) -> None:
            series_id = changes.new_id()
            apply(changes, series_id)
            first = changes.event(2)
            assert first is not None
            series = begin_series(series_id, first, "FREQ=DAILY;COUNT=3", (), "UTC")
            changes.put_series(series_id, series)

        return Transaction((1, 2), 1, 10, NOW, run)

    def its_second_change(changes: Changes, series_id: int) -> None:
        retitled(changes)
        event = changes.event(2)
        assert event is not None
        changes.put(2, msgspec.structs.replace(event, series_id=series_id), ChangeType.UPDATED)

    assert await taken(store, with_series(lambda _, __: None)) == (1, 0)
    assert await taken(store, with_series(lambda changes, _: retitled(changes))) == (2, 1)
    assert await taken(store, with_series(its_second_change)) == (2, 2)


async def test_what_is_not_applied_takes_none(store: Store) -> None:
    """An object that was staged and taken back is no change."""
    await with_events(store)

    def run(changes: Changes) -> None:
        def fail() -> None:
            changes.put_calendar_object(OTHER.key, OTHER)
            raise ValueError("no")

        retitled(changes)
        with pytest.raises(ValueError, match="no"):
            changes.attempt(fail)

    attempt = Transaction((1,), 0, 10, NOW, run, objects=[OTHER.key])
    assert await taken(store, attempt) == (1, 1)


async def test_batches_are_numbered_from_their_first_change(store: Store) -> None:
    await with_events(store)
    first = await store.transact(putting([OTHER], retitled))
    second = await store.transact(Transaction((2,), 0, 10, NOW, lambda c: titled(c, 2, "two")))
    changes = await store.feed.changes(0, 100)
    assert [one.batch_id for one in changes][2:] == [first.batch_id, second.batch_id]
    assert [one.seq for one in changes][2:] == [first.batch_id, second.batch_id]
    assert [one.type for one in changes][2:] == [ChangeType.UPDATED] * 2

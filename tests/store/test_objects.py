"""Calendar objects, as they are found by event, series and name."""

from collections.abc import Iterable

import pytest

from deskcal.store.batch.objects import PROPERTIES, CalendarObject, NameTaken
from deskcal.store.ports import Store
from deskcal.store.ports.work import Changes, Transaction
from helpers import NOW
from store.conftest import Backend
from store.mutations import adding
from store.test_object_check import put


def uids(found: Iterable[CalendarObject]) -> list[str]:
    return sorted(one.uid for one in found)


async def test_objects_are_found_by_what_they_are_of(store: Store) -> None:
    await put(store, uid="event", name="e.ics", event_id=3)
    await put(store, uid="series", name="s.ics", series_id=4)
    await put(store, uid="later", name="l.ics", series_id=9)
    await put(store, uid="parts", name="p.ics", overrides={"1767600000": 5})
    await put(store, uid=f"{PROPERTIES}mine", name="mine/")
    await put(store, owner_id=20, uid="other", name="e.ics", event_id=3)
    await put(store, owner_id=20, uid="others", name="s.ics", series_id=5)
    objects = store.objects
    others = ["parts", f"{PROPERTIES}mine"]
    assert uids(await objects.of(10, [3], [4])) == sorted(["event", "series", *others])
    assert uids(await objects.of(10, [4], [3])) == sorted(others)
    assert uids(await objects.of(20, [3, 7], [])) == ["other"]
    assert [one.uid for one in await objects.of_series(10)] == ["series", "later"]
    assert uids(await objects.of_series(20)) == ["others"]
    assert uids(await objects.of_names(10, ["s.ics", "e.ics", "x.ics"])) == ["event", "series"]


async def test_a_name_is_not_taken_from_an_object_that_has_it(store: Store) -> None:
    await put(store, uid="one", name="a.ics", event_id=3)
    with pytest.raises(NameTaken):
        await put(store, uid="two", name="a.ics", event_id=4)
    assert uids(await store.objects.all(10)) == ["one"]
    await put(store, owner_id=20, uid="two", name="a.ics", event_id=4)
    await put(store, uid="one", name="a.ics", event_id=5)
    assert [one.event_id for one in await store.objects.all(10)] == [5]


async def test_the_name_of_an_object_that_goes_is_given_to_another_with_it(store: Store) -> None:
    await put(store, uid="one", name="a.ics", event_id=3)
    other = CalendarObject(owner_id=10, uid="two", name="a.ics", event_id=4)

    def apply(changes: Changes) -> None:
        changes.put_calendar_object(other.key, other)
        changes.put_calendar_object((10, "one"), None)

    objects = [other.key, (10, "one")]
    await store.transact(Transaction((), 0, 10, NOW, apply, objects=objects))
    assert await store.objects.all(10) == [other]


async def test_events_are_loaded_together(store: Store) -> None:
    documents = [await store.mutate(adding()) for _ in range(3)]
    found = await store.load_all([1, 3, 9])
    assert sorted(record.document for record in found) == sorted([documents[0], documents[2]])
    assert await store.load_all([9]) == []


async def test_events_are_loaded_together_by_a_store_that_has_just_been_opened(
    backend: Backend,
) -> None:
    store = await backend.open()
    documents = [await store.mutate(adding()) for _ in range(3)]
    store = await backend.open()
    await store.load(2)
    found = await store.load_all([1, 2, 9])
    assert sorted(record.document for record in found) == sorted(documents[:2])

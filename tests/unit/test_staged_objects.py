"""Calendar objects of a group: what is stored is read once, however often it is asked for."""

from deskcal.store.batch.objects import PROPERTIES, CalendarObject, ObjectKey, StagedObjects
from deskcal.store.batch.undo import Undo

OWN = CalendarObject(owner_id=10, uid="own", name="own.ics", event_id=1)
OF_COLLECTION = CalendarObject(owner_id=10, uid=f"{PROPERTIES}mine", name="mine/")


class Stored:
    """Has `OWN`, and notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[ObjectKey] = []

    def calendar_object(self, key: ObjectKey) -> CalendarObject | None:
        self.asked.append(key)
        return OWN if key == OWN.key else None


def test_an_object_that_is_looked_at_and_changed_is_read_once() -> None:
    stored = Stored()
    objects = StagedObjects(stored, Undo())
    assert [objects.get(OWN.key), objects.get(OWN.key)] == [OWN, OWN]
    objects.put(OWN.key, None)
    assert objects.get(OWN.key) is None
    assert not objects.are_all_of(set(), set())
    assert objects.are_all_of({OWN.event_id}, set())
    assert stored.asked == [OWN.key]


def test_an_object_that_is_not_there_is_looked_for_once() -> None:
    stored = Stored()
    objects = StagedObjects(stored, Undo())
    assert objects.get((10, "other")) is None
    objects.put((10, "other"), OWN)
    assert objects.are_all_of({OWN.event_id}, set())
    assert stored.asked == [(10, "other")]


def test_the_properties_of_a_collection_are_of_no_event() -> None:
    stored = Stored()
    objects = StagedObjects(stored, Undo())
    objects.put(OF_COLLECTION.key, OF_COLLECTION)
    assert objects.are_all_of(set(), set())
    assert stored.asked == []

"""A check of calendar objects and pending escalations: each kind of damage is named, no other."""

from typing import Any

import msgspec
import pytest

from deskcal.store.batch.objects import (
    MAX_EXTRAS,
    MAX_SOURCE,
    MAX_VALUE,
    PROPERTIES,
    CalendarObject,
)
from deskcal.store.ports import Store
from deskcal.store.ports.work import Changes, Transaction
from helpers import NOW
from places import Place
from store.conftest import Backend
from store.mutations import adding, deleting
from store.test_check import damage_in

DUE = NOW + 600
LATE = 1_000_000
"""An id that no store of these tests has given, also if a node took many at once."""


async def put(store: Store, **fields: Any) -> None:
    """Writes an object of manager 10 as it is given; the store does not look at its content."""
    values: dict[str, Any] = {"owner_id": 10, "uid": "a@b", "name": "a.ics"}
    found = CalendarObject(**values | fields)

    def apply(changes: Changes) -> None:
        changes.put_calendar_object(found.key, found)

    await store.transact(Transaction((), 0, 10, NOW, apply, objects=[found.key]))


async def fill(backend: Backend, **fields: Any) -> None:
    """A stopped store: events 1 and 2, of which 2 is deleted; an object of event 1."""
    store = await backend.open()
    for _ in range(2):
        await store.mutate(adding())
    await store.mutate(deleting(2))
    await put(store, **({"event_id": 1} | fields))
    await backend.close()


async def differences(backend: Backend) -> list[str]:
    return (await backend.check()).differences


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"event_id": 2},
        {"event_id": 0, "overrides": {"1767600000": 1, "1768204800": 2}},
        {"extras": "x" * MAX_EXTRAS, "source": "ü" * MAX_SOURCE},
        {
            "event_id": 0,
            "uid": PROPERTIES + "mine",
            "source": msgspec.json.encode({str(n): "x" * MAX_VALUE for n in range(70)}).decode(),
        },
    ],
)
async def test_objects_of_events_that_are_there_or_deleted_are_whole(
    backend: Backend, fields: dict[str, Any]
) -> None:
    await fill(backend, **fields)
    assert await differences(backend) == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"event_id": 3}, "names event 3: there has never been one"),
        ({"event_id": 0, "series_id": LATE}, f"names {LATE}, an id that was never given"),
        ({"overrides": {"1767600000": LATE}}, f"names {LATE}, an id that was never given"),
        ({"extras": "x" * (MAX_EXTRAS + 1)}, "keeps 16385 characters without a field; at most"),
        ({"source": "x" * (MAX_SOURCE + 1)}, "keeps a text of 65537 characters; at most 65536"),
        (
            {
                "event_id": 0,
                "uid": PROPERTIES + "mine",
                "source": '{"{DAV:}displayname":"' + "x" * (MAX_VALUE + 1) + '"}',
            },
            "keeps 1001 characters of {DAV:}displayname; at most 1000",
        ),
        (
            {"event_id": 0, "uid": PROPERTIES + "mine", "source": "[]"},
            "has unreadable properties: ",
        ),
    ],
)
async def test_what_an_object_may_not_hold_is_named(
    backend: Backend, fields: dict[str, Any], named: str
) -> None:
    await fill(backend, **fields)
    (found,) = await differences(backend)
    uid = fields.get("uid", "a@b")
    assert found.startswith(f"calendar object {uid!r} of manager 10 {named}")


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("SET document = {no_text}", "has an unreadable document: "),
        ("SET document = {braces}", "has an unreadable document: "),
        ("SET event_id = 2", "has columns that are not those of its document"),
        ("SET series_id = 1", "has columns that are not those of its document"),
        ("SET name = 'b.ics'", "has columns that are not those of its document"),
    ],
)
async def test_a_damaged_row_of_an_object_is_named(
    place: Place, backend: Backend, damage: str, named: str
) -> None:
    await fill(backend)
    damage_in(place, f"UPDATE calendar_object {damage}")
    (found,) = await differences(backend)
    assert found.startswith(f"calendar object 'a@b' of manager 10 {named}")


async def test_an_object_of_an_event_that_was_pruned_is_whole(
    place: Place, backend: Backend
) -> None:
    await fill(backend, event_id=2)
    damage_in(place, "DELETE FROM trash")
    damage_in(place, "DELETE FROM change WHERE event_id = 2")
    assert await differences(backend) == [
        "calendar object 'a@b' of manager 10 names event 2: there has never been one"
    ]
    damage_in(place, "UPDATE counter SET floor_seq = 3")
    assert await differences(backend) == []


async def fire(backend: Backend) -> None:
    """A stopped store: event 1, whose reminder fired and waits for its escalation."""
    store = await backend.open(escalate_after_sec=300)
    await store.mutate(adding(remind_time=DUE))
    await store.reminders.fire(DUE, 100)
    await backend.close()


async def test_a_pending_escalation_is_whole(backend: Backend) -> None:
    await fire(backend)
    assert await differences(backend) == []


async def test_a_pending_escalation_of_a_deleted_event_is_whole(backend: Backend) -> None:
    await fire(backend)
    store = await backend.open(escalate_after_sec=300)
    await store.mutate(deleting(1))
    await backend.close()
    assert await differences(backend) == []


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("DELETE FROM notification", f"of event 1 for its reminder at {DUE} has no reminder that"),
        ("UPDATE escalation SET event_id = 9", f"of event 9 for its reminder at {DUE} has no ev"),
        (
            "UPDATE escalation SET escalate_time = due_time",
            f"of event 1 for its reminder at {DUE} is due at {DUE}, which is not after",
        ),
    ],
)
async def test_a_damaged_escalation_is_named(
    place: Place, backend: Backend, damage: str, named: str
) -> None:
    await fire(backend)
    damage_in(place, damage)
    (found,) = await differences(backend)
    assert found.startswith(f"the pending escalation {named}")

"""A calendar with members of every kind, and changes of it, for the tests of CalDAV's memory."""

from collections.abc import Awaitable, Callable

import msgspec

from dav import Dav
from deskcal.core.directory import Desk as DeskNames
from deskcal.core.directory import Directory, Manager
from deskcal.core.event import ChangeType
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.ports.work import Changes, Transaction
from harness import everything, token
from helpers import NOW
from server.caldav_texts import DAY, WEEKLY, calendar, override, vevent

LATER = NOW + 1000 * DAY
"""When tokens end: after all days that pass here."""
TEN, THIRTY = token(10, desks="DESK_*", exp=LATER), token(30, exp=LATER)
SINGLES = 12
DESK = "desk,default,DESK_EU"
Change = Callable[[Dav], Awaitable[None]]


async def fill(dav: Dav) -> list[str]:
    """Events 1 to 12, of which 2 has manager 30 and 3 a desk; a series; what apps put.

    The names of all that may be there, and of some that are not.
    """
    desk = dav.desk
    names = Directory(
        managers=[Manager(id=10, name="Anna", desks="DESK_*"), Manager(id=30, name="Ben")],
        desks=[DeskNames(code="DESK_EU")],
    )
    await desk.services.store.directory.put(names)
    for number in range(1, SINGLES + 1):
        people = {"participant_manager_ids": [30]} if number == 2 else {}
        place = {"desk": "DESK_EU"} if number == 3 else {}
        await desk.add(TEN, title=f"Event {number}", **people, **place)
    made = await desk.call(
        TEN,
        "MngAddCalendarEvent",
        title="Daily",
        start_time=NOW,
        end_time=NOW + 3600,
        recurrence={"rrule": "FREQ=DAILY;COUNT=3"},
    )
    series_id = made["data"]["event"]["series_id"]
    for name in ("one", "two", "three"):
        assert (await dav.put(f"{name}.ics", calendar(vevent(uid=name)))).status == 201
    weekly = calendar(vevent(*WEEKLY), override(1))
    assert (await dav.put("weekly.ics", weekly)).status == 201
    alone = calendar(override(2), override(3))
    assert (await dav.put("parts.ics", alone.replace("UID:a@b", "UID:parts"))).status == 201
    events = [f"event-{number}.ics" for number in range(1, SINGLES + 40)]
    put = [f"{name}.ics" for name in ("one", "two", "three", "weekly", "parts", "new", "none")]
    return [*events, *put, f"series-{series_id}.ics"]


def updated(event_id: int = 1, **fields: object) -> Change:
    """An event gets these fields."""

    async def change(dav: Dav) -> None:
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event_id, **fields)

    return change


def done(command: str, event_id: int = 1) -> Change:
    """A command that names an event."""

    async def change(dav: Dav) -> None:
        answered = await dav.desk.call(TEN, command, id=event_id)
        assert answered["status"] == 200, answered

    return change


def put(name: str, *lines: str, summary: str = "Call") -> Change:
    """An app puts an event."""

    async def change(dav: Dav) -> None:
        got = await dav.put(f"{name}.ics", calendar(vevent(*lines, uid=name, summary=summary)))
        assert got.status in (201, 204), got

    return change


def taken_out(name: str) -> Change:
    """An app deletes an event."""

    async def change(dav: Dav) -> None:
        assert (await dav.ask("DELETE", f"{dav.mine}{name}.ics")).status in (204, 404)

    return change


def imported(*lines: str, sequence: int = 1) -> Change:
    """Of two events a title changes, of another one only what deskcal has no field for."""

    async def change(dav: Dav) -> None:
        newer = f"SEQUENCE:{sequence}"
        one = vevent(newer, uid="one", summary=f"Import {sequence}")
        two = vevent(newer, *lines, uid="two")
        answered = await dav.desk.call(
            TEN, "MngImportCalendarEvents", ics=calendar(one, two), owner_manager_id=10
        )
        assert answered["status"] == 200, answered

    return change


async def object_alone(dav: Dav) -> None:
    """A calendar object changes, and nothing else does."""
    await objects_changed(dav)


async def object_beside_another_event(dav: Dav) -> None:
    """A calendar object changes in one transaction with an event that is not its own."""
    await objects_changed(dav, 4)


async def objects_changed(dav: Dav, *event_ids: int) -> None:
    """Another X-property for what is called three.ics; the events get another title."""
    store = dav.desk.services.store
    found = await store.objects.named(10, "three.ics")
    assert found is not None
    number = len(found.extras)
    after = msgspec.structs.replace(found, extras=f"X-MORE:{'x' * number}", source="", stamp="")
    await store.transact(_transaction(after, event_ids, f"Beside {number}"))


def _transaction(after: CalendarObject, event_ids: tuple[int, ...], title: str) -> Transaction:
    def apply(changes: Changes) -> None:
        changes.put_calendar_object(after.key, after)
        for event_id in event_ids:
            event = changes.event(event_id)
            if event is not None:
                version = event.version + 1
                named = msgspec.structs.replace(event, title=title, version=version)
                changes.put(event_id, named, ChangeType.UPDATED)

    return Transaction(event_ids, 0, 10, NOW, apply, objects=[after.key])


async def renamed_manager(dav: Dav) -> None:
    """Of a participant, whose name is in the texts."""
    names = Directory(managers=[Manager(id=30, name="Benjamin")])
    await dav.desk.services.store.directory.put(names)


async def occurrence_moved(dav: Dav) -> None:
    """One of the daily ones, alone."""
    event_id = await daily(dav)
    fields = {"start_time": NOW + 7200, "end_time": NOW + 9000}
    answered = await dav.desk.call(TEN, "MngUpdateCalendarEvent", id=event_id, scope=0, **fields)
    assert answered["status"] == 200, answered


async def occurrence_of_one_alone(dav: Dav) -> None:
    """Manager 30 takes part in the daily ones, but no longer in the last of them."""
    event_id = await daily(dav)
    for id_, scope, people in ((event_id, 2, [30]), (event_id + 2, 0, list[int]())):
        fields = {"scope": scope, "participant_manager_ids": people}
        answered = await dav.desk.call(TEN, "MngUpdateCalendarEvent", id=id_, **fields)
        assert answered["status"] == 200, answered


async def that_occurrence_deleted(dav: Dav) -> None:
    """Which excludes its day from the series, of which manager 30 has the others."""
    event_id = await daily(dav)
    answered = await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=event_id + 2, scope=0)
    assert answered["status"] == 200, answered


async def recoloured(dav: Dav) -> None:
    """A property of the collection, which is in a calendar object, too."""
    prop = '<A:calendar-color xmlns:A="http://apple.com/ns/ical/">#123456</A:calendar-color>'
    inner = f"<D:set><D:prop>{prop}</D:prop></D:set>"
    body = f'<D:propertyupdate xmlns:D="DAV:">{inner}</D:propertyupdate>'
    assert (await dav.ask("PROPPATCH", dav.mine, body)).status == 207


async def hours_passed(dav: Dav) -> None:
    """What was to come is over."""
    dav.desk.clock.time += 2 * DAY


async def daily(dav: Dav) -> int:
    """The first event of the daily series."""
    answered = await dav.desk.call(TEN, "MngGetCalendarEventsByFilter", **everything())
    assert answered["status"] == 200, answered
    found: list[int] = [row["id"] for row in answered["data"]["rows"] if row["title"] == "Daily"]
    assert found
    return min(found)

"""Moving a store: everything comes out of any backend and goes into any, and is the same there."""

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from deskcal.core.directory import Desk as NamedDesk
from deskcal.core.directory import Directory, Manager
from deskcal.core.event import EventType
from deskcal.core.outcomes import Outcome
from deskcal.limits import Limits
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.ports import StoreError
from deskcal.store.ports.feed import StoredChange
from deskcal.store.ports.reminders import Notification, NotificationKey, NotificationState
from deskcal.store.postgres.locks import hold_for_import
from deskcal.store.postgres.transfer import export_postgres, import_postgres
from deskcal.store.sqlite.transfer import export_sqlite, import_sqlite
from deskcal.store.transfer.export import BadExport, Export, OnProgress
from harness import ADMIN, Desk, everything, open_desk, token
from helpers import NOW
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer
from store.mutations import adding, changing

BOSS = token(1, ADMIN)
TEN = token(10)
HOSTILE = (
    "quotes \" and \\ and ]} and '",
    "'; DROP TABLE event; --",
    "\\u0000 \\N \\. \t tab",
    "Звонок: Ελένη 😀  ",
    "</script><b>",
    "x" * 500,
)
DUE = NOW + 1000
LONG_AGO = NOW - 100_000


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[PostgresPlace]:
    """An empty database."""
    with postgres.database() as url:
        yield PostgresPlace(url)


CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:Ελένη \0 ' ]
DTSTART:20270105T090000Z
X-KEPT:é
END:VEVENT
BEGIN:VEVENT
UID:weekly
DTSTART:20270105T090000Z
RRULE:FREQ=WEEKLY;COUNT=2
END:VEVENT
END:VCALENDAR
"""


def no_progress(_: int, __: int) -> None:
    """Progress that nobody looks at."""


async def exported(place: Place, *, with_secrets: bool = False) -> list[bytes]:
    """The lines of an export."""
    lines: list[bytes] = []
    secrets = {"with_secrets": with_secrets}
    if isinstance(place, PostgresPlace):
        await export_postgres(place.url, Limits(), lines.append, no_progress, **secrets)
    else:
        assert isinstance(place, SqlitePlace)
        export_sqlite(place.directory, lines.append, no_progress, **secrets)
    return lines


async def imported(
    place: Place, lines: list[bytes], on_progress: OnProgress = no_progress, page_rows: int = 5000
) -> None:
    """Puts the lines into the place."""
    export = Export(lines, page_rows=page_rows)
    if isinstance(place, PostgresPlace):
        await import_postgres(place.url, Limits(), export, on_progress)
    else:
        assert isinstance(place, SqlitePlace)
        import_sqlite(place.directory, export, on_progress)


async def fill(place: Place) -> None:
    """Something of everything that a store can have."""
    async with open_desk(place) as desk:
        store = desk.services.store
        desk.clock.time = LONG_AGO
        old = [await desk.add(BOSS, title=f"old {n}", desk=f"DESK_{n % 3}") for n in range(6)]
        await desk.event(BOSS, "MngUpdateCalendarEvent", id=old[1]["id"], priority=3)
        await desk.call(BOSS, "MngDeleteCalendarEvent", id=old[2]["id"])
        assert await store.feed.prune(NOW - 1, 3) == 3
        desk.clock.time = NOW
        new = [await desk.add(BOSS, **hostile(number)) for number in range(len(HOSTILE))]
        await desk.add(TEN, title="once", idempotency_key="a key\0 é")
        await desk.event(BOSS, "MngArchiveCalendarEvent", id=old[0]["id"])
        await desk.call(BOSS, "MngDeleteCalendarEvent", id=old[3]["id"])
        await store.reminders.fire(DUE + 1, 100)
        sent, snoozed = (NotificationKey(new[n]["id"], DUE + n, 10) for n in range(2))
        await store.reminders.mark([sent], NotificationState.SENT, DUE + 1)
        assert await store.reminders.snooze(snoozed, DUE + 900, DUE + 2)
        managers = [Manager(id=10, name="Ελένη", desks="DESK_*", colour="#3b6fe0", disabled=1)]
        desks = [NamedDesk(code="DESK_1", title="The first", manager_id=10)]
        outcomes = [Outcome(code="later", name="Später", types=(EventType.CALL,), is_contact=1)]
        await store.directory.put(Directory(managers, desks, outcomes))
        answered = await desk.call(BOSS, "MngImportCalendarEvents", ics=CALENDAR)
        assert answered["data"]["created"] == 2, answered


def hostile(number: int) -> dict[str, Any]:
    """Data of an event that is hard to carry."""
    title = HOSTILE[number]
    return {
        "title": title,
        "brand": f"brand {number % 2} é",
        "ast_json": {title: [1.50, {"]}": "'"}]},
        "participant_manager_ids": [1, 10, 20 + number],
        "customer_id": number,
        "remind_time": DUE + number,
    }


class Seen(msgspec.Struct):
    """What clients and the server see of a store."""

    rows: dict[str, Any]
    trash: dict[str, Any]
    found: dict[str, Any]
    changes: list[StoredChange]
    histories: list[list[StoredChange]]
    waiting: dict[int, list[Notification]]
    next_due: int | None
    directory: dict[str, Any]
    floor_seq: int
    objects: list[CalendarObject]


async def seen(desk: Desk) -> Seen:
    store = desk.services.store
    return Seen(
        await desk.call(BOSS, "MngGetCalendarEventsByFilter", **everything()),
        await desk.call(BOSS, "MngGetCalendarTrash", deskFilter="*", limit=100),
        await desk.call(BOSS, "MngSearchCalendarEvents", q="old", deskFilter="*"),
        await store.feed.changes(store.feed.floor_seq, 1000),
        [await store.feed.history(event_id, 0, 100) for event_id in range(1, 40)],
        {
            manager_id: await store.reminders.waiting(manager_id, None, 100)
            for manager_id in await store.reminders.waiting_managers()
        },
        await store.reminders.next_due(),
        await desk.call(BOSS, "MngGetCalendarDirectory", deskFilter="*"),
        store.feed.floor_seq,
        await store.objects.all(1),
    )


async def test_a_store_is_the_same_wherever_it_goes(place: Place, target: Place) -> None:
    await fill(place)
    async with open_desk(place) as desk:
        before = await seen(desk)
    lines = await exported(place)

    await imported(target, lines)

    assert (await target.check()).differences == []
    assert await exported(target) == lines
    async with open_desk(target) as desk:
        assert await seen(desk) == before
    assert before.floor_seq and before.next_due and before.waiting
    titles = [row["event"]["title"] for row in before.trash["data"]["rows"]]
    assert titles == ["old 3", "old 2"]
    assert {row["title"] for row in before.found["data"]["rows"]} >= {"old 1", "old 4", "old 5"}
    assert sum(map(bool, before.histories)) == 15


async def test_no_number_is_given_out_again_and_a_retry_gets_its_first_answer(
    place: Place, target: Place
) -> None:
    await fill(place)
    async with open_desk(place) as desk:
        once = await desk.add(TEN, title="once", idempotency_key="a key\0 é")
        gone = await desk.add(TEN)
        await desk.call(TEN, "MngDeleteCalendarEvent", id=gone["id"])
        last_seq = desk.services.store.feed.last_seq
    await imported(target, await exported(place))
    async with open_desk(target) as desk:
        assert await desk.add(TEN, title="once", idempotency_key="a key\0 é") == once
        assert (await desk.add(TEN))["id"] > gone["id"]
        assert desk.services.store.feed.last_seq > last_seq


async def test_an_empty_store_moves_too(place: Place, target: Place) -> None:
    await (await place.open(Limits())).close()
    await imported(target, await exported(place))
    assert (await target.check()).differences == []
    async with open_desk(target) as desk:
        assert (await desk.add(TEN))["id"] >= 1


async def test_a_store_in_use_is_exported_as_of_one_moment(place: Place, target: Place) -> None:
    async with open_desk(place) as desk:
        for number in range(20):
            await desk.add(TEN, title=str(number))
        lines = await exported(place)
        await desk.add(TEN, title="later")
    await imported(target, lines)
    async with open_desk(target) as desk:
        assert (await desk.rows(BOSS))[1] == 20


async def test_an_import_goes_into_an_empty_store_only(place: Place, target: Place) -> None:
    await fill(place)
    lines = await exported(place)
    async with open_desk(target) as desk:
        await desk.add(TEN, title="mine")
    with pytest.raises(StoreError, match="in use already"):
        await imported(target, lines)
    async with open_desk(target) as desk:
        assert (await desk.rows(BOSS))[1] == 1


async def test_an_import_into_a_store_that_is_served_is_refused(
    place: Place, target: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(place)
    lines = await exported(place)
    async with open_desk(target):
        with monkeypatch.context() as patch:
            patch.setattr("deskcal.store.postgres.locks.IMPORT_WAIT_SEC", 0.2)
            with pytest.raises(StoreError, match=r"us(e|ing)"):
                await imported(target, lines)
    await imported(target, lines)


async def test_an_import_waits_until_the_database_has_noticed_that_another_was_killed(
    place: Place, database: PostgresPlace
) -> None:
    await fill(place)
    lines = await exported(place)
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as killed:
        await hold_for_import(killed)
        waiting = asyncio.create_task(imported(database, lines))
        refused = "SELECT 1 FROM pg_stat_activity WHERE query LIKE %s AND state = 'idle'"
        while not await (await killed.execute(refused, ["%try_advisory_lock%"])).fetchone():
            assert not waiting.done()
            await asyncio.sleep(0.01)
    await waiting


def spoilt(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b'"once"', b'"twice" ') for line in lines]


@pytest.mark.parametrize(
    ("meddle", "message"),
    [
        (lambda lines: lines[:-1], "cut off"),
        (lambda lines: [*lines[:-2], lines[-2][:-9]], "cut off"),
        (spoilt, "line [0-9]+: event [0-9]+ is not spelled"),
        (lambda lines: [lines[0], *lines[2:]], "altered"),
        (lambda lines: [*lines, b"more\n"], "last one"),
    ],
)
async def test_nothing_is_served_of_a_file_that_is_not_whole(
    place: Place, target: Place, meddle: Callable[[list[bytes]], list[bytes]], message: str
) -> None:
    await fill(place)
    lines = await exported(place)
    with pytest.raises(BadExport, match=message):
        await imported(target, meddle(lines), page_rows=7)
    if isinstance(target, PostgresPlace):
        with pytest.raises(StoreError, match="not finished"):
            await target.open(Limits())
        with pytest.raises(StoreError, match="not finished"):
            await exported(target)
    else:
        await imported(target, lines)
        assert await exported(target) == lines


class Interrupted(Exception):
    """What ends an import in the middle."""


@pytest.mark.parametrize("seed", range(3))
async def test_an_import_goes_on_wherever_it_was_interrupted(
    place: Place, database: PostgresPlace, postgres: PostgresServer, seed: int
) -> None:
    """By an error of ours, or because the database ends the connection; then with another file."""
    await fill(place)
    lines = await exported(place)
    rng = random.Random(seed)
    while True:
        left = rng.randrange(1, 4)
        end = rng.choice([interrupt, end_connections])
        reached = 0

        def on_progress(line: int, _: int) -> None:
            nonlocal left, reached
            reached, left = line, left - 1
            if not left:
                end(postgres)  # noqa: B023

        try:
            await imported(database, lines, on_progress, page_rows=5)
            break
        except (Interrupted, StoreError):
            assert reached
        with pytest.raises(BadExport, match="not the file that the import began with"):
            await imported(database, [lines[0].replace(b'"manager":1', b'"manager":2'), *lines[1:]])
    assert (await database.check()).differences == []
    assert await exported(database) == lines


def interrupt(_: PostgresServer) -> None:
    raise Interrupted


def end_connections(postgres: PostgresServer) -> None:
    postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE starts_with(application_name, 'deskcal')"
    )


async def test_a_lost_database_is_reported_with_what_to_do(
    place: Place, database: PostgresPlace, postgres: PostgresServer
) -> None:
    await fill(place)
    lines = await exported(place)
    with pytest.raises(StoreError, match="run the same command again") as caught:
        await imported(database, lines, lambda *_: end_connections(postgres), page_rows=5)
    assert "\n" not in str(caught.value)


async def test_an_outcome_that_postgresql_can_not_store_is_named(
    tmp_path: Path, database: PostgresPlace
) -> None:
    """Older builds took U+0000 in it."""
    place = SqlitePlace(tmp_path)
    store = await place.open(Limits())
    await store.mutate(adding())
    await store.mutate(changing(1, outcome="later\0"))
    await store.close()
    lines = await exported(place)
    with pytest.raises(BadExport, match=r"event 1 has U\+0000 in its outcome"):
        await imported(database, lines)


async def test_progress_tells_the_lines_that_are_in(place: Place, target: Place) -> None:
    await fill(place)
    lines = await exported(place)
    seen: list[tuple[int, int]] = []
    await imported(target, lines, lambda *how_far: seen.append(how_far), page_rows=10)
    assert seen == sorted(seen)
    assert seen[-1] == (len(lines) - 1, len(lines))


async def test_no_store_no_export(tmp_path: Path, database: PostgresPlace) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        await exported(SqlitePlace(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


async def test_a_database_without_our_tables_has_no_export(postgres: PostgresServer) -> None:
    with postgres.scratch_database() as url, pytest.raises(StoreError, match="there is no store"):
        await exported(PostgresPlace(url))

"""The trash of a store that is older than the trash: what its changes say was deleted."""

from collections.abc import Callable
from contextlib import closing

import apsw
import psycopg

from deskcal.store import backend
from deskcal.store.sqlite.connection import DATABASE
from harness import open_desk, token
from places import Place, PostgresPlace, SqlitePlace

TEN = token(10)


def migrated(place: Place) -> None:
    """Takes the trash away, and makes it again by its migrations."""
    if isinstance(place, SqlitePlace):
        with closing(apsw.Connection(str(place.directory / DATABASE))) as connection:
            run("deskcal.store.sqlite", lambda script: connection.execute(script).fetchall())
    if isinstance(place, PostgresPlace):
        with psycopg.connect(place.url) as database:
            run("deskcal.store.postgres", lambda script: database.execute(script.encode()))


def run(package: str, execute: Callable[[str], object]) -> None:
    execute("DROP TABLE trash")
    for script in backend.migrations(package):
        if "TABLE trash" in script:
            execute(script)


async def test_the_trash_is_filled_from_the_deletions_among_the_changes(place: Place) -> None:
    async with open_desk(place) as desk:
        for number in range(4):
            await desk.add(TEN, title=f"Event {number}")
        for event_id, commands in {2: "D", 3: "DR", 4: "DRD"}.items():
            for one in commands:
                name = "MngDeleteCalendarEvent" if one == "D" else "MngRestoreCalendarEvent"
                answered = await desk.call(TEN, name, id=event_id)
                assert answered["status"] == 200, answered
        before = await desk.call(TEN, "MngGetCalendarTrash", deskFilter="*", limit=10)
    migrated(place)
    async with open_desk(place) as desk:
        after = await desk.call(TEN, "MngGetCalendarTrash", deskFilter="*", limit=10)
    assert sorted(row["event"]["id"] for row in before["data"]["rows"]) == [2, 4]
    assert after["data"] == before["data"]
    assert (await place.check()).differences == []

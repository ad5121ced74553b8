"""The command line on a store of another version: said in words, and nothing is migrated.

The server of the older version may still run; a newer one brings the store up to date.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest

from deskcal.core.directory import Desk, Directory
from deskcal.limits import Limits
from deskcal.store.backend import Backend
from deskcal.store.ports import StoreError
from deskcal.store.sqlite.connection import DATABASE
from places import Place, PostgresPlace, SqlitePlace

COMMANDS: dict[str, Callable[[Backend], object]] = {
    "check": lambda backend: backend.check(),
    "export": lambda backend: backend.export(lambda _: None, lambda *_: None),
    "directory show": lambda backend: backend.directory(),
    "desk add": lambda backend: backend.put_directory(Directory(desks=[Desk(code="D")])),
    "device list": lambda backend: backend.devices().all(1),
    "device revoke": lambda backend: backend.devices().delete(1, 1),
}


async def with_version(place: Place, further: int) -> int:
    """Has a store in `place` carry another schema version; which one."""
    await (await place.open(Limits())).close()
    version = len(place.backend(Limits()).migrations()) + further
    if isinstance(place, SqlitePlace):
        with closing(sqlite3.connect(place.directory / DATABASE)) as database:
            database.execute(f"PRAGMA user_version = {version}")
    elif isinstance(place, PostgresPlace):
        with psycopg.connect(place.url) as connection:
            connection.execute("UPDATE schema_version SET version = %s", (version,))
    return version


def version_of(place: Place) -> int:
    """What it carries now."""
    statement = "PRAGMA user_version"
    if isinstance(place, PostgresPlace):
        statement = "SELECT version FROM schema_version"
    with place.asking() as ask:
        row = ask(statement)
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    ("further", "what_to_do"),
    [(-1, "a server of this version brings it up to date"), (1, "run the newer deskcal")],
)
@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_names_both_versions_and_migrates_nothing(
    place: Place, further: int, what_to_do: str, command: str
) -> None:
    version = await with_version(place, further)
    with pytest.raises(StoreError, match=f"schema version {version}, this .*{what_to_do}"):
        await asyncio.to_thread(COMMANDS[command], place.backend(Limits()))
    assert version_of(place) == version


@pytest.mark.parametrize("command", ["directory show", "desk add", "device list"])
async def test_a_command_makes_a_store_where_there_is_none(place: Place, command: str) -> None:
    await asyncio.to_thread(COMMANDS[command], place.backend(Limits()))
    await (await place.open(Limits())).close()
    assert (await place.check()).differences == []

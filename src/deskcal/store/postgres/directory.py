"""The directory of managers, desks and outcomes on PostgreSQL.

The server reads it; the command line writes it too, while servers run. No other table is
touched here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
import psycopg

from deskcal.core.directory import Desk, Directory, Manager
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.columns.directory import row_of
from deskcal.store.ports import StoreError
from deskcal.store.postgres.connection import Connection, Read, RunJob, connect
from deskcal.store.postgres.outcomes import put_outcomes, read_outcomes
from deskcal.store.postgres.schema import make
from deskcal.store.postgres.url import one_line, shown

_Result = TypeVar("_Result")

_MANAGERS = "SELECT id, name, brand, desks, colour, disabled FROM manager ORDER BY id"
_DESKS = "SELECT code, brand, title, manager_id FROM desk ORDER BY brand, code"
_PUT_MANAGER = """
    INSERT INTO manager (id, name, brand, desks, colour, disabled)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, brand = excluded.brand,
        desks = excluded.desks, colour = excluded.colour, disabled = excluded.disabled"""
_PUT_DESK = """
    INSERT INTO desk (code, brand, title, manager_id) VALUES (%s, %s, %s, %s)
    ON CONFLICT (brand, code) DO UPDATE SET
        title = excluded.title, manager_id = excluded.manager_id"""


class PostgresDirectory:
    """A `DirectoryStore`."""

    def __init__(self, read: Read, run_job: RunJob) -> None:
        self._read = read
        self._run_job = run_job

    async def all(self) -> Directory:
        """Everything."""
        found: Directory = await self._read(read_directory)
        return found

    async def put(self, names: Directory) -> None:
        """Adds or replaces what `names` has, in one transaction."""

        async def run(connection: Connection, _: Batch) -> None:
            await write_directory(connection, names)

        await self._run_job(run)


async def read_directory(connection: Connection) -> Directory:
    """All managers, by id, desks, by brand and code, and outcomes, by code."""
    managers = await (await connection.execute(_MANAGERS)).fetchall()
    desks = await (await connection.execute(_DESKS)).fetchall()
    return Directory(
        [row_of(Manager, row) for row in managers],
        [row_of(Desk, row) for row in desks],
        await read_outcomes(connection),
    )


async def write_directory(connection: Connection, names: Directory) -> None:
    """Adds or replaces what `names` has, sorted, so that two who do so never cross.

    The caller holds the transaction.
    """
    async with connection.cursor() as cursor:
        await cursor.executemany(_PUT_MANAGER, sorted(map(msgspec.structs.astuple, names.managers)))
        await cursor.executemany(_PUT_DESK, sorted(map(msgspec.structs.astuple, names.desks)))
        await put_outcomes(cursor, names.outcomes)


def directory_at(url: str, limits: Limits) -> Directory:
    """What the database that `url` names has, for the command line. Raises: StoreError."""
    return asyncio.run(within(url, limits, "directory", read_directory))


def put_at(url: str, limits: Limits, names: Directory) -> None:
    """Adds or replaces what `names` has, also while servers run. Raises: StoreError."""

    async def write(connection: Connection) -> None:
        await write_directory(connection, names)

    asyncio.run(within(url, limits, "directory", write))


async def within(
    url: str, limits: Limits, what: str, work: Callable[[Connection], Awaitable[_Result]]
) -> _Result:
    """`work` in a transaction of a connection of its own. Raises: StoreError, naming `what`."""
    try:
        async with await connect(url, limits) as connection:
            await make(connection, shown(url))
            async with connection.transaction():
                return await work(connection)
    except psycopg.Error as exc:
        raise StoreError(f"the {what} in {shown(url)} can't be used: {one_line(exc)}") from exc

"""Who uses a database: any number of servers, or one import. An advisory lock tells them apart."""

import asyncio
from typing import Any

import psycopg

from deskcal.store.ports import StoreError

USE = (0x6465736B, 1)
"""Key of the lock: "desk", and which of ours; servers share it, an import has it alone."""
IMPORT_WAIT_SEC = 10
"""The database may need a while to see that the holder of the lock was killed."""
RETRY_SEC = 0.1

_SHARE = "SELECT pg_try_advisory_lock_shared(%s, %s)"
_TAKE = "SELECT pg_try_advisory_lock(%s, %s)"
_IS_PART = "SELECT EXISTS (SELECT 1 FROM import)"


async def hold_for_serving(connection: psycopg.AsyncConnection[Any]) -> None:
    """Takes the servers' share of the lock, for as long as `connection` lasts.

    Raises: StoreError while an import runs, or when one is not finished; psycopg.Error.
    """
    if not await _answer(connection, _SHARE, USE):
        raise StoreError("an import into the database is running; start when it has finished")
    if await _answer(connection, _IS_PART, ()):
        raise StoreError(
            "the database holds a part of an import that is not finished: run the same "
            "`deskcal import` again, which goes on where it stopped, or begin with an empty one"
        )


async def hold_for_import(connection: psycopg.AsyncConnection[Any]) -> None:
    """Takes the whole lock, for as long as `connection` lasts.

    It does not queue for it: while somebody does, no server would get its share.
    Raises: StoreError if a server has the database open, or another import; psycopg.Error.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + IMPORT_WAIT_SEC
    while not await _answer(connection, _TAKE, USE):
        if loop.time() >= until:
            raise StoreError(
                "a server or another import is using the database: stop it, then run this again"
            )
        await asyncio.sleep(RETRY_SEC)


async def _answer(
    connection: psycopg.AsyncConnection[Any], statement: str, parameters: tuple[int, ...]
) -> bool:
    cursor = await connection.execute(statement, parameters)
    row = await cursor.fetchone()
    return bool(row and row[0])

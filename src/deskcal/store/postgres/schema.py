"""The schema on PostgreSQL: its migrations, and whether a database is one of ours."""

import logging
from typing import Any

from psycopg import errors

from deskcal.store import backend
from deskcal.store.ports import StoreError
from deskcal.store.postgres.connection import APPLICATION, WITHOUT_TIMEOUTS, Connection
from deskcal.store.postgres.url import one_line

MIGRATION_LOCK = (0x6465736B, 0)
"""Key of an advisory lock: one node migrates at a time."""
RESERVED = "pg_"
"""What the names of PostgreSQL's own schemas begin with."""
ATTEMPTS = 5
"""At a migration that PostgreSQL ends for a deadlock."""

logger = logging.getLogger(__name__)

IS_THERE = "SELECT to_regclass('schema_version') IS NOT NULL AND to_regclass('counter') IS NOT NULL"
"""Whether there is a store at all."""

_OTHER_TABLE = """
    SELECT c.relname FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()))
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND NOT EXISTS (
        SELECT 1 FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname LIMIT 1"""
_VERSION_COLUMNS = """
    SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.schema_version')
      AND attnum > 0 AND NOT attisdropped"""
_MAKE_VERSION = "CREATE TABLE schema_version (application text NOT NULL, version integer NOT NULL)"


def migrations() -> list[str]:
    """SQL scripts of the schema, version 1 first."""
    return backend.migrations("deskcal.store.postgres")


async def migrate(connection: Connection) -> None:
    """Brings the schema up to date, all or nothing, one node at a time.

    Nodes of the previous version may go on with changes meanwhile: where PostgreSQL ends it for a
    deadlock with one, it begins again.
    Raises: StoreError if it is of a newer deskcal or of something else; nothing is changed then.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await _migrate(connection)
        except errors.DeadlockDetected as exc:
            logger.warning("the migration crossed with a change, trying again: %s", one_line(exc))
    await _migrate(connection)


async def _migrate(connection: Connection) -> None:
    async with connection.transaction():
        await connection.execute(WITHOUT_TIMEOUTS)
        await connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", MIGRATION_LOCK)
        version = await _version(connection)
        scripts = migrations()
        if version > len(scripts):
            raise StoreError(
                f"the database has schema version {version}, this deskcal knows {len(scripts)}: "
                "run the newer deskcal that wrote it"
            )
        if version == len(scripts):
            return
        for script in scripts[version:]:
            await connection.execute(script.encode())
        if version == 0:
            await connection.execute(_MAKE_VERSION)
        await connection.execute("DELETE FROM schema_version")
        await connection.execute(
            "INSERT INTO schema_version VALUES (%s, %s)", (APPLICATION, len(scripts))
        )


async def require_current(connection: Connection, place: str) -> None:
    """Raises: StoreError if the schema is not ours; `place` names the database."""
    version, known = await _version(connection), len(migrations())
    if version != known:
        raise backend.other_version(place, version, known)


async def make(connection: Connection, place: str) -> None:
    """Makes the schema where there is none, but leaves an older one to a server.

    That of the older version may still run. Raises: StoreError as `require_current` does.
    """
    if not await _version(connection):
        await migrate(connection)
    await require_current(connection, place)


async def _version(connection: Connection) -> int:
    """Of the schema; 0: there is nothing yet. Raises: StoreError if it is not ours."""
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise StoreError("the database is not in UTF8: create it again with ENCODING 'UTF8'")
    schema = await _value(connection, "SELECT current_schema()")
    if schema is None or schema.startswith(RESERVED):
        path = await _value(connection, "SELECT current_setting('search_path')")
        raise StoreError(
            f"search_path ({path}) begins with no schema for tables: set it, for the role or the "
            "database, to one that is there and deskcal's alone, such as public"
        )
    columns = await _value(connection, _VERSION_COLUMNS)
    if columns == ["application", "version"]:
        ours = "SELECT version FROM schema_version WHERE application = %s"
        version = await _value(connection, ours, (APPLICATION,))
        if version is not None:
            return int(version)
    table = await _value(connection, _OTHER_TABLE)
    if table is not None:
        raise StoreError(
            f"the database holds {table}, a table of another program: create one for deskcal alone"
        )
    return 0


async def _value(connection: Connection, query: str, values: tuple[object, ...] = ()) -> Any:
    cursor = await connection.execute(query.encode(), values)
    row = await cursor.fetchone()
    return row[0] if row else None

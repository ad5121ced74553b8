"""SQL of the directory's outcomes on PostgreSQL: read with a group of mutations, too."""

from collections.abc import Iterable
from typing import Any

from psycopg import AsyncCursor

from deskcal.core.outcomes import Outcome
from deskcal.store.columns.directory import outcome_of, outcome_row
from deskcal.store.postgres.connection import Connection

Cursor = AsyncCursor[Any]

_OUTCOMES = "SELECT code, name, types, is_contact, next_in_sec FROM outcome ORDER BY code"
_PUT_OUTCOME = """
    INSERT INTO outcome (code, name, types, is_contact, next_in_sec)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, types = excluded.types,
        is_contact = excluded.is_contact, next_in_sec = excluded.next_in_sec"""


async def read_outcomes(connection: Connection) -> list[Outcome]:
    """The outcomes, by code."""
    rows = await (await connection.execute(_OUTCOMES)).fetchall()
    return [outcome_of(row) for row in rows]


async def put_outcomes(cursor: Cursor, outcomes: Iterable[Outcome]) -> None:
    """Adds or replaces them, sorted; the caller holds the transaction."""
    await cursor.executemany(_PUT_OUTCOME, sorted(map(outcome_row, outcomes)))

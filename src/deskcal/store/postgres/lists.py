"""A list on PostgreSQL: its SQL, and how it is read in one snapshot with its count.

Events are sorted into duration classes, as in the embedded store; the index gives the rows of a
class in their order.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from deskcal.core.filters import EventFilter
from deskcal.core.visibility import Visibility
from deskcal.store.batch.writes import Collection
from deskcal.store.lists import (
    CLASSES,
    LINKS,
    PIECE_ROWS,
    Places,
    look_back_sec,
    places_of,
    too_large,
)
from deskcal.store.ports import Rows
from deskcal.store.postgres.connection import Connection, is_lost
from deskcal.store.postgres.group import integers, read_collections

_IN_RANGE = """
    x.start_time < %(until)s::bigint
    AND (x.end_time > %(since)s::bigint OR x.start_time >= %(since)s::bigint)"""
_MINE = """EXISTS (
    SELECT 1 FROM event_manager AS mine
    WHERE mine.manager_id = %(me)s::bigint AND mine.duration_class = {e}.duration_class
      AND mine.start_time = {e}.start_time AND mine.event_id = {e}.id)"""

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_COLLECTIONS = "SELECT count(*) FROM collection"
_DOCUMENTS = """
    SELECT string_agg(e.document, ',' ORDER BY page.place)
    FROM unnest(%s::bigint[]) WITH ORDINALITY AS page(id, place)
    JOIN event AS e ON e.id = page.id"""


class ListQuery(Struct, frozen=True):
    """Two statements over the same rows, and their parameters."""

    ids: str
    """The ids in order, a row each."""
    count: str
    parameters: dict[str, Any]


def list_query(
    wanted: EventFilter, visibility: Visibility, collections: Mapping[Collection, int]
) -> ListQuery | None:
    """The statements for `wanted` visible to `visibility`; None when nothing can match.

    `collections` must be all that there are in the snapshot in which they are run.
    """
    places = places_of(wanted, visibility, collections)
    if places is None:
        return None
    alias = "e" if wanted.manager_id else "x"
    conditions = [_IN_RANGE, *_equalities(wanted, alias)]
    if not places.are_all:
        conditions.append(_scope(alias, places.guest_ids))
    parts = _parts(wanted, " AND ".join(conditions))
    event_id = "x.event_id" if wanted.manager_id else "x.id"
    rows = " UNION ALL ".join(f"SELECT x.start_time, {event_id} AS id {part}" for part in parts)
    counts = " UNION ALL ".join(f"SELECT count(*) AS n {part}" for part in parts)
    return ListQuery(
        f"SELECT id FROM ({rows}) AS found ORDER BY start_time, id"
        " LIMIT %(limit)s::bigint OFFSET %(offset)s::bigint",
        f"SELECT sum(n)::bigint FROM ({counts}) AS found",
        _parameters(wanted, visibility, places),
    )


def _parts(wanted: EventFilter, conditions: str) -> list[str]:
    """FROM and WHERE of each SELECT that together find the rows, each row once."""
    if wanted.manager_id:
        return [
            "FROM event_manager AS x JOIN event AS e ON e.id = x.event_id"
            f" WHERE x.manager_id = %(manager_id)s::bigint AND {_look_back(number)}"
            f" AND {conditions}"
            for number in CLASSES
        ]
    if any(getattr(wanted, column) for column in LINKS):
        return [f"FROM event AS x WHERE {conditions}"]
    return [f"FROM event AS x WHERE {_look_back(number)} AND {conditions}" for number in CLASSES]


def _look_back(number: int) -> str:
    """The rows of one duration class that can reach into the range."""
    limit = look_back_sec(number)
    if limit is None:
        return f"x.duration_class = {number}"
    return f"x.duration_class = {number} AND x.start_time >= %(since)s::bigint - {limit}"


def _equalities(wanted: EventFilter, alias: str) -> list[str]:
    conditions = []
    for column in LINKS:
        if getattr(wanted, column):
            conditions.append(f"{alias}.{column} = %({column})s::bigint AND {alias}.{column} > 0")
    for column in ("status", "type"):
        if getattr(wanted, column):
            conditions.append(f"{alias}.{column} = ANY(%({column})s::smallint[])")
    return conditions


def _scope(alias: str, guest_ids: list[int]) -> str:
    """In scope, or, where only participants may see an event, with the session's manager in it."""
    in_scope = f"{alias}.collection_id = ANY(%(open)s::integer[])"
    if not guest_ids:
        return in_scope
    in_guest = f"{alias}.collection_id = ANY(%(guest)s::integer[])"
    return f"({in_scope} OR ({in_guest} AND {_MINE.format(e=alias)}))"


def _parameters(wanted: EventFilter, visibility: Visibility, places: Places) -> dict[str, Any]:
    return {
        "since": wanted.since,
        "until": wanted.until,
        "manager_id": wanted.manager_id,
        "customer_id": wanted.customer_id,
        "lead_id": wanted.lead_id,
        "login": wanted.login,
        "limit": wanted.limit,
        "offset": wanted.offset,
        "status": integers(wanted.status),
        "type": integers(wanted.type),
        "me": visibility.manager_id,
        "open": integers(places.open_ids),
        "guest": integers(places.guest_ids),
    }


async def list_rows(
    connection: Connection,
    wanted: EventFilter,
    visibility: Visibility,
    collections: dict[Collection, int],
    max_answer_bytes: int,
) -> Rows:
    """The rows of a list and their count, both of one snapshot.

    `collections` is what this node knows, of commits only; what is new in the snapshot is added.
    Raises: InvalidField when the answer would be too large.
    """
    asked_of = len(collections)
    query = list_query(wanted, visibility, collections)
    async with _transaction(connection):
        async with connection.pipeline():
            await connection.execute(_BEGIN)
            known = await connection.execute(_COLLECTIONS)
            found = await _run(connection, query.ids, query) if query else None
        if (await known.fetchall())[0][0] != asked_of:
            numbers = await read_collections(connection)
            collections.update(numbers)
            query = list_query(wanted, visibility, numbers)
            found = await _run(connection, query.ids, query) if query else None
        if query is None or found is None:
            return Rows([], 0)
        ids = [event_id for (event_id,) in await found.fetchall()]
        count = wanted.offset + len(ids)
        if len(ids) == wanted.limit or (not ids and wanted.offset):
            counted = await _run(connection, query.count, query)
            count = (await counted.fetchall())[0][0]
        return Rows(await _pieces(connection, ids, max_answer_bytes), count)


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    """Ends the transaction that is begun within, whatever happens."""
    try:
        yield
    finally:
        if not is_lost(connection):
            await connection.execute("COMMIT")


async def _run(connection: Connection, statement: str, query: ListQuery) -> Any:
    """Plans anew each time: the best way depends on the range and the limit."""
    return await connection.execute(
        statement.encode(), query.parameters, prepare=False, binary=True
    )


async def _pieces(connection: Connection, ids: list[int], max_answer_bytes: int) -> list[bytes]:
    pieces: list[bytes] = []
    size = 0
    for start in range(0, len(ids), PIECE_ROWS):
        page = integers(ids[start : start + PIECE_ROWS])
        cursor = await connection.execute(_DOCUMENTS, (page,), prepare=True, binary=True)
        pieces.append((await cursor.fetchall())[0][0])
        size += len(pieces[-1])
        if size > max_answer_bytes:
            raise too_large(max_answer_bytes)
    return pieces

"""Reads lists from PostgreSQL in one snapshot with their count: whole, or page by page."""

import functools
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from msgspec import Struct

from deskcal.core.filters import EventFilter
from deskcal.core.visibility import Visibility
from deskcal.store.lists import PIECE_ROWS, Collections, too_large
from deskcal.store.lists.paged import (
    FIRST_ROWS,
    PAGE_BYTES,
    PagedRows,
    is_likely_small,
    pieces_of,
)
from deskcal.store.ports import Rows
from deskcal.store.postgres.connection import Connection, is_lost, unavailable
from deskcal.store.postgres.group import NEWEST_COLLECTION, read_collections
from deskcal.store.postgres.lists import ListQuery, list_query

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_AS_TEXT = "SELECT array_to_string(ARRAY({ids}), ',')"
_DOCUMENTS = """
    SELECT string_agg(e.document, ',' ORDER BY page.place)
    FROM unnest(%s::bigint[]) WITH ORDINALITY AS page(id, place)
    JOIN event AS e ON e.id = page.id"""


class ListRead(Struct, frozen=True):
    """What a list is about, who may see what of it, and how large its answer may be."""

    wanted: EventFilter
    visibility: Visibility
    collections: Collections
    """What this node knows, of commits only; what is new in the snapshot is added."""
    max_answer_bytes: int


async def list_rows(connection: Connection, read: ListRead) -> Rows:
    """The rows of a list and their count, both of one snapshot.

    Raises: InvalidField when the answer would be too large.
    """
    async with _transaction(connection):
        query, ids = await _find(connection, read, lambda query: query.ids)
        return await _rows(connection, read, query, ids)


async def put_pages(connection: Connection, read: ListRead, rows: PagedRows) -> Rows | None:
    """The same, put into `rows` page by page where it is long: then None.

    Raises: as `list_rows`; Unavailable where the database fails after the first page.
    """
    try:
        async with _transaction(connection):
            return await _put_pages(connection, read, rows)
    except psycopg.Error as exc:
        if rows.begun.done():  # What has been taken can't be read again.
            raise unavailable(exc) from exc
        raise


async def _put_pages(connection: Connection, read: ListRead, rows: PagedRows) -> Rows | None:
    wanted = read.wanted
    query, ids = await _find(connection, read, lambda query: query.first_ids, limit=FIRST_ROWS)
    if query is None or len(ids) < FIRST_ROWS:
        return await _rows(connection, read, query, ids)
    rows.count = await _value(connection, query.count, query)
    pieces = deque(_pieces(ids))
    [first] = await _documents(connection, 0, pieces)
    found_rows = min(wanted.limit, rows.count - wanted.offset)
    if not is_likely_small(first, found_rows, read.max_answer_bytes):
        found = await _run(connection, query.ids, query)
        return await _rows(connection, read, query, [row[0] for row in await found.fetchall()])
    page = functools.partial(_documents, connection, PAGE_BYTES)
    if await rows.put([first]) and await rows.put_all(list(pieces), page):
        bounds = {"limit": wanted.limit - FIRST_ROWS, "offset": wanted.offset + FIRST_ROWS}
        rest = await _value(connection, _AS_TEXT.format(ids=query.ids), query, **bounds)
        await rows.put_all(pieces_of(rest), page)
    return None


async def _find(
    connection: Connection,
    read: ListRead,
    statement_of: Callable[[ListQuery], str],
    **named: int,
) -> tuple[ListQuery | None, list[int]]:
    """Begins the snapshot: the query in it, and the ids that one of its statements finds.

    None: there can be no row.
    """
    collections, newest = read.collections, read.collections.newest
    query = await _query(read)
    async with connection.pipeline():
        await connection.execute(_BEGIN)
        known = await connection.execute(NEWEST_COLLECTION)
        found = await _run(connection, statement_of(query), query, **named) if query else None
    if (await known.fetchall())[0][0] > newest:
        collections.add(await read_collections(connection, newest))
        query = await _query(read)
        found = await _run(connection, statement_of(query), query, **named) if query else None
    return query, [event_id for (event_id,) in await found.fetchall()] if found else []


async def _query(read: ListRead) -> ListQuery | None:
    places = await read.collections.places(read.wanted, read.visibility)
    return list_query(read.wanted, places, read.visibility.manager_id) if places else None


async def _rows(
    connection: Connection, read: ListRead, query: ListQuery | None, ids: list[int]
) -> Rows:
    """The rows of these ids, and how many there are without limit and offset."""
    if query is None:
        return Rows([], 0)
    wanted = read.wanted
    count = wanted.offset + len(ids)
    if len(ids) == wanted.limit or (not ids and wanted.offset):
        count = await _value(connection, query.count, query)
    most = read.max_answer_bytes
    left = deque(_pieces(ids))
    documents = await _documents(connection, most, left)
    if left or sum(map(len, documents)) > most:
        raise too_large(most)
    return Rows(documents, count)


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    """Ends the transaction that is begun within, whatever happens."""
    try:
        yield
    finally:
        if not is_lost(connection):
            await connection.execute("COMMIT")


async def _run(connection: Connection, statement: str, query: ListQuery, **named: int) -> Any:
    """Is planned each time: the best way depends on the range and the limit."""
    return await connection.execute(
        statement.encode(), query.parameters | named, prepare=False, binary=True
    )


async def _value(connection: Connection, statement: str, query: ListQuery, **named: int) -> Any:
    found = await _run(connection, statement, query, **named)
    return (await found.fetchall())[0][0]


def _pieces(ids: list[int]) -> list[str]:
    """As `pieces_of`."""
    pieces = (ids[start : start + PIECE_ROWS] for start in range(0, len(ids), PIECE_ROWS))
    return [",".join(map(str, piece)) for piece in pieces]


async def _documents(connection: Connection, enough_bytes: int, pieces: deque[str]) -> list[bytes]:
    """The documents of each piece of ids, joined; takes pieces until these come to more."""
    documents: list[bytes] = []
    size = 0
    while pieces and size <= enough_bytes:
        ids = f"{{{pieces.popleft().rstrip(',')}}}"
        cursor = await connection.execute(_DOCUMENTS, (ids,), prepare=True, binary=True)
        documents.append((await cursor.fetchall())[0][0])
        size += len(documents[-1])
    return documents

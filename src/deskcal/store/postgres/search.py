"""The search on PostgreSQL: candidates of the GIN index, then the documents themselves."""

import functools
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from deskcal.core.filters import Position, SearchFilter
from deskcal.core.text_search import number_of
from deskcal.core.visibility import Visibility
from deskcal.store.batch.batch import Batch
from deskcal.store.lists import CLASSES, Collections
from deskcal.store.lists.search import (
    DOCUMENTS,
    FEW_CANDIDATES,
    MAX_BEHIND,
    MAX_CANDIDATES,
    Matches,
    SearchPage,
    grams_of_document,
    page_sizes,
    query_grams,
    require_index,
)
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.connection import Connection, Read, RunJob
from deskcal.store.postgres.group import NEWEST_COLLECTION, read_collections
from deskcal.store.postgres.lists import conditions_of, parameters_of

INDEX_LOCK = (0x6465736B, 3)
"""Key of an advisory lock: one node writes the index at a time."""

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_AFTER = "(x.start_time, x.id) < (%(after_start)s::bigint, %(after_id)s::bigint)"
_BY_TIME = """(
    SELECT x.start_time AS start_time, x.id AS id FROM event AS x
    WHERE x.duration_class = {number} AND {conditions}
    ORDER BY x.start_time DESC, x.id DESC LIMIT %(page)s::bigint)"""
_OF_IDS = """
    SELECT x.start_time, x.id FROM event AS x
    WHERE x.id = ANY(%(ids)s::bigint[]) AND {conditions}
    ORDER BY x.start_time DESC, x.id DESC"""
_BEHIND = """
    SELECT DISTINCT event_id FROM change
    WHERE seq > (SELECT indexed_seq FROM search_index) LIMIT %s"""
_INDEXED = "SELECT event_id FROM event_gram WHERE grams @> %s::bigint[] LIMIT %s"
_DOCUMENTS = """
    SELECT e.document FROM unnest(%s::bigint[]) WITH ORDINALITY AS page(id, place)
    JOIN event AS e ON e.id = page.id ORDER BY page.place"""
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s, %s)"
_NEW = """
    SELECT seq, event_id FROM change WHERE seq > (SELECT indexed_seq FROM search_index)
    ORDER BY seq LIMIT %s"""
_STORED = "SELECT id, document FROM event WHERE id = ANY(%s::bigint[])"
_PUT = """
    INSERT INTO event_gram (event_id, grams) VALUES (%s, %s::bigint[])
    ON CONFLICT (event_id) DO UPDATE SET grams = excluded.grams"""
_REMOVE = "DELETE FROM event_gram WHERE event_id = ANY(%s::bigint[])"
_INDEXED_SEQ = "SELECT indexed_seq FROM search_index"
_SET_INDEXED = "UPDATE search_index SET indexed_seq = %s"


class PostgresSearch:
    """A `SearchStore`."""

    def __init__(self, read: Read, job: RunJob, collections: Collections) -> None:
        self._read = read
        self._job = job
        self._collections = collections
        self.indexed_seq = 0

    async def find(self, wanted: SearchFilter, visibility: Visibility) -> SearchPage:
        """In one snapshot."""
        found: SearchPage = await self._read(_find, wanted, visibility, self._collections)
        return found

    async def index(self, limit: int) -> int:
        """One step, in a transaction of its own."""
        count, seq = await self._job(functools.partial(_index, limit))
        self.indexed_seq = max(self.indexed_seq, seq)
        return int(count)


async def _find(
    connection: Connection, wanted: SearchFilter, visibility: Visibility, collections: Collections
) -> SearchPage:
    await connection.execute(_BEGIN)
    try:
        newest = collections.newest
        known = await _rows(connection, NEWEST_COLLECTION)
        if known[0][0] > newest:
            collections.add(await read_collections(connection, newest))
        places = await collections.places(wanted, visibility)
        if places is None:
            return SearchPage([], None)
        parameters = parameters_of(wanted, places, visibility.manager_id)
        ids = await _candidates(connection, wanted)
        look = _Look(connection, wanted, conditions_of(wanted, places), parameters)
        if ids is not None and len(ids) <= FEW_CANDIDATES:
            return await look.at(look.of_ids(ids))
        return await look.at(look.by_time(ids))
    finally:
        await connection.execute("COMMIT")


async def _candidates(connection: Connection, wanted: SearchFilter) -> set[int] | None:
    """All events that may have every word; None: too many to name. Raises: Unavailable."""
    changed = {event_id for (event_id,) in await _rows(connection, _BEHIND, (MAX_BEHIND + 1,))}
    require_index(len(changed))
    grams = query_grams(wanted.words)
    if not grams:
        return None
    numbers = integers(map(number_of, grams))
    rows = await _rows(connection, _INDEXED, (numbers, MAX_CANDIDATES + 1))
    indexed = {event_id for (event_id,) in rows}
    return None if len(indexed) > MAX_CANDIDATES else indexed | changed


class _Look:
    """The candidates of one search, in their order, and which of them match."""

    def __init__(
        self,
        connection: Connection,
        wanted: SearchFilter,
        conditions: str,
        parameters: dict[str, Any],
    ) -> None:
        self._connection = connection
        self._wanted = wanted
        self._conditions = conditions
        self._parameters = parameters

    async def at(self, pages: AsyncGenerator[list[int], None]) -> SearchPage:
        """The page that the candidates give."""
        found = Matches(self._wanted)
        async with aclosing(pages) as open_pages:
            async for page in open_pages:
                for start in range(0, len(page), DOCUMENTS):
                    ids = page[start : start + DOCUMENTS]
                    rows = await _rows(self._connection, _DOCUMENTS, (integers(ids),))
                    found.look_at(document for (document,) in rows)
                    if found.is_full:
                        return found.page()
        return found.page()

    async def of_ids(self, ids: set[int]) -> AsyncGenerator[list[int], None]:
        """Those of the events that fit the filters, newest first."""
        statement = _OF_IDS.format(conditions=self._with_after(self._wanted.after))
        values = {"ids": integers(sorted(ids))} | _position(self._wanted.after)
        rows = await _rows(self._connection, statement, self._parameters | values)
        yield [event_id for _, event_id in rows]

    async def by_time(self, ids: set[int] | None) -> AsyncGenerator[list[int], None]:
        """The events that fit, and are among `ids` unless that is None, newest first."""
        after = self._wanted.after
        for size in page_sizes():
            fitting = self._with_after(after)
            parts = [_BY_TIME.format(number=number, conditions=fitting) for number in CLASSES]
            statement = (
                f"SELECT start_time, id FROM ({' UNION ALL '.join(parts)}) AS found"
                " ORDER BY start_time DESC, id DESC LIMIT %(page)s::bigint"
            )
            values = {"page": size} | _position(after)
            rows = await _rows(self._connection, statement, self._parameters | values)
            yield [event_id for _, event_id in rows if ids is None or event_id in ids]
            if len(rows) < size:
                return
            after = rows[-1]

    def _with_after(self, after: Position | None) -> str:
        return self._conditions if after is None else f"{self._conditions} AND {_AFTER}"


def _position(after: Position | None) -> dict[str, int]:
    return {} if after is None else {"after_start": after[0], "after_id": after[1]}


async def _rows(connection: Connection, statement: str, values: Any = ()) -> list[Any]:
    cursor = await connection.execute(statement.encode(), values, prepare=False, binary=True)
    return await cursor.fetchall()


async def _index(limit: int, connection: Connection, _: Batch) -> tuple[int, int]:
    """How many changes it has indexed, and up to which the index is."""
    locked = await _rows(connection, _TRY_LOCK, INDEX_LOCK)
    changed = await _rows(connection, _NEW, (limit,)) if locked[0][0] else []
    if not changed:
        (seq,) = (await _rows(connection, _INDEXED_SEQ))[0]
        return 0, seq
    ids = {event_id for _, event_id in changed}
    stored = dict(await _rows(connection, _STORED, (integers(sorted(ids)),)))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            _PUT, [(event_id, _grams(document)) for event_id, document in stored.items()]
        )
    await connection.execute(_REMOVE, (integers(sorted(ids - stored.keys())),))
    await connection.execute(_SET_INDEXED, (changed[-1][0],))
    return len(changed), changed[-1][0]


def _grams(document: bytes) -> str:
    return integers(map(number_of, grams_of_document(document)))

"""The search on PostgreSQL: candidates of the GIN index, then the documents themselves."""

from collections.abc import Callable, Sequence
from typing import Any

from deskcal.core.event import ChangeType
from deskcal.core.filters import Position, SearchFilter
from deskcal.core.text_search import for_each_word, grams_of_word, number_of
from deskcal.core.visibility import Visibility
from deskcal.store.batch.batch import SERVER
from deskcal.store.lists import CLASSES, Collections
from deskcal.store.lists.search import (
    BLIND_ROWS,
    DOCUMENTS,
    FEW_CANDIDATES,
    MAX_BEHIND,
    MAX_CANDIDATES,
    MAX_ROWS_BY_TIME,
    RARE,
    Matches,
    SearchPage,
    for_document,
    has_other_text,
    page_sizes,
    query_grams,
    require_index,
)
from deskcal.store.postgres.arrays import integers, texts
from deskcal.store.postgres.connection import Connection, Read
from deskcal.store.postgres.group import NEWEST_COLLECTION, read_collections
from deskcal.store.postgres.lists import conditions_of, parameters_of

SEARCHES_BETWEEN_LOOKS = 500
"""After which the planner is asked again which grams are common."""
INDEX_LOCK = (0x6465736B, 5)
"""Key of an advisory lock: one node writes the index at a time."""

# A step that a crash undoes is done again.
_NO_WAIT = "SET LOCAL synchronous_commit TO off"
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
# By seq: to have the events in order it would walk over all changes.
_BEHIND = """
    SELECT DISTINCT event_id FROM (
        SELECT event_id FROM change WHERE seq > %s ORDER BY seq OFFSET 0
    ) AS new LIMIT %s"""
# As the planner knows them; the frequencies end with three that are of no element.
_COMMON = """
    SELECT x.gram FROM pg_stats AS s CROSS JOIN LATERAL unnest(
        s.most_common_elems::text::bigint[], s.most_common_elem_freqs) AS x (gram, frequency)
    WHERE s.schemaname = current_schema() AND s.tablename = 'event_gram' AND s.attname = 'grams'
        AND x.gram IS NOT NULL AND x.frequency * (
            SELECT c.reltuples FROM pg_class AS c WHERE c.oid = 'event_gram'::regclass) > %s"""
_INDEXED = "SELECT event_id FROM event_gram WHERE grams @> %s::bigint[] LIMIT %s"
_DOCUMENTS = """
    SELECT e.document FROM unnest(%s::bigint[]) WITH ORDINALITY AS page(id, place)
    JOIN event AS e ON e.id = page.id ORDER BY page.place"""
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s, %s)"
# Up to which the index is, up to which the next changes go, and their number.
_LAST = """
    SELECT s.indexed_seq, coalesce(max(new.seq), s.indexed_seq), count(new.seq)
    FROM search_index AS s LEFT JOIN LATERAL (
        SELECT seq FROM change WHERE seq > s.indexed_seq ORDER BY seq LIMIT %s) AS new ON true
    GROUP BY s.indexed_seq"""
# The event of each change with its document as of then. The server itself changes no text of an
# event that is there (it fires reminders, ends claims, follows the data of time zones): such
# changes are left out, unless the index does not have the event.
_NEW = f"""
    SELECT c.event_id, CASE WHEN c.type <> {ChangeType.DELETED:d} AND EXISTS (
        SELECT 1 FROM event AS e WHERE e.id = c.event_id) THEN c.document END
    FROM change AS c
    WHERE c.seq > %s AND c.seq <= %s AND NOT (
        c.actor = {SERVER} AND c.type = {ChangeType.UPDATED:d} AND EXISTS (
            SELECT 1 FROM event_gram AS g WHERE g.event_id = c.event_id))
    ORDER BY c.seq"""
# Of each event that is in the index the document that it was indexed by, if that is among the
# changes still. An event that was deleted after the changes of a step is not in the index.
_INDEXED_DOCUMENTS = f"""
    SELECT g.event_id, indexed.document
    FROM event_gram AS g CROSS JOIN LATERAL (
        SELECT CASE WHEN c.type <> {ChangeType.DELETED:d} THEN c.document END AS document
        FROM change AS c
        WHERE c.event_id = g.event_id AND c.seq <= (SELECT indexed_seq FROM search_index)
        ORDER BY c.seq DESC LIMIT 1) AS indexed
    WHERE g.event_id = ANY(%s::bigint[])"""
_PUT = """
    INSERT INTO event_gram (event_id, grams)
    SELECT x.id, x.grams::bigint[] FROM unnest(%s::bigint[], %s::text[]) AS x (id, grams)
    ON CONFLICT (event_id) DO UPDATE SET grams = excluded.grams"""
_REMOVE = "DELETE FROM event_gram WHERE event_id = ANY(%s::bigint[])"
_INDEXED_SEQ = "SELECT indexed_seq FROM search_index"
_SET_INDEXED = "UPDATE search_index SET indexed_seq = %s"


class PostgresSearch:
    """A `SearchStore`."""

    def __init__(self, read: Read, collections: Collections) -> None:
        self._read = read
        self._collections = collections
        self._common: frozenset[int] = frozenset()
        self._searches = 0
        self.indexed_seq = 0
        self.step, self.large_step = 100, 500
        self.holds_writer = False

    async def find(self, wanted: SearchFilter, visibility: Visibility) -> SearchPage:
        """In one snapshot."""
        if self._searches % SEARCHES_BETWEEN_LOOKS == 0:
            self._common = await self._read(_common_grams)
        self._searches += 1
        found: SearchPage = await self._read(
            _find, wanted, visibility, self._collections, self._common
        )
        return found

    async def index(self, limit: int) -> int:
        """One step, in a transaction beside those of the writer."""
        count, seq = await self._read(_index, limit)
        self.indexed_seq = max(self.indexed_seq, seq)
        return int(count)


async def _common_grams(connection: Connection) -> frozenset[int]:
    """Grams of more than `RARE` events, as far as the planner knows; none before an ANALYZE."""
    return frozenset(gram for (gram,) in await _rows(connection, _COMMON, (RARE,)))


async def _find(
    connection: Connection,
    wanted: SearchFilter,
    visibility: Visibility,
    collections: Collections,
    common: frozenset[int],
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
        look = _Look(connection, wanted, conditions_of(wanted, places), parameters)
        await look.at(await _changed(connection), common)
        return look.found.page()
    finally:
        await connection.execute("COMMIT")


async def _changed(connection: Connection) -> set[int]:
    """Events that the index has not as they are. Raises: Unavailable if there are too many."""
    (seq,) = (await _rows(connection, _INDEXED_SEQ))[0]
    changed = {event_id for (event_id,) in await _rows(connection, _BEHIND, (seq, MAX_BEHIND + 1))}
    require_index(len(changed))
    return changed


async def _candidates(connection: Connection, grams: Sequence[int]) -> set[int] | None:
    """All events that may have every gram; None: too many to name, or there is no gram."""
    if not grams:
        return None
    rows = await _rows(connection, _INDEXED, (integers(grams), MAX_CANDIDATES + 1))
    return None if len(rows) > MAX_CANDIDATES else {event_id for (event_id,) in rows}


class _Look:
    """The events of one search, in their order, and which of them match."""

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
        self._after = wanted.after
        self._sizes = page_sizes()
        self._is_over = False
        self._looked_at = 0
        self.found = Matches(wanted)

    @property
    def _is_open(self) -> bool:
        """Whether the page is not full, and there may be more for it."""
        return not (self._is_over or self.found.is_full)

    async def at(self, changed: set[int], common: frozenset[int]) -> None:
        """First at the newest events; if few of them match, at the candidates of the index.

        `changed`: events that the index has not as they are; `common`: grams of many events.
        """
        await self._by_time_while(lambda: self.found.are_common)
        if self._is_open:
            grams = [number_of(gram) for gram in query_grams(self._wanted.words)]
            rare = [gram for gram in grams if gram not in common]
            await self._by_time_while(lambda: not rare and self._looked_at < BLIND_ROWS)
            ids = await _candidates(self._connection, rare or grams) if self._is_open else None
            await self._at_candidates(None if ids is None else ids | changed)

    async def _by_time_while(self, goes_on: Callable[[], bool]) -> None:
        """Looks at all events by time."""
        while self._is_open and goes_on():
            await self._by_time(None)

    async def _at_candidates(self, ids: set[int] | None) -> None:
        """What is found among the events of these ids, from where it is; None: among all."""
        most = self._looked_at + MAX_ROWS_BY_TIME
        while self._is_open and (
            ids is None or (len(ids) > FEW_CANDIDATES and self._looked_at < most)
        ):
            await self._by_time(ids)
        if ids is not None and self._is_open:
            await self._of_ids(ids)

    async def _by_time(self, ids: set[int] | None) -> None:
        """The next events by time, of these ids unless that is None."""
        size = next(self._sizes)
        fitting = self._with_after()
        parts = [_BY_TIME.format(number=number, conditions=fitting) for number in CLASSES]
        statement = (
            f"SELECT start_time, id FROM ({' UNION ALL '.join(parts)}) AS found"
            " ORDER BY start_time DESC, id DESC LIMIT %(page)s::bigint"
        )
        rows = await _rows(self._connection, statement, self._values() | {"page": size})
        await self._compare(rows if ids is None else [row for row in rows if row[1] in ids])
        self._is_over = len(rows) < size
        self._looked_at += size
        if rows:
            self._after = rows[-1]

    async def _of_ids(self, ids: set[int]) -> None:
        """Those of the events that fit the filters, newest first."""
        statement = _OF_IDS.format(conditions=self._with_after())
        values = self._values() | {"ids": integers(sorted(ids))}
        await self._compare(await _rows(self._connection, statement, values))
        self._is_over = True

    async def _compare(self, rows: list[Position]) -> None:
        for start in range(0, len(rows), DOCUMENTS):
            chunk = rows[start : start + DOCUMENTS]
            ids = integers(event_id for _, event_id in chunk)
            documents = await _rows(self._connection, _DOCUMENTS, (ids,))
            self.found.look_at(chunk, (document for (document,) in documents))
            if self.found.is_full:
                return

    def _with_after(self) -> str:
        return self._conditions if self._after is None else f"{self._conditions} AND {_AFTER}"

    def _values(self) -> dict[str, Any]:
        return self._parameters | _position(self._after)


def _position(after: Position | None) -> dict[str, int]:
    return {} if after is None else {"after_start": after[0], "after_id": after[1]}


async def _rows(connection: Connection, statement: str, values: Any = ()) -> list[Any]:
    cursor = await connection.execute(statement.encode(), values, prepare=False, binary=True)
    return await cursor.fetchall()


async def _index(connection: Connection, limit: int) -> tuple[int, int]:
    """How many changes it has indexed, and up to which the index is."""
    async with connection.transaction():
        await connection.execute(_NO_WAIT)
        ((is_locked,),) = await _rows(connection, _TRY_LOCK, INDEX_LOCK)
        ((seq, last_seq, count),) = await _rows(connection, _LAST, (limit if is_locked else 0,))
        if count:
            await _index_changes(connection, dict(await _rows(connection, _NEW, (seq, last_seq))))
            await connection.execute(_SET_INDEXED, (last_seq,))
    return count, last_seq


async def _index_changes(connection: Connection, documents: dict[int, bytes | None]) -> None:
    """Puts the text of each event as of its last one of these changes, whatever has come since.

    That is what the next step compares with.
    """
    if not documents:
        return
    indexed = dict(await _rows(connection, _INDEXED_DOCUMENTS, (integers(sorted(documents)),)))
    grams = {
        event_id: _grams(document)
        for event_id, document in documents.items()
        if document is not None and has_other_text(document, indexed.get(event_id))
    }
    if grams:
        await connection.execute(_PUT, (integers(grams), texts(grams.values())))
    gone = [event_id for event_id, document in documents.items() if document is None]
    if gone:
        await connection.execute(_REMOVE, (integers(gone),))


def _numbers_of_word(word: str) -> list[int]:
    return list(map(number_of, grams_of_word(word)))


_numbers_of_words = for_each_word(_numbers_of_word)
_grams = for_document(lambda words: integers(set().union(*_numbers_of_words(words))))

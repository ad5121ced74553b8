"""The search in the embedded store: candidates of the index, then the documents themselves."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

import apsw
import msgspec

from deskcal.core.event import ChangeType
from deskcal.core.filters import Position, SearchFilter
from deskcal.core.text_search import number_of
from deskcal.core.visibility import Visibility
from deskcal.store.batch.batch import Batch
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
    grams_of_document,
    has_other_text,
    page_sizes,
    query_grams,
    require_index,
)
from deskcal.store.sqlite.changes import Read, RunJob
from deskcal.store.sqlite.lists import conditions_of, parameters_of

MAX_COMMON = 4_096
"""Grams that are remembered to be in more; then they are counted again."""

_AFTER = "(x.start_time, x.id) < (:after_start, :after_id)"
_BY_TIME = """
    SELECT * FROM (
        SELECT x.start_time AS start_time, x.id AS id FROM event AS x INDEXED BY event_by_time
        WHERE x.duration_class = {number} AND {conditions}
        ORDER BY x.start_time DESC, x.id DESC LIMIT :page)"""
_OF_IDS = """
    SELECT x.start_time, x.id FROM json_each(:ids) AS one CROSS JOIN event AS x ON x.id = one.value
    WHERE {conditions} ORDER BY x.start_time DESC, x.id DESC"""
# By seq: to have the events in order it would walk over all changes.
_BEHIND = """
    SELECT DISTINCT event_id FROM change NOT INDEXED
    WHERE seq > (SELECT indexed_seq FROM search_index) LIMIT ?"""
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM event_gram WHERE event_gram MATCH ? LIMIT ?)"
_INDEXED = "SELECT rowid FROM event_gram WHERE event_gram MATCH ? LIMIT ?"
_DOCUMENTS = """
    SELECT e.document FROM json_each(?) AS page CROSS JOIN event AS e ON e.id = page.value"""
_NEW = """
    SELECT seq, event_id FROM change WHERE seq > (SELECT indexed_seq FROM search_index)
    ORDER BY seq LIMIT ?"""
# With each event the document that the index has of it, if that is among the changes still.
_STORED = f"""
    SELECT one.value, e.document, (
        SELECT iif(c.type = {ChangeType.DELETED:d}, NULL, c.document) FROM change AS c
        WHERE c.event_id = one.value AND c.seq <= (SELECT indexed_seq FROM search_index)
        ORDER BY c.seq DESC LIMIT 1)
    FROM json_each(?) AS one LEFT JOIN event AS e ON e.id = one.value"""
_PUT = "INSERT OR REPLACE INTO event_gram (rowid, grams) VALUES (?, ?)"
_REMOVE = "DELETE FROM event_gram WHERE rowid = ?"
_INDEXED_SEQ = "SELECT indexed_seq FROM search_index"
_SET_INDEXED = "UPDATE search_index SET indexed_seq = ?"


class SqliteSearch:
    """A `SearchStore`."""

    def __init__(self, read: Read, job: RunJob, collections: Collections) -> None:
        self._read = read
        self._job = job
        self._collections = collections
        self._common: set[str] = set()
        self.indexed_seq = 0

    async def find(self, wanted: SearchFilter, visibility: Visibility) -> SearchPage:
        """In one snapshot, on a reading thread."""
        places = await self._collections.places(wanted, visibility)
        if places is None:
            return SearchPage([], None)
        known = self._collections.newest
        parameters = parameters_of(wanted, places, visibility.manager_id, known)
        conditions = conditions_of(wanted, places)
        found: SearchPage = await self._read(_find, wanted, conditions, parameters, self._common)
        return found

    async def index(self, limit: int) -> int:
        """One step, in a transaction of its own."""
        count, seq = await self._job(functools.partial(_index, limit))
        self.indexed_seq = max(self.indexed_seq, seq)
        return int(count)


def _find(
    connection: apsw.Connection,
    wanted: SearchFilter,
    conditions: str,
    parameters: dict[str, Any],
    common: set[str],
) -> SearchPage:
    """First the newest events; if few of them match, the candidates of the index."""
    look = _Look(connection, wanted, conditions, parameters)
    with connection:
        changed = _changed(connection)
        look.by_time_while(lambda: look.found.are_common)
        if look.is_open:
            grams = query_grams(wanted.words)
            rare = _rare(connection, grams, common)
            look.by_time_while(lambda: not rare and look.rows < BLIND_ROWS)
            ids = _candidates(connection, rare or grams) if look.is_open else None
            look.candidates(None if ids is None else ids | changed)
    return look.found.page()


def _changed(connection: apsw.Connection) -> set[int]:
    """Events that the index has not as they are. Raises: Unavailable if there are too many."""
    behind: Any = connection.execute(_BEHIND, (MAX_BEHIND + 1,))
    changed = {event_id for (event_id,) in behind}
    require_index(len(changed))
    return changed


def _candidates(connection: apsw.Connection, grams: list[str]) -> set[int] | None:
    """All events that may have every gram; None: too many to name, or there is no gram."""
    if not grams:
        return None
    text = " AND ".join(map(_quoted, grams))
    rows: Any = connection.execute(_INDEXED, (text, MAX_CANDIDATES + 1))
    ids = {event_id for (event_id,) in rows}
    return None if len(ids) > MAX_CANDIDATES else ids


def _rare(connection: apsw.Connection, grams: list[str], common: set[str]) -> list[str]:
    """Those of the grams that few events have, up to one that is enough; no one: all are common."""
    rare = []
    for gram in grams:
        if gram in common:
            continue
        count = connection.execute(_COUNT, (_quoted(gram), RARE + 1)).get
        if count <= RARE:
            rare.append(gram)
            if count <= FEW_CANDIDATES:
                break
        else:
            if len(common) >= MAX_COMMON:
                common.clear()
            common.add(gram)
    return rare


class _Look:
    """The events of one search, in their order, and which of them match."""

    def __init__(
        self,
        connection: apsw.Connection,
        wanted: SearchFilter,
        conditions: str,
        parameters: dict[str, Any],
    ) -> None:
        self._connection = connection
        self._conditions = conditions
        self._parameters = parameters
        self._after = wanted.after
        self._sizes = page_sizes()
        self._is_over = False
        self.rows = 0
        """Events that were looked at by time."""
        self.found = Matches(wanted)

    @property
    def is_open(self) -> bool:
        """Whether the page is not full, and there may be more for it."""
        return not (self._is_over or self.found.is_full)

    def by_time_while(self, goes_on: Callable[[], bool]) -> None:
        """Looks at all events by time."""
        while self.is_open and goes_on():
            self._by_time(None)

    def candidates(self, ids: set[int] | None) -> None:
        """What is found among the events of these ids, from where it is; None: among all."""
        most = self.rows + MAX_ROWS_BY_TIME
        while self.is_open and (ids is None or (len(ids) > FEW_CANDIDATES and self.rows < most)):
            self._by_time(ids)
        if ids is not None and self.is_open:
            self._of_ids(ids)

    def _by_time(self, ids: set[int] | None) -> None:
        """The next events by time, of these ids unless that is None."""
        size = next(self._sizes)
        fitting = self._with_after()
        parts = [_BY_TIME.format(number=number, conditions=fitting) for number in CLASSES]
        statement = " UNION ALL ".join(parts) + " ORDER BY start_time DESC, id DESC LIMIT :page"
        values = self._values() | {"page": size}
        rows: list[Any] = self._connection.execute(statement, values).fetchall()
        self._compare(rows if ids is None else [row for row in rows if row[1] in ids])
        self._is_over = len(rows) < size
        self.rows += size
        if rows:
            self._after = rows[-1]

    def _of_ids(self, ids: set[int]) -> None:
        """Those of the events that fit the filters, newest first."""
        statement = _OF_IDS.format(conditions=self._with_after())
        values = self._values() | {"ids": _json(sorted(ids))}
        rows: Any = self._connection.execute(statement, values).fetchall()
        self._compare(rows)
        self._is_over = True

    def _compare(self, rows: list[Position]) -> None:
        for start in range(0, len(rows), DOCUMENTS):
            chunk = rows[start : start + DOCUMENTS]
            ids = _json(event_id for _, event_id in chunk)
            documents: Any = self._connection.execute(_DOCUMENTS, (ids,))
            self.found.look_at(chunk, (document for (document,) in documents))
            if self.found.is_full:
                return

    def _with_after(self) -> str:
        return self._conditions if self._after is None else f"{self._conditions} AND {_AFTER}"

    def _values(self) -> dict[str, Any]:
        if self._after is None:
            return self._parameters
        start, event_id = self._after
        return self._parameters | {"after_start": start, "after_id": event_id}


def _index(limit: int, connection: apsw.Connection, _: Batch) -> tuple[int, int]:
    """How many changes it has indexed, and up to which the index is."""
    changed: list[Any] = connection.execute(_NEW, (limit,)).fetchall()
    if changed:
        ids = dict.fromkeys(event_id for _, event_id in changed)
        stored: list[Any] = connection.execute(_STORED, (_json(ids),)).fetchall()
        other = [
            (event_id, _tokens(document))
            for event_id, document, indexed in stored
            if document is not None and has_other_text(document, indexed)
        ]
        connection.executemany(_PUT, other)
        gone = [(event_id,) for event_id, document, _ in stored if document is None]
        connection.executemany(_REMOVE, gone)
        connection.execute(_SET_INDEXED, (changed[-1][0],))
    return len(changed), connection.execute(_INDEXED_SEQ).get


def _tokens(document: bytes) -> str:
    return " ".join(map(_token, grams_of_document(document)))


@functools.lru_cache(maxsize=16_384)
def _token(gram: str) -> str:
    return f"{number_of(gram):x}"


def _quoted(gram: str) -> str:
    return f'"{_token(gram)}"'


def _json(values: Iterable[int]) -> str:
    return msgspec.json.encode(list(values)).decode()

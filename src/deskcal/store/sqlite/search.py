"""The search in the embedded store: candidates of the index, then the documents themselves."""

import functools
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import apsw
import msgspec

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
from deskcal.store.sqlite.changes import Read, RunJob
from deskcal.store.sqlite.lists import conditions_of, parameters_of

_AFTER = "(x.start_time, x.id) < (:after_start, :after_id)"
_BY_TIME = """
    SELECT * FROM (
        SELECT x.start_time AS start_time, x.id AS id FROM event AS x INDEXED BY event_by_time
        WHERE x.duration_class = {number} AND {conditions}
        ORDER BY x.start_time DESC, x.id DESC LIMIT :page)"""
_OF_IDS = """
    SELECT x.start_time, x.id FROM json_each(:ids) AS one CROSS JOIN event AS x ON x.id = one.value
    WHERE {conditions} ORDER BY x.start_time DESC, x.id DESC"""
_BEHIND = """
    SELECT DISTINCT event_id FROM change
    WHERE seq > (SELECT indexed_seq FROM search_index) LIMIT ?"""
_INDEXED = "SELECT rowid FROM event_gram WHERE event_gram MATCH ? LIMIT ?"
_DOCUMENTS = """
    SELECT e.document FROM json_each(?) AS page CROSS JOIN event AS e ON e.id = page.value"""
_NEW = """
    SELECT seq, event_id FROM change WHERE seq > (SELECT indexed_seq FROM search_index)
    ORDER BY seq LIMIT ?"""
_DOCUMENT = "SELECT document FROM event WHERE id = ?"
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
        self.indexed_seq = 0

    async def find(self, wanted: SearchFilter, visibility: Visibility) -> SearchPage:
        """In one snapshot, on a reading thread."""
        places = await self._collections.places(wanted, visibility)
        if places is None:
            return SearchPage([], None)
        known = self._collections.newest
        parameters = parameters_of(wanted, places, visibility.manager_id, known)
        conditions = conditions_of(wanted, places)
        found: SearchPage = await self._read(_find, wanted, conditions, parameters)
        return found

    async def index(self, limit: int) -> int:
        """One step, in a transaction of its own."""
        count, seq = await self._job(functools.partial(_index, limit))
        self.indexed_seq = max(self.indexed_seq, seq)
        return int(count)


def _find(
    connection: apsw.Connection, wanted: SearchFilter, conditions: str, parameters: dict[str, Any]
) -> SearchPage:
    found = Matches(wanted)
    with connection:
        ids = _candidates(connection, wanted)
        if ids is not None and len(ids) <= FEW_CANDIDATES:
            rows = _of_ids(connection, ids, wanted, conditions, parameters)
        else:
            rows = _by_time(connection, ids, wanted, conditions, parameters)
        for page in _chunks(rows):
            documents: Any = connection.execute(_DOCUMENTS, (_json(page),))
            found.look_at(bytes(document) for (document,) in documents)
            if found.is_full:
                break
    return found.page()


def _candidates(connection: apsw.Connection, wanted: SearchFilter) -> set[int] | None:
    """All events that may have every word; None: too many to name. Raises: Unavailable."""
    behind: Any = connection.execute(_BEHIND, (MAX_BEHIND + 1,))
    changed = {event_id for (event_id,) in behind}
    require_index(len(changed))
    grams = query_grams(wanted.words)
    if not grams:
        return None
    text = " AND ".join(f'"{number_of(gram):x}"' for gram in grams)
    rows: Any = connection.execute(_INDEXED, (text, MAX_CANDIDATES + 1))
    indexed = {event_id for (event_id,) in rows}
    return None if len(indexed) > MAX_CANDIDATES else indexed | changed


def _of_ids(
    connection: apsw.Connection,
    ids: set[int],
    wanted: SearchFilter,
    conditions: str,
    parameters: dict[str, Any],
) -> Iterator[int]:
    """Those of the events that fit the filters, newest first."""
    statement = _OF_IDS.format(conditions=_with_after(conditions, wanted.after))
    values = parameters | {"ids": _json(sorted(ids))} | _position(wanted.after)
    rows: Any = connection.execute(statement, values)
    return (event_id for _, event_id in rows.fetchall())


def _by_time(
    connection: apsw.Connection,
    ids: set[int] | None,
    wanted: SearchFilter,
    conditions: str,
    parameters: dict[str, Any],
) -> Iterator[int]:
    """The events that fit the filters, and are among `ids` unless that is None, newest first."""
    after = wanted.after
    for size in page_sizes():
        fitting = _with_after(conditions, after)
        parts = [_BY_TIME.format(number=number, conditions=fitting) for number in CLASSES]
        statement = " UNION ALL ".join(parts) + " ORDER BY start_time DESC, id DESC LIMIT :page"
        values = parameters | {"page": size} | _position(after)
        rows: list[Any] = connection.execute(statement, values).fetchall()
        yield from (event_id for _, event_id in rows if ids is None or event_id in ids)
        if len(rows) < size:
            return
        after = rows[-1]


def _with_after(conditions: str, after: Position | None) -> str:
    return conditions if after is None else f"{conditions} AND {_AFTER}"


def _position(after: Position | None) -> dict[str, int]:
    return {} if after is None else {"after_start": after[0], "after_id": after[1]}


def _chunks(rows: Iterator[int]) -> Iterator[list[int]]:
    while chunk := list(itertools.islice(rows, DOCUMENTS)):
        yield chunk


def _index(limit: int, connection: apsw.Connection, _: Batch) -> tuple[int, int]:
    """How many changes it has indexed, and up to which the index is."""
    changed: list[Any] = connection.execute(_NEW, (limit,)).fetchall()
    for event_id in dict.fromkeys(event_id for _, event_id in changed):
        document = connection.execute(_DOCUMENT, (event_id,)).get
        if document is None:
            connection.execute(_REMOVE, (event_id,))
        else:
            connection.execute(_PUT, (event_id, _tokens(bytes(document))))
    if changed:
        connection.execute(_SET_INDEXED, (changed[-1][0],))
    return len(changed), connection.execute(_INDEXED_SEQ).get


def _tokens(document: bytes) -> str:
    return " ".join(f"{number_of(gram):x}" for gram in grams_of_document(document))


def _json(values: Iterable[int]) -> str:
    return msgspec.json.encode(list(values)).decode()

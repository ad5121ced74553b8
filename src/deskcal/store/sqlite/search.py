"""The search in the embedded store: what the index names, newest first, then the documents."""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

import apsw

from deskcal.core.all_day import BEFORE_ALL
from deskcal.core.filters import Position, SearchFilter
from deskcal.core.visibility import Visibility
from deskcal.errors import Unavailable
from deskcal.store.lists import CLASSES, Collections
from deskcal.store.lists.search import (
    BLIND_ROWS,
    DOCUMENTS,
    FEW_CANDIDATES,
    MAX_BEHIND,
    MAX_CANDIDATES,
    RARE,
    Matches,
    SearchPage,
    page_sizes,
    query_grams,
    require_index,
)
from deskcal.store.sqlite.changes import Read, RunJob
from deskcal.store.sqlite.lists import conditions_of, parameters_of
from deskcal.store.sqlite.search_index import (
    MAX_INDEXED_ID,
    STEP_SEC,
    event_of,
    json_of,
    next_step,
    row_of,
    step_of,
    with_grams,
    with_pairs,
    write_step,
)

MAX_COUNTS = 4_096
"""Grams of which is remembered how many events have them; then they are counted again."""

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
_NEVER_INDEXED = f"SELECT id FROM event WHERE id > {MAX_INDEXED_ID} LIMIT ?"
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM event_gram WHERE event_gram MATCH ? LIMIT ?)"
_INDEXED = """
    SELECT rowid FROM event_gram WHERE event_gram MATCH ? AND rowid <= ?
    ORDER BY rowid DESC LIMIT ?"""
_DOCUMENTS = """
    SELECT e.document FROM json_each(?) AS page CROSS JOIN event AS e ON e.id = page.value"""


class SqliteSearch:
    """A `SearchStore`."""

    def __init__(self, read: Read, job: RunJob, collections: Collections) -> None:
        self._read = read
        self._job = job
        self._collections = collections
        self._counts: dict[str, int] = {}
        self._counted_seq = 0
        self.indexed_seq = 0
        self.step, self.large_step = 200, 1_000
        self.holds_writer = True

    async def find(self, wanted: SearchFilter, visibility: Visibility) -> SearchPage:
        """In one snapshot, on a reading thread."""
        places = await self._collections.places(wanted, visibility)
        if places is None:
            return SearchPage([], None)
        known = self._collections.newest
        parameters = parameters_of(wanted, places, visibility.manager_id, known)
        conditions = conditions_of(wanted, places)
        found: SearchPage = await self._read(_find, wanted, conditions, parameters, self._counts)
        return found

    async def index(self, limit: int) -> int:
        """One step: its texts are read on a reading thread, and then written in a transaction."""
        step = await self._read(next_step, limit)
        is_written = step.count and await self._job(functools.partial(write_step, step))
        self.indexed_seq = max(self.indexed_seq, step.last_seq if is_written else step.indexed_seq)
        if self.indexed_seq >= self._counted_seq + FEW_CANDIDATES:
            self._counts, self._counted_seq = {}, self.indexed_seq
        return int(step.count)


def _find(
    connection: apsw.Connection,
    wanted: SearchFilter,
    conditions: str,
    parameters: dict[str, Any],
    counts: dict[str, int],
) -> SearchPage:
    """First the newest events; if few of them match, what the index names."""
    look = _Look(connection, wanted, conditions, parameters)
    with connection:
        changed = _changed(connection)
        look.by_time_while(lambda: look.found.are_common)
        if look.is_open:
            grams = query_grams(wanted.words)
            rare = _rare(connection, grams, counts)
            look.by_time_while(lambda: not rare and look.rows < BLIND_ROWS)
            look.by_index(with_grams(rare or grams) or with_pairs(wanted.words), changed)
        look.by_time_while(lambda: True)
    return look.found.page()


def _changed(connection: apsw.Connection) -> set[int]:
    """Events that the index has not as they are. Raises: Unavailable if there are too many."""
    behind: Any = connection.execute(_BEHIND, (MAX_BEHIND + 1,))
    changed = {event_id for (event_id,) in behind}
    require_index(len(changed))
    never: Any = connection.execute(_NEVER_INDEXED, (MAX_BEHIND + 1,)).fetchall()
    if len(never) > MAX_BEHIND:
        raise Unavailable(
            f"more than {MAX_BEHIND} events have ids above {MAX_INDEXED_ID}, too many for the "
            "search of the embedded store: move them to PostgreSQL by an export and an import"
        )
    return changed.union(event_id for (event_id,) in never)


def _rare(connection: apsw.Connection, grams: list[str], counts: dict[str, int]) -> list[str]:
    """Those of the grams that few events have, up to one that is enough; no one: all are common."""
    rare = []
    for gram in grams:
        count = counts.get(gram)
        if count is None:
            count = connection.execute(_COUNT, (with_grams([gram]), RARE + 1)).get
            if len(counts) >= MAX_COUNTS:
                counts.clear()
            counts[gram] = count
        if count <= RARE:
            rare.append(gram)
        if count <= FEW_CANDIDATES:
            break
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
            self._by_time()

    def by_index(self, query: str, changed: set[int]) -> None:
        """Looks at the events that the index names for `query`, from where it is.

        If there are more than `MAX_CANDIDATES`, some of the oldest are left.
        """
        if not self.is_open:
            return
        values = (query, self._highest_row, MAX_CANDIDATES)
        not_indexed = self._positions(changed)
        with closing(self._connection.execute(_INDEXED, values)) as rows:
            for ids, start_time in _steps(rows):
                older = [one for one in not_indexed if one[0] < start_time]
                newer = not_indexed[: len(not_indexed) - len(older)]
                positions = self._positions(ids - changed) + newer
                self._compare(sorted(positions, reverse=True))
                self._after, not_indexed = (start_time, 0), older
                self._is_over = start_time == BEFORE_ALL
                if not self.is_open:
                    return

    @property
    def _highest_row(self) -> int:
        """Of the step in which the newest event may be that is still to be looked at."""
        newest = self._parameters["until"] if self._after is None else self._after[0]
        return row_of(newest + STEP_SEC, 0) - 1

    def _by_time(self) -> None:
        """The next events by time."""
        size = next(self._sizes)
        fitting = self._with_after()
        parts = [_BY_TIME.format(number=number, conditions=fitting) for number in CLASSES]
        statement = " UNION ALL ".join(parts) + " ORDER BY start_time DESC, id DESC LIMIT :page"
        values = self._values() | {"page": size}
        rows: list[Any] = self._connection.execute(statement, values).fetchall()
        self._compare(rows)
        self._is_over = len(rows) < size
        self.rows += size
        if rows:
            self._after = rows[-1]

    def _positions(self, ids: Iterable[int]) -> list[Position]:
        """Those of the events that fit the filters, newest first."""
        statement = _OF_IDS.format(conditions=self._with_after())
        values = self._values() | {"ids": json_of(ids)}
        rows: list[Any] = self._connection.execute(statement, values).fetchall()
        return rows

    def _compare(self, rows: list[Position]) -> None:
        for start in range(0, len(rows), DOCUMENTS):
            chunk = rows[start : start + DOCUMENTS]
            ids = json_of(event_id for _, event_id in chunk)
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


def _steps(rows: Iterable[tuple[int]]) -> Iterator[tuple[set[int], int]]:
    """Events of whole steps of the index, newest first, more each time.

    With them the Unix seconds with which the last of these steps begins; `BEFORE_ALL`: there are no
    more.
    """
    ids: set[int] = set()
    count, size = 0, DOCUMENTS
    for start_time, group in itertools.groupby((row for (row,) in rows), step_of):
        before = len(ids)
        ids.update(map(event_of, group))
        count += len(ids) - before
        if count >= MAX_CANDIDATES:
            return
        if len(ids) >= size:
            yield ids, start_time
            ids, size = set(), min(2 * size, FEW_CANDIDATES)
    yield ids, BEFORE_ALL

"""Reads lists from the embedded store: whole, or page by page in a snapshot of their own."""

import asyncio
import functools
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import apsw
from msgspec import Struct

from deskcal.core.filters import EventFilter
from deskcal.core.visibility import Visibility
from deskcal.limits import Limits
from deskcal.store.lists import Collections, too_large
from deskcal.store.lists.paged import (
    FIRST_ROWS,
    PAGE_BYTES,
    PagedLists,
    PagedRows,
    is_likely_small,
    length,
    pieces_of,
)
from deskcal.store.ports import Rows
from deskcal.store.sqlite.connection import read_until, unavailable
from deskcal.store.sqlite.lists import ListQuery, documents_of, list_query

MAX_SNAPSHOTS = 8
"""Lists that hold a snapshot, each with a connection of its own; no thread waits for a client."""

Read = Callable[..., Awaitable[Any]]
"""`await read(function, *arguments)`: `function(connection, *arguments)` on a thread of lists."""


class _Snapshot(Struct):
    """A read transaction, and what was read in it of a long list."""

    connection: apsw.Connection
    first: bytes
    """Documents of the first piece."""
    second: list[str]
    """Ids of the rest of the first rows, in pieces."""
    count: int


class SqliteLists:
    """Lists of events."""

    def __init__(
        self,
        read: Read,
        threads: ThreadPoolExecutor,
        detach: Callable[[], None],
        collections: Collections,
        limits: Limits,
    ) -> None:
        """`detach`: has the calling thread use another connection for its next read."""
        self._read = read
        self._threads = threads
        self._detach = detach
        self._collections = collections
        self._limits = limits
        self._paged = PagedLists(MAX_SNAPSHOTS)

    async def whole(self, wanted: EventFilter, visibility: Visibility) -> Rows:
        """One statement a list, in one snapshot with its count."""
        query = await self._query(wanted, visibility)
        if query is None:
            return Rows([], 0)
        rows: Rows = await self._read(self._whole, query, wanted)
        return rows

    async def paged(self, wanted: EventFilter, visibility: Visibility) -> Rows | PagedRows:
        """The same in pages, where it is long and most likely not too large for an answer."""
        if wanted.limit < FIRST_ROWS or self._paged.is_full:
            return await self.whole(wanted, visibility)
        return await self._paged.begin(functools.partial(self._put_pages, wanted, visibility))

    async def close(self) -> None:
        """Lets go of what is being read."""
        await self._paged.close()

    async def _query(self, wanted: EventFilter, visibility: Visibility) -> ListQuery | None:
        places = await self._collections.places(wanted, visibility)
        if places is None:
            return None
        return list_query(wanted, places, visibility.manager_id, self._collections.newest)

    def _whole(self, connection: apsw.Connection, query: ListQuery, wanted: EventFilter) -> Rows:
        with connection:
            rows = self._rows(connection, query, wanted, _ids(connection, query.ids, query))
        return rows

    def _rows(
        self, connection: apsw.Connection, query: ListQuery, wanted: EventFilter, ids: str
    ) -> Rows:
        """The rows of these ids, and how many there are without limit and offset."""
        most = self._limits.max_answer_bytes
        left = deque(pieces_of(ids))
        pieces = documents_of(connection, left, most)
        if left or sum(map(len, pieces)) > most:
            raise too_large(most)
        found = length(ids)
        count = wanted.offset + found
        if found == wanted.limit or (not found and wanted.offset):
            count = connection.execute(query.count, query.parameters).get
        return Rows(pieces, count)

    def _begin(
        self, connection: apsw.Connection, query: ListQuery, wanted: EventFilter
    ) -> Rows | _Snapshot:
        """Begins a snapshot of a long list, and takes the connection of this thread for it."""
        connection.execute("BEGIN")
        found: Rows | _Snapshot | None = None
        try:
            found = self._found(connection, query, wanted)
            return found
        finally:
            if isinstance(found, _Snapshot):
                self._detach()
            else:
                connection.execute("ROLLBACK")

    def _found(
        self, connection: apsw.Connection, query: ListQuery, wanted: EventFilter
    ) -> Rows | _Snapshot:
        ids = _ids(connection, query.first_ids, query, limit=FIRST_ROWS)
        if length(ids) < FIRST_ROWS:
            return self._rows(connection, query, wanted, ids)
        count = connection.execute(query.count, query.parameters).get
        pieces = deque(pieces_of(ids))
        [first] = documents_of(connection, pieces, 0)
        rows = min(wanted.limit, count - wanted.offset)
        if is_likely_small(first, rows, self._limits.max_answer_bytes):
            return _Snapshot(connection, first, list(pieces), count)
        return self._rows(connection, query, wanted, _ids(connection, query.ids, query))

    async def _put_pages(
        self, wanted: EventFilter, visibility: Visibility, rows: PagedRows
    ) -> Rows | None:
        """Finds the other ids while the first rows are being taken; None: there are pages."""
        until = time.monotonic() + self._limits.request_deadline_sec
        query = await self._query(wanted, visibility)
        if query is None:
            return Rows([], 0)
        found: Rows | _Snapshot = await self._read(self._begin, query, wanted)
        if isinstance(found, Rows):
            return found
        snapshot, rows.count = found, found.count
        run = functools.partial(self._in, until, snapshot.connection)
        read = functools.partial(run, _page)
        try:
            if await rows.put([snapshot.first]) and await rows.put_all(snapshot.second, read):
                await rows.put_all(await run(_rest, query, wanted), read)
        finally:
            await self._on_thread(snapshot.connection.close, True)
        return None

    async def _in(
        self,
        until: float,
        connection: apsw.Connection,
        read: Callable[..., Any],
        *arguments: object,
    ) -> Any:
        """Raises: Unavailable."""
        try:
            return await self._on_thread(read_until, until, connection, read, *arguments)
        except apsw.Error as exc:
            raise unavailable(exc) from exc

    async def _on_thread(self, function: Callable[..., Any], *arguments: object) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)


def _ids(connection: apsw.Connection, statement: str, query: ListQuery, **named: int) -> str:
    return connection.execute(statement, query.parameters | named).get or ""


def _page(connection: apsw.Connection, pieces: deque[str]) -> list[bytes]:
    return documents_of(connection, pieces, PAGE_BYTES)


def _rest(connection: apsw.Connection, query: ListQuery, wanted: EventFilter) -> list[str]:
    """The ids of the rows after the first ones, in pieces."""
    limit, offset = wanted.limit - FIRST_ROWS, wanted.offset + FIRST_ROWS
    return pieces_of(_ids(connection, query.ids, query, limit=limit, offset=offset))

"""Single events of the embedded store that are not cached, read by the thread of points.

What was read goes into the cache, unless a commit has changed the event meanwhile.
"""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import apsw

from deskcal.core.document import Record, record_of
from deskcal.core.event import Event
from deskcal.store.cache import RecordCache
from deskcal.store.ports import Loaded

Read = Callable[..., Awaitable[Any]]
"""`await read(function, *arguments)`: `function(connection, *arguments)` on its thread."""


class Loads:
    """The events that are being read, and the cache of those that were."""

    def __init__(self, read: Read, cache: RecordCache) -> None:
        self._read = read
        self._cache = cache
        self._loading: dict[int, Future[Record | None]] = {}

    def load(self, event_id: int) -> "Future[Record | None]":
        """The event from the database, also into the cache unless it changes meanwhile."""
        loading = self._loading.get(event_id)
        if loading is None:
            loading = asyncio.ensure_future(self._load(event_id))
            self._loading[event_id] = loading
        return asyncio.shield(loading)

    def read(self, event_id: int, done: Loaded) -> None:
        """`load`, and what comes of it."""

        def hand_on(loaded: "Future[Record | None]") -> None:
            error = cast(Exception | None, loaded.exception())
            done(loaded.result() if error is None else None, error)

        self.load(event_id).add_done_callback(hand_on)

    async def _load(self, event_id: int) -> Record | None:
        this = asyncio.current_task()
        try:
            document: bytes | None = await self._read(_document, event_id)
        finally:
            unchanged = self._loading.get(event_id) is this
            if unchanged:
                self._loading.pop(event_id, None)
        record = None if document is None else record_of(document)
        if record is not None and unchanged:
            self._cache.put(event_id, record)
        return record

    async def load_all(self, event_ids: Sequence[int]) -> list[Record]:
        """The events; those that are not cached by one statement, and not into the cache."""
        peek = self._cache.get
        known = list(filter(None, map(peek, event_ids)))
        missing = [event_id for event_id in event_ids if peek(event_id) is None]
        documents = await self._read(_documents, missing) if missing else []
        return [*known, *map(record_of, documents)]

    def put(self, records: Mapping[int, Record | None]) -> None:
        """Caches events as a commit left them, None: gone, in place of what is being read."""
        loading, cache = self._loading, self._cache
        for event_id, record in records.items():
            loading.pop(event_id, None)
            cache.put(event_id, record)

    def renew(self, events: Iterable[tuple[Event, bytes]]) -> None:
        """The same for events that nobody may have asked for: those that are not cached stay so."""
        loading, cache = self._loading, self._cache
        for event, document in events:
            loading.pop(event.id, None)
            if cache.get(event.id) is not None:
                cache.put(event.id, record_of(document, event))


def _document(connection: apsw.Connection, event_id: int) -> bytes | None:
    statement = "SELECT document FROM event WHERE id = ?"
    return cast(bytes | None, connection.execute(statement, (event_id,)).get)


def _documents(connection: apsw.Connection, event_ids: list[int]) -> list[bytes]:
    statement = "SELECT document FROM event WHERE id IN (SELECT value FROM json_each(?))"
    return [document for (document,) in connection.execute(statement, (str(event_ids),))]

"""Long lists, read page by page in one snapshot while somebody takes the pages. No SQL.

Source: docs/decisions/0023.
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from deskcal.errors import Unavailable
from deskcal.limits import MIB
from deskcal.store.lists import PIECE_ROWS

FIRST_ROWS = 2_000
"""Rows from which on a list is paged; a shorter one is read whole."""
PAGE_BYTES = MIB
"""A page ends with the piece that comes to so many; the first one has one piece."""

_PIECE = re.compile(rf"(?:[0-9]+,?){{1,{PIECE_ROWS}}}")
_Whole = TypeVar("_Whole")


class PagedRows:
    """The rows of a list as JSON text, in pages that are read as the ones before are taken.

    All pages and the count are of one snapshot, which is held until the last page is taken or
    `close` is called: do not keep the reader waiting for long.
    """

    def __init__(self) -> None:
        self.count = 0
        """All events that match and may be seen; known with the first page."""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the first page is there."""
        self._page: list[bytes] = []
        self._filled, self._taken = asyncio.Event(), asyncio.Event()
        self._is_closed = self._is_ended = False
        self._failure: BaseException | None = None

    async def take(self) -> list[bytes]:
        """The next documents, joined by commas, in pieces as those of `Rows`; empty at the end.

        Raises: Unavailable where the rest can't be read.
        """
        while not self._page and not self._is_ended:
            self._filled.clear()
            await self._filled.wait()
        if self._failure is not None:
            raise self._failure
        page, self._page = self._page, []
        self._taken.set()
        return page

    def close(self) -> None:
        """Nothing more is taken: the reader stops, and lets go of the snapshot."""
        self._is_closed = True
        self._taken.set()

    def stop(self) -> None:
        """The store is closed: `take` raises Unavailable from now on."""
        self._failure = Unavailable("the server is stopping; the list is not complete")
        self._filled.set()
        self.close()

    async def put(self, pieces: list[bytes]) -> bool:
        """Hands on a page that is not empty; returns once it is taken. False: end the snapshot."""
        if not self.begun.done():
            self.begun.set_result(None)
        self._page = pieces
        self._filled.set()
        while self._page and not self._is_closed:
            self._taken.clear()
            await self._taken.wait()
        return not self._is_closed

    async def put_all(
        self, pieces: list[str], read: Callable[[deque[str]], Awaitable[list[bytes]]]
    ) -> bool:
        """Puts page after page; `read` takes the ids of one. False: end the snapshot."""
        left = deque(pieces)
        while left:
            if not await self.put(await read(left)):
                return False
        return True

    def end(self, reader: "asyncio.Task[Any]") -> None:
        """The reader is done, or has failed."""
        self._is_ended = True
        failure = asyncio.CancelledError() if reader.cancelled() else reader.exception()
        self._failure = self._failure or failure
        self._filled.set()


class PagedLists:
    """The lists of one node that are being read page by page."""

    def __init__(self, max_snapshots: int) -> None:
        """`max_snapshots`: lists that may hold one; further ones are read whole."""
        self._max_snapshots = max_snapshots
        self._readers: dict[asyncio.Task[Any], PagedRows] = {}

    @property
    def is_full(self) -> bool:
        """Whether as many hold a snapshot as may."""
        return len(self._readers) >= self._max_snapshots

    async def begin(
        self, read: Callable[[PagedRows], Coroutine[Any, Any, _Whole | None]]
    ) -> _Whole | PagedRows:
        """What `read` returns where it puts no page; else its pages, once the first is there.

        `read` goes on by itself, and ends soon when nobody waits for it any more.
        Raises: what `read` raises before the first page.
        """
        rows = PagedRows()
        reader = asyncio.get_running_loop().create_task(read(rows))
        self._readers[reader] = rows
        reader.add_done_callback(self._readers.pop)
        reader.add_done_callback(rows.end)
        try:
            both: set[asyncio.Future[Any]] = {reader, rows.begun}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        except BaseException:
            rows.close()
            raise
        whole = None if rows.begun.done() else reader.result()
        return rows if whole is None else whole

    async def close(self) -> None:
        """Stops all readers, and returns when they have let go of their snapshots."""
        for rows in self._readers.values():
            rows.stop()
        if self._readers:
            await asyncio.wait(list(self._readers))


def pieces_of(ids: str) -> list[str]:
    """Ids with commas between, cut into texts for one piece each.

    As 50,000 strings would take more memory than one text.
    """
    return _PIECE.findall(ids)


def length(ids: str) -> int:
    """How many ids these are, with commas between."""
    return ids.count(",") + 1 if ids else 0


def is_likely_small(piece: bytes, rows: int, max_answer_bytes: int) -> bool:
    """Whether so many documents like those of one piece take half of a largest answer at most."""
    return len(piece) * rows <= PIECE_ROWS * max_answer_bytes // 2

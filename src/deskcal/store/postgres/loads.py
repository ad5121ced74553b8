"""Single events, read together by statements that libpq sends, on connections kept for a moment.

A cursor of the driver costs the node three times as much, and so does borrowing a connection from
the pool for each statement. See docs/decisions/0022.
"""

import asyncio
import functools
from asyncio import Future
from typing import Any
from weakref import WeakSet

import msgspec
import psycopg
from psycopg import errors, pq

from deskcal.core.document import Record, record_of
from deskcal.errors import DeskcalError
from deskcal.limits import Limits
from deskcal.store.cache import RecordCache
from deskcal.store.ports import Loaded
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.pool import Reader

LOADS = 2
"""Statements for single events that are on their way at one time; the rest waits for the next."""
RUN_SEC = 0.01
"""How long a connection is kept for them, idle or not."""
_NAME = b"deskcal_documents"
_PREPARE = """
    PREPARE deskcal_documents (bigint[]) AS SELECT id, document FROM event WHERE id = ANY($1)"""
_Asked = dict[int, list[Loaded]]


class Loads:
    """What is asked for while statements are on their way goes into the next one."""

    def __init__(self, read: Reader, limits: Limits) -> None:
        self._read = read
        self._deadline_sec = limits.request_deadline_sec
        self._known = RecordCache(limits.cache_bytes)
        self._loop = asyncio.get_running_loop()
        self._waiting: _Asked = {}
        self._until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: list[_Run] = []
        self._prepared: WeakSet[Connection] = WeakSet()

    @property
    def known_bytes(self) -> int:
        """Memory of decoded documents, about."""
        return self._known.size_bytes

    def load(self, event_id: int) -> "Future[Record | None]":
        """The event; None: there is none."""
        answer: Future[Record | None] = self._loop.create_future()
        self.read(event_id, functools.partial(_settle, answer))
        return answer

    def read(self, event_id: int, done: Loaded) -> None:
        """Calls `done` with the event."""
        if not self._waiting:
            self._until = self._loop.time() + self._deadline_sec
            if self._idle or len(self._tasks) < LOADS:
                self._loop.call_soon(self._begin)
        self._waiting.setdefault(event_id, []).append(done)

    def _begin(self) -> None:
        if self._waiting:
            if self._idle:
                self._idle.pop().ask(self._take())
            elif len(self._tasks) < LOADS:
                task = self._loop.create_task(self._run(self._take(), self._until))
                self._tasks.add(task)
                task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._begin()

    def _take(self) -> _Asked:
        asked, self._waiting = self._waiting, {}
        return asked

    async def _run(self, asked: _Asked, until: float) -> None:
        """Reads on a connection for a while; on another one where it gets lost."""
        run = _Run(self._loop, self, asked, until - self._deadline_sec + RUN_SEC)
        try:
            await self._read.until(until, run.on)
        except DeskcalError as exc:
            for several in run.asked.values():
                self._call(several, None, exc)

    def answer(self, run: "_Run", asked: _Asked, found: dict[int, bytes]) -> None:
        """Hands on what a statement found, and has the next one begin."""
        for event_id, several in asked.items():
            document = found.get(event_id)
            try:
                event = None if document is None else self._record(event_id, document)
            except msgspec.DecodeError as exc:
                self._call(several, None, exc)
            else:
                self._call(several, event, None)
        if run.is_over or self._read.waiting:
            run.end()
        elif self._waiting:
            run.ask(self._take())
        else:
            self._idle.append(run)

    def _record(self, event_id: int, document: bytes) -> Record:
        """The document as the database has it now; the same text is not decoded twice."""
        known = self._known.get(event_id)
        if known is not None and known.document == document:
            return known
        record = record_of(document)
        self._known.put(event_id, record)
        return record

    async def prepare(self, connection: Connection) -> None:
        """Has the statement there, once for each connection. Raises: psycopg.Error."""
        if connection not in self._prepared:
            await connection.execute(_PREPARE)
            self._prepared.add(connection)

    async def prepare_again(self, connection: Connection) -> None:
        """For a connection that has lost the statement. Raises: psycopg.Error."""
        self._prepared.discard(connection)
        await self.prepare(connection)

    def leave(self, run: "_Run") -> None:
        """It takes no more."""
        if run in self._idle:
            self._idle.remove(run)

    def _call(self, several: list[Loaded], event: Record | None, error: Exception | None) -> None:
        """What one of them raises is not to concern the others."""
        for done in several:
            try:
                done(event, error)
            except Exception as exc:
                self._loop.call_exception_handler({"message": "a read failed", "exception": exc})


class _Run:
    """Statements on a connection, one after another, until a time of the event loop's clock."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, loads: Loads, asked: _Asked, over_at: float
    ) -> None:
        self._loop = loop
        self._loads = loads
        self._over_at = over_at
        self._results: list[Any] = []
        self._is_full = False
        """Whether the socket does not take all of a statement."""
        self._is_watching = False
        """Whether the event loop watches the socket."""
        self.is_over = False
        """Whether this statement is the last one."""
        self.asked = asked
        """What is not answered yet."""

    async def on(self, connection: Connection) -> None:
        """Reads what was asked for, then what `ask` is given. Raises: psycopg.Error."""
        await self._loads.prepare(connection)
        try:
            await self._read(connection.pgconn)
        except errors.InvalidSqlStatementName:
            # After some rollbacks the driver deallocates every statement of the connection.
            await self._loads.prepare_again(connection)
            await self._read(connection.pgconn)

    async def _read(self, pgconn: pq.abc.PGconn) -> None:
        self._pgconn, self._socket = pgconn, pgconn.socket
        self._done: Future[None] = self._loop.create_future()
        self.is_over = self._loop.time() >= self._over_at
        ending = self._loop.call_at(self._over_at, self._stop)
        self._loop.add_reader(self._socket, self._receive)
        self._is_watching = True
        try:
            self.ask(self.asked)
            await self._done
        finally:
            ending.cancel()
            self._leave()

    def _leave(self) -> None:
        """Takes no more, and watches the socket no more: the number of a closed one is reused."""
        self._loads.leave(self)
        if self._is_watching:
            self._is_watching = False
            self._loop.remove_reader(self._socket)
            if self._is_full:
                self._loop.remove_writer(self._socket)
                self._is_full = False

    def ask(self, asked: _Asked) -> None:
        """Sends a statement; the one before it is over."""
        self.asked = asked
        self._results = []
        ids = integers(asked).encode()
        try:
            self._pgconn.send_query_prepared(_NAME, [ids], result_format=pq.Format.BINARY)
            self._send()
        except psycopg.Error as exc:
            self.end(exc)

    def end(self, error: psycopg.Error | None = None) -> None:
        """Gives the connection back."""
        if not self._done.done():
            if error is None:
                self._done.set_result(None)
            else:
                self._done.set_exception(error)

    def _stop(self) -> None:
        self.is_over = True
        if not self.asked:
            self._loads.leave(self)
            self.end()

    def _send(self) -> None:
        """Sends what the socket takes; the rest as soon as it takes more."""
        is_full = self._pgconn.flush() != 0
        if is_full and not self._is_full:
            self._loop.add_writer(self._socket, self._send_more)
        elif self._is_full and not is_full:
            self._loop.remove_writer(self._socket)
        self._is_full = is_full

    def _send_more(self) -> None:
        try:
            self._send()
        except psycopg.Error as exc:
            self.end(exc)

    def _receive(self) -> None:
        """Takes what has arrived: of a statement its result, and then that it is over."""
        try:
            self._pgconn.consume_input()
            while not self._pgconn.is_busy():
                result = self._pgconn.get_result()
                if result is None:
                    self._finish()
                    break
                self._results.append(result)
        except psycopg.Error as exc:
            self._leave()
            self.end(exc if self.asked else None)

    def _finish(self) -> None:
        """Of a statement; between two of them the server has said something of its own."""
        if not self._results or not self.asked:
            return
        result = self._results[-1]
        if result.status != pq.ExecStatus.TUPLES_OK:
            raise errors.error_from_result(result)
        value = result.get_value
        rows = range(result.ntuples)
        found = {int.from_bytes(value(row, 0)): value(row, 1) for row in rows}
        asked, self.asked = self.asked, {}
        self._loads.answer(self, asked, found)


def _settle(answer: "Future[Record | None]", event: Record | None, error: Exception | None) -> None:
    if answer.done():
        return
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(event)

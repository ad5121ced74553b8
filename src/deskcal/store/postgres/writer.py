"""The one writer of a node: a task that commits what waits in groups, one group after the other.

Each mutation is answered only after its commit. What failed before the COMMIT was sent was surely
not applied; afterwards only the database knows, unless it says so itself.
"""

import asyncio
import functools
import logging
import random
import time
from asyncio import Future
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg import errors

from deskcal.errors import DeskcalError, Timeout, Unavailable
from deskcal.incidents import LastingFault, incident_of
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import Collection, CommitResult, WorkOutcome
from deskcal.store.ports import StoreError
from deskcal.store.ports.work import Work
from deskcal.store.postgres.applying import (
    KnownIds,
    MissingIds,
    apply_group,
    new_events,
    size_of,
)
from deskcal.store.postgres.changes import begin_timeline
from deskcal.store.postgres.connection import (
    CONNECT_TIMEOUT_SEC,
    READ_ONLY,
    Connection,
    as_far_as_possible,
    cut,
    cut_after,
    end_stalled,
    fault_of,
    is_lost,
    is_quiet,
    require_writable,
    why_away,
)
from deskcal.store.postgres.entries import Entry, Job, Run, refuse, refuse_each, settle
from deskcal.store.postgres.found import Found
from deskcal.store.postgres.group import find_collections, new_ids, number_collections, write
from deskcal.store.postgres.locking import lock, needs_lock
from deskcal.store.postgres.objects import as_name_taken
from deskcal.store.postgres.url import one_line

ATTEMPTS = 4
"""At a group that the database asks to try again: it crossed with somebody else's."""
PAUSE_SEC = 0.05
"""At most, at random, before the next attempt."""
GROUP = 256
"""Mutations in a group at most, as they are applied on the event loop, some 50 us each."""
SPARE_IDS = 8
"""Ids of new events that are fetched ahead, at least; and as many again as the group needs."""
IDS_AT_ONCE, ID_GROWTH = 4096, 4
"""A group may need many more than it does need: so many at first, then so many times as many."""
STOP_SEC = 5
"""What is under way when the writer is closed may take this long."""
REMEMBERED = 1000
"""Collections whose numbers are kept; then they are looked up again."""
TICKS = 20
"""The queue is looked through so often within the deadline of a request."""

_TRY_AGAIN = (errors.SerializationFailure, errors.DeadlockDetected, errors.NotNullViolation)
"""The last: a collection that this node remembers is gone."""
RETRY_SEC = 1.0
"""After a failed connect, without changes that ask for one."""

logger = logging.getLogger(__name__)


class Writer:
    """Takes mutations in order; `on_committed` is called with every group that was committed."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        on_committed: Callable[[CommitResult], None],
        limits: Limits,
        default_timezone: str,
    ) -> None:
        self._timezone = default_timezone
        self._connect = connect
        self._on_committed = on_committed
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._queue: deque[Entry] = deque()
        self._group: list[Entry] = []
        self._woken = asyncio.Event()
        self._is_closing = False
        self._connection: Connection | None = None
        self._collections: dict[Collection, int] = {}
        self._ids: list[int] = []
        self._fault, self._commit_fault = LastingFault(logger), LastingFault(logger)
        self.why_away = ""
        """Why there is no connection, after an attempt to make one; empty: there is, or may be."""
        self._is_committing = False
        self._tick_sec = limits.request_deadline_sec / TICKS
        self._ticking = self._loop.call_later(self._tick_sec, self._tick)
        self._task = self._loop.create_task(self._run())

    async def start(self) -> None:
        """Connects, as a first change must not begin a timeline; or tries again later."""
        await self._is_connected()
        self._woken.set()

    @property
    def waiting(self) -> int:
        """Mutations and jobs in the queue."""
        return len(self._queue)

    def put(self, work: Work) -> "Future[Any]":
        """Queues `work` at once."""
        return self._put(work)

    async def job(self, run: Run) -> Any:
        """`run` in a write transaction of its own; what it staged in the batch is written too."""
        return await self._put(Job(run))

    def _put(self, work: Work | Job) -> "Future[Any]":
        answer: Future[Any] = self._loop.create_future()
        if self._is_closing:
            answer.set_exception(Unavailable("the server is stopping; nothing was applied"))
        elif len(self._queue) >= self._limits.max_queued_mutations:
            answer.set_exception(
                Unavailable("too many changes are waiting; nothing was applied, try again later")
            )
        else:
            until = self._loop.time() + self._limits.request_deadline_sec
            self._queue.append(Entry(work, answer, until))
            self._woken.set()
        return answer

    async def close(self) -> None:
        """Commits what is queued, as long as the database goes along, and lets go of it."""
        self._is_closing = True
        self._woken.set()
        if not (await asyncio.wait([self._task], timeout=STOP_SEC))[0] and self._connection:
            cut(self._connection)
        await self._task
        self._ticking.cancel()
        await self._drop()

    def _tick(self) -> None:
        """Answers what has waited for too long; looks again after a while."""
        now = self._loop.time()
        while self._queue and self._queue[0].until <= now:
            late = Unavailable("the change waited too long; it was not applied")
            refuse(self._queue.popleft(), late)
        for entry in self._group:
            if entry.until <= now:
                refuse(entry, Timeout("the change took too long; its outcome is unknown"))
        self._ticking = self._loop.call_later(self._tick_sec, self._tick)

    async def _run(self) -> None:
        while self._queue or not self._is_closing:
            self._woken.clear()
            if not self._queue:
                await self._wait()
            elif await self._is_connected():
                await self._commit(self._take())
            else:
                await self._refuse_all()

    async def _wait(self) -> None:
        """Until there may be something to do; meanwhile a lost database is looked for again."""
        try:
            async with asyncio.timeout(RETRY_SEC if self.why_away else None):
                await self._woken.wait()
        except TimeoutError:
            await self._is_connected()

    def _take(self) -> list[Entry]:
        """The mutations that wait, up to a job; or the job."""
        group = [self._queue.popleft()]
        if isinstance(group[0].work, Job):
            return group
        left = min(self._limits.max_group, GROUP) - size_of(group[0].work)
        while self._queue and left > 0:
            if isinstance(self._queue[0].work, Job):
                break
            group.append(self._queue.popleft())
            left -= size_of(group[-1].work)
        return group

    async def _refuse_all(self) -> None:
        """Nothing that waits can be applied; then a pause, so that nobody is asked in a circle."""
        refuse_each(self._queue, _refusal(self.why_away))
        self._queue.clear()
        await asyncio.sleep(random.uniform(0, PAUSE_SEC))

    async def _is_connected(self) -> bool:
        """Whether there is a connection, after an attempt to make one.

        What is remembered of the database is read again: after a failover it may be another one.
        """
        if self._connection is not None and is_quiet(self._connection):
            return True
        await self._drop()
        try:
            self._connection = await self._connect()
            with cut_after(self._connection, CONNECT_TIMEOUT_SEC):
                await require_writable(self._connection)
                await begin_timeline(self._connection, time.time())
        except (psycopg.Error, StoreError, OSError, Unavailable) as exc:
            self.why_away = why_away(exc)
            self._fault.failed("the writer can't connect to the database", one_line(exc))
            await self._drop()
            return False
        self.why_away = ""
        self._ids.clear()
        self._collections.clear()
        return True

    async def _drop(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _commit(self, group: list[Entry]) -> None:
        """Commits `group`; where one of its mutations breaks it, without that one."""
        assert self._connection is not None
        self._group = group
        self._is_committing = False
        left_sec = max(entry.until for entry in group) - self._loop.time()
        try:
            with cut_after(self._connection, left_sec):
                outcomes, result = await self._transact_until_it_fits(self._connection, group)
        except psycopg.Error as exc:
            await self._fail(group, exc)
        except Exception as exc:
            await self._roll_back()
            await self._isolate(group, exc)
        else:
            self._fault.succeeded()
            self._commit_fault.succeeded()
            if result is not None:
                self._loop.call_soon(self._on_committed, result)
            for entry, outcome in zip(group, outcomes, strict=True):
                settle(entry, outcome)
        finally:
            self._group = []

    async def _fail(self, group: list[Entry], exc: psycopg.Error) -> None:
        """After an error of the database."""
        is_refusal = exc.diag.severity_nonlocalized == "ERROR"
        if self._is_committing and not is_refusal:
            text = f"the commit of {len(group)} mutations failed"
            self._commit_fault.failed(text, one_line(exc))
            await self._drop()
            refuse_each(group, Timeout("the commit failed; whether it was applied is unknown"))
            return
        await self._roll_back()
        if isinstance(exc, errors.ReadOnlySqlTransaction):
            await self._drop()
            self.why_away = READ_ONLY
        elif not isinstance(
            exc, (psycopg.OperationalError, errors.IdleInTransactionSessionTimeout)
        ):
            await self._isolate(group, as_name_taken(exc))
            return
        self._fault.failed(f"{len(group)} mutations were not applied", one_line(exc))
        if isinstance(exc, errors.LockNotAvailable):
            await self._end_stalled()
        refuse_each(group, _refusal(fault_of(exc)))

    async def _end_stalled(self) -> None:
        if self._connection is not None:
            with as_far_as_possible(self._connection, self._limits.request_deadline_sec):
                await end_stalled(self._connection)

    async def _isolate(self, group: list[Entry], exc: Exception) -> None:
        """After an error that one of the group has brought along: halves it until that is alone."""
        if len(group) > 1:
            middle = len(group) // 2
            for half in (group[:middle], group[middle:]):
                if await self._is_connected():
                    await self._commit(half)
                else:
                    refuse_each(half, _refusal(self.why_away))
        elif isinstance(exc, DeskcalError):
            refuse(group[0], exc)
        else:
            refuse(group[0], incident_of(exc, "a change", is_change=True))

    async def _roll_back(self) -> None:
        if self._connection is None:
            return
        with as_far_as_possible(self._connection, self._limits.request_deadline_sec):
            await self._connection.execute("ROLLBACK")
        if is_lost(self._connection):
            await self._drop()

    async def _transact_until_it_fits(
        self, connection: Connection, group: list[Entry]
    ) -> tuple[list[WorkOutcome], CommitResult | None]:
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._transact(connection, group)
            except _TRY_AGAIN as exc:
                logger.info("a group crossed with another one: %s", one_line(exc))
                self._is_committing = False
                self._collections.clear()
                await connection.execute("ROLLBACK")
                await asyncio.sleep(random.uniform(0, PAUSE_SEC))
        return await self._transact(connection, group)

    async def _transact(
        self, connection: Connection, group: list[Entry]
    ) -> tuple[list[WorkOutcome], CommitResult | None]:
        """The outcomes, and what the group leaves if it has written anything."""
        job = group[0].work
        mutations = [entry.work for entry in group if not isinstance(entry.work, Job)]
        most_ids = sum(map(new_events, mutations))
        await self._have_ids(connection, min(most_ids, IDS_AT_ONCE))
        found = Found()
        has_begun = isinstance(job, Job) or needs_lock(mutations)
        if has_begun:
            found = await lock(connection, mutations)
        new_batch = functools.partial(
            Batch,
            found,
            KnownIds(self._ids),
            retry_window_sec=self._limits.retry_window_sec,
            trash_retention_sec=self._limits.trash_retention_sec,
            default_timezone=self._timezone,
        )
        if isinstance(job, Job):
            batch = new_batch()
            outcomes = [await job.run(connection, batch)]
        else:
            while True:
                try:
                    batch, outcomes = await apply_group(connection, found, mutations, new_batch)
                    break
                except MissingIds:
                    if len(self._ids) >= most_ids:
                        raise
                    await self._have_ids(connection, min(most_ids, ID_GROWTH * len(self._ids)))
        if not batch.is_empty:
            return outcomes, await self._write(connection, batch, outcomes, has_begun)
        if has_begun:
            self._is_committing = isinstance(job, Job)
            await connection.execute("COMMIT" if self._is_committing else "ROLLBACK")
        return outcomes, None

    async def _write(
        self, connection: Connection, batch: Batch, outcomes: list[WorkOutcome], has_begun: bool
    ) -> CommitResult:
        writes = batch.writes()
        collections = dict(self._collections)
        missing = [code for code in writes.collections() if code not in collections]
        if missing:
            collections |= await find_collections(connection, missing)
            missing = [code for code in missing if code not in collections]
        if missing:
            if not has_begun:
                await connection.execute("BEGIN")
            has_begun = True
            collections |= await number_collections(connection, missing)
        if not is_quiet(connection):
            raise psycopg.OperationalError("the connection ended before the changes were sent")
        used, self._ids = self._ids[: batch.ids_used], self._ids[batch.ids_used :]
        self._is_committing = True
        try:
            last_seq = await write(
                connection,
                batch,
                writes,
                collections,
                begins=not has_begun,
                retry_window_sec=self._limits.retry_window_sec,
                escalate_after_sec=self._limits.escalate_after_sec,
            )
        except psycopg.Error as exc:
            if exc.diag.severity_nonlocalized == "ERROR":
                self._ids = used + self._ids
            raise
        self._collections = collections if len(collections) <= REMEMBERED else {}
        batch.number_batches(outcomes, last_seq)
        has_fired = bool(batch.notifications.new or batch.notifications.woken)
        return CommitResult(outcomes, {}, last_seq, batch.earliest_due, {}, [], has_fired)

    async def _have_ids(self, connection: Connection, count: int) -> None:
        if len(self._ids) < count:
            self._ids += await new_ids(connection, 2 * count + SPARE_IDS - len(self._ids))


def _refusal(fault: str) -> Unavailable:
    return Unavailable(f"{fault}; nothing was applied, try again later")

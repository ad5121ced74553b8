"""The one writer of the embedded store: a thread that commits what waits in groups.

What is queued when the writer looks goes into one transaction and one sync; each mutation is
answered only after it. A mutation whose `change` raises leaves its neighbours untouched.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

import apsw

from deskcal.errors import DeskcalError, Timeout, Unavailable
from deskcal.incidents import LastingFault, incident_of
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import CommitResult
from deskcal.store.ports.work import Transaction, Work
from deskcal.store.sqlite.checkpoint import CHECKPOINT_PAGES, Checkpoint
from deskcal.store.sqlite.connection import is_full
from deskcal.store.sqlite.group import Job, Numbers, SqliteBatch
from deskcal.store.sqlite.statements import Statements
from deskcal.threads import short_turns

HANDED_OVER = 64
"""So many changes are handed over before the turn of the event loop ends, which may be long."""
LARGE = 64
"""Events that a transaction may change: with more the event loop does not wait for its group, whose
statements take longer than it would wait."""
logger = logging.getLogger(__name__)

_TAKEN = object()
_NOT_APPLIED = (
    apsw.FullError,
    apsw.IOError,
    apsw.BusyError,
    apsw.ReadOnlyError,
    apsw.CantOpenError,
)
"""Where the database is at fault, and surely nothing was applied."""


class Writer:
    """Takes mutations in order, hands every group that has been committed to `on_committed`."""

    def __init__(
        self,
        connect: Callable[[], apsw.Connection],
        on_committed: Callable[[Sequence[Work | Job], CommitResult], None],
        *,
        max_group: int,
        retry_window_sec: int,
        escalate_after_sec: int,
        trash_retention_sec: int,
    ) -> None:
        """`on_committed` is called on the writer's thread."""
        self._connect = connect
        self._on_committed = on_committed
        self._max_group = max_group
        self._retry_window_sec = retry_window_sec
        self._escalate_after_sec = escalate_after_sec
        self._trash_retention_sec = trash_retention_sec
        self._queue: queue.SimpleQueue[Work | Job | None] = queue.SimpleQueue()
        self._waiting: dict[int, None] = {}
        self._checkpoint: Checkpoint | None = None
        self._is_broken = False
        self._fault, self._log_fault = LastingFault(logger), LastingFault(logger)
        self._open_fault, self._commit_fault = LastingFault(logger), LastingFault(logger)
        self._turn: list[Work] = []
        self._handing = threading.Lock()
        """While a turn is queued: else a writer that waits could take a part of it as a group."""
        self._statements = Statements()
        self._doubtful: set[int] = set()
        self._last_collection = 0
        self._open()
        self._thread = threading.Thread(target=self._run, name="deskcal-writer", daemon=True)

    @property
    def numbers(self) -> Numbers:
        """The numbers in use after the newest commit."""
        return self._numbers

    def start(self) -> None:
        """Begins to commit."""
        self._thread.start()

    def put(self, work: Work) -> None:
        """Keeps `work` for `hand_over`, or hands over many."""
        self._waiting[id(work)] = None
        self._turn.append(work)
        if len(self._turn) >= HANDED_OVER:
            self.hand_over()

    def hand_over(self) -> None:
        """Queues what was put, so that what the event loop read in one turn is one group."""
        if self._turn:
            self._statements.expect(_waited_for(self._turn))
            with self._handing:
                for work in self._turn:
                    self._queue.put(work)
            self._turn.clear()

    def put_job(self, job: Job) -> None:
        """Queues `job` after what was put; never blocks."""
        self.hand_over()
        self._queue.put(job)

    def withdraw(self, key: int) -> bool:
        """Whether the mutation of this `id()` was still waiting; then it is not applied."""
        return self._waiting.pop(key, _TAKEN) is not _TAKEN

    def let_write(self) -> None:
        """Blocks until the statements that the writer runs, or begins now, are over: `Statements`.

        Not while it commits, or runs a job.
        """
        self._statements.wait()

    def waiting(self) -> int:
        """Mutations in the queue, withdrawn ones too."""
        return self._queue.qsize() + len(self._turn)

    def close(self) -> None:
        """Commits what was handed over, then lets go of the database. Blocks."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self._drop()

    def _open(self) -> None:
        """A fresh connection; what is remembered of the database is read again."""
        self._connection = self._connect()
        self._connection.set_wal_hook(self._count_pages)
        self._wal_pages = 0
        self._copied_pages = 0
        self._numbers = Numbers.read(self._connection, self._last_collection)
        self._last_collection = self._numbers.last_collection

    def _count_pages(self, _: apsw.Connection, __: str, pages: int) -> int:
        """Called after each commit, in place of the checkpoint that would hide a failed sync."""
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _run(self) -> None:
        stopping = False
        while not stopping:
            group, last = self._take()
            if group:
                self._statements.begin(_waited_for(group))
                with short_turns:
                    self._commit_group(group)
            self._statements.end()
            if isinstance(last, Job):
                with short_turns:
                    self._commit_job(last)
            stopping = last is None
            self._copy_log()

    def _take(self) -> tuple[list[Work], Work | Job | None]:
        """The mutations that wait, up to a job or the end; and what was taken last."""
        self._statements.is_idle = True
        taken = self._queue.get()
        self._statements.is_idle = False
        with self._handing:
            pass
        group: list[Work] = []
        left = self._max_group
        while taken is not None and not isinstance(taken, Job):
            if self._waiting.pop(id(taken), _TAKEN) is not _TAKEN:
                group.append(taken)
                left -= taken.size if isinstance(taken, Transaction) else 1
            if left <= 0:
                break
            try:
                taken = self._queue.get_nowait()
            except queue.Empty:
                break
        return group, taken

    def _commit_job(self, job: Job) -> None:
        """Runs `job` in a transaction of its own; what it raises is its caller's."""
        try:
            result = self._transact(lambda batch: [job.run(self._connection, batch)])
        except _CommitFailed as exc:
            self._commit_fault.failed("the commit of a job failed", exc)
            self._reopen()
            result = self._all(
                [job], Timeout("the commit failed; whether it was applied is unknown")
            )
        except Exception as exc:
            self._roll_back()
            result = self._all([job], self._error_of_job(exc))
        else:
            if job.changes_numbers:
                self._numbers = Numbers.read(self._connection, self._last_collection)
        self._on_committed([job], result)

    def _commit_group(self, group: list[Work]) -> None:
        """Commits `group`; where one of its mutations breaks it, each for itself."""
        try:
            result = self._transact(lambda batch: batch.apply_all(group))
        except _CommitFailed as exc:
            self._commit_fault.failed(f"the commit of {len(group)} mutations failed", exc)
            self._reopen()
            result = self._all(
                group, Timeout("the commit failed; whether it was applied is unknown")
            )
        except _NOT_APPLIED as exc:
            self._fault.failed(f"{len(group)} mutations were not applied", exc)
            self._roll_back()
            result = self._all(group, _unavailable(exc))
        except Exception as exc:
            self._roll_back()
            if len(group) > 1:
                for mutation in group:
                    self._commit_group([mutation])
                return
            result = self._all(group, _as_error(exc, group[0]))
        self._on_committed(group, result)

    def _transact(self, apply: Callable[[Batch], list[Any]]) -> CommitResult:
        self._mend()
        self._connection.execute("BEGIN IMMEDIATE")
        batch = SqliteBatch(
            self._connection,
            self._numbers,
            retry_window_sec=self._retry_window_sec,
            escalate_after_sec=self._escalate_after_sec,
            trash_retention_sec=self._trash_retention_sec,
        )
        outcomes = apply(batch.staged)
        batch.write()
        result = batch.commit_result(outcomes)
        self._statements.end()
        try:
            self._connection.execute("COMMIT")
        except apsw.FullError:
            raise
        except apsw.Error as exc:
            self._doubtful |= result.records.keys()
            self._doubtful |= {event.id for event, _ in result.fired}
            raise _CommitFailed(str(exc)) from exc
        self._fault.succeeded()
        self._commit_fault.succeeded()
        self._numbers = batch.numbers
        self._last_collection = self._numbers.last_collection
        return self._with_doubtful(result)

    def _error_of_job(self, exc: Exception) -> DeskcalError:
        """Clients learn what to do, not what the database says."""
        if not isinstance(exc, (DeskcalError, apsw.Error)):
            return incident_of(exc, "a job", is_change=True)
        self._fault.failed("a job was not applied", exc)
        return _unavailable(exc) if isinstance(exc, apsw.Error) else exc

    def _all(self, group: Sequence[Work | Job], error: DeskcalError) -> CommitResult:
        """What a group leaves of which nothing is known to be there."""
        return self._with_doubtful(
            CommitResult([error] * len(group), {}, self._numbers.last_seq, 0, {})
        )

    def _with_doubtful(self, result: CommitResult) -> CommitResult:
        """`result`; after a failed commit it also says what memory must forget and look at again.

        A group whose commit failed may be there after all, once the database is reopened.
        """
        if self._doubtful:
            result.records = dict.fromkeys(self._doubtful) | result.records
            result.collections |= self._numbers.collections
            result.earliest_due = 1
        if not self._is_broken:
            self._doubtful = set()
        return result

    def _roll_back(self) -> None:
        if not self._is_broken and self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except apsw.Error:
                logger.exception("rollback failed; reopening the database")
                self._reopen()

    def _reopen(self) -> None:
        """Drops the connection for a new one, so that only what reached the disk counts."""
        self._is_broken = True
        self._drop()
        try:
            self._mend()
        except apsw.Error as exc:
            self._open_fault.failed(
                "the database can't be reopened; each mutation tries again", exc, exc_info=exc
            )

    def _mend(self) -> None:
        """After a failure: reopens the database and brings all of it to the disk.

        What a failed sync should have written counts as written, so the whole log is copied into
        the database, and begun afresh, before anything that builds on it is acknowledged.
        Raises: apsw.Error while the disk still fails.
        """
        if self._is_broken:
            self._drop()
            self._open()
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self._is_broken = False
        self._open_fault.succeeded()

    def _drop(self) -> None:
        """Closes the connection, whatever its disk says to that."""
        if self._checkpoint is not None:
            self._checkpoint.wait()
            self._checkpoint = None
        try:
            self._connection.close(True)
        except apsw.Error as exc:
            self._fault.failed("closing the database failed", exc)

    def _copy_log(self) -> None:
        """Copies the write-ahead log into the database once it is long; a failure is not silent.

        Also where no thread can be started: without the writer's own, no change would be answered.
        """
        if self._is_broken:
            return
        try:
            self._go_on_copying()
        except apsw.BusyError:
            logger.debug("another process copies the write-ahead log")
        except Exception as exc:
            self._log_fault.failed(
                "copying the write-ahead log failed; reopening the database", exc, exc_info=exc
            )
            self._reopen()
        else:
            self._log_fault.succeeded()

    def _go_on_copying(self) -> None:
        """Begins a checkpoint beside the writer, or copies the rest of one that has ended.

        The rest whatever its size, so that the log does not grow as long as changes keep coming. A
        read that goes on may keep it from being copied, or a command that copies it itself: then
        again after each group.
        """
        if self._checkpoint is not None:
            if self._checkpoint.is_running:
                return
            ended, self._checkpoint = self._checkpoint, None
            self._copied_pages = ended.pages()
        elif self._wal_pages < self._copied_pages:
            self._copied_pages = 0
        elif self._wal_pages - self._copied_pages >= CHECKPOINT_PAGES:
            self._checkpoint = Checkpoint(self._connect)
            return
        if self._copied_pages:
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)


def _waited_for(group: Sequence[Work]) -> int:
    """How many changes the event loop may wait for; 0: it does not wait for this group."""
    is_large = any(isinstance(one, Transaction) and one.size > LARGE for one in group)
    return 0 if is_large else len(group)


class _CommitFailed(apsw.Error):
    """COMMIT itself failed: whether the group is on the disk is not known."""


def _unavailable(exc: apsw.Error) -> Unavailable:
    fault = "the disk is full" if is_full(exc) else "the database failed"
    return Unavailable(f"{fault}; nothing was applied, try later")


def _as_error(exc: Exception, work: Work) -> DeskcalError:
    if isinstance(exc, DeskcalError):
        return exc
    ids = work.event_ids[:5] if isinstance(work, Transaction) else [work.event_id]
    return incident_of(exc, f"a change of events {ids}", is_change=True)

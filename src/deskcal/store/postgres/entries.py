"""What waits for the writer: mutations and jobs with their answers. No SQL here."""

from asyncio import Future
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from msgspec import Struct

from deskcal.errors import DeskcalError, without_frames
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import WorkOutcome
from deskcal.store.ports.work import Work
from deskcal.store.postgres.connection import Connection

Run = Callable[[Connection, Batch], Awaitable[Any]]


class Job(Struct, frozen=True):
    """Something the server does on its own, in a transaction of its own."""

    run: Run


class Entry(Struct, eq=False):
    """A mutation or job on its way: its answer, and when its time is over (of the loop's clock)."""

    work: Work | Job
    answer: "Future[Any]"
    until: float


def settle(entry: Entry, outcome: WorkOutcome) -> None:
    """Answers an entry with its outcome; one that was answered before keeps its answer."""
    if isinstance(outcome, DeskcalError):
        refuse(entry, outcome)
    elif not entry.answer.done():
        entry.answer.set_result(outcome)


def refuse_each(group: Iterable[Entry], error: DeskcalError) -> None:
    """Answers every entry with an error of its own, as each gets a traceback."""
    for entry in group:
        refuse(entry, type(error)(error.message))


def refuse(entry: Entry, error: DeskcalError) -> None:
    """Answers an entry with an error; one that was answered before keeps its answer."""
    if not entry.answer.done():
        entry.answer.set_exception(without_frames(error))

"""A group on PostgreSQL as it is applied: again after each round of what its claims look at."""

from collections.abc import Callable, Sequence
from typing import Any

from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import WorkOutcome
from deskcal.store.ports.calls import MissingRows
from deskcal.store.ports.work import Mutation, Transaction, Work
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.found import Found


class MissingIds(Exception):
    """The group needs more ids of new events than there are: fetch more, and apply it again."""


class KnownIds(Sequence[int]):
    """Ids of new events, as many as were fetched so far."""

    def __init__(self, ids: list[int]) -> None:
        """`ids` grows in place as more are fetched."""
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: Any) -> Any:
        """The id. Raises: MissingIds for one that is yet to be fetched."""
        if index >= len(self._ids):
            raise MissingIds
        return self._ids[index]


def size_of(work: object) -> int:
    """Events that it may change."""
    return work.size if isinstance(work, Transaction) else 1


def new_events(work: Work) -> int:
    """Ids that it may need."""
    if isinstance(work, Transaction):
        return work.new_events
    return 1 if isinstance(work, Mutation) and not work.event_id else 0


async def apply_group(
    connection: Connection, found: Found, group: Sequence[Work], new_batch: Callable[[], Batch]
) -> tuple[Batch, list[WorkOutcome]]:
    """The group applied, and its outcomes.

    Claims raise MissingRows for what is yet to be fetched or locked; then all of it is applied
    again. The group holds the lock of claims, so nobody claims what was fetched meanwhile.
    """
    while True:
        batch = new_batch()
        outcomes = [outcome for work in group for outcome in _applied(batch, work)]
        if len(outcomes) == len(group):
            return batch, outcomes
        missing = set(found.calls.missing_ids)
        found.documents |= dict(await found.calls.fetch(connection))
        found.locked |= missing


def _applied(batch: Batch, work: Work) -> list[WorkOutcome]:
    """Its outcome; nothing where rows are missing."""
    try:
        return [batch.apply(work)]
    except MissingRows:
        return []

"""The series of one group of mutations in memory: read once, staged, written with the group."""

from typing import Protocol

from msgspec import Struct

from deskcal.core.series import Series
from deskcal.core.series_document import decode_series, encode_series
from deskcal.store.batch.undo import Undo
from deskcal.store.ports import SeriesStep

SeriesChange = tuple[int, int, bytes]
"""Series, batch as in a `ChangeRow`, document; empty: nothing is left of it."""


class StoredSeries(Protocol):
    """What is in the database of series while a group is applied."""

    def series(self, series_id: int) -> bytes | None:
        """The document of a series; None: there is none."""

    def series_documents(self, series_id: int) -> dict[int, bytes]:
        """The documents of all events of a series, by id."""


class SeriesWrites(Struct):
    """What a group leaves to be written of series."""

    rows: list[tuple[int, int, bytes]] = []
    """Id, horizon (0: the rule has ended) and document."""
    gone: list[int] = []
    changes: list[SeriesChange] = []


def open_horizon(series: Series) -> int:
    """The column `horizon`: 0 where the rule has ended, so that nothing is to be made."""
    return 0 if series.is_ended else series.horizon


def step_of(series_id: int, before: bytes | None, after: bytes) -> SeriesStep:
    """What a batch did to a series, of documents that are empty or None where there was none."""
    return SeriesStep(
        series_id,
        decode_series(before) if before else None,
        decode_series(after) if after else None,
    )


class StagedSeries:
    """The series that a group reads and changes."""

    def __init__(self, stored: StoredSeries, undo: Undo) -> None:
        self._stored = stored
        self._undo = undo
        self._after: dict[int, Series | None] = {}
        self._documents: dict[int, dict[int, bytes]] = {}
        self._changes: list[SeriesChange] = []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self._changes

    @property
    def changed_ids(self) -> set[int]:
        """Those that the group changes."""
        return {series_id for series_id, _, _ in self._changes}

    def get(self, series_id: int) -> Series | None:
        """The series as the group has left it so far; None: there is none."""
        if series_id not in self._after:
            document = self._stored.series(series_id)
            self._after[series_id] = None if document is None else decode_series(document)
        return self._after[series_id]

    def documents(self, series_id: int) -> dict[int, bytes]:
        """The documents of its events by id, as they were before the group."""
        if series_id not in self._documents:
            self._documents[series_id] = self._stored.series_documents(series_id)
        return self._documents[series_id]

    def put(self, series_id: int, series: Series | None, batch: int) -> None:
        """Stages what becomes of a series; None: it is gone."""
        self.get(series_id)
        self._undo.put(self._after, series_id, series)
        self._changes.append((series_id, batch, encode_series(series) if series else b""))

    @property
    def change_count(self) -> int:
        """How many changes of series the group leaves, for `roll_back`."""
        return len(self._changes)

    def roll_back(self, change_count: int) -> None:
        """Takes back the changes after these; `Undo` has made the series what they were."""
        del self._changes[change_count:]

    def writes(self) -> SeriesWrites:
        """What is to be written."""
        found = SeriesWrites()
        for series_id in dict.fromkeys(series_id for series_id, _, _ in self._changes):
            series = self._after[series_id]
            if series is None:
                found.gone.append(series_id)
            else:
                found.rows.append((series_id, open_horizon(series), encode_series(series)))
        found.changes = self._changes
        return found

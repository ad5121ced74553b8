"""What every backend's check has in common: an event, its index, its last change. No SQL."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from deskcal.core.document import decode_event, encode_event
from deskcal.core.event import ChangeType, Event, EventStatus
from deskcal.core.series_check import series_differences
from deskcal.core.series_document import decode_series
from deskcal.store.batch.series import open_horizon
from deskcal.store.columns import NAMES, event_row, may_be_done_time

MAX_DIFFERENCES = 1000
"""After so many the check stops looking: the store is broken, and the list is long enough."""
TABLES = (
    "collection",
    "event",
    "event_manager",
    "change",
    "notification",
    "trash",
    "idempotency",
    "series",
    "webhook",
)

ManagerRows = set[tuple[int, ...]]
"""Manager, duration class, start and end of one event."""


def of_event(row: Any, stored: ManagerRows, default_timezone: str) -> tuple[list[str], int]:
    """Differences of one event, and how many managers its document names.

    `row`: id, brand, desk, `columns.COLUMNS`; its document; that of its last change. `stored`:
    its rows of `event_manager`.
    """
    event_id, brand, desk, *values, document, changed = row
    try:
        event = decode_event(document)
    except msgspec.DecodeError as exc:
        return [f"event {event_id} has an unreadable document: {exc}"], 0
    wanted = event_row(event, default_timezone)
    found = []
    if encode_event(event) != document:
        found.append("has a document that is not spelled as it would be written")
    *others, done_time = values
    if (event_id, brand, desk, *others) != (
        *(event.id, event.brand, event.desk),
        *wanted.values[:-1],
    ) or not may_be_done_time(done_time, event):
        stored_columns = dict(zip(NAMES, values, strict=True))
        found.append(
            f"has index columns {brand!r}, {desk!r}, {stored_columns} that are not those of its "
            "document"
        )
    if changed != document:
        found.append("differs from the document of its last change")
    place = (wanted.duration_class, wanted.start_time, wanted.end_time)
    if stored != {(manager_id, *place) for manager_id in wanted.managers}:
        found.append("has rows in event_manager that are not those of its document")
    return [f"event {event_id} {what}" for what in found], len(wanted.managers)


class Histories:
    """The changes of each event: they begin with a create, and versions rise by one or stay."""

    def __init__(self, floor_seq: int) -> None:
        """Of an event with changes up to `floor_seq` only the newest of these is kept."""
        self._floor_seq = floor_seq
        self._event_id = 0
        self._version = 0
        self._is_gone = False

    def of_change(self, row: Any) -> list[str]:
        """Differences of the next change: event, seq, type, document; in order of event and seq."""
        event_id, seq, type_, document = row
        try:
            event = decode_event(document)
        except msgspec.DecodeError as exc:
            return [f"change {seq} of event {event_id} has an unreadable document: {exc}"]
        found = []
        if event.id != event_id:
            found.append(f"holds event {event.id}")
        if event_id != self._event_id:
            if not self._may_be_first(seq, type_, event.version):
                found.append(f"is its first, of type {type_} and version {event.version}")
        elif self._is_gone != (type_ == ChangeType.RESTORED):
            found.append("comes after its deletion" if self._is_gone else "restores what is there")
        elif type_ == ChangeType.ADDED:
            found.append("creates it once more")
        elif not self._version <= event.version <= self._version + 1:
            found.append(f"has version {event.version} after {self._version}")
        self._event_id, self._version = event_id, event.version
        self._is_gone = type_ == ChangeType.DELETED
        return [f"change {seq} of event {event_id} {what}" for what in found]

    def _may_be_first(self, seq: int, type_: int, version: int) -> bool:
        """Whether an event's changes may begin so; a restore follows a deletion that was pruned."""
        if type_ == ChangeType.RESTORED:
            return self._floor_seq > 0
        return seq <= self._floor_seq or (type_, version) == (ChangeType.ADDED, 1)


def of_series(row: Any, documents: Iterable[bytes]) -> list[str]:
    """Differences of a series: its id, horizon and document; those of its events."""
    series_id, horizon, document = row
    try:
        series = decode_series(document)
        events = list(map(decode_event, documents))
    except msgspec.DecodeError as exc:
        return [f"series {series_id} has an unreadable document: {exc}"]
    found = list(series_differences(series, events))
    if (series.series_id, open_horizon(series)) != (series_id, horizon):
        found.append(f"series {series_id} has an id or a horizon that is not its document's")
    return found


def of_completion(event_id: int, version: int, documents: Iterable[bytes]) -> Iterator[str]:
    """Differences of a completion that was taken back. `documents`: of all changes of the event.

    It is kept as long as the change that took it back.
    """
    events = [event for event in map(_readable, documents) if event is not None]
    what = f"the completion of event {event_id} that is kept with its version {version}"
    ended = (EventStatus.DONE, EventStatus.ARCHIVED)
    if any(one.version == version and one.status not in ended for one in events):
        yield f"{what} is of a version that was not done"
    if all(one.version != version + 1 for one in events):
        yield f"{what} was taken back by no change that is kept"


def _readable(document: bytes) -> Event | None:
    """The event; None: unreadable, which `Histories` finds."""
    try:
        return decode_event(document)
    except msgspec.DecodeError:
        return None


def of_managers(stored: int, wanted: int) -> Iterator[str]:
    """Whether there are as many rows of `event_manager` as the documents call for."""
    if stored != wanted:
        yield f"rows of event_manager: {stored}; the documents call for {wanted}"


def of_counters(last_seq: int, seq: int, last_event_id: int, event_id: int) -> Iterator[str]:
    """Whether a number would come again: the counters, and the newest numbers in use."""
    if seq > last_seq:
        yield f"change {seq} is beyond the counter's {last_seq}: its number would be used again"
    if event_id > last_event_id:
        yield f"event {event_id} is beyond the counter's {last_event_id}: its id would come again"


IN_GAP = """
    SELECT c.seq, c.event_id FROM change AS c JOIN cursor_gap AS g
        ON c.seq > g.lower AND c.seq <= g.upper ORDER BY c.seq"""
"""For both databases."""


def within_gap(seq: int, event_id: int) -> str:
    """A change whose number was left out."""
    return f"change {seq} of event {event_id} has a number that no change may have: it is in a gap"


def stray_manager(manager_id: int, event_id: int) -> str:
    """A row of `event_manager` without an event."""
    return f"manager {manager_id} is listed for event {event_id}, which is not there"


def of_trash(event_id: int) -> str:
    """An event that is deleted and there at the same time."""
    return f"event {event_id} is in the trash and among the events"


def of_search(event_id: int) -> str:
    """An event of which only one of the table and the index of the search knows."""
    return f"event {event_id} and the index of the search differ on whether it is there"


def doubtful_deletion(event_id: int, seq: int) -> str:
    """An event and its last change of which only one knows that it is gone."""
    return f"event {event_id} and its last change {seq} differ on whether it was deleted"

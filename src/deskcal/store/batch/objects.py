"""The calendar objects of one group in memory: what a calendar app knows an event or series by."""

from collections.abc import Set
from typing import Protocol

from msgspec import Struct

from deskcal.errors import Conflict
from deskcal.store.batch.undo import Undo

ObjectKey = tuple[int, str]
"""Owner and UID."""
PROPERTIES = "urn:deskcal:collection:"
"""Beginning of the UID of the row that holds a collection's own properties, and is no member."""
MAX_EXTRAS = 16 * 1024
"""Characters that are kept of what deskcal has no field for."""
MAX_SOURCE = 64 * 1024
"""Characters of a text that is kept as it was put."""
MAX_VALUE = 1000
"""Characters of a property of a collection."""


class CalendarObject(Struct, frozen=True, kw_only=True):
    """One UID of iCalendar of one owner, and the event or series that it is here.

    Events that were created in deskcal have none. Source: contract, section 16.
    """

    owner_id: int
    uid: str
    name: str
    """Of the resource, as the calendar app chose it; unique for each owner."""
    event_id: int = 0
    """0: it is a series."""
    series_id: int = 0
    """0: it is a single event."""
    sequence: int = 0
    modified: int = 0
    """LAST-MODIFIED or DTSTAMP of what was taken last, Unix seconds."""
    digest: str = ""
    """Of its components as they were taken last."""
    overrides: dict[str, int] = {}
    """Events by RECURRENCE-ID in Unix seconds, where there is no series."""
    extras: str = ""
    """Content lines that deskcal has no field for."""
    source: str = ""
    """The resource as a CalDAV client put it; empty: none did, or it is too long to be kept.

    Of a long one of a participant what is not the owner's; then `stamp` is empty.
    """
    stamp: str = ""
    """ETag of the resource when `source` was put: while it has it, it is `source` itself."""
    is_hidden: bool = False
    """Whether its owner deleted the resource while occurrences that are over stay as events."""

    @property
    def key(self) -> ObjectKey:
        """Owner and UID."""
        return self.owner_id, self.uid

    def is_of(self, event_ids: Set[int], series_ids: Set[int]) -> bool:
        """Whether one of these events or series is it, or is a part of it."""
        if self.series_id:
            return self.series_id in series_ids
        return self.event_id in event_ids or not event_ids.isdisjoint(self.overrides.values())


class NameTaken(Conflict):
    """An object would have the name of another one of its owner; nothing was written."""

    def __init__(self) -> None:
        super().__init__("another event of this calendar has this name by now; read it again")


class StoredObjects(Protocol):
    """What is in the database of calendar objects while a group is applied."""

    def calendar_object(self, key: ObjectKey) -> CalendarObject | None:
        """The object of an owner and UID; None: there is none."""


class StagedObjects:
    """The calendar objects that a group reads and changes."""

    def __init__(self, stored: StoredObjects, undo: Undo) -> None:
        self._stored = stored
        self._undo = undo
        self._changed: dict[ObjectKey, CalendarObject | None] = {}
        self._before: dict[ObjectKey, CalendarObject | None] = {}
        """As they are stored; each is read once."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self._changed

    def get(self, key: ObjectKey) -> CalendarObject | None:
        """The object as the group has left it so far; None: there is none."""
        if key in self._changed:
            return self._changed[key]
        return self._as_stored(key)

    def put(self, key: ObjectKey, found: CalendarObject | None) -> None:
        """Stages what becomes of an object; None: it is gone."""
        if not key[1].startswith(PROPERTIES):
            self._as_stored(key)
        self._undo.put(self._changed, key, found)

    def _as_stored(self, key: ObjectKey) -> CalendarObject | None:
        if key not in self._before:
            self._before[key] = self._stored.calendar_object(key)
        return self._before[key]

    def are_all_of(self, event_ids: Set[int], series_ids: Set[int]) -> bool:
        """Whether each that changes is one of these events or series, before and after.

        A collection's own properties are of no event, and do not count.
        """
        return all(
            one is None or one.is_of(event_ids, series_ids)
            for key, after in self._changed.items()
            if not key[1].startswith(PROPERTIES)
            for one in (self._before[key], after)
        )

    def writes(self) -> dict[ObjectKey, CalendarObject | None]:
        """What is to be written; None: the row goes."""
        return self._changed

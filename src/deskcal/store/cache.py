"""Hot documents in memory, bounded in bytes. No I/O here."""

from collections import OrderedDict

from deskcal.core.document import Record

OVERHEAD_BYTES = 500
"""Memory of one entry besides its document."""


class RecordCache:
    """Records by event id; beyond the bound the one that came first goes."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._records: OrderedDict[int, Record] = OrderedDict()
        self._bytes = 0
        self.get = self._records.get
        """The record of an event id; None: not cached."""

    @property
    def size_bytes(self) -> int:
        """What the cache holds, about."""
        return self._bytes

    def put(self, event_id: int, record: Record | None) -> None:
        """Keeps `record` as what is known of the event; None: forgets it."""
        old = self._records.pop(event_id, None)
        if old is not None:
            self._bytes -= len(old.document) + OVERHEAD_BYTES
        if record is not None:
            self._records[event_id] = record
            self._bytes += len(record.document) + OVERHEAD_BYTES
        while self._bytes > self._limit_bytes:
            _, old = self._records.popitem(last=False)
            self._bytes -= len(old.document) + OVERHEAD_BYTES

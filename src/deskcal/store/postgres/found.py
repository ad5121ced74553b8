"""What a group has locked and read on PostgreSQL before it is applied."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from deskcal.core.document import decode_event
from deskcal.core.event import Event
from deskcal.core.outcomes import Outcome
from deskcal.store.batch.objects import CalendarObject, ObjectKey
from deskcal.store.batch.writes import RetryKey
from deskcal.store.ports.calls import MissingRows
from deskcal.store.postgres.claims import PostgresCalls
from deskcal.store.postgres.series import LockedSeries


class Found(Struct):
    """What a group has locked: a `Stored`."""

    documents: dict[int, bytes] = {}
    answers: dict[RetryKey, tuple[bytes, bytes, int]] = {}
    """Digest, first answer and time of idempotency keys."""
    known_outcomes: Sequence[Outcome] | None = None
    """Of the directory; None: nothing in the group needs them."""

    has_claims: bool = False
    """Whether something in the group is to be claimed, so that more events may be locked."""
    calls: PostgresCalls = msgspec.field(default_factory=PostgresCalls)
    locked: set[int] = set()
    """Events that were locked, whether they are there or not."""

    def prepare(self, event_ids: Sequence[int]) -> None:
        """Nothing: they were read when they were locked."""

    def event(self, event_id: int) -> tuple[Event, bytes] | None:
        """An event that was locked. Raises: MissingRows for one that is yet to be locked."""
        if self.has_claims and event_id not in self.locked:
            self.calls.missing_ids.add(event_id)
            raise MissingRows
        document = self.documents.get(event_id)
        return None if document is None else (decode_event(document), document)

    trash: dict[int, tuple[int, bytes]] = {}
    """Times of deletions (Unix seconds) and last documents of deleted events, locked."""

    def trashed(self, event_id: int, since: int) -> bytes | None:
        """The last document of an event that was deleted then or later."""
        deleted_time, document = self.trash.get(event_id, (since, None))
        return document if deleted_time >= since else None

    def kept(self, key: RetryKey, since: int) -> tuple[bytes, bytes] | None:
        """Digest and first answer of a key that was locked."""
        digest, document, time = self.answers.get(key, (b"", b"", since))
        return (digest, document) if time > since else None

    series_found: LockedSeries = msgspec.field(default_factory=LockedSeries)

    def series(self, series_id: int) -> bytes | None:
        """The document of a series that was locked; a new one has none."""
        return self.series_found.documents.get(series_id)

    def series_documents(self, series_id: int) -> dict[int, bytes]:
        """The documents of the events of a series that was locked."""
        ids = self.series_found.event_ids.get(series_id, [])
        return {event_id: self.documents[event_id] for event_id in ids}

    objects: dict[ObjectKey, CalendarObject] = {}

    def calendar_object(self, key: ObjectKey) -> CalendarObject | None:
        """An object that was locked."""
        return self.objects.get(key)

    def outcomes(self) -> Sequence[Outcome]:
        """The directory's outcomes."""
        if self.known_outcomes is None:
            raise LookupError("nothing in this group said that it needs outcomes")
        return self.known_outcomes

"""A member of a CalDAV collection, an event or a series: its name, UID and ETag. Pure."""

import hashlib
import re
from collections.abc import Iterable

import msgspec
from msgspec import Raw, Struct

from deskcal.core.document import decode_event, scope_of
from deskcal.core.event import Event, EventStatus, managers_of
from deskcal.core.series import Series
from deskcal.core.series_document import encode_series
from deskcal.core.visibility import Visibility
from deskcal.ical.uids import default_uid
from deskcal.limits import DAY_SEC
from deskcal.store.batch.objects import PROPERTIES, CalendarObject

MINE = "mine"

_NAME = re.compile(r"(event|series)-([1-9][0-9]{0,15})\.ics")


class Collection(Struct, frozen=True):
    """One collection of a manager."""

    manager_id: int
    brand: str = ""
    desk: str = ""
    """A code; empty: the events without a desk."""
    title: str = ""
    is_desk: bool = False
    """False: what the manager owns or takes part in, of all brands and desks."""

    @property
    def name(self) -> str:
        """Of its address; neither a brand nor a code has a comma."""
        return MINE if self.is_mine else f"desk,{self.brand},{self.desk}"

    @property
    def is_mine(self) -> bool:
        """Whether it is the manager's own, which is written to."""
        return not self.is_desk

    def has_series(self, series: Series, viewer: Visibility) -> bool:
        """Whether a series is one member of it; else single occurrences are, or none is.

        They are where the viewer may see them, but not what the series is like.
        """
        if not viewer.can_see(scope_of(series.template)):
            return False
        if self.is_mine:
            return self.manager_id in managers_of(series.template)
        return (series.template.brand, series.template.desk) == (self.brand, self.desk)


class _Row(Struct, gc=False):
    manager_id: int
    status: int


class Head(Struct, gc=False):
    """Of an event document what decides where it is listed, and under which ETag."""

    id: int
    owner_manager_id: int
    status: int
    version: int
    updated_time: int
    brand: str
    desk: str
    participants: list[_Row]
    end_time: int
    all_day: int = 0
    series_id: int = 0

    @property
    def over_time(self) -> int:
        """When it is over; of an all-day one a day before, whatever its zone."""
        return self.end_time - self.all_day * DAY_SEC

    def is_coming(self, now: int) -> bool:
        """Whether it is open and not over."""
        return self.status == EventStatus.OPEN and self.over_time > now

    def is_in(self, collection: Collection) -> bool:
        """Whether it is listed there; what is archived is in no listing."""
        return self.status != EventStatus.ARCHIVED and self.belongs_to(collection)

    def belongs_to(self, collection: Collection) -> bool:
        """Whether the collection is that of its manager or desk, also if it is archived."""
        if collection.is_mine:
            return self.concerns(collection.manager_id)
        return (self.brand, self.desk) == (collection.brand, collection.desk)

    def concerns(self, manager_id: int) -> bool:
        """Whether the manager owns it or takes part."""
        return manager_id == self.owner_manager_id or any(
            row.manager_id == manager_id for row in self.participants
        )


decode_head = msgspec.json.Decoder(Head).decode


class Key(Struct, frozen=True, order=True, gc=False):
    """An event, or a series."""

    series_id: int
    """0: an event."""
    event_id: int = 0


class Member(Struct, gc=False):
    """One calendar object resource."""

    key: Key
    name: str
    uid: str
    """Empty: see `default_uid`, which needs the event."""
    etag: str
    documents: list[Raw]
    series: Series | None = None
    object: CalendarObject | None = None

    @property
    def events(self) -> list[Event]:
        """Its events, decoded."""
        return [decode_event(bytes(document)) for document in self.documents]

    @property
    def is_source(self) -> bool:
        """Whether it is as a client put it."""
        return self.object is not None and self.object.stamp == self.etag


def event_tag(event: Head | Event) -> str:
    """The ETag of one event.

    Its time tells versions apart that an event had before a backup was restored, and has after it.
    """
    return f"{event.id}-{event.version}-{event.updated_time}"


def series_tag(series: Series, events: Iterable[Head | Event]) -> str:
    """The ETag of a series with these events.

    An occurrence that nobody has touched does not count, nor does the horizon: the server adds such
    ones in time.
    """
    digest = hashlib.blake2b(digest_size=10)
    digest.update(encode_series(msgspec.structs.replace(series, horizon=0, is_ended=0)))
    digest.update(repr(sorted(event_tag(one) for one in events if one.version > 1)).encode())
    return f"s{series.series_id}-{digest.hexdigest()}"


def key_of_name(name: str) -> Key | None:
    """What a name that deskcal gives stands for; None: it is none of these."""
    matched = _NAME.fullmatch(name)
    if matched is None:
        return None
    number = int(matched[2])
    return Key(number) if matched[1] == "series" else Key(0, number)


def key_of(found: CalendarObject) -> Key | None:
    """What an object is; None: of a row that is no member."""
    event_id = found.event_id or next(iter(found.overrides.values()), 0)
    if found.uid.startswith(PROPERTIES) or not (found.series_id or event_id):
        return None
    return Key(found.series_id) if found.series_id else Key(0, event_id)


def default_name(key: Key) -> str:
    """The name of what no client has named."""
    return f"series-{key.series_id}.ics" if key.series_id else f"event-{key.event_id}.ics"


def uid_of(member: Member) -> str:
    """Its UID."""
    if member.uid:
        return member.uid
    return default_uid(decode_event(bytes(member.documents[0])), member.series)

"""What is in a manager's CalDAV collections: which events and series are their members.

`mine` has what the manager owns or takes part in; a desk's collection has its events. A name and
UID that a client chose are in the manager's calendar objects. Source: contract, section 16.
"""

import asyncio
import math
from collections.abc import Iterable, Sequence, Set

import msgspec
from msgspec import Raw, Struct

from deskcal.commands.member import (
    Collection,
    Head,
    Key,
    Member,
    decode_head,
    default_name,
    event_tag,
    key_of,
    key_of_name,
    series_tag,
)
from deskcal.commands.services import Services
from deskcal.core.document import decode_event, scope_of
from deskcal.core.event import MAX_TIME, ParticipantStatus
from deskcal.core.filters import EventFilter
from deskcal.core.masks import desk_mask
from deskcal.core.series import Series
from deskcal.core.sessions import Session
from deskcal.store.batch.objects import PROPERTIES, CalendarObject
from deskcal.threads import computed

MAX_MEMBERS = 200_000
"""Events of a collection that a listing reads at most."""
LARGE_BYTES = 64 * 1024
"""Documents beyond that are decoded off the event loop."""

_split = msgspec.json.Decoder(list[Raw]).decode
_heads = msgspec.json.Decoder(list[Head]).decode


class Members(Struct, frozen=True):
    """Members of a collection."""

    found: list[Member]
    """By key."""
    until: float
    """Unix seconds until when these are the members, if nothing changes."""


async def members(
    services: Services,
    session: Session,
    collection: Collection,
    since: int = 0,
    until: int = MAX_TIME,
) -> list[Member]:
    """The members with an event that overlaps [since, until), by key; series are whole."""
    return (await members_until(services, session, collection, since, until)).found


async def members_until(
    services: Services,
    session: Session,
    collection: Collection,
    since: int = 0,
    until: int = MAX_TIME,
) -> Members:
    """The same, and how long they stay so."""
    wanted = EventFilter(
        since=since,
        until=until,
        limit=MAX_MEMBERS,
        desk_filter=desk_mask(collection.desk or "*"),
        manager_id=collection.manager_id if collection.is_mine else 0,
        brand=collection.brand or None,
    )
    rows = await services.store.list_events(wanted, session)
    pairs = await _decoded(rows.documents)
    is_whole = (since, until) == (0, MAX_TIME)
    listing = _Listing(services, session, collection)
    await listing.add(pairs, is_whole=is_whole)
    found = sorted(listing.found.values(), key=lambda one: one.key)
    return Members(found, listing.until)


async def members_of(
    services: Services,
    session: Session,
    collection: Collection,
    keys: Sequence[Key],
    objects: Iterable[CalendarObject] = (),
) -> dict[Key, Member]:
    """Those of the members that are in the collection; `objects`: those that were read already."""
    listing = _Listing(services, session, collection)
    listing.know(objects)
    for key in keys:
        if key.series_id:
            await listing.add_series(key.series_id)
    await listing.add_events([key.event_id for key in keys if not key.series_id])
    return listing.found


async def member_named(
    services: Services, session: Session, collection: Collection, name: str
) -> Member | None:
    """The member of that name; None: there is none."""
    found = await members_named(services, session, collection, [name])
    return found[0] if found else None


async def members_named(
    services: Services, session: Session, collection: Collection, names: Sequence[str]
) -> list[Member]:
    """The members of these names, without those that are not there; in no order."""
    objects: dict[str, CalendarObject] = {}
    if collection.is_mine:
        found = await services.store.objects.of_names(collection.manager_id, names)
        objects = {one.name: one for one in found}
    keys = {key_of(objects[name]) if name in objects else key_of_name(name) for name in names}
    known = sorted(key for key in keys if key is not None)
    members_ = await members_of(services, session, collection, known, objects.values())
    wanted = set(names)
    return [one for one in members_.values() if one.name in wanted]


async def _decoded(pieces: list[bytes]) -> list[tuple[Head, Raw]]:
    def decode() -> list[tuple[Head, Raw]]:
        found: list[tuple[Head, Raw]] = []
        for piece in pieces:
            several = b"[%b]" % piece
            found += zip(_heads(several), _split(several), strict=True)
        return found

    if sum(map(len, pieces)) > LARGE_BYTES:
        return await computed(decode)
    return decode()


async def hidden_member(
    services: Services, session: Session, collection: Collection, found: CalendarObject
) -> Member | None:
    """What the manager deleted in this calendar, and that is still there; None: it is gone."""
    key = key_of(found)
    if not found.is_hidden or key is None:
        return None
    listing = _Listing(services, session, collection, shows_hidden=True)
    listing.know([found])
    if key.series_id:
        await listing.add_series(key.series_id)
    else:
        await listing.add_events([key.event_id])
    return listing.found.get(key)


class _Listing:
    """Groups events into members."""

    def __init__(
        self,
        services: Services,
        session: Session,
        collection: Collection,
        *,
        shows_hidden: bool = False,
    ) -> None:
        self._shows_hidden = shows_hidden
        self._services = services
        self._session = session
        self._collection = collection
        self._objects: dict[int, CalendarObject] = {}
        """By event id; of a series by its id below 0."""
        self._is_whole = False
        self._added: set[int] = set()
        """Events that are members or parts of one, but not of a series."""
        self.found: dict[Key, Member] = {}
        self.until = math.inf
        """Unix seconds when time alone may hide one of them."""

    def know(self, objects: Iterable[CalendarObject]) -> None:
        """Takes objects that need not be read."""
        for one in objects:
            if one.uid.startswith(PROPERTIES):
                continue
            if one.series_id or one.event_id:
                self._objects[-one.series_id or one.event_id] = one
            for event_id in one.overrides.values():
                self._objects[event_id] = one

    async def add(self, pairs: Sequence[tuple[Head, Raw]], *, is_whole: bool) -> None:
        """Adds events; `is_whole`: these are all that there are."""
        pairs = [pair for pair in pairs if pair[0].is_in(self._collection)]
        by_series: dict[int, list[tuple[Head, Raw]]] = {}
        for head, document in pairs:
            if head.series_id:
                by_series.setdefault(head.series_id, []).append((head, document))
        await self._read_objects(pairs, is_whole)
        if not is_whole:
            pairs += await self._other_overrides({head.id for head, _ in pairs})
        singles = [pair for pair in pairs if not pair[0].series_id]
        for series_id, found in by_series.items():
            if Key(series_id) not in self.found:
                singles += await self._add_series(series_id, found if is_whole else None, found)
        for head, document in singles:
            self._add_single(head, document)

    async def add_events(self, event_ids: Sequence[int]) -> None:
        """Adds the members of these events."""
        records = await self._services.store.load_all(event_ids) if event_ids else []
        documents = [record.document for record in records if self._session.can_see(record)]
        pairs = [(decode_head(document), Raw(document)) for document in documents]
        there = {head.id for head, _ in pairs if head.is_in(self._collection)}
        pairs += await self._rest_of(set(event_ids) - there)
        await self.add(pairs, is_whole=False)

    async def _rest_of(self, event_ids: Set[int]) -> list[tuple[Head, Raw]]:
        """What is left of members of several events of which these are archived or deleted."""
        if not self._collection.is_mine or not event_ids:
            return []
        ids = sorted(event_ids - self._objects.keys())
        if ids:
            self.know(await self._services.store.objects.of(self._collection.manager_id, ids, []))
        return await self._other_overrides(event_ids)

    async def _other_overrides(self, known: Set[int]) -> list[tuple[Head, Raw]]:
        """The rest of members of several events, of which some are known."""
        several = (
            one for one in map(self._objects.get, known) if one is not None and one.overrides
        )
        ids = {event_id for one in several for event_id in one.overrides.values()} - known
        records = await asyncio.gather(*map(self._services.store.load, sorted(ids)))
        documents = [one.document for one in records if one and self._session.can_see(one)]
        others = [(decode_head(document), Raw(document)) for document in documents]
        return [pair for pair in others if pair[0].is_in(self._collection)]

    async def add_series(self, series_id: int) -> None:
        """Adds one series, or its occurrences where the viewer takes part in single ones."""
        documents = await self._services.store.series.events(series_id)
        pairs = [
            (head, Raw(document))
            for head, document in zip(map(decode_head, documents), documents, strict=True)
            if self._session.can_see(scope_of(decode_event(document)))
        ]
        await self._read_objects([], is_whole=False, series_ids=[series_id])
        pairs = [pair for pair in pairs if pair[0].is_in(self._collection)]
        singles = await self._add_series(series_id, pairs, pairs)
        await self._read_objects(singles, is_whole=False)
        for head, document in singles:
            self._add_single(head, document)

    async def _read_objects(
        self,
        pairs: Sequence[tuple[Head, Raw]],
        is_whole: bool,
        series_ids: Sequence[int] = (),
    ) -> None:
        if not self._collection.is_mine or self._is_whole:
            return
        owner, objects = self._collection.manager_id, self._services.store.objects
        if is_whole:
            found = await objects.all(owner)
            self._is_whole = True
        else:
            ids = {head.id for head, _ in pairs} - self._objects.keys()
            series = {head.series_id for head, _ in pairs if head.series_id} | set(series_ids)
            series = {one for one in series if -one not in self._objects}
            if not (ids or series):
                return
            found = await objects.of(owner, sorted(ids), sorted(series))
        self.know(found)

    async def _add_series(
        self,
        series_id: int,
        whole: list[tuple[Head, Raw]] | None,
        found: list[tuple[Head, Raw]],
    ) -> list[tuple[Head, Raw]]:
        """Adds the member of a series; events that are to be members of their own."""
        series = await self._services.store.series.get(series_id)
        if series is None or not self._collection.has_series(series, self._session):
            return found
        if not whole:
            if whole is None:
                await self.add_series(series_id)
            return []
        object_ = self._objects.get(-series_id)
        now = int(self._services.now())
        coming = [head for head, _ in whole if head.is_coming(now)]
        if object_ is not None and object_.is_hidden:
            self.until = min([self.until, *(head.over_time for head in coming)])
        if self._is_hidden(object_, coming):
            return []
        tag = series_tag(series, (head for head, _ in whole))
        documents = [document for _, document in whole]
        self._put(Key(series_id), tag, documents, series, object_)
        return []

    def _add_single(self, head: Head, document: Raw) -> None:
        event_id = head.id
        object_ = self._objects.get(event_id)
        if event_id in self._added or (object_ is not None and self._is_hidden(object_, [head])):
            return
        self._added.add(event_id)
        tag = event_tag(head)
        key = Key(0, event_id)
        if object_ is not None and object_.overrides:
            key = key_of(object_) or key
            known = self.found.get(key)
            if known is not None:
                known.documents.append(document)
                known.etag += f"-{tag}"
                return
        self._put(key, tag, [document], None, object_)

    def _is_hidden(self, found: CalendarObject | None, heads: Sequence[Head]) -> bool:
        """Whether the manager deleted it here; of others' until another answer to what comes."""
        if found is None or not found.is_hidden or self._shows_hidden:
            return False
        manager_id = self._collection.manager_id
        return all(
            row.status == ParticipantStatus.DECLINED
            for head in heads
            for row in head.participants
            if row.manager_id == manager_id and head.owner_manager_id != manager_id
        )

    def _put(
        self,
        key: Key,
        tag: str,
        documents: list[Raw],
        series: Series | None,
        found: CalendarObject | None,
    ) -> None:
        name, uid = (found.name, found.uid) if found else (default_name(key), "")
        self.found[key] = Member(key, name, uid, tag, documents, series, found)

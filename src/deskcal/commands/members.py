"""What is in a manager's CalDAV collections: which events and series are their members.

`mine` has what the manager owns or takes part in; a desk's collection has its events. A name and
UID that a client chose are in the manager's calendar objects. Source: contract, section 16.
"""

import asyncio
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Raw

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
from deskcal.core.event import MAX_TIME, ParticipantStatus, managers_of
from deskcal.core.filters import EventFilter
from deskcal.core.masks import desk_mask
from deskcal.core.series import Series
from deskcal.core.sessions import Session
from deskcal.store.batch.objects import CalendarObject

MAX_MEMBERS = 200_000
"""Events of a collection that a listing reads at most."""
LARGE_BYTES = 64 * 1024
"""Documents beyond that are decoded off the event loop."""

_split = msgspec.json.Decoder(list[Raw]).decode


async def members(
    services: Services,
    session: Session,
    collection: Collection,
    since: int = 0,
    until: int = MAX_TIME,
) -> list[Member]:
    """The members with an event that overlaps [since, until), by key; series are whole."""
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
    return sorted(listing.found.values(), key=lambda one: one.key)


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
    event_ids = [key.event_id for key in keys if not key.series_id]
    records = await services.store.load_all(event_ids) if event_ids else []
    documents = [record.document for record in records if session.can_see(record)]
    pairs = [(decode_head(document), Raw(document)) for document in documents]
    await listing.add(pairs, is_whole=False)
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
        documents = _split(b"[" + b",".join(pieces) + b"]")
        return [(decode_head(document), document) for document in documents]

    if sum(map(len, pieces)) > LARGE_BYTES:
        return await asyncio.to_thread(decode)
    return decode()


class _Listing:
    """Groups events into members."""

    def __init__(self, services: Services, session: Session, collection: Collection) -> None:
        self._services = services
        self._session = session
        self._collection = collection
        self._objects: dict[Key, CalendarObject] = {}
        self._is_whole = False
        self._added: set[int] = set()
        """Events that are members or parts of one, but not of a series."""
        self.found: dict[Key, Member] = {}

    def know(self, objects: Iterable[CalendarObject]) -> None:
        """Takes objects that need not be read."""
        for one in objects:
            key = key_of(one)
            if key is not None:
                self._objects[key] = one
                self._objects |= {Key(0, event_id): one for event_id in one.overrides.values()}

    async def add(self, pairs: Sequence[tuple[Head, Raw]], *, is_whole: bool) -> None:
        """Adds events; `is_whole`: these are all that there are."""
        pairs = [pair for pair in pairs if pair[0].is_in(self._collection)]
        by_series: dict[int, list[tuple[Head, Raw]]] = {}
        for head, document in pairs:
            if head.series_id:
                by_series.setdefault(head.series_id, []).append((head, document))
        await self._read_objects(pairs, is_whole)
        if not is_whole:
            pairs += await self._other_overrides(pairs)
        singles = [pair for pair in pairs if not pair[0].series_id]
        for series_id, found in by_series.items():
            if Key(series_id) not in self.found:
                singles += await self._add_series(series_id, found if is_whole else None, found)
        for head, document in singles:
            self._add_single(head, document)

    async def _other_overrides(self, pairs: Sequence[tuple[Head, Raw]]) -> list[tuple[Head, Raw]]:
        """The rest of members of several events, of which `pairs` has some."""
        known = {head.id for head, _ in pairs}
        found = {one.uid: one for one in map(self._object_of, known) if one is not None}
        ids = {event_id for one in found.values() for event_id in one.overrides.values()} - known
        records = await asyncio.gather(*map(self._services.store.load, sorted(ids)))
        documents = [one.document for one in records if one and self._session.can_see(one)]
        others = [(decode_head(document), Raw(document)) for document in documents]
        return [pair for pair in others if pair[0].is_in(self._collection)]

    def _object_of(self, event_id: int) -> CalendarObject | None:
        return self._objects.get(Key(0, event_id))

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
        for head, document in await self._add_series(series_id, pairs, pairs):
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
            ids = {head.id for head, _ in pairs if Key(0, head.id) not in self._objects}
            series = {head.series_id for head, _ in pairs if head.series_id} | set(series_ids)
            series = {one for one in series if Key(one) not in self._objects}
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
        if series is None or not self._has(series):
            return found
        if not whole:
            if whole is None:
                await self.add_series(series_id)
            return []
        object_ = self._objects.get(key := Key(series_id))
        now = int(self._services.now())
        if self._is_hidden(object_, [head for head, _ in whole if head.is_coming(now)]):
            return []
        tag = series_tag(series, ((head.id, head.version) for head, _ in whole))
        documents = [document for _, document in whole]
        self._put(Member(key, "", "", tag, documents, series, object_))
        return []

    def _has(self, series: Series) -> bool:
        """Whether the whole series is in the collection, not single occurrences alone."""
        if self._collection.is_mine:
            return self._collection.manager_id in managers_of(series.template)
        place = (series.template.brand, series.template.desk)
        return place == (self._collection.brand, self._collection.desk)

    def _add_single(self, head: Head, document: Raw) -> None:
        object_ = self._objects.get(Key(0, head.id))
        if head.id in self._added or self._is_hidden(object_, [head]):
            return
        self._added.add(head.id)
        key = (key_of(object_) if object_ else None) or Key(0, head.id)
        known = self.found.get(key)
        if known is None:
            tag = event_tag(head.id, head.version)
            self._put(Member(key, "", "", tag, [document], None, object_))
            return
        known.documents.append(document)
        known.etag += f"-{event_tag(head.id, head.version)}"

    def _is_hidden(self, found: CalendarObject | None, heads: Sequence[Head]) -> bool:
        """Whether the manager deleted it here; as a guest, until another answer to what comes."""
        if found is None or not found.is_hidden:
            return False
        manager_id = self._collection.manager_id
        return all(
            row.status == ParticipantStatus.DECLINED
            for head in heads
            for row in head.participants
            if row.manager_id == manager_id and head.owner_manager_id != manager_id
        )

    def _put(self, member: Member) -> None:
        found = member.object
        member.name = found.name if found else default_name(member.key)
        member.uid = found.uid if found else ""
        self.found[member.key] = member

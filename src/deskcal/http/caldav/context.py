"""One request: who asks, for what, and what the answer needs to know."""

from collections.abc import Hashable, Mapping
from xml.etree.ElementTree import Element

import msgspec
from msgspec import Struct

from deskcal.commands.candidates import candidates
from deskcal.commands.collections import Surroundings
from deskcal.commands.member import Collection, Key, Member
from deskcal.commands.member_changes import SyncPosition
from deskcal.commands.members import member_named
from deskcal.commands.services import Services
from deskcal.core.sessions import Session
from deskcal.http.caldav import xml
from deskcal.http.caldav.conditions import (
    NEED_PRIVILEGES,
    VALID_SYNC_TOKEN,
    Refused,
    forbidden,
    not_found,
)
from deskcal.http.caldav.kept import KeptCollections
from deskcal.http.caldav.paths import Kind, Target, collection_path
from deskcal.http.caldav.texts import Texts
from deskcal.ical.filters import Range
from deskcal.ical.resource import Resource, resource_text
from deskcal.limits import DAY_SEC
from deskcal.threads import computed

TOKEN = "urn:deskcal:cursor:"
ON_LOOP = 20
"""Members, or events of one, whose texts are made on the event loop at most."""
RANGE_ON_LOOP_SEC = 400 * DAY_SEC
"""A range whose instances are looked for on the event loop at most."""
PARSED_ON_LOOP = 16_384
"""Bytes of a body that is parsed on the event loop at most."""

_encode = msgspec.json.Encoder().encode


class Context(Struct, frozen=True, kw_only=True):
    """A request whose credentials are valid."""

    services: Services
    session: Session
    brand: str
    """Of what the device creates; empty: the default."""
    target: Target
    headers: Mapping[str, str]
    body: bytes
    around: Surroundings
    kept: Texts
    collections: KeptCollections
    path: str
    """Of the target, as it was sent."""
    cursor: int
    """The feed's cursor as the request began."""
    is_minimal: bool = False
    """Whether properties that a resource has not are left out of the answer. RFC 8144, 2.1."""

    @property
    def manager_id(self) -> int:
        """Who asks."""
        return self.session.manager_id

    async def root(self) -> Element | None:
        """The root of the body; None of an empty one. Raises: Refused with 400.

        A large body is parsed off the event loop: it takes tens of milliseconds.
        """
        if len(self.body) <= PARSED_ON_LOOP:
            return xml.parse(self.body)
        return await computed(xml.parse, self.body)

    def collection(self) -> Collection:
        """The collection that the target is or is in. Raises: Refused with 404."""
        found = self.around.collections.get(self.target.collection)
        if found is None or self.target.kind not in (Kind.COLLECTION, Kind.MEMBER):
            raise not_found()
        return found

    def writable(self) -> Collection:
        """The same. Raises: Refused with 403 where it is read only."""
        found = self.collection()
        if not found.is_mine:
            raise forbidden(
                "a desk's calendar is read only here; change its events in your own calendar or "
                "on the desk's page",
                NEED_PRIVILEGES,
            )
        return found

    def path_of(self, collection: Collection) -> str:
        """Its address."""
        return collection_path(self.manager_id, collection.name)

    def memory_key(self, collection: Collection) -> Hashable:
        """What decides which members a collection has: whose it is, and what may be seen."""
        session = self.session
        return session.manager_id, session.desks.text, session.brands.text, collection.name

    def data(self, member: Member) -> str:
        """The text of a member as character data of XML; kept while what it is made of is so."""
        key = self._key(member)
        known = self.kept.get(key)
        if known is None:
            known = xml.text(self.text(member))
            self.kept.put(key, known)
        return known

    def kept_data(self, member: Member) -> str | None:
        """The same if it is kept; else None."""
        return self.kept.get(self._key(member))

    def _key(self, member: Member) -> Hashable:
        made_of: tuple[bytes | str, ...] = tuple(map(bytes, member.documents))
        stored, series = member.object, member.series
        if stored is not None:
            made_of += stored.extras, stored.source
        if series is not None:
            made_of += (_encode(series),)
        of = hash((member.uid, member.is_source, made_of))
        return self.session.manager_id, self.around.names_hash, member.key, of

    def text(self, member: Member) -> str:
        """The iCalendar text of a member."""
        stored = member.object
        return resource_text(
            Resource(
                events=member.events,
                series=member.series,
                uid=member.uid,
                viewer=self.manager_id,
                names=self.around.names,
                default_timezone=self.services.default_timezone,
                source=stored.source if stored else "",
                is_source=member.is_source,
                extras=stored.extras if stored else "",
            )
        )

    async def text_of_any(self, member: Member) -> str:
        """The same; that of many events is made off the event loop, half a millisecond for each."""
        if member.is_source or len(member.documents) <= ON_LOOP:
            return self.text(member)
        return await computed(self.text, member)


async def members_within(context: Context, since: int, until: int) -> list[Member]:
    """Those of the target that may have an occurrence within [since, until); of a member itself.

    Raises: Refused with 404.
    """
    services, session, collection = context.services, context.session, context.collection()
    if context.target.kind != Kind.MEMBER:
        return await candidates(services, session, collection, since, until)
    member = await member_named(services, session, collection, context.target.member)
    if member is None:
        raise not_found()
    return [member]


def is_long(range_: Range) -> bool:
    """Whether its instances are looked for off the event loop, however few the members are."""
    return range_.until - range_.since > RANGE_ON_LOOP_SEC


def token_of(position: SyncPosition) -> str:
    """A sync-token: the feed's cursor, and how far a first listing has come."""
    after = position.after
    if after is None:
        return f"{TOKEN}{position.seq}"
    return f"{TOKEN}{position.seq}:{after.series_id}-{after.event_id}"


def position_of(token: str) -> SyncPosition:
    """The position of a token. Raises: Refused with `valid-sync-token` for one that is none."""
    cursor, _, after = token.removeprefix(TOKEN).partition(":")
    numbers = [cursor, *after.split("-")] if after else [cursor]
    is_ours = token.startswith(TOKEN) and all(one.isdigit() and len(one) < 17 for one in numbers)
    if not is_ours or len(numbers) not in (1, 3):
        raise invalid_token()
    key = Key(int(numbers[1]), int(numbers[2])) if after else None
    return SyncPosition(int(cursor), key)


def invalid_token() -> Refused:
    """For a token that nothing can be resumed from."""
    return forbidden(
        "this sync-token is too old, or of another server: list everything again with an empty one",
        VALID_SYNC_TOKEN,
    )

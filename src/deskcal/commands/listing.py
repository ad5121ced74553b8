"""The names of all members of a collection, brought up to date by the changes since then.

Source: docs/decisions/0019.
"""

from collections.abc import Mapping, Sequence, Set

import msgspec
from msgspec import Struct

from deskcal.commands.member import Collection, Head, Key, Member, decode_head
from deskcal.commands.members import members_of, members_until
from deskcal.commands.services import Services
from deskcal.core.event import ChangeType
from deskcal.core.sessions import Session
from deskcal.errors import ResyncRequired
from deskcal.store.ports.feed import StoredChange

MAX_FOLLOWED = 500
"""Changes that are looked at; after more of them the members are read again."""


class Listing(Struct, frozen=True):
    """What the members of a collection are called, as of a number of the feed or later."""

    seq: int
    """The cursor from which on changes are still to be followed."""
    until: float
    """Unix seconds until when the members stay these, if nothing changes."""
    names: Mapping[Key, str]
    """Of all members, in the order of their keys."""
    keys: Mapping[str, Key]
    """By name."""
    parts: Set[int]
    """Events that are a member together with others, but of no series."""


class Followed(Struct, frozen=True):
    """A listing, and what has changed since the one that it follows."""

    listing: Listing
    changed: Set[Key]


async def read_listing(
    services: Services, session: Session, collection: Collection, seq: int
) -> tuple[list[Member], Listing | None]:
    """All members by key, and their listing; `seq`: the cursor of now, or of before.

    None where two members have one name: an app has chosen one of ours, and did not see the other.
    """
    whole = await members_until(services, session, collection)
    names = {one.key: one.name for one in whole.found}
    several = (one for one in whole.found if _has_several(one))
    parts = {decode_head(document).id for one in several for document in one.documents}
    return whole.found, _listing(seq, whole.until, names, parts)


async def follow(
    services: Services, session: Session, collection: Collection, listing: Listing, seq: int
) -> Followed | None:
    """The listing as of `seq`. None: what has changed does not say all, so read it again.

    That is so where a number has no change (`Batch.number_count`), and where the change is of a
    series or of another member of several events. Of a series also by an occurrence that is in
    another collection: the series itself may have changed with it.
    """
    if services.now() >= listing.until or seq - listing.seq > MAX_FOLLOWED:
        return None
    if seq <= listing.seq:
        return Followed(listing, frozenset())
    try:
        found = await _changed(services, collection, listing, seq)
    except ResyncRequired:
        return None
    if found is None:
        return None
    if not found.keys:
        return Followed(msgspec.structs.replace(listing, seq=found.seq), frozenset())
    now = await members_of(services, session, collection, list(found.keys))
    if not now.keys() <= found.keys or any(map(_has_several, now.values())):
        return None
    kept = ((key, name) for key, name in listing.names.items() if key not in found.keys)
    names = dict(kept) | {key: one.name for key, one in now.items()}
    after = _listing(found.seq, listing.until, dict(sorted(names.items())), listing.parts)
    return None if after is None else Followed(after, found.keys)


class _Changed(Struct, frozen=True):
    """How far the changes were read, and the members that they are about."""

    seq: int
    keys: Set[Key]


async def _changed(
    services: Services, collection: Collection, listing: Listing, seq: int
) -> _Changed | None:
    """What has changed up to `seq`. Raises: ResyncRequired where that is not kept."""
    position = listing.seq
    keys: set[Key] = set()
    while position < seq:
        stored = await services.store.feed.changes(position, MAX_FOLLOWED)
        if not stored:
            return None
        for change in stored:
            position += 1
            if change.seq != position or not _says_all(change):
                return None
            heads = [decode_head(one) for one in (change.document, change.before) if one]
            if any(Key(head.series_id) in listing.names for head in heads):
                return None
            if _concerns(change.event_id, heads, collection, listing):
                if change.event_id in listing.parts or any(head.series_id for head in heads):
                    return None
                keys.add(Key(0, change.event_id))
    return _Changed(position, keys)


def _says_all(change: StoredChange) -> bool:
    """Whether it says what the event was before; of an old one that may be no longer kept."""
    return change.before is not None or change.type == ChangeType.ADDED


def _concerns(
    event_id: int, heads: Sequence[Head], collection: Collection, listing: Listing
) -> bool:
    """Whether the event was or is a member, or a part of one."""
    is_listed = Key(0, event_id) in listing.names or event_id in listing.parts
    return is_listed or any(head.belongs_to(collection) for head in heads)


def _has_several(member: Member) -> bool:
    """Whether it is of several events, or will be when those are there, but of no series."""
    if member.series is not None:
        return False
    return len(member.documents) > 1 or bool(member.object and member.object.overrides)


def _listing(seq: int, until: float, names: Mapping[Key, str], parts: Set[int]) -> Listing | None:
    keys = {name: key for key, name in names.items()}
    if len(keys) < len(names):
        return None
    return Listing(seq, until, names, keys, parts)

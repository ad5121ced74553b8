"""What changed in a CalDAV collection since a cursor. Source: RFC 6578; contract, section 16."""

from collections.abc import Sequence

from msgspec import Struct

from deskcal.commands.member import Collection, Key, Member, decode_head, default_name, key_of
from deskcal.commands.members import members, members_of
from deskcal.commands.services import Services
from deskcal.core.sessions import Session
from deskcal.errors import ResyncRequired
from deskcal.live.pacing import Pacing
from deskcal.store.ports import StoredChange

PAGE = 1000
MAX_LOOKED_AT = 20_000
"""Changes that one answer reads at most."""


class SyncPosition(Struct, frozen=True):
    """How far a client has come."""

    seq: int
    """The feed's cursor."""
    after: Key | None = None
    """In its first listing, begun at `seq`: the last member that it was sent."""


class Synced(Struct, frozen=True):
    """One answer to a client."""

    members: Sequence[Member]
    """What was added or changed."""
    gone: Sequence[str]
    """Names of what is no longer there, or never was."""
    position: SyncPosition
    is_cut: bool
    """Whether there is more after `position`."""


async def first_listing(
    services: Services,
    session: Session,
    collection: Collection,
    position: SyncPosition | None,
    limit: int,
) -> Synced:
    """All members, `limit` at a time (0: at once). None: from the first on."""
    seq = position.seq if position else await services.feed.cursor_of_now()
    after = position.after if position else None
    found = await members(services, session, collection)
    if after is not None:
        found = [one for one in found if one.key > after]
    if limit and len(found) > limit:
        sent = found[:limit]
        return Synced(sent, (), SyncPosition(seq, sent[-1].key), True)
    return Synced(found, (), SyncPosition(seq), False)


async def changes_since(
    services: Services, session: Session, collection: Collection, since: int, limit: int
) -> Synced:
    """What changed after the cursor `since`, up to `limit` members (0: all).

    Raises: ResyncRequired for a cursor that is older than what is kept, or none of this store.
    """
    await services.feed.know_cursor(since)
    services.feed.check_cursor(since)
    if since > services.feed.newest_seq:
        raise ResyncRequired("this cursor is none of this server; list the members again")
    keys: dict[Key, None] = {}
    seq, is_cut = since, False
    looked_at = 0
    pacing = Pacing()
    while seq < services.feed.newest_seq and not is_cut:
        stored = await services.store.feed.changes(seq, PAGE)
        if not stored:
            break
        for change in stored:
            added = dict.fromkeys(_keys(change, collection))
            looked_at += 1
            if keys and (_is_over(keys | added, limit) or looked_at > MAX_LOOKED_AT):
                is_cut = True
                break
            keys |= added
            seq = change.seq
            await pacing.after(change)
    return await _synced(services, session, collection, keys, SyncPosition(seq), is_cut)


def _is_over(keys: dict[Key, None], limit: int) -> bool:
    members = {one.series_id or -one.event_id for one in keys}
    return bool(limit) and len(members) > limit


def _keys(change: StoredChange, collection: Collection) -> list[Key]:
    """The members that the change is about, before and after it; of an occurrence both keys."""
    found = []
    for document in (change.document, change.before):
        head = decode_head(document) if document else None
        if head is not None and head.belongs_to(collection):
            found.append(Key(head.series_id, head.id))
    return found


async def _synced(
    services: Services,
    session: Session,
    collection: Collection,
    keys: dict[Key, None],
    position: SyncPosition,
    is_cut: bool,
) -> Synced:
    """The members of the keys as they are now, and the names of those that are not there.

    An occurrence is a member of its own where the manager takes part in single ones; else it is
    reported by its series.
    """
    if not keys:
        return Synced((), (), position, is_cut)
    wholes = list(dict.fromkeys(Key(k.series_id) if k.series_id else k for k in keys))
    found = await members_of(services, session, collection, wholes)
    single = {k.series_id for k in keys if k.series_id and _has_singles(found, k, keys)}
    missing = [key for key in wholes if key not in found and key.series_id not in single]
    missing += [
        Key(0, k.event_id)
        for k in keys
        if k.series_id in single and Key(0, k.event_id) not in found
    ]
    names = await _names(services, collection, missing)
    covered = {one.name for one in found.values()}
    gone = [name for name in dict.fromkeys(names) if name not in covered]
    return Synced(sorted(found.values(), key=lambda one: one.key), gone, position, is_cut)


def _has_singles(found: dict[Key, Member], key: Key, keys: dict[Key, None]) -> bool:
    """Whether events of that series are members of their own."""
    ids = [one.event_id for one in keys if one.series_id == key.series_id]
    return any(Key(0, event_id) in found for event_id in ids)


async def _names(services: Services, collection: Collection, keys: Sequence[Key]) -> list[str]:
    """The names that clients know these members by."""
    if not keys:
        return []
    known: dict[Key, str] = {}
    if collection.is_mine:
        event_ids = [key.event_id for key in keys if key.event_id]
        series_ids = [key.series_id for key in keys if key.series_id]
        objects = services.store.objects
        for one in await objects.of(collection.manager_id, event_ids, series_ids):
            key = key_of(one)
            if key is not None:
                known[key] = one.name
    return [known.get(key, default_name(key)) for key in keys]

"""What changed in a CalDAV collection since a cursor. Source: RFC 6578; contract, section 16."""

from collections.abc import Sequence

from msgspec import Struct

from deskcal.commands.member import Collection, Key, Member, decode_head, default_name, key_of
from deskcal.commands.members import members, members_of
from deskcal.commands.services import Services
from deskcal.core.event import ChangeType
from deskcal.core.sessions import Session
from deskcal.errors import ResyncRequired
from deskcal.live.pacing import Pacing
from deskcal.store.batch.batch import SERVER
from deskcal.store.ports.feed import StoredChange

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
    counted: set[int] = set()
    seq, is_cut = since, False
    looked_at = 0
    pacing, wholes = Pacing(), _Wholes(services, session, collection)
    while seq < (newest := services.feed.newest_seq) and not is_cut:
        stored = await services.store.feed.changes(seq, PAGE)
        if not stored:
            seq = newest  # Numbers may have no change; else an app would ask for it each time.
            break
        for change in stored:
            added = await wholes.keys(change)
            new = {one.series_id or -one.event_id for one in added} - counted
            looked_at += 1
            is_over = 0 < limit < len(counted) + len(new) or looked_at > MAX_LOOKED_AT
            if keys and is_over:
                is_cut = True
                break
            keys |= dict.fromkeys(added)
            counted |= new
            seq = change.seq
            await pacing.after(change)
    return await _synced(services, session, collection, keys, SyncPosition(seq), is_cut)


class _Wholes:
    """The members of a collection that changes are about; each series is looked up once."""

    def __init__(self, services: Services, session: Session, collection: Collection) -> None:
        self._services = services
        self._session = session
        self._collection = collection
        self._known: dict[int, bool] = {}

    async def keys(self, change: StoredChange) -> list[Key]:
        """The members before and after the change; of an occurrence both keys.

        Of an occurrence that is in another collection its series, if that is a member: rule and
        version may have changed with it, on which text and ETag depend.
        """
        found = []
        for document in (change.document, change.before):
            head = decode_head(document) if document else None
            if head is None:
                continue
            if head.belongs_to(self._collection):
                found.append(Key(head.series_id, head.id))
            elif head.series_id and not _is_extension(change) and await self._has(head.series_id):
                found.append(Key(head.series_id))
        return found

    async def _has(self, series_id: int) -> bool:
        if series_id not in self._known:
            series = await self._services.store.series.get(series_id)
            self._known[series_id] = series is not None and self._collection.has_series(
                series, self._session
            )
        return self._known[series_id]


def _is_extension(change: StoredChange) -> bool:
    """Whether the server has added an occurrence at the horizon, which leaves the series as is."""
    return change.actor == SERVER and change.type == ChangeType.ADDED


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
    reported by its series. Where there is no such series any more, it is not known which of the
    two clients have seen, so both are reported as gone.
    """
    if not keys:
        return Synced((), (), position, is_cut)
    wholes = list(dict.fromkeys(Key(k.series_id) if k.series_id else k for k in keys))
    found = await members_of(services, session, collection, wholes)
    missing = [key for key in wholes if key not in found]
    parted = {
        one.series_id
        for one in missing
        if await _has_singles(services, session, collection, one.series_id)
    }
    missing += [Key(0, k.event_id) for k in keys if k.event_id and k.series_id in parted]
    missing = [key for key in missing if key not in found]
    names = await _names(services, collection, missing)
    covered = {one.name for one in found.values()}
    gone = [name for name in dict.fromkeys(names) if name not in covered]
    return Synced(sorted(found.values(), key=lambda one: one.key), gone, position, is_cut)


async def _has_singles(
    services: Services, session: Session, collection: Collection, series_id: int
) -> bool:
    """Whether occurrences of that series, 0 for none, are or may have been members of their own."""
    series = await services.store.series.get(series_id) if series_id else None
    return bool(series_id) and (series is None or not collection.has_series(series, session))


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

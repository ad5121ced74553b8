"""The members of a collection that may have an occurrence within a range.

Occurrences exist as events up to a horizon, and of a series that began long ago from some time
back on; beyond both, rules say whether there is one. Source: contract, section 13.
"""

from collections.abc import Set

from deskcal.commands.member import Collection, Key, Member, key_of
from deskcal.commands.members import members, members_of
from deskcal.commands.services import Services
from deskcal.core.event import MAX_TIME
from deskcal.core.sessions import Session
from deskcal.ical.occurrences import BACK_SEC
from deskcal.limits import DAY_SEC

LEAD_SEC = DAY_SEC
"""Around a range within which events are looked for: all-day ones go by the dates of a zone."""


async def candidates(
    services: Services, session: Session, collection: Collection, since: int, until: int
) -> list[Member]:
    """All members that may have an occurrence within [since, until), by key.

    Some of those that have one within `LEAD_SEC` of it alone are among them.
    """
    since, until = max(since - LEAD_SEC, 0), min(until + LEAD_SEC, MAX_TIME)
    if since >= until:
        return []
    found = {one.key: one for one in await members(services, session, collection, since, until)}
    if (since, until) != (0, MAX_TIME):
        found |= await _series_beyond(services, session, collection, since, until, set(found))
    return [found[key] for key in sorted(found)]


async def _series_beyond(
    services: Services,
    session: Session,
    collection: Collection,
    since: int,
    until: int,
    known: Set[Key],
) -> dict[Key, Member]:
    """Series that may reach into what of the range has no events of theirs."""
    now = int(services.now())
    found: dict[Key, Member] = {}
    if since < now - BACK_SEC and collection.is_mine:
        keys = [key for key in await _series_of_objects(services, collection) if key not in known]
        found |= await members_of(services, session, collection, keys)
    if until > now + services.limits.series_horizon_sec:
        coming = await members(services, session, collection, now, MAX_TIME)
        found |= {one.key: one for one in coming if one.series is not None}
    return found


async def _series_of_objects(services: Services, collection: Collection) -> list[Key]:
    keys = map(key_of, await services.store.objects.of_series(collection.manager_id))
    return [key for key in keys if key is not None]


def zone_of(member: Member, default_timezone: str) -> str:
    """The zone whose dates an all-day member has."""
    first = member.events[0]
    return (first.all_day and first.timezone) or default_timezone

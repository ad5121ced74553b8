"""MngGetCalendarSummary: how many events there are of each kind, and how many are late."""

from typing import Any

import msgspec

from deskcal.commands.filters import Filters, event_facts, require_range
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import wire_safe
from deskcal.core.draft import timezones
from deskcal.core.event import Time
from deskcal.core.filters import EventFilter
from deskcal.core.sessions import Session
from deskcal.core.summary import GroupBy, by_day
from deskcal.errors import InvalidField
from deskcal.live.connections import Peer

GetSummary: Any = msgspec.defstruct(
    "GetSummary",
    [
        ("since", Time, msgspec.field(name="from")),
        ("until", Time, msgspec.field(name="to")),
        ("group_by", GroupBy),
        ("timezone", str | None, None),
    ],
    bases=(Filters,),
    kw_only=True,
    module=__name__,
)
"""What is counted, and by what."""


@command("MngGetCalendarSummary", GetSummary, is_list=True, is_repeatable=True)
def get_summary(services: Services, _: Peer, session: Session, data: Any) -> Work:
    """Counts of the events that overlap a range, by day, manager, desk, type or outcome."""
    require_range(data.since, data.until)
    timezone = data.timezone or services.default_timezone
    if timezone not in timezones():
        raise InvalidField(
            f"timezone ({timezone[:64]!r}) is no IANA time zone such as 'Europe/Nicosia'",
            field="timezone",
        )
    now = int(services.now())
    facts = msgspec.structs.asdict(event_facts(data, services.limits, now))
    wanted = EventFilter(since=data.since, until=data.until, limit=1, **facts)
    return _summary(services, session, wanted, data.group_by, timezone)


async def _summary(
    services: Services, session: Session, wanted: EventFilter, group_by: GroupBy, timezone: str
) -> Data:
    groups = await services.store.summary(wanted, session, group_by, int(services.now()))
    if group_by is GroupBy.DAY:
        groups = by_day(groups, timezone, services.default_timezone)
    return wire_safe(msgspec.json.encode({"groups": groups}))

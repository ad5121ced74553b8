"""Managers, desks and outcomes by name, and the settings that a page needs."""

from typing import Any

import msgspec
from msgspec import Struct

from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.directory import visible
from deskcal.core.document import wire_safe
from deskcal.core.masks import desk_mask_of
from deskcal.core.sessions import Session
from deskcal.live.connections import Peer


class GetDirectory(Struct, kw_only=True):
    """What of the directory is wanted."""

    desk_filter: str = msgspec.field(name="deskFilter")
    brand: str | None = None


@command("MngGetCalendarDirectory", GetDirectory, is_list=True, is_repeatable=True)
def get_directory(services: Services, _: Peer, session: Session, data: GetDirectory) -> Work:
    """Managers and desks that the session may see, by name, and the outcomes of calls."""
    mask = desk_mask_of("deskFilter", data.desk_filter, services.limits)

    async def found() -> Data:
        everything = await services.store.directory.all()
        seen = visible(everything, session, brand=data.brand or None, desk_filter=mask)
        settings = _settings(services, session)
        return wire_safe(msgspec.json.encode(msgspec.structs.asdict(seen) | settings))

    return found()


def _settings(services: Services, session: Session) -> dict[str, Any]:
    """What clients show or ask for by: calling hours of the session's brands among it."""
    rules = services.call_rules
    hours = rules.hours.tables()
    return {
        "default_timezone": services.default_timezone,
        "others_may_change": int(session.others_may_change),
        "trash_retention_sec": services.limits.trash_retention_sec,
        "calling_hours": {
            brand: table for brand, table in hours.items() if session.brands.matches(brand)
        },
        "outcome_required_types": sorted(rules.outcome_required_types),
    }

"""A client's methods for deleted events."""

import msgspec
from msgspec import Struct

from deskcal.client.answers import EventAnswer
from deskcal.client.caller import Caller, target_of
from deskcal.core.event import Event


class Trashed(Struct, frozen=True):
    """One deleted event."""

    event: Event
    """As it was last."""
    deleted_time: int
    """Unix seconds."""
    deleted_by: int


class TrashPage(Struct, frozen=True):
    """Deleted events, the last deleted first."""

    rows: list[Trashed]
    next: str | None
    """For `before` of the next page; None: this is the last one."""


class TrashCalls(Caller):
    """The trash. Source: contract, section 15."""

    async def get_trash(
        self,
        *,
        desk_filter: str = "*",
        limit: int = 100,
        before: str | None = None,
        token: str | None = None,
    ) -> TrashPage:
        """Deleted events that the token's manager could change."""
        data = {"deskFilter": desk_filter, "limit": limit, "before": before}
        answer = await self.ask("MngGetCalendarTrash", data, token)
        return msgspec.json.decode(answer, type=TrashPage)

    async def restore_event(
        self, event_id: int, *, if_version: int | None = None, token: str | None = None
    ) -> Event:
        """Brings a deleted event back under its id. NotFound: it is not in the trash."""
        data = target_of(event_id, if_version)
        answer = await self.ask("MngRestoreCalendarEvent", data, token)
        return msgspec.json.decode(answer, type=EventAnswer).event

"""A client's methods for the change table."""

from typing import Any

import msgspec

from deskcal.client.answers import (
    HistoryAnswer,
)
from deskcal.client.caller import Caller
from deskcal.client.types import (
    ChangePage,
    HistoryEntry,
)


class ChangeCalls(Caller):
    """What changed after a cursor, and the history of an event."""

    async def get_changes(
        self,
        since: int | None = None,
        *,
        desk_filter: str = "*",
        limit: int = 1000,
        token: str | None = None,
        **facts: Any,
    ) -> ChangePage:
        """What changed after a cursor, each event as of that change; None: only the cursor of now.

        `facts` are the equalities of a list: manager_id, brand, status and others.
        Raises: ResyncRequired when the cursor is older than what is kept: list the events again.
        """
        data = {**facts, "deskFilter": desk_filter, "limit": limit}
        data |= {} if since is None else {"since": since}
        answer = await self.ask("MngGetCalendarChanges", data, token)
        return msgspec.json.decode(answer, type=ChangePage)

    async def get_event_history(
        self, event_id: int, *, token: str | None = None
    ) -> list[HistoryEntry]:
        """Who changed what and when, the oldest first; also of a deleted event."""
        found: list[HistoryEntry] = []
        since = 0
        while True:
            data = {"id": event_id, "since": since}
            answer = await self.ask("MngGetCalendarEventHistory", data, token)
            page = msgspec.json.decode(answer, type=HistoryAnswer)
            found += page.history
            since = page.next
            if not page.more:
                return found

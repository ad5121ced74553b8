"""A client's methods for reminders."""

from typing import Literal

import msgspec

from deskcal.client.answers import (
    TokenAnswer,
)
from deskcal.client.caller import Caller
from deskcal.client.types import (
    ReminderPage,
)


class ReminderCalls(Caller):
    """A list of reminders, and what becomes of one."""

    async def get_reminders(
        self,
        state: Literal["unread", "missed"] | None = None,
        *,
        limit: int = 100,
        after: str | None = None,
        token: str | None = None,
    ) -> ReminderPage:
        """The manager's own fired reminders, newest first; None: unread, read and missed ones."""
        data = {"state": state, "limit": limit, "after": after}
        answer = await self.ask("MngGetCalendarReminders", data, token)
        return msgspec.json.decode(answer, type=ReminderPage)

    async def ack_reminder(self, reminder: str, *, token: str | None = None) -> None:
        """Marks the reminder of that token read, on all of the manager's connections."""
        await self.ask("MngAckCalendarReminder", {"token": reminder}, token)

    async def snooze_reminder(self, reminder: str, until: int, *, token: str | None = None) -> str:
        """Has it again at `until` (Unix seconds), for this manager alone; its token then."""
        data = {"token": reminder, "until": until}
        answer = await self.ask("MngSnoozeCalendarReminder", data, token)
        return msgspec.json.decode(answer, type=TokenAnswer).token

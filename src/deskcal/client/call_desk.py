"""A client's methods for the call desk: claiming and completing calls."""

from typing import Any, Literal, Unpack

import msgspec

from deskcal.client.answers import EventAnswer, SummaryAnswer
from deskcal.client.caller import Caller, target_of
from deskcal.client.types import ClaimQuery, ClaimResult, Completed, Completion
from deskcal.core.event import Event
from deskcal.core.summary import SummaryGroup


class CallDeskCalls(Caller):
    """Commands of the call desk. Source: contract, section 14."""

    async def complete_event(self, event_id: int, **completion: Unpack[Completion]) -> Completed:
        """Sets the status to done, with an outcome and a follow-up; done before, nothing changes.

        Raises: Conflict if it was done with another outcome or note, or without a follow-up that
        is sent, or while somebody else has claimed it.
        """
        sent: dict[str, Any] = {"id": event_id, **completion}
        token = sent.pop("token", None)
        answer = await self.ask("MngCompleteCalendarEvent", sent, token)
        return msgspec.json.decode(answer, type=Completed)

    async def claim_next_event(self, **query: Unpack[ClaimQuery]) -> ClaimResult:
        """Claims the most pressing call whose time has come, by default of every desk.

        Raises: Timeout if the outcome is not known; claim again then, the same event comes back.
        """
        sent: dict[str, Any] = {**query}
        token = sent.pop("token", None)
        data = {"deskFilter": sent.pop("desk_filter", "*"), **sent}
        answer = await self.ask("MngClaimNextCalendarEvent", data, token)
        return msgspec.json.decode(answer, type=ClaimResult)

    async def release_event(
        self, event_id: int, *, if_version: int | None = None, token: str | None = None
    ) -> Event:
        """Ends a claim; of an event that nobody has claimed, changes nothing."""
        data = target_of(event_id, if_version)
        answer = await self.ask("MngReleaseCalendarEvent", data, token)
        return msgspec.json.decode(answer, type=EventAnswer).event

    async def get_summary(
        self,
        since: int,
        until: int,
        group_by: Literal["day", "manager", "desk", "type", "outcome"],
        *,
        desk_filter: str = "*",
        token: str | None = None,
        **facts: Any,
    ) -> list[SummaryGroup]:
        """Counts of the events that overlap [since, until), by key.

        `facts`: `timezone` of days, and the filters of a list.
        """
        data = {
            "from": since,
            "to": until,
            "group_by": group_by,
            "deskFilter": desk_filter,
            **facts,
        }
        answer = await self.ask("MngGetCalendarSummary", data, token)
        return msgspec.json.decode(answer, type=SummaryAnswer).groups

"""A client's methods for the call desk: completing calls."""

from typing import Any, Unpack

import msgspec

from deskcal.client.caller import Caller
from deskcal.client.types import Completed, Completion


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

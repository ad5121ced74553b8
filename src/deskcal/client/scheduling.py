"""A client's methods for free and busy times."""

from collections.abc import Sequence
from typing import Unpack

import msgspec

from deskcal.client.answers import (
    FreeBusyAnswer,
    SlotsAnswer,
)
from deskcal.client.caller import WIRE_NAMES, Caller
from deskcal.client.types import (
    BusyManagers,
    FreeBusy,
    SlotQuery,
    Slots,
)


class SchedulingCalls(Caller):
    """When managers are busy, and when they are free."""

    async def get_free_busy(
        self,
        manager_ids: Sequence[int],
        since: int,
        until: int,
        *,
        exclude_event_id: int | None = None,
        token: str | None = None,
    ) -> BusyManagers:
        """When each of the managers is busy in [since, until), the excluded event left out."""
        data = {"manager_ids": manager_ids, "from": since, "to": until}
        data |= {} if exclude_event_id is None else {"exclude_event_id": exclude_event_id}
        answer = await self.ask("MngGetCalendarFreeBusy", data, token)
        found = msgspec.json.decode(answer, type=FreeBusyAnswer)
        managers = {one.manager_id: FreeBusy(one.busy, one.tentative) for one in found.managers}
        return BusyManagers(managers, found.horizon)

    async def find_slots(self, *, token: str | None = None, **query: Unpack[SlotQuery]) -> Slots:
        """The earliest times at which all (or any) are free, else those with the fewest busy."""
        data = {WIRE_NAMES.get(name, name): value for name, value in query.items()}
        answer = await self.ask("MngFindCalendarSlots", data, token)
        found = msgspec.json.decode(answer, type=SlotsAnswer)
        return Slots(found.slots, found.horizon)

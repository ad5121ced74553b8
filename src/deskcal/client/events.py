"""A client's methods for single events and lists of them."""

import secrets
from collections.abc import Mapping
from typing import Any, Unpack

import msgspec

from deskcal.client.answers import (
    EventAnswer,
)
from deskcal.client.caller import WIRE_NAMES, Caller, target_of
from deskcal.client.types import (
    EventChanges,
    EventPage,
    EventQuery,
    NewEvent,
    SearchPage,
)
from deskcal.core.event import Event, ParticipantStatus


class EventCalls(Caller):
    """Commands of the seeds, and MngRespondCalendarEvent."""

    async def add_event(
        self,
        *,
        idempotency_key: str | None = None,
        token: str | None = None,
        **event: Unpack[NewEvent],
    ) -> Event:
        """Creates an event, once, even if it has to be sent again: None makes a key of its own."""
        key = idempotency_key or secrets.token_hex(16)
        return await self._event("MngAddCalendarEvent", {**event, "idempotency_key": key}, token)

    async def update_event(
        self,
        event_id: int,
        *,
        if_version: int | None = None,
        token: str | None = None,
        **changes: Unpack[EventChanges],
    ) -> Event:
        """Changes the named fields; Conflict if the event's version is not `if_version`."""
        data = {**changes, **target_of(event_id, if_version)}
        return await self._event("MngUpdateCalendarEvent", data, token)

    async def delete_event(
        self, event_id: int, *, if_version: int | None = None, token: str | None = None
    ) -> None:
        """Deletes the event and its participants."""
        await self.ask("MngDeleteCalendarEvent", target_of(event_id, if_version), token)

    async def archive_event(
        self, event_id: int, *, if_version: int | None = None, token: str | None = None
    ) -> Event:
        """Sets the status to archived; archived before, nothing changes."""
        return await self._event("MngArchiveCalendarEvent", target_of(event_id, if_version), token)

    async def respond_event(
        self,
        event_id: int,
        status: ParticipantStatus,
        *,
        if_version: int | None = None,
        token: str | None = None,
    ) -> Event:
        """Sets the answer of the token's own manager, and nobody else's."""
        data = {**target_of(event_id, if_version), "status": status}
        return await self._event("MngRespondCalendarEvent", data, token)

    async def get_event(self, event_id: int, *, token: str | None = None) -> Event:
        """The event; NotFound if there is none that the token's manager may see."""
        return await self._event("MngGetCalendarEvent", {"id": event_id}, token)

    async def get_events_by_filter(
        self, *, token: str | None = None, **query: Unpack[EventQuery]
    ) -> EventPage:
        """Events that overlap [since, until); by default of every desk, the first 1,000."""
        data = {"deskFilter": "*", "limit": 1000, "offset": 0}
        data |= {WIRE_NAMES.get(name, name): value for name, value in query.items()}
        answer = await self.ask("MngGetCalendarEventsByFilter", data, token)
        return msgspec.json.decode(answer, type=EventPage)

    async def search_events(
        self,
        words: str,
        *,
        desk_filter: str = "*",
        limit: int | None = None,
        after: str | None = None,
        token: str | None = None,
        **facts: Any,
    ) -> SearchPage:
        """Events in which every word is found; `facts`: the filters of a list, `from` and `to`."""
        data = {"q": words, "deskFilter": desk_filter, "limit": limit, "after": after, **facts}
        answer = await self.ask("MngSearchCalendarEvents", data, token)
        return msgspec.json.decode(answer, type=SearchPage)

    async def _event(self, command: str, data: Mapping[str, Any], token: str | None) -> Event:
        return msgspec.json.decode(await self.ask(command, data, token), type=EventAnswer).event

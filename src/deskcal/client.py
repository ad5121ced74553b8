"""The typed asyncio client: a method for each command. The connection is in `client_link`."""

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from ssl import SSLContext
from types import TracebackType
from typing import Any, Required, Self, TypedDict, Unpack

import msgspec
from msgspec import Raw, Struct

from deskcal.client_calls import Answer, Options
from deskcal.client_link import Link
from deskcal.model import Event, ParticipantStatus


class EventFields(TypedDict, total=False):
    """What may be sent of an event beside title and times. Source: seed 001, "Request Data"."""

    brand: str
    desk: str
    owner_manager_id: int
    created_by: int
    type: int
    status: int
    priority: int
    ast_json: Any
    all_day: int
    timezone: str
    remind_time: int
    remind_before_sec: int
    customer_id: int
    lead_id: int
    login: int
    participant_manager_ids: Sequence[int]
    participants: Sequence[Mapping[str, int]]


class NewEvent(EventFields):
    """An event to create; times are Unix seconds."""

    title: str
    start_time: int
    end_time: int


class EventChanges(EventFields, total=False):
    """What is to change of an event."""

    title: str
    start_time: int
    end_time: int


class EventQuery(TypedDict, total=False):
    """Which events to list; `since` and `until` (Unix seconds) are the wire's `from` and `to`."""

    since: Required[int]
    until: Required[int]
    desk_filter: str
    limit: int
    offset: int
    manager_id: int
    brand: str
    customer_id: int
    lead_id: int
    login: int
    status: int | Sequence[int]
    type: int | Sequence[int]


class EventPage(Struct, frozen=True):
    """One page of a list."""

    rows: list[Event]
    """By start_time, then id."""
    count: int
    """Of all events that match and may be seen, whatever limit and offset are."""


class _OneEvent(Struct):
    event: Event


class _Cursor(Struct):
    next: int


class _Subscribed(Struct):
    chanels: list[str]


class _Time(Struct):
    time: int


_WIRE_NAMES = {"since": "from", "until": "to", "desk_filter": "deskFilter"}


class Client:
    """A connection to a deskcal server: `async with Client.connect(host, port, token=...)`.

    Each method raises the class of `deskcal.errors` that the server's answer names, Unavailable
    when the request could not be sent, Timeout when its outcome is not known. `token` of a method
    goes before the one of `connect`: one connection carries the tokens of many managers.

    When the connection breaks, it is made anew. Reads, and what carries an idempotency_key
    (`add_event` always does), are then sent again, within their timeout. Any other mutation that
    was sent raises Timeout: look at the event before you repeat it, or repeat it with `if_version`.
    """

    def __init__(self, options: Options) -> None:
        self._token = options.token
        self._link = Link(options)

    @classmethod
    def connect(
        cls,
        host: str,
        port: int,
        *,
        token: str | None = None,
        ssl: SSLContext | None = None,
        timeout_sec: float = 20,
        **limits: Any,
    ) -> Self:
        """A client that connects on `async with`, which raises Unavailable if that fails.

        `timeout_sec` is for each call; `limits` are further fields of `client_calls.Options`.
        """
        options = Options(
            host=host, port=port, token=token, ssl=ssl, timeout_sec=timeout_sec, **limits
        )
        return cls(options)

    async def __aenter__(self) -> Self:
        await self._link.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._link.stop()

    @property
    def dropped_messages(self) -> int:
        """Pushed messages that nobody took in time: beyond `max_pushed` the oldest goes."""
        return self._link.dropped_messages

    @property
    def reconnects(self) -> int:
        """How often the connection was made anew."""
        return self._link.reconnects

    async def call_raw(
        self, command: str, data: Mapping[str, Any] | None = None, *, token: str | None = None
    ) -> Answer:
        """The answer to any command as it came, an error too; values of `data` may be `Raw`."""
        return await self._link.ask(command, data or {}, token or self._token)

    async def call(
        self, command: str, data: Mapping[str, Any] | None = None, *, token: str | None = None
    ) -> Any:
        """The `data` of the answer to any command, as parsed JSON."""
        return msgspec.json.decode(await self._ask(command, data or {}, token))

    async def ping(self, *, token: str | None = None) -> int:
        """The server's time, Unix seconds; the token's reminders come from now on."""
        return msgspec.json.decode(await self._ask("Ping", {}, token), type=_Time).time

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
        data = {**changes, **_target(event_id, if_version)}
        return await self._event("MngUpdateCalendarEvent", data, token)

    async def delete_event(
        self, event_id: int, *, if_version: int | None = None, token: str | None = None
    ) -> None:
        """Deletes the event and its participants."""
        await self._ask("MngDeleteCalendarEvent", _target(event_id, if_version), token)

    async def archive_event(
        self, event_id: int, *, if_version: int | None = None, token: str | None = None
    ) -> Event:
        """Sets the status to archived; archived before, nothing changes."""
        return await self._event("MngArchiveCalendarEvent", _target(event_id, if_version), token)

    async def complete_event(
        self, event_id: int, *, if_version: int | None = None, token: str | None = None
    ) -> Event:
        """Sets the status to done; done before, nothing changes."""
        return await self._event("MngCompleteCalendarEvent", _target(event_id, if_version), token)

    async def respond_event(
        self,
        event_id: int,
        status: ParticipantStatus,
        *,
        if_version: int | None = None,
        token: str | None = None,
    ) -> Event:
        """Sets the answer of the token's own manager, and nobody else's."""
        data = {**_target(event_id, if_version), "status": status}
        return await self._event("MngRespondCalendarEvent", data, token)

    async def get_event(self, event_id: int, *, token: str | None = None) -> Event:
        """The event; NotFound if there is none that the token's manager may see."""
        return await self._event("MngGetCalendarEvent", {"id": event_id}, token)

    async def get_events_by_filter(
        self, *, token: str | None = None, **query: Unpack[EventQuery]
    ) -> EventPage:
        """Events that overlap [since, until); by default of every desk, the first 1,000."""
        data = {"deskFilter": "*", "limit": 1000, "offset": 0}
        data |= {_WIRE_NAMES.get(name, name): value for name, value in query.items()}
        answer = await self._ask("MngGetCalendarEventsByFilter", data, token)
        return msgspec.json.decode(answer, type=EventPage)

    async def subscribe(
        self, channels: Sequence[str], *, since: int | None = None, token: str | None = None
    ) -> list[str]:
        """Has changes pushed (see `messages`); gives all channels now subscribed for the token.

        `since` is a cursor; None: from now on. After a reconnect the channels are subscribed
        again, from the last change that came, so that none is missed.
        """
        cursor = await self._cursor(token) if since is None else since
        data = {"chanels": list(channels)} | ({} if since is None else {"since": since})
        answer = await self._ask("Subscribe", data, token)
        return self._subscribed(answer, cursor, token)

    async def unsubscribe(self, channels: Sequence[str], *, token: str | None = None) -> list[str]:
        """Ends the pushes of these channels; gives those that are left for the token."""
        answer = await self._ask("Unsubscribe", {"chanels": list(channels)}, token)
        return self._subscribed(answer, None, token)

    def messages(self) -> AsyncIterator[Any]:
        """Pushed messages as parsed JSON, for one reader: changes are objects, reminders arrays.

        They wait in a queue of `max_pushed`; beyond it the oldest goes and `dropped_messages`
        counts it. It ends when the client is closed. When a subscription can't be resumed after
        a reconnect, its error is raised here (ResyncRequired, Unauthorized): subscribe again,
        list again, iterate again.
        """
        return self._link.messages()

    def _subscribed(self, answer: Raw, cursor: int | None, token: str | None) -> list[str]:
        channels = msgspec.json.decode(answer, type=_Subscribed).chanels
        self._link.keep_subscribed(token or self._token, channels, cursor)
        return channels

    async def _cursor(self, token: str | None) -> int | None:
        """Where the feed is now; None where the token may not ask."""
        answer = await self.call_raw("MngGetCalendarChanges", {"deskFilter": "*"}, token=token)
        if answer.status != 200:
            return None
        return msgspec.json.decode(answer.data, type=_Cursor).next

    async def _event(self, command: str, data: Mapping[str, Any], token: str | None) -> Event:
        return msgspec.json.decode(await self._ask(command, data, token), type=_OneEvent).event

    async def _ask(self, command: str, data: Mapping[str, Any], token: str | None) -> Raw:
        answer = await self.call_raw(command, data, token=token)
        failure = answer.failure()
        if failure is not None:
            raise failure
        return answer.data


def _target(event_id: int, if_version: int | None) -> dict[str, int]:
    """The event to change, and the version that it must have."""
    target = {"id": event_id}
    if if_version is not None:
        target["if_version"] = if_version
    return target

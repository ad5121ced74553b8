"""The typed asyncio client: a method for each command. The connection is in `link`."""

import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from ssl import SSLContext
from types import TracebackType
from typing import Any, Literal, Self, Unpack

import msgspec
from msgspec import Raw

from deskcal.client.answers import (
    CursorAnswer,
    EventAnswer,
    FreeBusyAnswer,
    HistoryAnswer,
    SlotsAnswer,
    SubscribedAnswer,
    TimeAnswer,
    TokenAnswer,
)
from deskcal.client.batches import BatchCalls
from deskcal.client.calls import Answer, Options
from deskcal.client.iterators import ChangeWatch, ReminderWatch, manager_of
from deskcal.client.link import Link
from deskcal.client.types import (
    Change,
    ChangePage,
    EventChanges,
    EventPage,
    EventQuery,
    FreeBusy,
    HistoryEntry,
    NewEvent,
    Reminder,
    ReminderPage,
    Slot,
    SlotQuery,
)
from deskcal.core.event import Event, ParticipantStatus

_WIRE_NAMES = {"since": "from", "until": "to", "desk_filter": "deskFilter"}


class Client(BatchCalls):
    """A connection to a deskcal server: `async with Client.connect(host, port, token=...)`.

    Each method raises the class of `deskcal.errors` that the server's answer names, Unavailable
    when the request could not be sent, Timeout when its outcome is not known. `token` of a method
    goes before the one of `connect`: one connection carries the tokens of many managers.

    When the connection breaks, it is made anew. Reads, and what carries an idempotency_key
    (`add_event` always does), are then sent again, within their timeout. Any other mutation that
    was sent raises Timeout: look at the event before you repeat it, or repeat it with `if_version`.
    """

    def __init__(
        self, options: Options, renew_token: Callable[[], Awaitable[str]] | None = None
    ) -> None:
        self._token = options.token
        self._renew_token = renew_token
        self._uses: Counter[tuple[str | None, str]] = Counter()
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
        renew_token: Callable[[], Awaitable[str]] | None = None,
        **limits: Any,
    ) -> Self:
        """A client that connects on `async with`, which raises Unavailable if that fails.

        `timeout_sec` is for each call; `renew_token` gives `changes` and `reminders` another token
        when the one at hand has expired; `limits` are further fields of `client_calls.Options`.
        """
        options = Options(
            host=host, port=port, token=token, ssl=ssl, timeout_sec=timeout_sec, **limits
        )
        return cls(options, renew_token)

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
        return msgspec.json.decode(await self._ask("Ping", {}, token), type=TimeAnswer).time

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
        Raises: ResyncRequired when the cursor is older than what is kept: list the events anew.
        """
        data = {**facts, "deskFilter": desk_filter, "limit": limit}
        data |= {} if since is None else {"since": since}
        answer = await self._ask("MngGetCalendarChanges", data, token)
        return msgspec.json.decode(answer, type=ChangePage)

    async def get_event_history(
        self, event_id: int, *, token: str | None = None
    ) -> list[HistoryEntry]:
        """Who changed what and when, the oldest first; also of a deleted event."""
        found: list[HistoryEntry] = []
        since = 0
        while True:
            data = {"id": event_id, "since": since}
            answer = await self._ask("MngGetCalendarEventHistory", data, token)
            page = msgspec.json.decode(answer, type=HistoryAnswer)
            found += page.history
            since = page.next
            if not page.more:
                return found

    async def get_free_busy(
        self,
        manager_ids: Sequence[int],
        since: int,
        until: int,
        *,
        exclude_event_id: int | None = None,
        token: str | None = None,
    ) -> dict[int, FreeBusy]:
        """When each of the managers is busy in [since, until), the excluded event left out."""
        data = {"manager_ids": manager_ids, "from": since, "to": until}
        data |= {} if exclude_event_id is None else {"exclude_event_id": exclude_event_id}
        answer = await self._ask("MngGetCalendarFreeBusy", data, token)
        found = msgspec.json.decode(answer, type=FreeBusyAnswer).managers
        return {one.manager_id: FreeBusy(one.busy, one.tentative) for one in found}

    async def find_slots(
        self, *, token: str | None = None, **query: Unpack[SlotQuery]
    ) -> list[Slot]:
        """The earliest times at which all (or any) are free, else those with the fewest busy."""
        data = {_WIRE_NAMES.get(name, name): value for name, value in query.items()}
        answer = await self._ask("MngFindCalendarSlots", data, token)
        return msgspec.json.decode(answer, type=SlotsAnswer).slots

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
        answer = await self._ask("MngGetCalendarReminders", data, token)
        return msgspec.json.decode(answer, type=ReminderPage)

    async def ack_reminder(self, reminder: str, *, token: str | None = None) -> None:
        """Marks the reminder of that token read, on all of the manager's connections."""
        await self._ask("MngAckCalendarReminder", {"token": reminder}, token)

    async def snooze_reminder(self, reminder: str, until: int, *, token: str | None = None) -> str:
        """Has it again at `until` (Unix seconds), for this manager alone; its token then."""
        data = {"token": reminder, "until": until}
        answer = await self._ask("MngSnoozeCalendarReminder", data, token)
        return msgspec.json.decode(answer, type=TokenAnswer).token

    async def changes(
        self,
        since: int | None = None,
        desk_filter: str = "*",
        *,
        token: str | None = None,
        **facts: Any,
    ) -> AsyncIterator[Change]:
        """Changes after a cursor as they come, in order, none missing and none twice.

        It goes on over reconnects, restarts of the server and pauses of the pushes, and with
        `renew_token` over the end of a token. `facts` are as in `get_changes`. It ends when the
        client is closed. While it is iterated, pushed changes don't come through `messages`.
        Raises: ResyncRequired when the cursor is older than what is kept; Unauthorized when the
        token has expired and there is no other: go on with the `seq` of the last change.
        """
        watch = ChangeWatch(self, {**facts, "deskFilter": desk_filter}, since, token)
        key = (token, watch.channel)
        is_new = watch.channel not in self._link.subscribed(self.token_now(token))
        is_ours = is_new or self._uses[key] > 0
        self._uses[key] += is_ours
        self._link.listen(watch)
        try:
            while page := await watch.next_page():
                for change in page:
                    yield change
        finally:
            self._link.leave(watch)
            self._uses[key] -= is_ours
            if is_ours and not self._uses[key]:
                self._link.leave_channel(self.token_now(token), watch.channel)

    async def reminders(
        self, *, token: str | None = None, acknowledge: bool = True
    ) -> AsyncIterator[Reminder]:
        """Reminders of the token's manager as they come, each once.

        When the loop comes back for the next one, the one before is marked read; where it is left
        by an error, or without `acknowledge`, it is not. It ends when the client is closed.
        Raises: Unauthorized when the token has expired and there is no other.
        """
        watch = ReminderWatch(self, token, manager_of(self.token_now(token)))
        self._link.listen(watch)
        try:
            while reminder := await watch.next_one():
                yield reminder
                if acknowledge:
                    await watch.acknowledge(reminder)
        finally:
            self._link.leave(watch)

    @property
    def link(self) -> Link:
        """The connection."""
        return self._link

    def token_now(self, token: str | None) -> str | None:
        """`token`, or the client's own one as it is now."""
        return token or self._token

    async def renew(self, expired: str | None) -> bool:
        """Whether the client's token is another than `expired` now; asks `renew_token` for one."""
        if self._token == expired and self._renew_token is not None:
            self._token = await self._renew_token()
            self._link.keep_subscribed(expired, [], None)
        return self._token != expired

    async def ask(self, command: str, data: Mapping[str, Any], token: str | None) -> Raw:
        """`data` of the answer to any command as JSON text. Raises: what the answer tells of."""
        return await self._ask(command, data, token)

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
        channels = msgspec.json.decode(answer, type=SubscribedAnswer).chanels
        self._link.keep_subscribed(token or self._token, channels, cursor)
        return channels

    async def _cursor(self, token: str | None) -> int | None:
        """Where the feed is now; None where the token may not ask."""
        answer = await self.call_raw("MngGetCalendarChanges", {"deskFilter": "*"}, token=token)
        if answer.status != 200:
            return None
        return msgspec.json.decode(answer.data, type=CursorAnswer).next

    async def _event(self, command: str, data: Mapping[str, Any], token: str | None) -> Event:
        return msgspec.json.decode(await self._ask(command, data, token), type=EventAnswer).event

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

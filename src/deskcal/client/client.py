"""The typed asyncio client: a method for almost every command, `call` for any. See `link`, too."""

import functools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self

import msgspec
from msgspec import Raw

from deskcal.client.answers import (
    CursorAnswer,
    SubscribedAnswer,
    TimeAnswer,
)
from deskcal.client.batches import BatchCalls
from deskcal.client.call_desk import CallDeskCalls
from deskcal.client.calls import Answer, Options
from deskcal.client.changes import ChangeCalls
from deskcal.client.devices import DeviceCalls
from deskcal.client.events import EventCalls
from deskcal.client.iterators import ChangeWatch, ReminderWatch, manager_of
from deskcal.client.link import Link
from deskcal.client.reminders import ReminderCalls
from deskcal.client.scheduling import SchedulingCalls
from deskcal.client.series import SeriesCalls
from deskcal.client.trash import TrashCalls
from deskcal.client.types import (
    Change,
    Reminder,
)
from deskcal.client.webhooks import WebhookCalls


class Client(
    EventCalls,
    SeriesCalls,
    ChangeCalls,
    SchedulingCalls,
    ReminderCalls,
    BatchCalls,
    TrashCalls,
    CallDeskCalls,
    DeviceCalls,
    WebhookCalls,
):
    """A connection to a deskcal server: `async with Client.connect(host, port, token=...)`.

    Each method raises the class of `deskcal.errors` that the server's answer names, Unavailable
    when the request could not be sent, Timeout when its outcome is not known. `token` of a method
    goes before the one of `connect`: one connection carries the tokens of many managers.

    When the connection breaks, it is re-established. Reads, and what carries an idempotency_key
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

        `timeout_sec`: of each call. `renew_token`: another token for `changes` and `reminders` when
        theirs has expired. `limits`: further fields of `calls.Options`.
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
        """How often the connection was re-established."""
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
        is_new = watch.channel not in self._link.subscriptions.channels(self.token_now(token))
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
            self._link.subscriptions.keep(expired, [])
        return self._token != expired

    async def ask(self, command: str, data: Mapping[str, Any], token: str | None) -> Raw:
        """`data` of the answer to any command as JSON text. Raises: the error of the answer."""
        return await self._ask(command, data, token)

    async def subscribe(
        self, channels: Sequence[str], *, since: int | None = None, token: str | None = None
    ) -> list[str]:
        """Has changes pushed (see `messages`); gives all channels now subscribed for the token.

        `since` is a cursor; None: from now on. After a reconnect the channels are subscribed
        again, each from the last change that was pushed for it, so that none is missed.
        """
        cursor = await self._cursor(token) if since is None else since
        data = {"chanels": list(channels)} | ({} if since is None else {"since": since})
        rewound = () if since is None else tuple(channels)
        keep = functools.partial(self._keep, token or self._token, cursor, rewound)
        return await self._change_channels("Subscribe", data, token, keep)

    async def unsubscribe(self, channels: Sequence[str], *, token: str | None = None) -> list[str]:
        """Ends the pushes of these channels; gives those that are left for the token."""
        data = {"chanels": list(channels)}
        keep = functools.partial(self._keep, token or self._token, None, ())
        return await self._change_channels("Unsubscribe", data, token, keep)

    def messages(self) -> AsyncIterator[Any]:
        """Pushed messages as parsed JSON, for one reader: changes are objects, reminders arrays.

        They wait in a queue of `max_pushed`; beyond it the oldest goes and `dropped_messages`
        counts it. It ends when the client is closed. When a subscription can't be resumed after
        a reconnect, its error is raised here (ResyncRequired, Unauthorized): subscribe again,
        list again, iterate again.
        """
        return self._link.messages()

    async def _change_channels(
        self,
        command: str,
        data: Mapping[str, Any],
        token: str | None,
        keep: Callable[[Answer], None],
    ) -> list[str]:
        """The channels that the server answers with; `keep` gets the answer before later pushes."""
        answer = await self._link.ask(command, data, token or self._token, keep)
        failure = answer.failure()
        if failure is not None:
            raise failure
        return msgspec.json.decode(answer.data, type=SubscribedAnswer).chanels

    def _keep(
        self, token: str | None, cursor: int | None, rewound: tuple[str, ...], answer: Answer
    ) -> None:
        if answer.status == 200:
            channels = msgspec.json.decode(answer.data, type=SubscribedAnswer).chanels
            self._link.subscriptions.keep(token, channels, cursor, rewound=rewound)

    async def _cursor(self, token: str | None) -> int | None:
        """Where the feed is now; None where the token may not ask."""
        answer = await self.call_raw("MngGetCalendarChanges", {"deskFilter": "*"}, token=token)
        if answer.status != 200:
            return None
        return msgspec.json.decode(answer.data, type=CursorAnswer).next

    async def _ask(self, command: str, data: Mapping[str, Any], token: str | None) -> Raw:
        answer = await self.call_raw(command, data, token=token)
        failure = answer.failure()
        if failure is not None:
            raise failure
        return answer.data

"""What a client iterates over: changes that miss nothing and repeat nothing, and reminders.

A pushed change only says "look": what is given out is asked for from a cursor. So a broken
connection, a restart of the server, a pause of the pushes or an expired token delay a change, and
never lose or repeat one.
"""

import asyncio
import base64
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec
from msgspec import Raw, Struct

from deskcal.client.link import Link
from deskcal.client.types import Change, ChangePage, Reminder
from deskcal.core.event import Event
from deskcal.errors import DeskcalError, Timeout, TooManyRequests, Unauthorized, Unavailable

QUIET_SEC = 15.0
"""After so long a silence the server is asked: pushes of an expired token end without a word."""
RETRY_SEC = 0.2
PAGE = 1000
REMEMBERED = 10_000
"""Tokens of reminders that were given out, so that none is given out twice."""
MAX_WAITING = 10_000
"""Reminders that wait to be taken; then the oldest goes."""


class _Delivered(Struct):
    event: Event
    due: int
    late_sec: int = 0


class Caller(Protocol):
    """What the iterators need of a client."""

    @property
    def link(self) -> Link:
        """The connection."""

    async def ask(self, command: str, data: Mapping[str, Any], token: str | None) -> Raw:
        """`data` of the answer. Raises: the error of the answer."""

    async def renew(self, expired: str | None) -> bool:
        """Whether there is a newer token than `expired` now."""

    def token_now(self, token: str | None) -> str | None:
        """`token`, or the client's own one as it is now."""


class _Watch:
    """Waits for something new, and calls again when a call fails for no fault of the caller's."""

    def __init__(self, caller: Caller, token: str | None) -> None:
        self._caller = caller
        self._token = token
        self._something_new = asyncio.Event()
        self._is_new_link = True

    def look_again(self) -> None:
        """There is a new connection, or none any more."""
        self._is_new_link = True
        self._something_new.set()

    @property
    def is_over(self) -> bool:
        """Whether the client was closed."""
        return self._caller.link.is_closed

    async def _wait(self) -> bool:
        """Until there is something new; False: there was nothing for long."""
        try:
            async with asyncio.timeout(QUIET_SEC):
                await self._something_new.wait()
        except TimeoutError:
            return False
        self._something_new.clear()
        return True

    async def _persist(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does `work` until it succeeds, or the client is closed.

        Raises: what trying again can't mend.
        """
        while not self.is_over:
            used = self._caller.token_now(self._token)
            try:
                return await work()
            except (Unavailable, Timeout):
                await asyncio.sleep(RETRY_SEC)
            except TooManyRequests as exc:
                await asyncio.sleep(exc.details.get("retry_after_ms", 1000) / 1000)
            except Unauthorized:
                if self._token is not None or not await self._caller.renew(used):
                    raise
                self._is_new_link = True
        return None


class ChangeWatch(_Watch):
    """The changes after a cursor, page by page."""

    def __init__(
        self, caller: Caller, query: Mapping[str, Any], since: int | None, token: str | None
    ) -> None:
        super().__init__(caller, token)
        self._query = query
        self._cursor = since
        self._is_behind = True
        self._page: list[Change] = []
        manager_id, mask = query.get("manager_id"), query["deskFilter"]
        self.channel = f"calendar:desk:{mask}" if mask != "*" else "calendar"
        if manager_id:
            self.channel = f"calendar:manager:{manager_id}"

    def take(self, message: Any) -> bool:
        """A change is a nudge; so is a resync: what was not pushed is asked for."""
        if not isinstance(message, dict):
            return False
        if message.get("event") not in ("calendar:event", "calendar:resync"):
            return False
        if self._cursor is None or message["seq"] > self._cursor:
            self._is_behind = True
            self._something_new.set()
        return True

    async def next_page(self) -> list[Change]:
        """What came since the page before; none only when the client was closed."""
        self._page = []
        while not self._page and not self.is_over:
            if not self._is_behind and not self._is_new_link:
                self._is_behind = not await self._wait() or self._is_behind
                continue
            await self._persist(self._fetch)
        return self._page

    async def _fetch(self) -> None:
        """Subscribes before it asks, so that what comes later nudges."""
        if self._is_new_link:
            self._is_new_link = False
            await self._or_again(self._caller.ask("Subscribe", self._subscription(), self._token))
            token = self._caller.token_now(self._token)
            subscriptions = self._caller.link.subscriptions
            channels = list(dict.fromkeys([*subscriptions.channels(token), self.channel]))
            subscriptions.keep(token, channels)
        self._is_behind = False
        query = {**self._query, "limit": PAGE}
        if self._cursor is not None:
            query["since"] = self._cursor
        answer = await self._or_again(self._caller.ask("MngGetCalendarChanges", query, self._token))
        page = msgspec.json.decode(answer, type=ChangePage)
        self._page = page.changes
        self._cursor = page.next
        self._is_behind = self._is_behind or bool(page.more)

    def _subscription(self) -> dict[str, Any]:
        return {"chanels": [self.channel]}

    async def _or_again(self, asking: Awaitable[Raw]) -> Raw:
        """The answer; without one, all is to be done again."""
        try:
            return await asking
        except BaseException:
            self._is_behind = self._is_new_link = True
            raise


class ReminderWatch(_Watch):
    """Reminders of the managers whose tokens the connection carries."""

    def __init__(self, caller: Caller, token: str | None, manager_id: int | None) -> None:
        """`manager_id`: whose reminders; None: of all managers of the connection."""
        super().__init__(caller, token)
        self._manager_id = manager_id
        self._waiting: deque[Reminder] = deque(maxlen=MAX_WAITING)
        self._seen: OrderedDict[str, None] = OrderedDict()

    def take(self, message: Any) -> bool:
        """A reminder that was not given out before; one that was read elsewhere is taken back."""
        if isinstance(message, dict) and message.get("event") == "calendar:reminder":
            kept = [one for one in self._waiting if one.token != message.get("token")]
            self._waiting = deque(kept, MAX_WAITING)
            return True
        if not isinstance(message, list) or len(message) < 9 or message[0] != "n":
            return False
        if self._manager_id not in (None, message[6]):
            return False
        if message[3] not in self._seen:
            self._remember(message[3])
            self._waiting.append(_reminder(message))
            self._something_new.set()
        return True

    def _remember(self, token: str) -> None:
        self._seen[token] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def next_one(self) -> Reminder | None:
        """The next reminder; None when the client was closed."""
        while not self._waiting and not self.is_over:
            if self._is_new_link:
                await self._persist(self._greet)
            elif not await self._wait():
                self._is_new_link = True
        return self._waiting.popleft() if self._waiting else None

    async def _greet(self) -> None:
        """Carries the token, so that the connection gets its reminders."""
        await self._caller.ask("Ping", {}, self._token)
        self._is_new_link = False

    async def acknowledge(self, reminder: Reminder) -> None:
        """Marks it read; an acknowledgement that fails is left: the reminder was given out."""
        try:
            await self._persist(lambda: self._send_ack(reminder))
        except DeskcalError:
            return

    async def _send_ack(self, reminder: Reminder) -> None:
        await self._caller.ask("MngAckCalendarReminder", {"token": reminder.token}, self._token)


def _reminder(message: list[Any]) -> Reminder:
    _, title, description, token, _, level, manager_id, fired_time, data, *_ = message
    sent = msgspec.convert(_with_raw_ast(data), _Delivered)
    return Reminder(
        token,
        title,
        description,
        sent.due,
        sent.late_sec,
        manager_id,
        fired_time,
        sent.event,
        level,
    )


def _with_raw_ast(data: dict[str, Any]) -> dict[str, Any]:
    ast = Raw(msgspec.json.encode(data["event"].get("ast_json")))
    return {**data, "event": {**data["event"], "ast_json": ast}}


def manager_of(token: str | None) -> int | None:
    """The manager whom a JWT names, unverified; None: it can't be sent."""
    try:
        payload = (token or "").split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        found = claims["id"]
    except (IndexError, KeyError, TypeError, ValueError):
        return None
    return found if isinstance(found, int) else None

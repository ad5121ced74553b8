"""A server without a socket: commands over a store of its own, with a clock that tests set.

Also: tokens, and requests as lines.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from deskcal.app.runtime import running
from deskcal.commands import Dispatcher, FastPath, PagedAnswer, Peer, PendingAnswer
from deskcal.core.all_day import UTC
from deskcal.core.completion import NO_RULES, CallRules
from deskcal.core.sessions import SessionType
from deskcal.core.tokens import TokenVerifier, sign
from deskcal.core.webhook_address import AllowedNetworks
from deskcal.limits import Limits
from deskcal.live.webhook_http import Poster
from deskcal.wire.envelope import EventAnswer
from helpers import KEY, NOW, make_claims
from places import Place

MANAGER = int(SessionType.SESSION_MANAGER)
DEALER = int(SessionType.SESSION_DEALER)
ADMIN = int(SessionType.SESSION_ADMIN)
CRM_MANAGER = int(SessionType.SESSION_CRM_MANAGER)
CRM_ADMIN = int(SessionType.SESSION_CRM_ADMIN)

Answer = dict[str, Any]


class FakeClock:
    """The time that a test sets; called, it tells it."""

    def __init__(self, time: float = NOW) -> None:
        self.time = time

    def __call__(self) -> float:
        return self.time


def token(manager_id: int = 10, type: int = MANAGER, **claims: object) -> str:
    """A token of that manager; `desks`, `brands`, `exp` and others as named."""
    return sign(KEY, make_claims(id=manager_id, type=type, **claims))


def request(command: str, ext_id: object, data: Mapping[str, Any], token_: str | None) -> bytes:
    """A request as a frame, without its line end."""
    message: dict[str, Any] = {"command": command, "extID": ext_id, "data": data}
    if token_ is not None:
        message["__token"] = token_
    return json.dumps(message).encode()


class Desk:
    """A server in process: `await desk.call(token, command, key=value)` gives the answer."""

    def __init__(
        self, dispatcher: Dispatcher, clock: FakeClock, monotonic: FakeClock | None = None
    ) -> None:
        self.dispatcher = dispatcher
        self.services = dispatcher.services
        self.requests = FastPath(dispatcher)
        self.clock = clock
        self.monotonic = monotonic or FakeClock(0)
        self.peer = Peer()

    async def frame(self, frame: bytes) -> Answer:
        """The answer to one frame."""
        return parsed(await line_of(self.requests.answer(self.peer, frame, self.clock())))

    async def call(self, token_: str | None, command: str, **data: Any) -> Answer:
        """The answer to one command."""
        return await self.frame(request(command, 1, data, token_))

    async def event(self, token_: str, command: str, **data: Any) -> dict[str, Any]:
        """The event that a command which must succeed answers with."""
        answered = await self.call(token_, command, **data)
        assert answered["status"] == 200, answered
        event: dict[str, Any] = answered["data"]["event"]
        return event

    async def add(self, token_: str, **data: Any) -> dict[str, Any]:
        """A new event; title and times are filled in where they are not named."""
        return await self.event(token_, "MngAddCalendarEvent", **new_event(**data))

    async def rows(self, token_: str, **data: Any) -> tuple[list[int], int]:
        """Ids and count of a list, of everything where nothing is named."""
        answered = await self.call(token_, "MngGetCalendarEventsByFilter", **everything(**data))
        assert answered["status"] == 200, answered
        return [row["id"] for row in answered["data"]["rows"]], answered["data"]["count"]


async def line_of(found: bytes | EventAnswer | PendingAnswer) -> bytes:
    """The answer in one piece."""
    data = await found.finish() if isinstance(found, PendingAnswer) else found
    if isinstance(data, PagedAnswer):
        return b"".join(await pieces_of(data))
    return data if isinstance(data, bytes) else b"".join(data)


async def pieces_of(answer: PagedAnswer) -> list[bytes]:
    """All pieces of an answer in pages."""
    found = []
    with contextlib.closing(answer):
        while pieces := await answer.take():
            found += pieces
    return found


def parsed(line: bytes) -> Answer:
    """The message in a line, which must be spelled as the published clients need it."""
    assert line.endswith(b"\r\n") and line.isascii() and b"\n" not in line[:-2], line
    message: Answer = json.loads(line)
    assert "event" not in message
    return message


def new_event(**named: Any) -> dict[str, Any]:
    """Data of a create, one hour from `NOW`, but for what is named."""
    return {"title": "Retention sync", "start_time": NOW, "end_time": NOW + 3600} | named


def everything(**named: Any) -> dict[str, Any]:
    """Data of a list of all that is there, but for what is named."""
    data = {"from": 0, "to": NOW * 2, "limit": 1000, "offset": 0, "deskFilter": "*"}
    data |= {{"since": "from", "until": "to"}.get(name, name): v for name, v in named.items()}
    return data


@asynccontextmanager
async def open_desk(
    place: Place,
    *,
    others_may_change: bool = True,
    call_rules: CallRules = NO_RULES,
    default_timezone: str = UTC,
    **limits: Any,
) -> AsyncIterator[Desk]:
    """A `Desk` over a store in `place`."""
    bounds = Limits(**limits)
    clock, monotonic = FakeClock(), FakeClock(0)
    store = await place.open(bounds, default_timezone=default_timezone)
    try:
        verifier = TokenVerifier([KEY], others_may_change=others_may_change)
        async with running(
            store,
            verifier,
            bounds,
            now=clock,
            monotonic=monotonic,
            default_timezone=default_timezone,
            call_rules=call_rules,
            poster=_poster(bounds),
        ) as dispatcher:
            yield Desk(dispatcher, clock, monotonic)
    finally:
        await store.close()


def _poster(limits: Limits) -> Poster:
    """In the process of the test, which is started sooner."""
    networks = AllowedNetworks(limits.webhook_networks, limits.webhook_ports)
    return Poster(networks, limits.webhook_timeout_sec)


def error_of(answered: Answer) -> tuple[int, str, str | None]:
    """Status, code and field of a failure."""
    return answered["status"], answered["error"]["code"], answered["error"].get("field")

"""The demo desk in a store, and the texts that introduce a new user to it."""

from typing import Any

import msgspec

from deskcal.commands import COMMANDS, Dispatcher, Peer, PendingAnswer, Services
from deskcal.core.event import MAX_TIME, NULL
from deskcal.core.filters import EventFilter
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session, SessionType
from deskcal.core.tokens import Key, sign
from deskcal.demo.afterwards import settle
from deskcal.demo.calendar import Filled, demo_events
from deskcal.demo.desks import DemoEvent, demo_directory, demo_managers
from deskcal.demo.series import demo_series
from deskcal.limits import DAY_SEC

TOKEN_TTL_SEC = DAY_SEC
WEEK_SEC = 7 * DAY_SEC
ADD = "MngAddCalendarEvent"


class NotEmpty(ValueError):
    """The store has events already; the demo desk needs an empty one."""


async def fill(dispatcher: Dispatcher, *, has_reminders: bool = True) -> Filled:
    """Writes the demo desk to the store, through the handlers that clients use.

    `has_reminders`: False leaves them out, for tests that await reminders of their own.
    Raises: NotEmpty if there is an event in it.
    """
    services = dispatcher.services
    if await _count(services):
        raise NotEmpty("the store has events already; the demo desk needs an empty one")
    await services.store.directory.put(demo_directory())
    now = int(services.now())
    events = demo_events(now) + demo_series(now)
    if not has_reminders:
        events = [DemoEvent(event.actor, _without_reminder(event.data)) for event in events]
    pending = [_send(dispatcher, ADD, event.actor, event.data) for event in events]
    for one in pending:
        await _result(one)

    async def call(command: str, actor: int, data: dict[str, Any]) -> Any:
        return await _result(_send(dispatcher, command, actor, data))

    await settle(call, now, services.call_rules.outcome_required_types)
    return Filled(events=await _count(services), managers=len(demo_managers()))


def _without_reminder(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if not name.startswith("remind_")}


def _send(dispatcher: Dispatcher, name: str, actor: int, data: dict[str, Any]) -> PendingAnswer:
    """A request of a manager on its way."""
    command = COMMANDS[name]
    decoded = command.decoder.decode(msgspec.json.encode(data))
    work = command.answer(dispatcher.services, Peer(), _session(actor), decoded)
    assert not isinstance(work, (bytes, list))
    return PendingAnswer(NULL, work, command, dispatcher.stats)


async def _result(pending: PendingAnswer) -> Any:
    """The data of its answer, which must be a success."""
    answer = await pending.finish()
    assert isinstance(answer, bytes | list)
    line = answer if isinstance(answer, bytes) else b"".join(answer)
    decoded = msgspec.json.decode(line)
    assert decoded["status"] == 200, line
    return decoded["data"]


async def _count(services: Services) -> int:
    """How many events the store has."""
    everything = EventFilter(since=0, until=MAX_TIME, limit=1, desk_filter=desk_mask("*"))
    return (await services.store.list_events(everything, _session(1))).count


def _session(manager_id: int) -> Session:
    everything = desk_mask("*"), brand_mask("*")
    admin = SessionType.SESSION_CRM_ADMIN
    return Session(manager_id, *everything, type=admin, exp=float("inf"))


def _demo_token(key: Key, now: float) -> str:
    """A token of the demo's first manager, valid for a day."""
    manager = demo_managers()[0]
    claims: dict[str, object] = {
        "id": manager.manager_id,
        "type": int(SessionType.SESSION_CRM_ADMIN),
        "exp": int(now) + TOKEN_TTL_SEC,
    }
    return sign(key, claims)


def page_address(key: Key, base: str, now: float) -> str:
    """The address of the first manager's day; browsers do not send the token after the `#`."""
    manager = demo_managers()[0]
    address = f"{base}?view=day&managers={manager.manager_id}#token={_demo_token(key, now)}"
    return f"the web calendar of the demo desk, as {manager.name}:\n  {address}"


def welcome(key: Key, address: str, now: float) -> str:
    """A command to paste that lists this week's events of the demo desk; its token is for a day."""
    manager = demo_managers()[0]
    monday = int(now) - (int(now) + 3 * DAY_SEC) % WEEK_SEC
    wanted = {"from": monday, "to": monday + WEEK_SEC, "deskFilter": "*", "limit": 50, "offset": 0}
    return (
        f"this week's events, as {manager.name} (SESSION_CRM_ADMIN, every desk, valid for 24 h):\n"
        f"  .venv/bin/deskcal call --connect {address} --token {_demo_token(key, now)} \\\n"
        f"    MngGetCalendarEventsByFilter '{msgspec.json.encode(wanted).decode()}'"
    )

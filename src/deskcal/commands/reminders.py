"""A manager's reminders: list them, mark one read, or have it again later."""

import asyncio
import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.alarms import still_holds
from deskcal.core.document import decode_event, scope_of
from deskcal.core.event import MAX_ID, MAX_TIME, Time
from deskcal.core.sessions import Session
from deskcal.errors import InvalidField, NotFound
from deskcal.live.connections import Peer
from deskcal.live.reminder_text import key_of, token_of
from deskcal.store.lists.reminders import cursor_of
from deskcal.store.ports.reminders import (
    NotificationKey,
    NotificationState,
    ReminderCursor,
    ReminderRow,
)
from deskcal.wire.pushes import encode_read

MAX_REMINDERS = 200
PAGE = 100
"""Rows that are read at one time; also the default of `limit`."""
MAX_LOOKED_AT = 20_000
"""Rows that one request reads at most in search of events that the session may see."""
_STATES = {
    None: (
        NotificationState.WAITING,
        NotificationState.SENT,
        NotificationState.READ,
        NotificationState.MISSED,
    ),
    "unread": (NotificationState.WAITING, NotificationState.SENT),
    "missed": (NotificationState.WAITING, NotificationState.MISSED),
}
"""Rows that are read; what waits is unread, or missed and not yet marked so."""
_NAMES = {
    NotificationState.WAITING: "unread",
    NotificationState.SENT: "unread",
    NotificationState.READ: "read",
    NotificationState.MISSED: "missed",
}
_CURSOR = re.compile(r"([0-9]{1,16})-([0-9]{1,16})-([0-9]{1,16})-([0-9]{2})", re.ASCII)


class GetReminders(Struct, kw_only=True):
    """Which of the caller's fired reminders to list."""

    state: Literal["unread", "missed"] | None = None
    limit: Annotated[int, Meta(ge=1, le=MAX_REMINDERS)] | None = None
    after: str | None = None
    """`next` of the page before."""


class Ack(Struct):
    """Names one reminder of the caller's by the token that it came with."""

    token: str


class Snooze(Ack):
    """Names one reminder, and when to have it again."""

    until: Time
    """Unix seconds, in the future."""


@command("MngGetCalendarReminders", GetReminders, is_list=True, is_repeatable=True)
def get_reminders(services: Services, _: Peer, session: Session, data: GetReminders) -> Work:
    """The caller's own fired reminders, newest first: unread, read and missed ones."""
    return _get(services, session, data, _position(data.after))


def _position(after: str | None) -> ReminderCursor | None:
    """Raises: InvalidField for what is no `next` of a page before."""
    if after is None:
        return None
    found = _CURSOR.fullmatch(after)
    numbers = tuple(map(int, found.groups())) if found else ()
    if not numbers or max(numbers[:2]) > MAX_TIME or numbers[2] > MAX_ID:
        raise InvalidField(
            f"after ({after[:64]!r}) is no cursor; send `next` of the page before", field="after"
        )
    return ReminderCursor(*numbers)


async def _get(
    services: Services, session: Session, data: GetReminders, position: ReminderCursor | None
) -> Data:
    """Pages of the store until `limit` visible ones are found, or enough was looked at."""
    limit = data.limit or PAGE
    most = services.limits.max_answer_bytes
    oldest = services.now() - services.limits.reminder_grace_sec
    answer = _Page()
    for _ in range(MAX_LOOKED_AT // PAGE):
        rows = await services.store.reminders.get_reminders(
            session.manager_id, _STATES[data.state], position, PAGE
        )
        for row in (_as_of(row, oldest) for row in rows):
            is_wanted = data.state in (None, _NAMES[row.state]) and _is_listed(session, row)
            if is_wanted and not answer.add(row, most):
                return answer.encode(position)
            position = cursor_of(row)
            if len(answer.rows) == limit:
                return answer.encode(position)
        if len(rows) < PAGE:
            return answer.encode(None)
        await asyncio.sleep(0)
    return answer.encode(position)


def _as_of(row: ReminderRow, oldest: float) -> ReminderRow:
    """The row, missed where it has waited since before `oldest`: the server has yet to mark it."""
    is_over = max(row.fired_time, row.key.due_time) < oldest
    if row.state != NotificationState.WAITING or not is_over:
        return row
    return msgspec.structs.replace(row, state=NotificationState.MISSED)


def _is_listed(session: Session, row: ReminderRow) -> bool:
    """Whether the session may see the event, and a reminder that waits is still to be delivered."""
    event = decode_event(row.document)
    if not session.can_see(scope_of(event)):
        return False
    if row.state != NotificationState.WAITING:
        return True
    return still_holds(event, row.armed_time, row.key.manager_id)


class _Page(Struct):
    """The rows of an answer so far."""

    rows: list[bytes] = []
    size_bytes: int = 0

    def add(self, row: ReminderRow, max_bytes: int) -> bool:
        """False: it does not fit any more. The first one always does."""
        self.size_bytes += len(row.document)
        if self.rows and self.size_bytes > max_bytes:
            return False
        self.rows.append(
            b'{"token":"%b","event":%b,"due":%d,"fired":%d,"state":"%b"}'
            % (
                token_of(row.key).encode(),
                row.document,
                row.key.due_time,
                row.fired_time,
                _NAMES[row.state].encode(),
            )
        )
        return True

    def encode(self, after: ReminderCursor | None) -> list[bytes]:
        """The answer's data; `after`: where the next page begins, None: there is none."""
        cursor = "null"
        if after is not None:
            cursor = f'"{"-".join(map(str, msgspec.structs.astuple(after)))}"'
        return [b'{"reminders":[', b",".join(self.rows), b'],"next":%b}' % cursor.encode()]


@command("MngAckCalendarReminder", Ack, is_repeatable=True)
def ack_reminder(services: Services, peer: Peer, session: Session, data: Ack) -> Work:
    """Marks a reminder read, on all of the manager's connections."""
    return _ack(services, peer, session, _key(session, data))


async def _ack(services: Services, peer: Peer, session: Session, key: NotificationKey) -> Data:
    now = int(services.now())
    if not await services.store.reminders.mark([key], NotificationState.READ, now):
        raise _no_reminder()
    services.peers.push_to_others(peer, session.manager_id, encode_read(token_of(key)), now)
    return b'{"token":"%b"}' % token_of(key).encode()


@command("MngSnoozeCalendarReminder", Snooze)
def snooze_reminder(services: Services, peer: Peer, session: Session, data: Snooze) -> Work:
    """Marks a reminder read and fires it again at `until`, for this manager alone."""
    now = int(services.now())
    if data.until <= now:
        raise InvalidField(f"until ({data.until}) is past; snooze to a later time", field="until")
    return _snooze(services, peer, _key(session, data), data.until, now)


async def _snooze(
    services: Services, peer: Peer, key: NotificationKey, until: int, now: int
) -> Data:
    if not await services.store.reminders.snooze(key, until, now):
        raise _no_reminder()
    services.reminders.armed(until)
    services.peers.push_to_others(peer, key.manager_id, encode_read(token_of(key)), now)
    later = NotificationKey(key.event_id, until, key.manager_id)
    return b'{"token":"%b","until":%d}' % (token_of(later).encode(), until)


def _key(session: Session, data: Ack) -> NotificationKey:
    """Raises: NotFound, in the same words for no such reminder and for somebody else's."""
    key = key_of(data.token)
    if key is None or key.manager_id != session.manager_id:
        raise _no_reminder()
    return key


def _no_reminder() -> NotFound:
    return NotFound(
        "there is no such reminder of yours; send the token it came with", field="token"
    )

"""What a manager does with a reminder: mark it read, or have it again later."""

from msgspec import Struct

from deskcal.commands.dispatch import Context, Data, Work, command
from deskcal.core.event import Time
from deskcal.core.sessions import Session
from deskcal.errors import InvalidField, NotFound
from deskcal.live.connections import Peer
from deskcal.live.reminder_text import key_of, token_of
from deskcal.store.ports import NotificationKey, NotificationState
from deskcal.wire.pushes import encode_read


class Ack(Struct):
    """Names one reminder of the caller's by the token that it came with."""

    token: str


class Snooze(Ack):
    """Names one reminder, and when to have it again."""

    until: Time
    """Unix seconds, in the future."""


@command("MngAckCalendarReminder", Ack)
def ack_reminder(context: Context, peer: Peer, session: Session, data: Ack) -> Work:
    """Marks a reminder read, on all of the manager's connections."""
    return _ack(context, peer, session, _key(session, data))


async def _ack(context: Context, peer: Peer, session: Session, key: NotificationKey) -> Data:
    now = int(context.now())
    if not await context.store.reminders.mark([key], NotificationState.READ, now):
        raise _no_reminder()
    context.peers.push_to_others(peer, session.manager_id, encode_read(token_of(key)), now)
    return b'{"token":"%b"}' % token_of(key).encode()


@command("MngSnoozeCalendarReminder", Snooze)
def snooze_reminder(context: Context, peer: Peer, session: Session, data: Snooze) -> Work:
    """Marks a reminder read and fires it again at `until`, for this manager alone."""
    now = int(context.now())
    if data.until <= now:
        raise InvalidField(f"until ({data.until}) is past; snooze to a later time", field="until")
    return _snooze(context, peer, _key(session, data), data.until, now)


async def _snooze(context: Context, peer: Peer, key: NotificationKey, until: int, now: int) -> Data:
    if not await context.store.reminders.snooze(key, until, now):
        raise _no_reminder()
    context.reminders.armed(until)
    context.peers.push_to_others(peer, key.manager_id, encode_read(token_of(key)), now)
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

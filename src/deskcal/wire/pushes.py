"""What is sent without having been asked for: changes, resyncs, reminders, a line each. No I/O."""

import functools

import msgspec
from msgspec import Struct

from deskcal.core.document import wire_safe
from deskcal.core.event import ChangeType

_encode = msgspec.json.Encoder().encode


class Reminder(Struct, frozen=True, gc=False):
    """What one manager is sent when the reminder of an event is due."""

    texts: bytes
    """`reminder_texts`."""
    token: str
    """The same for the same event, due time and manager."""
    manager_id: int
    create_time: int
    """When it was fired, Unix seconds."""
    due_time: int
    late_sec: int
    """How late it is delivered; 0: on time."""
    document: bytes
    level: int = 10
    code: int = 200
    """The last element of the array."""


def encode_push(type_: int, seq: int, batch_id: int, event_id: int, document: bytes) -> bytes:
    """A change as it is pushed; of a deletion (type 2) with the event's id alone.

    Source: contract, section 7, "Pushed messages", and section 15 for `batch_id`.
    """
    data = b'{"id":%d}' % event_id if type_ == ChangeType.DELETED else document
    head = b'{"event":"calendar:event","type":%d,"seq":%d,"batch_id":%d,"data":'
    return head % (type_, seq, batch_id) + data + b"}\r\n"


def encode_resync(seq: int) -> bytes:
    """Informs a subscriber that was too slow that pushes go on after `seq`."""
    return b'{"event":"calendar:resync","seq":%d}\r\n' % seq


def encode_read(token: str) -> bytes:
    """Informs a manager's other connections that a reminder was read."""
    return b'{"event":"calendar:reminder","type":2,"token":"%b"}\r\n' % token.encode()


def reminder_texts(title: bytes, description: str) -> bytes:
    """What a reminder says of an event to people: its title, as JSON text, and when it is."""
    return b"%b,%b" % (title, _json_of(description))


@functools.lru_cache(maxsize=1024)
def _json_of(text: str) -> bytes:
    """Events that are due together are often at the same time."""
    return wire_safe(_encode(text))


def encode_reminder(reminder: Reminder) -> bytes:
    """A reminder as it is pushed: the notification array of the protocol family.

    Source: contract, section 7, "Pushed messages".
    """
    one = reminder
    late = f',"late_sec":{one.late_sec}' if one.late_sec else ""
    for_whom = f',"{one.token}",1,{one.level},{one.manager_id},{one.create_time},{{"event":'
    end = f',"due":{one.due_time}{late}}},{one.code}]\r\n'
    return b"".join((b'["n",', one.texts, for_whom.encode(), one.document, end.encode()))

"""What is sent without having been asked for: changes, resyncs, reminders, a line each. No I/O."""

import msgspec
from msgspec import Struct

from deskcal.core.document import wire_safe
from deskcal.core.event import ChangeType

_encode = msgspec.json.Encoder().encode


class Reminder(Struct, frozen=True, gc=False):
    """What one manager is sent when the reminder of an event is due."""

    title: str
    description: str
    """When the event is, for people."""
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


def encode_reminder(reminder: Reminder) -> bytes:
    """A reminder as it is pushed: the notification array of the protocol family.

    Source: contract, section 7, "Pushed messages".
    """
    late = b',"late_sec":%d' % reminder.late_sec if reminder.late_sec else b""
    texts = wire_safe(_encode((reminder.title, reminder.description)))[1:-1]
    return b'["n",%b,"%b",1,%d,%d,%d,{"event":%b,"due":%d%b},%d]\r\n' % (
        texts,
        reminder.token.encode(),
        reminder.level,
        reminder.manager_id,
        reminder.create_time,
        reminder.document,
        reminder.due_time,
        late,
        reminder.code,
    )

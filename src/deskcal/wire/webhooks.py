"""Bodies of webhooks: JSON text, never empty, the same on every try of a message. No I/O."""

import datetime as dt
import functools

import msgspec
from msgspec import Struct

from deskcal.core.document import decode_event, wire_safe
from deskcal.core.event import NULL, ChangeType

LARGE_BYTES = 20 * 1024
"""An event that is larger is sent without its `ast_json`."""
NAMES = {
    ChangeType.ADDED: "calendar.event.added",
    ChangeType.UPDATED: "calendar.event.updated",
    ChangeType.DELETED: "calendar.event.deleted",
    ChangeType.RESTORED: "calendar.event.restored",
    ChangeType.ARCHIVED: "calendar.event.archived",
}
REMINDER, ESCALATION, TEST = "calendar.reminder", "calendar.escalation", "calendar.test"

_encode = msgspec.json.Encoder().encode


class Message(Struct, frozen=True):
    """One message of a webhook."""

    id: str
    """`webhook-id`: the same on every try."""
    body: bytes


def change_body(
    seq: int,
    type_: ChangeType,
    time: int,
    actor: int,
    batch_id: int,
    event_id: int,
    document: bytes,
) -> bytes:
    """What hooks are sent of a change; of a deletion with the event's id alone."""
    event = b'{"id":%d}' % event_id if type_ == ChangeType.DELETED else short_document(document)
    data = b'{"seq":%d,"actor":%d,"batch_id":%d,"event":%b}' % (seq, actor, batch_id, event)
    return _body(NAMES[type_], time, data)


def change_message(hook_id: int, seq: int, time: int, body: bytes) -> Message:
    """What one hook is sent of a change, by its `change_body`."""
    return Message(f"msg_{hook_id}_{seq}_{time}", body)


def reminder_body(
    seq: int, time: int, due: int, manager_ids: tuple[int, ...], document: bytes
) -> bytes:
    """What hooks are sent of a reminder that has fired, and for whom."""
    data = b'{"seq":%d,"due":%d,"manager_ids":%b,"event":%b}' % (
        seq,
        due,
        _encode(manager_ids),
        short_document(document),
    )
    return _body(REMINDER, time, data)


def reminder_message(hook_id: int, seq: int, time: int, body: bytes) -> Message:
    """What one hook is sent of a reminder, by its `reminder_body`."""
    return Message(f"msg_{hook_id}_{seq}_{time}_reminder", body)


def escalation_message(
    hook_id: int, event_id: int, time: int, due: int, manager_id: int, document: bytes
) -> Message:
    """That a reminder which nobody has read went to the lead of the desk."""
    data = b'{"due":%d,"manager_id":%d,"event":%b}' % (due, manager_id, short_document(document))
    message_id = f"msg_{hook_id}_{event_id}_{due}_escalation"
    return Message(message_id, _body(ESCALATION, time, data))


def sample_message(hook_id: int, time: int, number: str) -> Message:
    """The message that tries a receiver; `number` makes its id unique."""
    return Message(
        f"msg_{hook_id}_test_{number}", _body(TEST, time, b'{"webhook_id":%d}' % hook_id)
    )


def short_document(document: bytes) -> bytes:
    """The document, without the key `ast_json` where it is larger than 20 KiB."""
    if len(document) <= LARGE_BYTES:
        return document
    event = msgspec.structs.replace(decode_event(document), ast_json=NULL)
    shown = msgspec.json.decode(_encode(event))
    del shown["ast_json"]
    return wire_safe(_encode(shown))


def _body(name: str, time: int, data: bytes) -> bytes:
    return b'{"type":"%b","timestamp":"%b","data":%b}' % (name.encode(), _stamp(time), data)


@functools.lru_cache(maxsize=256)
def _stamp(time: int) -> bytes:
    return dt.datetime.fromtimestamp(time, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()

"""The rows of an export: what each kind of line holds, and what it must be. Pure.

What an event of a foreign file must be is what the store relies on, not all that a client is held
to: a document in its canonical encoding, whose index can be derived.
"""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct, field

from deskcal.core.directory import (
    Desk,
    Manager,
    checked_desk,
    checked_manager,
    checked_outcome,
)
from deskcal.core.document import decode_event, encode_event, wire_safe
from deskcal.core.event import CONTROL, ChangeType, Event, Id, Time
from deskcal.core.outcomes import Outcome
from deskcal.core.series import Series
from deskcal.core.series_document import decode_series, encode_series
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.batch.series import open_horizon
from deskcal.store.columns import EventRow, event_row, may_be_done_time, with_done_time
from deskcal.store.ports.reminders import Level
from deskcal.store.transfer.webhooks import EscalationRow, WebhookRow, checked_webhook


class Head(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line: what the file has, and the numbers in use."""

    format: int = field(name="deskcal_export")
    counts: dict[str, Annotated[int, Meta(ge=0)]]
    """Rows of each kind."""
    last_event_id: Id
    """Ids up to this one were given out, also those of deleted events."""
    last_seq: Id
    floor_seq: Id
    """The newest change that was pruned."""
    gaps: tuple[tuple[Id, Id], ...] = ()
    """Cursors between the two numbers of one are undone; see `batch.timeline`."""
    has_done_times: bool = False
    """Whether lines of events have `done_time`; those of an older deskcal do not."""


class EventLine(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """One event as a line has it."""

    event: Raw
    done_time: Time = 0
    """When it was completed, which its document does not tell once it is changed; 0: not done."""


class ChangeRow(Struct, frozen=True, gc=False, omit_defaults=True):
    """One change, as `StoredChange` but for what was before."""

    seq: Id
    type: ChangeType
    time: Time
    actor: Id
    event_id: Id
    document: Raw
    batch_id: Id = 0
    """0: the change is a batch of its own."""


class NotificationRow(Struct, frozen=True, gc=False, omit_defaults=True):
    """One manager's reminder; its fields are the columns of the table."""

    event_id: Id
    due_time: Time
    manager_id: Id
    armed_time: Time
    fired_time: Time
    state: Annotated[int, Meta(ge=0, le=4)]
    state_time: Time
    level: Level = Level.REMINDER


class PendingEscalation(Struct, frozen=True, gc=False):
    """A fired reminder that may have to go to the lead; its fields are the columns of the table."""

    event_id: Id
    due_time: Time
    escalate_time: Time


class KeyRow(Struct, frozen=True, gc=False):
    """An idempotency_key and the change that was its first answer."""

    manager_id: Id
    key: str
    digest: bytes
    seq: Id
    time: Time


class SeriesRow(Struct, frozen=True, gc=False):
    """One series; its fields are the columns of the table."""

    id: Id
    horizon: Time
    document: bytes


class SeriesChangeRow(Struct, frozen=True, gc=False):
    """What a batch left of a series."""

    series_id: Id
    batch_id: Id
    document: Raw
    """null: nothing was left."""

    @property
    def stored(self) -> bytes:
        """The document as the table has it."""
        return b"" if bytes(self.document) == b"null" else bytes(self.document)


class TrashRow(Struct, frozen=True, gc=False, omit_defaults=True):
    """One deleted event, with its last document."""

    event_id: Id
    deleted_time: Time
    deleted_by: Id
    document: Raw
    done_time: Time = 0
    """When it was completed; 0: it was not, or the file is of an older deskcal."""


class CompletionRow(Struct, frozen=True, gc=False):
    """A completion that was taken back; its fields are the columns of the table."""

    event_id: Id
    version: Annotated[int, Meta(ge=1)]
    """The last one of the event that was done."""
    done_time: Time
    """When it had been completed; 0: not known."""
    time: Time
    """When that was taken back."""


class StoredEvent(Struct, frozen=True, gc=False):
    """One event: its document, and the columns that belong to it."""

    row: EventRow
    document: bytes


class Kind(Struct, frozen=True):
    """How the rows of one kind are read."""

    decode: Callable[[bytes], Any]
    """The row of a line. Raises: msgspec.DecodeError."""
    order: Callable[[Any], Any]
    """Rows come by this, and no two are equal in it."""
    check: Callable[[Any, Head], Any]
    """`check(decoded, head)`: the row as it is to be stored. Raises: ValueError."""


def _one(kind: str, type_: Any) -> Callable[[bytes], Any]:
    """The decoder of a line of one kind."""
    shape = msgspec.defstruct("Line", [(kind, type_)], forbid_unknown_fields=True)
    decode = msgspec.json.Decoder(shape).decode
    return lambda line: getattr(decode(line), kind)


def _event(line: EventLine, head: Head) -> StoredEvent:
    document = bytes(line.event)
    event = _checked_event(document)
    _require_known(event.id, head)
    row = event_row(event)
    if head.has_done_times:
        if not may_be_done_time(line.done_time, event):
            raise ValueError(f"event {event.id} cannot have been completed at {line.done_time}")
        row = with_done_time(row, line.done_time)
    return StoredEvent(row, document)


def _change(row: ChangeRow, head: Head) -> ChangeRow:
    _require_known(row.event_id, head, row.seq)
    event = _checked_event(bytes(row.document))
    if event.id != row.event_id:
        raise ValueError(f"change {row.seq} of event {row.event_id} has event {event.id} in it")
    if row.batch_id > row.seq:
        raise ValueError(f"change {row.seq} has batch_id {row.batch_id}, which comes after it")
    return row


def _trash(row: TrashRow, head: Head) -> TrashRow:
    _require_known(row.event_id, head)
    event = _checked_event(bytes(row.document))
    if event.id != row.event_id:
        raise ValueError(f"deleted event {row.event_id} has event {event.id} in it")
    if row.done_time and not may_be_done_time(row.done_time, event):
        raise ValueError(f"event {event.id} cannot have been completed at {row.done_time}")
    return row


def _completion(row: CompletionRow, head: Head) -> CompletionRow:
    _require_known(row.event_id, head)
    return row


def _notification(row: NotificationRow, head: Head) -> NotificationRow:
    _require_known(row.event_id, head)
    return row


def _pending_escalation(row: PendingEscalation, head: Head) -> PendingEscalation:
    _require_known(row.event_id, head)
    return row


def _key(row: KeyRow, head: Head) -> KeyRow:
    _require_known(1, head, row.seq)
    return row


def _series(document: Raw, head: Head) -> SeriesRow:
    series = _checked_series(bytes(document), head)
    return SeriesRow(series.series_id, open_horizon(series), bytes(document))


def _series_change(row: SeriesChangeRow, head: Head) -> SeriesChangeRow:
    _require_known(row.series_id, head, row.batch_id)
    if row.stored and _checked_series(row.stored, head).series_id != row.series_id:
        raise ValueError(f"a change of series {row.series_id} has another series in it")
    return row


def _checked_series(document: bytes, head: Head) -> Series:
    """The series of a document in its canonical encoding, byte for byte."""
    series = decode_series(document)
    _require_known(series.series_id, head)
    if encode_series(series) != document:
        raise ValueError(f"series {series.series_id} is not spelled as deskcal would write it")
    return series


def _calendar_object(row: CalendarObject, head: Head) -> CalendarObject:
    for number in (row.event_id, row.series_id, *row.overrides.values()):
        if number:
            _require_known(number, head)
    return row


def _escalation(row: EscalationRow, head: Head) -> EscalationRow:
    _require_known(row.event_id, head)
    return row


def _require_known(event_id: int, head: Head, seq: int = 1) -> None:
    """Raises: ValueError if a number is one that may be given out a second time."""
    if not 0 < event_id <= head.last_event_id:
        raise ValueError(f"event {event_id} is not among 1 .. {head.last_event_id}, last_event_id")
    if not 0 < seq <= head.last_seq:
        raise ValueError(f"change {seq} is not among 1 .. {head.last_seq}, last_seq")


def _checked_event(document: bytes) -> Event:
    """The event of a document in its canonical encoding, byte for byte."""
    event = decode_event(document)
    if encode_event(event) != document or _is_foreign(event.ast_json):
        raise ValueError(f"event {event.id} is not spelled as deskcal would write it")
    if not 0 < event.start_time <= event.end_time:
        raise ValueError(f"event {event.id} must start after 0, and end when it starts or later")
    if any(row.event_id != event.id for row in event.participants):
        raise ValueError(f"event {event.id} has participants of another event")
    if CONTROL.search(event.brand + event.desk):
        raise ValueError(f"event {event.id} has a control character in its brand or desk")
    return event


def _is_foreign(ast_json: Raw) -> bool:
    """Whether a text is not compact, or not safe to send."""
    text = bytes(ast_json)
    return text != b"null" and wire_safe(msgspec.json.format(text, indent=-1)) != text


KINDS = {
    "manager": Kind(
        _one("manager", Manager), lambda row: row.id, lambda row, _: checked_manager(row)
    ),
    "desk": Kind(
        _one("desk", Desk), lambda row: (row.brand, row.code), lambda row, _: checked_desk(row)
    ),
    "outcome": Kind(
        _one("outcome", Outcome), lambda row: row.code, lambda row, _: checked_outcome(row)
    ),
    "event": Kind(msgspec.json.Decoder(EventLine).decode, lambda row: row.row.event_id, _event),
    "change": Kind(_one("change", ChangeRow), lambda row: row.seq, _change),
    "notification": Kind(
        _one("notification", NotificationRow),
        lambda row: (row.event_id, row.due_time, row.manager_id, row.level),
        _notification,
    ),
    "escalation": Kind(
        _one("escalation", PendingEscalation),
        lambda row: (row.event_id, row.due_time),
        _pending_escalation,
    ),
    "trash": Kind(_one("trash", TrashRow), lambda row: row.event_id, _trash),
    "completion": Kind(
        _one("completion", CompletionRow), lambda row: (row.event_id, row.version), _completion
    ),
    "idempotency": Kind(_one("idempotency", KeyRow), lambda row: (row.manager_id, row.key), _key),
    "series": Kind(_one("series", Raw), lambda row: row.id, _series),
    "series_change": Kind(
        _one("series_change", SeriesChangeRow),
        lambda row: (row.series_id, row.batch_id),
        _series_change,
    ),
    "calendar_object": Kind(
        _one("calendar_object", CalendarObject), lambda row: row.key, _calendar_object
    ),
    "webhook": Kind(
        _one("webhook", WebhookRow),
        lambda row: row.id,
        lambda row, head: checked_webhook(row, head.last_seq),
    ),
    "webhook_escalation": Kind(
        _one("webhook_escalation", EscalationRow), lambda row: row.number, _escalation
    ),
}
"""What a file has, in this order."""
DOCUMENTS = ("event", "series")
"""Kinds of which a line has the document alone."""

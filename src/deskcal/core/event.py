"""The event: its fields, enumerations, and functions of one event. Pure: no I/O, no clock."""

import enum
import re
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import NODEFAULT, Meta, Raw, Struct

MAX_ID = 2**53 - 1
"""Largest integer that a JavaScript client can hold."""
MAX_TIME = 253_402_300_799
"""Last second of the year 9999."""
MAX_CODE = 64
"""Characters of a brand or desk."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What no code has."""
MASK_CHARACTER = re.compile(rf"[,*!]|{CONTROL.pattern}")
"""What no brand and no desk has."""
MAX_TITLE = 500
MAX_PARTICIPANTS = 1000
MAX_LOCATION = 500
MAX_OUTCOME_NOTE = 2000
DEFAULT_BRAND = "default"
NULL = Raw(b"null")


class EventType(enum.IntEnum):
    """Source: seed 000, "Core Event Fields"."""

    TASK, REMINDER, CALL, MEETING, FOLLOW_UP, DEADLINE, SYSTEM = range(7)


class EventStatus(enum.IntEnum):
    """Source: seed 000, "Core Event Fields"."""

    OPEN, DONE, CANCELLED, ARCHIVED = range(4)


class Priority(enum.IntEnum):
    """Higher is more urgent: the opposite of RFC 5545. Source: seed 000, "Core Event Fields"."""

    LOW, NORMAL, HIGH, URGENT = range(4)


class ParticipantRole(enum.IntEnum):
    """Source: seed 000, "Participants"."""

    ORGANIZER, REQUIRED, OPTIONAL = range(3)


class ParticipantStatus(enum.IntEnum):
    """INVITED is RFC 5545's NEEDS-ACTION. Source: seed 000, "Participants"."""

    INVITED, ACCEPTED, DECLINED, TENTATIVE = range(4)


class ChangeType(enum.IntEnum):
    """What a change did, as pushed messages number it. Source: contract, sections 7 and 15."""

    ADDED, UPDATED, DELETED, RESTORED, ARCHIVED = range(5)


CHANGE_TYPES = tuple(ChangeType)
"""By their numbers: a call of the enumeration takes as long as the rest of a row of changes."""


Id = Annotated[int, Meta(ge=0, le=MAX_ID)]
Time = Annotated[int, Meta(ge=0, le=MAX_TIME)]
Seconds = Annotated[int, Meta(ge=0, le=MAX_TIME)]
Flag = Annotated[int, Meta(ge=0, le=1)]


class Participant(Struct, frozen=True, gc=False):
    """One manager's participation in an event. Source: seed 000, "Participants"."""

    event_id: Id
    manager_id: Id
    role: ParticipantRole
    status: ParticipantStatus
    created_time: Time
    updated_time: Time


def _always(default: Any) -> Any:
    """A field of the seeds, which a document holds also where it has its default.

    msgspec omits a field whose value is its `default`, never one with a factory of our own.
    """
    return msgspec.field(default_factory=lambda: default)


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A calendar event; the order of the fields is the order on the wire.

    The fields from `location` to `own_fields` are in the document only while they differ from
    their default. Source: seed 000, "Core Event Fields"; contract, sections 4 and 12.
    """

    id: Id
    brand: str = _always(DEFAULT_BRAND)
    desk: str = _always("")
    owner_manager_id: Id
    created_by: Id
    updated_by: Id = _always(0)
    type: EventType = _always(EventType.TASK)
    status: EventStatus = _always(EventStatus.OPEN)
    priority: Priority = _always(Priority.NORMAL)
    title: str
    ast_json: Raw = _always(NULL)
    """JSON text, compact and safe to send (`document.canonical_ast`); never interpreted."""
    start_time: Time
    end_time: Time
    all_day: Flag = _always(0)
    timezone: str = _always("")
    """IANA name; empty: the server's default_timezone."""
    remind_time: Time = _always(0)
    remind_before_sec: Seconds = _always(0)
    reminder_sent_time: Time = _always(0)
    customer_id: Id = _always(0)
    lead_id: Id = _always(0)
    login: Id = _always(0)
    created_time: Time
    updated_time: Time
    version: int = _always(1)
    location: str = ""
    show_as: Flag | None = None
    """0 busy, 1 free; None: decided by `all_day` and `type`."""
    customer_timezone: str = ""
    """IANA name of the customer's zone; empty: not known."""
    pool_after_sec: Seconds = 0
    follows_id: Id = 0
    follow_up_id: Id = 0
    outcome: str = ""
    """Code of one of the directory's outcomes."""
    outcome_note: str = ""
    claimed_by: Id = 0
    claim_until: Time = 0
    series_id: Id = 0
    original_start_time: Time = 0
    """Where the rule of the series put this occurrence; RECURRENCE-ID of RFC 5545."""
    own_fields: tuple[str, ...] = ()
    """Names of the fields that were changed on this occurrence alone."""
    participants: tuple[Participant, ...] = _always(())


READ_ONLY = (
    "id",
    "updated_by",
    "reminder_sent_time",
    "created_time",
    "updated_time",
    "version",
    "follow_up_id",
    "claimed_by",
    "claim_until",
    "series_id",
    "original_start_time",
    "own_fields",
)
"""Fields that clients can't set; sent back, they are ignored."""
WRITABLE = tuple(n for n in Event.__struct_fields__ if n not in (*READ_ONLY, "participants"))


class HasDefault(Protocol):
    """The common attributes of fields in `msgspec.structs` and `msgspec.inspect`."""

    @property
    def default(self) -> Any:
        """The value; `msgspec.NODEFAULT`: there is none, or it is made by the factory."""

    @property
    def default_factory(self) -> Any:
        """Makes the value; `msgspec.NODEFAULT`: it is not made."""


def default_of(field: HasDefault) -> Any:
    """The default of a struct's field; `msgspec.NODEFAULT`: it has none."""
    factory = field.default_factory
    return field.default if factory is NODEFAULT else factory()


def next_version(before: Event, after: Event, *, actor: int, now: int) -> Event:
    """`after` stamped as the version after `before`; `before` itself when nothing changed.

    A claim ends with a change of status, or of the customer. Source: contract, section 14.
    """
    if after == before:
        return before
    if after.claimed_by and ends_claim(before, after):
        after = msgspec.structs.replace(after, claimed_by=0, claim_until=0)
    return msgspec.structs.replace(
        after, updated_by=actor, updated_time=now, version=before.version + 1
    )


def ends_claim(before: Event, after: Event) -> bool:
    """Whether a claim ends with a change: of the customer, or to an event that is not open."""
    return after.status != EventStatus.OPEN or customer_of(before) != customer_of(after)


def customer_of(event: Event) -> tuple[str, int, int, int]:
    """Brand, customer_id, lead_id and login: whom the event is about."""
    return (event.brand, event.customer_id, event.lead_id, event.login)


def respond(event: Event, manager_id: int, status: ParticipantStatus, *, now: int) -> Event:
    """`event` with that manager's own answer set; unchanged when it is the same.

    Raises: LookupError if the manager is no participant.
    """
    rows = list(event.participants)
    for index, row in enumerate(rows):
        if row.manager_id == manager_id:
            if row.status == status:
                return event
            rows[index] = msgspec.structs.replace(row, status=status, updated_time=now)
            return msgspec.structs.replace(event, participants=tuple(rows))
    raise LookupError(manager_id)


def managers_of(event: Event) -> tuple[int, ...]:
    """Owner, creator and participants, each once."""
    found = {event.owner_manager_id: None, event.created_by: None}
    for row in event.participants:
        found[row.manager_id] = None
    return tuple(found)

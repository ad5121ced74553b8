"""What a client sends and gets: fields of events, queries, pages, slots, changes, reminders."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from msgspec import Struct

from deskcal.core.event import ChangeType, Event


class EventFields(TypedDict, total=False):
    """What may be sent of an event besides title and times. Source: seed 001, "Request Data"."""

    brand: str
    desk: str
    owner_manager_id: int
    created_by: int
    type: int
    status: int
    priority: int
    ast_json: Any
    all_day: int
    timezone: str
    remind_time: int
    remind_before_sec: int
    customer_id: int
    lead_id: int
    login: int
    location: str
    show_as: int | None
    customer_timezone: str
    pool_after_sec: int
    follows_id: int
    outcome: str
    outcome_note: str
    participant_manager_ids: Sequence[int]
    participants: Sequence[Mapping[str, int]]


class NewEvent(EventFields):
    """An event to create; times are Unix seconds."""

    title: str
    start_time: int
    end_time: int


class EventChanges(EventFields, total=False):
    """What is to change of an event."""

    title: str
    start_time: int
    end_time: int


class FollowUp(TypedDict, total=False):
    """The event that is to follow; exactly one of `start_time` and `in_sec`, both in seconds."""

    start_time: int
    in_sec: int
    duration_sec: int
    type: int
    title: str
    owner_manager_id: int
    remind_before_sec: int
    customer_hours: int


class Completion(TypedDict, total=False):
    """What came of an event that is completed, and what is to follow."""

    outcome: str
    outcome_note: str
    follow_up: FollowUp
    if_version: int
    token: str
    """Another one than the client's own."""


class Completed(Struct, frozen=True):
    """An event that is done."""

    event: Event
    follow_up: Event | None
    """None: nothing follows, or it is not visible to the session."""


class ClaimQuery(TypedDict, total=False):
    """Which event to claim, and for how long."""

    desk_filter: str
    types: Sequence[int]
    pool: int
    lease_sec: int
    brand: str
    id: int
    """That event alone."""
    token: str
    """Another one than the client's own."""


class ClaimResult(Struct, frozen=True):
    """The claimed event, or why there is none."""

    event: Event | None
    reason: Literal["", "NONE_DUE", "OUTSIDE_HOURS", "COOLDOWN", "ALL_CLAIMED"] = ""
    retry_after_sec: int = 0
    """When to ask again; 0: nothing is to come."""


class EventQuery(TypedDict, total=False):
    """Which events to list; `since` and `until` (Unix seconds) are the wire's `from` and `to`."""

    since: Required[int]
    until: Required[int]
    desk_filter: str
    limit: int
    offset: int
    manager_id: int
    brand: str
    customer_id: int
    lead_id: int
    login: int
    status: int | Sequence[int]
    type: int | Sequence[int]
    priority: int | Sequence[int]
    owner_manager_id: int
    manager_ids: Sequence[int]
    """Any of them takes part."""
    series_id: int
    follows_id: int
    outcome: str
    overdue: Literal[0, 1]


class WorkingHours(TypedDict):
    """Hours of one day, by the clock of a zone."""

    start: str
    """A clock time such as `09:00`."""
    end: str
    """Later than `start`; `24:00` at most."""
    timezone: str
    """IANA name."""
    weekdays: Sequence[int]
    """1 is Monday."""


class SlotQuery(TypedDict, total=False):
    """What times to find; `since` and `until` (Unix seconds) are the wire's `from` and `to`."""

    manager_ids: Required[Sequence[int]]
    since: Required[int]
    until: Required[int]
    duration_sec: Required[int]
    step_sec: int
    limit: int
    hours: WorkingHours
    exclude_event_id: int
    need: Literal["all", "any"]


class FreeBusy(Struct, frozen=True):
    """When one manager is busy: start and end in Unix seconds, in order."""

    busy: list[tuple[int, int]]
    tentative: list[tuple[int, int]]
    """Of these, the times at which the manager has accepted nothing."""


class Slot(Struct, frozen=True):
    """A time to meet, Unix seconds."""

    start_time: int
    end_time: int
    busy: list[int]
    """Managers who are not free; empty: all are."""


class Slots(list[Slot]):
    """Times to meet, the earliest first."""

    def __init__(self, slots: Iterable[Slot] = (), horizon: int | None = None) -> None:
        super().__init__(slots)
        self.horizon = horizon
        """From this time on meetings may be missing, as a series goes on; None: none is."""


class BusyManagers(dict[int, FreeBusy]):
    """When managers are busy, by manager id."""

    def __init__(self, managers: Mapping[int, FreeBusy], horizon: int | None = None) -> None:
        super().__init__(managers)
        self.horizon = horizon
        """From this time on meetings may be missing, as a series goes on; None: none is."""


class EventPage(Struct, frozen=True):
    """One page of a list."""

    rows: list[Event]
    """By start_time, then id."""
    count: int
    """Of all events that match and may be seen, whatever limit and offset are."""
    horizon: int | None = None
    """From this time on events may be missing, as a series goes on; None: none is."""


class SearchPage(Struct, frozen=True):
    """Events found by their words."""

    rows: list[Event]
    """Newest start_time first."""
    next: str | None
    """For `after` of the next page; None: this is the last one."""


class Change(Struct, frozen=True):
    """One change of one event."""

    seq: int
    """The cursor after it."""
    type: ChangeType
    """UPDATED when the event comes into scope or filter, DELETED when it leaves them."""
    time: int
    """Unix seconds."""
    actor: int
    """Manager who changed it; 0: the server, which fired its reminder."""
    batch_id: int
    """The `seq` of the first change of its batch; its own where it was changed alone."""
    id: int
    """Of the event."""
    event: Event | None
    """As of that change; None: deleted, not visible, or not what the filter asks for."""


class ChangePage(Struct, frozen=True):
    """Changes after a cursor."""

    changes: list[Change]
    next: int
    """The cursor to go on from."""
    more: int
    """1: ask again at once."""


class HistoryEntry(Struct, frozen=True):
    """One change in the history of an event."""

    seq: int
    type: ChangeType
    time: int
    actor: int
    batch_id: int
    changed: dict[str, tuple[Any, Any]]
    """Old and new value by field; empty where the caller could not see one of the two."""


class Reminder(Struct, frozen=True):
    """A reminder as it was delivered."""

    token: str
    """Names it to ack_reminder and snooze_reminder."""
    title: str
    description: str
    """When the event is, for people."""
    due: int
    late_sec: int
    """How late it was delivered; 0: on time."""
    manager_id: int
    fired_time: int
    event: Event
    level: int = 10
    """20: nobody of its event has read it, and this manager is the lead of the desk."""


class FiredReminder(Struct, frozen=True):
    """One of the caller's own reminders, as MngGetCalendarReminders lists it."""

    token: str
    """Names it to ack_reminder and snooze_reminder."""
    event: Event
    """As it is now."""
    due: int
    """Unix seconds; of a snoozed one the time that the manager chose."""
    fired: int
    """Unix seconds."""
    state: str
    """`unread`, `read` or `missed`."""


class ReminderPage(Struct, frozen=True):
    """One page of fired reminders."""

    reminders: list[FiredReminder]
    """Newest firing first."""
    next: str | None
    """`after` of the next page; None: this is the last one."""

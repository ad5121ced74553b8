"""What a client reads of answers before it hands a part of it on: the `data` of commands."""

from msgspec import Struct

from deskcal.client.types import FreeBusy, HistoryEntry, Slot
from deskcal.core.event import Event
from deskcal.core.summary import SummaryGroup


class EventAnswer(Struct):
    """One event, as it is now."""

    event: Event


class HistoryAnswer(Struct):
    """A page of an event's history."""

    history: list[HistoryEntry]
    next: int
    more: int


class ManagerBusy(FreeBusy, frozen=True):
    """When one manager is busy."""

    manager_id: int


class FreeBusyAnswer(Struct):
    """When managers are busy, in the order asked."""

    managers: list[ManagerBusy]
    horizon: int | None = None


class SlotsAnswer(Struct):
    """Times to meet, the earliest first."""

    slots: list[Slot]
    horizon: int | None = None


class SummaryAnswer(Struct):
    """Counts by key."""

    groups: list[SummaryGroup]


class TokenAnswer(Struct):
    """The token of a reminder."""

    token: str


class CursorAnswer(Struct):
    """Where the feed is."""

    next: int


class SubscribedAnswer(Struct):
    """Channels that are subscribed now."""

    chanels: list[str]


class TimeAnswer(Struct):
    """The server's clock, Unix seconds."""

    time: int

"""deskcal: a calendar server for sales and retention desks, and its asyncio client."""

from importlib.metadata import PackageNotFoundError, version

from deskcal.client.client import Client
from deskcal.client.devices import DevicePassword
from deskcal.client.series import ChangedSeries, CreatedSeries, Rule, SeriesRow
from deskcal.client.types import (
    BusyManagers,
    Change,
    ChangePage,
    ClaimResult,
    Completed,
    EventPage,
    FiredReminder,
    FreeBusy,
    HistoryEntry,
    Reminder,
    ReminderPage,
    Slot,
    Slots,
)
from deskcal.client.webhooks import DeliveryPage, WebhookDelivery, WebhookSecret, WebhookTest
from deskcal.core.devices import PublicDevice
from deskcal.core.event import (
    ChangeType,
    Event,
    EventStatus,
    EventType,
    Participant,
    ParticipantRole,
    ParticipantStatus,
    Priority,
)
from deskcal.core.summary import SummaryGroup
from deskcal.core.webhooks import PublicWebhook
from deskcal.errors import (
    Conflict,
    DeskcalError,
    FieldRequired,
    Forbidden,
    Internal,
    InvalidField,
    InvalidJson,
    InvalidRequest,
    MessageTooLarge,
    NotFound,
    ResyncRequired,
    Timeout,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    UnknownCommand,
)

try:
    __version__ = version("deskcal")
except PackageNotFoundError:  # a source tree on the path, never installed
    __version__ = "0"

__all__ = [
    "BusyManagers",
    "Change",
    "ChangePage",
    "ChangeType",
    "ChangedSeries",
    "ClaimResult",
    "Client",
    "Completed",
    "Conflict",
    "CreatedSeries",
    "DeliveryPage",
    "DeskcalError",
    "DevicePassword",
    "Event",
    "EventPage",
    "EventStatus",
    "EventType",
    "FieldRequired",
    "FiredReminder",
    "Forbidden",
    "FreeBusy",
    "HistoryEntry",
    "Internal",
    "InvalidField",
    "InvalidJson",
    "InvalidRequest",
    "MessageTooLarge",
    "NotFound",
    "Participant",
    "ParticipantRole",
    "ParticipantStatus",
    "Priority",
    "PublicDevice",
    "PublicWebhook",
    "Reminder",
    "ReminderPage",
    "ResyncRequired",
    "Rule",
    "SeriesRow",
    "Slot",
    "Slots",
    "SummaryGroup",
    "Timeout",
    "TooManyRequests",
    "Unauthorized",
    "Unavailable",
    "UnknownCommand",
    "WebhookDelivery",
    "WebhookSecret",
    "WebhookTest",
    "__version__",
]

"""The commands: their table, and the way in for frames, `FastPath.answer`."""

from deskcal.commands import (
    batches,
    calendar_export,
    calendar_import,
    call_desk,
    changes,
    devices,
    directory,
    events,
    feed,
    handover,
    reminders,
    scheduling,
    search,
    series,
    summary,
    trash,
    undo,
    webhooks,
)
from deskcal.commands.dispatch import Answer, Dispatcher, PagedAnswer, PendingAnswer
from deskcal.commands.fast_path import FastPath
from deskcal.commands.registry import COMMANDS, Changing, Data, Reading
from deskcal.commands.services import Lifecycle, RequestStats, Services
from deskcal.live.connections import Peer

__all__ = [
    "COMMANDS",
    "Answer",
    "Changing",
    "Data",
    "Dispatcher",
    "FastPath",
    "Lifecycle",
    "PagedAnswer",
    "Peer",
    "PendingAnswer",
    "Reading",
    "RequestStats",
    "Services",
    "batches",
    "calendar_export",
    "calendar_import",
    "call_desk",
    "changes",
    "devices",
    "directory",
    "events",
    "feed",
    "handover",
    "reminders",
    "scheduling",
    "search",
    "series",
    "summary",
    "trash",
    "undo",
    "webhooks",
]

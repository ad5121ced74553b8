"""What both backends do with rows of reminders: order of pages, and which to drop. No SQL."""

from collections.abc import Mapping

from deskcal.core.event import MAX_ID, MAX_TIME
from deskcal.store.ports.reminders import (
    Level,
    Notification,
    NotificationKey,
    ReminderCursor,
    ReminderRow,
)

NEWEST = ReminderCursor(MAX_TIME + 1, MAX_TIME, MAX_ID, max(Level))
"""Before every row there can be."""


def cursor_of(row: ReminderRow) -> ReminderCursor:
    """Where a page that ends with `row` ends; the order of rows is the descending one of these."""
    key = row.key
    return ReminderCursor(row.fired_time, key.due_time, key.event_id, key.level)


def split_dropped(
    notifications: list[Notification], documents: Mapping[int, bytes | None]
) -> tuple[list[NotificationKey], list[NotificationKey]]:
    """Keys of notifications whose event is still as it was read, and of the others.

    `documents`: the events as they are now; absent or None: deleted.
    """
    dropped: list[NotificationKey] = []
    kept: list[NotificationKey] = []
    for notification in notifications:
        key = notification.key
        is_same = documents.get(key.event_id) == notification.document
        (dropped if is_same else kept).append(key)
    return dropped, kept

"""Pages of one manager's fired reminders: what both backends sort them by. No SQL."""

from deskcal.core.event import MAX_ID, MAX_TIME
from deskcal.store.ports import ReminderCursor, ReminderRow

NEWEST = ReminderCursor(MAX_TIME + 1, MAX_TIME, MAX_ID)
"""Before every row there can be."""


def cursor_of(row: ReminderRow) -> ReminderCursor:
    """Where a page that ends with `row` ends; the order of rows is the descending one of these."""
    return ReminderCursor(row.fired_time, row.key.due_time, row.key.event_id)

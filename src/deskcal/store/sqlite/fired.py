"""The rows of reminders that fire together, written by statements of many rows.

Each statement lets go of the interpreter's lock once, not once for each row, so that the event loop
delivers at the same time what fired before. Source: docs/decisions/0025.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import apsw
import msgspec
from msgspec.structs import astuple

from deskcal.core.event import ChangeType
from deskcal.store.batch.batch import SERVER
from deskcal.store.batch.fired import StagedFirings
from deskcal.store.ports.reminders import Notification

_UPDATED = int(ChangeType.UPDATED)
AT_ONCE = 100
"""Rows of a statement; what is left of a group is written row by row."""
UPDATE_DOCUMENT = "UPDATE event SET document = ?2, due_time = ?3 WHERE id = ?1"

# OR FAIL: SQLite keeps no copy of the pages that it changes, to undo this statement alone; where it
# fails, the transaction is rolled back.
_UPDATE_DOCUMENTS = f"""
    UPDATE OR FAIL event SET document = x.column2, due_time = x.column3
    FROM (VALUES {", ".join(["(?, ?, ?)"] * AT_ONCE)}) AS x WHERE event.id = x.column1"""  # noqa: S608
_INSERT_CHANGES = """
    INSERT INTO change (seq, event_id, type, time, actor, batch_id, document)
    SELECT ?1 + x.key, e.id, ?2, ?3, ?4, 0, e.document
    FROM json_each(?5) AS x CROSS JOIN event AS e ON e.id = x.value"""
_HAS_NOTIFICATIONS = """
    SELECT EXISTS (
        SELECT 1 FROM json_each(?1) AS x CROSS JOIN notification AS n
        ON n.event_id = x.value AND n.due_time BETWEEN ?2 AND ?3)"""
_NOTIFICATION = """notification (event_id, due_time, manager_id, level, armed_time, fired_time,
    state, state_time)"""
_ROW = "(?, ?, ?, ?, ?, ?, 0, ?)"
_INSERT_NOTIFICATIONS = f"""
    INSERT OR FAIL INTO {_NOTIFICATION}
    VALUES {", ".join([_ROW] * AT_ONCE)}"""  # noqa: S608
# A manager who had it already (1 sent, 2 read) is not reminded again: the row is not returned.
_NOTIFY = f"""
    INSERT INTO {_NOTIFICATION}
    VALUES {_ROW}
    ON CONFLICT DO UPDATE SET
        armed_time = excluded.armed_time, fired_time = excluded.fired_time,
        state = 0, state_time = excluded.state_time
    WHERE level = 10 AND (state NOT IN (1, 2) OR fired_time = 0)
    RETURNING event_id, due_time, manager_id, level"""  # noqa: S608


def write_fired(connection: apsw.Connection, base: int, fired: StagedFirings) -> None:
    """Writes the events and changes of a group that only fires; `base`: the change before."""
    rows = [(event.id, document, 0) for event, document in fired.events]
    _run_in_pages(connection, _UPDATE_DOCUMENTS, UPDATE_DOCUMENT, rows)
    ids = _to_json([row[0] for row in rows])
    connection.execute(_INSERT_CHANGES, (base + 1, _UPDATED, fired.time, SERVER, ids))


def write_notifications(
    connection: apsw.Connection, notifications: Sequence[Notification]
) -> set[tuple[int, int, int, int]] | None:
    """Writes the rows of `notifications`; the keys of those that were new, None: all of them."""
    rows = [(*astuple(n.key), n.armed_time, n.fired_time, n.fired_time) for n in notifications]
    if len(rows) >= AT_ONCE and not _has_notifications(connection, notifications):
        _run_in_pages(connection, _INSERT_NOTIFICATIONS, _NOTIFY, rows)
        return None
    new: Any = connection.executemany(_NOTIFY, rows)
    return set(new)


def _has_notifications(connection: apsw.Connection, notifications: Sequence[Notification]) -> bool:
    """Whether any of these events has fired for about the same due times before."""
    due_times = [notification.key.due_time for notification in notifications]
    ids = _to_json([notification.key.event_id for notification in notifications])
    found = connection.execute(_HAS_NOTIFICATIONS, (ids, min(due_times), max(due_times))).get
    return bool(found)


def _run_in_pages(
    connection: apsw.Connection, statement: str, single: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    for page in _pages(rows):
        if len(page) == AT_ONCE:
            connection.execute(statement, list(itertools.chain.from_iterable(page)))
        else:
            connection.executemany(single, page).fetchall()


def _pages(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _to_json(ids: list[int]) -> str:
    return msgspec.json.encode(ids).decode()

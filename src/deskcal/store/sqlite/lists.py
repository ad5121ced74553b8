"""The SQL of a list on the embedded store: filter, scope and range to one statement. Pure text.

Events are sorted into duration classes: within a class a range has to look back by no more than the
class's limit, so that a few events that last for years never make every list slow.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.core.filters import EventFilter
from deskcal.core.visibility import Visibility
from deskcal.store.lists import CLASSES, LINKS, look_back_sec, places_of

_INDEXES = {"customer_id": "customer", "lead_id": "lead", "login": "login"}

_IN_RANGE = "x.start_time < :until AND (x.end_time > :since OR x.start_time >= :since)"
_OF_MANAGER = "event_manager AS x CROSS JOIN event AS e ON e.id = x.event_id"
_BY_TIME = "event AS x INDEXED BY event_by_time"
_MINE = """EXISTS (
    SELECT 1 FROM event_manager AS mine
    WHERE mine.manager_id = :me AND mine.duration_class = {e}.duration_class
      AND mine.start_time = {e}.start_time AND mine.event_id = {e}.id)"""


DOCUMENTS = """
    SELECT CAST(group_concat(e.document, ',') AS BLOB)
    FROM json_each(:ids) AS page CROSS JOIN event AS e ON e.id = page.value"""
"""The documents of a page of ids, joined where the interpreter's lock is not held.

CROSS JOIN makes the page the outer loop, so the documents come in its order.
"""


class ListQuery(Struct, frozen=True):
    """Two statements over the same rows, and their parameters."""

    ids: str
    """One text: the ids in order, with commas between; NULL for none."""
    count: str
    parameters: dict[str, Any]


def list_query(
    wanted: EventFilter, visibility: Visibility, collections: Mapping[tuple[str, str], int]
) -> ListQuery | None:
    """The statements for `wanted` visible to `visibility`; None when nothing can match."""
    places = places_of(wanted, visibility, collections)
    if places is None:
        return None
    alias = "e" if wanted.manager_id else "x"
    conditions = [_IN_RANGE, *_equalities(wanted, alias)]
    if places.are_all:
        conditions.append(f"{alias}.collection_id <= :known")
    else:
        conditions.append(_scope(alias, places.guest_ids))
    parameters = _parameters(wanted) | {
        "me": visibility.manager_id,
        "open": _json(places.open_ids),
        "guest": _json(places.guest_ids),
        "known": max(collections.values()),
    }
    parts = _parts(wanted, " AND ".join(conditions))
    rows = " UNION ALL ".join(
        f"SELECT x.start_time AS start_time, {alias}.id AS id {part}" for part in parts
    )
    counts = " UNION ALL ".join(f"SELECT count(*) AS n {part}" for part in parts)
    return ListQuery(
        "SELECT group_concat(id, ',') FROM "
        f"(SELECT id FROM ({rows}) ORDER BY start_time, id LIMIT :limit OFFSET :offset)",
        f"SELECT sum(n) FROM ({counts})",
        parameters,
    )


def _parts(wanted: EventFilter, conditions: str) -> list[str]:
    """FROM and WHERE of each SELECT that together find the rows, each row once."""
    if wanted.manager_id:
        return [
            f"FROM {_OF_MANAGER} WHERE x.manager_id = :manager_id AND {_look_back(number)}"
            f" AND {conditions}"
            for number in CLASSES
        ]
    for column, index in _INDEXES.items():
        if getattr(wanted, column):
            return [f"FROM event AS x INDEXED BY event_by_{index} WHERE {conditions}"]
    return [f"FROM {_BY_TIME} WHERE {_look_back(number)} AND {conditions}" for number in CLASSES]


def _look_back(number: int) -> str:
    """The rows of one duration class that can reach into the range."""
    limit = look_back_sec(number)
    if limit is None:
        return f"x.duration_class = {number}"
    return f"x.duration_class = {number} AND x.start_time >= :since - {limit}"


def _equalities(wanted: EventFilter, alias: str) -> list[str]:
    conditions = []
    for column in LINKS:
        if getattr(wanted, column):
            conditions.append(f"{alias}.{column} = :{column} AND {alias}.{column} > 0")
    for column in ("status", "type"):
        if getattr(wanted, column):
            conditions.append(f"{alias}.{column} IN (SELECT value FROM json_each(:{column}))")
    return conditions


def _scope(alias: str, guest_ids: list[int]) -> str:
    """In scope, or, where only participants may see an event, with the session's manager in it."""
    in_scope = f"{alias}.collection_id IN (SELECT value FROM json_each(:open))"
    if not guest_ids:
        return in_scope
    in_guest = f"{alias}.collection_id IN (SELECT value FROM json_each(:guest))"
    return f"({in_scope} OR ({in_guest} AND {_MINE.format(e=alias)}))"


def _parameters(wanted: EventFilter) -> dict[str, Any]:
    return {
        "since": wanted.since,
        "until": wanted.until,
        "manager_id": wanted.manager_id,
        "customer_id": wanted.customer_id,
        "lead_id": wanted.lead_id,
        "login": wanted.login,
        "limit": wanted.limit,
        "offset": wanted.offset,
        "status": _json(list(wanted.status)),
        "type": _json(list(wanted.type)),
    }


def _json(values: list[int]) -> str:
    return msgspec.json.encode(values).decode()

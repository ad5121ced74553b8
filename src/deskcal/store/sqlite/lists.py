"""A list on the embedded store: filter, scope and range to one statement, and its documents.

Events are sorted into duration classes: within a class a range has to look back by no more than the
class's limit, so that a few events that last for years never make every list slow.
"""

from collections import deque
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from deskcal.core.filters import EventFilter
from deskcal.store.columns import FILTERS
from deskcal.store.lists import (
    CLASSES,
    Places,
    Selection,
    equalities,
    link_of,
    look_back_sec,
    path_managers,
)

_IN_RANGE = "x.start_time < :until AND (x.end_time > :since OR x.start_time >= :since)"
_OVERDUE = "{e}.status = 0 AND {e}.end_time <= :overdue_at"
_OF_MANAGER = "event_manager AS x CROSS JOIN event AS e ON e.id = x.event_id"
_OF_MANAGERS = """(
        SELECT DISTINCT x.event_id, x.start_time, x.end_time
        FROM json_each(:managers) AS m CROSS JOIN event_manager AS x ON x.manager_id = m.value
        WHERE {look_back} AND {in_range}
    ) AS x CROSS JOIN event AS e ON e.id = x.event_id"""
_BY_TIME = "event AS x INDEXED BY event_by_time"
_WITH = """EXISTS (
    SELECT 1 FROM event_manager AS mine
    WHERE mine.manager_id {whom} AND mine.duration_class = {e}.duration_class
      AND mine.start_time = {e}.start_time AND mine.event_id = {e}.id)"""

_IDS = """
    SELECT group_concat(id, ',') FROM (
        SELECT id FROM ({rows}) ORDER BY start_time, id LIMIT :limit OFFSET :offset)"""
_FIRST = "SELECT * FROM ({} ORDER BY start_time, id LIMIT :limit + :offset)"
DOCUMENTS = """
    SELECT CAST(group_concat(e.document, ',') AS BLOB)
    FROM json_each(:ids) AS page CROSS JOIN event AS e ON e.id = page.value"""
"""The documents of a page of ids, joined where the interpreter's lock is not held.

CROSS JOIN makes the page the outer loop, so the documents come in its order.
"""


class ListQuery(Struct, frozen=True):
    """Statements over the same rows, and their parameters."""

    ids: str
    """One text: the ids in order, with commas between; NULL for none."""
    count: str
    parameters: dict[str, Any]
    selects: list[str]
    """What finds the rows, each row once, in no order."""

    @property
    def first_ids(self) -> str:
        """`ids` for a small `limit`: reads no more rows than that, where an index sorts them."""
        return _IDS.format(rows=" UNION ALL ".join(map(_FIRST.format, self.selects)))


def list_query(wanted: EventFilter, places: Places, manager_id: int, known: int) -> ListQuery:
    """The statements for `wanted` in `places`, as far as `manager_id` may see them.

    `known`: the highest number of a collection that `places` takes into account; a reader may find
    newer ones than those.
    """
    alias = "e" if path_managers(wanted) else "x"
    conditions = [_IN_RANGE, *_equalities(wanted, alias), _scope(alias, places)]
    parameters = parameters_of(wanted, places, manager_id, known)
    parts = _parts(wanted, " AND ".join(conditions))
    selects = [f"SELECT x.start_time AS start_time, {alias}.id AS id {part}" for part in parts]
    counts = " UNION ALL ".join(f"SELECT count(*) AS n {part}" for part in parts)
    return ListQuery(
        _IDS.format(rows=" UNION ALL ".join(selects)),
        f"SELECT sum(n) FROM ({counts})",
        parameters,
        selects,
    )


def conditions_of(wanted: EventFilter, places: Places) -> str:
    """What rows of `event AS x` must be, whichever way they are found."""
    conditions = [_IN_RANGE, *_equalities(wanted, "x"), _scope("x", places)]
    if path_managers(wanted):
        whom = "IN (SELECT value FROM json_each(:path))"
        conditions.append(_WITH.format(e="x", whom=whom))
    return " AND ".join(conditions)


def parameters_of(
    wanted: EventFilter, places: Places, manager_id: int, known: int
) -> dict[str, Any]:
    """The parameters of `conditions_of` and of a list."""
    return _parameters(wanted) | {
        "me": manager_id,
        "open": _json(places.open.numbers),
        "shared": _json(places.shared.numbers),
        "known": known,
        "path": _json(path_managers(wanted)),
    }


def _parts(wanted: EventFilter, conditions: str) -> list[str]:
    """FROM and WHERE of each SELECT that together find the rows, each row once."""
    managers = path_managers(wanted)
    if len(managers) == 1:
        return [
            f"FROM {_OF_MANAGER} WHERE x.manager_id = :manager_id AND {look_back(number)}"
            f" AND {conditions}"
            for number in CLASSES
        ]
    if managers:
        sources = [
            _OF_MANAGERS.format(look_back=look_back(number), in_range=_IN_RANGE)
            for number in CLASSES
        ]
        return [f"FROM {source} WHERE {conditions}" for source in sources]
    link = link_of(wanted)
    if link is not None:
        return [f"FROM event AS x INDEXED BY {FILTERS[link].index} WHERE {conditions}"]
    return [f"FROM {_BY_TIME} WHERE {look_back(number)} AND {conditions}" for number in CLASSES]


def look_back(number: int) -> str:
    """The rows of one duration class that can reach into the range."""
    limit = look_back_sec(number)
    if limit is None:
        return f"x.duration_class = {number}"
    return f"x.duration_class = {number} AND x.start_time >= :since - {limit}"


def _equalities(wanted: EventFilter, alias: str) -> list[str]:
    conditions = []
    for name in equalities(wanted):
        if len(wanted.equal[name]) == 1:
            conditions.append(f"{alias}.{name} = :{name}")
        else:
            conditions.append(f"{alias}.{name} IN (SELECT value FROM json_each(:{name}))")
        if name == link_of(wanted):
            conditions.append(f"{alias}.{name} > 0")
    if wanted.manager_ids and wanted.manager_id:
        whom = "IN (SELECT value FROM json_each(:managers))"
        conditions.append(_WITH.format(e=alias, whom=whom))
    if wanted.overdue_at:
        conditions.append(_OVERDUE.format(e=alias))
    return conditions


def _scope(alias: str, places: Places) -> str:
    """In an open collection, or with the manager in it."""
    known = f"{alias}.collection_id <= :known"
    if places.is_all_open:
        return f"{known} AND {_within(alias, 'open', places.open)}"
    mine = _WITH.format(e=alias, whom="= :me")
    shared = f"{_within(alias, 'shared', places.shared)} AND {mine}"
    return f"{known} AND ({_within(alias, 'open', places.open)} OR {shared})"


def _within(alias: str, name: str, selection: Selection) -> str:
    if not selection.numbers:
        return "TRUE" if selection.is_complement else "FALSE"
    negated = "NOT " if selection.is_complement else ""
    return f"{alias}.collection_id {negated}IN (SELECT value FROM json_each(:{name}))"


def _parameters(wanted: EventFilter) -> dict[str, Any]:
    managers = path_managers(wanted)
    values = {name: wanted.equal[name] for name in equalities(wanted)}
    return {
        "since": wanted.since,
        "until": wanted.until,
        "limit": wanted.limit,
        "offset": wanted.offset,
        "overdue_at": wanted.overdue_at,
        "manager_id": managers[0] if managers else 0,
        "managers": _json(wanted.manager_ids or managers),
        **{name: one[0] if len(one) == 1 else _json(one) for name, one in values.items()},
    }


def _json(values: tuple[int | str, ...]) -> str:
    return msgspec.json.encode(values).decode()


def documents_of(connection: apsw.Connection, pieces: deque[str], enough_bytes: int) -> list[bytes]:
    """The documents of each piece of ids, joined; takes pieces until these come to more."""
    documents: list[bytes] = []
    size = 0
    while pieces and size <= enough_bytes:
        ids = f"[{pieces.popleft().rstrip(',')}]"
        documents.append(connection.execute(DOCUMENTS, {"ids": ids}).get)
        size += len(documents[-1])
    return documents

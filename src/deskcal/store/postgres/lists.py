"""The SQL of a list on PostgreSQL: filter, scope and range to statements.

Events are sorted into duration classes, as in the embedded store; the index gives the rows of a
class in their order.
"""

from typing import Any

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
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.group import SQL_TYPES

_IN_RANGE = """
    x.start_time < %(until)s::bigint
    AND (x.end_time > %(since)s::bigint OR x.start_time >= %(since)s::bigint)"""
_OVERDUE = "{e}.status = 0 AND {e}.end_time <= %(overdue_at)s::bigint"
_OF_MANAGERS = """(
        SELECT DISTINCT x.event_id, x.start_time, x.end_time FROM event_manager AS x
        WHERE x.manager_id = ANY(%(managers)s::bigint[]) AND {look_back} AND {in_range}
    ) AS x JOIN event AS e ON e.id = x.event_id"""
_WITH = """EXISTS (
    SELECT 1 FROM event_manager AS mine
    WHERE mine.manager_id = {whom} AND mine.duration_class = {e}.duration_class
      AND mine.start_time = {e}.start_time AND mine.event_id = {e}.id)"""
_IDS = """SELECT id FROM ({rows}) AS found ORDER BY start_time, id
    LIMIT %(limit)s::bigint OFFSET %(offset)s::bigint"""
_FIRST = """(SELECT * FROM ({select}) AS x
    ORDER BY start_time, id LIMIT %(limit)s::bigint + %(offset)s::bigint)"""


class ListQuery(Struct, frozen=True):
    """Statements over the same rows, and their parameters."""

    ids: str
    """The ids in order, a row each."""
    count: str
    parameters: dict[str, Any]
    selects: list[str]
    """What finds the rows, each row once, in no order."""

    @property
    def first_ids(self) -> str:
        """`ids` for a small `limit`: reads no more rows than that, where an index sorts them."""
        parts = (_FIRST.format(select=select) for select in self.selects)
        return _IDS.format(rows=" UNION ALL ".join(parts))


def list_query(wanted: EventFilter, places: Places, manager_id: int) -> ListQuery:
    """The statements for `wanted` in `places`, as far as `manager_id` may see them.

    `places` must take into account all collections of the snapshot in which they are run.
    """
    alias = "e" if path_managers(wanted) else "x"
    conditions = [_IN_RANGE, *_equalities(wanted, alias), _scope(alias, places)]
    parts = _parts(wanted, " AND ".join(conditions))
    event_id = "x.event_id" if path_managers(wanted) else "x.id"
    selects = [f"SELECT x.start_time, {event_id} AS id {part}" for part in parts]
    counts = " UNION ALL ".join(f"SELECT count(*) AS n {part}" for part in parts)
    return ListQuery(
        _IDS.format(rows=" UNION ALL ".join(selects)),
        f"SELECT sum(n)::bigint FROM ({counts}) AS found",
        _parameters(wanted, manager_id, places),
        selects,
    )


def conditions_of(wanted: EventFilter, places: Places) -> str:
    """What rows of `event AS x` must be, whichever way they are found."""
    conditions = [_IN_RANGE, *_equalities(wanted, "x"), _scope("x", places)]
    if path_managers(wanted):
        conditions.append(_WITH.format(e="x", whom="ANY(%(path)s::bigint[])"))
    return " AND ".join(conditions)


def parameters_of(wanted: EventFilter, places: Places, manager_id: int) -> dict[str, Any]:
    """The parameters of `conditions_of` and of a list."""
    return _parameters(wanted, manager_id, places) | {"path": integers(path_managers(wanted))}


def _parts(wanted: EventFilter, conditions: str) -> list[str]:
    """FROM and WHERE of each SELECT that together find the rows, each row once."""
    managers = path_managers(wanted)
    if len(managers) == 1:
        return [
            "FROM event_manager AS x JOIN event AS e ON e.id = x.event_id"
            f" WHERE x.manager_id = %(manager_id)s::bigint AND {look_back(number)}"
            f" AND {conditions}"
            for number in CLASSES
        ]
    if managers:
        sources = [
            _OF_MANAGERS.format(look_back=look_back(number), in_range=_IN_RANGE)
            for number in CLASSES
        ]
        return [f"FROM {source} WHERE {conditions}" for source in sources]
    if link_of(wanted) is not None:
        return [f"FROM event AS x WHERE {conditions}"]
    return [f"FROM event AS x WHERE {look_back(number)} AND {conditions}" for number in CLASSES]


def look_back(number: int) -> str:
    """The rows of one duration class that can reach into the range."""
    limit = look_back_sec(number)
    if limit is None:
        return f"x.duration_class = {number}"
    return f"x.duration_class = {number} AND x.start_time >= %(since)s::bigint - {limit}"


def _equalities(wanted: EventFilter, alias: str) -> list[str]:
    conditions = []
    for name in equalities(wanted):
        type_ = SQL_TYPES[FILTERS[name].type]
        if len(wanted.equal[name]) == 1:
            conditions.append(f"{alias}.{name} = %({name})s::{type_}")
        else:
            conditions.append(f"{alias}.{name} = ANY(%({name})s::{type_}[])")
        if name == link_of(wanted):
            conditions.append(f"{alias}.{name} > 0")
    if wanted.manager_ids and wanted.manager_id:
        whom = "ANY(%(managers)s::bigint[])"
        conditions.append(_WITH.format(e=alias, whom=whom))
    if wanted.overdue_at:
        conditions.append(_OVERDUE.format(e=alias))
    return conditions


def _scope(alias: str, places: Places) -> str:
    """In an open collection, or with the manager in it."""
    in_open = _within(alias, "open", places.open)
    if places.is_all_open:
        return in_open
    mine = _WITH.format(e=alias, whom="%(me)s::bigint")
    return f"({in_open} OR {_within(alias, 'shared', places.shared)} AND {mine})"


def _within(alias: str, name: str, selection: Selection) -> str:
    if not selection.numbers:
        return "TRUE" if selection.is_complement else "FALSE"
    if selection.is_complement:
        return f"{alias}.collection_id <> ALL(%({name})s::integer[])"
    return f"{alias}.collection_id = ANY(%({name})s::integer[])"


def _parameters(wanted: EventFilter, manager_id: int, places: Places) -> dict[str, Any]:
    managers = path_managers(wanted)
    return {
        "since": wanted.since,
        "until": wanted.until,
        "limit": wanted.limit,
        "offset": wanted.offset,
        "overdue_at": wanted.overdue_at,
        "manager_id": managers[0] if managers else 0,
        "managers": integers(wanted.manager_ids or managers),
        "me": manager_id,
        "open": integers(places.open.numbers),
        "shared": integers(places.shared.numbers),
        **{name: _parameter(wanted.equal[name]) for name in equalities(wanted)},
    }


def _parameter(values: tuple[int | str, ...]) -> object:
    if len(values) == 1:
        return values[0]
    texts = [value for value in values if isinstance(value, str)]
    return texts or integers(value for value in values if isinstance(value, int))

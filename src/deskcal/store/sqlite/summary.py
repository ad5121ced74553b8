"""A summary in the embedded store: counts by one key, from the index by time alone."""

from typing import Any

import apsw

from deskcal.core.filters import EventFilter
from deskcal.core.summary import SHORTEST_DAY_SEC, SLOT_SEC, GroupBy, SummaryGroup, merged
from deskcal.store.lists import CLASSES, Places
from deskcal.store.sqlite.lists import conditions_of, look_back

KEYS = {
    GroupBy.DAY: f"CAST(x.start_time / {SLOT_SEC} AS TEXT)",
    GroupBy.MANAGER: "x.owner_manager_id",
    GroupBy.DESK: "x.collection_id",
    GroupBy.TYPE: "x.type",
    GroupBy.OUTCOME: "x.outcome",
}
_TEXT = "CAST(x.document AS TEXT)"
_LONG_DAY = f"""
    CASE WHEN x.end_time - x.start_time >= {SHORTEST_DAY_SEC}
        AND json_extract({_TEXT}, '$.all_day') = 1
    THEN x.start_time || ' ' || json_extract({_TEXT}, '$.timezone') ELSE {KEYS[GroupBy.DAY]} END"""
"""Of events of the longer classes, which alone may be all-day: others are not read."""
_PART = """
    SELECT {key} AS key, x.status AS status, x.end_time AS end_time, x.done_time AS done_time
    FROM event AS x INDEXED BY event_by_time WHERE {look_back} AND x.status <> 3 AND {conditions}"""
_SUMMARY = """
    SELECT key, sum(status = 0), sum(status = 1), sum(status = 2),
        sum(status = 0 AND end_time <= :now),
        max(CASE WHEN status = 0 AND end_time <= :now THEN :now - end_time ELSE 0 END),
        sum(status = 1 AND done_time <= end_time)
    FROM ({parts}) GROUP BY key"""
_DESKS = "SELECT id, desk FROM collection"


def summary_query(wanted: EventFilter, places: Places, group_by: GroupBy) -> str:
    """The statement; its parameters are those of a list, and `now`."""
    conditions = conditions_of(wanted, places)
    parts = [
        _PART.format(key=_key(group_by, number), look_back=look_back(number), conditions=conditions)
        for number in CLASSES
    ]
    return _SUMMARY.format(parts=" UNION ALL ".join(parts))


def _key(group_by: GroupBy, number: int) -> str:
    return _LONG_DAY if group_by is GroupBy.DAY and number else KEYS[group_by]


def summary(
    connection: apsw.Connection, query: str, parameters: dict[str, Any], group_by: GroupBy
) -> list[SummaryGroup]:
    """The groups, by key; days as `by_day` takes them."""
    with connection:
        rows: Any = connection.execute(query, parameters).fetchall()
        if group_by is GroupBy.DESK:
            found: Any = connection.execute(_DESKS)
            desks = dict(found)
            rows = [(desks[number], *row) for number, *row in rows]
    return merged(SummaryGroup(*row) for row in rows)

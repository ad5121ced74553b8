"""A summary on PostgreSQL: counts by one key."""

from typing import Any

from deskcal.core.filters import EventFilter
from deskcal.core.summary import SHORTEST_DAY_SEC, SLOT_SEC, GroupBy, SummaryGroup, merged
from deskcal.core.visibility import Visibility
from deskcal.store.lists import CLASSES, Collections
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.group import NEWEST_COLLECTION, read_collections
from deskcal.store.postgres.lists import conditions_of, look_back, parameters_of

KEYS = {
    GroupBy.DAY: f"(x.start_time / {SLOT_SEC})::text",
    GroupBy.MANAGER: "x.owner_manager_id",
    GroupBy.DESK: "x.collection_id",
    GroupBy.TYPE: "x.type",
    GroupBy.OUTCOME: "x.outcome",
}
_JSON = r"replace(convert_from(x.document, 'UTF8'), '\u0000', '\u0020')::json"
_LONG_DAY = f"""
    CASE WHEN x.end_time - x.start_time < {SHORTEST_DAY_SEC} THEN {KEYS[GroupBy.DAY]}
    WHEN {_JSON} ->> 'all_day' = '1' THEN x.start_time || ' ' || ({_JSON} ->> 'timezone')
    ELSE {KEYS[GroupBy.DAY]} END"""
"""Of events of the longer classes, which alone may be all-day: others are not read."""
_PART = """
    SELECT {key} AS key, x.status, x.end_time, x.done_time
    FROM event AS x WHERE {look_back} AND x.status <> 3 AND {conditions}"""
_SUMMARY = """
    SELECT key, count(*) FILTER (WHERE status = 0), count(*) FILTER (WHERE status = 1),
        count(*) FILTER (WHERE status = 2),
        count(*) FILTER (WHERE status = 0 AND end_time <= %(now)s::bigint),
        coalesce(max(%(now)s::bigint - end_time)
            FILTER (WHERE status = 0 AND end_time <= %(now)s::bigint), 0),
        count(*) FILTER (WHERE status = 1 AND done_time <= end_time)
    FROM ({parts}) AS found GROUP BY key"""
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def _key(group_by: GroupBy, number: int) -> str:
    return _LONG_DAY if group_by is GroupBy.DAY and number else KEYS[group_by]


async def summary(
    connection: Connection,
    wanted: EventFilter,
    visibility: Visibility,
    collections: Collections,
    group_by: GroupBy,
    now: int,
) -> list[SummaryGroup]:
    """The groups, by key; days as `by_day` takes them. In one snapshot."""
    await connection.execute(_BEGIN)
    try:
        newest = collections.newest
        known = await _rows(connection, NEWEST_COLLECTION, None)
        if known[0][0] > newest:
            collections.add(await read_collections(connection, newest))
        places = await collections.places(wanted, visibility)
        if places is None:
            return []
        conditions = conditions_of(wanted, places)
        parts = [
            _PART.format(
                key=_key(group_by, number), look_back=look_back(number), conditions=conditions
            )
            for number in CLASSES
        ]
        parameters = parameters_of(wanted, places, visibility.manager_id) | {"now": now}
        query = _SUMMARY.format(parts=" UNION ALL ".join(parts))
        rows = await _rows(connection, query, parameters)
        if group_by is GroupBy.DESK:
            desks = {
                number: desk
                for (_, desk), number in (await read_collections(connection, 0)).items()
            }
            rows = [(desks[number], *row) for number, *row in rows]
        return merged(SummaryGroup(*row) for row in rows)
    finally:
        await connection.execute("COMMIT")


async def _rows(connection: Connection, query: str, values: Any) -> list[Any]:
    cursor = await connection.execute(query.encode(), values, prepare=False, binary=True)
    return await cursor.fetchall()

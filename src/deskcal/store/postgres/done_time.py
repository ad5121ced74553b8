"""When events were completed, by their history: where the row is a new one and does not say."""

from collections.abc import Collection

from deskcal.store.postgres.arrays import integers, run
from deskcal.store.postgres.connection import Connection

_JSON = r"replace(convert_from({}.document, 'UTF8'), '\u0000', '\u0020')::json"
_COMPLETED = f"""
    SELECT d.id, (
        SELECT ({_JSON.format("c")} ->> 'updated_time')::bigint FROM change AS c
        WHERE c.event_id = d.id AND c.seq > coalesce((
            SELECT max(u.seq) FROM change AS u
            WHERE u.event_id = d.id AND {_JSON.format("u")} ->> 'status' <> '1'), 0)
        ORDER BY c.seq LIMIT 1) AS done_time
    FROM event AS d WHERE d.status = 1"""  # noqa: S608
"""`updated_time` by the first change from which on an event was done."""
_FIND = """
    UPDATE event AS e SET done_time = x.done_time FROM ({}) AS x
    WHERE e.id = x.id AND e.done_time <> x.done_time"""
_OF_ALL = _FIND.format(_COMPLETED)
_OF_SOME = _FIND.format(f"{_COMPLETED} AND d.id = ANY(%s::bigint[])")


async def find_done_times(connection: Connection) -> None:
    """Of all that is done, once their changes are there."""
    await connection.execute(_OF_ALL.encode())


async def find_done_times_of(connection: Connection, event_ids: Collection[int]) -> None:
    """Of those of them that are done."""
    await run(connection, _OF_SOME, [integers(event_ids)])

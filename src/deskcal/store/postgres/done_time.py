"""When events were completed, by their history: where the row is a new one and does not say."""

from collections.abc import Collection, Sequence

from deskcal.store.batch.writes import EndedRow
from deskcal.store.columns import AS_STORED
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
_KEEP = f"""
    INSERT INTO completion (event_id, version, done_time, time)
    SELECT x.event_id, x.version, CASE x.done_time
        WHEN {AS_STORED} THEN coalesce(e.done_time, t.done_time, 0) ELSE x.done_time END, x.time
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS x(event_id, version, done_time, time)
    LEFT JOIN event AS e ON e.id = x.event_id LEFT JOIN trash AS t ON t.event_id = x.event_id
    ON CONFLICT (event_id, version) DO UPDATE
        SET done_time = excluded.done_time, time = excluded.time"""  # noqa: S608
_KEPT = """
    SELECT DISTINCT ON (c.event_id) c.event_id, c.done_time
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS x(event_id, since, until)
    JOIN completion AS c
        ON c.event_id = x.event_id AND c.version >= x.since AND c.version < x.until
    ORDER BY c.event_id, c.version"""
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


async def keep_done_times(connection: Connection, ended: Sequence[EndedRow]) -> None:
    """Keeps what a group takes back, while its events and the trash are as they were."""
    if ended:
        await run(connection, _KEEP, [integers(column) for column in zip(*ended, strict=True)])


async def kept_done_times(
    connection: Connection, wanted: Sequence[tuple[int, int, int]]
) -> dict[int, int]:
    """By event; see `FeedStore.done_times`."""
    columns = [integers(column) for column in zip(*wanted, strict=True)]
    cursor = await run(connection, _KEPT, columns)
    return {event_id: time for event_id, time in await cursor.fetchall() if time}

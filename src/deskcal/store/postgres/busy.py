"""When managers are busy, on PostgreSQL, which also merges the times. Two statements.

It looks back by duration classes, as lists do; the participants of an event are read once, however
many of the managers take part.
"""

from collections.abc import Sequence

from deskcal.core.free_busy import Interval
from deskcal.core.masks import Mask
from deskcal.store.lists import CLASSES, look_back_sec, too_many_busy
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.group import integers

_OF_CLASS = """
    SELECT x.event_id AS id FROM event_manager AS x
    WHERE x.manager_id = ANY(%(managers)s::bigint[]) AND x.duration_class = {number}
      AND x.start_time < %(until)s::bigint AND x.end_time > %(since)s::bigint
      AND x.end_time > x.start_time{look_back}"""
_CLASSES = " UNION ".join(
    _OF_CLASS.format(
        number=number,
        look_back=""
        if look_back_sec(number) is None
        else f" AND x.start_time > %(since)s::bigint - {look_back_sec(number)}",
    )
    for number in CLASSES
)
_BUSY = r"""
    WITH taken AS (
        SELECT (p.value ->> 'manager_id')::bigint AS manager_id,
            int8range(greatest(e.start_time, %(since)s::bigint),
                least(e.end_time, %(until)s::bigint)) AS span
        FROM (:classes) AS found JOIN event AS e ON e.id = found.id
            CROSS JOIN LATERAL json_array_elements(
                replace(convert_from(e.document, 'UTF8'), '\u0000', '\u0020')::json
                -> 'participants') AS p
        WHERE e.status = 0
          AND e.collection_id IN (SELECT id FROM collection WHERE brand = ANY(%(brands)s::text[]))
          AND p.value ->> 'status' <> '2'
          AND (p.value ->> 'manager_id')::bigint = ANY(%(managers)s::bigint[])
        LIMIT %(most)s::bigint
    ), merged AS (
        SELECT manager_id, count(*) AS spans, range_agg(span) AS spent
        FROM taken GROUP BY manager_id
    )
    SELECT manager_id, spans, lower(span), upper(span)
    FROM merged CROSS JOIN LATERAL unnest(spent) AS span
    ORDER BY manager_id, span""".replace(":classes", _CLASSES)
"""A document may hold \\u0000, which PostgreSQL reads in no JSON."""


async def busy(
    connection: Connection,
    manager_ids: Sequence[int],
    since: int,
    until: int,
    brands: Mask,
    most: int,
) -> dict[int, list[Interval]]:
    """The merged intervals of each manager who has some; `most`: before they are merged.

    Raises: InvalidField; psycopg.Error.
    """
    used = await connection.execute("SELECT DISTINCT brand FROM collection", prepare=True)
    parameters = {
        "managers": integers(manager_ids),
        "brands": [brand for (brand,) in await used.fetchall() if brands.matches(brand)],
        "since": since,
        "until": until,
        "most": most + 1,
    }
    rows = await connection.execute(_BUSY.encode(), parameters, prepare=False, binary=True)
    found: dict[int, list[Interval]] = {}
    spans: dict[int, int] = {}
    for manager_id, count, start, end in await rows.fetchall():
        found.setdefault(manager_id, []).append((start, end))
        spans[manager_id] = count
    if sum(spans.values()) > most:
        raise too_many_busy(most)
    return found

"""When managers are busy, on PostgreSQL, which also merges the times. Two statements.

It looks back by duration classes, as lists do; the participants of an event are read once, however
many of the managers take part.
"""

from collections.abc import Sequence

from msgspec import Struct

from deskcal.core.event import ParticipantStatus
from deskcal.core.free_busy import BUSY, FREE_WHEN_ALL_DAY, BusyTimes, Interval
from deskcal.core.masks import Mask
from deskcal.store.lists import CLASSES, Collections, look_back_sec, too_many_busy
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.group import look_for_new

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
    WITH open AS (
        SELECT int8range(greatest(e.start_time, %(since)s::bigint),
                least(e.end_time, %(until)s::bigint)) AS span, e.type,
            replace(convert_from(e.document, 'UTF8'), '\u0000', '\u0020')::json AS document
        FROM (:classes) AS found JOIN event AS e ON e.id = found.id
        WHERE e.status = 0 AND e.id <> %(excluded)s::bigint
          AND (e.collection_id = ANY(%(places)s::integer[])) <> %(is_complement)s::boolean
    ), taken AS (
        SELECT (p.value ->> 'manager_id')::bigint AS manager_id,
            (p.value ->> 'status')::smallint = %(accepted)s::smallint AS is_accepted, e.span
        FROM open AS e CROSS JOIN LATERAL json_array_elements(e.document -> 'participants') AS p
        WHERE coalesce((e.document ->> 'show_as')::smallint,
                CASE WHEN e.document ->> 'all_day' = '1'
                    AND e.type = ANY(%(free_types)s::smallint[]) THEN 1 ELSE 0 END)
              = %(busy)s::smallint
          AND (p.value ->> 'status')::smallint <> %(declined)s::smallint
          AND (p.value ->> 'manager_id')::bigint = ANY(%(managers)s::bigint[])
        LIMIT %(most)s::bigint
    ), merged AS (
        SELECT manager_id, is_accepted, count(*) AS spans, range_agg(span) AS spent
        FROM taken GROUP BY manager_id, is_accepted
    )
    SELECT manager_id, is_accepted, spans, lower(span), upper(span)
    FROM merged CROSS JOIN LATERAL unnest(spent) AS span
    ORDER BY manager_id, span""".replace(":classes", _CLASSES)
"""Source of what makes busy: `free_busy.makes_busy`. A document may hold \\u0000, which PostgreSQL
reads in no JSON."""


class BusyQuery(Struct, frozen=True):
    """What is asked for: of whom, [since, until), and how much at most."""

    manager_ids: Sequence[int]
    since: int
    until: int
    most: int
    """Intervals before they are merged."""
    exclude_event_id: int


async def busy(
    connection: Connection, query: BusyQuery, brands: Mask, collections: Collections
) -> dict[int, BusyTimes]:
    """The merged intervals of each manager who has some. Raises: InvalidField; psycopg.Error."""
    await look_for_new(connection, collections)
    places = await collections.select([brands], [])
    parameters = {
        "managers": integers(query.manager_ids),
        "places": integers(places.numbers),
        "is_complement": places.is_complement,
        "since": query.since,
        "until": query.until,
        "excluded": query.exclude_event_id,
        "free_types": integers(FREE_WHEN_ALL_DAY),
        "busy": BUSY,
        "accepted": int(ParticipantStatus.ACCEPTED),
        "declined": int(ParticipantStatus.DECLINED),
        "most": query.most + 1,
    }
    rows = await connection.execute(_BUSY.encode(), parameters, prepare=False, binary=True)
    found: dict[int, tuple[list[Interval], list[Interval]]] = {}
    spans: dict[tuple[int, bool], int] = {}
    for manager_id, is_accepted, count, start, end in await rows.fetchall():
        found.setdefault(manager_id, ([], []))[not is_accepted].append((start, end))
        spans[manager_id, is_accepted] = count
    if sum(spans.values()) > query.most:
        raise too_many_busy(query.most)
    return {who: BusyTimes(*times) for who, times in found.items()}

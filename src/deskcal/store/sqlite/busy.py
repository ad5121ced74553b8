"""When managers are busy, in the embedded store. One statement.

It looks back by duration classes, as lists do; the participants of an event are read once, however
many of the managers take part.
"""

from collections.abc import Sequence

import apsw
import msgspec

from deskcal.core.free_busy import Interval, merged
from deskcal.store.lists import CLASSES, look_back_sec, too_many_busy

_OF_CLASS = """
    SELECT x.event_id AS id
    FROM json_each(:managers) AS m CROSS JOIN event_manager AS x ON x.manager_id = m.value
    WHERE x.duration_class = {number} AND x.start_time < :until AND x.end_time > :since
      AND x.end_time > x.start_time{look_back}"""
_CLASSES = " UNION ".join(
    _OF_CLASS.format(
        number=number,
        look_back=""
        if look_back_sec(number) is None
        else f" AND x.start_time > :since - {look_back_sec(number)}",
    )
    for number in CLASSES
)
_BUSY = """
    WITH found AS (:classes)
    SELECT p.value ->> '$.manager_id' AS manager_id, e.start_time, e.end_time
    FROM found CROSS JOIN event AS e ON e.id = found.id
        CROSS JOIN json_each(CAST(e.document AS TEXT), '$.participants') AS p
    WHERE e.status = 0 AND e.collection_id IN (SELECT value FROM json_each(:open))
      AND p.value ->> '$.status' <> 2
      AND manager_id IN (SELECT value FROM json_each(:managers))
    LIMIT :most""".replace(":classes", _CLASSES)


class BusyQuery(msgspec.Struct, frozen=True):
    """What is asked for: of whom, [since, until), where, and how much at most."""

    manager_ids: Sequence[int]
    since: int
    until: int
    places: Sequence[int]
    """Numbers of collections."""
    most: int
    """Intervals before they are merged."""


def busy(connection: apsw.Connection, query: BusyQuery) -> dict[int, list[Interval]]:
    """The merged intervals of each manager who has some. Raises: InvalidField; apsw.Error."""
    parameters = {
        "managers": msgspec.json.encode(query.manager_ids).decode(),
        "open": msgspec.json.encode(query.places).decode(),
        "since": query.since,
        "until": query.until,
        "most": query.most + 1,
    }
    found: dict[int, list[Interval]] = {}
    count = 0
    for manager_id, start, end in connection.execute(_BUSY, parameters):
        found.setdefault(manager_id, []).append((start, end))
        count += 1
    if count > query.most:
        raise too_many_busy(query.most)
    return {who: merged(times, query.since, query.until) for who, times in found.items()}

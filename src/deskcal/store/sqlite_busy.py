"""When managers are busy, in the embedded store. One statement.

It looks back by duration classes, as lists do; the participants of an event are read once, however
many of the managers take part.
"""

from collections.abc import Mapping, Sequence

import apsw
import msgspec

from deskcal.busy import Interval, merged
from deskcal.documents import DURATION_LIMITS_SEC
from deskcal.errors import InvalidField
from deskcal.filters import Mask

_OF_CLASS = """
    SELECT x.event_id AS id
    FROM json_each(:managers) AS m CROSS JOIN event_manager AS x ON x.manager_id = m.value
    WHERE x.duration_class = {number} AND x.start_time < :until AND x.end_time > :since
      AND x.end_time > x.start_time{look_back}"""
_CLASSES = " UNION ".join(
    _OF_CLASS.format(
        number=number,
        look_back=f" AND x.start_time > :since - {DURATION_LIMITS_SEC[number]}"
        if number < len(DURATION_LIMITS_SEC)
        else "",
    )
    for number in range(len(DURATION_LIMITS_SEC) + 1)
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
    """What is asked for: of whom, [since, until), in which brands, and how much at most."""

    manager_ids: Sequence[int]
    since: int
    until: int
    brands: Mask
    most: int
    """Intervals before they are merged."""


def busy(
    connection: apsw.Connection, query: BusyQuery, collections: Mapping[tuple[str, str], int]
) -> dict[int, list[Interval]]:
    """The merged intervals of each manager who has some. Raises: InvalidField; apsw.Error."""
    asked = [number for (brand, _), number in collections.items() if query.brands.matches(brand)]
    parameters = {
        "managers": msgspec.json.encode(query.manager_ids).decode(),
        "open": msgspec.json.encode(asked).decode(),
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
        raise InvalidField(
            f"from .. to holds more than {query.most} events of these managers; "
            "ask for a shorter range, or for fewer managers",
            field="to",
        )
    return {who: merged(times, query.since, query.until) for who, times in found.items()}

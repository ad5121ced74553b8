"""When managers are busy, in the embedded store. One statement.

It looks back by duration classes, as lists do; the participants of an event are read once, however
many of the managers take part.
"""

from collections.abc import Sequence

import apsw
import msgspec

from deskcal.core.event import ParticipantStatus
from deskcal.core.free_busy import BUSY, FREE_WHEN_ALL_DAY, BusyTimes, Interval, merged
from deskcal.store.lists import CLASSES, Selection, look_back_sec, too_many_busy

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
    WITH found AS (:classes), open AS (
        SELECT e.start_time, e.end_time, e.type, CAST(e.document AS TEXT) AS document
        FROM found CROSS JOIN event AS e ON e.id = found.id
        WHERE e.status = 0 AND e.collection_id <= :known
          AND (e.collection_id IN (SELECT value FROM json_each(:places))) <> :is_complement
          AND e.id <> :excluded)
    SELECT p.value ->> '$.manager_id' AS manager_id, p.value ->> '$.status' = :accepted,
        e.start_time, e.end_time
    FROM open AS e CROSS JOIN json_each(e.document, '$.participants') AS p
    WHERE coalesce(e.document ->> '$.show_as',
            e.document ->> '$.all_day' AND e.type IN (SELECT value FROM json_each(:free_types)))
          = :busy
      AND p.value ->> '$.status' <> :declined
      AND manager_id IN (SELECT value FROM json_each(:managers))
    LIMIT :most""".replace(":classes", _CLASSES)
"""Source of what makes busy: `free_busy.makes_busy`."""


class BusyQuery(msgspec.Struct, frozen=True):
    """What is asked for: of whom, [since, until), where, and how much at most."""

    manager_ids: Sequence[int]
    since: int
    until: int
    places: Selection
    known: int
    """The highest number of a collection that `places` takes into account."""
    most: int
    """Intervals before they are merged."""
    exclude_event_id: int


def busy(connection: apsw.Connection, query: BusyQuery) -> dict[int, BusyTimes]:
    """The merged intervals of each manager who has some. Raises: InvalidField; apsw.Error."""
    parameters = {
        "managers": _json(query.manager_ids),
        "places": _json(query.places.numbers),
        "is_complement": query.places.is_complement,
        "known": query.known,
        "since": query.since,
        "until": query.until,
        "excluded": query.exclude_event_id,
        "free_types": _json(FREE_WHEN_ALL_DAY),
        "busy": BUSY,
        "accepted": int(ParticipantStatus.ACCEPTED),
        "declined": int(ParticipantStatus.DECLINED),
        "most": query.most + 1,
    }
    found: dict[int, tuple[list[Interval], list[Interval]]] = {}
    count = 0
    for manager_id, is_accepted, start, end in connection.execute(_BUSY, parameters):
        found.setdefault(manager_id, ([], []))[not is_accepted].append((start, end))
        count += 1
    if count > query.most:
        raise too_many_busy(query.most)
    window = (query.since, query.until)
    return {
        who: BusyTimes(merged(accepted, *window), merged(unanswered, *window))
        for who, (accepted, unanswered) in found.items()
    }


def _json(numbers: Sequence[int]) -> str:
    return msgspec.json.encode(numbers).decode()

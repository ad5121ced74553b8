"""SQL of the calendar objects of a group in the embedded store."""

from collections.abc import Callable, Mapping
from typing import Any

import apsw
import msgspec

from deskcal.store.batch.objects import CalendarObject, ObjectKey

_SELECT = "SELECT document FROM calendar_object WHERE owner_id = ? AND uid = ?"
_PUT = "INSERT OR REPLACE INTO calendar_object VALUES (?, ?, ?, ?, ?, ?)"
_DELETE = "DELETE FROM calendar_object WHERE owner_id = ? AND uid = ?"

_encode = msgspec.json.Encoder().encode
decode_object = msgspec.json.Decoder(CalendarObject).decode


def stored_object(connection: apsw.Connection, key: ObjectKey) -> CalendarObject | None:
    """The object of an owner and UID."""
    document: bytes | None = connection.execute(_SELECT, key).get
    return None if document is None else decode_object(document)


def write_objects(
    run: Callable[[str, list[Any]], None], writes: Mapping[ObjectKey, CalendarObject | None]
) -> None:
    """Writes what a group leaves."""
    run(_DELETE, [key for key, found in writes.items() if found is None])
    kept = [found for found in writes.values() if found is not None]
    run(_PUT, [(*o.key, o.name, o.event_id, o.series_id, _encode(o)) for o in kept])

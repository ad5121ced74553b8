"""SQL of the calendar objects of a group in the embedded store."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import apsw
import msgspec

from deskcal.store.batch.objects import CalendarObject, NameTaken, ObjectKey

_SELECT = "SELECT document FROM calendar_object WHERE owner_id = ? AND uid = ?"
_SELECT_EVERY = "SELECT document FROM calendar_object ORDER BY owner_id, uid"
_PUT = """
    INSERT INTO calendar_object (owner_id, uid, name, event_id, series_id, document)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (owner_id, uid) DO UPDATE SET name = excluded.name, event_id = excluded.event_id,
        series_id = excluded.series_id, document = excluded.document"""
_DELETE = "DELETE FROM calendar_object WHERE owner_id = ? AND uid = ?"

_encode = msgspec.json.Encoder().encode
decode_object = msgspec.json.Decoder(CalendarObject).decode


def stored_object(connection: apsw.Connection, key: ObjectKey) -> CalendarObject | None:
    """The object of an owner and UID."""
    document: bytes | None = connection.execute(_SELECT, key).get
    return None if document is None else decode_object(document)


def all_objects(connection: apsw.Connection) -> Iterator[CalendarObject]:
    """Every object, by owner and UID."""
    rows: Any = connection.execute(_SELECT_EVERY)
    return (decode_object(document) for (document,) in rows)


def put_objects(connection: apsw.Connection, found: Iterable[CalendarObject]) -> None:
    """Adds or replaces them."""
    connection.executemany(_PUT, map(_row, found))


def _row(found: CalendarObject) -> tuple[Any, ...]:
    return (*found.key, found.name, found.event_id, found.series_id, _encode(found))


def write_objects(
    run: Callable[[str, list[Any]], None], writes: Mapping[ObjectKey, CalendarObject | None]
) -> None:
    """Writes what a group leaves. Raises: NameTaken."""
    run(_DELETE, [key for key, found in writes.items() if found is None])
    kept = [found for found in writes.values() if found is not None]
    try:
        run(_PUT, list(map(_row, kept)))
    except apsw.ConstraintError as exc:
        raise NameTaken from exc

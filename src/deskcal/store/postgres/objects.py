"""Calendar objects on PostgreSQL: locked by their key, read and written with a group."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import psycopg

from deskcal.store.batch.objects import CalendarObject, NameTaken, ObjectKey
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.pool import Reader

_FIND = """
    SELECT o.document FROM unnest(%s::bigint[], %b::bytea[]) AS x(owner_id, uid)
    JOIN calendar_object AS o USING (owner_id, uid)"""
_NAMED = "SELECT document FROM calendar_object WHERE owner_id = %s AND name = %b"
_NAMES = "SELECT document FROM calendar_object WHERE owner_id = %s AND name = ANY(%b::bytea[])"
_ALL = "SELECT document FROM calendar_object WHERE owner_id = %s ORDER BY uid"
_SERIES = """
    SELECT document FROM calendar_object
    WHERE owner_id = %s AND event_id = 0 AND series_id > 0 ORDER BY series_id"""
_OF = """
    SELECT document FROM calendar_object WHERE owner_id = %s AND event_id > 0
        AND event_id = ANY(%s::bigint[])
    UNION ALL
    SELECT document FROM calendar_object WHERE owner_id = %s AND series_id > 0
        AND series_id = ANY(%s::bigint[])
    UNION ALL
    SELECT document FROM calendar_object WHERE owner_id = %s AND event_id = 0 AND series_id = 0"""
_PUT = """
    INSERT INTO calendar_object (owner_id, uid, name, event_id, series_id, document)
    SELECT * FROM unnest(%s::bigint[], %b::bytea[], %b::bytea[], %s::bigint[], %s::bigint[],
        %b::bytea[])
    ON CONFLICT (owner_id, uid) DO UPDATE SET name = excluded.name, event_id = excluded.event_id,
        series_id = excluded.series_id, document = excluded.document"""
_DELETE = """
    DELETE FROM calendar_object AS o
    USING unnest(%s::bigint[], %b::bytea[]) AS x(owner_id, uid)
    WHERE o.owner_id = x.owner_id AND o.uid = x.uid"""

_BY_NAME = "calendar_object_by_name"
"""The unique index of owner and name."""

_encode = msgspec.json.Encoder().encode
decode_object = msgspec.json.Decoder(CalendarObject).decode


def as_name_taken(exc: psycopg.Error) -> Exception:
    """NameTaken, where that is what the error of the database says; else the error itself."""
    if exc.diag.constraint_name != _BY_NAME:
        return exc
    taken = NameTaken()
    taken.__cause__ = exc
    return taken


def lock_name(key: ObjectKey) -> tuple[int, str]:
    """What is locked for an object, in the form of an idempotency_key that no client can send."""
    owner_id, uid = key
    return owner_id, f"\0calendar object {uid}"


async def find_objects(
    connection: Connection, keys: Iterable[ObjectKey]
) -> dict[ObjectKey, CalendarObject]:
    """Those of the keys that there are."""
    cursor = await connection.execute(_FIND, _columns(keys))
    found = [decode_object(document) for (document,) in await cursor.fetchall()]
    return {one.key: one for one in found}


async def write_objects(
    connection: Connection, writes: Mapping[ObjectKey, CalendarObject | None]
) -> None:
    """Writes what a group leaves."""
    gone = [key for key, found in writes.items() if found is None]
    kept = [found for found in writes.values() if found is not None]
    if gone:
        await connection.execute(_DELETE, _columns(gone))
    await put_objects(connection, kept)


async def put_objects(connection: Connection, found: Sequence[CalendarObject]) -> None:
    """Adds or replaces them."""
    if found:
        values = [
            *_columns(one.key for one in found),
            [one.name.encode() for one in found],
            integers(one.event_id for one in found),
            integers(one.series_id for one in found),
            [_encode(one) for one in found],
        ]
        await connection.execute(_PUT, values)


def _columns(keys: Iterable[ObjectKey]) -> list[Any]:
    owners, uids = zip(*keys, strict=True)
    return [integers(owners), [uid.encode() for uid in uids]]


class PostgresObjects:
    """A `CalendarObjectStore`."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    async def get(self, owner_id: int, uid: str) -> CalendarObject | None:
        """By UID."""
        found = await self._read(find_objects, [(owner_id, uid)])
        return next(iter(found.values()), None)

    async def named(self, owner_id: int, name: str) -> CalendarObject | None:
        """By name."""
        found = await self._read(_objects, _NAMED, (owner_id, name.encode()))
        return found[0] if found else None

    async def of_names(self, owner_id: int, names: Sequence[str]) -> list[CalendarObject]:
        """By names, in one statement."""
        values = (owner_id, [name.encode() for name in names])
        found: list[CalendarObject] = await self._read(_objects, _NAMES, values)
        return found

    async def all(self, owner_id: int) -> list[CalendarObject]:
        """All of an owner."""
        found: list[CalendarObject] = await self._read(_objects, _ALL, (owner_id,))
        return found

    async def of_series(self, owner_id: int) -> list[CalendarObject]:
        """Those that are series."""
        found: list[CalendarObject] = await self._read(_objects, _SERIES, (owner_id,))
        return found

    async def of(
        self, owner_id: int, event_ids: Sequence[int], series_ids: Sequence[int]
    ) -> list[CalendarObject]:
        """By event and series."""
        ids = (integers(event_ids), integers(series_ids))
        values = (owner_id, ids[0], owner_id, ids[1], owner_id)
        found: list[CalendarObject] = await self._read(_objects, _OF, values)
        return found


async def _objects(
    connection: Connection, statement: str, values: tuple[Any, ...]
) -> list[CalendarObject]:
    cursor = await connection.execute(statement, values)
    return [decode_object(document) for (document,) in await cursor.fetchall()]

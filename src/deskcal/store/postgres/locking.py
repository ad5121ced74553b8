"""What a group of mutations locks and reads on PostgreSQL before it is applied."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from deskcal.core.claims import Claim
from deskcal.core.document import id_of
from deskcal.core.event import ChangeType
from deskcal.store.batch.objects import ObjectKey
from deskcal.store.batch.writes import RetryKey
from deskcal.store.ports.work import Mutation, Transaction, Work, event_ids_of
from deskcal.store.postgres.arrays import integers, run
from deskcal.store.postgres.claims import CLAIM_LOCK, LOCK_CLAIMS
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.found import Found
from deskcal.store.postgres.group import read_collections
from deskcal.store.postgres.objects import find_objects, lock_name
from deskcal.store.postgres.outcomes import read_outcomes
from deskcal.store.postgres.series import (
    check_unmoved,
    lock_series,
)
from deskcal.store.postgres.trash import LOCK_TRASH

_LOCK_KEYS = "SELECT pg_advisory_xact_lock(x) FROM unnest(%s::bigint[]) AS x"
_SELECT_KEYS = """
    SELECT i.manager_id, i.key, i.digest, c.document, i.time
    FROM unnest(%s::bigint[], %b::bytea[]) AS x(manager_id, key)
    JOIN idempotency AS i USING (manager_id, key) JOIN change AS c ON c.seq = i.seq"""
_LOCK_EVENTS = """
    SELECT id, document FROM event WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"""


def needs_lock(group: Sequence[Work]) -> bool:
    """Whether anything must be read before the group can be applied."""
    return bool(
        event_ids_of(group)
        or _keys(group)
        or _needs_outcomes(group)
        or needs_series(group)
        or has_claims(group)
        or _objects(group)
    )


def has_claims(group: Sequence[Work]) -> bool:
    """Whether something is to be claimed."""
    return any(isinstance(one, Claim) for one in group)


def _needs_outcomes(group: Sequence[Work]) -> bool:
    return any(one.needs_outcomes for one in group)


def needs_series(group: Sequence[Work]) -> bool:
    """Whether the group reads series."""
    return bool(_series_of(group) or _series_ids(group))


def _series_of(group: Sequence[Work]) -> list[int]:
    """Events whose series the group may change, sorted."""
    found = (one.series_of for one in group if isinstance(one, Transaction))
    return sorted(set(itertools.chain(*found)))


def _series_ids(group: Sequence[Work]) -> list[int]:
    found = (one.series_ids for one in group if isinstance(one, Transaction))
    return sorted(set(itertools.chain(*found)))


def _objects(group: Sequence[Work]) -> list[ObjectKey]:
    """Calendar objects that the group may change."""
    found = (one.objects for one in group if isinstance(one, Transaction))
    return sorted(set(itertools.chain(*found)))


def _trash_ids(group: Sequence[Work]) -> list[int]:
    """Events that the group may take out of the trash, sorted."""
    ids: set[int] = set()
    for one in group:
        if isinstance(one, Transaction) and one.reads_trash:
            ids.update(one.event_ids)
        elif isinstance(one, Mutation) and one.type is ChangeType.RESTORED:
            ids.add(one.event_id)
    return sorted(ids)


def _keys(group: Sequence[Work]) -> dict[RetryKey, None]:
    keys = _batch_keys(group)
    for one in group:
        if isinstance(one, Mutation) and one.retry:
            keys[one.actor, one.retry.key] = None
    return keys


def _batch_keys(group: Sequence[Work]) -> dict[RetryKey, None]:
    """Those of transactions, which may go on with what they were answered with."""
    found = (one.keys for one in group if isinstance(one, Transaction))
    return dict.fromkeys(itertools.chain(*found))


async def lock(connection: Connection, group: Sequence[Work]) -> Found:
    """Begins the transaction, locks what the group names and reads it.

    Claims first, then keys of batches, series, other keys and events, so that two nodes never
    deadlock.
    """
    ids, keys, series_of = event_ids_of(group), _keys(group), _series_of(group)
    kept = events = None
    found = Found(has_claims=has_claims(group))
    has_begun = found.has_claims or needs_series(group) or bool(_batch_keys(group))
    if has_begun:
        answered = await _lock_first(connection, group, found)
        series_of = [*series_of, *answered]
        of_series = itertools.chain(*found.series_found.event_ids.values())
        ids = sorted({*ids, *answered, *of_series})
    async with connection.pipeline():
        if not has_begun:
            await connection.execute("BEGIN")
        locked = [*keys, *map(lock_name, _objects(group))]
        if locked:
            await run(connection, _LOCK_KEYS, [integers(sorted(map(_lock_of, locked)))])
        if keys:
            kept = await _select_keys(connection, keys)
        if ids:
            events = await run(connection, _LOCK_EVENTS, [integers(ids)])
        trash_ids = _trash_ids(group)
        trash = await run(connection, LOCK_TRASH, [integers(trash_ids)]) if trash_ids else None
    found.locked = set(ids)
    if trash:
        found.trash = {one: (time, document) for one, time, document in await trash.fetchall()}
    if kept:
        for manager_id, key, *answer in await kept.fetchall():
            found.answers[manager_id, key.decode()] = tuple(answer)
    if events:
        found.documents = dict(await events.fetchall())
    check_unmoved(found.documents, series_of, found.series_found)
    await _read_rest(connection, group, found)
    return found


async def _lock_first(connection: Connection, group: Sequence[Work], found: Found) -> list[int]:
    """Begins the transaction and locks the rows that name the events to be locked.

    Events that keys of transactions were answered with before: later operations may name them.
    """
    await connection.execute("BEGIN")
    if found.has_claims:
        await connection.execute(LOCK_CLAIMS, CLAIM_LOCK)
    answered = await _answered(connection, _batch_keys(group))
    if needs_series(group) or answered:
        event_ids, ids = [*_series_of(group), *answered], _series_ids(group)
        found.series_found = await lock_series(connection, event_ids, ids)
    return answered


async def _answered(connection: Connection, keys: Mapping[RetryKey, None]) -> list[int]:
    """Locks the keys; events that they were answered with before."""
    if not keys:
        return []
    await run(connection, _LOCK_KEYS, [integers(sorted(map(_lock_of, keys)))])
    rows = await (await _select_keys(connection, keys)).fetchall()
    return sorted({id_of(document) for _, _, _, document, _ in rows})


async def _select_keys(connection: Connection, keys: Mapping[RetryKey, None]) -> Any:
    managers, names = zip(*keys, strict=True)
    encoded = [name.encode() for name in names]
    return await run(connection, _SELECT_KEYS, [integers(managers), encoded])


async def _read_rest(connection: Connection, group: Sequence[Work], found: Found) -> None:
    """What needs no lock of its own."""
    objects = _objects(group)
    if objects:
        found.objects = await find_objects(connection, objects)
    if _needs_outcomes(group):
        found.known_outcomes = await read_outcomes(connection)
    if found.has_claims:
        found.calls.collections = await read_collections(connection, 0)


def _lock_of(key: RetryKey) -> int:
    manager_id, name = key
    digest = hashlib.blake2b(f"{manager_id} {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)

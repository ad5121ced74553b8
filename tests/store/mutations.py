"""Mutations by name, as the commands would queue them, and what lists give back."""

import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import msgspec

from deskcal.core.document import EventScope, decode_event
from deskcal.core.draft import create
from deskcal.core.event import ChangeType, Event, next_version
from deskcal.core.filters import EventFilter
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session, SessionType
from deskcal.errors import NotFound
from deskcal.store.columns import FILTERS
from deskcal.store.ports import Store
from deskcal.store.ports.work import Mutation, Retry
from harness import new_event
from helpers import NOW, make_new_draft

ADMIN_SESSION = Session(
    1, desk_mask("*"), brand_mask("*"), type=SessionType.SESSION_CRM_ADMIN, exp=float("inf")
)

AT_A_TIME = 1000
"""A busy machine does not commit ten thousand changes within the deadline of one."""


def anything(_: EventScope) -> None:
    """The check of a retry that everybody passes."""


def adding(
    *, actor: int = 10, key: str = "", digest: bytes = b"", now: int = NOW, **fields: Any
) -> Mutation:
    """A create; with `key` it carries an idempotency_key."""
    draft = make_new_draft(**new_event(**fields))

    def change(_: Event | None, event_id: int) -> Event:
        return create(draft, event_id=event_id, actor=actor, now=now)

    retry = Retry(key, digest, anything) if key else None
    return Mutation(0, ChangeType.ADDED, actor, now, change, retry)


def changing(event_id: int, *, actor: int = 10, now: int = NOW, **fields: Any) -> Mutation:
    """An update of fields of a stored event."""

    def change(event: Event | None, event_id: int) -> Event:
        if event is None:
            raise NotFound(f"no event {event_id}")
        return next_version(event, msgspec.structs.replace(event, **fields), actor=actor, now=now)

    return Mutation(event_id, ChangeType.UPDATED, actor, now, change)


def deleting(event_id: int) -> Mutation:
    """A deletion of a stored event."""

    def change(event: Event | None, event_id: int) -> None:
        if event is None:
            raise NotFound(f"no event {event_id}")

    return Mutation(event_id, ChangeType.DELETED, 10, NOW, change)


def restoring(event_id: int) -> Mutation:
    """The way back of a deleted event."""

    def change(event: Event | None, event_id: int) -> Event:
        if event is None:
            raise NotFound(f"no event {event_id}")
        return msgspec.structs.replace(event, version=event.version + 1)

    return Mutation(event_id, ChangeType.RESTORED, 10, NOW, change)


def raising(event_id: int, error: Exception) -> Mutation:
    """A change that fails."""

    def change(_: Event | None, __: int) -> Event:
        raise error

    return Mutation(event_id, ChangeType.UPDATED, 10, NOW, change)


async def mutate_all(store: Store, mutations: list[Mutation]) -> list[bytes]:
    """The documents that they leave; any number, as only some wait at a time."""
    documents: list[bytes] = []
    for first in range(0, len(mutations), AT_A_TIME):
        some = mutations[first : first + AT_A_TIME]
        documents += await asyncio.gather(*map(store.mutate, some))
    return documents


async def done(work: Awaitable[bytes]) -> Event:
    """The event that a mutation leaves."""
    return decode_event(await work)


async def loaded(store: Store, event_id: int) -> Event | None:
    """The event as the database has it."""
    record = await store.load(event_id)
    return None if record is None else decode_event(record.document)


async def listed(
    store: Store, session: Session = ADMIN_SESSION, **named: Any
) -> tuple[list[dict[str, Any]], int]:
    """Rows and count of a list, of everything where nothing is named."""
    mask = desk_mask(named.pop("desk_filter", "*"))
    equal = {name: _values(named.pop(name)) for name in FILTERS if name in named}
    wanted: dict[str, Any] = {"since": 0, "until": NOW * 2, "limit": 50_000, "equal": equal} | named
    found = await store.list_events(EventFilter(desk_filter=mask, **wanted), session)
    rows: list[dict[str, Any]] = json.loads(b"[" + b",".join(found.documents) + b"]")
    return rows, found.count


def _values(value: Any) -> tuple[Any, ...]:
    """As the commands make it of what is sent: 0 and "" filter nothing."""
    if isinstance(value, tuple):
        return value
    return (value,) if value else ()


async def ids(store: Store, session: Session = ADMIN_SESSION, **named: Any) -> list[int]:
    """Ids of a list."""
    rows, _ = await listed(store, session, **named)
    return [row["id"] for row in rows]

"""The change table to be asked: what changed after a cursor, and one event's history."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.events import EventId
from deskcal.commands.filters import Filters, event_facts, has_facts
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import EventScope, decode_event, scope_of, wire_safe
from deskcal.core.event import ChangeType, Event, Id
from deskcal.core.filters import EventFacts
from deskcal.core.sessions import Session
from deskcal.core.visibility import not_found
from deskcal.live.connections import Peer
from deskcal.live.pacing import Pacing
from deskcal.store.ports.feed import StoredChange

MAX_CHANGES = 5000
MAX_LOOKED_AT = 20_000
"""Changes that one request reads at most in search of those that are the caller's to know."""
PAGE = 1000
"""Changes that are read at one time."""
MAX_BYTES = 8 * 1024 * 1024
"""Of the changes of an answer; the one that goes beyond it is the last."""
MAX_HISTORY = 1000

_FIELDS = Event.__struct_fields__
_encode = msgspec.json.Encoder().encode


GetChanges: Any = msgspec.defstruct(
    "GetChanges",
    [
        ("since", Id | None, None),
        ("limit", Annotated[int, Meta(ge=1, le=MAX_CHANGES)], 1000),
    ],
    bases=(Filters,),
    kw_only=True,
    module=__name__,
)
"""What is asked of changes; `since`: the cursor of the answer before, absent: only that of now."""


class GetHistory(EventId, kw_only=True):
    """One event, and where to go on in its history."""

    since: Id | None = None
    """`next` of the answer before; absent: from the oldest change that is kept."""
    limit: Annotated[int, Meta(ge=1, le=MAX_HISTORY)] = MAX_HISTORY


@command("MngGetCalendarChanges", GetChanges, is_list=True, is_repeatable=True)
def get_changes(services: Services, _: Peer, session: Session, data: Any) -> Work:
    """What changed after a cursor, in order, and the cursor to go on from."""
    facts = event_facts(data, services.limits, int(services.now()))
    if data.since is None:
        return _cursor_of_now(services)
    wanted = _Wanted(session, facts, services.default_timezone)
    return _changes(services, wanted, data.since, data.limit)


async def _cursor_of_now(services: Services) -> Data:
    return b'{"changes":[],"next":%d,"more":0}' % await services.feed.cursor_of_now()


class _Wanted(Struct, frozen=True):
    """Which changes are answered: of events that the session sees and that were asked for."""

    session: Session
    facts: EventFacts
    default_timezone: str
    """Of all-day events that name no zone."""

    def has(self, document: bytes) -> bool:
        """Whether the event of a document is one of them."""
        event = decode_event(document)
        is_visible = self.session.can_see(scope_of(event))
        return is_visible and has_facts(event, self.facts, self.default_timezone)


async def _changes(services: Services, wanted: _Wanted, since: int, limit: int) -> Data:
    await services.feed.know_cursor(since)
    services.feed.check_cursor(since)
    rows: list[bytes] = []
    size = looked_at = 0
    is_cut = False
    pacing = Pacing()
    async for change in _stored_changes(services, since, min(limit, PAGE)):
        row = _change_row(change, wanted)
        since = change.seq
        looked_at += 1
        if row is not None:
            rows.append(row)
            size += len(row)
        if len(rows) == limit or size > MAX_BYTES or looked_at == MAX_LOOKED_AT:
            is_cut = True
            break
        await pacing.after(change)
    more = is_cut and since < services.feed.newest_seq
    return b'{"changes":[%b],"next":%d,"more":%d}' % (b",".join(rows), since, more)


async def _stored_changes(
    services: Services, since: int, first_page: int
) -> AsyncIterator[StoredChange]:
    """The changes after `since`, to the newest one."""
    page = first_page
    while stored := await services.store.feed.changes(since, page):
        for change in stored:
            yield change
        since = stored[-1].seq
        if since >= services.feed.newest_seq:
            return
        page = PAGE


def _change_row(change: StoredChange, wanted: _Wanted) -> bytes | None:
    """The change as the session sees it; None: it is not visible, or not asked for."""
    after = None if change.type == ChangeType.DELETED else wanted.has(change.document)
    saw = change.before is not None and wanted.has(change.before)
    if not after and not saw:
        return None
    type_ = change.type
    if not after:
        type_ = ChangeType.DELETED
    elif not saw and change.before is not None:
        type_ = ChangeType.UPDATED
    head = b'{"seq":%d,"type":%d,"time":%d,"actor":%d,"batch_id":%d,"id":%d,"event":%b}'
    return head % (
        change.seq,
        type_,
        change.time,
        change.actor,
        change.batch_id,
        change.event_id,
        change.document if after else b"null",
    )


@command("MngGetCalendarEventHistory", GetHistory, is_list=True, is_repeatable=True)
def get_event_history(services: Services, _: Peer, session: Session, data: GetHistory) -> Work:
    """Who changed what, when, from what to what; also of a deleted event."""
    return _history(services, session, data)


async def _history(services: Services, session: Session, data: GetHistory) -> Data:
    await _require_last_scope(services, session, data.id)
    since = data.since or 0
    stored = await services.store.feed.history(data.id, since, data.limit)
    rows = []
    pacing = Pacing()
    for change in stored:
        rows.append(_history_row(change, session))
        await pacing.after(change)
    last = await services.store.feed.newest(data.id)
    more = bool(stored) and last is not None and stored[-1].seq < last.seq
    following = stored[-1].seq if stored else since
    return b'{"history":[%b],"next":%d,"more":%d}' % (b",".join(rows), following, more)


async def _require_last_scope(services: Services, session: Session, event_id: int) -> None:
    """Raises: NotFound if the session may not see the event as it is, or was when it went."""
    scope: EventScope | None = await services.store.load(event_id)
    if scope is None:
        last = await services.store.feed.newest(event_id)
        if last is None:
            raise not_found(event_id)
        scope = scope_of(decode_event(last.document))
    if not session.can_see(scope):
        raise not_found(event_id)


def _history_row(change: StoredChange, session: Session) -> bytes:
    row = {
        "seq": change.seq,
        "type": change.type,
        "time": change.time,
        "actor": change.actor,
        "batch_id": change.batch_id,
        "changed": _changed(change, session),
    }
    return wire_safe(_encode(row))


def _changed(change: StoredChange, session: Session) -> dict[str, tuple[Any, Any]]:
    """Old and new value by field; empty where the session could not see one of the two.

    Empty, too, where what was before is not kept any more.
    Of an event that was added the old values are null; of one that was deleted, the new ones.
    """
    after = decode_event(change.document)
    before = None if change.before is None else decode_event(change.before)
    if not session.can_see(scope_of(after)):
        return {}
    if change.type == ChangeType.DELETED:
        return {name: (getattr(after, name), None) for name in _FIELDS}
    if before is None and change.type != ChangeType.ADDED:
        return {}
    if before is None:
        return {name: (None, getattr(after, name)) for name in _FIELDS}
    if not session.can_see(scope_of(before)):
        return {}
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in _FIELDS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

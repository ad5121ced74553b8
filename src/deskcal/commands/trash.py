"""Deleted events: their list, and the way back."""

import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.events import EventVersion
from deskcal.commands.preconditions import require_version
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import decode_event, scope_of
from deskcal.core.event import MAX_ID, MAX_TIME, ChangeType, Event
from deskcal.core.masks import DeskMask, desk_mask_of
from deskcal.core.sessions import Session
from deskcal.core.trash import alone, restored
from deskcal.errors import EventId, InvalidField, NotFound
from deskcal.live.connections import Peer
from deskcal.store.ports.trash import Deletion, TrashedEvent
from deskcal.store.ports.work import Mutation

MAX_ROWS = 1000
PAGE = 200
"""Deleted events that are read at a time."""
MAX_LOOKED_AT = 20_000
"""Then the answer ends, though its rows may be fewer than `limit`; `next` goes on."""
_CURSOR = re.compile(r"(\d{1,12})-(\d{1,16})", re.ASCII)


class GetTrash(Struct, kw_only=True):
    """Which deleted events."""

    desk_filter: str = msgspec.field(name="deskFilter")
    limit: Annotated[int, Meta(ge=1, le=MAX_ROWS)]
    before: str | None = None


@command("MngGetCalendarTrash", GetTrash, is_list=True, is_repeatable=True)
def get_trash(services: Services, _: Peer, session: Session, data: GetTrash) -> Work:
    """Deleted events that the caller could change, the last deleted first."""
    mask = desk_mask_of("deskFilter", data.desk_filter, services.limits)
    return _trash(services, session, mask, data.limit, _position(data.before))


async def _trash(
    services: Services, session: Session, mask: DeskMask, limit: int, before: Deletion | None
) -> Data:
    oldest = int(services.now()) - services.limits.trash_retention_sec
    rows: list[bytes] = []
    last = before
    for _ in range(MAX_LOOKED_AT // PAGE):
        page = await services.store.trash.page(last, PAGE)
        for one in page:
            if one.deleted_time < oldest:
                return _answer(rows, None)
            last = (one.deleted_time, one.event_id)
            if _may_restore(session, one, mask):
                rows.append(_row(one))
            if len(rows) == limit:
                return _answer(rows, last)
        if len(page) < PAGE:
            return _answer(rows, None)
    return _answer(rows, last)


def _may_restore(session: Session, one: TrashedEvent, mask: DeskMask) -> bool:
    event = decode_event(one.document)
    scope = scope_of(event)
    return mask.matches(event.desk) and session.can_see(scope) and session.can_change(scope)


def _row(one: TrashedEvent) -> bytes:
    times = (one.document, one.deleted_time, one.deleted_by)
    return b'{"event":%b,"deleted_time":%d,"deleted_by":%d}' % times


def _answer(rows: list[bytes], last: Deletion | None) -> bytes:
    following = b"null" if last is None else b'"%d-%d"' % last
    return b'{"rows":[%b],"next":%b}' % (b",".join(rows), following)


def _position(before: str | None) -> Deletion | None:
    """Raises: InvalidField for what is no `next` of a page before."""
    if before is None:
        return None
    found = _CURSOR.fullmatch(before)
    time, event_id = map(int, found.groups()) if found else (MAX_TIME + 1, 0)
    if time > MAX_TIME or event_id > MAX_ID:
        raise InvalidField(
            f"before ({before[:64]!r}) is no cursor; send `next` of the page before",
            field="before",
        )
    return time, event_id


@command("MngRestoreCalendarEvent", EventVersion, gives_event=True)
def restore_event(services: Services, _: Peer, session: Session, data: EventVersion) -> Work:
    """Brings a deleted event back, under its id and with its participants."""
    now = int(services.now())

    def change(event: Event | None, event_id: int) -> Event:
        if event is None or not session.can_see(scope_of(event)):
            raise NotFound(
                "there is no ",
                EventId(event_id),
                " in the trash, or none that you may see",
                field="id",
            )
        session.require_change(event_id, scope_of(event))
        session.require_place(scope_of(event))
        require_version(event, data.if_version)
        return restored(alone(event), actor=session.manager_id, now=now)

    mutation = Mutation(data.id, ChangeType.RESTORED, session.manager_id, now, change)
    return services.store.mutate(mutation)

"""PUT and DELETE of calendar object resources. Source: RFC 4791, 5.3.2; contract, section 16."""

from codecs import BOM_UTF8
from collections.abc import Sequence

import msgspec
from starlette.responses import Response

from deskcal.commands.calendar_import import Moved
from deskcal.commands.delete_member import delete_member
from deskcal.commands.member import Collection, Member
from deskcal.commands.members import member_named
from deskcal.commands.put_answer import deleted_by_participant, put_answer
from deskcal.commands.put_member import (
    TRIES,
    BadObject,
    Found,
    Put,
    Stored,
    found_for,
    in_usual_zone,
    is_ours,
    parsed,
    put_own,
)
from deskcal.errors import Forbidden, InvalidField
from deskcal.http.caldav.conditions import (
    CALENDAR_DATA,
    MAX_SIZE,
    NEED_PRIVILEGES,
    VALID_DATA,
    Refused,
    forbidden,
    not_allowed,
    not_found,
    require_match,
)
from deskcal.http.caldav.context import Context
from deskcal.http.caldav.names import caldav
from deskcal.http.caldav.paths import Kind, member_path
from deskcal.ical.kept import TextTooLong
from deskcal.ical.read import CalendarEvent

MAX_NAME = 250
"""Characters of a resource's name."""
CONFLICTS = ("no-uid-conflict",)
"""Preconditions that are answered with 409: another resource is in the way."""


async def put(context: Context) -> Response:
    """Creates or changes a resource."""
    collection, name = _writable(context)
    _require_type(context)
    if "content-range" in context.headers:
        # Source: RFC 9110, 14.5: a part would be taken for the whole.
        raise Refused(400, "a part of an event is not taken; put it whole, without Content-Range")
    try:
        text = context.body.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        message = f"the text is not UTF-8: {exc.reason} at byte {exc.start}"
        raise forbidden(message, VALID_DATA) from exc
    request = Put(
        services=context.services,
        session=context.session,
        collection=collection,
        name=name,
        text=text,
        brand=context.brand,
        check=lambda etag: require_match(context.headers, etag),
    )
    try:
        stored = await _put(context, request)
    except BadObject as exc:
        raise _refused(context, collection, exc) from exc
    except Forbidden as exc:
        raise forbidden(exc.message, NEED_PRIVILEGES) from exc
    except TextTooLong as exc:
        raise forbidden(exc.message, MAX_SIZE) from exc
    except InvalidField as exc:
        raise forbidden(exc.message, CALENDAR_DATA) from exc
    is_verbatim = stored.is_verbatim and not context.body.startswith(BOM_UTF8)
    headers = {"etag": f'"{stored.etag}"'} if is_verbatim else None
    return Response(status_code=201 if stored.is_new else 204, headers=headers)


async def _put(context: Context, request: Put) -> Stored:
    as_sent = await parsed(request)
    for _ in range(TRIES):
        member = await member_named(
            request.services, request.session, request.collection, request.name
        )
        request.check(member.etag if member else None)
        if member is not None and await context.text_of_any(member) == request.text:
            return Stored(member.etag, is_new=False, is_verbatim=True)
        found = await found_for(request, as_sent[0].uid, member)
        try:
            theirs = await deleted_by_participant(request, as_sent, found) or member
            meant = await in_usual_zone(request, theirs)
            if meant is request:
                return await _stored(context, request, as_sent, found, theirs)
            stored = await _stored(context, meant, await parsed(meant), found, theirs)
            return msgspec.structs.replace(stored, is_verbatim=False)
        except Moved:
            continue
    raise _busy()


async def _stored(
    context: Context,
    request: Put,
    events: Sequence[CalendarEvent],
    found: Found,
    theirs: Member | None,
) -> Stored:
    if theirs is not None and not is_ours(theirs, context.manager_id):
        return await put_answer(request, events, theirs, await context.text_of_any(theirs))
    return await put_own(request, events, found)


def _busy() -> Refused:
    return Refused(503, "somebody else changes this event at this moment; try again")


def _writable(context: Context) -> tuple[Collection, str]:
    """The collection and the name of a member. Raises: Refused."""
    if context.target.kind != Kind.MEMBER:
        if context.target.kind == Kind.UNKNOWN:
            raise not_found()
        raise not_allowed("events are put and deleted, not calendars")
    collection = context.writable()
    name = context.target.member
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise forbidden(f"the name of a resource must have 1 to {MAX_NAME} printable characters")
    return collection, name


def _require_type(context: Context) -> None:
    """Source: RFC 4791, 5.3.2.1."""
    media_type = context.headers.get("content-type", "text/calendar").partition(";")[0]
    if media_type.strip().lower() not in ("text/calendar", "application/octet-stream", ""):
        raise forbidden(f"{media_type[:60]} is not taken; put text/calendar", CALENDAR_DATA)


def _refused(context: Context, collection: Collection, bad: BadObject) -> Refused:
    status = 409 if bad.condition in CONFLICTS else 403
    href = member_path(context.path_of(collection), bad.name) if bad.name else ""
    return Refused(status, bad.message, caldav(bad.condition), href=href)


async def delete(context: Context) -> Response:
    """Deletes a resource."""
    collection, name = _writable(context)
    for _ in range(TRIES):
        member: Member | None = await member_named(
            context.services, context.session, collection, name
        )
        if member is None:
            raise not_found()
        require_match(context.headers, member.etag)
        try:
            await delete_member(context.services, context.session, collection, member)
        except Moved:
            continue
        except Forbidden as exc:
            raise forbidden(exc.message, NEED_PRIVILEGES) from exc
        return Response(status_code=204)
    raise _busy()

"""The CalDAV methods: from a request to its answer or its error."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from deskcal.commands import Dispatcher
from deskcal.commands.collections import surroundings
from deskcal.commands.members import member_named
from deskcal.errors import DeskcalError
from deskcal.http.caldav import xml
from deskcal.http.caldav.auth import Client, login
from deskcal.http.caldav.conditions import (
    ALLOWED,
    MAX_SIZE,
    Refused,
    forbidden,
    is_known,
    not_allowed,
    not_found,
    require_same,
    wants_minimal,
)
from deskcal.http.caldav.context import Context
from deskcal.http.caldav.kept import KeptCollections
from deskcal.http.caldav.names import caldav
from deskcal.http.caldav.paths import ROOT, Kind, target_of
from deskcal.http.caldav.properties import MEMBER_TYPE
from deskcal.http.caldav.propfind import propfind, proppatch
from deskcal.http.caldav.reports import report
from deskcal.http.caldav.texts import Texts
from deskcal.http.caldav.write import delete, put
from deskcal.incidents import incident_of

DAV_HEADERS = {"dav": "1, 3, calendar-access"}
CONTENT = {"cache-control": "private, no-cache"}
SHORTENED = CONTENT | {"vary": "Prefer, Brief"}
"""Of what is shorter where the client asks for that."""
WELL_KNOWN = "/.well-known/caldav"
METHODS = (
    *("OPTIONS", "PROPFIND", "PROPPATCH", "REPORT", "GET", "HEAD", "PUT", "DELETE"),
    *("MKCALENDAR", "MKCOL", "COPY", "MOVE", "POST", "LOCK", "UNLOCK", "ACL"),
)
"""What is routed here; some of it to be refused in its form."""

Method = Callable[[Context], Awaitable[Response]]


class CalDav:
    """Answers the requests of calendar apps."""

    def __init__(self, dispatcher: Dispatcher, *, passwords_without_tls: bool = False) -> None:
        """`passwords_without_tls`: from other hosts, too."""
        self._passwords_without_tls = passwords_without_tls
        self._services = dispatcher.services
        self._lifecycle = dispatcher.lifecycle
        self._texts = Texts()
        self.kept = KeptCollections()
        """Responses in memory."""

    async def serve(self, request: Request) -> Response:
        """The answer to any request at all."""
        try:
            response = await self._serve(request)
        except Refused as exc:
            response = _refusal(exc)
        except TimeoutError:
            response = _refusal(Refused(503, "the server is too busy; try again later"))
        except DeskcalError as exc:
            response = _refusal(_refused(exc))
        except ClientDisconnect:
            response = _refusal(Refused(400, "the connection ended amid the body"))
        except Exception as exc:
            response = _refusal(_refused(incident_of(exc)))
        response.headers.update(DAV_HEADERS)
        return response

    async def _serve(self, request: Request) -> Response:
        services = self._services
        host = request.client.host if request.client else ""
        is_secure = self._passwords_without_tls or request.url.scheme == "https"
        device = await login(services, request.headers, Client(host, is_secure))
        if self._lifecycle.is_stopping:
            raise Refused(503, "the server is stopping")
        if services.rates.is_on:
            services.rates.count(device.session.manager_id)
        path = _path_of(request)
        if path.rstrip("/") == WELL_KNOWN:
            return Response(status_code=308, headers={"location": ROOT})
        target = target_of(path)
        if target.manager_id not in (0, device.session.manager_id):
            raise not_found()
        method = _METHODS.get(request.method)
        if method is None:
            return _unsupported(request.method)
        async with asyncio.timeout(services.limits.request_deadline_sec):
            body = await self._body(request)
            around = await surroundings(services, device.session)
            context = Context(
                services=services,
                session=device.session,
                brand=device.brand,
                target=target,
                headers=request.headers,
                body=body,
                around=around,
                kept=self._texts,
                collections=self.kept,
                cursor=await services.feed.cursor_of_now(),
                path=path,
                is_minimal=wants_minimal(request.headers),
            )
            return await method(context)

    async def _body(self, request: Request) -> bytes:
        """Raises: Refused for one that is compressed, or too long."""
        coding = request.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", ""):
            # Source: RFC 9110, 15.5.16: the header says what is taken.
            message = f"a body in the coding {coding[:20]} is not taken"
            raise Refused(415, message, headers={"accept-encoding": "identity"})
        limit = self._services.limits.max_message_bytes
        pieces, size = [], 0
        async for piece in request.stream():
            size += len(piece)
            if size > limit:
                raise Refused(
                    413,
                    f"the body is longer than {limit} bytes",
                    MAX_SIZE,
                    headers={"connection": "close"},
                )
            pieces.append(piece)
        return b"".join(pieces)


def _refused(error: DeskcalError) -> Refused:
    wait_ms = error.details.get("retry_after_ms")
    headers = {"retry-after": str(-(-wait_ms // 1000))} if wait_ms else None
    return Refused(error.status, error.message, headers=headers)


def _path_of(request: Request) -> str:
    """The path as it was sent: percent-encoded."""
    raw: bytes | None = request.scope.get("raw_path")
    return raw.decode("ascii", "replace") if raw else request.url.path


def _refusal(refused: Refused) -> Response:
    headers = {"cache-control": "no-store"} | refused.headers
    if refused.condition:
        body = xml.error_body(refused.condition, refused.href, refused.message)
        return Response(body, refused.status, headers, xml.MEDIA_TYPE)
    return Response(f"{refused.message}\n", refused.status, headers, "text/plain; charset=utf-8")


def _unsupported(method: str) -> Response:
    """Source: RFC 4791, 5.3.1: MKCALENDAR is not required; 5.3.1.2 has its preconditions."""
    if method in ("MKCALENDAR", "MKCOL"):
        return _refusal(
            forbidden(
                "calendars are not made by apps here: there is one for the manager and one for "
                "each desk",
                caldav("calendar-collection-location-ok"),
            )
        )
    return Response(
        f"{method} is not answered here\n", 405, {"allow": ALLOWED}, "text/plain; charset=utf-8"
    )


async def _options(_: Context) -> Response:
    return Response(status_code=200, headers={"allow": ALLOWED})


async def _propfind(context: Context) -> Response:
    return _multistatus(await propfind(context, context.path), _applied(context))


async def _proppatch(context: Context) -> Response:
    """What was done as a whole needs no body. Source: RFC 8144, 2.2."""
    done = await proppatch(context)
    if context.is_minimal and not done.refused:
        return Response(status_code=204, headers=SHORTENED | _applied(context))
    return _multistatus(done.body)


async def _report(context: Context) -> Response:
    found = await report(context)
    headers = SHORTENED | _applied(context) if found.status == 207 else CONTENT
    return Response(found.body, found.status, headers, found.media_type)


async def _get(context: Context) -> Response:
    if context.target.kind != Kind.MEMBER:
        if context.target.kind == Kind.UNKNOWN:
            raise not_found()
        raise not_allowed("a collection has no text; ask by PROPFIND")
    collection, name = context.collection(), context.target.member
    member = await member_named(context.services, context.session, collection, name)
    if member is None:
        raise not_found()
    require_same(context.headers, member.etag)
    headers = CONTENT | {"etag": f'"{member.etag}"'}
    if is_known(context.headers, member.etag):
        return Response(status_code=304, headers=headers)
    return Response(await context.text_of_any(member), 200, headers, MEMBER_TYPE)


def _multistatus(body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, 207, SHORTENED | (headers or {}), xml.MEDIA_TYPE)


def _applied(context: Context) -> dict[str, str]:
    """The header that says which preference was honoured. Source: RFC 8144, 2.1."""
    is_preferred = context.is_minimal and "prefer" in context.headers
    return {"preference-applied": "return=minimal"} if is_preferred else {}


_METHODS: Mapping[str, Method] = {
    "OPTIONS": _options,
    "PROPFIND": _propfind,
    "PROPPATCH": _proppatch,
    "REPORT": _report,
    "GET": _get,
    "HEAD": _get,
    "PUT": put,
    "DELETE": delete,
}

__all__ = ["METHODS", "CalDav"]

"""HTTP resources: the built page, health, metrics; and the security headers."""

import asyncio
from email.utils import formatdate
from importlib import resources
from pathlib import Path

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deskcal.commands import Dispatcher
from deskcal.errors import DeskcalError
from deskcal.http.assets import Assets
from deskcal.http.caldav.app import METHODS, WELL_KNOWN, CalDav
from deskcal.http.ical_feed import IcsFeed
from deskcal.http.metrics import registry_of
from deskcal.http.zones import Zones
from deskcal.server.host import ConnectionHost
from deskcal.server.websocket import WebSockets

PAGE = "static"
"""The directory next to this file into which `web/` is built."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
GUARDS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Headers of every answer: no inline script, no other host, no framing."""

READY_SEC = 2.0
"""Limit for the store's answer, for the server to be ready."""
NOT_KEPT = {"cache-control": "no-store"}

TWO_LENGTHS = "a request has either Content-Length or Transfer-Encoding\n"
NOT_BUILT = (
    "The web calendar is not built. In a checkout, run `make web` (it needs Node 20.19 or newer) "
    "and load this page again; an installed deskcal carries it.\n"
)


class _Guarded:
    """Adds `GUARDS` to every HTTP answer; refuses a request that says its length in two ways.

    A proxy before us may go by the other one, and take what we read as a request of its own for a
    part of the body. Source: RFC 9112, 6.1.
    """

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["date"] = formatdate(usegmt=True)
                for name, value in GUARDS.items():
                    headers[name] = value
            await send(message)

        if scope["type"] == "http" and _has_two_lengths(Headers(scope=scope)):
            refusal = PlainTextResponse(
                TWO_LENGTHS, 400, headers=NOT_KEPT | {"connection": "close"}
            )
            await refusal(scope, receive, guarded)
        else:
            await self._inner(scope, receive, guarded)


def _has_two_lengths(headers: Headers) -> bool:
    return "content-length" in headers and "transfer-encoding" in headers


def page_directory() -> Path:
    """The directory of the built page, if it is built."""
    return Path(str(resources.files("deskcal.http"))) / PAGE


async def _why_not_ready(dispatcher: Dispatcher) -> str:
    """A sentence; empty when requests can be taken."""
    if dispatcher.lifecycle.is_stopping:
        return "the server is stopping"
    try:
        async with asyncio.timeout(READY_SEC):
            await dispatcher.services.store.require_writable()
            await dispatcher.services.store.load(0)
    except TimeoutError:
        return f"the store has not answered a small read within {READY_SEC:g} s"
    except DeskcalError as exc:
        return f"the store can't be used: {exc}"
    return ""


def _caldav_routes(caldav: CalDav) -> list[Route]:
    """Apps look for the server at its root and at the well-known address, too. RFC 6764, 5."""
    at_root = [method for method in METHODS if method not in ("GET", "HEAD")]
    routes = [Route("/", caldav.serve, methods=at_root)]
    for path in ("/dav", "/dav/{rest:path}", WELL_KNOWN, f"{WELL_KNOWN}/"):
        routes.append(Route(path, caldav.serve, methods=METHODS))
    return routes


def site(
    clients: ConnectionHost, sockets: WebSockets, *, passwords_without_tls: bool = False
) -> ASGIApp:
    """The application that uvicorn runs; `passwords_without_tls`: see `CalDav`."""
    dispatcher = clients.dispatcher
    page = page_directory()
    registry = registry_of(clients, sockets)

    async def index(_: Request) -> Response:
        file = page / "index.html"
        if not file.exists():
            return PlainTextResponse(NOT_BUILT, 503)
        return FileResponse(file, headers={"cache-control": "no-cache"})

    async def alive(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=NOT_KEPT)

    async def ready(_: Request) -> Response:
        fault = await _why_not_ready(dispatcher)
        if fault:
            return PlainTextResponse(f"not ready: {fault}\n", 503, headers=NOT_KEPT)
        return PlainTextResponse("ready\n", headers=NOT_KEPT)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    routes: list[BaseRoute] = [
        Route("/", index),
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", metrics),
        Route("/ics/{token}.ics", IcsFeed(dispatcher).serve),
        Route("/zones.json", Zones(dispatcher).serve),
        Mount("/assets", Assets(page / "assets")),
    ]
    routes += _caldav_routes(CalDav(dispatcher, passwords_without_tls=passwords_without_tls))
    return _Guarded(Starlette(routes=routes))

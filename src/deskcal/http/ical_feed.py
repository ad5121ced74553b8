"""`/ics/<feed token>.ics`: one manager's events for a calendar app that polls."""

import asyncio
import hashlib
import unicodedata
import urllib.parse
from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from deskcal.commands import Dispatcher
from deskcal.commands.member import key_of
from deskcal.core.directory import visible
from deskcal.core.document import scope_of
from deskcal.core.event import MAX_TIME, Event
from deskcal.core.filters import EventFilter
from deskcal.core.masks import desk_mask
from deskcal.core.series import Series
from deskcal.core.series_document import encode_series
from deskcal.core.sessions import Session
from deskcal.errors import DeskcalError, Unauthorized, Unavailable
from deskcal.ical.export import with_lines_of
from deskcal.ical.lines import raw_lines
from deskcal.ical.uids import default_uid
from deskcal.ical.write import MEDIA_TYPE, calendar_text
from deskcal.limits import DAY_SEC
from deskcal.threads import computed

BACK_SEC = 90 * DAY_SEC
AHEAD_SEC = 365 * DAY_SEC
MAX_EVENTS = 5_000
KEPT = {"cache-control": "private, max-age=300"}
"""Headers of an answer, which is private to the manager."""
MAX_LETTERS = 40
"""Of a name in that of a file."""

_decode_events = msgspec.json.Decoder(list[Event]).decode


class IcsFeed:
    """Answers the requests of calendar apps, one at a time, as a large calendar takes long."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._services = dispatcher.services
        self._lifecycle = dispatcher.lifecycle
        self._turn = asyncio.Lock()

    async def serve(self, request: Request) -> Response:
        """The calendar; 304 if the app has it; 404 without details for an invalid token.

        Of a manager whom the directory lists as disabled no token is valid.
        """
        services, now = self._services, self._services.now()
        try:
            token = request.path_params["token"]
            session = services.verifier.authenticate_feed(token, now)
            if self._lifecycle.is_stopping:
                raise Unavailable("the server is stopping")
            if services.rates.is_on:
                services.rates.count(session.manager_id)
            async with asyncio.timeout(services.limits.request_deadline_sec), self._turn:
                return await self._answer(session, int(now), request.headers.get("if-none-match"))
        except Unauthorized:
            return PlainTextResponse("not found\n", 404, headers={"cache-control": "no-store"})
        except TimeoutError:
            return PlainTextResponse("too busy; try again later\n", 503)
        except DeskcalError as exc:
            return PlainTextResponse(f"{exc}\n", exc.status, headers={"cache-control": "no-store"})

    async def _answer(self, session: Session, now: int, known: str | None) -> Response:
        everything = await self._services.store.directory.all()
        if any(one.disabled for one in everything.managers if one.id == session.manager_id):
            raise Unauthorized(f"manager {session.manager_id} is disabled in the directory")
        pieces = await self._documents(session, now)
        events = await computed(_decode_events, b"[" + b",".join(pieces) + b"]")
        series = await self._series(session, events)
        extras = await self._extras(session, events, series)
        seen = visible(everything, session, brand=None, desk_filter=desk_mask("*"))
        names = {manager.id: manager.name for manager in seen.managers}
        title = names.get(session.manager_id) or session.name or f"Manager {session.manager_id}"
        zone = self._services.default_timezone
        rules = [*map(encode_series, series.values())]
        around = msgspec.json.encode([sorted(names.items()), title, zone, sorted(extras.items())])
        tag = _tag([*pieces, *rules, around])
        headers = KEPT | {"etag": tag}
        if known is not None and _holds(known, tag):
            return Response(status_code=304, headers=headers)

        def render() -> bytes:
            text = calendar_text(
                events,
                names,
                viewer=session.manager_id,
                title=title,
                default_timezone=zone,
                series=series,
                until=now + AHEAD_SEC,
            )
            return with_lines_of(text.decode(), extras).encode() if extras else text

        text = await computed(render)
        headers |= {"content-disposition": _disposition(title)}
        return Response(text, media_type=MEDIA_TYPE, headers=headers)

    async def _series(self, session: Session, events: list[Event]) -> dict[int, Series]:
        """The series of these events, by id, but for those of another brand by now.

        What a series is like is in its VEVENT; occurrences of another brand than its own stand
        alone.
        """
        ids = dict.fromkeys(event.series_id for event in events if event.series_id)
        found = [await self._services.store.series.get(series_id) for series_id in ids]
        return {
            series.series_id: series
            for series in found
            if series is not None and session.can_see(scope_of(series.template))
        }

    async def _extras(
        self, session: Session, events: list[Event], series: Mapping[int, Series]
    ) -> dict[str, list[str]]:
        """What the manager imported and deskcal has no field for: content lines by UID."""
        by_id = {event.id: event for event in events}
        objects = self._services.store.objects
        found = await objects.of(session.manager_id, list(by_id), list(series))
        lines: dict[str, list[str]] = {}
        for one in found:
            key = key_of(one)
            if key is None or not one.extras:
                continue
            event, rule = by_id.get(key.event_id), series.get(key.series_id)
            if rule is not None:
                event = rule.template
            if event is not None:
                lines[default_uid(event, rule)] = raw_lines(one.extras)
        return lines

    async def _documents(self, session: Session, now: int) -> list[bytes]:
        """What the manager owns, created or takes part in, around `now`.

        Over the limit, past events are left out.
        """
        wanted = EventFilter(
            since=max(now - BACK_SEC, 0),
            until=min(now + AHEAD_SEC, MAX_TIME),
            limit=MAX_EVENTS,
            desk_filter=desk_mask("*"),
            manager_id=session.manager_id,
        )
        rows = await self._services.store.list_events(wanted, session)
        if rows.count > MAX_EVENTS:
            wanted = msgspec.structs.replace(wanted, since=max(now - DAY_SEC, 0))
            rows = await self._services.store.list_events(wanted, session)
        return rows.documents


def _disposition(title: str) -> str:
    """How a saved copy is named; without it, by the address, and so by its secret token.

    Letters and digits of any script, and hyphens, which every file system takes. A program
    that does not read the extended form has a name in ASCII. Source: RFC 6266, 4.3.
    """
    letters = unicodedata.normalize("NFC", title).lower()
    spaced = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in letters)
    words = "-".join(spaced.split())[:MAX_LETTERS].strip("-")
    name = f"calendar-{words}.ics" if words else "calendar.ics"
    return f"inline; filename=\"calendar.ics\"; filename*=UTF-8''{urllib.parse.quote(name)}"


def _tag(parts: list[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return f'"{digest.hexdigest()}"'


def _holds(known: str, tag: str) -> bool:
    """Whether an If-None-Match names the tag; weakly compared. Source: RFC 9110, 13.1.2."""
    tags = {one.strip().removeprefix("W/") for one in known.split(",")}
    return bool(tags & {"*", tag})

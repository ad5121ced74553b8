"""`/zones.json`: how far the clock of each zone is from UTC, for pages whose browser is older."""

import asyncio
import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from deskcal.commands import Dispatcher
from deskcal.core.draft import timezones
from deskcal.core.zones import offset_table, zone_data
from deskcal.threads import computed

YEARS_BACK = 2
YEARS_AHEAD = 4
KEPT = {"cache-control": "public, max-age=3600"}


class Zones:
    """Answers from a table that is made once a year; the first who asks waits for it."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._services = dispatcher.services
        self._turn = asyncio.Lock()
        self._year = 0
        self._text = b""

    async def serve(self, request: Request) -> Response:
        """`{"version","from","to","zones":{name:[offset, change, offset, ...]}}`, in seconds."""
        now = dt.datetime.fromtimestamp(self._services.now(), dt.UTC)
        async with self._turn:
            if self._year != now.year:
                self._text = await computed(zones_text, now.year)
                self._year = now.year
        tag = f'"{zone_data().version}-{self._year}"'
        headers = KEPT | {"etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(self._text, media_type="application/json", headers=headers)


def zones_text(year: int) -> bytes:
    """The answer, from 1 January two years before `year` to the one four years after it."""
    since = int(dt.datetime(year - YEARS_BACK, 1, 1, tzinfo=dt.UTC).timestamp())
    until = int(dt.datetime(year + YEARS_AHEAD, 1, 1, tzinfo=dt.UTC).timestamp())
    tables = {name: offset_table(ZoneInfo(name), since, until) for name in sorted(timezones())}
    return msgspec.json.encode(
        {"version": zone_data().version, "from": since, "to": until, "zones": tables}
    )

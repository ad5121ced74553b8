"""A CalDAV app as small as can be: the same code asks every server, on one connection.

Only requests are timed, not what the client reads out of the answers.
"""

import base64
import datetime as dt
import http.client
import re
import time
from collections.abc import Sequence
from typing import Self

from msgspec import Struct

TIMEOUT_SEC = 300
BATCH = 100
"""Hrefs of one multiget: what DAVx5 and Thunderbird ask for is of this size."""
NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
HEAD = '<?xml version="1.0" encoding="utf-8"?>'
PROPS = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"

_HREF = re.compile(rb"<(?:\w+:)?response\b[^>]*>\s*<(?:\w+:)?href>([^<]+)</(?:\w+:)?href>")
_TOKEN = re.compile(rb"<(?:\w+:)?sync-token>([^<]+)</(?:\w+:)?sync-token>")
_TEXT = b"BEGIN:VEVENT"


class Place(Struct, frozen=True):
    """A calendar of a server, and who asks."""

    port: int
    path: str
    user: str
    password: str


class Listed(Struct, frozen=True):
    """The answer to a sync-collection."""

    seconds: float
    hrefs: list[str]
    token: str


class Fetched(Struct, frozen=True):
    """Events with their texts."""

    seconds: float
    count: int


class App:
    """Requests of one calendar app; a server that closes the connection is connected to again."""

    def __init__(self, place: Place) -> None:
        self._path = place.path
        self._connection = http.client.HTTPConnection("127.0.0.1", place.port, TIMEOUT_SEC)
        secret = base64.b64encode(f"{place.user}:{place.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {secret}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def sync(self, token: str = "") -> Listed:
        """What changed since the token; without one: the hrefs of all."""
        body = (
            f"{HEAD}<D:sync-collection {NAMESPACES}><D:sync-token>{token}</D:sync-token>"
            "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
        )
        seconds, answer = self._ask("REPORT", self._path, body, depth="1")
        found = _TOKEN.search(answer)
        if found is None:
            raise RuntimeError(f"no sync-token in the answer: {answer[:500]!r}")
        return Listed(seconds, [href.decode() for href in _HREF.findall(answer)], found[1].decode())

    def first_sync(self) -> tuple[Fetched, str]:
        """Discovers, lists, and fetches all in batches; the sync-token too."""
        body = (
            f"{HEAD}<D:propfind {NAMESPACES}><D:prop><D:displayname/><D:sync-token/>"
            "<D:resourcetype/></D:prop></D:propfind>"
        )
        seconds, _ = self._ask("PROPFIND", self._path, body, depth="0")
        listed = self.sync()
        seconds += listed.seconds
        hrefs = [href for href in listed.hrefs if href.endswith(".ics")]
        count = 0
        for start in range(0, len(hrefs), BATCH):
            fetched = self._multiget(hrefs[start : start + BATCH])
            seconds += fetched.seconds
            count += fetched.count
        return Fetched(seconds, count), listed.token

    def _multiget(self, hrefs: Sequence[str]) -> Fetched:
        names = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
        body = f"{HEAD}<C:calendar-multiget {NAMESPACES}>{PROPS}{names}</C:calendar-multiget>"
        seconds, answer = self._ask("REPORT", self._path, body, depth="1")
        return Fetched(seconds, answer.count(_TEXT))

    def query(self, since: int = 0, until: int = 0) -> Fetched:
        """The events of a range, Unix seconds; of 0 and 0: all."""
        times = f'<C:time-range start="{_utc(since)}" end="{_utc(until)}"/>' if until else ""
        body = (
            f"{HEAD}<C:calendar-query {NAMESPACES}>{PROPS}<C:filter>"
            f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{times}'
            "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
        )
        seconds, answer = self._ask("REPORT", self._path, body, depth="1")
        return Fetched(seconds, answer.count(_TEXT))

    def put(self, name: str, text: str) -> float:
        """Seconds of creating an event."""
        seconds, _ = self._ask("PUT", self._path + name, text, if_none_match="*")
        return seconds

    def _ask(self, method: str, path: str, body: str, **headers: str) -> tuple[float, bytes]:
        """Seconds until the answer is there, and the answer. Raises: RuntimeError for an error."""
        kind = "text/calendar" if method == "PUT" else "application/xml"
        sent = self._headers | {"Content-Type": f"{kind}; charset=utf-8"}
        sent |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        data = body.encode()
        begun = time.perf_counter()
        self._connection.request(method, path, data, sent)
        response = self._connection.getresponse()
        answer = response.read()
        seconds = time.perf_counter() - begun
        if response.status not in (200, 201, 204, 207):
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:500]!r}")
        return seconds, answer


def _utc(time_: int) -> str:
    return f"{dt.datetime.fromtimestamp(time_, dt.UTC):%Y%m%dT%H%M%SZ}"

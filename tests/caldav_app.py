"""The CalDAV part of a server, asked in process: several on one store, each with its memory."""

import base64
from collections.abc import Sequence

from starlette.requests import Request
from starlette.types import Message

from dav import NAMESPACES, Dav
from deskcal.http.caldav.app import CalDav
from harness import Desk

BOTH = "<D:getetag/><C:calendar-data/>"


class App:
    """Requests of one manager's app, answered by `served`."""

    def __init__(self, served: CalDav, dav: Dav) -> None:
        self.served = served
        self._dav = dav
        self.mine = dav.mine

    def fresh(self) -> "App":
        """The same app at a server that has nothing in memory."""
        return App(CalDav(self._dav.desk.dispatcher), self._dav)

    def at(self, desk: Desk) -> "App":
        """The same app at another node."""
        return App(CalDav(desk.dispatcher), self._dav)

    async def report(self, body: str, path: str = "") -> bytes:
        """The answer to a REPORT, which must be a multistatus."""
        response = await self.served.serve(self._request("REPORT", path or self.mine, body))
        assert response.status_code == 207, response.body
        return bytes(response.body)

    async def sync(self, path: str = "") -> bytes:
        """A first sync: the ETags of all members."""
        inner = "<D:sync-token/><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop>"
        return await self.report(
            f"<D:sync-collection {NAMESPACES}>{inner}</D:sync-collection>", path
        )

    async def query(self, props: str = BOTH, path: str = "") -> bytes:
        """Properties of all members."""
        inner = '<C:filter><C:comp-filter name="VCALENDAR"/></C:filter>'
        return await self.report(
            f"<C:calendar-query {NAMESPACES}><D:prop>{props}</D:prop>{inner}</C:calendar-query>",
            path,
        )

    async def multiget(self, names: Sequence[str], path: str = "") -> bytes:
        """ETags and texts of members of these names."""
        hrefs = "".join(f"<D:href>{path or self.mine}{name}</D:href>" for name in names)
        return await self.report(
            f"<C:calendar-multiget {NAMESPACES}><D:prop>{BOTH}</D:prop>{hrefs}"
            "</C:calendar-multiget>",
            path,
        )

    def _request(self, method: str, path: str, body: str) -> Request:
        user = f"{self._dav.manager_id}:{self._dav.password}".encode()
        headers = [
            (b"authorization", b"Basic " + base64.b64encode(user)),
            (b"depth", b"1"),
        ]

        async def receive() -> Message:
            return {"type": "http.request", "body": body.encode(), "more_body": False}

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "scheme": "http",
        }
        return Request(scope, receive)

"""CalDAV requests that are no more than a socket, and a gateway to ask."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from harness import Desk, token
from http_get import WAIT_SEC, Got, serving
from places import Place

NAMESPACES = (
    'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" '
    'xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/"'
)
D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
CS = "{http://calendarserver.org/ns/}"


class Dav:
    """A calendar app: requests of one manager."""

    def __init__(self, desk: Desk, address: str, manager_id: int, password: str) -> None:
        self.desk = desk
        self.address = address
        self.manager_id = manager_id
        self.password = password

    @property
    def home(self) -> str:
        """Of the manager's calendars."""
        return f"/dav/managers/{self.manager_id}/calendars/"

    @property
    def mine(self) -> str:
        """The manager's own calendar."""
        return f"{self.home}mine/"

    async def of(self, manager_id: int) -> "Dav":
        """Another manager's app on the same server."""
        return await dav_of(self.desk, self.address, manager_id)

    async def ask(
        self,
        method: str,
        path: str,
        body: str = "",
        *,
        password: str | None = "",
        **headers: str,
    ) -> Got:
        """The answer to a request; `if_match` is the header If-Match."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.address}", "Connection: close"]
        if password is not None:
            user = f"{self.manager_id}:{password or self.password}".encode()
            lines.append(f"Authorization: Basic {base64.b64encode(user).decode()}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        data = body.encode()
        lines.append(f"Content-Length: {len(data)}")
        return await exchange(self.address, "\r\n".join([*lines, "", ""]).encode() + data)

    async def propfind(self, path: str, *names: str, depth: str = "0") -> dict[str, Element]:
        """The `prop` with what each resource has, by href."""
        props = "".join(f"<{name}/>" for name in names)
        body = f"<D:propfind {NAMESPACES}><D:prop>{props}</D:prop></D:propfind>"
        got = await self.ask("PROPFIND", path, body, depth=depth)
        assert got.status == 207, got
        return found_in(got)

    async def report(self, path: str, body: str, **headers: str) -> Got:
        """The answer to a REPORT."""
        return await self.ask("REPORT", path, body, **({"depth": "1"} | headers))

    async def put(self, name: str, text: str, **headers: str) -> Got:
        """The answer to a PUT into the manager's own calendar."""
        return await self.ask(
            "PUT", self.mine + name, text, **({"content_type": "text/calendar"} | headers)
        )

    async def text(self, name: str) -> str:
        """A resource of the manager's own calendar, which must be there."""
        got = await self.ask("GET", self.mine + name)
        assert got.status == 200, got
        return got.body.decode()

    async def sync(self, token: str = "", limit: int = 0, path: str = "") -> "Synced":
        """One sync-collection."""
        cut = f"<D:limit><D:nresults>{limit}</D:nresults></D:limit>" if limit else ""
        body = (
            f"<D:sync-collection {NAMESPACES}><D:sync-token>{token}</D:sync-token>"
            f"<D:sync-level>1</D:sync-level>{cut}<D:prop><D:getetag/></D:prop></D:sync-collection>"
        )
        got = await self.report(path or self.mine, body)
        assert got.status == 207, got
        return Synced(got)

    async def query(
        self, inner: str, data: str = "<C:calendar-data/>", path: str = ""
    ) -> list[str]:
        """The texts that a calendar-query finds; `inner`: inside the filter of VEVENT."""
        body = (
            f"<C:calendar-query {NAMESPACES}><D:prop><D:getetag/>{data}</D:prop><C:filter>"
            f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{inner}'
            "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
        )
        got = await self.report(path or self.mine, body)
        assert got.status == 207, got
        return [prop.findtext(f"{C}calendar-data") or "" for prop in found_in(got).values()]


class Synced:
    """The answer to a sync-collection."""

    def __init__(self, got: Got) -> None:
        root = fromstring(got.body)
        self.token = root.findtext(f"{D}sync-token") or ""
        self.etags: dict[str, str] = {}
        self.gone: list[str] = []
        self.is_cut = False
        for one in root.findall(f"{D}response"):
            href, status = one.findtext(f"{D}href") or "", one.findtext(f"{D}status") or ""
            if " 404 " in status:
                self.gone.append(href)
            elif " 507 " in status:
                self.is_cut = True
            else:
                self.etags[href] = one.findtext(f".//{D}getetag") or ""


def found_in(got: Got) -> dict[str, Element]:
    """The `prop` of status 200 by href."""
    found = {}
    for one in fromstring(got.body).findall(f"{D}response"):
        for propstat in one.findall(f"{D}propstat"):
            prop = propstat.find(f"{D}prop")
            if " 200 " in (propstat.findtext(f"{D}status") or "") and prop is not None:
                found[one.findtext(f"{D}href") or ""] = prop
    return found


async def exchange(address: str, request: bytes) -> Got:
    """The answer to the bytes of one request."""
    host, port = address.split(":")
    async with asyncio.timeout(WAIT_SEC):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
    status, *rest = head.decode().split("\r\n")
    found = (line.partition(": ") for line in rest)
    named = {name.lower(): value for name, _, value in found}
    if named.get("transfer-encoding") == "chunked":
        body = _unchunked(body)
    return Got(int(status.split()[1]), named, body)


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        whole += rest[:length]
        body = rest[length + 2 :]
    return whole


async def dav_of(desk: Desk, address: str, manager_id: int, **data: Any) -> Dav:
    """An app with a new device password; `desks`: DESK_*."""
    answered = await desk.call(
        token(manager_id, desks="DESK_*"), "MngAddCalendarDevice", name="Phone", **data
    )
    return Dav(desk, address, manager_id, answered["data"]["password"])


@asynccontextmanager
async def serving_dav(place: Place, **limits: Any) -> AsyncIterator[Dav]:
    """A calendar app of manager 10, at a gateway of its own."""
    async with serving(place, **limits) as (desk, address):
        yield await dav_of(desk, address, 10)

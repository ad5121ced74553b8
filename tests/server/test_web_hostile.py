"""What nobody means well sends to the web port: it is answered, and the log has no traceback."""

import asyncio
import base64
import logging
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from websockets.asyncio.client import connect

from dav import serving_dav
from deskcal.http.assets import Assets
from deskcal.http.caldav.app import CalDav
from http_get import serving
from places import Place
from wire import WAIT_SEC

DEEP = "[" * 100_000 + "]" * 100_000
TWO_LENGTHS = (
    b"POST /dav/ HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
)


async def all_answers(address: str, sent: bytes) -> bytes:
    """What comes until the server closes the connection."""
    host, port = address.split(":")
    async with asyncio.timeout(WAIT_SEC):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        answers = await reader.read()
        writer.close()
        await writer.wait_closed()
    return answers


@pytest.mark.parametrize(
    "text",
    [
        '{"command":"Ping","extID":"1","data":{"a":%s},"__token":"x"}',
        '{"command":"Ping","extID":"1","__token":%s}',
        '{"authorization":%s}',
    ],
)
async def test_nesting_of_any_depth_is_answered_on_a_websocket(
    place: Place, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    async with (
        serving(place) as (_, address),
        connect(f"ws://{address}/ws") as socket,
        asyncio.timeout(WAIT_SEC),
    ):
        await socket.send(text % DEEP)
        assert '"status":40' in str(await socket.recv())
        await socket.send('{"command":"Ping","extID":"2"}')
        assert '"extID":"2","status":200' in str(await socket.recv())
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_a_request_with_two_lengths_is_refused_and_hides_no_other(place: Place) -> None:
    """A proxy that goes by Content-Length takes the second request for a part of the first."""
    async with serving(place) as (_, address):
        answers = await all_answers(address, TWO_LENGTHS)
    assert answers.count(b"HTTP/1.1 ") == 1
    assert answers.startswith(b"HTTP/1.1 400 ")


async def test_an_app_that_goes_away_amid_its_body_is_no_incident(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    coming: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"BEGIN", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async with serving_dav(place) as dav:
        user = base64.b64encode(f"{dav.manager_id}:{dav.password}".encode())
        scope = {
            "type": "http",
            "method": "PUT",
            "path": f"{dav.mine}a.ics",
            "query_string": b"",
            "headers": [(b"host", b"x"), (b"authorization", b"Basic " + user)],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "scheme": "http",
        }
        response = await CalDav(dav.desk.dispatcher).serve(Request(scope, receive))
    assert (response.status_code, coming) == (400, [])
    assert "incident" not in caplog.text


async def test_a_file_of_a_page_that_is_not_built_is_not_found(tmp_path: Path) -> None:
    scope = {"type": "http", "method": "GET", "path": "/a.js", "headers": []}

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(_: object) -> None:
        pytest.fail("nothing is there")

    with pytest.raises(HTTPException) as refused:
        await Assets(tmp_path / "none")(scope, receive, send)
    assert refused.value.status_code == 404

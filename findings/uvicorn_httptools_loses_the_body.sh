#!/bin/sh
# uvicorn 0.54.0 with httptools 0.9.0, which it takes by itself where it is installed: a request that offers HTTP/2, as
# Java's HttpClient does of itself (Upgrade: h2c), reaches the application without its body. RFC 9110, 7.8: a server may
# ignore the offer and answers as usual. The parser stops behind the headers, uvicorn ignores the offer, and the
# application sees a complete request with an empty body: 200 for a PUT of nothing. With h11 in place of httptools the
# body is there. Reported: uvicorn issue 2722, httptools issue 124, both open in November 2026.
#
# Seen: a POST of 5 bytes with Upgrade: h2c has 5 with http="h11", 0 with http="httptools", and 5 in both without the
# offer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uvicorn==0.54.0 httptools==0.9.0 h11==0.16.0 2>/dev/null
cat >received.py <<'PYTHON'
import asyncio
import socket
import sys

import uvicorn

OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAA\r\n"
REQUEST = b"POST / HTTP/1.1\r\nHost: localhost\r\n%bContent-Length: 5\r\n\r\nhello"


async def count(_, receive, send):
    """Answers with the number of bytes of the body."""
    size, has_more = 0, True
    while has_more:
        message = await receive()
        size += len(message.get("body", b""))
        has_more = message.get("more_body", False)
    headers = [(b"content-length", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"%d" % size})


async def received(http, headers):
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(count, http=http, lifespan="off", log_level="critical")
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    writer.write(REQUEST % headers)
    async with asyncio.timeout(30):
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(1)
    writer.close()
    server.should_exit = True
    await serving
    return head.split()[1].decode(), int(body)


async def main():
    return [
        await received(http, headers) for http in ("h11", "httptools") for headers in (b"", OFFER)
    ]


found = asyncio.run(main())
for name, (status, size) in zip(("h11", "h11, h2c", "httptools", "httptools, h2c"), found):
    print(f"uvicorn {uvicorn.__version__}, {name}: status {status}, {size} bytes of 5 received")
if found != [("200", 5), ("200", 5), ("200", 5), ("200", 0)]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python received.py

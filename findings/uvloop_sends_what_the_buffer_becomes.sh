#!/bin/sh
# uvloop 0.23.0: transport.write() of a bytearray keeps the bytearray, not its bytes, where the socket does not take them
# at once. A program that writes its messages into one buffer, as msgspec's encode_into() is meant for, sends the later
# message in place of each that still waits: with messages of one length there is no error, only to a client that reads
# slowly, and `await writer.drain()` does not help, as it returns before all is sent. Where the length changes, it is a
# BufferError. asyncio of Python 3.11 copies what it cannot send. The manual says that write() "buffers the data and
# arranges for it to be sent out asynchronously"; that the caller may not change it is said nowhere. Of another loop it is
# zuvloop's pull request 61; of uvloop no report was found, in November 2026. bytes(buffer) in the call helps.
# deskcal gives its transports bytes alone.
#
# Guess: each message once. Seen, 100 messages of 16 KiB, read once all are written: asyncio 0 to 99; uvloop the first
# few, then number 99 for all that waited.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uvloop==0.23.0 2>/dev/null
cat >buffer.py <<'PYTHON'
import asyncio
import socket
import sys

import uvloop

COUNT, LENGTH = 100, 16_384


async def received():
    """Numbers of the messages that come, of COUNT that are written from one buffer."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    buffer = bytearray(LENGTH)
    for number in range(COUNT):
        buffer[:] = bytes([number]) * LENGTH
        transport.write(buffer)
    data = b""
    while len(data) < COUNT * LENGTH:
        data += await loop.sock_recv(theirs, 1 << 20)
    transport.close()
    theirs.close()
    return [data[at + LENGTH - 1] for at in range(0, len(data), LENGTH)]


print(f"Python {sys.version.split()[0]}, uvloop {uvloop.__version__}")
seen = {"asyncio": asyncio.run(received()), "uvloop": uvloop.run(received())}
for name, numbers in seen.items():
    print(f"{name}: {len(numbers)} messages, {len(set(numbers))} different, the last {numbers.count(COUNT - 1)} times")
numbers = seen["uvloop"]
if len(numbers) != COUNT or numbers.count(COUNT - 1) < COUNT // 2:
    sys.exit("the behaviour has changed: what was written is sent")
PYTHON
venv/bin/python buffer.py

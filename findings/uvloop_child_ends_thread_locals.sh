#!/bin/sh
# uvloop 0.23.0 runs Python code in the child between fork and exec, also without preexec_fn: what other threads keep in
# threading.local is destroyed in the child, before the other program begins. A __del__ that writes a file, rolls back,
# or says goodbye on a socket does so while its thread goes on working with the object. asyncio's own loop, and
# subprocess, run nothing there. The README of uvloop calls it a drop-in replacement. Its issue 749 (open) reports the
# hooks of os.register_at_fork, which run in the same way; of objects that are destroyed no report was found, in November
# 2026.
# deskcal keeps connections of SQLite in threading.local, so it starts its process by subprocess.Popen.
#
# Seen: with asyncio the object is destroyed once, in its own process, at the end; with uvloop also in the child of
# create_subprocess_exec("true").
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uvloop==0.23.0 2>/dev/null
cat >child.py <<'PYTHON'
import asyncio
import os
import sys
import threading

import uvloop

own = threading.local()


class Kept:
    """Writes down in which process it is destroyed."""

    def __init__(self, pipe):
        self.pipe = pipe

    def __del__(self):
        os.write(self.pipe, b"p" if os.getpid() == parent else b"c")


async def start():
    """Runs another program, and waits for its end."""
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()


def seen(run):
    """Where what another thread keeps was destroyed: p for this process, c for a child of it."""
    reading, writing = os.pipe()
    is_kept, may_end = threading.Event(), threading.Event()

    def keep():
        own.kept = Kept(writing)
        is_kept.set()
        may_end.wait()

    thread = threading.Thread(target=keep)
    thread.start()
    is_kept.wait()
    run(start())
    may_end.set()
    thread.join()
    return os.read(reading, 100).decode()


parent = os.getpid()
of_asyncio, of_uvloop = seen(asyncio.run), seen(uvloop.run)
print(f"Python {sys.version.split()[0]}, uvloop {uvloop.__version__}")
print(f"asyncio: destroyed in {of_asyncio}")
print(f"uvloop: destroyed in {of_uvloop}")
if (of_asyncio, of_uvloop) != ("p", "cp"):
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python child.py

"""What each trick of `commands/fast_path.py` gains: the same requests without it, in alternation.

A trick is taken out by editing the source of `FastPath.answer`; a unit test fails where one is
not found there. Run `python -m bench.fast_path`.
"""

import asyncio
import inspect
import json
import statistics
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from deskcal.app.runtime import running
from deskcal.commands import FastPath, Peer, fast_path
from deskcal.core.tokens import TokenVerifier, secret_key, sign
from deskcal.limits import Limits
from deskcal.store.sqlite.store import open_sqlite

KEY = secret_key("only-for-benchmarks-only-for-benchmarks")
ROUNDS, REQUESTS = 21, 4000

Edit = tuple[str, str]
"""Text of `FastPath.answer`, and what replaces it."""

TRICKS: dict[str, tuple[Edit, ...]] = {
    "one decoder for envelope and data": (("call = decode(frame)", "raise ValueError"),),
    "tokens remembered by the connection": (
        (
            "session = peer.tokens.get(token)",
            "session = self._services.verifier.authenticate(token, now)",
        ),
    ),
    "extID of letters and digits without a pattern": (
        ("if isinstance(ext_id, str) and ext_id.isalnum() and ext_id.isascii():", "if False:"),
    ),
    "depth looked at only where there is room": (
        (
            "if is_roomy and deeper_than(frame, self._max_depth):",
            "if deeper_than(frame, self._max_depth):",
        ),
    ),
    "handler fetched before it is called": (
        (
            "found = handler(self._services, peer, session, call.data)",
            "found = command.answer(self._services, peer, session, call.data)",
        ),
    ),
    "decoder fetched, and bound of the length multiplied, before": (
        ("decode = self._decode\n", "\n"),
        ("call = decode(frame)", "call = self._decode(frame)"),
        ("> self._roomy_bytes", "> 2 * self._max_depth"),
    ),
    "event answered in place": (
        ("if command.gives_event and isinstance(found, bytes):", "if False:"),
    ),
}

Answer = Callable[[FastPath, Peer, bytes, float], Any]


def variant(edits: Iterable[Edit]) -> Answer:
    """`FastPath.answer` with some of its text replaced.

    Raises: ValueError for text that it does not have.
    """
    source = textwrap.dedent(inspect.getsource(FastPath.answer))
    for old, new in edits:
        if old not in source:
            raise ValueError(f"fast_path.py has no text {old!r}: update TRICKS")
        source = source.replace(old, new)
    scope: dict[str, Any] = dict(vars(fast_path))
    exec(source, scope)
    found: Answer = scope["answer"]
    return found


def spent_sec(answer: Answer, path: FastPath, peer: Peer, frame: bytes) -> float:
    """Seconds of processor time for one request."""
    now = time.time()
    begun = time.process_time()
    for _ in range(REQUESTS):
        b"".join(answer(path, peer, frame, now))
    return (time.process_time() - begun) / REQUESTS


async def measure(directory: Path) -> None:
    """Prints a line for each trick."""
    limits = Limits()
    store = await open_sqlite(directory, limits)
    async with running(store, TokenVerifier([KEY]), limits) as dispatcher:
        path, peer = FastPath(dispatcher), Peer()
        token = sign(KEY, {"id": 10, "type": 11, "exp": int(time.time()) + 3600})
        event = {"title": "Retention sync", "start_time": 1_710_000_000, "end_time": 1_710_003_600}
        added = path.answer(peer, _frame("MngAddCalendarEvent", event, token), time.time())
        await added.finish()  # type: ignore[union-attr]
        frame = _frame("MngGetCalendarEvent", {"id": 1}, token)
        for name, edits in TRICKS.items():
            without = variant(edits)
            pairs = [
                (
                    spent_sec(FastPath.answer, path, peer, frame),
                    spent_sec(without, path, peer, frame),
                )
                for _ in range(ROUNDS)
            ]
            gain = statistics.median(slow / quick - 1 for quick, slow in pairs)
            usual = statistics.median(quick for quick, _ in pairs)
            print(f"{name}: {gain:+.1%} of {usual * 1e6:.2f} us a request")
    await store.close()


def _frame(command: str, data: dict[str, Any], token: str) -> bytes:
    message = {"command": command, "extID": "1", "data": data, "__token": token}
    return json.dumps(message).encode()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(measure(Path(directory)))

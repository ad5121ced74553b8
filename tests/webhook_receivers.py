"""The receivers of docs/webhooks.md as processes, and what each of them must do."""

import asyncio
import json
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from deskcal import Client
from deskcal.core.webhook_signature import headers_of
from deskcal.core.webhooks import Webhook
from e2e.process import serve
from harness import ADMIN, token
from places import Place
from ports import free_port

PAGE = Path(__file__).parents[1] / "docs" / "webhooks.md"
WAIT_SEC = 60


class Language(Struct, frozen=True):
    """How a receiver of one language is run."""

    name: str
    """Of the fenced block."""
    file: str
    command: Callable[[str], Sequence[str]]
    """What starts it, from the port."""


class ReceiverProcess:
    """A receiver that listens."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{port}/hooks"

    async def lines(self, count: int) -> list[str]:
        """The next lines that it prints for messages that it has taken."""
        assert self._process.stdout is not None
        found: list[str] = []
        async with asyncio.timeout(WAIT_SEC):
            while len(found) < count:
                line = await self._process.stdout.readline()
                assert line, "the receiver has ended"
                found.append(line.decode().rstrip())
        return found


def code(language: str) -> str:
    """The only block of this language in the page."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    return str(found)


@asynccontextmanager
async def receiver(
    language: Language, directory: Path, port: int, secret: str
) -> AsyncIterator[ReceiverProcess]:
    """The receiver of the page, run in `directory`."""
    (directory / language.file).write_text(code(language.name), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *language.command(str(port)),
        cwd=directory,
        env=os.environ | {"WEBHOOK_SECRET": secret, "PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _listening(port)
        yield ReceiverProcess(process, port)
    finally:
        process.kill()
        await process.wait()


async def _listening(port: int) -> None:
    async with asyncio.timeout(WAIT_SEC):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def check_receives(language: Language, place: Place, directory: Path) -> None:
    """What a server sends is taken in order; what comes again is taken once."""
    admin = token(99, ADMIN, exp=int(time.time()) + 3600)
    networks = ("--webhook-networks", "127.0.0.0/8")
    port = free_port()
    async with (
        serve(place, *networks) as server,
        Client.connect(server.host, server.port, token=admin) as client,
    ):
        made = await client.add_webhook(f"http://127.0.0.1:{port}/hooks", reminders=True)
        async with receiver(language, directory, port, made.secret) as process:
            tested = await client.test_webhook(made.webhook.id)
            assert tested.delivery.status == 204
            assert await process.lines(1) == ["calendar.test"]
            await _check_changes(client, made.webhook.id, process)


async def _check_changes(client: Client, webhook_id: int, process: ReceiverProcess) -> None:
    start = int(time.time()) + 600
    event = await client.add_event(title="Zürich 🙂", start_time=start, end_time=start)
    await client.update_event(event.id, title="second")
    await client.delete_event(event.id)
    kinds = ("added", "updated", "deleted")
    assert await process.lines(3) == [f"calendar.event.{kind} {event.id}" for kind in kinds]
    await _until_sent(client, webhook_id, 4)  # answered, too
    await client.replay_webhook(webhook_id, 0)
    await _until_sent(client, webhook_id, 7)
    await client.update_webhook(webhook_id, new_secret=1)
    other = await client.add_event(title="other", start_time=start, end_time=start)
    assert await process.lines(1) == [f"calendar.event.added {other.id}"]


async def _until_sent(client: Client, webhook_id: int, tries: int) -> None:
    """Until so many tries were made, all of them taken."""
    async with asyncio.timeout(WAIT_SEC):
        while True:
            found = (await client.get_webhook_deliveries(webhook_id)).deliveries
            assert {one.status for one in found} <= {204}
            if len(found) >= tries:
                return
            await asyncio.sleep(0.05)


async def check_refuses(language: Language, directory: Path) -> None:
    """What is not signed, or not of now, is refused; what is old or known is taken once."""
    secret = "whsec_" + "QUJD" * 8
    port = free_port()
    async with receiver(language, directory, port, secret) as process, httpx.AsyncClient() as http:
        hook = Webhook(id=1, url="", desk_filter="*", created_by=1, created_time=1, secret=secret)
        now = int(time.time())

        async def post(body: bytes, headers: dict[str, str]) -> int:
            return (await http.post(process.url, content=body, headers=headers)).status_code

        await _abandon(port)
        await _refusals(post, hook, now)
        for number, seq in ((1, 5), (1, 5), (2, 4), (3, 6)):
            body = _body(seq)
            assert await post(body, headers_of(hook, f"msg_{number}", now, body)) == 204
        second = headers_of(hook, "msg_4", now, _body(7))
        second["webhook-signature"] = "v1,other " + second["webhook-signature"]
        assert await post(_body(7), second) == 204
        failing = b'{"type":"calendar.event.added","data":"x"}'
        status = await post(failing, headers_of(hook, "msg_6", now, failing))
        assert status == 500
        reminder = b'{"type":"calendar.reminder","data":{"seq":6,"event":{"id":1}}}'
        assert await post(reminder, headers_of(hook, "msg_5", now, reminder)) == 204
        added = ["calendar.event.added 1"] * 3
        assert await process.lines(4) == [*added, "calendar.reminder 1"]


async def _abandon(port: int) -> None:
    """A request whose connection ends before its body: the receiver goes on."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    writer.close()
    await writer.wait_closed()


Post = Callable[[bytes, dict[str, str]], Awaitable[int]]


async def _refusals(post: Post, hook: Webhook, now: int) -> None:
    body = _body(9)
    good = headers_of(hook, "msg_9", now, body)
    wrong: list[tuple[bytes, dict[str, Any]]] = [
        (_body(8), good),
        (body, headers_of(hook, "msg_9", now - 400, body)),
        (body, headers_of(hook, "msg_9", now + 400, body)),
        (body, good | {"webhook-id": "msg_8"}),
        (body, good | {"webhook-timestamp": "x"}),
        (body, good | {"webhook-signature": "v1,AAAA"}),
        (body, good | {"webhook-signature": ""}),
        (body, {}),
    ]
    for content, headers in wrong:
        assert await post(content, headers) == 401, headers


def _body(seq: int) -> bytes:
    message = {"type": "calendar.event.added", "data": {"seq": seq, "event": {"id": 1}}}
    return json.dumps(message).encode()

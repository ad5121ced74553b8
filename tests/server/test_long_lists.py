"""Long lists, which are sent as the client takes them: nothing comes between, nothing is lost."""

import asyncio
import base64
import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import SO_RCVBUF, SOL_SOCKET
from typing import Any

import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect

from deskcal.core.all_day import UTC
from deskcal.http.app import Gateway
from deskcal.limits import MIB, Limits
from deskcal.store.lists.paged import FIRST_ROWS
from deskcal.store.ports import Store
from deskcal.store.sqlite.store import open_sqlite
from faulty_disk import FaultyDisk
from harness import ADMIN, Answer, everything, new_event, parsed, token
from helpers import NOW
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer
from store.mutations import adding
from store.test_paged_lists import until_no_snapshot
from wire import DEAF_BYTES, WAIT_SEC, Running, Wire, serving, until

ALL = token(1, ADMIN, exp=NOW * 2)
TEN = token(10, exp=NOW * 2)
EVENTS = FIRST_ROWS + 200
ROW_BYTES = 5_100
"""Of a note before it is base64: all rows are some 15 MB, and 11 compressed.

More than kernel and server keep for a client that does not read.
"""
LIST = "MngGetCalendarEventsByFilter"
MUCH = everything(limit=50_000)
END_ALL = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


async def stock(store: Store) -> None:
    """One event of the usual size, which begins last, and large ones that are hard to compress.

    What is not text is not searched for: an index of these would take the processor for seconds.
    """
    rng = random.Random(1)
    await asyncio.gather(
        *(
            store.mutate(
                adding(
                    start_time=NOW + 10_000 + number,
                    end_time=NOW + 10_000 + number,
                    ast_json={"image": base64.b64encode(rng.randbytes(ROW_BYTES)).decode()},
                )
            )
            for number in range(EVENTS)
        )
    )
    await store.mutate(adding(start_time=NOW + 90_000, end_time=NOW + 90_000))


@asynccontextmanager
async def stocked(place: Place, **limits: Any) -> AsyncIterator[Running]:
    """Its clients may take nothing for longer than the tests of a busy machine last.

    SQLite keeps the snapshot for as long, too; PostgreSQL ends a transaction that is idle for 5 s.
    """
    limits = {"request_deadline_sec": 600} | limits
    if isinstance(place, SqlitePlace):
        limits = {"list_snapshot_sec": 600} | limits
    async with serving(place, write_timeout_sec=600, **limits) as running:
        await stock(running.store)
        yield running


async def expected(wire: Wire, ext_id: object) -> bytes:
    """The line of a long list, put together from short ones."""
    rows = []
    for offset in range(0, EVENTS + 1, 1000):
        wire.ask(ALL, LIST, "part", **everything(offset=offset))
        head, _, tail = (await wire.line()).partition(b'{"rows":[')
        assert b"200" in head
        rows.append(tail.partition(b'],"count":')[0])
    text = b",".join(rows)
    id_ = json.dumps(ext_id).encode()
    return b'{"extID":%b,"status":200,"data":{"rows":[%b],"count":%d}}\r\n' % (
        id_,
        text,
        EVENTS + 1,
    )


async def amid_list(running: Running, **named: Any) -> Wire:
    """A client that has asked for a long list and does not read it."""
    wire = await running.connect()
    if named:
        assert (await wire.call(ALL, "Subscribe", **named))["status"] == 200
    wire.stop_reading()
    wire.ask(ALL, LIST, "long", **MUCH)
    await until_stalled(running)
    return wire


async def until_stalled(running: Running) -> None:
    """Until a client has not read its output."""
    await until(lambda: running.server.unsent_bytes > 0)


async def lines(wire: Wire, count: int) -> list[bytes]:
    """The next lines but heartbeats."""
    found: list[bytes] = []
    while len(found) < count:
        line = await wire.line()
        assert line, "the server has closed the connection"
        if line != b"\r\n":
            found.append(line)
    return found


def ext_ids(answers: list[Answer]) -> set[str]:
    return {str(one["extID"]) for one in answers}


async def test_a_long_list_is_sent_byte_for_byte_as_a_short_one(place: Place) -> None:
    async with stocked(place) as running:
        wire = await running.connect()
        line = await expected(wire, "long")
        wire.ask(ALL, LIST, "long", **MUCH)
        assert await wire.line() == line
        wire.ask(ALL, LIST, "long", **MUCH, colour="red")
        named = b'],"count":%d,"ignored":["colour"]}}\r\n' % (EVENTS + 1)
        assert await wire.line() == line.rpartition(b"],")[0] + named


async def test_every_request_around_a_long_list_is_answered_by_a_whole_line(place: Place) -> None:
    """Also where the client ends its input behind them."""
    async with stocked(place) as running:
        for ends in (False, True):
            wire = await running.connect()
            if ends:
                wire.stop_reading()
            for number in range(2):
                wire.ask(ALL, LIST, f"list {number}", **MUCH)
                for _ in range(20):
                    wire.ask(ALL, "MngGetCalendarEvent", f"get {number}", id=1 + number)
                wire.ask(ALL, "MngAddCalendarEvent", f"add {number}", **new_event())
                wire.ask(None, "Ping", f"ping {number}")
            if ends:
                wire.writer.write_eof()
                await until_stalled(running)
                wire.read_again()
            answers = [parsed(line) for line in await lines(wire, 2 * 23)]
            if ends:
                assert await wire.is_closed()
            assert {one["status"] for one in answers} == {200}
            kinds = ("list", "get", "add", "ping")
            assert ext_ids(answers) == {f"{kind} {n}" for kind in kinds for n in range(2)}
            lists = [one for one in answers if str(one["extID"]).startswith("list")]
            assert all(len(one["data"]["rows"]) == one["data"]["count"] for one in lists)


async def test_a_client_that_does_not_read_holds_no_snapshot_for_long(place: Place) -> None:
    """The rest waits in memory, and comes as it was in the snapshot."""
    async with stocked(place, list_snapshot_sec=0.05) as running:
        other = await running.connect()
        line = await expected(other, "long")
        wire = await amid_list(running)
        await running.store.mutate(adding())
        await until_no_snapshot(place)
        wire.read_again()
        assert await lines(wire, 1) == [line]
        assert (await wire.call(None, "Ping"))["status"] == 200


async def test_pushes_and_heartbeats_come_behind_the_list(place: Place) -> None:
    limits: dict[str, Any] = {"heartbeat_sec": 0.05, "max_unsent_bytes": 16 * MIB}
    async with stocked(place, **limits) as running:
        wire = await amid_list(running, chanels=["calendar"])
        other = await running.connect()
        made = [await other.call(ALL, "MngAddCalendarEvent", **new_event()) for _ in range(20)]
        wire.read_again()
        found = [json.loads(line) for line in await lines(wire, 21)]
        assert found[0]["extID"] == "long" and len(found[0]["data"]["rows"]) == EVENTS + 1
        ids = [answer["data"]["event"]["id"] for answer in made]
        assert [push["data"]["id"] for push in found[1:]] == ids
        beat = await wire.line()
        assert beat == b"\r\n"


async def test_a_reminder_amid_a_list_comes_behind_it_once(place: Place) -> None:
    async with stocked(place) as running:
        wire = await running.connect()
        await wire.call(TEN, "Ping")
        wire.stop_reading()
        wire.ask(ALL, LIST, "long", **MUCH)
        await until_stalled(running)
        other = await running.connect()
        late = new_event(title="held", remind_time=NOW - 1, owner_manager_id=10)
        await other.call(ALL, "MngAddCalendarEvent", **late)
        wire.read_again()
        answer, reminder = await lines(wire, 2)
        assert parsed(answer)["extID"] == "long"
        assert b'"held"' in reminder
        assert (await wire.call(None, "Ping"))["status"] == 200


async def test_a_reminder_comes_behind_the_list_also_where_another_connection_has_it(
    place: Place,
) -> None:
    async with stocked(place, max_unsent_bytes=16 * MIB) as running:
        wire, second = await running.connect(), await running.connect()
        for one in (wire, second):
            await one.call(TEN, "Ping")
        wire.stop_reading()
        wire.ask(ALL, LIST, "long", **MUCH)
        await until_stalled(running)
        other = await running.connect()
        late = new_event(title="held", remind_time=NOW - 1, owner_manager_id=10)
        await other.call(ALL, "MngAddCalendarEvent", **late)
        [reminder] = await lines(second, 1)
        wire.read_again()
        answer, same = await lines(wire, 2)
        assert parsed(answer)["extID"] == "long"
        assert b'"held"' in reminder and same == reminder


async def test_a_client_that_is_gone_amid_a_list_leaves_nothing(place: Place) -> None:
    async with stocked(place) as running:
        for _ in range(3):
            await amid_list(running)
            await running.hang_up()
            await until_no_snapshot(place)
        wire = await running.connect()
        listed = await wire.call(ALL, LIST, **MUCH)
        assert listed["data"]["count"] == EVENTS + 1


async def test_a_stop_amid_a_list_ends_by_its_deadline(place: Place) -> None:
    async with stocked(place, stop_timeout_sec=0.2) as running:
        running.is_stopped_first = True
        await amid_list(running)
    await until_no_snapshot(place)


async def test_a_stop_amid_a_list_that_is_read_completes_it(place: Place) -> None:
    async with stocked(place) as running:
        wire = await amid_list(running)
        running.server.dispatcher.lifecycle.stop(asyncio.get_running_loop().time() + WAIT_SEC)
        wire.read_again()
        assert len(parsed(await wire.line())["data"]["rows"]) == EVENTS + 1
        assert await wire.is_closed()


class FaultyPlace(SqlitePlace):
    """A directory on a disk that can be broken."""

    def __init__(self, directory: Path, disk: FaultyDisk) -> None:
        super().__init__(directory)
        self.disk = disk

    async def open(self, limits: Limits, *, default_timezone: str = UTC) -> Store:
        """The store there."""
        return await open_sqlite(
            self.directory, limits, vfs=self.disk.name, default_timezone=default_timezone
        )


@pytest.fixture(params=["sqlite", "postgres"])
def breakable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place whose store `break_store` makes fail."""
    if request.param == "sqlite":
        disk = FaultyDisk(f"unreadable {tmp_path}")
        yield FaultyPlace(tmp_path, disk)
        disk.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.scratch_database() as url:
        yield PostgresPlace(url)


def break_store(place: Place) -> None:
    if isinstance(place, FaultyPlace):
        place.disk.failing.add("read")
    elif isinstance(place, PostgresPlace):
        with psycopg.connect(place.url, autocommit=True) as connection:
            connection.execute(END_ALL)


def mend_store(place: Place) -> None:
    if isinstance(place, FaultyPlace):
        place.disk.failing.clear()


async def test_a_store_that_fails_amid_a_list_ends_the_connection_and_no_other(
    breakable: Place,
) -> None:
    """Half an answer can't become an error."""
    async with stocked(breakable, list_snapshot_sec=600) as running:
        other = await running.connect()
        wire = await running.connect()
        wire.stop_reading()
        wire.ask(ALL, LIST, "long", **MUCH)
        await until_stalled(running)
        await asyncio.to_thread(break_store, breakable)
        wire.read_again()
        assert not (await wire.rest()).endswith(b"\r\n")
        await until(lambda: running.server.connection_count == 1)
        mend_store(breakable)
        async with asyncio.timeout(WAIT_SEC):
            while (await other.call(ALL, LIST, **MUCH))["status"] != 200:
                pass
        counts = running.server.dispatcher.requests()
        assert counts[LIST, 503] >= 1


@asynccontextmanager
async def gateway(running: Running, **options: Any) -> AsyncIterator[ClientConnection]:
    """A WebSocket of an admin."""
    async with (
        Gateway(running.server, "127.0.0.1", 0) as served,
        connect(f"ws://{served.addresses[0]}/ws", max_size=None, **options) as socket,
    ):
        await socket.send(json.dumps({"authorization": ALL}))
        yield socket


def ask(socket: ClientConnection, command: str, ext_id: str, **data: Any) -> Any:
    return socket.send(json.dumps({"command": command, "extID": ext_id, "data": data}))


def stop_reading(socket: ClientConnection) -> None:
    """Takes no more, and has the kernel take little."""
    sock = socket.transport.get_extra_info("socket")
    sock.setsockopt(SOL_SOCKET, SO_RCVBUF, DEAF_BYTES)
    socket.transport.pause_reading()


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_a_long_list_is_one_message_on_a_websocket(
    place: Place, compression: str | None
) -> None:
    async with stocked(place) as running:
        line = await expected(await running.connect(), "long")
        options: dict[str, Any] = {"compression": compression, "max_queue": 1}
        async with gateway(running, **options) as socket, asyncio.timeout(60):
            await ask(socket, "Subscribe", "on", chanels=["calendar"])
            assert json.loads(await socket.recv())["status"] == 200
            stop_reading(socket)
            await ask(socket, LIST, "long", **MUCH)
            await until_stalled(running)
            await ask(socket, "Ping", "ping")
            await running.store.mutate(adding(title="pushed"))
            socket.transport.resume_reading()
            found = [await socket.recv() for _ in range(3)]
            assert line[:-2].decode() in found
            rest = [json.loads(text) for text in found if len(text) < 100_000]
            assert sorted(str(one.get("extID", "push")) for one in rest) == ["ping", "push"]


async def test_a_websocket_that_is_gone_amid_a_list_leaves_nothing(place: Place) -> None:
    async with stocked(place) as running:
        options: dict[str, Any] = {"compression": None, "max_queue": 1}
        async with gateway(running, **options) as socket:
            stop_reading(socket)
            await ask(socket, LIST, "long", **MUCH)
            await until_stalled(running)
            socket.transport.abort()
            await until(lambda: running.server.connection_count == 0)
            await until_no_snapshot(place)

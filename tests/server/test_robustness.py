"""Any bytes from any client end in a clear error for that client and nothing else."""

import asyncio
import gc
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from harness import Answer, everything, new_event, parsed, request, token
from helpers import NOW
from places import Place
from wire import Running, Wire, serving, soon, until

TEN = token(10)
PING = b'{"command":"Ping","extID":"p"}\r\n'
ROW = 20_000

TRAPS = {
    "invalid UTF-8": b'{"command":"\xff\xfe"}',
    "overlong UTF-8": b'{"command":"\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"command":"\xed\xa0\x80"}',
    "a lone surrogate": rb'{"command":"\udc00","extID":"\ud800"}',
    "NUL": b"\x00" * 100,
    "NUL in a string": b'{"command":"Ping\x00"}',
    "an escaped NUL": rb'{"command":"Ping\u0000","extID":"\u0000"}',
    "BOM": b'\xef\xbb\xbf{"command":"Ping"}',
    "UTF-16": '{"command":"Ping"}'.encode("utf-16").replace(b"\n", b" "),
    "arrays nested 100,000 deep": b"[" * 100_000,
    "balanced arrays": b'{"command":"Ping","data":{"a":' + b"[" * 9999 + b"]" * 9999 + b"}}",
    "objects nested 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "an integer of 10,000 digits": b'{"command":"Ping","__token":' + b"9" * 10_000 + b"}",
    "1e400": b'{"command":"Ping","data":{"x":1e400},"extID":1e400}',
    "NaN": b'{"command":"Ping","data":{"x":NaN}}',
    "Infinity": b'{"command":"Ping","data":{"x":-Infinity}}',
    "duplicate keys": b'{"command":"Ping","command":5,"data":{},"data":[]}',
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(11, 200)),
    "nothing but line ends": b"\n\r\n\r\n\n\n\r",
    "an unknown command": b'{"command":"__import__","__token":"x"}',
}


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
async def test_a_trap_ends_in_a_clear_error_for_that_client_alone(
    running: Running, trap: bytes
) -> None:
    wire, other = await running.connect(), await running.connect()
    wire.send(trap + b"\r\n" + PING)
    while (answered := await wire.answer())["extID"] != "p":
        assert answered["status"] in (400, 401, 405)
        assert answered["error"]["message"]
    assert answered["status"] == 200
    assert (await other.call(None, "Ping"))["status"] == 200


LARGE = [b"9" * 10_000, b"1e400", b"NaN", rb'"\ud800"', b'"\xff"', b"[" * 100_000, b"-", b'"\x01"']


@pytest.mark.parametrize("value", LARGE)
@pytest.mark.parametrize("field", ["ast_json", "title", "login", "participants"])
async def test_a_trap_in_a_field_is_refused_and_nothing_is_stored(
    wire: Wire, field: str, value: bytes
) -> None:
    frame = request("MngAddCalendarEvent", 1, new_event(**{field: "VALUE"}), TEN)
    wire.send(frame.replace(b'"VALUE"', value) + b"\r\n")
    assert (await wire.answer())["status"] == 400
    listed = await wire.call(TEN, "MngGetCalendarEventsByFilter", **everything())
    assert listed["data"]["count"] == 0


async def test_random_bytes_never_end_the_server(running: Running) -> None:
    chance = random.Random(7)
    good = request("MngAddCalendarEvent", "x", new_event(ast_json={"a": [1, "b"]}), TEN) + b"\r\n"
    for _ in range(60):
        wire = await running.connect()
        for _ in range(20):
            text = bytearray(good)
            for _ in range(chance.randrange(1, 6)):
                text[chance.randrange(len(text))] = chance.randrange(256)
            wire.send(bytes(text))
        wire.send(b"\r\n" + PING)
        while (await wire.answer())["extID"] != "p":
            pass
        wire.writer.transport.abort()
    other = await running.connect()
    assert (await other.call(TEN, "Ping"))["status"] == 200


async def test_clients_that_vanish_in_the_middle_harm_nobody(running: Running) -> None:
    kept = await running.connect()
    for number in range(60):
        wire = await running.connect()
        for _ in range(10):
            wire.ask(TEN, "MngAddCalendarEvent", **new_event())
            wire.ask(TEN, "MngDeleteCalendarEvent", id=10**6)
            wire.ask(TEN, "MngGetCalendarEvent", id=10**6)
            wire.ask(TEN, "MngGetCalendarEventsByFilter", **everything())
        wire.send(PING[: number % len(PING)])
        if number % 3:
            await soon(wire.writer.drain())
        if number % 3 == 2:
            await wire.answer()
        wire.writer.transport.abort()
    await until(lambda: running.server.connection_count == 1)
    assert (await kept.call(TEN, "MngAddCalendarEvent", **new_event()))["status"] == 200
    gc.collect()


@pytest.fixture
async def stocked(place: Place) -> AsyncIterator[Running]:
    """A server with 20 MB of events, and small limits on what may wait for a client."""
    limits: dict[str, Any] = {"max_unsent_bytes": 1_048_576, "write_timeout_sec": 300}
    async with serving(place, **limits, max_unsent_total_bytes=64 * 1_048_576) as running:
        wire = await running.connect()
        for number in range(1000):
            wire.ask(TEN, "MngAddCalendarEvent", number, **new_event(ast_json="x" * ROW))
        for _ in range(1000):
            assert (await wire.answer())["status"] == 200
        yield running


def unsent(running: Running) -> int:
    """Bytes that wait in the server for all its clients."""
    return running.server.unsent_bytes


async def test_a_client_that_never_reads_costs_one_answer_and_others_feel_nothing(
    stocked: Running,
) -> None:
    """It asks for 60 lists of 20 MB; one waits for it in memory, and others get theirs."""
    deaf, other = await stocked.connect(), await stocked.connect()
    deaf.stop_reading()
    for number in range(60):
        deaf.ask(TEN, "MngGetCalendarEventsByFilter", number, **everything())
    await until(lambda: unsent(stocked) > 1_048_576)
    for number in range(3):
        listed = await other.call(TEN, "MngGetCalendarEventsByFilter", **everything(limit=100))
        assert listed["data"]["count"] == 1000 + number
        assert (await other.call(TEN, "MngAddCalendarEvent", **new_event()))["status"] == 200
        assert unsent(stocked) < 24 * 1_048_576


async def test_a_client_that_begins_to_read_late_gets_every_answer(stocked: Running) -> None:
    deaf = await stocked.connect()
    deaf.stop_reading()
    for number in range(5):
        deaf.ask(TEN, "MngGetCalendarEventsByFilter", f"list {number}", **everything(limit=400))
        deaf.ask(TEN, "MngGetCalendarEvent", f"get {number}", id=1)
    await until(lambda: unsent(stocked) > 1_048_576)
    deaf.read_again()
    found: list[Answer] = [await deaf.answer() for _ in range(10)]
    lists = [one for one in found if str(one["extID"]).startswith("list")]
    assert [len(one["data"]["rows"]) for one in lists] == [400] * 5
    assert len({str(one["extID"]) for one in found}) == 10


async def test_a_client_that_pipelines_reads_without_reading_is_not_read_from(
    stocked: Running,
) -> None:
    deaf, other = await stocked.connect(), await stocked.connect()
    deaf.stop_reading()
    for number in range(5000):
        deaf.ask(TEN, "MngGetCalendarEvent", number, id=1 + number % 1000)
    await until(lambda: unsent(stocked) > 131_072)
    assert (await other.call(TEN, "Ping"))["status"] == 200
    assert unsent(stocked) < 8 * 1_048_576
    deaf.read_again()
    for _ in range(5000):
        assert (await deaf.answer())["status"] == 200


async def test_reads_that_nobody_takes_bring_few_documents_into_memory(place: Place) -> None:
    """120 reads of 250 kB each, none of them at hand: some wait in memory, the rest is not read."""
    limits: dict[str, Any] = {"max_unsent_bytes": 1_048_576, "cache_bytes": 1}
    async with serving(place, **limits) as running:
        wire, deaf = await running.connect(), await running.connect()
        deaf.stop_reading()
        large = new_event(ast_json="x" * 250_000)
        event_id = (await wire.call(TEN, "MngAddCalendarEvent", **large))["data"]["event"]["id"]
        for number in range(120):
            deaf.ask(TEN, "MngGetCalendarEvent", number, id=event_id)
        await until(lambda: unsent(running) > 131_072)
        for _ in range(200):
            assert (await wire.call(TEN, "MngGetCalendarEvent", id=event_id))["status"] == 200
        assert unsent(running) < 4 * 1_048_576
        deaf.read_again()
        assert {(await deaf.answer())["extID"] for _ in range(120)} == set(range(120))


async def test_a_client_that_takes_nothing_for_too_long_is_closed(place: Place) -> None:
    async with serving(place, max_unsent_bytes=65_536, write_timeout_sec=0.5) as running:
        wire = await running.connect()
        for _ in range(300):
            await wire.call(TEN, "MngAddCalendarEvent", **new_event(ast_json="x" * ROW))
        deaf = await running.connect()
        deaf.stop_reading()
        for number in range(3):
            deaf.ask(TEN, "MngGetCalendarEventsByFilter", number, **everything())
        await until(lambda: running.server.connection_count == 1)
        assert (await wire.call(TEN, "Ping"))["status"] == 200


async def test_a_subscriber_that_takes_nothing_for_too_long_is_closed_though_changes_come(
    place: Place,
) -> None:
    limits: dict[str, Any] = {"max_unsent_bytes": 65_536, "heartbeat_sec": 0.1}
    async with serving(place, write_timeout_sec=1.5, **limits) as running:
        wire, deaf = await running.connect(), await running.connect()
        await deaf.call(TEN, "Subscribe", chanels=["calendar"])
        deaf.stop_reading()

        async def change() -> None:
            while True:
                await wire.call(TEN, "MngAddCalendarEvent", **new_event(ast_json="x" * ROW))

        changing = asyncio.ensure_future(change())
        await until(lambda: running.server.connection_count == 1)
        changing.cancel()
        await asyncio.wait([changing])


async def test_a_line_longer_than_any_buffer_comes_whole(stocked: Running) -> None:
    wire = await stocked.connect()
    wire.ask(TEN, "MngGetCalendarEventsByFilter", **everything())
    line = await wire.line()
    assert len(line) > 20_000_000
    assert len(parsed(line)["data"]["rows"]) == 1000


async def test_who_hangs_up_on_a_reminder_that_came_does_not_get_it_again(
    running: Running,
) -> None:
    first = await running.connect()
    first.ask(TEN, "Ping")
    await first.answer()
    first.ask(TEN, "MngAddCalendarEvent", **new_event(remind_time=NOW - 1))
    lines = [await first.line() for _ in range(2)]
    assert sorted(line[:1] for line in lines) == [b"[", b"{"]
    first.writer.transport.abort()
    await until(lambda: running.server.connection_count == 0)
    again = await running.connect()
    for _ in range(3):
        again.ask(TEN, "MngAddCalendarEvent", "next", **new_event(remind_time=NOW - 1))
        lines = [await again.line() for _ in range(2)]
        assert [b'"n"' in line for line in lines].count(True) == 1
        assert not any(b'{"event":{"id":1,' in line for line in lines)

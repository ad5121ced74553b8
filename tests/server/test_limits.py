"""Limits of messages, requests, connections and time. Source: contract, section 11."""

import asyncio

from deskcal.server.session import ClientSession
from harness import FakeClock, everything, new_event, parsed, token
from helpers import NOW
from places import Place
from wire import Running, Wire, serving, soon, until

TEN = token(10)
PING = b'{"command":"Ping","extID":"p"}\r\n'
TOO_LARGE = (413, "MESSAGE_TOO_LARGE")


async def fails_with(wire: Wire, status: int, code: str) -> None:
    """The next answer says why, carries no extID, and is the last one."""
    answered = await wire.answer()
    assert (answered["extID"], answered["status"]) == (None, status)
    assert answered["error"]["code"] == code
    assert await wire.is_closed()


async def test_a_message_over_the_limit_gets_413_and_the_answer_arrives(running: Running) -> None:
    """Also where the client goes on sending for a while before it looks."""
    for size in (1_048_577, 8 * 1_048_576):
        wire = await running.connect()
        wire.send(b"x" * size)
        await fails_with(wire, *TOO_LARGE)
    other = await running.connect()
    assert (await other.call(None, "Ping"))["status"] == 200


async def test_a_message_of_exactly_the_limit_is_read(place: Place) -> None:
    async with serving(place, max_message_bytes=2000) as running:
        wire = await running.connect()
        for end in (b"\r\n", b"\n"):
            wire.send(PING.strip() + b" " * (2000 - len(PING.strip())) + end)
            assert (await wire.answer())["status"] == 200
        wire.send(PING.strip() + b" " * (2001 - len(PING.strip())) + b"\r\n")
        await fails_with(wire, *TOO_LARGE)


async def test_what_came_before_a_message_over_the_limit_is_answered(place: Place) -> None:
    async with serving(place, max_message_bytes=2000) as running:
        wire = await running.connect()
        wire.ask(TEN, "MngAddCalendarEvent", "first", **new_event())
        wire.send(PING + b"x" * 5000 + b"\r\n" + PING)
        lines = (await wire.rest()).splitlines(keepends=True)
        assert sorted(str(parsed(line)["extID"]) for line in lines) == ["None", "first", "p"]


async def test_a_message_over_the_limit_behind_waiting_ones_gets_413_too(place: Place) -> None:
    """They are answered; then input is read and dropped, so that no reset overtakes the answers."""
    async with serving(place, max_message_bytes=2000, max_requests_in_flight=1) as running:
        wire = await running.connect()
        for number in range(20):
            wire.ask(TEN, "MngAddCalendarEvent", number, **new_event())
        wire.send(b"x" * 4_000_000)
        lines = (await wire.rest()).splitlines(keepends=True)
        answers = [parsed(line) for line in lines]
        assert sorted(one["status"] for one in answers) == [200] * 20 + [413]
        assert {one["extID"] for one in answers} == {*range(20), None}


async def test_requests_in_flight_are_limited_and_all_are_answered(place: Place) -> None:
    async with serving(place, max_requests_in_flight=2) as running:
        wire = await running.connect()
        for number in range(400):
            wire.ask(TEN, "MngAddCalendarEvent", number, **new_event())
            wire.ask(None, "Ping", f"ping {number}")
        answers = [(await wire.answer())["extID"] for _ in range(800)]
        assert [ext_id for ext_id in answers if isinstance(ext_id, int)] == list(range(400))


async def test_too_many_bad_messages_in_a_row_end_the_connection(place: Place) -> None:
    async with serving(place, max_bad_messages=5) as running:
        wire = await running.connect()
        for _ in range(3):
            for _ in range(4):
                wire.send(b"rubbish\r\n")
                assert (await wire.answer())["status"] == 400
            assert (await wire.call(None, "Ping"))["status"] == 200
        for _ in range(5):
            wire.send(b"rubbish\r\n")
            assert (await wire.answer())["status"] == 400
        wire.send(PING)
        assert await wire.is_closed()


async def test_an_idle_connection_is_closed_and_a_subscribed_one_is_not(place: Place) -> None:
    clock = FakeClock()
    async with serving(place, silence=clock, idle_timeout_sec=10, heartbeat_sec=0.1) as running:
        idle, subscribed = await running.connect(), await running.connect()
        await subscribed.call(TEN, "Subscribe", chanels=["calendar"])
        for sec in (1, 9, 2, 9, 9):
            assert clock.time > NOW + 10 or not idle.reader.at_eof()
            clock.time += sec
            assert await subscribed.line() == b"\r\n"
        assert await idle.is_closed()
        assert (await subscribed.call(TEN, "Ping"))["status"] == 200


async def test_a_heartbeat_is_an_empty_line_for_subscribers_only(place: Place) -> None:
    async with serving(place, heartbeat_sec=0.05) as running:
        quiet, subscribed = await running.connect(), await running.connect()
        await subscribed.call(TEN, "Subscribe", chanels=["EURUSD"])
        for _ in range(5):
            assert await subscribed.line() == b"\r\n"
        await subscribed.call(TEN, "Unsubscribe", chanels=["EURUSD"])
        quiet.send(PING)
        assert parsed(await quiet.line())["status"] == 200


async def test_one_byte_at_a_time_does_not_keep_a_message_going(place: Place) -> None:
    async with serving(place, message_timeout_sec=0.4) as running:
        wire, other = await running.connect(), await running.connect()
        closed = asyncio.ensure_future(wire.is_closed())
        while not closed.done():
            wire.send(b"x")
            assert (await other.call(None, "Ping"))["status"] == 200
        assert await closed


async def test_the_time_of_a_message_counts_from_its_own_first_byte(place: Place) -> None:
    """Also after a silence, and where an empty line came with it."""
    clock = FakeClock()
    async with serving(place, silence=clock, message_timeout_sec=2, heartbeat_sec=0.1) as running:
        watcher, wire = await running.connect(), await running.connect()
        await watcher.call(TEN, "Subscribe", chanels=["calendar"])

        async def wait(sec: float) -> None:
            clock.time += sec
            assert await watcher.line() == b"\r\n"

        wire.send(PING)
        await wire.answer()
        await wait(0.2)
        await wait(2.2)
        wire.send(b"\r\n" + PING[:5])
        _, session = running.server._connections
        assert isinstance(session, ClientSession)
        await until(lambda: session._has_partial)
        await wait(1.9)
        wire.send(PING[5:])
        assert (await wire.answer())["status"] == 200


async def test_over_the_limit_of_connections_a_client_is_refused_and_closed(place: Place) -> None:
    async with serving(place, max_connections=3) as running:
        kept = [await running.connect() for _ in range(3)]
        await fails_with(await running.connect(), 503, "UNAVAILABLE")
        for wire in kept:
            assert (await wire.call(None, "Ping"))["status"] == 200
        kept[0].writer.transport.abort()
        await until(lambda: running.server.connection_count == 2)
        assert (await (await running.connect()).call(None, "Ping"))["status"] == 200


async def test_a_crowd_that_is_turned_away_harms_nobody(place: Place) -> None:
    async with serving(place, max_connections=1) as running:
        kept = await running.connect()
        await kept.call(TEN, "Ping")
        crowd = await soon(asyncio.gather(*(running.connect() for _ in range(100))))
        for wire in crowd:
            line = await wire.line()
            assert not line or parsed(line)["status"] == 503
            assert await wire.is_closed()
        assert (await kept.call(TEN, "Ping"))["status"] == 200


async def test_over_the_limit_the_oldest_connection_without_a_token_is_closed(place: Place) -> None:
    async with serving(place, max_connections_without_token=3) as running:
        known = await running.connect()
        await known.call(TEN, "Ping")
        first = await running.connect()
        unauthenticated = [await running.connect() for _ in range(3)]
        assert await first.is_closed()
        for wire in unauthenticated:
            assert (await wire.call(None, "Ping"))["status"] == 200
        crowd = await soon(asyncio.gather(*(running.connect() for _ in range(50))))
        await until(lambda: running.server.connection_count == 4)
        assert sum([await wire.is_closed() for wire in unauthenticated]) == 3
        assert (await known.call(TEN, "Ping"))["status"] == 200
        assert (await crowd[-1].call(None, "Ping"))["status"] == 200


async def test_a_bad_token_leaves_a_client_unauthenticated(place: Place) -> None:
    async with serving(place, max_connections_without_token=1) as running:
        wire = await running.connect()
        assert (await wire.call("rubbish", "Ping"))["status"] == 401
        await running.connect()
        assert await wire.is_closed()


async def test_thousands_of_idle_connections_stand_in_nobodys_way(place: Place) -> None:
    async with serving(place, max_connections_without_token=5000) as running:
        crowd: list[Wire] = []
        while len(crowd) < 2000:
            crowd += await soon(asyncio.gather(*(running.connect() for _ in range(200))))
        await until(lambda: running.server.connection_count == 2000)
        wire = crowd[1000]
        assert (await wire.call(TEN, "MngAddCalendarEvent", **new_event()))["status"] == 200
        assert (await wire.call(TEN, "MngGetCalendarEventsByFilter", **everything()))["data"][
            "count"
        ] == 1
        for other in crowd[::100]:
            assert (await other.call(None, "Ping"))["status"] == 200

"""The client's connection: broken, silent, re-established; the tests answer by hand."""

import asyncio
import re

import msgspec
import pytest
from msgspec import Raw

import deskcal
from deskcal import Client
from deskcal.client.calls import REPEATABLE, may_repeat
from deskcal.commands import COMMANDS
from deskcal.errors import BY_CODE
from unit.small_server import WAIT_SEC, Received, SmallServer, ended, event, later, one, served


async def answer_greeting(server: SmallServer) -> None:
    """What a new connection says first, for the token that the old one carried."""
    greeting = await server.request()
    assert (greeting.command, greeting.token) == ("Ping", "T")
    greeting.answer({"time": 1})


@pytest.mark.parametrize(
    "pushed",
    [
        b'{"event":"calendar:event"}',
        b'{"event":"calendar:event","seq":"x"}',
        b'["n","title","text","token",0,10,1,5,{}]',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"event":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
async def test_a_push_that_is_none_ends_the_connection_and_not_the_client(pushed: bytes) -> None:
    async with served() as (server, client):
        reading = [
            asyncio.ensure_future(anext(one))
            for one in (aiter(client.changes(0)), aiter(client.reminders()))
        ]
        requests = [await server.request(), await server.request()]
        requests[0].send_bytes(pushed + b"\r\n")
        async with asyncio.timeout(WAIT_SEC):
            while server.accepted < 2:
                await asyncio.sleep(0)
        running = await later(client.get_event(1))
        while (request := await server.request()).command != "MngGetCalendarEvent":
            pass
        request.answer(one(event(1)))
        assert await ended(running) == event(1)
        for task in reading:
            task.cancel()
        await asyncio.wait(reading)


async def test_a_read_is_sent_again_when_the_connection_breaks() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        broken = await server.request()
        broken.break_connection()
        await answer_greeting(server)
        again = await server.request()
        again.answer(one(event(1)))

        assert await ended(running) == event(1)
        assert (again.command, again.data, again.extID) == (
            broken.command,
            broken.data,
            broken.extID,
        )
        assert (client.reconnects, server.accepted) == (1, 2)


async def test_a_connection_that_breaks_again_and_again_is_greeted_once_each_time() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        request = await server.request()
        for _ in range(3):
            request.break_connection()
            greeting, request = await server.request(), await server.request()
            assert (greeting.command, request.command) == ("Ping", "MngGetCalendarEvent")
        request.answer(one(event(1)))
        assert await ended(running) == event(1)
        assert client.reconnects == 3


async def test_a_mutation_that_was_sent_is_not_repeated_and_its_outcome_is_unknown() -> None:
    async with served() as (server, client):
        running = await later(client.update_event(1, title="New"))
        (await server.request()).break_connection()
        with pytest.raises(deskcal.Timeout, match="whether it took effect is not known"):
            await ended(running)
        await answer_greeting(server)
        running = await later(client.ping())
        request = await server.request()
        assert request.command == "Ping"
        request.answer({"time": 1})
        await ended(running)


async def test_a_create_is_sent_again_with_the_same_key() -> None:
    async with served() as (server, client):
        running = await later(client.add_event(title="A", start_time=1, end_time=2))
        broken = await server.request()
        broken.break_connection()
        await answer_greeting(server)
        again = await server.request()
        again.answer(one(event(1)))
        await ended(running)
        assert again.data == broken.data
        assert again.data["idempotency_key"]


def test_only_a_create_with_a_key_is_a_repeatable_mutation() -> None:
    assert may_repeat("MngAddCalendarEvent", {"idempotency_key": "k"})
    assert not may_repeat("MngAddCalendarEvent", {"idempotency_key": Raw(b"null")})
    assert not may_repeat("MngAddCalendarEvent", {})
    assert not may_repeat("MngUpdateCalendarEvent", {"idempotency_key": "k"})
    assert may_repeat("MngGetCalendarEvent", {})


def test_the_client_repeats_what_the_registry_says_may_be_repeated() -> None:
    assert {name for name, command in COMMANDS.items() if command.is_repeatable} == REPEATABLE


def test_every_command_that_reads_may_be_repeated() -> None:
    reads = {name for name in COMMANDS if re.match("Mng(Get|Find|Search|Export)", name)}
    assert reads <= REPEATABLE


async def test_a_call_made_while_there_is_no_connection_waits_for_one() -> None:
    async with served() as (server, client):
        reading = await later(client.get_event(1))
        (await server.request()).break_connection()
        async with asyncio.timeout(WAIT_SEC):
            while client._link._connected:
                await asyncio.sleep(0)
        changing = await later(client.archive_event(1))
        await answer_greeting(server)
        for _ in range(2):
            (await server.request()).answer(one(event(1)))
        assert await ended(reading) == await ended(changing) == event(1)


def limit(client: Client, timeout_sec: float) -> None:
    """From now on a call has this time; what a test answers in time has the usual one."""
    link = client.link
    link._options = msgspec.structs.replace(link._options, timeout_sec=timeout_sec)


async def test_no_answer_in_time_is_a_timeout() -> None:
    async with served() as (server, client):
        limit(client, 0.05)
        with pytest.raises(deskcal.Timeout, match=r"no answer within 0\.05 s"):
            await client.get_event(1)
        await server.request()


async def test_an_answer_that_comes_too_late_is_dropped() -> None:
    async with served() as (server, client):
        limit(client, 0.05)
        with pytest.raises(deskcal.Timeout):
            await client.get_event(1)
        limit(client, WAIT_SEC)
        (await server.request()).answer(one(event(1)))
        running = await later(client.get_event(2))
        (await server.request()).answer(one(event(2)))
        assert (await ended(running)).id == 2


async def subscribed(server: SmallServer, client: Client, cursor: int | None) -> Received:
    """The Subscribe request of a client that has now subscribed to its manager's channel."""
    running = await later(client.subscribe(["calendar:manager:10"]))
    asked = await server.request()
    assert asked.command == "MngGetCalendarChanges"
    if cursor is None:
        asked.fail(403, "FORBIDDEN")
    else:
        asked.answer({"changes": [], "next": cursor, "more": 0})
    request = await server.request()
    request.answer({"chanels": ["calendar:manager:10"]})
    assert await ended(running) == ["calendar:manager:10"]
    return request


async def test_channels_are_subscribed_again_from_the_last_change_that_came() -> None:
    async with served() as (server, client):
        request = await subscribed(server, client, 40)
        assert request.data == {"chanels": ["calendar:manager:10"]}
        request.break_connection()
        await answer_greeting(server)
        again = await server.request()
        assert again.data == {"chanels": ["calendar:manager:10"], "since": 40}
        again.answer({"chanels": ["calendar:manager:10"]})
        again.send({"event": "calendar:event", "type": 0, "seq": 41, "data": {}})
        async with asyncio.timeout(WAIT_SEC):
            assert (await anext(client.messages()))["seq"] == 41

        again.break_connection()
        await answer_greeting(server)
        assert (await server.request()).data["since"] == 41


async def test_each_channel_is_subscribed_again_from_its_own_cursor() -> None:
    """Issue 12: both went on from the later one, and the changes of the other were lost."""
    async with served() as (server, client):
        request = await subscribed(server, client, 40)
        request.send({"event": "calendar:event", "type": 0, "seq": 1000, "data": {}})
        running = await later(client.subscribe(["calendar:desk:B"], since=10))
        request = await server.request()
        request.send({"event": "calendar:event", "type": 0, "seq": 1001, "data": {}})
        both = ["calendar:manager:10", "calendar:desk:B"]
        request.answer({"chanels": both})
        assert await ended(running) == both
        request.break_connection()
        await answer_greeting(server)
        first, second = await server.request(), await server.request()
        assert first.data == {"chanels": both[:1], "since": 1001}
        assert second.data == {"chanels": both[1:], "since": 10}

        first.answer({"chanels": both[:1]})
        first.send({"event": "calendar:event", "type": 0, "seq": 1002, "data": {}})
        second.answer({"chanels": both})
        second.send({"event": "calendar:event", "type": 0, "seq": 500, "data": {}})
        async with asyncio.timeout(WAIT_SEC):
            while (await anext(client.messages()))["seq"] != 500:
                pass
        second.break_connection()
        await answer_greeting(server)
        first, second = await server.request(), await server.request()
        assert (first.data["since"], second.data["since"]) == (1002, 500)

        first.answer({"chanels": both[:1]})
        second.answer({"chanels": both})
        second.send({"event": "calendar:event", "type": 0, "seq": 1003, "data": {}})
        async with asyncio.timeout(WAIT_SEC):
            assert (await anext(client.messages()))["seq"] == 1003
        second.break_connection()
        await answer_greeting(server)
        assert (await server.request()).data == {"chanels": both, "since": 1003}


async def test_without_a_cursor_channels_are_subscribed_again_from_now() -> None:
    async with served() as (server, client):
        (await subscribed(server, client, None)).break_connection()
        await answer_greeting(server)
        again = await server.request()
        assert (again.command, again.data) == ("Subscribe", {"chanels": ["calendar:manager:10"]})


async def test_a_given_cursor_goes_out_with_the_subscription() -> None:
    async with served() as (server, client):
        running = await later(client.subscribe(["calendar"], since=7))
        request = await server.request()
        request.answer({"chanels": ["calendar"]})
        await ended(running)
        assert request.data == {"chanels": ["calendar"], "since": 7}


async def test_what_is_unsubscribed_is_not_subscribed_again() -> None:
    async with served() as (server, client):
        await subscribed(server, client, 40)
        running = await later(client.unsubscribe(["calendar:manager:10"]))
        request = await server.request()
        request.answer({"chanels": []})
        assert await ended(running) == []
        request.break_connection()
        await answer_greeting(server)
        running = await later(client.get_event(1))
        assert (await server.request()).command == "MngGetCalendarEvent"
        running.cancel()


async def test_a_subscription_that_can_not_be_resumed_raises_in_the_reader() -> None:
    async with served() as (server, client):
        (await subscribed(server, client, 40)).break_connection()
        await answer_greeting(server)
        (await server.request()).fail(410, "RESYNC_REQUIRED")
        with pytest.raises(deskcal.ResyncRequired):
            async with asyncio.timeout(WAIT_SEC):
                await anext(client.messages())
        assert not client.link.subscriptions


async def test_a_token_that_a_new_connection_refuses_is_forgotten() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        (await server.request()).break_connection()
        (await server.request()).fail(401, "UNAUTHORIZED")
        (await server.request()).answer(one(event(1)))
        await ended(running)
        assert client._link._carried == {}


async def test_a_silent_connection_is_asked_and_then_given_up() -> None:
    async with served(quiet_sec=0.2) as (server, client):
        running = await later(client.get_event(1))
        silent = await server.request()
        probe = await server.request()
        assert (probe.command, probe.token) == ("Ping", None)
        greeting, again = await server.request(), await server.request()
        assert (greeting.command, greeting.token) == ("Ping", "T")
        assert again.extID == silent.extID
        running.cancel()


async def test_an_error_without_ext_id_belongs_to_the_only_call() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        request = await server.request()
        error = {"code": "UNAVAILABLE", "message": "too many connections"}
        request.send({"extID": None, "status": 503, "error": error})
        with pytest.raises(deskcal.Unavailable, match="too many connections"):
            await ended(running)


async def test_a_message_that_was_too_large_fails_the_longest_call() -> None:
    async with served() as (server, client):
        short = await later(client.get_event(1))
        asked = await server.request()
        long = await later(client.update_event(1, title="x" * 400))
        await server.request()
        error = {"code": "MESSAGE_TOO_LARGE", "message": "over the limit"}
        asked.send({"extID": None, "status": 413, "error": error})
        with pytest.raises(deskcal.MessageTooLarge):
            await ended(long)
        asked.answer(one(event(1)))
        assert await ended(short) == event(1)


async def test_a_server_of_another_protocol_is_disconnected_and_tried_again() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        (await server.request()).send_bytes(b"220 smtp ready\r\n")
        await answer_greeting(server)
        (await server.request()).answer(one(event(1)))
        assert await ended(running) == event(1)


async def test_a_server_that_speaks_http_is_named_at_once() -> None:
    """Issue 12, 26: such a call had waited for its whole time limit."""
    async with served() as (server, client):
        running = await later(client.get_event(1))
        (await server.request()).send_bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        with pytest.raises(deskcal.Unavailable, match="speaks HTTP"):
            await ended(running)


async def test_a_refused_connection_is_reported_with_the_address() -> None:
    listener = await asyncio.start_server(lambda _, __: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    with pytest.raises(deskcal.Unavailable, match=rf"can't reach 127\.0\.0\.1:{port}: connection"):
        async with Client.connect("127.0.0.1", port):
            pytest.fail("connected to nobody")


async def test_closing_ends_what_waits_and_refuses_what_comes() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        await server.request()
    with pytest.raises(deskcal.Timeout, match="this client was closed"):
        await ended(running)
    with pytest.raises(deskcal.Unavailable, match="connect a new one"):
        await client.get_event(1)


def test_public_names_are_sorted_and_there() -> None:
    assert deskcal.__all__ == sorted(deskcal.__all__)
    assert all(hasattr(deskcal, name) for name in deskcal.__all__)
    assert set(BY_CODE.values()) <= {getattr(deskcal, name) for name in deskcal.__all__}

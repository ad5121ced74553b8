"""The gateway without a browser: messages over a WebSocket, its limits, its end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from deskcal.http.app import Gateway
from deskcal.server.host import ConnectionHost
from deskcal.server.websocket import is_same_origin
from harness import Desk, new_event, open_desk, token
from places import Place
from wire import WAIT_SEC, listening

LIST = {"from": 1, "to": 9_999_999_999, "limit": 10, "offset": 0, "deskFilter": "*"}


@asynccontextmanager
async def serving(place: Place, **limits: Any) -> AsyncIterator[tuple[Desk, str]]:
    """A gateway, and the address of its WebSocket."""
    async with (
        open_desk(place, **limits) as desk,
        ConnectionHost(desk.dispatcher) as clients,
        Gateway(clients, "127.0.0.1", 0) as gateway,
    ):
        yield desk, f"ws://{gateway.addresses[0]}/ws"


async def ask(socket: ClientConnection, command: str, **data: Any) -> Any:
    """The answer to a request that carries no token."""
    await socket.send(json.dumps({"command": command, "extID": "1", "data": data}))
    async with asyncio.timeout(WAIT_SEC):
        while True:
            answer = json.loads(await socket.recv())
            if "extID" in answer:
                return answer


async def sign_in(socket: ClientConnection, manager_id: int = 10) -> None:
    await socket.send(json.dumps({"authorization": token(manager_id)}))


async def test_the_first_message_sets_the_token_of_those_that_have_none(place: Place) -> None:
    async with serving(place) as (_, address), connect(address) as socket:
        assert (await ask(socket, "MngAddCalendarEvent", **new_event()))["status"] == 401
        await sign_in(socket)
        made = await ask(socket, "MngAddCalendarEvent", **new_event())
        assert made["data"]["event"]["created_by"] == 10
        await sign_in(socket, 11)
        made = await ask(socket, "MngAddCalendarEvent", **new_event())
        assert made["data"]["event"]["created_by"] == 11


async def test_a_token_of_its_own_goes_before_the_sockets(place: Place) -> None:
    async with serving(place) as (_, address), connect(address) as socket:
        await sign_in(socket)
        message = {"command": "MngAddCalendarEvent", "data": new_event(), "__token": token(12)}
        await socket.send(json.dumps(message))
        assert json.loads(await socket.recv())["data"]["event"]["created_by"] == 12


@pytest.mark.parametrize("text", ["", "  \r\n", "[]", "nonsense", "{}", '{"authorization":7}'])
async def test_what_is_no_request_is_answered_as_on_tcp(place: Place, text: str) -> None:
    async with serving(place) as (_, address), connect(address) as socket:
        await socket.send(text)
        answer = await ask(socket, "Ping") if not text.strip() else json.loads(await socket.recv())
        assert answer["status"] == (200 if not text.strip() else 400)
        assert (await ask(socket, "Ping"))["status"] == 200


async def test_a_change_is_pushed_to_a_subscriber(place: Place) -> None:
    async with serving(place) as (desk, address), connect(address) as socket:
        await sign_in(socket)
        assert (await ask(socket, "Subscribe", chanels=["calendar"]))["status"] == 200
        made = await desk.add(token(10))
        async with asyncio.timeout(WAIT_SEC):
            pushed = json.loads(await socket.recv())
        assert (pushed["event"], pushed["data"]["id"]) == ("calendar:event", made["id"])


async def pushed(socket: ClientConnection) -> Any:
    """The next message of the server."""
    async with asyncio.timeout(WAIT_SEC):
        return json.loads(await socket.recv())


async def test_a_reminder_comes_once_the_socket_has_carried_the_token(place: Place) -> None:
    async with serving(place) as (desk, address), connect(address) as socket:
        start = int(desk.clock.time) + 600
        times = {"start_time": start, "end_time": start + 60, "remind_before_sec": 700}
        made = await desk.add(token(10), **times)
        await sign_in(socket)
        reminder = await pushed(socket)
        assert (reminder[0], reminder[6]) == ("n", 10)
        assert reminder[8]["event"]["id"] == made["id"]


async def test_pushes_go_by_the_token_that_a_socket_has_carried_last(place: Place) -> None:
    async with serving(place) as (desk, address), connect(address) as socket:
        await sign_in(socket)
        assert (await ask(socket, "Subscribe", chanels=["calendar"]))["status"] == 200
        narrow = token(10, desks="DESK_B")
        await socket.send(json.dumps({"authorization": narrow}))
        assert (await ask(socket, "Ping"))["status"] == 200
        await sign_in(socket)
        await socket.send(json.dumps({"command": "Ping", "__token": token(12)}))
        assert (await pushed(socket))["status"] == 200
        made = await desk.add(token(11), desk="DESK_A")
        assert (await pushed(socket))["data"]["id"] == made["id"]


@pytest.mark.parametrize("compression", ["deflate", None])
@pytest.mark.parametrize("size", [2049, 2048 + 65_537, 1_000_000])
async def test_a_message_over_the_limit_is_refused_and_ends_the_socket(
    place: Place, size: int, compression: str | None
) -> None:
    async with (
        serving(place, max_message_bytes=2048) as (_, address),
        connect(address, compression=compression) as socket,
    ):
        await socket.send("x" * size)
        assert json.loads(await socket.recv())["status"] == 413
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009


async def test_many_requests_at_once_are_all_answered(place: Place) -> None:
    async with (
        serving(place, max_requests_in_flight=3) as (_, address),
        connect(address) as socket,
    ):
        await sign_in(socket)
        for number in range(50):
            event = new_event(title=f"Event {number}")
            message = {"command": "MngAddCalendarEvent", "extID": number, "data": event}
            await socket.send(json.dumps(message))
        answered = [json.loads(await socket.recv()) for _ in range(50)]
        assert sorted(answer["extID"] for answer in answered) == list(range(50))
        assert (await ask(socket, "MngGetCalendarEventsByFilter", **LIST))["data"]["count"] == 50


@pytest.mark.parametrize("has_close_frame", [True, False])
async def test_what_was_received_before_the_end_of_a_socket_is_executed(
    place: Place, has_close_frame: bool
) -> None:
    """As on TCP; here without answers, as no data follows a close frame."""
    async with serving(place, max_requests_in_flight=1) as (desk, address):
        async with connect(address) as socket:
            await sign_in(socket)
            assert (await ask(socket, "Ping"))["status"] == 200
            adding = json.dumps({"command": "MngAddCalendarEvent", "data": new_event()})
            for _ in range(8):
                socket.protocol.send_text(adding.encode())
            if has_close_frame:
                socket.protocol.send_close(1000)
            socket.transport.write(b"".join(socket.protocol.data_to_send()))
            if not has_close_frame:
                socket.transport.write_eof()
            async with asyncio.timeout(WAIT_SEC):
                await socket.wait_closed()
        listed = await desk.call(token(10), "MngGetCalendarEventsByFilter", **LIST)
    assert listed["data"]["count"] == 8


async def test_bad_messages_in_a_row_end_the_socket(place: Place) -> None:
    async with serving(place, max_bad_messages=2) as (_, address), connect(address) as socket:
        await socket.send("no")
        await socket.send("no")
        with pytest.raises(websockets.ConnectionClosed):
            for _ in range(3):
                await socket.recv()


async def test_a_silent_socket_is_closed(place: Place) -> None:
    async with (
        serving(place, idle_timeout_sec=0.1) as (_, address),
        connect(address) as socket,
    ):
        with pytest.raises(websockets.ConnectionClosed):
            async with asyncio.timeout(WAIT_SEC):
                await socket.recv()


async def test_a_closed_socket_is_forgotten(place: Place) -> None:
    async with serving(place) as (desk, address):
        async with connect(address) as socket:
            await sign_in(socket)
            await ask(socket, "Subscribe", chanels=["calendar"])
            assert desk.services.feed.subscriber_count == 1
        async with asyncio.timeout(WAIT_SEC):
            while desk.services.feed.subscriber_count:
                await asyncio.sleep(0.01)


async def test_stopping_closes_the_sockets(place: Place) -> None:
    async with serving(place) as (_, address):
        socket = await connect(address)
        await sign_in(socket)
    with pytest.raises(websockets.ConnectionClosed) as closed:
        await socket.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code in (1001, 1012)


def test_only_our_own_page_may_open_a_socket() -> None:
    assert is_same_origin(None, "a.example")
    assert is_same_origin("https://A.example:8766", "a.example:8766")
    assert not is_same_origin("https://b.example", "a.example")
    assert not is_same_origin("null", "a.example")


async def test_browsers_and_tcp_clients_share_the_connections(place: Place) -> None:
    async with (
        open_desk(place, max_connections=2) as desk,
        listening(desk.dispatcher) as (server, listener),
        Gateway(server, "127.0.0.1", 0) as gateway,
    ):
        address = f"ws://{gateway.addresses[0]}/ws"
        _, tcp = await asyncio.open_connection("127.0.0.1", listener.port)
        async with connect(address) as kept:
            assert (await ask(kept, "Ping"))["status"] == 200
            async with connect(address) as refused:
                assert json.loads(await refused.recv())["status"] == 503
                assert await code_of(refused) == 1013
            reader, late = await asyncio.open_connection("127.0.0.1", listener.port)
            assert json.loads(await reader.readline())["status"] == 503
            late.transport.abort()
            tcp.transport.abort()
            async with asyncio.timeout(WAIT_SEC):
                while server.connection_count > 1:
                    await asyncio.sleep(0.01)
            async with connect(address) as other:
                assert (await ask(other, "Ping"))["status"] == 200


async def code_of(socket: ClientConnection) -> int | None:
    """The code with which the server closes."""
    with pytest.raises(websockets.ConnectionClosed) as closed:
        async with asyncio.timeout(WAIT_SEC):
            while True:
                await socket.recv()
    return None if closed.value.rcvd is None else closed.value.rcvd.code


async def test_over_the_limit_the_oldest_socket_without_a_token_is_closed(place: Place) -> None:
    async with (
        serving(place, max_connections_without_token=1) as (_, address),
        connect(address) as known,
        connect(address),
    ):
        assert await code_of(known) == 1008
    async with (
        serving(place, max_connections_without_token=1) as (_, address),
        connect(address) as known,
    ):
        await sign_in(known)
        assert (await ask(known, "Ping"))["status"] == 200
        async with connect(address) as first:
            await first.send(json.dumps({"command": "Ping", "__token": "rubbish"}))
            assert json.loads(await first.recv())["status"] == 401
            async with connect(address) as second:
                assert await code_of(first) == 1008
                assert (await ask(second, "Ping"))["status"] == 200
                assert (await ask(known, "Ping"))["status"] == 200


async def test_a_browser_that_does_not_read_has_to_resync_when_it_does(place: Place) -> None:
    async with (
        serving(place, max_unsent_bytes=64 * 1024) as (desk, address),
        connect(address, max_queue=1, max_size=None, compression=None) as socket,
    ):
        await sign_in(socket)
        await ask(socket, "Subscribe", chanels=["calendar"])
        big = "x" * 200_000
        async with asyncio.timeout(WAIT_SEC):
            while not desk.services.feed.resyncs:
                await desk.add(token(10), ast_json=big)
                await asyncio.sleep(0.03)
            pushed, made, seq = {}, None, 0
            while made is None or pushed.get("data", {}).get("id") != made["id"]:
                pushed = json.loads(await socket.recv())
                if pushed["event"] == "calendar:resync":
                    made = await desk.add(token(10), title="after")
                else:
                    assert made is None or pushed["seq"] == seq + 1
                seq = pushed["seq"]
        assert pushed["data"]["title"] == "after"

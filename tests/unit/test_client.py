"""The client against a small server that speaks the protocol; the tests answer by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from msgspec import Raw, Struct

import deskcal
from deskcal import Client, Event, ParticipantStatus, Priority, Slot
from deskcal.client_calls import may_repeat
from deskcal.client_data import WorkingHours
from deskcal.documents import encode_event
from deskcal.errors import BY_CODE

WAIT_SEC = 10.0


class Received(Struct):
    """One request as the server got it."""

    command: str
    extID: str
    writer: Any
    data: dict[str, Any] = {}
    token: str | None = None

    def answer(self, data: object) -> None:
        self.send({"extID": self.extID, "status": 200, "data": data})

    def fail(self, status: int, code: str, **more: object) -> None:
        error = {"code": code, "message": "no"} | more
        self.send({"extID": self.extID, "status": status, "error": error})

    def send(self, message: object) -> None:
        self.send_bytes(msgspec.json.encode(message) + b"\r\n")

    def send_bytes(self, text: bytes) -> None:
        self.writer.write(text)

    def break_connection(self) -> None:
        self.writer.transport.abort()


class SmallServer:
    """Listens on loopback and hands each request to the test."""

    def __init__(self) -> None:
        self.accepted = 0
        self._received: asyncio.Queue[Received] = asyncio.Queue()
        self._writers: list[asyncio.StreamWriter] = []

    async def request(self) -> Received:
        """The next request of any connection."""
        async with asyncio.timeout(WAIT_SEC):
            return await self._received.get()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._writers.append(writer)
        try:
            while line := await reader.readline():
                sent = msgspec.json.decode(line)
                received = Received(
                    sent["command"], sent["extID"], writer, sent["data"], sent.get("__token")
                )
                self._received.put_nowait(received)
        except ConnectionError:
            return

    async def stop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def served(**options: Any) -> AsyncIterator[tuple[SmallServer, Client]]:
    """A server, and a client that is connected to it."""
    server = SmallServer()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    try:
        async with Client.connect("127.0.0.1", port, **({"token": "T"} | options)) as client:
            yield server, client
    finally:
        await server.stop()
        listener.close()
        await listener.wait_closed()


def event(event_id: int = 1, **fields: Any) -> Event:
    values: dict[str, Any] = {
        "id": event_id,
        "owner_manager_id": 10,
        "created_by": 10,
        "title": "Retention sync",
        "start_time": 1_710_000_000,
        "end_time": 1_710_003_600,
        "created_time": 1,
        "updated_time": 1,
    }
    return Event(**(values | fields))


def one(found: Event) -> dict[str, Raw]:
    return {"event": Raw(encode_event(found))}


async def later(call: Any) -> "asyncio.Task[Any]":
    return asyncio.ensure_future(call)


async def ended(call: "asyncio.Task[Any]") -> Any:
    async with asyncio.timeout(WAIT_SEC):
        return await call


async def test_answers_find_their_call_by_ext_id_in_any_order() -> None:
    async with served() as (server, client):
        first, second = await later(client.get_event(1)), await later(client.get_event(2))
        asked = [await server.request(), await server.request()]
        for request in reversed(asked):
            request.answer(one(event(request.data["id"])))

        assert [(await ended(call)).id for call in (first, second)] == [1, 2]
        assert asked[0].extID != asked[1].extID
        assert {request.token for request in asked} == {"T"}


async def test_each_command_goes_out_under_its_name_with_its_data() -> None:
    async with served() as (server, client):
        calls: list[tuple[Any, str, dict[str, Any]]] = [
            (client.update_event(5, title="New", if_version=2), "Update", {"title": "New"}),
            (client.archive_event(5, if_version=2), "Archive", {}),
            (client.complete_event(5, if_version=2), "Complete", {}),
            (
                client.respond_event(5, ParticipantStatus.TENTATIVE, if_version=2),
                "Respond",
                {"status": 3},
            ),
        ]
        for call, name, data in calls:
            running = await later(call)
            request = await server.request()
            request.answer(one(event(5)))
            assert request.command == f"Mng{name}CalendarEvent"
            assert request.data == {"id": 5, "if_version": 2} | data
            assert await ended(running) == event(5)


async def test_a_deletion_gives_nothing() -> None:
    async with served() as (server, client):
        running = await later(client.delete_event(5))
        request = await server.request()
        request.answer({"id": 5})
        assert await ended(running) is None
        assert (request.command, request.data) == ("MngDeleteCalendarEvent", {"id": 5})


async def test_a_created_event_comes_back_whole() -> None:
    stored = event(7, title="Звонок", priority=Priority.HIGH, ast_json=Raw(b'{"n":1.50}'))
    async with served() as (server, client):
        running = await later(
            client.add_event(
                title="Звонок",
                start_time=1_710_000_000,
                end_time=1_710_003_600,
                priority=Priority.HIGH,
                participant_manager_ids=[10, 11],
            )
        )
        request = await server.request()
        request.answer(one(stored))

        assert await ended(running) == stored
        assert request.command == "MngAddCalendarEvent"
        assert request.data["title"] == "Звонок"
        assert request.data["priority"] == 2
        assert len(request.data["idempotency_key"]) == 32


async def test_a_list_is_asked_for_in_the_words_of_the_wire() -> None:
    async with served() as (server, client):
        running = await later(
            client.get_events_by_filter(since=1, until=9, desk_filter="DESK_*", status=[0, 1])
        )
        request = await server.request()
        request.answer({"rows": [Raw(encode_event(event(3)))], "count": 12})
        page = await ended(running)

        assert (page.rows, page.count) == ([event(3)], 12)
        assert request.data == {
            "from": 1,
            "to": 9,
            "deskFilter": "DESK_*",
            "limit": 1000,
            "offset": 0,
            "status": [0, 1],
        }


async def test_busy_times_come_by_manager() -> None:
    async with served() as (server, client):
        running = await later(client.get_free_busy([11, 12], 1, 9))
        request = await server.request()
        busy = [{"manager_id": 11, "busy": [[1, 3], [5, 9]]}, {"manager_id": 12, "busy": []}]
        request.answer({"managers": busy})
        assert await ended(running) == {11: [(1, 3), (5, 9)], 12: []}
        assert request.command == "MngGetCalendarFreeBusy"
        assert request.data == {"manager_ids": [11, 12], "from": 1, "to": 9}


async def test_slots_are_asked_for_in_the_words_of_the_wire() -> None:
    hours: WorkingHours = {"start": "09:00", "end": "18:00", "timezone": "UTC", "weekdays": [1]}
    async with served() as (server, client):
        running = await later(
            client.find_slots(manager_ids=[11], since=1, until=99, duration_sec=60, hours=hours)
        )
        request = await server.request()
        request.answer({"slots": [{"start_time": 1, "end_time": 61, "busy": [11]}]})
        assert await ended(running) == [Slot(1, 61, [11])]
        assert request.command == "MngFindCalendarSlots"
        assert request.data == {
            "manager_ids": [11],
            "from": 1,
            "to": 99,
            "duration_sec": 60,
            "hours": hours,
        }


async def test_the_token_of_a_call_goes_before_the_one_of_the_connection() -> None:
    async with served() as (server, client):
        running = await later(client.ping(token="other"))
        request = await server.request()
        request.answer({"time": 1_710_000_000})
        assert await ended(running) == 1_710_000_000
        assert request.token == "other"


async def test_without_a_token_none_is_sent() -> None:
    async with served(token=None) as (server, client):
        running = await later(client.call("Ping"))
        request = await server.request()
        request.answer({"time": 1})
        assert await ended(running) == {"time": 1}
        assert request.token is None


@pytest.mark.parametrize("code", sorted(BY_CODE))
async def test_an_error_is_raised_as_the_class_of_its_code(code: str) -> None:
    kind = BY_CODE[code]
    async with served() as (server, client):
        running = await later(client.get_event(1))
        (await server.request()).fail(kind.status, code, field="id", retry_after_ms=5)
        with pytest.raises(kind) as caught:
            await ended(running)
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.field) == ("no", "id")
    assert caught.value.details == {"retry_after_ms": 5}


async def test_a_code_of_a_newer_server_is_raised_by_its_status() -> None:
    async with served() as (server, client):
        known = await later(client.get_event(1))
        (await server.request()).fail(404, "GONE_FOREVER")
        unknown = await later(client.get_event(1))
        (await server.request()).fail(418, "TEAPOT")
        with pytest.raises(deskcal.NotFound) as caught:
            await ended(known)
        assert caught.value.details == {"code": "GONE_FOREVER", "status": 404}
        with pytest.raises(deskcal.DeskcalError) as other:
            await ended(unknown)
        assert type(other.value) is deskcal.DeskcalError


async def test_a_raw_call_gives_an_error_as_an_answer() -> None:
    async with served() as (server, client):
        running = await later(client.call_raw("MngAddCalendarEvent", {"ast_json": Raw(b"[\r\n1]")}))
        request = await server.request()
        request.fail(409, "CONFLICT")
        answer = await ended(running)
        assert (answer.status, answer.error["code"]) == (409, "CONFLICT")
        assert msgspec.json.decode(answer.text)["extID"] == request.extID
        assert request.data == {"ast_json": [1]}


async def test_a_big_answer_arrives_whole_while_others_pass() -> None:
    title = "x" * 400
    rows = [Raw(encode_event(event(number, title=title))) for number in range(1, 20_001)]
    async with served() as (server, client):
        listing = await later(client.get_events_by_filter(since=1, until=2))
        (await server.request()).answer({"rows": rows, "count": len(rows)})
        reading = await later(client.get_event(1))
        (await server.request()).answer(one(event(1)))

        page = await ended(listing)
        assert [row.id for row in page.rows] == list(range(1, 20_001))
        assert (await ended(reading)).id == 1


async def test_an_answer_over_the_limit_is_told_and_the_connection_made_anew() -> None:
    async with served(max_message_bytes=1000) as (server, client):
        running = await later(client.get_event(1))
        (await server.request()).answer(one(event(1, title="x" * 500, brand="y" * 500)))
        with pytest.raises(deskcal.MessageTooLarge):
            await ended(running)

        running = await later(client.ping())
        requests = [await server.request(), await server.request()]
        for request in requests:
            request.answer({"time": 5})
        assert await ended(running) == 5
        assert client.reconnects == 1


async def test_heartbeats_and_split_answers_make_no_difference() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        request = await server.request()
        body = msgspec.json.encode({"extID": request.extID, "status": 200, "data": one(event(1))})
        for byte in b"\r\n\r\n" + body + b"\r\n":
            request.send_bytes(bytes([byte]))
            await request.writer.drain()
        assert await ended(running) == event(1)


async def test_pushed_messages_are_told_from_answers() -> None:
    change = {"event": "calendar:event", "type": 1, "seq": 3, "data": {"id": 1}}
    reminder = ["n", "Call", "", "t", 1, 10, 10, 5, {"event": {}, "due": 5}, 200]
    async with served() as (server, client):
        running = await later(client.ping())
        request = await server.request()
        request.send(change)
        request.send(reminder)
        request.answer({"time": 1})
        await ended(running)
        messages = client.messages()
        assert [await anext(messages), await anext(messages)] == [change, reminder]


async def test_messages_end_when_the_client_is_closed() -> None:
    async with served() as (_, client):
        pass
    assert [message async for message in client.messages()] == []
    assert [message async for message in client.messages()] == []


async def test_of_messages_that_nobody_takes_the_oldest_go_and_are_counted() -> None:
    async with served(max_pushed=3) as (server, client):
        running = await later(client.ping())
        request = await server.request()
        for number in range(8):
            request.send({"event": "calendar:event", "seq": number})
        request.answer({"time": 1})
        await ended(running)
        assert client.dropped_messages == 5
        messages = client.messages()
        assert [(await anext(messages))["seq"] for _ in range(3)] == [5, 6, 7]


async def answer_greeting(server: SmallServer) -> None:
    """What a new connection says first, for the token that the old one carried."""
    greeting = await server.request()
    assert (greeting.command, greeting.token) == ("Ping", "T")
    greeting.answer({"time": 1})


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


async def test_a_mutation_that_was_sent_is_not_repeated_but_told_as_unknown() -> None:
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


async def test_no_answer_in_time_is_a_timeout() -> None:
    async with served(timeout_sec=0.05) as (server, client):
        with pytest.raises(deskcal.Timeout, match=r"no answer within 0\.05 s"):
            await client.get_event(1)
        await server.request()


async def test_an_answer_that_comes_too_late_is_dropped() -> None:
    async with served(timeout_sec=0.05) as (server, client):
        with pytest.raises(deskcal.Timeout):
            await client.get_event(1)
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


async def test_a_subscription_that_can_not_be_resumed_is_told_to_the_reader() -> None:
    async with served() as (server, client):
        (await subscribed(server, client, 40)).break_connection()
        await answer_greeting(server)
        (await server.request()).fail(410, "RESYNC_REQUIRED")
        with pytest.raises(deskcal.ResyncRequired):
            async with asyncio.timeout(WAIT_SEC):
                await anext(client.messages())
        assert client._link._subscriptions == {}


async def test_a_token_that_a_new_connection_refuses_is_forgotten() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        (await server.request()).break_connection()
        (await server.request()).fail(401, "UNAUTHORIZED")
        (await server.request()).answer(one(event(1)))
        await ended(running)
        assert client._link._carried == {}


async def test_a_silent_connection_is_asked_and_then_given_up() -> None:
    async with served(quiet_sec=0.02) as (server, client):
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


async def test_a_server_of_another_protocol_is_left_and_tried_anew() -> None:
    async with served() as (server, client):
        running = await later(client.get_event(1))
        (await server.request()).send_bytes(b"220 smtp ready\r\n")
        await answer_greeting(server)
        (await server.request()).answer(one(event(1)))
        assert await ended(running) == event(1)


async def test_nobody_there_is_told_with_the_address() -> None:
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

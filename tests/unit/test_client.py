"""The client's calls and answers, against a small server; the tests answer by hand."""

import asyncio
import re
from typing import Any

import msgspec
import pytest
from msgspec import Raw

import deskcal
from deskcal import (
    ClaimResult,
    Completed,
    FreeBusy,
    ParticipantStatus,
    Priority,
    Slot,
    SummaryGroup,
)
from deskcal.client.types import WorkingHours
from deskcal.commands import COMMANDS
from deskcal.core.document import encode_event
from deskcal.errors import BY_CODE
from unit.small_server import WAIT_SEC, ended, event, later, one, served

WITHOUT_METHOD = {"get_directory", "import_events", "export_events"}
"""As `docs/clients.md` says."""


def test_a_command_has_the_method_that_is_named_after_it() -> None:
    short = [name.removeprefix("Mng").replace("Calendar", "") for name in COMMANDS]
    named = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in short}
    assert {name for name in named if not hasattr(deskcal.Client, name)} == WITHOUT_METHOD


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


async def test_a_claim_gives_the_event_or_the_reason() -> None:
    async with served() as (server, client):
        running = await later(client.claim_next_event(desk_filter="A", lease_sec=60))
        request = await server.request()
        request.answer({"event": None, "reason": "COOLDOWN", "retry_after_sec": 9})
        assert request.data == {"deskFilter": "A", "lease_sec": 60}
        assert await ended(running) == ClaimResult(None, "COOLDOWN", 9)
        running = await later(client.release_event(5, if_version=2))
        request = await server.request()
        request.answer(one(event(5)))
        assert request.command == "MngReleaseCalendarEvent"
        assert request.data == {"id": 5, "if_version": 2}
        assert await ended(running) == event(5)


async def test_a_summary_gives_its_groups() -> None:
    async with served() as (server, client):
        running = await later(client.get_summary(1, 2, "day", timezone="UTC"))
        request = await server.request()
        group = SummaryGroup("2026-11-27", 1, 2, 3, 4, 5, 6)
        request.answer({"groups": [msgspec.structs.asdict(group)]})
        sent = {"from": 1, "to": 2, "group_by": "day", "deskFilter": "*", "timezone": "UTC"}
        assert request.data == sent
        assert await ended(running) == [group]


async def test_a_completion_gives_the_event_and_its_follow_up() -> None:
    async with served() as (server, client):
        running = await later(client.complete_event(5, outcome="a", follow_up={"in_sec": 60}))
        request = await server.request()
        request.answer(one(event(5)) | {"follow_up": Raw(b"null")})
        assert request.data == {"id": 5, "outcome": "a", "follow_up": {"in_sec": 60}}
        assert await ended(running) == Completed(event(5), None)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda c: c.add_event(title="deal \ud83d", start_time=1, end_time=2), "title"),
        (lambda c: c.update_event(5, ast_json={"text": ["\udc4d"]}), "ast_json"),
        (lambda c: c.call("MngX", {"id": 1, "a\ud83d": 2}), r"a\ud83d"),
        (lambda c: c.subscribe(["calendar:\ud83d"], since=1), "chanels"),
    ],
)
async def test_half_a_character_is_refused_before_it_is_sent(call: Any, field: str) -> None:
    async with served() as (server, client):
        with pytest.raises(deskcal.errors.InvalidField, match="lone surrogate") as caught:
            async with asyncio.timeout(WAIT_SEC):
                await call(client)
        assert caught.value.field == field
        running = await later(client.get_event(1))
        request = await server.request()
        assert request.command == "MngGetCalendarEvent"
        request.answer(one(event(1)))
        assert (await ended(running)).id == 1


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
        running = await later(client.get_free_busy([11, 12], 1, 9, exclude_event_id=5))
        request = await server.request()
        busy = {"manager_id": 11, "busy": [[1, 3], [5, 9]], "tentative": [[1, 2]]}
        request.answer({"managers": [busy, {"manager_id": 12, "busy": [], "tentative": []}]})
        assert await ended(running) == {
            11: FreeBusy([(1, 3), (5, 9)], [(1, 2)]),
            12: FreeBusy([], []),
        }
        assert request.command == "MngGetCalendarFreeBusy"
        asked = {"manager_ids": [11, 12], "from": 1, "to": 9, "exclude_event_id": 5}
        assert request.data == asked


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


async def test_an_answer_over_the_limit_is_reported_and_the_client_reconnects() -> None:
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


async def test_pushed_messages_are_distinguished_from_answers() -> None:
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

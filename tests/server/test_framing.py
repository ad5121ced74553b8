"""Frames over a real socket: line ends, splits, pipelining, order. Source: contract, section 1."""

import asyncio
import random

import pytest

from deskcal.core.filters import EventFilter
from deskcal.core.visibility import Visibility
from deskcal.store.lists.paged import PagedRows
from deskcal.store.ports import Rows
from harness import everything, new_event, parsed, request, token
from helpers import NOW
from wire import Running, Wire, soon

TEN = token(10)
PING = b'{"command":"Ping","extID":"p"}'
PONG = b'{"extID":"p","status":200,"data":{"time":%d}}\r\n' % NOW


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\n\r\n", b"\n\n\r\n"])
async def test_crlf_and_a_bare_lf_end_a_message_and_empty_lines_are_skipped(
    wire: Wire, end: bytes
) -> None:
    for _ in range(3):
        wire.send(end + PING + end)
        assert await wire.line() == PONG


async def test_a_message_may_come_in_any_pieces(wire: Wire) -> None:
    sent = request("MngAddCalendarEvent", "é🙂", new_event(title="Анна 🙂"), TEN)
    text = sent.decode().encode("utf-8") + b"\r\n" + PING + b"\n"
    for at in [*range(1, 40), *range(len(text) - 40, len(text))]:
        wire.send(text[:at])
        await asyncio.sleep(0)
        wire.send(text[at:])
        answers = sorted([await wire.line(), await wire.line()])
        assert answers[1] == PONG
        assert parsed(answers[0])["data"]["event"]["title"] == "Анна 🙂"


async def test_a_message_may_come_byte_by_byte(wire: Wire) -> None:
    for byte in PING + b"\r\n":
        wire.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await wire.line() == PONG


@pytest.mark.parametrize("field", ["ast_json", "x"])
async def test_bytes_that_are_no_utf_8_are_refused_wherever_they_stand_and_come(
    wire: Wire, field: str
) -> None:
    """Also in what is not decoded, and after messages that were good and plain."""
    for title in ("plain", "Анна", "plain"):
        wire.send(request("MngAddCalendarEvent", 1, new_event(title=title), TEN) + b"\r\n")
        assert (await wire.answer())["status"] == 200
        data = {"id": 1, field: "HERE"}
        text = request("MngUpdateCalendarEvent", 2, data, TEN)
        wire.send(text.replace(b"HERE", b"a\xff") + b"\r\n")
        refused = await wire.answer()
        assert (refused["status"], refused["error"]["code"]) == (400, "INVALID_JSON")


async def test_a_message_without_end_is_no_message(running: Running, wire: Wire) -> None:
    wire.send(PING)
    wire.writer.write_eof()
    assert await wire.is_closed()


async def test_answers_carry_the_ext_id_of_their_request(wire: Wire) -> None:
    """Pipelined at random, cut at random: every request gets its own answer, once."""
    chance = random.Random(1)
    wanted: dict[str, str] = {}
    text = b""
    for number in range(500):
        ext_id = f"{number}']}}é|"
        kind = chance.choice(["add", "get", "list", "ping", "bad"])
        wanted[ext_id] = kind
        text += {
            "add": request("MngAddCalendarEvent", ext_id, new_event(title=ext_id), TEN),
            "get": request("MngGetCalendarEvent", ext_id, {"id": 1}, TEN),
            "list": request("MngGetCalendarEventsByFilter", ext_id, everything(limit=2), TEN),
            "ping": request("Ping", ext_id, {}, None),
            "bad": request("MngGetCalendarEvent", ext_id, {"id": "x"}, TEN),
        }[kind] + b"\r\n"
    while text:
        at = chance.randrange(1, 5000)
        wire.send(text[:at])
        text = text[at:]
        await asyncio.sleep(0)
    while wanted:
        answered = await wire.answer()
        kind = wanted.pop(answered["extID"])
        assert answered["status"] == {"bad": 400}.get(kind, 200) or kind == "get"
        if kind == "add":
            assert answered["data"]["event"]["title"] == answered["extID"]


async def test_mutations_of_one_connection_take_effect_in_the_order_sent(wire: Wire) -> None:
    wire.ask(TEN, "MngAddCalendarEvent", "new", **new_event())
    for number in range(300):
        wire.ask(TEN, "MngUpdateCalendarEvent", number, id=1, title=f"t{number}")
    assert (await wire.answer())["data"]["event"]["version"] == 1
    for number in range(300):
        answered = await wire.answer()
        event = answered["data"]["event"]
        assert answered["extID"] == number
        assert (event["title"], event["version"]) == (f"t{number}", number + 2)


async def test_what_was_answered_is_seen_by_every_later_request(running: Running) -> None:
    one, other = await running.connect(), await running.connect()
    await one.call(TEN, "MngAddCalendarEvent", **new_event())
    for number in range(200):
        title = f"t{number}"
        await one.call(TEN, "MngUpdateCalendarEvent", id=1, title=title)
        answered = await other.call(TEN, "MngGetCalendarEvent", id=1)
        assert answered["data"]["event"]["title"] == title
        if number % 20 == 0:
            listed = await other.call(TEN, "MngGetCalendarEventsByFilter", **everything())
            assert listed["data"]["rows"] == [answered["data"]["event"]]


async def test_a_slow_list_does_not_hold_back_a_quick_read_behind_it(
    running: Running, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list has its snapshot in the store, and is held there until the read is answered."""
    await soon(fill(wire, 3000))
    store, may_go_on = running.store, asyncio.Event()
    list_pages = store.list_pages

    async def held(wanted: EventFilter, visibility: Visibility) -> Rows | PagedRows:
        rows = await list_pages(wanted, visibility)
        assert isinstance(rows, PagedRows)
        await may_go_on.wait()
        return rows

    monkeypatch.setattr(store, "list_pages", held)
    wire.ask(TEN, "MngGetCalendarEventsByFilter", "list", **everything(limit=50_000))
    wire.ask(TEN, "MngGetCalendarEvent", "get", id=1)
    assert (await wire.answer())["extID"] == "get"
    may_go_on.set()
    assert (await wire.answer())["extID"] == "list"


async def fill(wire: Wire, count: int) -> None:
    for number in range(count):
        wire.ask(TEN, "MngAddCalendarEvent", number, **new_event())
    for _ in range(count):
        assert (await wire.answer())["status"] == 200


async def test_a_long_list_comes_whole(wire: Wire) -> None:
    await soon(fill(wire, 3000))
    answered = await wire.call(TEN, "MngGetCalendarEventsByFilter", **everything(limit=50_000))
    assert [row["id"] for row in answered["data"]["rows"]] == list(range(1, 3001))
    assert answered["data"]["count"] == 3000


async def test_answers_are_ascii_with_quotes_and_brackets_escaped(wire: Wire) -> None:
    title = "O'Brien, [VIP]} Анна 🙂\x7f"
    wire.ask(TEN, "MngAddCalendarEvent", "O'B]}", **new_event(title=title, ast_json=[title]))
    line = await wire.line()
    assert parsed(line)["data"]["event"]["title"] == title
    assert rb'"extID":"O\u0027B\u005d\u007d"' in line
    escaped = rb'"O\u0027Brien, [VIP\u005d\u007d \u0410\u043d\u043d\u0430 \ud83d\ude42\u007f"'
    assert line.count(escaped) == 2
    assert b"'" not in line and line.isascii() and b"\x7f" not in line


async def test_errors_are_spelled_as_safely_as_answers(wire: Wire) -> None:
    for command, data in (
        ("O'Brien]}🙂", {}),
        ("MngAddCalendarEvent", new_event(timezone="O'Brien]}🙂")),
        ("MngGetCalendarEvent", {"id": "O'Brien]}🙂\n"}),
        ("MngGetCalendarEventsByFilter", everything(deskFilter="!O'Brien]}🙂")),
    ):
        wire.ask(TEN, command, **data)
        line = await wire.line()
        assert parsed(line)["status"] in (400, 405)
        assert b"'" not in line
        assert line.count(b"}") == 2 and b"]" not in line


@pytest.mark.parametrize("name", ["EURUSD", "quotes", "O'Brien]}", "calendar", ""])
async def test_subscribe_with_chanels_is_accepted_for_any_name(wire: Wire, name: str) -> None:
    answered = await wire.call(TEN, "Subscribe", chanels=[name])
    assert answered == {"extID": 1, "status": 200, "data": {"chanels": [name]}}


async def test_a_token_that_expires_between_two_requests_ends_the_session(
    running: Running, wire: Wire
) -> None:
    await wire.call(TEN, "MngAddCalendarEvent", **new_event())
    assert (await wire.call(TEN, "MngGetCalendarEvent", id=1))["status"] == 200
    running.clock.time += 3600
    assert (await wire.call(TEN, "MngGetCalendarEvent", id=1))["status"] == 401
    renewed = token(10, exp=NOW + 7200)
    assert (await wire.call(renewed, "MngGetCalendarEvent", id=1))["status"] == 200


async def test_a_client_that_has_said_all_still_gets_its_answers(wire: Wire) -> None:
    for number in range(50):
        wire.ask(TEN, "MngAddCalendarEvent", number, **new_event())
    wire.writer.write_eof()
    lines = (await wire.rest()).splitlines(keepends=True)
    assert [parsed(line)["extID"] for line in lines] == list(range(50))

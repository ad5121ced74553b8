"""Envelope, tokens, session types, and the order of checks. Source: contract, sections 2 and 3."""

import json
from typing import Any

import jwt
import msgspec
import pytest

from deskcal.commands import COMMANDS
from deskcal.core.sessions import ADMIN_TYPES, CALENDAR_TYPES, SessionType
from deskcal.core.tokens import secret_key, sign
from deskcal.live.connections import REMEMBERED_TOKENS
from harness import CRM_ADMIN, Desk, error_of, everything, new_event, request, token
from helpers import KEY, NOW, make_claims

TEN = token(10)
ADD, UPDATE, GET = "MngAddCalendarEvent", "MngUpdateCalendarEvent", "MngGetCalendarEvent"
CALENDAR_COMMANDS = [name for name in COMMANDS if name.startswith("Mng")]


@pytest.fixture(params=["a token never seen", "a token seen before"])
async def desk(request: pytest.FixtureRequest, desk: Desk) -> Desk:
    """What is seen the first time on a connection takes a longer way: every answer is the same."""
    if request.param == "a token seen before":
        assert (await desk.call(TEN, "Ping"))["status"] == 200
        assert TEN in desk.peer.tokens
    return desk


@pytest.mark.parametrize(
    "ext_id", ["1", 1, "", 0, -5, 10**30, "a|b", "é🙂", "']}", "\\", "\n", "x" * 10_000, None]
)
@pytest.mark.parametrize(
    ("command", "data"),
    [("Ping", {}), (GET, {"id": 1}), (ADD, {}), ("MngGetCalendarEventsByFilter", everything())],
)
async def test_the_ext_id_is_echoed_as_it_came(
    desk: Desk, ext_id: object, command: str, data: dict[str, Any]
) -> None:
    answered = await desk.frame(request(command, ext_id, data, TEN))
    assert answered["extID"] == ext_id and type(answered["extID"]) is type(ext_id)


async def test_without_ext_id_the_answer_has_null(desk: Desk) -> None:
    assert (await desk.frame(b'{"command":"Ping"}'))["extID"] is None


@pytest.mark.parametrize("ext_id", [b"1.5", b"true", b"[1]", b'{"a":1}', b"1e3"])
async def test_an_ext_id_of_another_type_is_refused_and_null(desk: Desk, ext_id: bytes) -> None:
    answered = await desk.frame(b'{"command":"Ping","extID":%b}' % ext_id)
    assert answered["extID"] is None
    assert error_of(answered) == (400, "INVALID_REQUEST", None)


NO_REQUESTS = [
    (b"{", "INVALID_JSON"),
    (b"\xff", "INVALID_JSON"),
    (b'{"command":"\xed\xa0\x80"}', "INVALID_JSON"),
    (rb'{"command":"\ud800"}', "INVALID_JSON"),
    (b"\xef\xbb\xbf{}", "INVALID_JSON"),
    (b'{"command":"Ping","x":NaN}', "INVALID_JSON"),
    (b'{"command":"Ping","x":1e400,"data":{"a":1e400}}', None),
    (b'{"command":"Ping"} {}', "INVALID_JSON"),
    (b'{"command":"Ping\x00"}', "INVALID_JSON"),
    (b"\x00", "INVALID_JSON"),
    (b'{"command":"Ping",}', "INVALID_JSON"),
    (b"[" * 100_000 + b"]" * 100_000, None),
    (b'{"command":"Ping","x":' + b"[" * 70 + b"]" * 70 + b"}", "INVALID_JSON"),
    (b'{"command":"Ping","data":' + b'{"a":' * 100_000 + b"1" + b"}" * 99_999, "INVALID_JSON"),
    (b'{"command":"Ping","x":' + b"9" * 10_000 + b"}", None),
    (b"[]", "INVALID_REQUEST"),
    (b'"Ping"', "INVALID_REQUEST"),
    (b"5", "INVALID_REQUEST"),
    (b"null", "INVALID_REQUEST"),
    (b"{}", "INVALID_REQUEST"),
    (b'{"command":5}', "INVALID_REQUEST"),
    (b'{"command":null}', "INVALID_REQUEST"),
    (b'{"command":"Ping","data":[]}', "INVALID_REQUEST"),
    (b'{"command":"Ping","data":"{}"}', "INVALID_REQUEST"),
    (b'{"command":"Ping","data":5}', "INVALID_REQUEST"),
]


@pytest.mark.parametrize(("frame", "code"), NO_REQUESTS)
async def test_what_is_no_request_gets_a_clear_answer(
    desk: Desk, frame: bytes, code: str | None
) -> None:
    answered = await desk.frame(frame)
    assert answered["status"] in (200, 400)
    if code is not None:
        assert error_of(answered) == (400, code, None)


HALVES = [
    (ADD, rb'"title":"deal \ud83d"', "title"),
    (ADD, rb'"title":"\udc4d\ud83d"', "title"),
    (ADD, rb'"ast_json":{"text":"\\\ud83d."}', "ast_json"),
    (ADD, rb'"unknown":["\ud83d"]', "unknown"),
    (ADD, rb'"a\ud83d":1', "a\ufffd"),
    ("Subscribe", rb'"chanels":["calendar:\ud83d"]', "chanels"),
    ("Ping", rb'"zz":"\ud83d"', "zz"),
]


@pytest.mark.parametrize(("command", "text", "field"), HALVES)
async def test_a_lone_surrogate_in_data_is_reported_by_field_and_ext_id(
    desk: Desk, command: str, text: bytes, field: str
) -> None:
    whole = rb'"title":"\ud83d\udc4d \\ud83d"'
    frame = request(command, "q7", {"x": 0}, TEN).replace(b'"x": 0', whole + b"," + text)
    answered = await desk.frame(frame)
    assert answered["extID"] == "q7"
    assert error_of(answered) == (400, "INVALID_FIELD", field)
    assert "lone surrogate" in answered["error"]["message"]


async def test_a_whole_character_in_escapes_is_taken(desk: Desk) -> None:
    assert (await desk.add(TEN, title="\U0001f44d \\ud83d"))["title"] == "\U0001f44d \\ud83d"


@pytest.mark.parametrize("levels", [65, 900, 100_000])
@pytest.mark.parametrize(
    ("text", "field"), [(b'"ast_json":', "ast_json"), (b'"a":1,"zz":', "zz"), (b'"id":', "id")]
)
async def test_a_field_of_any_depth_is_reported_by_name_and_ext_id(
    desk: Desk, levels: int, text: bytes, field: str
) -> None:
    deep = text + b'[{"a":' * (levels // 2) + b"[]" + b"}]" * (levels // 2)
    frame = request(UPDATE, "q7", {"x": 0}, TEN).replace(b'"x": 0', deep)
    answered = await desk.frame(frame)
    assert (answered["extID"], error_of(answered)) == ("q7", (400, "INVALID_FIELD", field))
    assert "levels deep" in answered["error"]["message"]


@pytest.mark.parametrize("data", [rb'{"title":"\ud83d"}', b'{"a":' + b"[" * 90 + b"]" * 90 + b"}"])
async def test_the_token_the_command_and_the_session_come_before_what_is_wrong_in_data(
    desk: Desk, data: bytes
) -> None:
    for token_, command, status in (
        (TEN + "x", ADD, 401),
        (TEN, "MngAddX", 405),
        (token(10, 0), ADD, 403),
    ):
        frame = request(command, 5, {}, token_).replace(b'"data": {}', b'"data": ' + data)
        answered = await desk.frame(frame)
        assert (answered["extID"], answered["status"]) == (5, status)


async def test_half_a_character_outside_data_is_not_json_but_keeps_the_ext_id(desk: Desk) -> None:
    answered = await desk.frame(rb'{"command":"Ping","extID":"q","zz":"\ud83d"}')
    assert (answered["extID"], error_of(answered)) == ("q", (400, "INVALID_JSON", None))
    answered = await desk.frame(rb'{"command":"Ping","extID":"\ud83d"}')
    assert (answered["extID"], error_of(answered)) == (None, (400, "INVALID_JSON", None))


@pytest.mark.parametrize(("levels", "status"), [(62, 404), (63, 400), (900, 400)])
async def test_more_than_64_levels_are_refused_with_a_good_token_too(
    desk: Desk, levels: int, status: int
) -> None:
    deep = b"[" * levels + b"]" * levels
    text = request(GET, "1", {"id": 1, "x": 0}, TEN).replace(b'"x": 0', b'"x":' + deep)
    answered = await desk.frame(text)
    assert (answered["extID"], answered["status"]) == ("1", status)


@pytest.mark.parametrize("text", [b'{"command":"Ping","data":null}', b'{"command":"Ping"}'])
async def test_data_may_be_absent_or_null(desk: Desk, text: bytes) -> None:
    assert (await desk.frame(text))["data"] == {"time": NOW}


async def test_unknown_keys_are_ignored_and_the_last_of_equal_keys_counts(desk: Desk) -> None:
    frame = b'{"command":"x","x":[{}],"command":"Ping","extID":1,"extID":2}'
    assert await desk.frame(frame) == {"extID": 2, "status": 200, "data": {"time": NOW}}


async def test_an_unknown_command_is_405_and_names_a_near_one(desk: Desk) -> None:
    answered = await desk.call(TEN, "mngaddcalendarevent")
    assert error_of(answered) == (405, "UNKNOWN_COMMAND", None)
    assert ADD in answered["error"]["message"]
    answered = await desk.call(TEN, "MngAddCalenderEvents")
    assert "did you mean MngAddCalendarEvent" in answered["error"]["message"]
    answered = await desk.call(TEN, "GetQuotes")
    assert "see docs/protocol.md" in answered["error"]["message"]
    assert (await desk.call(TEN, "'DROP]}" * 100))["status"] == 405


async def test_ping_needs_no_token_but_checks_one_that_is_sent(desk: Desk) -> None:
    assert (await desk.call(None, "Ping"))["status"] == 200
    assert (await desk.call(TEN, "Ping"))["status"] == 200
    assert (await desk.call(token(10, exp=NOW), "Ping"))["status"] == 401
    assert (await desk.call("", "Ping"))["status"] == 401


def unsigned() -> str:
    return jwt.encode(make_claims(), "", algorithm="none")


def otherwise_signed(algorithm: str) -> str:
    assert isinstance(KEY.key, bytes)
    return jwt.encode(make_claims(), KEY.key * 2, algorithm=algorithm)


BAD_TOKENS = [
    "",
    "x",
    "a.b.c",
    TEN[:-2],
    TEN + "x",
    TEN + " ",
    "x" * 10_000,
    "é🙂",
    unsigned(),
    otherwise_signed("HS256"),
    otherwise_signed("HS512"),
    token(10, exp=NOW),
    token(10, exp="soon"),
    token(10, nbf=NOW + 1),
    token(0),
    token(-1),
    token(2**53),
    token(10, desks=None),
    token(10, desks=""),
    token(10, desks="!A"),
    token(10, brands=5),
    token(10, desks="A" * 1025),
]


@pytest.mark.parametrize("bad", BAD_TOKENS)
async def test_a_bad_token_is_401_for_every_command(desk: Desk, bad: str) -> None:
    for name in (*COMMANDS, "NoSuchCommand"):
        answered = await desk.call(bad, name, id=1)
        assert error_of(answered) == (401, "UNAUTHORIZED", None)
        assert bad[:8] == "" or "secret" not in answered["error"]["message"]


@pytest.mark.parametrize("sent", [5, True, ["x"], {"a": 1}])
async def test_a_token_that_is_no_string_is_401(desk: Desk, sent: object) -> None:
    frame = json.dumps({"command": GET, "extID": "7", "data": {"id": 1}, "__token": sent}).encode()
    answered = await desk.frame(frame)
    assert (answered["extID"], error_of(answered)[:2]) == ("7", (401, "UNAUTHORIZED"))


async def test_every_command_but_ping_needs_a_token(desk: Desk) -> None:
    for name in {*COMMANDS, "NoSuchCommand"} - {"Ping"}:
        assert (await desk.call(None, name))["status"] == 401


async def test_exp_is_checked_on_every_request(desk: Desk) -> None:
    assert (await desk.call(TEN, GET, id=1))["status"] == 404
    desk.clock.time = NOW + 3600
    assert (await desk.call(TEN, GET, id=1))["status"] == 401
    assert (await desk.call(token(10, exp=NOW + 3601), GET, id=1))["status"] == 404


async def test_when_other_keys_count_no_token_of_the_old_ones_does(desk: Desk) -> None:
    assert (await desk.call(TEN, GET, id=1))["status"] == 404
    new = secret_key("another secret of at least 32 bytes")
    desk.services.verifier.replace_keys([new])
    assert (await desk.call(TEN, GET, id=1))["status"] == 401
    assert (await desk.call(sign(new, make_claims(id=10)), GET, id=1))["status"] == 404


async def test_a_connection_remembers_so_many_tokens_and_no_more(desk: Desk) -> None:
    for number in range(REMEMBERED_TOKENS + 5):
        assert (await desk.call(token(10, name=str(number)), "Ping"))["status"] == 200
    assert 0 < len(desk.peer.tokens) <= REMEMBERED_TOKENS


@pytest.mark.parametrize("kind", [*SessionType, 99, -1])
async def test_only_the_five_session_types_may_use_calendar_commands(desk: Desk, kind: int) -> None:
    for name in CALENDAR_COMMANDS:
        answered = await desk.call(token(10, kind), name)
        is_allowed = kind in (ADMIN_TYPES if "Webhook" in name else CALENDAR_TYPES)
        if is_allowed:
            assert answered["status"] in (200, 400, 404)
        else:
            assert error_of(answered) == (403, "FORBIDDEN", None)
    assert (await desk.call(token(10, kind), "Ping"))["status"] == 200


async def test_data_access_is_thrown_away(desk: Desk) -> None:
    event = await desk.add(TEN, __access={"id": 1, "type": CRM_ADMIN})
    assert event["created_by"] == 10


EXPIRED = token(10, exp=NOW)
USER = token(10, 0)


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (b'{"command":5,"data":[],"__token":"x"}', 400),
        (request("NoSuchCommand", 1, {}, EXPIRED), 401),
        (request(GET, 1, {"id": "x"}, EXPIRED), 401),
        (request("NoSuchCommand", 1, {}, USER), 405),
        (request(GET, 1, {"id": "x"}, USER), 403),
        (request(ADD, 1, {}, USER), 403),
        (request(GET, 1, {"id": "x"}, TEN), 400),
        (request(UPDATE, 1, {"id": 999, "title": ""}, TEN), 400),
        (request(UPDATE, 1, {"id": 999, "start_time": 9, "end_time": 8}, TEN), 400),
        (request(UPDATE, 1, {"id": 999, "if_version": 9}, TEN), 404),
    ],
)
async def test_the_first_check_that_fails_answers(desk: Desk, frame: bytes, status: int) -> None:
    assert (await desk.frame(frame))["status"] == status


async def test_checks_of_the_stored_event_come_last(desk: Desk) -> None:
    """404 before 403 before 409 before what depends on the stored event."""
    await desk.add(TEN, desk="DESK_US", participant_manager_ids=[12])
    outsider, guest = token(11, desks="DESK_EU"), token(12, desks="DESK_EU")
    owner = token(10, desks="DESK_EU")
    late = {"id": 1, "if_version": 9, "end_time": 5}
    assert (await desk.call(outsider, UPDATE, **late, desk="DESK_XX"))["status"] == 404
    assert (await desk.call(guest, UPDATE, **late))["status"] == 403
    assert (await desk.call(owner, UPDATE, **late, desk="DESK_XX"))["status"] == 403
    assert (await desk.call(owner, UPDATE, **late))["status"] == 409
    late["if_version"] = 1
    assert error_of(await desk.call(owner, UPDATE, **late)) == (400, "INVALID_FIELD", "end_time")
    respond = "MngRespondCalendarEvent"
    seer = token(13)
    assert (await desk.call(outsider, respond, id=1, status=1, if_version=9))["status"] == 404
    assert (await desk.call(seer, respond, id=1, status=1, if_version=9))["status"] == 403
    assert (await desk.call(guest, respond, id=1, status=1, if_version=9))["status"] == 409


async def test_the_404_of_an_invisible_event_is_that_of_a_missing_one(desk: Desk) -> None:
    await desk.add(TEN, desk="DESK_US", title="secret")
    outsider = token(11, desks="DESK_EU")
    for name, more in (
        (GET, {}),
        (UPDATE, {"title": "x"}),
        ("MngDeleteCalendarEvent", {}),
        ("MngArchiveCalendarEvent", {}),
        ("MngCompleteCalendarEvent", {"if_version": 1}),
        ("MngRespondCalendarEvent", {"status": 1}),
        ("MngGetCalendarEventHistory", {}),
    ):
        hidden = await desk.call(outsider, name, id=1, **more)
        missing = await desk.call(outsider, name, id=2, **more)
        assert hidden["status"] == 404
        assert json.dumps(hidden).replace("event 1", "event 2") == json.dumps(missing)


async def test_an_internal_error_has_an_incident_and_no_details(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> float:
        raise ZeroDivisionError("the inside")

    services = msgspec.structs.replace(desk.services, now=broken)
    dispatcher = msgspec.structs.replace(desk.dispatcher, services=services)
    failing = Desk(dispatcher, desk.clock)
    answered = await failing.frame(request("Ping", 5, {}, None))
    assert error_of(answered) == (500, "INTERNAL", None)
    assert answered["extID"] == 5
    assert "inside" not in json.dumps(answered)
    assert answered["error"]["incident"] in caplog.text and "the inside" in caplog.text


async def test_a_stopping_server_refuses_new_requests_and_applies_nothing(desk: Desk) -> None:
    desk.dispatcher.lifecycle.is_stopping = True
    answered = await desk.call(TEN, ADD, **new_event())
    assert error_of(answered) == (503, "UNAVAILABLE", None)
    desk.dispatcher.lifecycle.is_stopping = False
    assert await desk.rows(TEN) == ([], 0)

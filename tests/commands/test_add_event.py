"""MngAddCalendarEvent: defaults, forms, checks. Source: seed 001; contract, sections 4 and 5."""

import json
from typing import Any

import pytest

from harness import Desk, error_of, new_event, request, token
from helpers import NOW

TEN = token(10)
FIELDS = (
    "id brand desk owner_manager_id created_by updated_by type status priority title ast_json "
    "start_time end_time all_day timezone remind_time remind_before_sec reminder_sent_time "
    "customer_id lead_id login created_time updated_time version participants"
)


async def test_an_event_with_nothing_but_the_required_fields_gets_every_default(
    desk: Desk,
) -> None:
    assert await desk.add(TEN) == {
        "id": 1,
        "brand": "default",
        "desk": "",
        "owner_manager_id": 10,
        "created_by": 10,
        "updated_by": 0,
        "type": 0,
        "status": 0,
        "priority": 1,
        "title": "Retention sync",
        "ast_json": None,
        "start_time": NOW,
        "end_time": NOW + 3600,
        "all_day": 0,
        "timezone": "",
        "remind_time": 0,
        "remind_before_sec": 0,
        "reminder_sent_time": 0,
        "customer_id": 0,
        "lead_id": 0,
        "login": 0,
        "created_time": NOW,
        "updated_time": NOW,
        "version": 1,
        "participants": [
            {
                "event_id": 1,
                "manager_id": 10,
                "role": 0,
                "status": 1,
                "created_time": NOW,
                "updated_time": NOW,
            }
        ],
    }


async def test_the_keys_come_in_the_order_of_the_contract(desk: Desk) -> None:
    assert " ".join(await desk.add(TEN)) == FIELDS


async def test_null_for_an_optional_field_means_absent(desk: Desk) -> None:
    nulls: dict[str, Any] = dict.fromkeys(
        set(FIELDS.split()) - {"id", "title", "start_time", "end_time"}, None
    )
    event = await desk.add(TEN, **nulls, participant_manager_ids=None, idempotency_key=None)
    assert event == await desk.add(TEN) | {"id": 1, "participants": event["participants"]}


async def test_read_only_and_unknown_keys_are_ignored(desk: Desk) -> None:
    event = await desk.add(
        TEN,
        id=77,
        version=9,
        updated_by=5,
        created_time=5,
        updated_time=5,
        reminder_sent_time=5,
        __access={"id": 1, "type": 3},
        nonsense={"a": [1]},
    )
    assert (event["id"], event["version"], event["updated_by"]) == (1, 1, 0)
    assert (event["created_time"], event["updated_time"]) == (NOW, NOW)
    assert (event["created_by"], event["reminder_sent_time"]) == (10, 0)


async def test_zero_for_creator_and_owner_means_the_manager_of_the_token(desk: Desk) -> None:
    event = await desk.add(TEN, created_by=0, owner_manager_id=0)
    assert (event["created_by"], event["owner_manager_id"]) == (10, 10)


async def test_the_owner_defaults_to_the_creator_that_was_sent(desk: Desk) -> None:
    event = await desk.add(TEN, created_by=12, desk="D")
    assert (event["created_by"], event["owner_manager_id"]) == (12, 12)
    assert [row["manager_id"] for row in event["participants"]] == [12]


async def test_texts_are_stored_trimmed_and_the_desk_in_upper_case(desk: Desk) -> None:
    event = await desk.add(TEN, title="  a\t", desk=" desk_eu ", brand="")
    assert (event["title"], event["desk"], event["brand"]) == ("a", "DESK_EU", "default")


@pytest.mark.parametrize(
    "title",
    ["O'Brien, [VIP]} Анна 🙂", "'", "]}", "\u2028\u2029", "\x7f\x80\x9f", '"\\/', "a\nb\r\tc"],
)
async def test_any_title_comes_back_as_it_was_sent(desk: Desk, title: str) -> None:
    event = await desk.add(TEN, title=f"x{title}x", ast_json={title: [title]})
    assert event["title"] == f"x{title}x"
    assert event["ast_json"] == {title: [title]}
    assert (await desk.event(TEN, "MngGetCalendarEvent", id=1)) == event


@pytest.mark.parametrize(
    "ast",
    [
        "null",
        '""',
        '"text"',
        "[]",
        "{}",
        '{"b":1,"a":{"z":[1.50,1e2,-0.0,1E-7,123456789012345678901234567890]}}',
        '[{"a":1,"a":2}]',
        "[" * 64 + "]" * 64,
    ],
)
async def test_ast_json_comes_back_with_the_same_keys_numbers_and_nesting(
    desk: Desk, ast: str
) -> None:
    frame = request("MngAddCalendarEvent", 1, new_event(ast_json="AST"), TEN)
    answered = await desk.frame(frame.replace(b'"AST"', ast.encode()))
    assert answered["status"] == 200
    record = await desk.services.store.load(1)
    assert record is not None and b'"ast_json":' + ast.encode() + b"," in record.document


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title"),
    ({"title": " \t "}, "title"),
    ({"title": "x" * 501}, "title"),
    ({"title": 5}, "title"),
    ({"start_time": 0}, "start_time"),
    ({"start_time": -1}, "start_time"),
    ({"start_time": "1"}, "start_time"),
    ({"start_time": 1.0}, "start_time"),
    ({"start_time": True}, "start_time"),
    ({"start_time": NOW * 1000}, "start_time"),
    ({"end_time": NOW - 1}, "end_time"),
    ({"end_time": NOW * 1000}, "end_time"),
    ({"type": 7}, "type"),
    ({"status": 4}, "status"),
    ({"priority": -1}, "priority"),
    ({"all_day": 2}, "all_day"),
    ({"all_day": True}, "all_day"),
    ({"timezone": "Mars/Base"}, "timezone"),
    ({"brand": "a,b"}, "brand"),
    ({"brand": "x" * 65}, "brand"),
    ({"desk": "a*"}, "desk"),
    ({"desk": "!a"}, "desk"),
    ({"desk": "a\x00"}, "desk"),
    ({"customer_id": -1}, "customer_id"),
    ({"customer_id": 2**53}, "customer_id"),
    ({"lead_id": "5"}, "lead_id"),
    ({"login": 10**30}, "login"),
    ({"remind_time": -1}, "remind_time"),
    ({"remind_before_sec": 0.5}, "remind_before_sec"),
    ({"owner_manager_id": -1}, "owner_manager_id"),
    ({"ast_json": 5}, "ast_json"),
    ({"ast_json": True}, "ast_json"),
    ({"ast_json": "x" * 262_144}, "ast_json"),
    ({"participant_manager_ids": [0]}, "participant_manager_ids[0]"),
    ({"participant_manager_ids": ["1"]}, "participant_manager_ids[0]"),
    ({"participant_manager_ids": 5}, "participant_manager_ids"),
    ({"participant_manager_ids": list(range(1, 1002))}, "participant_manager_ids"),
    ({"participants": [{"role": 1}]}, "participants[0].manager_id"),
    ({"participants": [{"manager_id": 1}, {"manager_id": 1}]}, "participants[1].manager_id"),
    ({"participants": [{"manager_id": 1, "role": 3}]}, "participants[0].role"),
    ({"participants": [{"manager_id": 1, "status": 4}]}, "participants[0].status"),
    ({"participants": [5]}, "participants[0]"),
    ({"idempotency_key": ""}, "idempotency_key"),
    ({"idempotency_key": "x" * 129}, "idempotency_key"),
]


@pytest.mark.parametrize(("fields", "field"), REFUSED)
async def test_a_field_with_a_wrong_value_is_refused_by_its_name(
    desk: Desk, fields: dict[str, Any], field: str
) -> None:
    answered = await desk.call(TEN, "MngAddCalendarEvent", **new_event(**fields))
    status, code, named = error_of(answered)
    assert status == 400 and code in ("INVALID_FIELD", "FIELD_REQUIRED")
    assert named == field
    assert field.split(".")[-1].split("[")[0] in answered["error"]["message"]
    assert await desk.rows(TEN) == ([], 0)


@pytest.mark.parametrize("missing", ["title", "start_time", "end_time"])
async def test_a_missing_or_null_required_field_is_named(desk: Desk, missing: str) -> None:
    data = new_event()
    del data[missing]
    for sent in (data, data | {missing: None}):
        answered = await desk.call(TEN, "MngAddCalendarEvent", **sent)
        assert error_of(answered) == (400, "FIELD_REQUIRED", missing)


async def test_the_limits_themselves_are_allowed(desk: Desk) -> None:
    event = await desk.add(
        TEN,
        title="x" * 500,
        brand="b" * 64,
        desk="d" * 64,
        start_time=1,
        end_time=253_402_300_799,
        customer_id=2**53 - 1,
        ast_json="x" * 262_142,
        participant_manager_ids=list(range(1, 1001)),
    )
    assert len(event["participants"]) == 1000
    assert (await desk.add(TEN, end_time=NOW))["end_time"] == NOW


async def test_participants_go_before_participant_manager_ids(desk: Desk) -> None:
    rows = [{"manager_id": 30, "role": 2, "status": 3, "created_time": 5, "updated_time": 6}]
    event = await desk.add(TEN, participants=rows, participant_manager_ids=[40])
    assert event["participants"][1:] == [{"event_id": 1, **rows[0]}]


async def test_repeated_ids_fold_into_one_row_and_the_owner_is_first(
    desk: Desk,
) -> None:
    event = await desk.add(TEN, participant_manager_ids=[12, 10, 12, 11])
    rows = [(row["manager_id"], row["role"], row["status"]) for row in event["participants"]]
    assert rows == [(10, 0, 1), (12, 1, 0), (11, 1, 0)]


async def test_there_is_exactly_one_organizer(desk: Desk) -> None:
    rows = [{"manager_id": 30, "role": 0}, {"manager_id": 10, "role": 2, "status": 3}]
    event = await desk.add(TEN, participants=rows)
    found = [(row["manager_id"], row["role"], row["status"]) for row in event["participants"]]
    assert found == [(10, 0, 3), (30, 1, 0)]


async def test_surrogate_pairs_are_one_character_and_lone_ones_are_refused(desk: Desk) -> None:
    frame = request("MngAddCalendarEvent", 1, new_event(title="T"), TEN)
    paired = frame.replace(b'"T"', rb'"\ud83d\ude42"')
    assert (await desk.frame(paired))["data"]["event"]["title"] == "🙂"
    for lone in (rb'"\ud83d"', rb'"\ude42x"', rb'"\ud83d\ud83d"'):
        assert (await desk.frame(frame.replace(b'"T"', lone)))["status"] == 400
    hidden = json.loads(frame)
    hidden["data"]["ast_json"] = "AST"
    text = json.dumps(hidden).encode()
    answered = await desk.frame(text.replace(b'"AST"', rb'{"a":"\ud83d"}'))
    assert error_of(answered)[:2] in ((400, "INVALID_FIELD"), (400, "INVALID_JSON"))

"""Unusual data of every command: unknown keys, nulls, wrong numbers. Contract, section 6."""

import asyncio
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
import pytest
from msgspec import Raw, Struct

from deskcal.commands import COMMANDS
from deskcal.core.event import READ_ONLY
from deskcal.wire.data import decode_data
from harness import Desk, error_of, everything, new_event, token
from helpers import NOW

TEN = token(10)
ADD, UPDATE = "MngAddCalendarEvent", "MngUpdateCalendarEvent"
LIST, GET = "MngGetCalendarEventsByFilter", "MngGetCalendarEvent"


@pytest.fixture(params=["a token never seen", "a token seen before"])
async def desk(request: pytest.FixtureRequest, desk: Desk) -> Desk:
    """What is seen the first time on a connection takes a longer way: every answer is the same."""
    if request.param == "a token seen before":
        assert (await desk.call(TEN, "Ping"))["status"] == 200
    return desk


UNKNOWN = [
    (LIST, everything(owner_manager_ids=[1], Status=1), ["owner_manager_ids", "Status"]),
    (ADD, new_event(priorty=3), ["priorty"]),
    (UPDATE, {"id": 1, "titel": "x"}, ["titel"]),
    (GET, {"id": 1, "ID": 1, "']}é": 1}, ["ID", "']}é"]),
    ("MngArchiveCalendarEvent", {"id": 1, "version": 1}, ["version"]),
    ("MngGetCalendarChanges", {"deskFilter": "*", "since": 0, "login_id": 5}, ["login_id"]),
    ("MngGetCalendarDirectory", {"deskFilter": "*", "desk": ""}, ["desk"]),
    ("MngGetCalendarFreeBusy", {"manager_ids": [1], "from": 1, "to": 2, "x": 0}, ["x"]),
    ("Subscribe", {"chanels": [], "Since": 1}, ["Since"]),
    ("Ping", {"x": 1}, ["x"]),
]


@pytest.mark.parametrize(("command", "data", "ignored"), UNKNOWN)
async def test_unknown_keys_are_named_at_the_end_of_the_answer(
    desk: Desk, command: str, data: dict[str, Any], ignored: list[str]
) -> None:
    await desk.add(TEN)
    answered = await desk.call(TEN, command, **data)
    assert answered["status"] == 200, answered
    assert (list(answered["data"])[-1], answered["data"]["ignored"]) == ("ignored", ignored)
    plain = await desk.call(TEN, command, **{k: v for k, v in data.items() if k not in ignored})
    assert "ignored" not in plain["data"]
    assert list(plain["data"]) == list(answered["data"])[:-1]


async def test_underscored_and_read_only_keys_are_not_named(desk: Desk) -> None:
    event = await desk.add(TEN, __access={"id": 99}, _note=1)
    answered = await desk.call(TEN, UPDATE, **event, __access={})
    assert answered["data"] == {"event": event}
    answered = await desk.call(TEN, ADD, **(new_event() | {name: 7 for name in READ_ONLY}))
    assert list(answered["data"]) == ["event"]


async def test_of_many_unknown_keys_32_are_named_and_long_ones_are_cut(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await desk.call(TEN, GET, id=1, **{f"{n:03}" + "x" * 1000: n for n in range(100)})
    ignored = answered["data"]["ignored"]
    assert (len(ignored), ignored[31]) == (32, "031" + "x" * 61)


@pytest.mark.parametrize(
    ("command", "data", "message"),
    [
        (GET, {"idd": 1}, "id is required; did you mean it by idd?"),
        (GET, {"ID": 1}, "id is required; did you mean it by ID?"),
        (GET, {"number": 1}, "id is required"),
        (LIST, {"deskfilter": "*"}, "deskFilter is required; did you mean it by deskfilter?"),
        (
            ADD,
            {"titel": "x", "type": 1},
            "title is required to create an event; did you mean it by titel?",
        ),
    ],
)
async def test_a_required_field_that_is_misspelt_is_pointed_out(
    desk: Desk, command: str, data: dict[str, Any], message: str
) -> None:
    answered = await desk.call(TEN, command, **data)
    assert answered["error"]["code"] == "FIELD_REQUIRED"
    assert answered["error"]["message"] == message


async def test_a_refused_number_names_its_choices_once(desk: Desk) -> None:
    answered = await desk.call(TEN, LIST, **everything(status=7))
    assert answered["error"]["message"] == (
        "status (7) must be 0 (open), 1 (done), 2 (cancelled) or 3 (archived)"
    )
    answered = await desk.call(TEN, LIST, **everything(type=[9]))
    assert answered["error"]["message"].count("0 (task)") == 1


async def test_null_for_an_optional_field_means_absent(desk: Desk) -> None:
    await desk.add(TEN)
    asked = {"deskFilter": "*", "since": 0, "limit": None}
    assert len((await desk.call(TEN, "MngGetCalendarChanges", **asked))["data"]["changes"]) == 1
    asked = {"manager_ids": [10], "from": NOW, "to": NOW + 7200, "duration_sec": 3600}
    found = await desk.call(
        TEN, "MngFindCalendarSlots", **asked, step_sec=None, limit=None, hours=None
    )
    assert found == await desk.call(TEN, "MngFindCalendarSlots", **asked)
    found = await desk.call(TEN, "MngFindCalendarSlots", **asked, limit=None, step_sec=1)
    assert error_of(found) == (400, "INVALID_FIELD", "step_sec")


@pytest.mark.parametrize("name", COMMANDS)
def test_null_is_taken_for_every_optional_field_of_every_command(name: str) -> None:
    command = COMMANDS[name]
    for field in msgspec.structs.fields(command.data):
        if not field.required:
            with pytest.raises(Exception, match=r"is required|^$") as caught:
                decode_data(command.decoder, Raw(b'{"%b":null}' % field.encode_name.encode()))
                raise AssertionError
            assert field.encode_name not in str(caught.value)


@pytest.mark.parametrize("name", COMMANDS)
def test_optional_fields_inside_a_field_take_null_by_their_type(name: str) -> None:
    """The decoder takes nulls away at the top of `data` only."""
    inner = [one for f in msgspec.structs.fields(COMMANDS[name].data) for one in structs_in(f.type)]
    for struct in inner:
        for field in msgspec.structs.fields(struct):
            takes_null = field.type is Raw or type(None) in get_args(field.type)
            assert field.required or takes_null, (struct, field.name)


def structs_in(hint: Any) -> Iterator[type[Struct]]:
    """The structs in a hint, with those inside them."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield hint
        for field in msgspec.structs.fields(hint):
            yield from structs_in(field.type)
    elif get_origin(hint) in (Annotated, Union, types.UnionType, list, tuple, dict):
        for part in get_args(hint):
            yield from structs_in(part)


RANGE = {"from": 0, "to": NOW * 2}
HANDOVER = {"deskFilter": "*", "from_manager_id": 10, "to_manager_ids": [12]}


@pytest.mark.parametrize(
    ("command", "data"),
    [
        (ADD, new_event()),
        (UPDATE, {"id": 1}),
        ("MngCompleteCalendarEvent", {"id": 1}),
        (LIST, everything()),
        ("MngGetCalendarChanges", {"deskFilter": "*"}),
        ("MngSearchCalendarEvents", {"deskFilter": "*", "q": "retention"}),
        ("MngGetCalendarSummary", {"deskFilter": "*", "group_by": "type", **RANGE}),
        ("MngHandoverCalendarEvents", HANDOVER),
    ],
)
async def test_an_outcome_has_no_control_character_which_one_database_cannot_hold(
    desk: Desk, command: str, data: dict[str, Any]
) -> None:
    """With U+0000 PostgreSQL failed all mutations that were committed with it."""
    await desk.add(TEN)
    wrong = desk.call(TEN, command, **(data | {"outcome": "won\0"}))
    right = desk.call(TEN, UPDATE, id=1, title="Other")
    refused, changed = await asyncio.gather(wrong, right)
    assert error_of(refused) == (400, "INVALID_FIELD", "outcome")
    assert changed["status"] == 200

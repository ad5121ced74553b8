"""The error of a wrong field: its path, its value as sent, and the rule, in English."""

import enum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Raw, Struct

from deskcal.core.draft import EventFields
from deskcal.core.event import Id
from deskcal.errors import DeskcalError, FieldRequired, InvalidField, InvalidJson
from deskcal.wire.data import decode_data
from deskcal.wire.envelope import BadRequest, decode_request
from deskcal.wire.field_errors import ignored_keys, with_suggestion

_decoder = msgspec.json.Decoder(EventFields)


class Hours(Struct):
    """Something inside something."""

    start: Annotated[str, Meta(pattern="^[0-2]")]


class GroupBy(enum.Enum):
    """Names of groups."""

    DAY = "day"
    MANAGER = "manager"


class Wanted(Struct):
    """Fields of the kinds that commands have and events have not."""

    id: Id
    limit: Annotated[int, Meta(ge=1, le=5000)] = 1
    key: Annotated[str, Meta(max_length=3)] = ""
    manager_ids: Annotated[list[Id], Meta(min_length=1, max_length=2)] | None = None
    table: Annotated[dict[str, int], Meta(max_length=1)] | None = None
    ratio: float = 0
    flag: bool = False
    status: int | list[int] = 0
    hours: Hours | None = None
    need: Literal["all", "any"] = "all"
    numbers: list[Literal[2, 4]] | None = None
    group_by: GroupBy | None = None
    roles: Annotated[tuple[Literal["owner", "guest"], ...], Meta(min_length=1)] = ("owner",)


_wanted = msgspec.json.Decoder(Wanted)


def complaint(data: str, decoder: msgspec.json.Decoder[Any] = _decoder) -> DeskcalError:
    with pytest.raises(DeskcalError) as caught:
        decode_data(decoder, Raw(data.encode()))
    return caught.value


INTEGER = "must be an integer or null"
UNFRACTIONED = f"{INTEGER}, written without a fraction or exponent"
LARGEST = "is more than 9007199254740991, the largest integer that every client can hold"
MILLISECONDS = (
    "is more than 253402300799, the end of the year 9999: "
    "times are in seconds, this looks like milliseconds"
)
SHORTER = "is more than 253402300799: it is in seconds, this looks like a shorter unit"
STATUSES = "must be 0 (open), 1 (done), 2 (cancelled) or 3 (archived)"
TYPES = (
    "must be 0 (task), 1 (reminder), 2 (call), 3 (meeting), 4 (follow-up), 5 (deadline) "
    "or 6 (system)"
)
ROLES = "must be 0 (organizer), 1 (required) or 2 (optional)"
ANSWERS = "must be 0 (invited), 1 (accepted), 2 (declined) or 3 (tentative)"


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("login", "true", INTEGER),
        ("login", "false", INTEGER),
        ("login", '"1"', INTEGER),
        ("login", "[1]", INTEGER),
        ("login", '{"a":1}', INTEGER),
        ("login", "1.0", UNFRACTIONED),
        ("login", "-1.5", UNFRACTIONED),
        ("login", "1e3", UNFRACTIONED),
        ("login", "-1", "must be at least 0"),
        ("login", "9007199254740992", LARGEST),
        ("login", "9223372036854775808", LARGEST),
        ("login", "18446744073709551616", LARGEST),
        ("login", "-9223372036854775809", "must be at least 0"),
        ("login", "1e400", "is beyond the range of every number here"),
        ("all_day", "true", INTEGER),
        ("all_day", "2", "must be at most 1"),
        ("all_day", "-1", "must be at least 0"),
        ("start_time", "1710000000000", MILLISECONDS),
        ("start_time", "253402300800", MILLISECONDS),
        ("end_time", "1710000000000", MILLISECONDS),
        ("remind_time", "1710000000000", MILLISECONDS),
        ("start_time", "-1", "must be at least 0"),
        ("start_time", '"2024-03-09"', "must be an integer"),
        ("title", '["a"]', "must be a string"),
        ("title", "5", "must be a string"),
        ("remind_before_sec", "253402300800", SHORTER),
        ("timezone", "2", "must be a string or null"),
        ("participants", "{}", "must be an array or null"),
        ("participants", '"10,11"', "must be an array or null"),
        ("participant_manager_ids", "10", "must be an array or null"),
        ("status", "4", STATUSES),
        ("status", "-1", STATUSES),
        ("status", '"done"', STATUSES),
        ("status", "1.0", STATUSES),
        ("status", "true", STATUSES),
        ("status", "18446744073709551616", STATUSES),
        ("type", "7", TYPES),
        ("priority", "9", "must be 0 (low), 1 (normal), 2 (high) or 3 (urgent)"),
    ],
)
def test_a_wrong_value_is_named_with_its_field_and_rule(field: str, value: str, rule: str) -> None:
    error = complaint(f'{{"{field}":{value}}}')
    assert type(error) is InvalidField
    assert (str(error), error.field) == (f"{field} ({value}) {rule}", field)


@pytest.mark.parametrize(
    ("data", "field", "rule"),
    [
        ('{"participants":[{"manager_id":1},null]}', "participants[1]", "(null) must be an object"),
        (
            '{"participants":[{"manager_id":1},{"manager_id":"2"}]}',
            "participants[1].manager_id",
            '("2") must be an integer',
        ),
        ('{"participants":[{"manager_id":1,"role":3}]}', "participants[0].role", f"(3) {ROLES}"),
        (
            '{"participants":[{"manager_id":1,"status":4}]}',
            "participants[0].status",
            f"(4) {ANSWERS}",
        ),
        (
            '{"participant_manager_ids":[1,2.0]}',
            "participant_manager_ids[1]",
            "(2.0) must be an integer, written without a fraction or exponent",
        ),
    ],
)
def test_a_wrong_value_inside_a_list_is_named_with_its_path(
    data: str, field: str, rule: str
) -> None:
    error = complaint(data)
    assert (str(error), error.field) == (f"{field} {rule}", field)


def test_a_missing_field_inside_a_list_is_named_with_its_path() -> None:
    error = complaint('{"participants":[{"manager_id":1},{"role":1}]}')
    assert type(error) is FieldRequired
    assert (str(error), error.field) == (
        "participants[1].manager_id is required",
        "participants[1].manager_id",
    )


@pytest.mark.parametrize(
    ("rest", "field", "rule"),
    [
        ('"limit":0', "limit", "(0) must be at least 1"),
        ('"limit":5001', "limit", "(5001) must be at most 5000"),
        ('"key":"abcd"', "key", '("abcd") must have at most 3 characters'),
        ('"manager_ids":[]', "manager_ids", "([]) must have at least 1 row"),
        ('"manager_ids":[1,2,3]', "manager_ids", "([1,2,3]) must have at most 2 rows"),
        ('"table":{"a":1,"b":2}', "table", '({"a":1,"b":2}) must have at most 1 key'),
        ('"ratio":"x"', "ratio", '("x") must be a number'),
        ('"flag":1', "flag", "(1) must be true or false"),
        ('"status":"x"', "status", '("x") must be an integer or an array'),
        ('"hours":{"start":5}', "hours.start", "(5) must be a string"),
        ('"need":"some"', "need", '("some") must be "all" or "any"'),
        ('"numbers":[2,3]', "numbers[1]", "(3) must be 2 or 4"),
        ('"numbers":2', "numbers", "(2) must be an array of 2 or 4"),
        ('"roles":"owner"', "roles", '("owner") must be an array of "owner" or "guest"'),
        ('"roles":[]', "roles", "([]) must have at least 1 row"),
        ('"group_by":"week"', "group_by", '("week") must be "day" or "manager"'),
    ],
)
def test_the_kinds_of_rules_that_commands_have_read_like_english_too(
    rest: str, field: str, rule: str
) -> None:
    error = complaint(f'{{"id":1,{rest}}}', _wanted)
    assert (str(error), error.field) == (f"{field} {rule}", field)


def test_a_missing_field_at_the_top_is_named() -> None:
    error = complaint("{}", _wanted)
    assert type(error) is FieldRequired
    assert (str(error), error.field) == ("id is required", "id")


def test_a_missing_field_inside_an_object_is_named_with_its_path() -> None:
    assert str(complaint('{"id":1,"hours":{}}', _wanted)) == "hours.start is required"


def test_a_rule_that_has_no_words_of_ours_is_reported_in_the_decoders() -> None:
    error = complaint('{"id":1,"hours":{"start":"9"}}', _wanted)
    assert str(error) == ("hours.start (\"9\") is refused: Expected `str` matching regex '^[0-2]'")


def test_data_that_is_no_object_is_the_field_itself() -> None:
    error = complaint("[]")
    assert (str(error), error.field) == ("data ([]) must be an object", "data")


def test_text_that_is_not_json_is_reported() -> None:
    assert type(complaint('{"login":NaN}')) is InvalidJson


def test_an_integer_of_10_000_digits_is_refused_by_its_field_and_shown_cut() -> None:
    error = complaint('{"login":' + "9" * 10_000 + "}")
    assert error.field == "login"
    assert str(error) == f"login ({'9' * 57}...) is beyond the range of every number here"


@pytest.mark.parametrize("length", [58, 59, 10_000])
def test_a_long_value_is_shown_in_60_characters_at_most(length: int) -> None:
    value = '"' + "x" * length + '"'
    shown = value if len(value) <= 60 else value[:57] + "..."
    assert str(complaint(f'{{"login":{value}}}')) == f"login ({shown}) {INTEGER}"


@pytest.mark.parametrize("other", ["1e400", "9" * 10_000, "[" * 60 + "]" * 60, '"é"'])
def test_another_value_that_no_reader_takes_does_not_hide_the_fault(other: str) -> None:
    error = complaint(f'{{"zz":{other},"login":"x","ast_json":[{other}]}}')
    assert (str(error), error.field) == (f'login ("x") {INTEGER}', "login")


def test_of_a_key_that_comes_twice_the_last_is_shown() -> None:
    assert str(complaint('{"title":"x","title":7}')) == "title (7) must be a string"


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inside: st.lists(inside) | st.dictionaries(st.sampled_from(["manager_id"]), inside),
)


@given(st.dictionaries(st.sampled_from(EventFields.__struct_fields__), anything))
def test_whatever_a_message_contains_is_decoded_or_refused_by_field(data: dict[str, Any]) -> None:
    text = msgspec.json.encode({"command": "MngUpdateCalendarEvent", "data": data})
    try:
        decode_data(_decoder, decode_request(text).data)
    except InvalidField as error:
        assert error.field and str(error).startswith(error.field)
        assert error.field.split("[")[0] in data
    except BadRequest as bad:
        assert "nested" in str(bad)


def test_ignored_keys_are_the_unknown_ones_cut_and_counted() -> None:
    sent = {"id": 1, "priorty": 3, "_note": 1, "x" * 70: 1}
    assert ignored_keys({"id"}, Raw(msgspec.json.encode(sent))) == ["priorty", "x" * 64]
    assert ignored_keys({"id"}, Raw(b"null")) == []
    many = Raw(msgspec.json.encode({f"k{number}": 1 for number in range(40)}))
    assert len(ignored_keys(set(), many)) == 32


def test_a_missing_field_is_suggested_by_the_nearest_unknown_key() -> None:
    error = FieldRequired("id is required", field="id")
    assert with_suggestion(error, ["zzz"]) is error
    suggested = with_suggestion(error, ["zzz", "IDD"])
    assert suggested.message == "id is required; did you mean it by IDD?"
    assert suggested.field == "id"

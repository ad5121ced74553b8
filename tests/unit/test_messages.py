"""The envelope of a request: what is one, and what is refused."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from deskcal.errors import (
    InvalidField,
    InvalidJson,
    InvalidRequest,
)
from deskcal.wire.data import decode_data
from deskcal.wire.envelope import (
    BadRequest,
    Request,
    decode_request,
    encode_error,
    plain_ext_id,
)
from unit.frames import DEEP, Nothing, frame, nested, refusal


def test_a_request_is_taken_apart_with_its_data_still_as_text() -> None:
    request = decode_request(
        b'{"command":"MngGetCalendarEvent","extID":"1","data":{"id": 1.50},"__token":"a.b.c"}'
    )
    assert request == Request("MngGetCalendarEvent", Raw(b'"1"'), Raw(b'{"id": 1.50}'), "a.b.c")


def test_a_command_alone_is_a_request() -> None:
    assert decode_request(b'{"command":"Ping"}') == Request(
        "Ping", Raw(b"null"), Raw(b"null"), None
    )


def test_unknown_keys_of_the_envelope_are_ignored() -> None:
    text = b'{"zz":[{"a":1e400}],"command":"Ping","more":' + b"9" * 10_000 + b"}"
    assert decode_request(text) == Request("Ping", Raw(b"null"), Raw(b"null"), None)


def test_of_a_key_that_comes_twice_the_last_counts() -> None:
    assert decode_request(b'{"command":"A","extID":1,"command":"B","extID":2}').command == "B"
    assert decode_request(b'{"command":1,"command":"B"}').command == "B"
    assert refusal(b'{"command":"A","extID":"x","command":1}').ext_id == Raw(b'"x"')


@pytest.mark.parametrize("blanks", [b" ", b"\t", b"\r", b"\r \t"])
def test_blanks_and_bare_carriage_returns_between_tokens_do_not_matter(blanks: bytes) -> None:
    tokens = [b"{", b'"command"', b":", b'"Ping"', b",", b'"extID"', b":", b"7", b",", b'"data"']
    text = blanks.join([b"", *tokens, b":", b"{", b"}", b"}", b""])
    request = decode_request(text)
    assert (request.command, bytes(request.ext_id)) == ("Ping", b"7")
    assert json.loads(bytes(request.data)) == {}


@pytest.mark.parametrize("data", [b"null", b" null ", b"{}"])
def test_absent_or_null_data_is_an_empty_object(data: bytes) -> None:
    request = decode_request(b'{"command":"Ping","data":' + data + b"}")
    assert decode_data(msgspec.json.Decoder(Nothing), request.data) == Nothing()


@pytest.mark.parametrize("data", [[], [{}], "x", "", 0, 1.5, True, False])
def test_data_of_another_type_is_refused_to_its_ext_id(data: Any) -> None:
    bad = refusal(frame(extID="q", data=data))
    assert isinstance(bad.error, InvalidRequest)
    assert (str(bad), bytes(bad.ext_id)) == ("data is no object; send {} or leave it out", b'"q"')


@pytest.mark.parametrize("keys", [{"command": None}, {"command": 1}, {"command": ["Ping"]}])
def test_a_command_of_another_type_is_refused_to_its_ext_id(keys: dict[str, Any]) -> None:
    bad = refusal(frame(extID=7, **keys))
    assert isinstance(bad.error, InvalidRequest)
    assert bytes(bad.ext_id) == b"7"
    assert str(bad) == "command is required, as a string such as 'MngGetCalendarEvent'"


def test_a_missing_command_is_refused_to_its_ext_id() -> None:
    bad = refusal(b'{"extID":"q","data":{}}')
    assert (type(bad.error), bytes(bad.ext_id)) == (InvalidRequest, b'"q"')


@pytest.mark.parametrize(
    "text",
    [
        b'"1"',
        b'""',
        b'"a b.c:d/e+f=g-h_1"',
        b'"' + b"x" * 100_000 + b'"',
        rb'"\u0000\n\"\\"',
        b"0",
        b"-0",
        b"-17",
        b"123456789012345678",
        b"12345678901234567890123",
        b"9" * 10_000,
        b"null",
    ],
)
def test_an_ext_id_is_echoed_byte_by_byte(text: bytes) -> None:
    assert bytes(decode_request(b'{"command":"Ping","extID":' + text + b"}").ext_id) == text


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        ('"é😀"', rb'"\u00e9\ud83d\ude00"'),
        ('"it\'s]}"', rb'"it\u0027s\u005d\u007d"'),
        ('"\x7f"', rb'"\u007f"'),
    ],
)
def test_an_ext_id_is_echoed_in_its_safe_spelling(sent: str, echoed: bytes) -> None:
    request = decode_request(f'{{"command":"Ping","extID":{sent}}}'.encode())
    assert bytes(request.ext_id) == echoed


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.integers())
def test_an_ext_id_comes_back_as_the_same_value(ext_id: str | int) -> None:
    for ascii_only in (True, False):
        text = json.dumps({"command": "Ping", "extID": ext_id}, ensure_ascii=ascii_only)
        echoed = bytes(decode_request(text.encode()).ext_id)
        assert json.loads(echoed) == ext_id
        assert echoed.isascii() and b"\n" not in echoed


@pytest.mark.parametrize("ext_id", [b"1.0", b"1e3", b"1E2", b"true", b"false", b"[]", b"{}"])
def test_an_ext_id_of_another_type_is_refused_to_null(ext_id: bytes) -> None:
    bad = refusal(b'{"command":"Ping","extID":' + ext_id + b"}")
    assert (type(bad.error), bytes(bad.ext_id)) == (InvalidRequest, b"null")
    assert str(bad).startswith("extID is neither a string nor an integer")


@pytest.mark.parametrize("token", [b"5", b"true", b"[]", b"{}"])
def test_a_token_of_another_type_is_handed_on_as_one_that_no_key_signs(token: bytes) -> None:
    assert decode_request(b'{"command":"Ping","__token":' + token + b"}").token == ""


def test_the_data_beside_a_token_of_another_type_is_kept() -> None:
    request = decode_request(b'{"command":"Ping","__token":5,"extID":7,"data":{"id":1}}')
    assert request == Request("Ping", Raw(b"7"), Raw(b'{"id":1}'), "")


def test_a_token_of_null_is_absent() -> None:
    assert decode_request(b'{"command":"Ping","__token":null}').token is None


@pytest.mark.parametrize("text", [b"[]", b"null", b"1", b'"Ping"', b"true", b'[{"command":1}]'])
def test_json_that_is_no_object_is_an_invalid_request(text: bytes) -> None:
    bad = refusal(text)
    assert (type(bad.error), bytes(bad.ext_id)) == (InvalidRequest, b"null")
    assert str(bad) == 'the message is no JSON object; send {"command":...}'


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"x",
        b"\x00",
        b"{",
        b'{"command":"Ping"',
        b"{'command':'Ping'}",
        b'{"command":"Ping",}',
        b'{"command":"Ping"} {}',
        b'{"command":"Ping"}\x00',
        b'{"command":"Pi\x00ng"}',
        b'{"command":"Pi\rng"}',
        b'{"command":"Ping","data":{"title":"a\x01"}}',
        b'{"command":"Ping","data":{"n":NaN}}',
        b'{"command":"Ping","n":Infinity}',
        b'{"command":"Ping","n":-Infinity}',
        b'{"command":"Ping","n":007}',
        b'{"command":"Ping","n":+1}',
        b'{"command":"Ping","n":1.}',
        b'{"command":"Ping" /* why */}',
        rb'{"command":"\x50ing"}',
    ],
)
def test_what_is_not_json_is_refused_with_its_fault(text: bytes) -> None:
    bad = refusal(text)
    assert (type(bad.error), bytes(bad.ext_id)) == (InvalidJson, b"null")
    assert str(bad).startswith("the message is not JSON: ")


@pytest.mark.parametrize("raw", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90"])
@pytest.mark.parametrize("place", [b'"command":"%b"', b'"command":"Ping","data":{"zz":"%b"}'])
def test_invalid_utf_8_is_refused_with_its_position(raw: bytes, place: bytes) -> None:
    text = b"{" + place.replace(b"%b", raw) + b"}"
    bad = refusal(text)
    assert isinstance(bad.error, InvalidJson)
    assert str(bad).startswith("the message is not UTF-8: ")
    assert str(bad).endswith(f" at byte {text.index(raw)}")


@pytest.mark.parametrize("escape", [rb"\ud800", rb"\uDFFF", rb"\ud800\u0041", rb"\ud800x"])
def test_a_lone_surrogate_outside_data_is_refused_with_a_hint(escape: bytes) -> None:
    bad = refusal(b'{"extID":3,"command":"' + escape + b'"}')
    assert (type(bad.error), bytes(bad.ext_id)) == (InvalidJson, b"3")
    assert r"\ud800 to \udfff escapes stand for a character only in pairs" in str(bad)


@pytest.mark.parametrize("escape", [rb"\ud800", rb"\uDFFF", rb"\ud800\u0041", rb"\ud800x"])
def test_a_lone_surrogate_in_data_is_a_fault_of_its_field(escape: bytes) -> None:
    text = b'{"extID":3,"command":"Ping","data":{"id":1,"title":"' + escape + b'"}}'
    request = decode_request(text)
    assert request.ext_id == Raw(b"3")
    assert request.fault is not None and request.fault.field == "title"
    assert escape.decode()[:6] in request.fault.message


def test_a_message_with_a_lone_surrogate_that_is_not_json_is_reported_as_such() -> None:
    bad = refusal(rb'{"command":"Ping","data":{"title":"\ud800",}}')
    assert str(bad).startswith("the message is not JSON: ")


def test_a_byte_order_mark_is_refused_by_its_name() -> None:
    bad = refusal(b"\xef\xbb\xbf" + frame())
    assert isinstance(bad.error, InvalidJson)
    assert str(bad) == "the message begins with a byte order mark (U+FEFF); leave it out"


@pytest.mark.parametrize(
    "text",
    [
        b'{"command":"Ping","zz":' + nested(DEEP) + b"}",
        b'{"command":"Ping","data":{"a" 5,"zz":' + nested(DEEP) + b"}}",
        b'{"command":"Ping","data":{"zz":' + nested(DEEP) + b"}",
    ],
)
def test_100_000_levels_are_refused_and_not_a_crash(text: bytes) -> None:
    assert isinstance(refusal(text).error, InvalidJson)


def test_100_000_levels_in_data_are_a_fault_of_their_field() -> None:
    request = decode_request(b'{"extID":1,"command":"A","data":{"zz":' + nested(DEEP) + b"}}")
    assert (request.command, request.ext_id) == ("A", Raw(b"1"))
    assert request.fault is not None and request.fault.field == "zz"
    assert "nested more than 62 levels" in request.fault.message


@pytest.mark.parametrize(
    "text", [b'{"a":' * DEEP + b"1" + b"}" * DEEP, b'{"command":1,"extID":' + nested(DEEP) + b"}"]
)
def test_100_000_levels_of_no_request_are_refused(text: bytes) -> None:
    assert isinstance(refusal(text).error, InvalidRequest)


@pytest.mark.parametrize("text", [nested(DEEP), b"[" * DEEP, b'{"a":' * DEEP])
def test_100_000_levels_of_no_object_or_unclosed_are_refused_and_not_a_crash(text: bytes) -> None:
    assert isinstance(refusal(text).error, InvalidJson | InvalidRequest)


@pytest.mark.parametrize(
    ("before", "after", "outside"),
    [
        (b'"data":{"ast_json":', b"}", 0),
        (b'"data":{"title":', b"}", 2),
        (b'"data":{"participants":[{"ast_json":', b"}]}", 4),
        (b'"data":{"ast_json":[],"zz":', b"}", 2),
        (b'"data":{"ast_json":{},"zz":', b"}", 2),
    ],
)
def test_data_is_62_deep_at_most_and_ast_json_64(before: bytes, after: bytes, outside: int) -> None:
    def message(levels: int) -> bytes:
        return b'{"command":"Ping","extID":9,' + before + nested(levels) + after + b"}"

    assert decode_request(message(64 - outside)).fault is None
    request = decode_request(message(65 - outside))
    assert request.fault is not None
    assert (type(request.fault), request.ext_id) == (InvalidField, Raw(b"9"))
    deepest = 64 if outside == 0 else 62
    name = request.fault.field
    assert str(request.fault) == f"{name} is nested more than {deepest} levels deep"


@pytest.mark.parametrize(
    ("before", "after", "outside"), [(b'"zz":', b"", 1), (b'"ast_json":', b"", 1)]
)
def test_a_message_is_64_deep_at_most(before: bytes, after: bytes, outside: int) -> None:
    def message(levels: int) -> bytes:
        return b'{"command":"Ping","extID":9,' + before + nested(levels) + after + b"}"

    assert decode_request(message(64 - outside)).command == "Ping"
    bad = refusal(message(65 - outside))
    assert (type(bad.error), bytes(bad.ext_id)) == (InvalidJson, b"9")
    assert str(bad) == "the message is nested more than 64 levels deep"


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    data = {"ast_json": [[]] * 10_000, "title": "[" * 10_000}
    assert json.loads(bytes(decode_request(frame(data=data)).data)) == data


def test_a_deep_message_of_a_wrong_token_type_is_refused_as_well() -> None:
    text = b'{"command":"Ping","__token":5,"zz":' + nested(64) + b"}"
    assert isinstance(refusal(text).error, InvalidJson)


@given(st.binary())
def test_any_bytes_are_a_request_or_refused(text: bytes) -> None:
    try:
        decode_request(text)
    except BadRequest as bad:
        assert bad.error.status == 400
        assert encode_error(bad.ext_id, bad.error).endswith(b"}\r\n")


@pytest.mark.parametrize(
    ("ext_id", "text"),
    [("a-1 b", b'"a-1 b"'), (None, b"null"), (-7, b"-7"), ("]", None), ("é", None)],
)
def test_an_ext_id_without_escapes_is_echoed_as_it_is(
    ext_id: str | int | None, text: bytes | None
) -> None:
    assert plain_ext_id(ext_id) == text


def test_data_that_is_null_has_no_field_that_is_too_deep() -> None:
    deep = b"[" * 70 + b"]" * 70
    message = b'{"command":"Ping","data":null,"x":' + deep + b"}"
    with pytest.raises(BadRequest, match="nested more than 64"):
        decode_request(message)
    twice = b'{"command":"Ping","data":{"a":' + deep + b'},"data":null}'
    assert decode_request(twice).fault is None


def test_a_lone_surrogate_in_data_that_comes_twice_is_not_json() -> None:
    message = b'{"command":"Ping","extID":"7","data":"\\ud800","data":{}}'
    bad = refusal(message)
    assert (bad.error.code, bytes(bad.ext_id)) == ("INVALID_JSON", b'"7"')

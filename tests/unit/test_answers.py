"""Answers and errors as lines, and the data of a command."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from deskcal.errors import (
    Conflict,
    DeskcalError,
    InvalidField,
    InvalidJson,
    NotFound,
    TooManyRequests,
)
from deskcal.wire.data import decode_data
from deskcal.wire.envelope import (
    encode_answer,
    encode_error,
    event_answer,
)
from unit.frames import Nothing


def test_an_answer_is_one_line_with_ext_id_status_and_data() -> None:
    assert (
        encode_answer(Raw(b'"1"'), b'{"id":1}') == b'{"extID":"1","status":200,"data":{"id":1}}\r\n'
    )


def test_an_answer_of_one_event_contains_its_document() -> None:
    document = b'{"id":1}'
    assert b"".join(event_answer(Raw(b"7"), document)) == encode_answer(
        Raw(b"7"), b'{"event":{"id":1}}'
    )


def test_an_error_is_one_line_with_code_message_and_field() -> None:
    error = InvalidField("end_time (1) is before start_time (2)", field="end_time")
    assert encode_error(Raw(b"7"), error) == (
        b'{"extID":7,"status":400,"error":{"code":"INVALID_FIELD",'
        b'"message":"end_time (1) is before start_time (2)","field":"end_time"}}\r\n'
    )


def test_an_error_without_a_field_has_no_such_key() -> None:
    assert encode_error(Raw(b"null"), NotFound("none")) == (
        b'{"extID":null,"status":404,"error":{"code":"NOT_FOUND","message":"none"}}\r\n'
    )


def test_details_stand_beside_the_message() -> None:
    error = TooManyRequests("slow down", retry_after_ms=250)
    assert json.loads(encode_error(Raw(b"1"), error))["error"]["retry_after_ms"] == 250


def test_a_document_in_the_details_goes_out_as_it_is() -> None:
    error = Conflict("version is 2", event=Raw(rb'{"title":"it\u0027s"}'))
    assert rb'"event":{"title":"it\u0027s"}' in encode_error(Raw(b"1"), error)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_error_of_any_text_is_one_safe_line(message: str) -> None:
    line = encode_error(Raw(b"1"), DeskcalError(message, field=message))
    body = line.removesuffix(b"\r\n")
    assert json.loads(body)["error"]["message"] == message
    assert body.isascii() and b"\n" not in body and b"\r" not in body and b"'" not in body


def test_ignored_keys_stand_in_the_data_of_an_answer_and_behind_an_event() -> None:
    ignored = b',"ignored":["x"]'
    assert encode_answer(b"1", b'{"id":1}', ignored) == (
        b'{"extID":1,"status":200,"data":{"id":1,"ignored":["x"]}}\r\n'
    )
    line = b"".join(event_answer(b"1", b'{"id":1}', ignored))
    assert line == b'{"extID":1,"status":200,"data":{"event":{"id":1},"ignored":["x"]}}\r\n'


def test_null_data_is_empty_data() -> None:
    assert decode_data(msgspec.json.Decoder(Nothing), Raw(b"null")) == Nothing()


def test_data_that_is_not_json_is_refused() -> None:
    with pytest.raises(InvalidJson, match="data is not usable JSON"):
        decode_data(msgspec.json.Decoder(Nothing), Raw(b'{"a":'))


class Choice(msgspec.Struct):
    """An optional field that takes no null."""

    number: int = 7


def test_an_optional_null_is_absent_and_another_fault_is_reported() -> None:
    decoder = msgspec.json.Decoder(Choice)
    assert decode_data(decoder, Raw(b'{"number":null}')) == Choice()
    with pytest.raises(InvalidField, match="number"):
        decode_data(decoder, Raw(b'{"number":"x"}'))

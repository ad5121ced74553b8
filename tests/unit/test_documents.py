"""Documents: what is stored is what is sent; escapes, nesting, `ast_json`, the index."""

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from deskcal.core.document import (
    MAX_AST_BYTES,
    MAX_DEPTH,
    EventScope,
    IndexRow,
    Record,
    canonical_ast,
    decode_event,
    deeper_than,
    duration_class,
    encode_event,
    fired_events,
    id_of,
    index_row,
    record_of,
    scope_of,
    series_of,
    title_text,
    wire_safe,
)
from deskcal.errors import InvalidField
from helpers import NOW, make_event, make_owner_row, make_row

texts = st.text(st.characters(exclude_categories=["Cs"]))
trap_texts = st.text("'\"\\]}[{,:u0né😀\x00\x7f\u2028\r\n/")
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars | trap_texts,
    lambda inside: st.lists(inside) | st.dictionaries(texts | trap_texts, inside),
)
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


def compact(value: Any, *, ascii_only: bool) -> bytes:
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"), allow_nan=False)
    return text.encode()


def inside_strings(text: bytes) -> bytes:
    return b"".join(string[1:-1] for string in STRING.findall(text))


def assert_safe(text: bytes) -> None:
    assert text.isascii()
    assert not re.search(rb"[\x00-\x1f\x7f]", text)
    assert not re.search(rb"['\]}]", inside_strings(text))


@given(values, st.booleans())
def test_safe_text_means_the_same_json_in_printable_ascii(value: Any, ascii_only: bool) -> None:
    text = compact(value, ascii_only=ascii_only)
    safe = wire_safe(text)
    assert json.loads(safe) == json.loads(text)
    assert_safe(safe)


@given(values)
def test_safe_text_is_left_as_it_is(value: Any) -> None:
    safe = wire_safe(compact(value, ascii_only=False))
    assert wire_safe(safe) == safe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a":[1,{}]}', b'{"a":[1,{}]}'),
        (b'"it\'s"', rb'"it\u0027s"'),
        (b'["]","}"]', rb'["\u005d","\u007d"]'),
        (b'{"]}":1}', rb'{"\u005d\u007d":1}'),
        ('"é"'.encode(), rb'"\u00e9"'),
        ('"😀"'.encode(), rb'"\ud83d\ude00"'),
        ('"\u2028"'.encode(), rb'"\u2028"'),
        (b'"\x7f"', rb'"\u007f"'),
        (rb'"\\]"', rb'"\\\u005d"'),
        (rb'"\"]"', rb'"\"\u005d"'),
        (rb'"\n\/\u00E9"', rb'"\n\/\u00E9"'),
        (b'"[{"', b'"[{"'),
    ],
)
def test_characters_that_clients_break_on_go_out_escaped(text: bytes, expected: bytes) -> None:
    assert wire_safe(text) == expected


def test_a_mebibyte_of_quotes_is_made_safe() -> None:
    assert wire_safe(b'"' + b"'" * 1_000_000 + b'"') == b'"' + rb"\u0027" * 1_000_000 + b'"'


def slow_depth(text: bytes) -> int:
    depth = deepest = 0
    for character in STRING.sub(b"", text):
        depth += (character in b"[{") - (character in b"]}")
        deepest = max(deepest, depth)
    return deepest


@given(values, st.integers(0, 6))
def test_nesting_is_what_a_counter_of_open_brackets_says(value: Any, limit: int) -> None:
    text = compact(value, ascii_only=False)
    assert deeper_than(text, limit) == (slow_depth(text) > limit)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        (b"1", 0),
        (b'"[[[["', 0),
        (rb'"\"[[["', 0),
        (rb'["\\",[]]', 2),
        (b"[]", 1),
        (b"[[],[],[]]", 2),
        (b'{"a":[{"b":[1]}]}', 4),
        (b'[[[]],[{"a":{}}],[]]', 4),
    ],
)
def test_a_text_is_deeper_than_one_less_than_its_depth_and_no_more(text: bytes, depth: int) -> None:
    assert not deeper_than(text, depth)
    assert depth == 0 or deeper_than(text, depth - 1)


def test_nesting_of_100_000_levels_is_found_without_recursion() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    assert deeper_than(deep, 64)
    assert deeper_than(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 64)
    assert not deeper_than(deep, 100_000)


def test_many_shallow_brackets_are_not_deep() -> None:
    assert not deeper_than(b"[" + b"[]," * 300_000 + b"[]]", 2)


def ast(text: bytes) -> bytes:
    return bytes(canonical_ast(Raw(text)))


@given(values)
def test_ast_json_means_the_same_after_it_was_made_safe(value: Any) -> None:
    document = {"type": "doc", "content": value}
    stored = ast(json.dumps(document, ensure_ascii=False, indent=1).encode())
    assert json.loads(stored) == document
    assert_safe(stored)


@given(values)
def test_ast_json_as_stored_is_stored_as_it_is(value: Any) -> None:
    stored = ast(compact([value], ascii_only=False))
    assert ast(stored) == stored


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (b' {\n"b" : 1,\r\n\t"a" : 2 } ', b'{"b":1,"a":2}'),
        (b'{"a":1,"a":2}', b'{"a":1,"a":2}'),
        (b'{"10":1,"9":2}', b'{"10":1,"9":2}'),
        (b"[1.0, 1.50, 1E+5, 1e5, -0, 0.1]", b"[1.0,1.50,1E+5,1e5,-0,0.1]"),
        (b"[12345678901234567890123]", b"[12345678901234567890123]"),
        (b"[0.1234567890123456789012345]", b"[0.1234567890123456789012345]"),
        (b"[[],[[]],{},{}]", b"[[],[[]],{},{}]"),
        (b'"a  b"', b'"a  b"'),
        (b'"https://meet.google.com/abc"', b'"https://meet.google.com/abc"'),
        (b"null", b"null"),
        (b'""', b'""'),
        (b"{}", b"{}"),
        (b"[]", b"[]"),
        (rb'["\u0000"]', rb'["\u0000"]'),
        (rb'["\ud83d\ude00"]', rb'["\ud83d\ude00"]'),
    ],
)
def test_ast_json_keeps_key_order_spelling_of_numbers_and_nesting(
    sent: bytes, stored: bytes
) -> None:
    assert ast(sent) == stored


@pytest.mark.parametrize("sent", [b"1", b"-1", b"1.5", b"true", b"false", b" 7 "])
def test_a_number_or_boolean_as_ast_json_is_refused(sent: bytes) -> None:
    with pytest.raises(InvalidField, match="an object, an array, a string or null") as caught:
        ast(sent)
    assert caught.value.field == "ast_json"


@pytest.mark.parametrize(
    "number",
    [
        b"1e400",
        b"-1e400",
        b"9" * 309,
        b"-" + b"9" * 309,
        b"1" + b"0" * 309,
        b"9" * 10_000,
        b"9" * 400 + b".5",
        b"1" * 30 + b"e300",
    ],
)
def test_a_number_beyond_the_range_of_a_double_is_refused(number: bytes) -> None:
    with pytest.raises(InvalidField, match="range of a double") as caught:
        ast(b'{"n":[' + number + b"]}")
    assert caught.value.field == "ast_json"


@pytest.mark.parametrize(
    "number",
    [
        b"1" + b"0" * 308,
        b"-1" + b"0" * 308,
        b"9" * 308,
        b"1.7976931348623157e308",
        b"0." + b"0" * 400 + b"1",
        b"1e-400",
        b"1" * 400 + b"e-200",
    ],
)
def test_a_number_within_the_range_of_a_double_is_kept_digit_by_digit(number: bytes) -> None:
    assert ast(b"[" + number + b"]") == b"[" + number + b"]"


def test_a_long_run_of_digits_in_a_string_is_no_number() -> None:
    sent = b'["' + b"9" * 400 + b'"]'
    assert ast(sent) == sent


@pytest.mark.parametrize(
    "sent",
    [rb'"\ud800"', rb'["\udc00"]', rb'{"\ud800":1}', rb'"\ud800\u0041"', b'"\xed\xa0\x80"'],
)
def test_a_lone_surrogate_is_refused_raw_and_escaped(sent: bytes) -> None:
    with pytest.raises(InvalidField, match="lone surrogate"):
        ast(sent)


def test_ast_json_may_be_64_deep_its_own_container_counted_and_no_deeper() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert ast(deepest) == deepest
    with pytest.raises(InvalidField, match="more than 64 levels"):
        ast(b"[" + deepest + b"]")


def test_ast_json_100_000_deep_is_refused_and_not_a_crash() -> None:
    with pytest.raises(InvalidField, match="more than 64 levels"):
        ast(b"[" * 100_000 + b"]" * 100_000)


def test_ast_json_may_have_256_kib_as_received_and_not_one_byte_more() -> None:
    largest = b'"' + "é".encode() * ((MAX_AST_BYTES - 2) // 2) + b'"'
    assert len(largest) == 256 * 1024
    assert json.loads(ast(largest)) == "é" * ((MAX_AST_BYTES - 2) // 2)
    with pytest.raises(InvalidField, match="has 262145 bytes; at most 262144 are allowed"):
        ast(largest[:-1] + b'a"')


def test_blanks_inside_count_as_received() -> None:
    with pytest.raises(InvalidField, match="262145 bytes"):
        ast(b"[" + b" " * (MAX_AST_BYTES - 1) + b"]")


@given(texts | trap_texts, texts, texts | trap_texts, values)
def test_an_event_of_any_text_comes_back_from_its_document(
    title: str, brand: str, desk: str, content: Any
) -> None:
    stored = canonical_ast(Raw(compact([content], ascii_only=False)))
    event = make_event(title=title, brand=brand, desk=desk, ast_json=stored)
    document = encode_event(event)
    assert decode_event(document) == event
    assert encode_event(decode_event(document)) == document
    assert_safe(document)


def test_the_document_is_the_json_of_the_event_in_the_order_of_its_fields() -> None:
    event = make_event(ast_json=Raw(b'{"type":"doc","content":[]}'), participants=())
    assert encode_event(event) == (
        b'{"id":1,"brand":"default","desk":"","owner_manager_id":10,"created_by":10,"updated_by":0,'
        b'"type":0,"status":0,"priority":1,"title":"Retention sync",'
        b'"ast_json":{"type":"doc","content":[]},"start_time":1710000000,"end_time":1710003600,'
        b'"all_day":0,"timezone":"","remind_time":0,"remind_before_sec":0,"reminder_sent_time":0,'
        b'"customer_id":0,"lead_id":0,"login":0,"created_time":1710000000,'
        b'"updated_time":1710000000,"version":1,"participants":[]}'
    )


def test_what_decides_on_scope_is_taken_from_the_event() -> None:
    event = make_event(desk="DESK_EU", participants=(make_owner_row(10), make_row(11)))
    decides = ("default", "DESK_EU", 10, 10, (10, 11))
    assert scope_of(event) == EventScope(*decides)
    document = encode_event(event)
    assert record_of(document) == record_of(document, event) == Record(*decides, document)


def test_an_index_row_holds_where_the_event_is_found() -> None:
    event = make_event(id=7, desk="DESK_EU", created_by=12, remind_time=NOW + 60)
    assert index_row(event) == IndexRow(
        7, "default", "DESK_EU", 0, NOW, NOW + 3600, NOW + 60, (10, 12)
    )


def test_the_reminder_of_an_event_that_is_not_open_is_never_due() -> None:
    assert index_row(make_event(status=3, remind_time=NOW + 60)).due_time == 0


@pytest.mark.parametrize(
    ("duration_sec", "expected"),
    [
        (0, 0),
        (4 * 3600, 0),
        (4 * 3600 + 1, 1),
        (2 * 86400, 1),
        (2 * 86400 + 1, 2),
        (32 * 86400, 2),
        (32 * 86400 + 1, 3),
        (10**11, 3),
    ],
)
def test_a_duration_class_holds_its_own_limit(duration_sec: int, expected: int) -> None:
    assert duration_class(duration_sec) == expected


def test_id_and_series_are_read_without_the_rest() -> None:
    alone, occurrence = (encode_event(make_event(id=7, **keys)) for keys in ({}, {"series_id": 9}))
    assert (id_of(alone), series_of(alone)) == (7, 0)
    assert (id_of(occurrence), series_of(occurrence)) == (7, 9)


def as_stored(value: Any) -> Raw:
    return canonical_ast(Raw(compact([value], ascii_only=False)))


@given(st.lists(st.tuples(texts | trap_texts, values | st.just({"reminder_sent_time": 0, "a": 1}))))
def test_a_fired_event_is_encoded_as_before_with_the_time_when_it_was_sent(
    found: list[tuple[str, Any]],
) -> None:
    events = [
        make_event(title=text, location=text, outcome_note=text, ast_json=as_stored(value))
        for text, value in found
    ]
    fired = [msgspec.structs.replace(event, reminder_sent_time=NOW + 1) for event in events]
    documents = [encode_event(event) for event in events]
    assert fired_events(documents, NOW + 1) == [(one, encode_event(one)) for one in fired]


@given(texts | trap_texts, texts | trap_texts, values)
def test_the_title_is_found_in_a_document_as_it_stands_there(
    title: str, code: str, value: Any
) -> None:
    event = make_event(title=title, brand=code, desk=code, ast_json=as_stored(value))
    found = title_text(encode_event(event))
    assert msgspec.json.decode(found) == title
    assert found == wire_safe(found)

"""The file of an export: what is written is read back, and what was not written so is refused."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from deskcal.core.directory import Desk, Manager
from deskcal.core.document import decode_event, encode_event
from deskcal.core.event import ChangeType, Event, EventType
from deskcal.core.outcomes import Outcome
from deskcal.store.columns import event_row, with_done_time
from deskcal.store.transfer.export import FORMAT, BadExport, Export, ExportWriter, check_whole
from deskcal.store.transfer.rows import (
    ChangeRow,
    EventLine,
    Head,
    KeyRow,
    NotificationRow,
    StoredEvent,
    TrashRow,
)
from helpers import NOW, make_event, make_owner_row

Lines = list[bytes]


def event(event_id: int, **named: Any) -> Event:
    return make_event(id=event_id, participants=(make_owner_row(10, event_id=event_id),), **named)


def document(event_id: int, **named: Any) -> bytes:
    return encode_event(event(event_id, **named))


def change(seq: int, event_id: int) -> ChangeRow:
    return ChangeRow(seq, ChangeType.ADDED, NOW, 10, event_id, Raw(document(event_id)))


ROWS: list[tuple[str, Any]] = [
    ("manager", Manager(id=10, name="Ελένη", colour="#3b6fe0")),
    ("desk", Desk(code="DESK_EU", title="DESK_EU", manager_id=10)),
    ("outcome", Outcome(code="later", name="Later", types=(EventType.CALL,), next_in_sec=60)),
    ("event", document(1)),
    ("event", document(3)),
    ("change", change(1, 1)),
    ("change", change(2, 3)),
    ("notification", NotificationRow(1, NOW, 10, NOW, NOW, 1, NOW)),
    ("trash", TrashRow(2, NOW, 10, Raw(document(2)))),
    ("idempotency", KeyRow(10, "a key\0", b"\x00\xff", 1, NOW)),
]


def written(rows: list[tuple[str, Any]], **numbers: Any) -> Lines:
    kinds = (
        "manager",
        "desk",
        "outcome",
        "event",
        "change",
        "notification",
        "trash",
        "idempotency",
    )
    counts = {kind: sum(of == kind for of, _ in rows) for kind in kinds}
    numbers = {"last_event_id": 9, "last_seq": 5, "floor_seq": 0} | numbers
    head = Head(format=FORMAT, counts=counts, **numbers)
    lines: Lines = []
    file = ExportWriter(head, lines.append, lambda *_: None)
    for kind, row in rows:
        file.put(kind, row)
    file.end()
    return lines


def resealed(lines: Lines) -> Lines:
    """`lines` with a last line that fits them: as somebody who knows the format would write it."""
    body = b"".join(lines[:-1])
    end = {"end": {"lines": len(lines) - 1, "sha256": hashlib.sha256(body).hexdigest()}}
    return [*lines[:-1], json.dumps(end).encode() + b"\n"]


def read(lines: Lines) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {}
    for page in Export(lines).pages():
        for kind, found in page.rows.items():
            rows.setdefault(kind, []).extend(found)
    return rows


def refusal(lines: Lines) -> str:
    with pytest.raises(BadExport) as caught:
        read(lines)
    return str(caught.value)


def test_every_row_comes_back_as_it_was_written() -> None:
    found = read(written(ROWS))
    assert found["manager"] + found["desk"] + found["outcome"] == [row for _, row in ROWS[:3]]
    assert found["event"] == [StoredEvent(event_row(event(n)), document(n)) for n in (1, 3)]
    assert [bytes(row.document) for row in found["change"]] == [document(1), document(3)]
    assert found["notification"] + found["trash"] + found["idempotency"] == [
        row for _, row in ROWS[7:]
    ]


def test_every_line_is_a_json_object_in_ascii_but_for_names_of_people() -> None:
    lines = written(ROWS)
    assert all(isinstance(json.loads(line), dict) and line.endswith(b"\n") for line in lines)
    assert [line.isascii() for line in lines].count(False) == 1


def test_the_first_line_has_the_counts_of_what_follows() -> None:
    export = Export(written(ROWS, last_seq=7, floor_seq=3))
    assert (export.head.last_event_id, export.head.last_seq, export.head.floor_seq) == (9, 7, 3)
    assert export.head.counts["event"] == 2
    assert export.all_lines == len(ROWS) + 2


def test_an_empty_store_is_two_lines() -> None:
    assert len(written([])) == 2
    assert [rows for rows in read(written([])).values() if rows] == []


def test_progress_ends_at_the_last_line() -> None:
    progress: list[tuple[int, int]] = []
    head = Head(format=FORMAT, counts={}, last_event_id=0, last_seq=0, floor_seq=0)
    ExportWriter(head, lambda _: None, lambda *how_far: progress.append(how_far)).end()
    assert progress[-1] == (2, 2)


@given(title=st.text(min_size=1, max_size=50).filter(str.strip), text=st.text(max_size=50))
def test_hostile_titles_and_texts_come_back_byte_for_byte(title: str, text: str) -> None:
    try:
        stored = document(1, title=title, brand=text.strip() or "default")
    except UnicodeEncodeError:
        return
    lines = written([("event", stored)])
    assert len(lines) == 3 and lines[1].count(b"\n") == 1
    if not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text.strip()):
        assert read(lines)["event"][0].document == stored


@pytest.mark.parametrize("cut", range(1, len(ROWS) + 2))
def test_a_file_that_ends_between_two_lines_was_cut_off(cut: int) -> None:
    lines = written(ROWS)[:cut]
    assert "cut off" in refusal(lines)
    with pytest.raises(BadExport, match="cut off"):
        check_whole(lines)


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(BadExport, match="the input is empty"):
        check_whole([])
    with pytest.raises(BadExport, match="the input is empty"):
        Export([])


def test_a_file_that_ends_within_a_line_was_cut_off() -> None:
    whole = b"".join(written(ROWS))
    for end in range(len(whole) - 1, len(whole) - 900, -7):
        lines = whole[:end].splitlines(keepends=True)
        assert "cut off" in refusal(lines)
        with pytest.raises(BadExport, match="cut off"):
            check_whole(lines)


def test_a_complete_file_passes_the_check_of_all_of_it() -> None:
    check_whole(written(ROWS))


@pytest.mark.parametrize(
    "meddle",
    [
        lambda lines: [*lines[:3], *lines[4:]],
        lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
        lambda lines: [line.replace(b"Retention", b"Detention") for line in lines],
        lambda lines: [lines[0].replace(b'"last_seq":5', b'"last_seq":6'), *lines[1:]],
    ],
)
def test_a_file_that_was_altered_is_found_out_before_it_is_used(
    meddle: Callable[[Lines], Lines],
) -> None:
    lines = meddle(written(ROWS))
    with pytest.raises(BadExport, match="altered"):
        check_whole(lines)
    assert refusal(lines)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"id,title\n", "not a file that `deskcal export` has written"),
        (b'{"event":{"id":1}}\n', "not a file that `deskcal export` has written"),
        (b'{"deskcal_export":2,"counts":{},"last_event_id":0,"last_seq":0,"floor_seq":0}\n', "2"),
        (
            b'{"deskcal_export":1,"counts":{"x":0},"last_event_id":0,"last_seq":0,"floor_seq":0}\n',
            "c",
        ),
    ],
)
def test_a_file_of_something_else_is_refused_at_its_first_line(line: bytes, expected: str) -> None:
    with pytest.raises(BadExport, match="^line 1: .*" + expected):
        Export([line])


@pytest.mark.parametrize(
    ("place", "row", "expected"),
    [
        (4, b'{"event":7}', "line 5: .*"),
        (4, b'{"event":%s,"more":1}' % document(1), "line 5: .*more"),
        (4, b'{"events":%s}' % document(1), "line 5: this is no row of an export"),
        (4, b"[1]", "line 5: this is no row of an export"),
        (4, b'{"event":%s}' % document(1).replace(b',"title', b', "title'), "line 5: .*spelled"),
        (4, b'{"event":%s}' % document(1).replace(b"null", b'{"a": 1}'), "line 5: .*spelled"),
        (4, b'{"event":%s}' % document(1).replace(b"null", b'"\xd0\x90"'), "line 5: .*spelled"),
        (4, b'{"event":%s}' % document(10), "line 5: event 10 is not among 1 .. 9"),
        (4, b'{"event":%s}' % document(1, end_time=NOW - 1), "line 5: event 1 must start"),
        (4, b'{"event":%s}' % document(1, desk="A\0"), "line 5: event 1 has a control character"),
        (4, b'{"event":%s}' % encode_event(make_event(id=2)), "line 5: event 2 has participants"),
        (5, b'{"event":%s}' % document(1), "line 6: the event is out of order, or .*second time"),
        (5, b'{"desk":{"code":"Z"}}', "line 6: the desk is out of order"),
        (6, b'{"change":%s}' % msgspec.json.encode(change(6, 1)), "line 7: change 6 is not among"),
        (1, b'{"manager":{"id":0,"name":"x"}}', r"line 2: id \(0\)"),
        (2, b'{"desk":{"code":"A*"}}', "line 3: code"),
        (8, b'{"notification":{"event_id":1}}', "line 9: .*due_time"),
    ],
)
def test_a_bad_row_is_reported_with_its_line(place: int, row: bytes, expected: str) -> None:
    lines = written(ROWS)
    lines[place] = row + b"\n"
    with pytest.raises(BadExport, match=f"^{expected}"):
        read(resealed(lines))


@pytest.mark.parametrize(
    ("status", "done_time", "is_known"),
    [(1, NOW - 5, True), (1, NOW, True), (1, NOW + 1, True), (1, 0, False), (0, NOW, False)],
)
def test_an_event_was_completed_if_it_is_done_also_after_its_last_change_by_another_clock(
    status: int, done_time: int, is_known: bool
) -> None:
    stored = document(1, status=status, updated_time=NOW)
    lines = written([("event", EventLine(Raw(stored), done_time))], has_done_times=True)
    if is_known:
        (found,) = read(lines)["event"]
        assert found == StoredEvent(
            with_done_time(event_row(decode_event(stored)), done_time), stored
        )
    else:
        assert "line 2: event 1 cannot have been completed" in refusal(lines)


@pytest.mark.parametrize(
    ("status", "done_time", "is_known"),
    [(1, NOW - 5, True), (1, NOW + 1, True), (1, 0, True), (0, 0, True), (0, NOW, False)],
)
def test_a_deleted_event_was_completed_if_it_is_done(
    status: int, done_time: int, is_known: bool
) -> None:
    stored = document(1, status=status, updated_time=NOW)
    row = TrashRow(1, NOW + 5, 10, Raw(stored), done_time)
    lines = written([("trash", row)])
    if is_known:
        assert read(lines)["trash"] == [row]
    else:
        assert "line 2: event 1 cannot have been completed" in refusal(lines)


def test_a_change_must_hold_its_own_event() -> None:
    lines = written([("change", msgspec.structs.replace(change(1, 1), event_id=3))])
    assert "change 1 of event 3 has event 1 in it" in refusal(lines)


def test_counts_that_do_not_fit_are_reported() -> None:
    lines = written(ROWS)
    assert "its first line says" in refusal(resealed([*lines[:3], *lines[4:]]))


def test_nothing_may_follow_the_last_line() -> None:
    assert "was to be the last one" in refusal([*written(ROWS), b"{}\n"])


@pytest.mark.parametrize("lines", range(1, len(ROWS) + 2))
def test_an_import_goes_on_behind_any_line(lines: int) -> None:
    file = written(ROWS)
    export = Export(file)
    export.skip(lines, hashlib.sha256(b"".join(file[:lines])).digest())
    found = [row for page in export.pages() for rows in page.rows.values() for row in rows]
    assert len(found) == len(ROWS) + 1 - lines
    assert export.lines == len(ROWS) + 1


@pytest.mark.parametrize("number", [0, 2])
def test_an_import_does_not_go_on_with_another_file(number: int) -> None:
    other = written(ROWS)
    other[number] = other[number].replace(b"1", b"2", 1).replace(b'_export":2', b'_export":1')
    other[number] = other[number].replace(b"DESK", b"TEAM").replace(b":5", b":6")
    digest = hashlib.sha256(b"".join(written(ROWS)[:4])).digest()
    with pytest.raises(BadExport, match="not the file that the import began with"):
        Export(other).skip(4, digest)


def test_a_page_ends_where_its_lines_end() -> None:
    file = written([("event", document(n)) for n in range(1, 10)])
    pages = list(Export(file).pages())
    assert pages[-1].lines == 10
    assert pages[-1].digest == hashlib.sha256(b"".join(file[:10])).digest()

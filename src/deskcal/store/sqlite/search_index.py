"""The index of the search in the embedded store: a row of grams for each event, by its start_time.

The rows of FTS5 are read newest first, so a search stops as soon as its page is full. That needs
the row of an event to follow from its start_time, in steps of `STEP_SEC`, and from its id.
"""

from collections.abc import Iterable
from contextlib import closing
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from deskcal.core.event import ChangeType
from deskcal.core.text_search import GRAM, MIN_LETTERS, for_each_word
from deskcal.store.batch.batch import SERVER, Batch
from deskcal.store.lists.search import for_document, has_other_text

_STEP_BITS, _ID_BITS = 12, 37
STEP_SEC = 1 << _STEP_BITS
"""Events that begin within the same such step are not in order among each other."""
MAX_INDEXED_ID = (1 << _ID_BITS) - 1
"""Events with higher ids, which an import may bring, have no row: each search looks at them."""

MAX_STEP_BYTES = 4_000_000
"""Documents that a step reads into memory; it ends with the one that goes beyond."""

_MARKS = {
    code: code + 0xE000
    for code in range(128)
    if not chr(code).isalnum() and not chr(code).isspace()
}
"""FTS5 splits words at these: in the index they are characters for private use."""

_LAST = """
    SELECT max(seq), count(*) FROM (SELECT seq FROM change WHERE seq > ? ORDER BY seq LIMIT ?)"""
_COUNT = "SELECT count(*) FROM change WHERE seq > ? AND seq <= ?"
# Each change with its event's document as of then, its start_time and row, and the document that
# the index has, if it is among the changes still. The server itself changes no text of an event
# that is there (it fires reminders, ends claims, follows the data of time zones): such changes
# are left out, unless the event begins at another time than the index has.
_NEW = f"""
    SELECT new.seq, new.event_id, iif(new.type = {ChangeType.DELETED:d}, NULL, new.document),
        e.start_time, indexed.gram_row, iif(indexed.gram_row IS NULL, NULL, (
            SELECT iif(c.type = {ChangeType.DELETED:d}, NULL, c.document) FROM change AS c
            WHERE c.event_id = new.event_id AND c.seq <= :indexed_seq
            ORDER BY c.seq DESC LIMIT 1))
    FROM change AS new LEFT JOIN event AS e ON e.id = new.event_id
    LEFT JOIN indexed_event AS indexed ON indexed.event_id = new.event_id
    WHERE new.seq > :indexed_seq AND new.seq <= :last_seq AND NOT (
        new.actor = {SERVER} AND new.type = {ChangeType.UPDATED:d} AND indexed.gram_row IS (
            e.start_time >> {_STEP_BITS} << {_ID_BITS} | e.id))
    ORDER BY new.seq"""  # noqa: S608
# The same of events that are in the index.
_MOVED = """
    SELECT e.id, coalesce((
            SELECT c.document FROM change AS c
            WHERE c.event_id = e.id AND c.seq <= s.indexed_seq ORDER BY c.seq DESC LIMIT 1),
        e.document), e.start_time, indexed.gram_row, NULL
    FROM search_index AS s CROSS JOIN json_each(?) AS one
    JOIN event AS e ON e.id = one.value
    JOIN indexed_event AS indexed ON indexed.event_id = one.value"""
# One statement for all rows: each one would have to wait for the interpreter's lock.
_PUT = """
    INSERT INTO event_gram (rowid, grams)
    SELECT CAST(key AS INTEGER), value FROM json_each(?)"""
_PUT_ROWS = f"""
    INSERT INTO indexed_event (event_id, gram_row)
    SELECT value & {MAX_INDEXED_ID}, value FROM json_each(?)"""  # noqa: S608
_REMOVE = "DELETE FROM event_gram WHERE rowid IN (SELECT value FROM json_each(?))"
_REMOVE_ROW = "DELETE FROM indexed_event WHERE event_id IN (SELECT value FROM json_each(?))"
_INDEXED_SEQ = "SELECT indexed_seq FROM search_index"
_SET_INDEXED = "UPDATE search_index SET indexed_seq = ?"


def row_of(start_time: int, event_id: int) -> int:
    """Where the grams of an event are. An event that begins a step later has a higher row."""
    return start_time >> _STEP_BITS << _ID_BITS | event_id


def step_of(row: int) -> int:
    """The start_time, in Unix seconds, with which the step of a row begins."""
    return row >> _ID_BITS << _STEP_BITS


def event_of(row: int) -> int:
    """The id of the event that has a row."""
    return row & MAX_INDEXED_ID


class Rows(Struct):
    """What is to be written."""

    removed: list[tuple[int, int]] = []
    """Rows and their events."""
    put: list[tuple[int, str]] = []
    """Rows that are not there, or are removed, and their tokens."""


class Step(Struct, frozen=True):
    """What a number of changes leave to be written."""

    indexed_seq: int
    """Up to which the index is before it."""
    last_seq: int
    """And afterwards."""
    count: int
    """Changes."""
    rows: Rows


def next_step(connection: apsw.Connection, limit: int) -> Step:
    """Of at most `limit` changes; none: the index is up to date. Only reads.

    It has no deadline: on a slow disk each try would end at the same changes.
    """
    connection.set_progress_handler(None)
    indexed_seq = connection.execute(_INDEXED_SEQ).get
    last_seq, count = connection.execute(_LAST, (indexed_seq, limit)).get
    if last_seq is None:
        return Step(indexed_seq, indexed_seq, 0, Rows())
    events: dict[int, Any] = {}
    size = 0
    values = {"indexed_seq": indexed_seq, "last_seq": last_seq}
    with closing(connection.execute(_NEW, values)) as changes:
        for seq, event_id, document, *found in changes:
            events[event_id] = (event_id, document, *found)
            size += len(document or b"")
            if size > MAX_STEP_BYTES:
                last_seq = seq
                count = connection.execute(_COUNT, (indexed_seq, last_seq)).get
                break
    return Step(indexed_seq, last_seq, count, _rows(events.values()))


def write_step(step: Step, connection: apsw.Connection, _: Batch) -> bool:
    """Whether it was written, and not made from another state of the index."""
    if connection.execute(_INDEXED_SEQ).get != step.indexed_seq:
        return False
    _write(connection, step.rows)
    connection.execute(_SET_INDEXED, (step.last_seq,))
    return True


def index_moved(connection: apsw.Connection, ids: Iterable[int]) -> None:
    """Brings the rows of these events up to date where only their start_time is another."""
    moved: Any = connection.execute(_MOVED, (json_of(ids),)).fetchall()
    _write(connection, _rows(moved))


def _rows(events: Iterable[Any]) -> Rows:
    """Of the events whose text or row is another.

    Each has the text as of the last change of the step, whatever has come since: that is what the
    next step compares with.
    """
    rows = Rows()
    for event_id, document, start_time, row, indexed in events:
        if event_id > MAX_INDEXED_ID:
            continue
        is_gone = document is None or start_time is None
        new_row = None if is_gone else row_of(start_time, event_id)
        if row == new_row and (row is None or not has_other_text(document, indexed)):
            continue
        if row is not None:
            rows.removed.append((row, event_id))
        if new_row is not None:
            rows.put.append((new_row, _tokens(document)))
    rows.put.sort()  # FTS5 writes what it has in memory when a row comes after a higher one
    return rows


def _write(connection: apsw.Connection, rows: Rows) -> None:
    if rows.removed:
        connection.execute(_REMOVE, (json_of(row for row, _ in rows.removed),))
        connection.execute(_REMOVE_ROW, (json_of(event_id for _, event_id in rows.removed),))
    # Tokens have nothing that JSON escapes: of ASCII only letters, digits and spaces.
    texts = ",".join([f'"{row}":"{tokens}"' for row, tokens in rows.put])
    connection.execute(_PUT, (f"{{{texts}}}",))
    connection.execute(_PUT_ROWS, (json_of(row for row, _ in rows.put),))


def _tokens_of_word(word: str) -> str:
    """Its grams and its last two letters."""
    tokens = " ".join([word[start : start + GRAM] for start in range(len(word) - MIN_LETTERS + 1)])
    return tokens if word.isalnum() else tokens.translate(_MARKS)


_tokens_of_words = for_each_word(_tokens_of_word)
_tokens = for_document(lambda words: " ".join(_tokens_of_words(words)))


def with_grams(grams: Iterable[str]) -> str:
    """The query of FTS5 for events that have each of these grams."""
    return " AND ".join(f'"{gram.translate(_MARKS)}"' for gram in grams)


def with_pairs(pairs: Iterable[str]) -> str:
    """The query of FTS5 for events that have each of these pairs of letters.

    A pair in a word is the beginning of a gram, or the end of the word.
    """
    return " AND ".join(f'"{pair.translate(_MARKS)}"*' for pair in pairs)


def json_of(values: Iterable[int]) -> str:
    """Ids, as `json_each` takes them."""
    return msgspec.json.encode(list(values)).decode()

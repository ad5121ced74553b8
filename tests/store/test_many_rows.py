"""Rows that are inserted by statements of many rows."""

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from deskcal.store.sqlite.connection import connect_writer, connect_writer_again
from deskcal.store.sqlite.many_rows import AT_ONCE, insert_rows

INSERT = "INSERT INTO pair (id, text) VALUES (?, ?)"


@pytest.fixture
def connection() -> apsw.Connection:
    opened = apsw.Connection(":memory:")
    opened.execute("CREATE TABLE pair (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)")
    return opened


@pytest.mark.parametrize(
    "count", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE, 3 * AT_ONCE + 7]
)
def test_all_rows_are_inserted(connection: apsw.Connection, count: int) -> None:
    rows = [(number, f"text {number}") for number in range(count)]
    insert_rows(connection, INSERT, rows)
    assert list(connection.execute("SELECT id, text FROM pair ORDER BY id")) == rows


def test_full_pages_take_one_statement_each(connection: apsw.Connection) -> None:
    statements: list[str] = []

    def trace(event: dict[str, str]) -> None:
        statements.append(event["sql"])

    connection.trace_v2(apsw.SQLITE_TRACE_STMT, trace)
    insert_rows(connection, INSERT, [(number, str(number)) for number in range(2 * AT_ONCE + 1)])
    assert len(statements) == 3


def test_later_rows_replace_earlier_ones_where_the_statement_says_so(
    connection: apsw.Connection,
) -> None:
    rows = [(number // 2, f"text {number}") for number in range(2 * AT_ONCE)]
    insert_rows(connection, INSERT.replace("INSERT", "INSERT OR REPLACE"), rows)
    found = list(connection.execute("SELECT id, text FROM pair ORDER BY id"))
    assert found == [(number, f"text {2 * number + 1}") for number in range(AT_ONCE)]


def test_a_row_that_is_refused_refuses_its_statement(connection: apsw.Connection) -> None:
    rows = [(number, f"text {number % 40}") for number in range(2 * AT_ONCE)]
    with pytest.raises(apsw.ConstraintError):
        insert_rows(connection, INSERT, rows)
    assert connection.execute("SELECT count(*) FROM pair").get == AT_ONCE


def test_the_writer_keeps_in_memory_what_undoes_a_statement(tmp_path: Path) -> None:
    """In a file it takes longer than row by row. Source: docs/decisions/0026."""
    connect_writer(tmp_path).close()
    with closing(connect_writer_again(tmp_path)) as connection:
        assert connection.execute("PRAGMA temp_store").get == 2

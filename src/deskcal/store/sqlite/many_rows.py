"""INSERT statements of many rows: each lets go of the interpreter's lock once, not for each row.

SQLite may have to undo such a statement, and keeps the pages that it changes: in memory, if
`temp_store` says so, else in a file, which takes longer than row by row.
Source: docs/decisions/0026.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import apsw

AT_ONCE = 32
"""Rows of a statement; what is left is inserted row by row."""


def insert_rows(
    connection: apsw.Connection, statement: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Runs `statement`, which ends with `VALUES` and its parameters, for all `rows` in order.

    Raises: apsw.Error.
    """
    whole = len(rows) - len(rows) % AT_ONCE
    for start in range(0, whole, AT_ONCE):
        page = rows[start : start + AT_ONCE]
        connection.execute(
            _of_many(statement, len(page[0])), tuple(itertools.chain.from_iterable(page))
        )
    if whole < len(rows):
        connection.executemany(statement, rows[whole:])


@functools.lru_cache(maxsize=32)
def _of_many(statement: str, columns: int) -> str:
    begin, _, _ = statement.partition("VALUES")
    row = f"({', '.join(['?'] * columns)})"
    return f"{begin}VALUES {', '.join([row] * AT_ONCE)}"

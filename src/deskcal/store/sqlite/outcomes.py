"""SQL of the directory's outcomes in the embedded store: read with a group of mutations, too."""

from collections.abc import Iterable
from typing import Any

import apsw

from deskcal.core.outcomes import Outcome
from deskcal.store.columns.directory import outcome_of, outcome_row

_OUTCOMES = "SELECT code, name, types, is_contact, next_in_sec FROM outcome ORDER BY code"
_PUT_OUTCOME = """
    INSERT INTO outcome (code, name, types, is_contact, next_in_sec) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET name = excluded.name, types = excluded.types,
        is_contact = excluded.is_contact, next_in_sec = excluded.next_in_sec"""


def read_outcomes(connection: apsw.Connection) -> list[Outcome]:
    """The outcomes, by code."""
    rows: Any = connection.execute(_OUTCOMES)
    return [outcome_of(row) for row in rows]


def put_outcomes(connection: apsw.Connection, outcomes: Iterable[Outcome]) -> None:
    """Adds or replaces them; the caller holds the transaction."""
    connection.executemany(_PUT_OUTCOME, [outcome_row(one) for one in outcomes])

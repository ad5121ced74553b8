"""Why a node has no connection that takes changes: what libpq says, whatever the names in it."""

import psycopg
import pytest

from deskcal.errors import Unavailable
from deskcal.store.postgres.connection import AWAY, READ_ONLY, why_away

HOST = 'connection failed: connection to server at "{}", port 5432 failed: {}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HOST.format("db1", "session is read-only"), READ_ONLY),
        (HOST.format("db1", "server is in hot standby mode"), READ_ONLY),
        (f"{HOST.format('db1', 'session is read-only')}\nMultiple attempts failed", READ_ONLY),
        (HOST.format("read-only.db1", "Connection refused"), AWAY),
        (HOST.format("db1", 'FATAL:  role "read-only" does not exist'), AWAY),
        (HOST.format("db1", 'FATAL:  database "session is read-only" does not exist'), AWAY),
    ],
)
def test_a_database_that_takes_reads_alone_differs_from_one_that_is_away(
    text: str, why: str
) -> None:
    assert why_away(psycopg.OperationalError(text)) == why


def test_what_a_connection_finds_read_only_is_said_so() -> None:
    assert why_away(Unavailable(READ_ONLY)) == READ_ONLY

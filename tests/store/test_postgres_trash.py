"""The removal of old trash takes what its limit says, whatever PostgreSQL expects of the table."""

from collections.abc import Iterator

import psycopg
import pytest

from deskcal.limits import Limits
from deskcal.store.postgres.store import open_postgres
from postgres_server import PostgresServer

ROWS, LIMIT = 60, 10
FILL = """
    INSERT INTO trash (event_id, deleted_time, deleted_by, document)
    SELECT n, n, 1, '{"id":1}'::bytea FROM generate_series(%s::int, %s::int) AS n"""


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.scratch_database() as made:
        yield made


async def test_old_trash_is_removed_in_parts_of_the_limit(url: str) -> None:
    """Of a table that had one row when it was last analyzed, PostgreSQL 18.4 expects one.

    It then ran a SELECT with LIMIT behind IN for each row of the table
    (`findings/postgres_limit_one_takes_all.sh`).
    """
    store = await open_postgres(url, Limits())
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("ALTER TABLE trash SET (autovacuum_enabled = off)")
        other.execute(FILL, (1, 1))
        other.execute("VACUUM ANALYZE trash")
        other.execute(FILL, (2, ROWS))
    removed = [await store.trash.purge(ROWS + 1, LIMIT) for _ in range(ROWS // LIMIT + 1)]
    await store.close()
    assert removed == [LIMIT] * (ROWS // LIMIT) + [0]

"""The floors of the creates write the rows that the stores write."""

from pathlib import Path

import psycopg
from bench import postgres_floor, requests, sqlite_floor
from bench.sqlite_floor import Job

from deskcal.core.document import decode_event
from deskcal.store.columns import NAMES, event_row
from deskcal.store.sqlite.check import check_sqlite
from helpers import NOW
from postgres_server import PostgresServer


def test_the_floor_writes_a_whole_store(tmp_path: Path) -> None:
    path = requests.save(tmp_path / "requests", requests.creates(80, NOW))
    directory = tmp_path / "floor"
    directory.mkdir()
    took = sqlite_floor.insert(Job(directory=str(directory), requests=path, group=64, rows=80))
    report = check_sqlite(directory)
    assert (took.rows, report.counts["event"], report.counts["change"]) == (80, 80, 80)
    assert report.differences == []


def test_the_floor_writes_every_column_on_postgresql(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    path = requests.save(tmp_path / "requests", requests.creates(80, NOW))
    with postgres.database() as url:
        job = postgres_floor.Job(url=url, requests=path, group=64, rows=80)
        assert postgres_floor.insert(job).rows == 80
        with psycopg.connect(url) as connection:
            columns = connection.execute(f"SELECT {', '.join(NAMES)} FROM event".encode())  # noqa: S608
            stored = columns.fetchall()
            documents = connection.execute("SELECT document FROM change ORDER BY seq").fetchall()
    events = [decode_event(document) for (document,) in documents]
    assert len(events) == 80
    assert sorted(stored) == sorted(event_row(event).values for event in events)

"""The floor of the creates writes the rows that the store writes."""

from pathlib import Path

from bench import requests, sqlite_floor
from bench.sqlite_floor import Job

from deskcal.store.sqlite.check import check_sqlite
from helpers import NOW


def test_the_floor_writes_a_whole_store(tmp_path: Path) -> None:
    path = requests.save(tmp_path / "requests", requests.creates(80, NOW))
    directory = tmp_path / "floor"
    directory.mkdir()
    took = sqlite_floor.insert(Job(directory=str(directory), requests=path, group=64, rows=80))
    report = check_sqlite(directory)
    assert (took.rows, report.counts["event"], report.counts["change"]) == (80, 80, 80)
    assert report.differences == []

"""Opening the embedded store: one server a directory, schema versions, files of others."""

import hashlib
import sqlite3
from pathlib import Path

import apsw
import pytest

from deskcal.limits import Limits
from deskcal.store.ports import StoreError
from deskcal.store.sqlite.connection import DATABASE
from deskcal.store.sqlite.schema import APPLICATION_ID, migrations, run_script
from deskcal.store.sqlite.store import open_sqlite
from places import SqlitePlace
from store.conftest import Backend
from store.mutations import adding, ids


def digests(directory: Path) -> dict[str, str]:
    """What every file in the directory holds."""
    files = sorted(path for path in directory.iterdir() if path.suffix != ".lock")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


async def test_a_second_store_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    backend = Backend(SqlitePlace(tmp_path))
    store = await backend.open()
    with pytest.raises(StoreError, match=f"{tmp_path} is in use by another deskcal"):
        await open_sqlite(tmp_path, Limits())
    await store.mutate(adding())
    await backend.close()
    assert await ids(await backend.open()) == [1]
    await backend.close()


async def test_the_directory_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "some" / "where"
    backend = Backend(SqlitePlace(directory))
    await backend.open()
    await backend.close()
    assert directory.stat().st_mode & 0o777 == 0o700


async def test_a_directory_that_can_not_be_made_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StoreError, match=str(file)):
        await open_sqlite(file / "data", Limits())


async def test_a_stopped_store_leaves_one_database_file_and_no_log(tmp_path: Path) -> None:
    backend = Backend(SqlitePlace(tmp_path))
    store = await backend.open()
    await store.mutate(adding())
    assert await ids(store) == [1]
    await backend.close()
    assert list(digests(tmp_path)) == [DATABASE]


async def test_the_database_of_a_newer_deskcal_is_refused_and_left_alone(tmp_path: Path) -> None:
    backend = Backend(SqlitePlace(tmp_path))
    await backend.open()
    await backend.close()
    newer = len(migrations()) + 1
    connection = apsw.Connection(str(tmp_path / DATABASE))
    connection.pragma("user_version", newer)
    connection.close()
    before = digests(tmp_path)
    with pytest.raises(StoreError, match=f"schema version {newer}.*newer deskcal"):
        await open_sqlite(tmp_path, Limits())
    assert digests(tmp_path) == before


@pytest.mark.parametrize("version", [0, 1, 99])
async def test_the_database_of_another_program_is_refused_and_left_alone(
    tmp_path: Path, version: int
) -> None:
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    before = digests(tmp_path)
    with pytest.raises(StoreError, match="another program"):
        await open_sqlite(tmp_path, Limits())
    assert digests(tmp_path) == before


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database at all" * 100)
    before = digests(tmp_path)
    with pytest.raises(StoreError, match="can't be opened"):
        await open_sqlite(tmp_path, Limits())
    assert digests(tmp_path) == before


async def test_a_refused_directory_can_be_opened_once_its_reason_is_gone(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError):
        await open_sqlite(tmp_path, Limits())
    (tmp_path / DATABASE).unlink()
    backend = Backend(SqlitePlace(tmp_path))
    assert await ids(await backend.open()) == []
    await backend.close()


async def test_a_new_database_carries_our_mark_and_the_newest_schema(tmp_path: Path) -> None:
    backend = Backend(SqlitePlace(tmp_path))
    await backend.open()
    await backend.close()
    connection = apsw.Connection(str(tmp_path / DATABASE))
    assert connection.pragma("application_id") == APPLICATION_ID
    assert connection.pragma("user_version") == len(migrations())
    assert connection.pragma("journal_mode") == "wal"
    connection.close()


async def test_a_database_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / DATABASE))
    connection.execute(migrations()[0])
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", 1)
    connection.close()
    backend = Backend(SqlitePlace(tmp_path))
    store = await backend.open()
    await store.mutate(adding(remind_before_sec=60))
    assert await ids(store) == [1]
    await backend.close()


def test_a_statement_with_rows_does_not_end_a_migration() -> None:
    connection = apsw.Connection(":memory:")
    run_script(
        connection, "CREATE TABLE a (x); INSERT INTO a VALUES (1), (2) RETURNING x; DROP TABLE a"
    )
    assert connection.execute("SELECT count(*) FROM sqlite_schema").get == 0


async def test_a_copy_that_is_made_beside_the_store_is_whole(tmp_path: Path) -> None:
    """As docs/operations.md says under "Backup"."""
    original, copy = tmp_path / "original", tmp_path / "copy"
    copy.mkdir()
    backend = Backend(SqlitePlace(original))
    store = await backend.open()
    await store.mutate(adding())
    source = sqlite3.connect(original / DATABASE)
    source.execute("VACUUM INTO ?", (str(copy / DATABASE),))
    source.close()
    await store.mutate(adding())
    await backend.close()
    copied = Backend(SqlitePlace(copy))
    assert (await copied.check()).differences == []
    assert await ids(await copied.open()) == [1]
    await copied.close()

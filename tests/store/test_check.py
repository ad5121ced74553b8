"""A check of stores that somebody has meddled with: each kind of damage is named."""

import asyncio
from pathlib import Path
from typing import Any

import apsw
import msgspec
import psycopg
import pytest

from deskcal.core.document import Record
from deskcal.limits import Limits
from deskcal.store.ports import StoreError
from deskcal.store.postgres.check import FETCH_ROWS, check_postgres
from deskcal.store.sqlite.check import check_sqlite
from deskcal.store.sqlite.connection import DATABASE
from helpers import NOW, WAIT_SEC
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer
from store.conftest import Backend
from store.mutations import adding, changing, deleting, restoring

SQLITE = {
    "renamed": "CAST(replace(CAST(document AS TEXT), 'Ret', 'Sub') AS BLOB)",
    "spaced": "CAST(replace(CAST(document AS TEXT), ',', ', ') AS BLOB)",
    "later": "CAST(replace(CAST(document AS TEXT), 'version\":2', 'version\":3') AS BLOB)",
    "braces": "x'7b7d'",
    "no_text": "x'ff'",
    "cut_text": "CAST('{\"title\":\"' || x'ff' AS BLOB)",
    "forget_ids": "UPDATE counter SET last_event_id = 2",
}
POSTGRES = {
    "renamed": "convert_to(replace(convert_from(document, 'UTF8'), 'Ret', 'Sub'), 'UTF8')",
    "spaced": "convert_to(replace(convert_from(document, 'UTF8'), ',', ', '), 'UTF8')",
    "later": """convert_to(replace(convert_from(document, 'UTF8'),
        'version":2', 'version":3'), 'UTF8')""",
    "braces": r"'\x7b7d'",
    "no_text": r"'\xff'",
    "cut_text": r"""'{"title":"\377'""",
    "forget_ids": "SELECT setval('event_id', 2)",
}
"""What is spelled in another way there."""


async def fill(place: Place) -> None:
    """A stopped store: events 1 to 3, 2 changed once, 3 deleted."""
    backend = Backend(place)
    store = await backend.open()
    for number in (1, 2, 3):
        await store.mutate(adding(desk=f"D{number}", participant_manager_ids=[20, 30]))
    await store.mutate(changing(2, title="changed"))
    await store.mutate(deleting(3))
    await backend.close()


@pytest.fixture
async def filled(place: Place) -> Place:
    await fill(place)
    return place


@pytest.fixture
async def directory(tmp_path: Path) -> Path:
    await fill(SqlitePlace(tmp_path / "data"))
    return tmp_path / "data"


def meddle(directory: Path, *statements: str) -> None:
    connection = apsw.Connection(str(directory / DATABASE))
    for statement in statements:
        connection.execute(statement)
    connection.close()


def damage_in(place: Place, statement: str) -> None:
    """Runs a statement, spelled as it must be there."""
    if isinstance(place, SqlitePlace):
        meddle(place.directory, "PRAGMA foreign_keys = OFF", statement.format_map(SQLITE))
    elif isinstance(place, PostgresPlace):
        with psycopg.connect(place.url, autocommit=True) as connection:
            connection.execute(statement.format_map(POSTGRES).encode())


async def test_a_whole_store_has_no_differences(filled: Place) -> None:
    report = await filled.check()
    assert report.differences == []
    assert report.counts["event"] == 2
    assert report.counts["change"] == 5
    assert report.counts["event_manager"] == 6


async def test_an_empty_store_has_no_differences(backend: Backend) -> None:
    await backend.open()
    await backend.close()
    assert (await backend.check()).differences == []


MOVES: list[dict[str, Any]] = [
    {"desk": "D9"},
    {"brand": "other", "start_time": NOW + 60},
    {"start_time": NOW - 7200, "end_time": NOW - 3600},
    {"end_time": NOW + 90 * 86_400, "owner_manager_id": 20},
    {"type": 2, "priority": 3, "outcome": "sold"},
    {"status": 1},
    {"customer_id": 5, "lead_id": 6, "login": 7, "remind_time": NOW + 5},
    {"follows_id": 1},
    {"claimed_by": 20, "claim_until": NOW + 60},
]


async def test_every_column_follows_the_event_where_one_group_changes_many(
    backend: Backend,
) -> None:
    store = await backend.open()
    for _ in MOVES:
        await store.mutate(adding(participant_manager_ids=[20, 30]))
    moves = enumerate(MOVES, 1)
    await asyncio.gather(*(store.mutate(changing(number, **move)) for number, move in moves))
    report = await backend.check()
    assert report.differences == []


async def test_a_store_in_use_can_be_checked(backend: Backend) -> None:
    store = await backend.open()
    await store.mutate(adding())
    report = await backend.check()
    assert (report.counts["event"], report.differences) == (1, [])


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE event SET start_time = start_time + 1 WHERE id = 1", "event 1 has index columns"),
        ("UPDATE event SET end_time = end_time - 1 WHERE id = 1", "event 1 has index columns"),
        ("UPDATE event SET duration_class = 3 WHERE id = 2", "event 2 has index columns"),
        ("UPDATE event SET status = 1 WHERE id = 2", "event 2 has index columns"),
        ("UPDATE event SET type = 4 WHERE id = 2", "event 2 has index columns"),
        ("UPDATE event SET customer_id = 4 WHERE id = 2", "event 2 has index columns"),
        ("UPDATE event SET lead_id = 4 WHERE id = 2", "event 2 has index columns"),
        ("UPDATE event SET login = 4 WHERE id = 2", "event 2 has index columns"),
        ("UPDATE event SET collection_id = 2 WHERE id = 1", "event 1 has index columns"),
        ("UPDATE event SET collection_id = 99 WHERE id = 1", "event 1 has index columns"),
        ("UPDATE collection SET desk = 'D9' WHERE id = 1", "event 1 has index columns"),
        (
            "UPDATE event SET document = {renamed} WHERE id = 1",
            "event 1 differs from the document of its last change",
        ),
        (
            "UPDATE event SET document = {spaced} WHERE id = 1",
            "event 1 has a document that is not spelled",
        ),
        ("UPDATE event SET document = {braces} WHERE id = 1", "event 1 has an unreadable document"),
        ("UPDATE event SET document = {no_text} WHERE id = 1", "event 1 has an unreadable doc"),
        ("UPDATE event SET document = {cut_text} WHERE id = 1", "event 1 has an unreadable doc"),
        (
            "UPDATE change SET document = {braces} WHERE seq = 4",
            "event 2 differs from the document of its last change",
        ),
        ("DELETE FROM change WHERE seq = 1", "event 1 differs from the document of its last"),
        ("DELETE FROM event_manager WHERE event_id = 1 AND manager_id = 30", "event 1 has rows in"),
        ("UPDATE event_manager SET end_time = 5 WHERE manager_id = 20", "event 1 has rows in"),
        ("UPDATE event_manager SET start_time = 5 WHERE event_id = 2", "event 2 has rows in"),
        (
            "INSERT INTO event_manager SELECT 77, duration_class, start_time, event_id, end_time"
            " FROM event_manager WHERE event_id = 1 AND manager_id = 10",
            "rows of event_manager: 7; the documents call for 6",
        ),
        (
            "INSERT INTO event_manager SELECT 77, duration_class, start_time, event_id, end_time"
            " FROM event_manager WHERE event_id = 1 AND manager_id = 10",
            "event 1 has rows in event_manager that are not those of its document",
        ),
        (
            "INSERT INTO event_manager VALUES (77, 0, 5, 9, 5)",
            "manager 77 is listed for event 9, which is not there",
        ),
        (
            "INSERT INTO trash SELECT id, 5, 10, document, 0 FROM event WHERE id = 1",
            "event 1 is in the trash and among the events",
        ),
        ("UPDATE search_index SET indexed_seq = 5", "event 1 and the index of the search differ"),
        ("DELETE FROM event WHERE id = 1", "event 1 and its last change 1 differ on whether"),
        ("DELETE FROM change WHERE seq = 5", "event 3 and its last change 3 differ on whether"),
        (
            "UPDATE change SET document = {braces} WHERE seq = 2",
            "change 2 of event 2 has an unread",
        ),
        ("UPDATE change SET event_id = 1 WHERE seq = 4", "change 4 of event 1 holds event 2"),
        ("DELETE FROM change WHERE seq = 2", "change 4 of event 2 is its first, of type 1 and"),
        ("UPDATE change SET type = 0 WHERE seq = 4", "change 4 of event 2 creates it once more"),
        (
            "UPDATE change SET type = 2 WHERE seq = 2",
            "change 4 of event 2 comes after its deletion",
        ),
        ("UPDATE change SET document = {later} WHERE seq = 4", "change 4 of event 2 has version 3"),
        ("UPDATE counter SET last_seq = 4", "change 5 is beyond the counter's 4"),
        ("{forget_ids}", "event 3 is beyond the counter's 2"),
    ],
)
async def test_each_kind_of_meddling_is_named(filled: Place, damage: str, named: str) -> None:
    damage_in(filled, damage)
    differences = (await filled.check()).differences
    assert [text for text in differences if text.startswith(named)], differences


@pytest.mark.parametrize("is_pruned", [True, False])
async def test_a_restore_is_the_first_change_only_where_what_was_before_is_pruned(
    filled: Place, is_pruned: bool
) -> None:
    backend = Backend(filled)
    store = await backend.open()
    if is_pruned:
        await store.feed.prune(NOW + 1, 100)
    await store.mutate(restoring(3))
    await backend.close()
    damage_in(filled, "DELETE FROM change WHERE event_id = 3 AND type <> 3")
    differences = (await filled.check()).differences
    named = [text for text in differences if "of event 3 is its first, of type 3" in text]
    assert (len(named), len(differences)) == ((0, 0) if is_pruned else (1, 1))


async def test_an_index_that_lost_a_row_is_damage_of_the_file(directory: Path) -> None:
    meddle(
        directory,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = sql || ' WHERE id > 1' WHERE name = 'event_by_time'",
        "PRAGMA writable_schema = RESET",
        "REINDEX event_by_time",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, ' WHERE id > 1', '')",
        "PRAGMA writable_schema = RESET",
    )
    differences = check_sqlite(directory).differences
    assert [text for text in differences if text.startswith("the database file is damaged")]


async def test_a_page_of_rubbish_is_reported_and_not_a_traceback(directory: Path) -> None:
    file = directory / DATABASE
    page = 4096
    content = bytearray(file.read_bytes())
    content[page : 2 * page] = b"\xa5" * page
    file.write_bytes(content)
    try:
        differences = check_sqlite(directory).differences
    except StoreError as message:
        differences = [str(message)]
    assert differences


async def test_a_directory_without_a_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        check_sqlite(tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="can't be read"):
        check_sqlite(tmp_path)


async def test_a_check_changes_nothing(directory: Path) -> None:
    before = (directory / DATABASE).read_bytes()
    check_sqlite(directory)
    assert (directory / DATABASE).read_bytes() == before


async def test_a_reminder_that_no_node_will_fetch_is_named(postgres: PostgresServer) -> None:
    with postgres.database() as url:
        place = PostgresPlace(url)
        await fill(place)
        damage_in(place, "INSERT INTO notification VALUES (1, 5, 10, 5, 6, 0, 6, 6)")
        (message,) = (await place.check()).differences
    assert message.startswith("the reminder of event 1 for manager 10 was fired at 6, beyond")


async def test_a_row_of_managers_behind_the_last_event_is_stray(postgres: PostgresServer) -> None:
    with postgres.database() as url:
        place = PostgresPlace(url)
        await fill(place)
        damage_in(place, "INSERT INTO event_manager VALUES (77, 0, 5, 9, 5), (78, 0, 5, 0, 5)")
        differences = (await place.check()).differences
    assert differences[1:] == [
        "manager 78 is listed for event 0, which is not there",
        "manager 77 is listed for event 9, which is not there",
    ]


def test_a_database_without_a_store_is_refused_and_left_empty(postgres: PostgresServer) -> None:
    with postgres.scratch_database() as url:
        with pytest.raises(StoreError, match="there is no store in postgresql:"):
            check_postgres(url, Limits())
        with psycopg.connect(url) as connection:
            tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            assert connection.execute(tables).fetchone() == (0,)


def test_a_database_that_is_not_there_is_reported(postgres: PostgresServer) -> None:
    with pytest.raises(StoreError, match="can't be read"):
        check_postgres(postgres.url("nowhere"), Limits())


async def test_a_database_is_read_in_pieces(postgres: PostgresServer) -> None:
    with postgres.database() as url:
        backend = Backend(PostgresPlace(url))
        store = await backend.open()
        count = FETCH_ROWS + 10
        guests = [11, 12]
        for _ in range(count):
            work = store.mutate(adding(participant_manager_ids=guests))
        await work
        report = await backend.check()
        await backend.close()
    assert report.differences == []
    assert (report.counts["event"], report.counts["event_manager"]) == (count, 3 * count)


async def test_an_unreadable_document_fails_its_own_read_and_no_other(
    place: Place, backend: Backend
) -> None:
    """Issue 11: on PostgreSQL the other reads of the same statement were never answered."""
    store = await backend.open()
    for _ in range(3):
        await store.mutate(adding())
    await backend.close()
    damage_in(place, "UPDATE event SET document = {no_text} WHERE id = 2")
    store = await backend.open()
    async with asyncio.timeout(WAIT_SEC):
        first, second, third = await asyncio.gather(
            *(store.load(event_id) for event_id in (1, 2, 3)), return_exceptions=True
        )
    assert isinstance(first, Record) and isinstance(third, Record)
    assert isinstance(second, msgspec.DecodeError)

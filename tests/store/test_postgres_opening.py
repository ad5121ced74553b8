"""Opening a database: several nodes at once, schema versions, tables of others, poolers, TLS."""

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from certificate import write_certificate
from deskcal.core.all_day import UTC
from deskcal.core.masks import brand_mask
from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.store.ports import StoreError
from deskcal.store.postgres.all_day import use_zones
from deskcal.store.postgres.connection import Connection, connect
from deskcal.store.postgres.pool import open_pool
from deskcal.store.postgres.schema import MIGRATION_LOCK, migrate, migrations
from deskcal.store.postgres.store import open_postgres
from helpers import NOW
from postgres_proxy import PostgresProxy
from postgres_server import PostgresServer
from store.mutations import adding, ids, listed

NODES = 5
WAIT_SEC = 60
SHORT_SEC = 1
WAITED = """
    SELECT clock_timestamp() - query_start > interval '2 s' FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE '%pg_advisory_xact_lock($1%'
        AND wait_event = 'advisory'"""
SLEEPING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
END_SLEEPING = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"""
TABLES = """
    SELECT c.relname, c.relfilenode, c.xmin::text FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1"""


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    """Of a database in which there is nothing at all."""
    with postgres.scratch_database() as made:
        yield made


@pytest.fixture
async def proxy(url: str) -> AsyncIterator[PostgresProxy]:
    async with PostgresProxy(url) as made:
        yield made


def rows(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Of the last statement."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


async def refused(url: str) -> str:
    """Why the database is not opened."""
    with pytest.raises(StoreError) as caught:
        await open_postgres(url, Limits())
    return str(caught.value)


async def test_several_nodes_that_start_together_make_the_tables_once(url: str) -> None:
    stores = await asyncio.gather(*(open_postgres(url, Limits()) for _ in range(NODES)))
    for store in stores:
        await store.mutate(adding())
    assert [len(await ids(store)) for store in stores] == [NODES] * NODES
    await asyncio.gather(*(store.close() for store in stores))
    assert rows(url, "SELECT * FROM schema_version") == [("deskcal", len(migrations()))]


async def test_a_newer_schema_is_refused_and_left_alone(url: str) -> None:
    await (await open_postgres(url, Limits())).close()
    rows(url, "UPDATE schema_version SET version = 99")
    before = rows(url, TABLES)
    assert "has schema version 99" in await refused(url)
    assert "run the newer deskcal" in await refused(url)
    assert rows(url, TABLES) == before
    assert rows(url, "SELECT version FROM schema_version") == [(99,)]


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deskcal that knows one migration more."""
    scripts = [*migrations(), "ALTER TABLE event ADD COLUMN more integer"]
    monkeypatch.setattr("deskcal.store.postgres.schema.migrations", lambda: scripts)


async def test_an_older_schema_is_brought_up_to_date_once(
    url: str, request: pytest.FixtureRequest
) -> None:
    """By the first of the nodes that start together; what was there is still there."""
    older = await open_postgres(url, Limits())
    await older.mutate(adding())
    request.getfixturevalue("newer")
    stores = await asyncio.gather(*(open_postgres(url, Limits()) for _ in range(NODES)))
    assert [await ids(store) for store in (older, *stores)] == [[1]] * (NODES + 1)
    await asyncio.gather(*(store.close() for store in (older, *stores)))
    assert rows(url, "SELECT version FROM schema_version") == [(len(migrations()) + 1,)]


@pytest.mark.parametrize("default", ["off", "local", "on", "remote_apply"])
async def test_commits_are_on_the_disk_whatever_the_default_of_the_database_is(
    url: str, default: str
) -> None:
    rows(url, f"ALTER DATABASE {urlsplit(url).path[1:]} SET synchronous_commit = {default}")
    wanted = "remote_apply" if default == "remote_apply" else "on"
    assert await settings_of_all(url, "synchronous_commit") == {wanted}


async def test_no_connection_waits_for_ever(url: str) -> None:
    assert await settings_of_all(url, "statement_timeout") == {"20s"}
    assert await settings_of_all(url, "lock_timeout") == {"8s"}
    assert await settings_of_all(url, "idle_in_transaction_session_timeout") == {"5s"}


async def test_no_connection_is_ended_for_being_idle(url: str) -> None:
    rows(url, f"ALTER DATABASE {urlsplit(url).path[1:]} SET idle_session_timeout = '1h'")
    assert await settings_of_all(url, "idle_session_timeout") == {"0"}


async def test_what_the_database_says_is_logged_in_one_line(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = await open_postgres(url, Limits())
    rows(url, "ALTER TABLE event RENAME TO gone")
    with pytest.raises(Unavailable):
        await ids(store)
    await store.close()
    said = [one.getMessage() for one in caplog.records if "does not exist" in one.getMessage()]
    assert said
    assert not [one for one in said if "\n" in one]


async def settings_of_all(url: str, name: str) -> set[str]:
    """A setting on a connection that writes or listens, and on one that reads."""
    show = f"SHOW {name}".encode()
    writer = await connect(url, Limits())
    async with open_pool(url, Limits()) as pool, pool.connection() as reader, writer:
        found = [await (await one.execute(show)).fetchone() for one in (writer, reader)]
    return {row[0] for row in found if row}


async def test_a_node_has_no_more_connections_than_it_may(url: str) -> None:
    """It comes to as many while more wait than it has, and that takes it a while."""
    store = await open_postgres(url, Limits(database_pool_size=3))
    ours = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    counts: list[int] = []
    async with asyncio.timeout(WAIT_SEC):
        while counts[-2:] != [3 + 1, 3 + 1]:
            reading = asyncio.gather(*(listed(store) for _ in range(50)))
            await asyncio.gather(*(store.mutate(adding()) for _ in range(50)))
            await reading
            counts += rows(url, f"{ours} AND starts_with(application_name, 'deskcal')")[0]
    assert max(counts) == 3 + 1
    await store.close()


@pytest.mark.parametrize(
    "table",
    [
        "CREATE TABLE invoice (id integer)",
        "CREATE TABLE event (id integer)",
        "CREATE VIEW invoice AS SELECT 1",
        "CREATE TABLE schema_version (version integer)",
        "CREATE TABLE schema_version (application text, version integer)",
    ],
)
async def test_a_database_of_another_program_is_refused_and_left_alone(
    url: str, table: str
) -> None:
    before = rows(url, table, TABLES)
    assert "a table of another program" in await refused(url)
    assert rows(url, TABLES) == before


@pytest.mark.parametrize("path", ["missing", "pg_catalog, public"])
async def test_a_search_path_without_a_schema_for_tables_is_refused_by_its_name(
    postgres: PostgresServer, url: str, path: str
) -> None:
    postgres.execute(f"ALTER DATABASE {urlsplit(url).path[1:]} SET search_path = {path}")
    assert f"search_path ({path}) begins with no schema for tables" in await refused(url)


async def test_a_database_that_is_not_in_utf8_is_refused(
    postgres: PostgresServer, url: str
) -> None:
    name = urlsplit(url).path[1:] + "_latin"
    postgres.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0")
    assert "UTF8" in await refused(postgres.url(name))
    postgres.execute(f"DROP DATABASE {name}")


async def test_a_server_that_is_too_old_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskcal.store.postgres.connection.OLDEST_VERSION", 990_000)
    assert "deskcal needs 99 or newer" in await refused(url)


async def test_a_failed_migration_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = [*migrations(), "CREATE TABLE half (id integer); SELECT 1 / 0"]
    with monkeypatch.context() as patch:
        patch.setattr("deskcal.store.postgres.schema.migrations", lambda: scripts)
        assert "division by zero" in await refused(url)
    assert rows(url, TABLES) == []
    await (await open_postgres(url, Limits())).close()


async def test_a_migration_that_crosses_with_a_change_begins_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL ends one of the two, and it may be the migration. A sequence is not set back."""
    rows(url, "CREATE SCHEMA other", "CREATE SEQUENCE other.tries")
    deadlock = """
        CREATE TABLE half (id integer);
        DO $$ BEGIN IF nextval('other.tries') < 3 THEN
            RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF; END $$"""
    scripts = [*migrations(), deadlock]
    monkeypatch.setattr("deskcal.store.postgres.schema.migrations", lambda: scripts)
    await (await open_postgres(url, Limits())).close()
    assert rows(url, "SELECT version FROM schema_version") == [(len(scripts),)]
    assert rows(url, "SELECT last_value FROM other.tries") == [(3,)]


@pytest.mark.parametrize("step", ["migrate", "use_zones"])
async def test_a_node_that_waits_for_another_one_at_its_start_has_no_deadline(
    url: str, step: str
) -> None:
    """However long that takes; PostgreSQL's own `transaction_timeout` is off as well."""
    await (await open_postgres(url, Limits())).close()
    connection = await connect(url, Limits(request_deadline_sec=SHORT_SEC))
    begins: dict[str, Callable[[Connection], Coroutine[Any, Any, None]]] = {
        "migrate": migrate,
        "use_zones": functools.partial(use_zones, default_timezone=UTC),
    }
    with psycopg.connect(url) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s, %s)", MIGRATION_LOCK)
        waiting = asyncio.ensure_future(begins[step](connection))
        async with asyncio.timeout(WAIT_SEC):
            while rows(url, WAITED) != [(True,)]:
                assert not waiting.done(), waiting.exception()
                await asyncio.sleep(0.05)
    async with asyncio.timeout(WAIT_SEC):
        await waiting
    await connection.close()


async def test_a_node_that_is_killed_amid_its_migration_leaves_it_to_the_next(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node of the version before goes on all the time."""
    older = await open_postgres(url, Limits())
    await older.mutate(adding())
    scripts = [*migrations(), "CREATE TABLE more (id integer); SELECT pg_sleep(3600)"]
    with monkeypatch.context() as patch:
        patch.setattr("deskcal.store.postgres.schema.migrations", lambda: scripts)
        first = asyncio.ensure_future(open_postgres(url, Limits()))
        async with asyncio.timeout(WAIT_SEC):
            while rows(url, SLEEPING) == []:
                await asyncio.sleep(0.05)
        scripts[-1] = "CREATE TABLE more (id integer)"
        second = asyncio.ensure_future(open_postgres(url, Limits()))
        await older.mutate(adding())
        rows(url, END_SLEEPING)
        with pytest.raises(StoreError):
            await first
        newer = await second
    assert await ids(newer) == await ids(older) == [1, 2]
    await asyncio.gather(older.close(), newer.close())
    assert rows(url, "SELECT version FROM schema_version") == [(len(scripts),)]


async def test_who_can_not_be_reached_is_named_without_the_password(url: str) -> None:
    place = urlsplit(url)
    message = await refused(url.replace(f":{place.port}/", ":1/"))
    assert "can't be opened" in message
    assert str(place.password) not in message


async def test_a_wrong_password_is_said_without_the_password(url: str) -> None:
    password = str(urlsplit(url).password)
    message = await refused(url.replace(password, password[::-1]))
    assert "password authentication failed" in message
    assert password[::-1] not in message


async def test_of_several_hosts_the_one_that_takes_writes_is_used(url: str) -> None:
    host = f"127.0.0.1:{urlsplit(url).port}"
    store = await open_postgres(url.replace(host, f"127.0.0.1:1,{host}"), Limits())
    await store.mutate(adding())
    await store.close()


async def test_a_database_whose_texts_have_escapes_by_default_serves(url: str) -> None:
    """Old databases may have this setting; every statement here is written for the other one."""
    name = urlsplit(url).path[1:]
    rows(url, f"ALTER DATABASE {name} SET standard_conforming_strings = off")
    store = await open_postgres(url, Limits())
    await store.mutate(adding(start_time=NOW, end_time=NOW + 60))
    busy = await store.busy([10], NOW, NOW + 60, brand_mask("*"))
    assert busy[10].accepted == [(NOW, NOW + 60)]
    await store.close()


async def test_a_database_that_takes_no_writes_is_refused(url: str) -> None:
    name = urlsplit(url).path[1:]
    rows(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "session is read-only" in await refused(url)


async def test_the_connection_is_as_safe_as_the_url_asks(tmp_path: Path) -> None:
    with PostgresServer() as server:
        assert "SSL was required" in await refused(f"{server.url()}?sslmode=require")
        ours = secure(server)
        others = write_certificate(tmp_path / "others.pem")
        checked = f"{server.url()}?sslmode=verify-full&sslrootcert="
        assert "certificate verify failed" in await refused(f"{checked}{others}")
        store = await open_postgres(f"{checked}{ours}", Limits())
        await store.mutate(adding())
        found = server.execute(
            "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
            " WHERE starts_with(application_name, 'deskcal')"
        )
        assert found == [(True,)]
        await store.close()


def secure(server: PostgresServer) -> Path:
    """Has the server take TLS; its certificate."""
    data = Path(server.execute("SHOW data_directory")[0][0])
    path = write_certificate(data / "server.pem")
    path.chmod(0o600)
    os.chown(path, data.stat().st_uid, data.stat().st_gid)
    for name, value in {"ssl": "on", "ssl_cert_file": path, "ssl_key_file": path}.items():
        server.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    server.execute("SELECT pg_reload_conf()")
    return path


async def test_a_pooler_is_refused(proxy: PostgresProxy) -> None:
    proxy.is_pooler = True
    assert "there is a connection pooler before the database" in await refused(proxy.url)
    proxy.is_pooler = False
    await (await open_postgres(proxy.url, Limits())).close()


async def test_a_database_that_greets_and_then_hangs_is_given_up(
    proxy: PostgresProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskcal.store.postgres.connection.CONNECT_TIMEOUT_SEC", 0.2)
    proxy.freezes_after_greeting = True
    assert "can't be opened" in await refused(proxy.url)

"""A database that goes away: before, while and after it commits, for a moment or for good.

Nobody gets a false answer, nobody waits beyond the deadline, and nothing has to be started again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from deskcal.core.event import Event
from deskcal.errors import DeskcalError, Timeout, Unavailable
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.ports.work import Mutation
from deskcal.store.postgres.store import open_postgres
from postgres_proxy import AtCommit, PostgresProxy
from postgres_server import PostgresServer
from store.mutations import adding, changing, done, ids, listed, loaded

WAIT_SEC = 60
DEADLINE_SEC = 4
"""Where a test waits for it. All others have the usual one, which a slow machine keeps, too."""
END_ALL = """
    SELECT pid, pg_terminate_backend(pid, 60000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_FULL = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;"""
DISK_FULL = {
    "AFTER INSERT": f"""{_FULL} CREATE TRIGGER full_disk AFTER INSERT ON change
        FOR EACH ROW EXECUTE FUNCTION full_disk()""",
    "DEFERRED": f"""{_FULL} CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON change
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION full_disk()""",
}
LEFT = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.scratch_database() as made:
        yield made


@pytest.fixture
async def proxy(url: str) -> AsyncIterator[PostgresProxy]:
    async with PostgresProxy(url) as made:
        yield made


@pytest.fixture
async def store(proxy: PostgresProxy) -> AsyncIterator[Store]:
    """A node that reaches its database over the proxy."""
    opened = await open_postgres(proxy.url, Limits())
    yield opened
    await opened.close()


@pytest.fixture
async def hasty(proxy: PostgresProxy) -> AsyncIterator[Store]:
    """The same with a short deadline."""
    opened = await open_postgres(proxy.url, Limits(request_deadline_sec=DEADLINE_SEC))
    yield opened
    await opened.close()


@pytest.fixture
async def direct(url: str) -> AsyncIterator[Store]:
    """A node without anything in between."""
    opened = await open_postgres(url, Limits())
    yield opened
    await opened.close()


async def test_an_answer_to_the_commit_that_gets_lost_is_not_known(
    proxy: PostgresProxy, store: Store
) -> None:
    proxy.at_commit = AtCommit.CUT_AFTER
    with pytest.raises(Timeout, match="unknown"):
        await store.mutate(adding())
    proxy.at_commit = AtCommit.PASS
    assert len(await ids(store)) == 1


async def test_the_retry_of_what_was_not_known_makes_no_second_event(
    proxy: PostgresProxy, store: Store
) -> None:
    proxy.at_commit = AtCommit.CUT_AFTER
    with pytest.raises(Timeout):
        await store.mutate(adding(key="a"))
    proxy.at_commit = AtCommit.PASS
    again = await done(store.mutate(adding(key="a")))
    assert await ids(store) == [again.id]
    assert [change.event_id for change in await store.feed.changes(0, 10)] == [again.id]


async def test_the_retry_at_another_node_of_what_was_not_known_makes_no_second_event(
    proxy: PostgresProxy, store: Store, direct: Store
) -> None:
    proxy.at_commit = AtCommit.CUT_AFTER
    with pytest.raises(Timeout):
        await store.mutate(adding(key="a"))
    again = await done(direct.mutate(adding(key="a")))
    assert await ids(direct) == [again.id]


async def test_the_retry_of_what_never_came_to_the_database_makes_the_event(
    proxy: PostgresProxy, store: Store
) -> None:
    proxy.at_commit = AtCommit.CUT_BEFORE
    with pytest.raises(Timeout):
        await store.mutate(adding(key="a"))
    proxy.at_commit = AtCommit.PASS
    assert await ids(store) == []
    again = await done(store.mutate(adding(key="a")))
    assert await ids(store) == [again.id]


async def test_ids_of_a_group_that_is_not_known_are_not_given_out_again(
    proxy: PostgresProxy, store: Store
) -> None:
    proxy.at_commit = AtCommit.CUT_AFTER
    with pytest.raises(Timeout):
        await store.mutate(adding())
    proxy.at_commit = AtCommit.PASS
    made = [(await done(store.mutate(adding()))).id for _ in range(20)]
    assert len(await ids(store)) == 21
    assert len(set(made)) == 20


async def test_a_connection_that_is_ended_before_the_commit_has_applied_nothing(
    url: str, direct: Store
) -> None:
    made = await done(direct.mutate(adding()))
    plain = changing(made.id, title="changed")

    def change(event: Event | None, event_id: int) -> Event | None:
        with psycopg.connect(url) as connection:
            connection.execute(END_ALL)
        return plain.change(event, event_id)

    with pytest.raises(Unavailable, match="nothing was applied"):
        await direct.mutate(Mutation(made.id, plain.type, plain.actor, plain.time, change))
    assert await loaded(direct, made.id) == made
    await direct.mutate(plain)


async def test_connections_that_were_ended_while_idle_are_not_noticed(
    url: str, direct: Store
) -> None:
    for number in range(3):
        made = await done(direct.mutate(adding(title=f"title {number}")))
        found = await asyncio.gather(*(loaded(direct, made.id) for _ in range(20)), listed(direct))
        assert found[0] == made
        with psycopg.connect(url, autocommit=True) as connection:
            ended = [pid for pid, _ in connection.execute(END_ALL)]
            assert connection.execute(LEFT, (ended,)).fetchone() == (0,)


async def test_prepared_statements_are_made_again_after_a_failover(url: str, direct: Store) -> None:
    """As many runs before as it takes to have all of them prepared, and as many after."""
    made = await done(direct.mutate(adding()))
    for _ in range(2):
        for number in range(12):
            await direct.mutate(changing(made.id, title=f"title {number}"))
            await direct.mutate(changing(made.id, start_time=made.start_time + number))
            await direct.mutate(adding(key=f"key {number}"))
            await loaded(direct, made.id)
            await listed(direct)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(END_ALL)
    assert len(await ids(direct)) == 13


async def test_a_database_that_does_not_answer_any_more_holds_nobody_beyond_the_deadline(
    proxy: PostgresProxy, hasty: Store
) -> None:
    made = await done(hasty.mutate(adding()))
    await listed(hasty)
    proxy.freeze()
    waiting: list[Awaitable[Any]] = [hasty.mutate(adding()) for _ in range(5)]
    waiting += [hasty.load(made.id), listed(hasty), hasty.feed.changes(0, 10)]
    waiting += [hasty.reminders.fire(made.start_time, 10), hasty.directory.all()]
    async with asyncio.timeout(WAIT_SEC):
        answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(answer) for answer in answers[:5]} <= {Timeout, Unavailable}
    assert {type(answer) for answer in answers[5:]} <= {Timeout, Unavailable}
    proxy.thaw()
    await until_it_works(hasty)


async def test_a_store_on_a_database_that_does_not_answer_can_be_closed(
    proxy: PostgresProxy,
) -> None:
    opened = await open_postgres(proxy.url, Limits(request_deadline_sec=DEADLINE_SEC))
    await opened.mutate(adding())
    proxy.freeze()
    answer = opened.mutate(adding())
    async with asyncio.timeout(WAIT_SEC):
        await opened.close()
        with pytest.raises((Timeout, Unavailable)):
            await answer
    with pytest.raises(Unavailable, match="stopping"):
        await opened.mutate(adding())


async def test_a_database_that_restarts_needs_no_restart_of_the_node() -> None:
    with PostgresServer() as server, server.scratch_database() as url:
        store = await open_postgres(url, Limits(request_deadline_sec=DEADLINE_SEC))
        made = await done(store.mutate(adding()))
        in_flight = [asyncio.ensure_future(store.mutate(adding(key=str(n)))) for n in range(50)]
        server.stop()
        answers = await asyncio.gather(*in_flight, return_exceptions=True)
        assert {type(answer) for answer in answers} <= {bytes, Timeout, Unavailable}
        with pytest.raises(Unavailable):
            await store.mutate(adding())
        with pytest.raises(Unavailable):
            await store.load(made.id)
        server.start()
        await until_it_works(store)
        assert await loaded(store, made.id) == made
        kept = {answer for answer in answers if isinstance(answer, bytes)}
        again = [await store.mutate(adding(key=str(number))) for number in range(50)]
        assert kept <= set(again)
        titles = [row["title"] for row in (await listed(store))[0]]
        assert len(titles) - titles.count("after") == 51
        await store.close()


async def test_a_database_that_takes_only_reads_for_a_while_takes_writes_afterwards(
    url: str, direct: Store
) -> None:
    """As a node finds it whose primary has become a standby."""
    made = await done(direct.mutate(adding()))
    name = urlsplit(url).path[1:]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        connection.execute(END_ALL)
        with pytest.raises(Unavailable):
            await direct.mutate(adding())
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
    await until_it_works(direct)
    assert await loaded(direct, made.id) == made


@pytest.mark.parametrize("moment", ["AFTER INSERT", "DEFERRED"])
async def test_a_full_disk_refuses_changes_whole_and_nothing_has_to_be_started_again(
    url: str, direct: Store, moment: str
) -> None:
    """PostgreSQL reports it at a statement, or at the COMMIT: a trigger does it in its place."""
    made = await done(direct.mutate(adding()))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(DISK_FULL[moment])
        for change in (adding(key="a"), changing(made.id, title="changed")):
            with pytest.raises(Unavailable, match="disk of the database is full; nothing was"):
                await direct.mutate(change)
        assert await ids(direct) == [made.id]
        assert await loaded(direct, made.id) == made
        assert [change.event_id for change in await direct.feed.changes(0, 10)] == [made.id]
        connection.execute("DROP TRIGGER full_disk ON change")
    again = await done(direct.mutate(adding(key="a")))
    assert await ids(direct) == [made.id, again.id]


async def test_a_node_goes_over_to_the_host_that_is_there_after_a_failover(url: str) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(PostgresProxy(url))
        second = await stack.enter_async_context(PostgresProxy(url))
        hosts = [f"127.0.0.1:{urlsplit(proxy.url).port}" for proxy in (first, second)]
        both = first.url.replace(hosts[0], ",".join(hosts))
        store = await open_postgres(both, Limits(request_deadline_sec=DEADLINE_SEC))
        stack.push_async_callback(store.close)
        made = await done(store.mutate(adding()))
        await first.__aexit__(None, None, None)
        await until_it_works(store)
        assert await loaded(store, made.id) == made


async def test_an_import_that_begins_keeps_no_node_from_reading(url: str, hasty: Store) -> None:
    """A lock that somebody takes on all tables is waited for no longer than the deadline."""
    made = await done(hasty.mutate(adding()))
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable):
            await hasty.load(made.id)
        with pytest.raises(Unavailable, match="holds a lock"):
            await hasty.mutate(adding())
    assert await loaded(hasty, made.id) == made


async def until_it_works(store: Store) -> None:
    """Waits until the node takes changes again and reads them back."""
    async with asyncio.timeout(WAIT_SEC):
        while True:
            try:
                made = await done(store.mutate(adding(title="after")))
                assert await loaded(store, made.id) == made
                return
            except DeskcalError:
                await asyncio.sleep(0.05)

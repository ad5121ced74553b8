"""Writing beside others: nodes on the same events, conflicts that the database ends, locks held."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest

from deskcal.core.document import id_of
from deskcal.core.event import Event
from deskcal.errors import Conflict, Internal, Unavailable
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.ports.work import Changes, Mutation, Transaction
from deskcal.store.postgres import writer
from deskcal.store.postgres.store import open_postgres
from deskcal.store.postgres.writer import ATTEMPTS, GROUP
from helpers import NOW
from postgres_server import PostgresServer
from store.mutations import adding, changing, deleting, done, ids, loaded

WAIT_SEC = 30
BLOCKED = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"""
FAILING = """
    CREATE SEQUENCE tries;
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('tries') <= {times} THEN
            RAISE 'crossed' USING ERRCODE = 'serialization_failure';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER fail BEFORE INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION fail()"""
POISONED = """
    CREATE FUNCTION choke() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF position('poison' in encode(NEW.document, 'escape')) > 0 THEN
            RAISE 'poisoned';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER choke BEFORE INSERT OR UPDATE ON event FOR EACH ROW EXECUTE FUNCTION choke()"""


class Other:
    """Somebody else at the same database, in a transaction that a test begins and ends."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    async def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a statement."""
        cursor = await self._connection.execute(statement.encode(), values)
        return await cursor.fetchall() if cursor.description else []

    async def blocked(self, count: int = 1) -> list[int]:
        """Server processes that wait for a lock, once there are so many."""
        async with asyncio.timeout(WAIT_SEC):
            while len(found := await self.run(BLOCKED)) < count:
                await asyncio.sleep(0.01)
        return [pid for (pid,) in found]


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.scratch_database() as made:
        yield made


@pytest.fixture
async def node(url: str) -> AsyncIterator[Store]:
    """A node with a deadline of which a lock may take 4 s; on a database with an empty store."""
    store = await open_postgres(url, Limits(request_deadline_sec=10))
    yield store
    await store.close()


@pytest.fixture
async def nodes(url: str) -> AsyncIterator[list[Store]]:
    """Three nodes."""
    opened: list[Store] = [await open_postgres(url, Limits()) for _ in range(3)]
    yield opened
    await asyncio.gather(*(store.close() for store in opened))


@pytest.fixture
async def other(url: str, node: Store) -> AsyncIterator[Other]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        yield Other(connection)


def counting(event_id: int) -> Mutation:
    """Adds one to the event's `customer_id`."""

    def change(event: Event | None, event_id: int) -> Event | None:
        assert event is not None
        found = changing(event_id, customer_id=event.customer_id + 1)
        return found.change(event, event_id)

    plain = changing(event_id)
    return Mutation(event_id, plain.type, plain.actor, plain.time, change)


async def test_an_answered_change_is_seen_on_every_node_at_once(nodes: list[Store]) -> None:
    one, *others = nodes
    made = (await done(one.mutate(adding()))).id
    for number, store in enumerate(nodes * 5):
        await store.mutate(changing(made, title=f"title {number}"))
        for reader in nodes:
            event = await loaded(reader, made)
            assert event is not None and event.title == f"title {number}"
    await others[0].mutate(deleting(made))
    assert [await loaded(store, made) for store in nodes] == [None] * 3


async def test_changes_of_one_event_on_all_nodes_lose_nothing(nodes: list[Store]) -> None:
    made = (await done(nodes[0].mutate(adding()))).id
    await asyncio.gather(*(store.mutate(counting(made)) for _ in range(50) for store in nodes))
    event = await loaded(nodes[0], made)
    assert event is not None
    assert (event.customer_id, event.version) == (150, 151)


async def test_groups_that_name_the_same_events_in_other_orders_do_not_cross(
    nodes: list[Store],
) -> None:
    made = [(await done(nodes[0].mutate(adding()))).id for _ in range(5)]
    orders = [made, made[::-1], made[2:] + made[:2]]
    changes = [
        store.mutate(counting(event_id))
        for _ in range(20)
        for store, order in zip(nodes, orders, strict=True)
        for event_id in order
    ]
    await asyncio.gather(*changes)
    counts = [await loaded(nodes[1], event_id) for event_id in made]
    assert [event and event.customer_id for event in counts] == [60] * 5


async def test_an_idempotency_key_on_all_nodes_at_once_makes_one_event(nodes: list[Store]) -> None:
    again = [store.mutate(adding(key="same")) for _ in range(5) for store in nodes]
    assert len(set(await asyncio.gather(*again))) == 1
    assert len(await ids(nodes[0])) == 1
    with pytest.raises(Conflict):
        await nodes[2].mutate(adding(key="same", digest=b"other"))


async def test_a_key_may_hold_what_postgresql_text_can_not(nodes: list[Store]) -> None:
    keys = ["a\0b", "a\0c", "é", "\U0001f4c5"]
    first = [await nodes[0].mutate(adding(key=key)) for key in keys]
    assert [await nodes[1].mutate(adding(key=key)) for key in keys] == first


async def test_a_desk_that_one_node_was_the_first_to_use_is_in_the_lists_of_all(
    nodes: list[Store],
) -> None:
    desks = [f"DESK_{number}" for number in range(6)]
    adds = [store.mutate(adding(desk=desk)) for desk in desks for store in nodes]
    made = [(await done(add)).id for add in adds]
    for store in nodes:
        assert sorted(await ids(store)) == sorted(made)
        assert sorted(await ids(store, desk_filter="DESK_5")) == sorted(made[-3:])


async def test_ids_of_all_nodes_are_different(nodes: list[Store]) -> None:
    adds = [store.mutate(adding()) for _ in range(100) for store in nodes]
    made = [await done(add) for add in adds]
    assert len({event.id for event in made}) == 300


async def test_ids_are_fetched_as_a_group_needs_them_not_as_many_as_it_may_need(
    node: Store, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "IDS_AT_ONCE", 4)

    def apply(changes: Changes) -> list[int]:
        return [id_of(changes.mutate(adding())) for _ in range(50)]

    applied = await node.transact(Transaction((), 100_000, 10, NOW, apply))
    assert applied.value == list(range(1, 51))
    assert await ids(node) == applied.value
    ((last,),) = await other.run("SELECT last_value FROM event_id")
    assert last < 1000


async def test_what_waits_is_one_transaction_with_one_nudge_for_each_group(
    url: str, other: Other
) -> None:
    store = await open_postgres(url, Limits(max_group=50))
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as ear:
        await ear.execute("LISTEN deskcal")
        await asyncio.gather(*(store.mutate(adding()) for _ in range(200)))
        await other.run("NOTIFY deskcal, 'end'")
        nudges = [nudge async for nudge in ear.notifies(timeout=WAIT_SEC, stop_after=5)]
    assert [nudge.payload for nudge in nudges] == ["", "", "", "", "end"]
    assert await other.run("SELECT count(DISTINCT xmin::text) FROM change") == [(4,)]
    await store.close()


async def test_a_change_is_tried_again_when_the_database_asks_for_it(
    node: Store, other: Other
) -> None:
    await other.run(FAILING.format(times=ATTEMPTS - 1))
    event = await done(node.mutate(adding()))
    assert await ids(node) == [event.id]


async def test_a_change_is_not_tried_for_ever(node: Store, other: Other) -> None:
    await other.run(FAILING.format(times=ATTEMPTS))
    with pytest.raises(Unavailable, match="nothing was applied"):
        await node.mutate(adding())
    assert await other.run("SELECT last_value FROM tries") == [(ATTEMPTS,)]
    assert await ids(node) == []
    await node.mutate(adding())


async def test_a_change_goes_on_after_a_deadlock_that_somebody_else_has_made(
    nodes: list[Store], other: Other
) -> None:
    node = nodes[0]
    one, two = [(await done(node.mutate(adding()))).id for _ in range(2)]
    await other.run("SET deadlock_timeout = '1min'")
    await other.run("BEGIN")
    await other.run("SELECT 1 FROM event WHERE id = %s FOR UPDATE", two)
    changes = asyncio.gather(node.mutate(counting(one)), node.mutate(counting(two)))
    await other.blocked()
    await other.run("SELECT 1 FROM event WHERE id = %s FOR UPDATE", one)
    await other.run("COMMIT")
    await changes
    counts = [await loaded(node, event_id) for event_id in (one, two)]
    assert [event and event.customer_id for event in counts] == [1, 1]


async def test_one_that_breaks_the_write_leaves_its_neighbours_alone(
    node: Store, other: Other
) -> None:
    await other.run(POISONED)
    good = (await done(node.mutate(adding()))).id
    titles = ["a", "poison", "b"]
    answers = await asyncio.gather(
        node.mutate(changing(good, title="poison")),
        node.mutate(counting(good)),
        *(node.mutate(adding(title=title)) for title in titles),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [Internal, bytes, bytes, Internal, bytes]
    assert len(await ids(node)) == 3
    assert await other.run("SELECT last_seq FROM counter") == [(4,)]


async def test_an_event_that_somebody_holds_is_given_up_before_the_deadline(
    node: Store, other: Other
) -> None:
    made = (await done(node.mutate(adding()))).id
    await other.run("BEGIN")
    await other.run("SELECT 1 FROM event WHERE id = %s FOR UPDATE", made)
    with pytest.raises(Unavailable, match="holds a lock in the database; nothing was applied"):
        await node.mutate(counting(made))
    await other.run("COMMIT")
    await node.mutate(counting(made))


async def test_a_number_that_is_held_for_long_is_skipped_by_no_reader(
    node: Store, other: Other
) -> None:
    """A transaction that has taken its number and commits late: nobody passes it meanwhile."""
    await node.mutate(adding(title="first"))
    await other.run("BEGIN")
    await other.run("UPDATE counter SET last_seq = last_seq + 1")
    await other.run(
        "INSERT INTO change SELECT 2, event_id, type, time, actor, document FROM change"
    )
    late = asyncio.gather(*(node.mutate(adding()) for _ in range(3)), return_exceptions=True)
    await other.blocked()
    assert [change.seq for change in await node.feed.changes(0, 10)] == [1]
    assert {type(answer) for answer in await late} == {Unavailable}
    await other.run("COMMIT")
    await node.mutate(adding())
    assert [change.seq for change in await node.feed.changes(0, 10)] == [1, 2, 3]
    assert [change.seq for change in await node.feed.changes(1, 10)] == [2, 3]


async def test_what_waits_behind_a_held_number_is_answered_within_its_deadline(
    url: str, other: Other
) -> None:
    """A group waits for the lock, and the next one, which leaves a fifth of the deadline."""
    node = await open_postgres(url, Limits(request_deadline_sec=15))
    await other.run("BEGIN")
    await other.run("UPDATE counter SET last_seq = last_seq + 1")
    answers: list[asyncio.Future[bytes]] = []
    async with asyncio.timeout(WAIT_SEC):
        while not any(answer.done() for answer in answers):
            if len(answers) < GROUP:
                answers.append(node.mutate(adding()))
            await asyncio.sleep(0.01)
        found = await asyncio.gather(*answers, return_exceptions=True)
    assert {type(answer) for answer in found} == {Unavailable}
    await other.run("ROLLBACK")
    await node.mutate(adding())
    assert len(await ids(node)) == 1
    await node.close()

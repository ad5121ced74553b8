"""What claims look at is found by an index, however many calls there are. Issue 15."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any, cast

import apsw
import psycopg
import pytest

from deskcal.limits import Limits
from deskcal.store.ports.calls import CallKind, CallQuery, MissingRows
from deskcal.store.postgres.claims import PostgresCalls
from deskcal.store.postgres.connection import Connection, connect
from deskcal.store.sqlite.claims import SqliteCalls
from deskcal.store.sqlite.connection import DATABASE
from helpers import NOW
from places import Place, PostgresPlace, SqlitePlace
from store.mutations import adding, changing, mutate_all

CALLS = 3_000
MANAGERS = 50
PLACES = (1,)
Used = list[tuple[str, str]]
"""Index, and the condition by which it is entered; without a condition all of it is read."""
INDEX_OF = {
    CallKind.OWN: "event_to_claim",
    CallKind.POOL: "event_in_pool",
    CallKind.NEXT_OWN: "event_to_claim",
    CallKind.NEXT_POOL: "event_by_pool_time",
    CallKind.MINE: "event_by_claimer",
    CallKind.LAPSED: "event_by_claim_until",
    CallKind.CLAIMED: "event_by_claim_until",
}


@pytest.fixture
async def filled(place: Place) -> Place:
    """Calls of many managers and customers: open, of the pool, claimed, and done."""
    store = await place.open(Limits())
    fields: list[dict[str, Any]] = [
        {
            "type": 2,
            "desk": "DESK_EU",
            "owner_manager_id": 1 + number % MANAGERS,
            "priority": number % 4,
            "start_time": NOW - 1000 + number,
            "end_time": NOW + 9000,
            "customer_id": 1 + number,
            "lead_id": 1 + number,
            "login": 1 + number,
            "pool_after_sec": 60 if number % 2 else 0,
        }
        for number in range(CALLS)
    ]
    await mutate_all(store, [adding(now=NOW - 5000, **one) for one in fields])
    claimed = [
        changing(number, claimed_by=1 + number % MANAGERS, claim_until=NOW - 100 + number)
        for number in range(1, CALLS, 10)
    ]
    done = [changing(number, status=1, outcome="reached") for number in range(2, CALLS, 3)]
    await mutate_all(store, claimed + [one for one in done if one.event_id % 10 != 1])
    await store.close()
    return place


def query_of(kind: CallKind) -> CallQuery:
    places = PLACES if kind in (CallKind.POOL, CallKind.NEXT_POOL) else ()
    return CallQuery(kind, manager_id=12, places=places, now=NOW, limit=8, priority=1)


def used_by_sqlite(place: SqlitePlace, kind: CallKind) -> Used:
    """What the embedded store uses for these calls, for who has their customers, and contacts."""
    traced: list[tuple[str, Any]] = []
    with closing(apsw.Connection(str(place.directory / DATABASE))) as connection:

        def keep(_: Any, statement: str, bindings: Any) -> bool:
            traced.append((statement, bindings))
            return True

        connection.exec_trace = keep
        calls = SqliteCalls(connection, {})
        assert calls.rows(query_of(kind)), "there is nothing to be found"
        for field in ("customer_id", "lead_id", "login"):
            calls.held(field, 11)
            calls.contacts(field, 5, ("reached",), 0)
        connection.exec_trace = None
        plans = [
            detail
            for statement, bindings in traced
            for _, _, _, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", bindings)
        ]
    return [found for detail in plans if (found := _step_of_sqlite(detail))]


def _step_of_sqlite(detail: str) -> tuple[str, str] | None:
    word, _, rest = detail.partition(" ")
    if word not in ("SCAN", "SEARCH") or not rest.startswith("event"):
        return None
    _, _, index = rest.partition(" USING INDEX ")
    name, _, condition = index.partition(" ")
    return name, condition if word == "SEARCH" else ""


class Explaining:
    """A connection that keeps the plan of what is executed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.used: Used = []

    @contextlib.asynccontextmanager
    async def pipeline(self) -> AsyncIterator[None]:
        """One after the other, as each is explained."""
        yield

    async def execute(self, statement: bytes, values: Any, *, binary: bool) -> Any:
        """Explains it, then executes it."""
        plan = await self._connection.execute(b"EXPLAIN (FORMAT JSON) " + statement, values)
        row = await plan.fetchone()
        assert row is not None
        found = row[0] if isinstance(row[0], list) else json.loads(row[0])
        self.used += _steps_of_postgres(found[0]["Plan"])
        return await self._connection.execute(statement, values, binary=binary)


def _steps_of_postgres(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Index Name" in plan:
        yield plan["Index Name"], plan.get("Index Cond", "")
    elif plan.get("Relation Name") == "event" and "Plans" not in plan:
        yield plan["Node Type"], ""
    for part in plan.get("Plans", []):
        yield from _steps_of_postgres(part)


async def used_by_postgres(place: PostgresPlace, kind: CallKind) -> Used:
    """As `used_by_sqlite`."""
    with psycopg.connect(place.url, autocommit=True) as database:
        database.execute("ANALYZE event")
    connection = await connect(place.url, Limits())
    try:
        explaining = Explaining(connection)
        calls = PostgresCalls()
        for field in ("customer_id", "lead_id", "login"):
            with contextlib.suppress(MissingRows):
                calls.held(field, 11)
            with contextlib.suppress(MissingRows):
                calls.contacts(field, 5, ("reached",), 0)
        with contextlib.suppress(MissingRows):
            calls.rows(query_of(kind))
        await calls.fetch(cast("Connection", explaining))
        assert calls.rows(query_of(kind)), "there is nothing to be found"
    finally:
        await connection.close()
    return explaining.used


async def test_each_look_of_a_claim_enters_an_index_by_a_condition(filled: Place) -> None:
    for kind, index in INDEX_OF.items():
        if isinstance(filled, SqlitePlace):
            used = used_by_sqlite(filled, kind)
        else:
            used = await used_by_postgres(cast("PostgresPlace", filled), kind)
        assert [step for step in used if not step[1]] == [], kind.name
        names = {name for name, _ in used}
        of_customer = {
            f"event_{what}_{field}"
            for what in ("by", "claimed")
            for field in ("customer", "lead", "login")
        }
        assert names == {index} | of_customer, kind.name

"""A server whose database goes away and comes back: what its clients and watchers receive."""

import asyncio

from harness import everything, new_event, token
from http_get import get, serving
from places import PostgresPlace
from postgres_server import PostgresServer

ADDS = 40
WAIT_SEC = 60
TEN = token(10)
END_ALL = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s"


async def test_answers_are_never_false_and_readyz_shows_it() -> None:
    """What was answered 200 is there; what is sent again with its key is there once."""
    with PostgresServer() as database, database.scratch_database() as url:
        async with serving(PostgresPlace(url), request_deadline_sec=2) as (desk, address):

            async def add(number: int) -> int:
                data = new_event(title=str(number), idempotency_key=str(number))
                answered = await desk.call(TEN, "MngAddCalendarEvent", **data)
                return int(answered["status"])

            assert await add(0) == 200
            adding = [asyncio.ensure_future(add(number)) for number in range(1, ADDS)]
            await asyncio.wait(adding, return_when=asyncio.FIRST_COMPLETED)
            database.stop()
            adding += [asyncio.ensure_future(add(number)) for number in range(ADDS, 2 * ADDS)]
            statuses = await asyncio.gather(*adding)
            assert set(statuses) <= {200, 503, 504} and statuses[-1] == 503
            read = await desk.call(TEN, "MngGetCalendarEventsByFilter", **everything())
            assert read["status"] == 503
            assert (await get(address, "/healthz")).status == 200
            assert (await get(address, "/readyz")).status == 503
            database.start()
            async with asyncio.timeout(WAIT_SEC):
                while (await get(address, "/readyz")).status != 200 or await add(0) != 200:
                    await asyncio.sleep(0.05)
            rows = await desk.call(TEN, "MngGetCalendarEventsByFilter", **everything())
            titles = [int(row["title"]) for row in rows["data"]["rows"]]
            answered = {number for number, status in enumerate(statuses, 1) if status == 200}
            assert {0} | answered <= set(titles)
            assert {await add(number) for number in range(2 * ADDS)} == {200}
            rows = await desk.call(TEN, "MngGetCalendarEventsByFilter", **everything())
            titles = sorted(int(row["title"]) for row in rows["data"]["rows"])
            assert titles == list(range(2 * ADDS))


async def test_a_node_is_not_ready_while_its_database_takes_no_changes() -> None:
    """By its own setting; noticed without a change, both ways."""
    with PostgresServer() as database, database.scratch_database() as url:
        async with serving(PostgresPlace(url)) as (desk, address):
            event = await desk.add(TEN)
            assert (await get(address, "/readyz")).status == 200
            database.execute("ALTER SYSTEM SET default_transaction_read_only = on")
            database.execute("SELECT pg_reload_conf()")
            ready = await until_ready_is(address, 503)
            assert ready.endswith(b"the database is read-only at present\n")
            read = await desk.call(TEN, "MngGetCalendarEvent", id=event["id"])
            changed = await desk.call(TEN, "MngAddCalendarEvent", **new_event())
            assert (read["status"], changed["status"]) == (200, 503)
            assert "read-only" in changed["error"]["message"]
            database.execute("ALTER SYSTEM RESET default_transaction_read_only")
            database.execute("SELECT pg_reload_conf()")
            await until_ready_is(address, 200)
            await desk.add(TEN)


async def test_a_node_whose_writer_alone_is_kept_out_is_not_ready() -> None:
    """Readers have connections from before the setting, which is of new ones alone."""
    with PostgresServer() as database, database.scratch_database() as url:
        async with serving(PostgresPlace(url)) as (desk, address):
            event = await desk.add(TEN)
            name = url.rpartition("/")[2]
            database.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            writer = getattr(desk.services.store, "_writer")._connection  # noqa: B009
            database.execute("SELECT pg_terminate_backend(%s, 60000)", writer.info.backend_pid)
            changed = await desk.call(TEN, "MngAddCalendarEvent", **new_event())
            assert (changed["status"], "read-only" in changed["error"]["message"]) == (503, True)
            read = await desk.call(TEN, "MngGetCalendarEvent", id=event["id"])
            assert read["status"] == 200
            assert (await get(address, "/readyz")).status == 503
            database.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            await until_ready_is(address, 200)
            await desk.add(TEN)


async def test_a_node_that_finds_no_database_but_a_standby_says_so() -> None:
    """As libpq finds it, which then connects neither the writer nor a reader."""
    with PostgresServer() as database, database.scratch_database() as url:
        async with serving(PostgresPlace(url)) as (desk, address):
            await desk.add(TEN)
            name = url.rpartition("/")[2]
            database.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            database.execute(END_ALL, name)
            changed = await desk.call(TEN, "MngAddCalendarEvent", **new_event())
            assert (changed["status"], "read-only" in changed["error"]["message"]) == (503, True)
            ready = await get(address, "/readyz")
            assert ready.body.endswith(b"the database is read-only at present\n")
            database.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            await until_ready_is(address, 200)


async def until_ready_is(address: str, status: int) -> bytes:
    """The body of `/readyz` once its status is that one."""
    async with asyncio.timeout(WAIT_SEC):
        while (ready := await get(address, "/readyz")).status != status:
            await asyncio.sleep(0.05)
    return ready.body

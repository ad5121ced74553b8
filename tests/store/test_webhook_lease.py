"""The lease of the node that sends webhooks, by the clock of PostgreSQL."""

from deskcal.limits import Limits
from deskcal.store.postgres.store import open_postgres
from postgres_server import PostgresServer

HOUR_SEC = 3600


async def test_a_lease_of_before_the_clock_was_set_back_ends_as_a_new_one(
    postgres: PostgresServer,
) -> None:
    """The node that has it is gone; here the lease of the next one ends at once."""
    with postgres.scratch_database() as url:
        store = await open_postgres(url, Limits())
        hooks = store.webhooks
        assert await hooks.hold_lease("gone", HOUR_SEC)
        assert [await hooks.hold_lease("next", 0) for _ in range(2)] == [False, True]
        await store.close()


async def test_a_lease_is_that_of_one_node_while_it_lasts(postgres: PostgresServer) -> None:
    with postgres.scratch_database() as url:
        store = await open_postgres(url, Limits())
        hooks = store.webhooks
        assert await hooks.hold_lease("one", HOUR_SEC)
        assert not await hooks.hold_lease("other", HOUR_SEC)
        assert await hooks.hold_lease("one", HOUR_SEC)
        await hooks.release_lease("one")
        assert await hooks.hold_lease("other", HOUR_SEC)
        await store.close()

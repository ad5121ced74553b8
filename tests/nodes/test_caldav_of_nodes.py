"""Two nodes on one database: an app syncs with one, the change is made on the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from dav import Dav, Synced, dav_of
from harness import token
from helpers import NOW
from http_get import WAIT_SEC, serving
from places import PostgresPlace
from postgres_server import PostgresServer
from server.caldav_texts import calendar, vevent

TEN = token(10)
Two = tuple[Dav, Dav]


@pytest.fixture
def place(postgres: PostgresServer) -> Iterator[PostgresPlace]:
    with postgres.database() as url:
        yield PostgresPlace(url)


@pytest.fixture
async def nodes(place: PostgresPlace) -> AsyncIterator[Two]:
    """One app at two nodes, with one password."""
    async with AsyncExitStack() as stack:
        desk, address = await stack.enter_async_context(serving(place))
        other, other_address = await stack.enter_async_context(serving(place))
        one = await dav_of(desk, address, 10)
        yield one, Dav(other, other_address, 10, one.password)


async def until(ask: Callable[[], Awaitable[Synced]]) -> Synced:
    """The first answer that has something: a node fetches the changes of others in time."""
    async with asyncio.timeout(WAIT_SEC):
        while not ((found := await ask()).etags or found.gone):
            await asyncio.sleep(0)
    return found


async def test_a_token_of_one_node_goes_on_at_the_other(nodes: Two) -> None:
    one, other = nodes
    before = await one.sync()
    assert (await one.put("a.ics", calendar(vevent()))).status == 201
    found = await until(lambda: other.sync(before.token))
    assert list(found.etags) == [one.mine + "a.ics"]
    assert (await one.sync(before.token)).etags == found.etags
    etag = found.etags[one.mine + "a.ics"]
    assert (await other.put("a.ics", calendar(vevent(summary="B")), if_match=etag)).status == 204
    back = await until(lambda: one.sync(found.token))
    assert back.etags.keys() == found.etags.keys() and back.etags != found.etags
    assert (await one.ask("DELETE", one.mine + "a.ics")).status == 204
    assert (await until(lambda: other.sync(back.token))).gone == [one.mine + "a.ics"]
    assert (await other.ask("GET", one.mine + "a.ics")).status == 404


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;UNTIL=20900101", "FREQ=MONTHLY;COUNT=100"])
async def test_a_change_of_a_rule_alone_is_seen_by_an_app_at_the_other(
    nodes: Two, rule: str
) -> None:
    """No occurrence up to the horizon is another one."""
    one, other = nodes
    made = await one.desk.call(
        TEN,
        "MngAddCalendarEvent",
        title="Review",
        start_time=NOW,
        end_time=NOW + 3600,
        recurrence={"rrule": "FREQ=MONTHLY"},
    )
    event_id = made["data"]["event"]["id"]
    before = await until(one.sync)
    answered = await one.desk.call(
        TEN, "MngUpdateCalendarEvent", id=event_id, scope=2, recurrence={"rrule": rule}
    )
    assert answered["data"]["changed"] == 1
    found = await until(lambda: other.sync(before.token))
    assert found.etags.keys() == before.etags.keys() and found.etags != before.etags
    assert (await until(lambda: one.sync(before.token))).etags == found.etags


async def test_a_rule_that_an_app_ends_later_is_seen_by_another_app(nodes: Two) -> None:
    one, other = nodes
    await one.put("a.ics", calendar(vevent("RRULE:FREQ=MONTHLY;COUNT=100")))
    before = await until(other.sync)
    assert (await one.put("a.ics", calendar(vevent("RRULE:FREQ=MONTHLY;COUNT=90")))).status == 204
    found = await until(lambda: other.sync(before.token))
    assert found.etags.keys() == before.etags.keys() and found.etags != before.etags

"""Two nodes on one database: an app syncs with one, the change is made on the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

import caldav_changes as changes
from caldav_app import App
from caldav_changes import Change, done, put, taken_out, updated
from dav import Dav, Synced, dav_of
from deskcal.http.caldav.app import CalDav
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


MADE_AT_ONE: dict[str, Change] = {
    "renamed": changes.renamed_manager,
    "title": updated(title="Another"),
    "participant gone": updated(2, participant_manager_ids=[]),
    "deleted": done("MngDeleteCalendarEvent", 7),
    "restored": done("MngRestoreCalendarEvent", 7),
    "put X-": put("two", "X-A:1"),
    "object alone": changes.object_alone,
    "object beside": changes.object_beside_another_event,
    "imported": changes.imported("X-IMPORTED:1"),
    "occurrence": changes.occurrence_moved,
    "taken out": taken_out("one"),
}


async def test_what_another_node_changed_is_answered_at_once(nodes: Two) -> None:
    """Also by a node that has all of the calendar in memory."""
    one, other = nodes
    names = await changes.fill(one)
    participant = await dav_of(one.desk, one.address, 30)
    served = CalDav(other.desk.dispatcher)
    apps = [
        App(served, other),
        App(served, Dav(other.desk, other.address, 30, participant.password)),
    ]

    async def answers(apps: list[App]) -> list[bytes]:
        queried = [await app.query() for app in apps]
        return queried + [await app.multiget(names) for app in apps]

    before = await answers(apps)
    assert await answers(apps) == before
    for name, change in MADE_AT_ONE.items():
        await change(one)
        after = await answers(apps)
        assert after != before, name
        assert after == await answers([app.at(one.desk) for app in apps]), name
        before = after

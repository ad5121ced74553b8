"""The horizon of series moves on with the clock. Source: contract, section 13."""

import asyncio
from typing import Any

from commands.series_calls import DAY, ELEVEN, RESPOND, TEN, UPDATE, add, monday, ok, rows
from deskcal.limits import Limits
from deskcal.live.series_horizon import SeriesHorizon
from deskcal.live.tasks import Tasks
from harness import FakeClock, open_desk
from helpers import NOW, WAIT_SEC
from places import Place


async def test_the_server_makes_what_comes_within_the_horizon(place: Place) -> None:
    async with open_desk(place, series_horizon_sec=28 * DAY) as desk:
        answer = await add(desk, "FREQ=WEEKLY;BYDAY=MO")
        made = answer["occurrences"]
        events = await rows(desk)
        assert answer["series"]["horizon"] == monday(made)
        await ok(desk, UPDATE, {"id": events[1]["id"], "scope": 2, "title": "New"}, TEN)
        sent = {"id": events[0]["id"], "scope": 2, "status": 1}
        await ok(desk, RESPOND, sent, ELEVEN)
        desk.clock.time = monday(made + 1) - 28 * DAY + 1
        horizon = SeriesHorizon(desk.services.store, desk.clock, desk.services.limits)
        await horizon.extend_all()
        new = (await rows(desk))[made:]
        assert [e["start_time"] for e in new] == [monday(made), monday(made + 1)]
        assert {e["title"] for e in new} == {"New"}
        assert [row["status"] for e in new for row in e["participants"]] == [1, 1, 1, 1]
        assert {(e["status"], e["version"], e["updated_by"]) for e in new} == {(0, 1, 0)}
        last = await changes_of(desk)
        assert {change["actor"] for change in last[-2:]} == {0}
        assert len({change["batch_id"] for change in last[-2:]}) == 1
        await horizon.extend_all()
        assert (len(await rows(desk)), horizon.extended) == (made + 2, 2)


async def test_an_answer_for_all_is_for_later_ones_also_where_each_had_it(place: Place) -> None:
    async with open_desk(place, series_horizon_sec=28 * DAY) as desk:
        await add(desk, "FREQ=WEEKLY;BYDAY=MO")
        made = await rows(desk)
        for event in made:
            await ok(desk, RESPOND, {"id": event["id"], "status": 1}, ELEVEN)
        sent = {"id": made[0]["id"], "scope": 2, "status": 1}
        assert (await ok(desk, RESPOND, sent, ELEVEN))["changed"] == 1
        assert (await ok(desk, RESPOND, sent, ELEVEN))["changed"] == 0
        desk.clock.time += 14 * DAY
        await SeriesHorizon(desk.services.store, desk.clock, desk.services.limits).extend_all()
        found = await rows(desk)
        assert len(found) == len(made) + 2
        assert {row["status"] for event in found for row in event["participants"]} == {1}


async def changes_of(desk: Any) -> list[dict[str, Any]]:
    data = {"since": 0, "deskFilter": "*", "limit": 5000}
    found: list[dict[str, Any]] = (await ok(desk, "MngGetCalendarChanges", data, TEN))["changes"]
    return found


async def test_several_nodes_make_each_occurrence_once(place: Place) -> None:
    async with open_desk(place, series_horizon_sec=28 * DAY) as desk:
        for number in range(5):
            await add(desk, "FREQ=DAILY", title=str(number))
        before = len(await rows(desk))
        desk.clock.time += 3 * DAY
        nodes = [
            SeriesHorizon(desk.services.store, desk.clock, desk.services.limits) for _ in range(3)
        ]
        await asyncio.gather(*(node.extend_all() for node in nodes))
        assert sum(node.extended for node in nodes) == 5 * 3
        found = await rows(desk)
        assert len(found) == before + 15
        assert len({(e["title"], e["start_time"]) for e in found}) == len(found)


async def test_a_series_with_too_many_is_left_and_the_others_go_on(place: Place) -> None:
    async with open_desk(place, series_horizon_sec=5 * DAY) as desk:
        await add(desk, "FREQ=DAILY")
        await add(desk, "FREQ=WEEKLY")
        before = len(await rows(desk))
        limits = Limits(series_horizon_sec=30 * DAY, max_series_occurrences=7)
        horizon = SeriesHorizon(desk.services.store, desk.clock, limits)
        await horizon.extend_all()
        assert len(await rows(desk)) == before + horizon.extended
        assert 3 <= horizon.extended <= 5


async def test_occurrences_that_are_over_do_not_stop_an_extension(place: Place) -> None:
    async with open_desk(place, series_horizon_sec=5 * DAY, max_series_occurrences=7) as desk:
        await add(desk, "FREQ=DAILY")
        desk.clock.time += 30 * DAY
        horizon = SeriesHorizon(desk.services.store, desk.clock, desk.services.limits)
        await horizon.extend_all()
        assert horizon.extended == 30


async def test_it_extends_while_it_runs(place: Place) -> None:
    async with open_desk(place, series_horizon_sec=28 * DAY) as desk:
        await add(desk, "FREQ=DAILY")
        before = len(await rows(desk))
        clock = FakeClock(NOW + 2 * DAY)
        limits = Limits(series_horizon_sec=28 * DAY)
        async with Tasks() as tasks:
            tasks.start("horizon", SeriesHorizon(desk.services.store, clock, limits).run)
            async with asyncio.timeout(WAIT_SEC):
                while len(await rows(desk)) < before + 2:
                    await asyncio.sleep(0.01)

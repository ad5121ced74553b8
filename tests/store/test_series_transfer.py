"""Series are exported, imported and checked with the events that they made."""

import pytest

from commands.series_calls import ARCHIVE, DELETE, TEN, UPDATE, add, monday, ok, rows
from harness import open_desk
from places import Place
from store.test_check import damage_in
from store.test_transfer import exported, imported


async def fill(place: Place) -> None:
    """Three series: changed in all ways; ended; gone."""
    async with open_desk(place) as desk:
        await add(desk, "FREQ=WEEKLY;BYDAY=MO")
        events = await rows(desk)
        for data in (
            {"id": events[4]["id"], "scope": 1, "start_time": monday(4, 16)},
            {"id": events[9]["id"], "start_time": monday(9, 17), "end_time": monday(9, 18)},
            {"id": events[12]["id"], "scope": 2, "title": "New"},
            {"id": events[15]["id"], "scope": 1, "recurrence": {"rrule": "FREQ=DAILY;COUNT=9"}},
        ):
            await ok(desk, UPDATE, data, TEN)
        await ok(desk, DELETE, {"id": events[2]["id"]}, TEN)
        await ok(desk, ARCHIVE, {"id": events[3]["id"]}, TEN)
        await add(desk, "FREQ=MONTHLY;BYDAY=1MO;COUNT=3", start_time=monday(3), end_time=monday(3))
        last = await add(desk, title="Gone")
        await ok(desk, DELETE, {"id": last["event"]["id"], "scope": 2}, TEN)


async def test_a_store_with_series_is_whole(place: Place) -> None:
    await fill(place)
    report = await place.check()
    assert report.differences == []
    assert report.counts["series"] == 4


async def test_series_are_the_same_wherever_they_go(place: Place, target: Place) -> None:
    await fill(place)
    lines = await exported(place)
    await imported(target, lines)
    assert await exported(target) == lines
    assert (await target.check()).differences == []
    async with open_desk(target) as desk:
        event = (await rows(desk))[0]
        answer = await ok(desk, UPDATE, {"id": event["id"], "scope": 2, "title": "Moved"}, TEN)
        assert answer["changed"] > 1
    assert (await target.check()).differences == []


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("DELETE FROM series WHERE id = 1", "is an occurrence of series 1, which is not there"),
        ("UPDATE series SET horizon = 5 WHERE id = 1", "series 1 has an id or a horizon that"),
        (
            "UPDATE event SET series_id = 0 WHERE series_id = 1 AND start_time = "
            "(SELECT min(start_time) FROM event WHERE series_id = 1)",
            "series 1 has no event for its occurrence of 2024-03-11",
        ),
        ("UPDATE series SET document = {cut_text} WHERE id = 1", "series 1 has an unreadable"),
    ],
)
async def test_each_kind_of_damage_is_named(place: Place, damage: str, named: str) -> None:
    await fill(place)
    damage_in(place, damage)
    assert any(named in difference for difference in (await place.check()).differences)

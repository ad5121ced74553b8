"""What became of series is forgotten with the changes that recorded it."""

from commands.series_calls import DELETE, TEN, UPDATE, add, ok
from harness import Desk, open_desk
from helpers import NOW
from places import Place


async def batches(desk: Desk) -> list[int]:
    data = {"since": desk.services.store.feed.floor_seq, "deskFilter": "*", "limit": 5000}
    changes = (await ok(desk, "MngGetCalendarChanges", data, TEN))["changes"]
    return list(dict.fromkeys(change["batch_id"] for change in changes))


async def test_of_a_series_the_newest_change_below_the_floor_stays(place: Place) -> None:
    async with open_desk(place) as desk:
        first = (await add(desk, "FREQ=WEEKLY;COUNT=4", title="a"))["event"]["id"]
        for number, title in enumerate("bcd", 1):
            desk.clock.time = NOW + number
            await ok(desk, UPDATE, {"id": first, "scope": 2, "title": title}, TEN)
        series = desk.services.store.series
        made, *updates = await batches(desk)
        assert await desk.services.store.feed.prune(NOW + 3, 1000) == 12
        assert [await series.batch(one) for one in (made, updates[0])] == [[], []]
        (step,) = await series.batch(updates[2])
        assert step.before is not None and step.after is not None
        assert (step.before.template.title, step.after.template.title) == ("c", "d")
        undone = await ok(desk, "MngUndoCalendarBatch", {"batch_id": updates[2]}, TEN)
        assert undone["undone"] == 4
        found = await series.get(step.series_id)
        assert found is not None and found.template.title == "c"
    assert (await place.check()).differences == []


async def test_of_a_series_that_is_gone_nothing_is_kept_below_the_floor(place: Place) -> None:
    async with open_desk(place) as desk:
        first = (await add(desk, "FREQ=WEEKLY;COUNT=4"))["event"]["id"]
        desk.clock.time = NOW + 1
        await ok(desk, DELETE, {"id": first, "scope": 2}, TEN)
        made, deleted = await batches(desk)
        while await desk.services.store.feed.prune(NOW + 2, 3):
            pass
        assert [await desk.services.store.series.batch(one) for one in (made, deleted)] == [[], []]

"""New zone data: open future occurrences that nobody moved follow the wall clock."""

import asyncio
import datetime as dt
import struct
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.series_calls import DAY, DELETE, SERIES, TEN, UPDATE, add, ok, rows
from commands.test_series_horizon import changes_of
from deskcal.live.series_horizon import SeriesHorizon
from harness import open_desk
from helpers import NOW
from places import Place

START = NOW // DAY * DAY + 10 * DAY + 8 * 3600
"""Ten o'clock, two hours east of Greenwich."""


def zone_file(hours: int) -> bytes:
    """A zone that many hours east of Greenwich, without changes. Source: RFC 9636."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = counts + struct.pack(">lbb", hours * 3600, 0, 0) + b"EET\0"
    head = b"TZif2" + bytes(15)
    return head + block + head + block + f"\nEET-{hours}\n".encode()


def set_clock(folder: Path, hours: int) -> None:
    """From now on the zone Europe/Berlin is that one."""
    (folder / "Europe").mkdir(exist_ok=True)
    (folder / "Europe" / "Berlin").write_bytes(zone_file(hours))
    zoneinfo.reset_tzpath([folder])
    zoneinfo.ZoneInfo.clear_cache()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of zones of our own."""
    before = zoneinfo.TZPATH
    zones = tmp_path / "zones"
    zones.mkdir()
    yield zones
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


async def test_open_future_occurrences_follow_their_wall_time(place: Place, folder: Path) -> None:
    async with open_desk(place) as desk:
        set_clock(folder, 2)
        fields = {"start_time": START, "end_time": START + 3600}
        made = await add(desk, "FREQ=DAILY", **fields)
        ended = await add(desk, "FREQ=DAILY;COUNT=3", **fields)
        events = await rows(desk, series_id=made["series"]["series_id"])
        moved, done, past = events[5], events[6], events[0]
        sent = {"id": moved["id"], "start_time": START + 20 * DAY, "end_time": START + 21 * DAY}
        await ok(desk, UPDATE, sent, TEN)
        await ok(desk, "MngCompleteCalendarEvent", {"id": done["id"]}, TEN)
        await ok(desk, DELETE, {"id": events[7]["id"]}, TEN)
        desk.clock.time = past["start_time"]
        before = {e["id"]: e for e in await rows(desk)}
        count = len(await changes_of(desk))

        set_clock(folder, 3)
        store, limits = desk.services.store, desk.services.limits
        nodes = [SeriesHorizon(store, desk.clock, limits) for _ in range(3)]
        await asyncio.gather(*(node.follow_clocks() for node in nodes))

        after = {e["id"]: e for e in await rows(desk)}
        assert after.keys() == before.keys()
        left = {e["id"] for e in after.values() if e == before[e["id"]]}
        first = ended["event"]["id"]
        assert left == {moved["id"], done["id"], past["id"], first}
        for event in (e for e in after.values() if e["id"] not in left):
            old = before[event["id"]]
            assert event["start_time"] == event["original_start_time"] == old["start_time"] - 3600
            assert event["end_time"] == old["end_time"] - 3600
            assert event["version"] == old["version"] + 1
        changes = (await changes_of(desk))[count:]
        assert {change["actor"] for change in changes} == {0}
        assert len(changes) == len(after) - len(left)
        series = (await ok(desk, SERIES, {"id": past["id"]}, TEN))["series"]
        assert series["horizon"] == made["series"]["horizon"] - 3600
        assert series["start_time"] == START - 3600
        await nodes[0].extend_all()
        await nodes[0].follow_clocks()
        found = await rows(desk, series_id=made["series"]["series_id"])
        starts = [e["original_start_time"] for e in found]
        assert len(set(starts)) == len(starts)
    assert (await place.check()).differences == []


@pytest.mark.parametrize(
    ("until", "hours", "days"),
    [(0, 1, 3), (0, 3, 3), (23 * 3600, 3, 3), (23 * 3600, 1, 3)],
    ids=["at the last, west", "at the last, east", "before one more, east", "and west"],
)
async def test_the_last_day_stays_where_until_is_a_time(
    place: Place, folder: Path, until: int, hours: int, days: int
) -> None:
    async with open_desk(place) as desk:
        set_clock(folder, 2)
        text = dt.datetime.fromtimestamp(START + 2 * DAY + until, dt.UTC).strftime("%Y%m%dT%H%M%SZ")
        fields = {"start_time": START, "end_time": START + 3600}
        made = await add(desk, f"FREQ=DAILY;UNTIL={text}", **fields)
        assert made["occurrences"] == days
        set_clock(folder, hours)
        horizon = SeriesHorizon(desk.services.store, desk.clock, desk.services.limits)
        for _ in range(2):
            await horizon.follow_clocks()
            await horizon.extend_all()
            first = START + (2 - hours) * 3600
            found = [row["original_start_time"] for row in await rows(desk)]
            assert found == [first + day * DAY for day in range(days)]
            series = (await ok(desk, SERIES, {"id": made["event"]["id"]}, TEN))["series"]
            assert series["horizon"] == found[-1] + 3600
        # By the rule, too, the last one is that of the events.
        sent = {"id": made["event"]["id"], "scope": 2, "recurrence": {"rrule": series["rrule"]}}
        await ok(desk, UPDATE, sent, TEN)
        assert [row["original_start_time"] for row in await rows(desk)] == found

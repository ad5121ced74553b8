"""Where a series ends beside a change of the clock. Source: contract, section 13."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commands.series_calls import BERLIN, TEN, UPDATE, add, ok, rows
from harness import Desk
from places import Place

HOUR = 3600
MONDAY = 1_710_748_800
"""At nine in Berlin, ten in Beirut, on 2024-03-18."""


def at_half_past_two(date: str, zone: str = BERLIN) -> int:
    """That time of the clock, Unix seconds; one that is skipped by the offset before it."""
    return int(
        dt.datetime.fromisoformat(f"{date}T02:30").replace(tzinfo=ZoneInfo(zone)).timestamp()
    )


@pytest.mark.parametrize(
    ("first", "until", "last"),
    [
        ("2024-03-28", "20240331T012900Z", "2024-03-30"),
        ("2024-03-28", "20240331T013000Z", "2024-03-31"),
        ("2024-10-24", "20241027T011000Z", "2024-10-27"),
        ("2024-10-24", "20241027T002900Z", "2024-10-26"),
    ],
    ids=["before it, skipped", "skipped", "after the doubled hour", "before it, doubled"],
)
@pytest.mark.parametrize(
    ("sent", "zone", "later"),
    [({"timezone": "Asia/Tokyo"}, "Asia/Tokyo", 0), ({"start_time": HOUR}, BERLIN, HOUR)],
    ids=["another zone", "another hour"],
)
async def test_the_last_day_stays_where_until_is_beside_a_change_of_the_clock(
    desk: Desk,
    place: Place,
    first: str,
    until: str,
    last: str,
    sent: dict[str, Any],
    zone: str,
    later: int,
) -> None:
    start = at_half_past_two(first)
    made = await add(desk, f"FREQ=DAILY;UNTIL={until}", start_time=start, end_time=start + 60)
    days = 1 + (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
    assert made["occurrences"] == days
    if later:
        sent = {"start_time": start + later}
    moved = await ok(desk, UPDATE, {"id": made["event"]["id"], "scope": 2} | sent, TEN)
    found = [
        dt.datetime.fromtimestamp(row["start_time"], ZoneInfo(zone)) for row in await rows(desk)
    ]
    assert [time.date().isoformat() for time in found] == [
        (dt.date.fromisoformat(first) + dt.timedelta(days=n)).isoformat() for n in range(days)
    ]
    assert moved["series"]["horizon"] == found[-1].timestamp() + 60
    assert (await place.check()).differences == []


@pytest.mark.parametrize(
    ("zone", "later"), [("Asia/Beirut", 24), (BERLIN, 24), ("Asia/Beirut", 25)]
)
async def test_what_moves_to_the_time_of_a_done_one_becomes_a_series_of_its_own(
    desk: Desk, place: Place, zone: str, later: int
) -> None:
    """Also where the clock of the new zone shows another hour at that time."""
    await add(desk, "FREQ=DAILY;COUNT=5", start_time=MONDAY, end_time=MONDAY + HOUR)
    events = await rows(desk)
    await ok(desk, "MngCompleteCalendarEvent", {"id": events[1]["id"]}, TEN)
    times = {"start_time": MONDAY + later * HOUR, "end_time": MONDAY + (later + 1) * HOUR}
    sent = {"id": events[0]["id"], "scope": 2, "timezone": zone} | times
    answer = await ok(desk, UPDATE, sent, TEN)
    assert answer["changed"] == 4
    after = await rows(desk)
    found = [(row["series_id"], row["original_start_time"]) for row in after]
    assert len(set(found)) == 5
    ids = {row["series_id"] for row in after if row["id"] != events[1]["id"]}
    assert (ids == {events[1]["series_id"]}) == (later != 24)
    assert (await place.check()).differences == []


@pytest.mark.parametrize("zone", ["Asia/Tokyo", BERLIN])
async def test_what_moves_to_the_date_of_a_done_all_day_one_becomes_a_series_of_its_own(
    desk: Desk, place: Place, zone: str
) -> None:
    """Dates name occurrences to calendar apps, also where the days begin at other times."""
    midnight = MONDAY - 9 * HOUR
    fields = {"start_time": midnight, "end_time": midnight + 24 * HOUR, "all_day": 1}
    await add(desk, "FREQ=DAILY;COUNT=5", **fields)
    events = await rows(desk)
    await ok(desk, "MngCompleteCalendarEvent", {"id": events[1]["id"]}, TEN)
    start = int(dt.datetime(2024, 3, 19, tzinfo=ZoneInfo(zone)).timestamp())
    times = {"start_time": start, "end_time": start + 24 * HOUR, "timezone": zone}
    await ok(desk, UPDATE, {"id": events[0]["id"], "scope": 2} | times, TEN)
    ids = {row["series_id"] for row in await rows(desk) if row["id"] != events[1]["id"]}
    assert len(ids) == 1 and events[1]["series_id"] not in ids
    assert (await place.check()).differences == []

"""`/zones.json` and the metric of the release; all-day dates of zones that changed in 2026."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import icalendar
import pytest

from deskcal.core.draft import timezones
from deskcal.core.zones import zone_data
from harness import token
from http_get import get, serving
from places import Place

YEAR_SEC = 366 * 86_400


async def test_the_page_gets_the_offsets_of_all_zones(place: Place) -> None:
    async with serving(place) as (desk, address):
        desk.clock.time = dt.datetime(2026, 11, 27, tzinfo=dt.UTC).timestamp()
        got = await get(address, "/zones.json")
        again = await get(address, "/zones.json", if_none_match=got.headers["etag"])
    assert (got.status, got.headers["content-type"]) == (200, "application/json")
    found = json.loads(got.body)
    assert set(found) == {"version", "from", "to", "zones"}
    assert found["version"] == zone_data().version
    assert set(found["zones"]) == timezones()
    assert found["from"] < desk.clock.time - YEAR_SEC
    assert found["to"] > desk.clock.time + 2 * YEAR_SEC
    assert len(found["zones"]["UTC"]) == 1
    havana = found["zones"]["America/Havana"]
    spring = int(dt.datetime(2027, 3, 1, tzinfo=dt.UTC).timestamp())
    before = [n for n, change in enumerate(havana[1::2]) if change <= spring]
    assert havana[2 * len(before)] == -4 * 3600 and len(havana) % 2 == 1
    assert (again.status, again.body) == (304, b"")


async def test_metrics_name_the_release(place: Place) -> None:
    async with serving(place) as (_, address):
        got = await get(address, "/metrics")
    assert f'deskcal_tzdata{{version="{zone_data().version}"}} 1.0' in got.body.decode()


@pytest.mark.parametrize(
    "name", ["America/Vancouver", "America/Winnipeg", "America/Havana", "Africa/Casablanca"]
)
@pytest.mark.parametrize("day", [dt.date(2027, 1, 20), dt.date(2027, 3, 10)])
async def test_an_all_day_event_in_a_zone_that_changed_in_2026_is_one_day_in_the_feed(
    place: Place, name: str, day: dt.date
) -> None:
    """The times are those that a client with release 2026f reckons."""
    hours = {"America/Vancouver": 7, "America/Winnipeg": 5, "America/Havana": 4}.get(name, 0)
    start = int(dt.datetime(day.year, day.month, day.day, hours, tzinfo=dt.UTC).timestamp())
    async with serving(place) as (desk, address):
        desk.clock.time = dt.datetime(2026, 11, 27, tzinfo=dt.UTC).timestamp()
        times = {"start_time": start, "end_time": start + 86_400}
        await desk.add(token(10, exp=2e9), all_day=1, timezone=name, **times)
        got = await get(address, f"/ics/{token(10, exp=2e9, use='ics')}.ics")
    (event,) = icalendar.Calendar.from_ical(got.body).walk("VEVENT")
    assert event.decoded("dtstart") == day
    assert event.decoded("dtend") == day + dt.timedelta(days=1)
    assert dt.datetime.fromtimestamp(start, ZoneInfo(name)).hour == 0

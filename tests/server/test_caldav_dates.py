"""CalDAV: dates, which name no zone, of events that have one."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dav import serving_dav
from helpers import NOW
from places import Place
from server.caldav_texts import DAY, TEN, calendar, rows, vevent

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize("head", ["", "X-WR-TIMEZONE:Europe/Berlin\r\n"])
@pytest.mark.parametrize("rule", [None, {"rrule": "FREQ=DAILY;COUNT=3"}])
async def test_dates_that_are_put_back_stay_in_their_zone(
    place: Place, head: str, rule: dict[str, Any] | None
) -> None:
    day = dt.datetime.fromtimestamp(NOW + 3 * DAY, TOKYO).replace(hour=0, minute=0, second=0)
    start = int(day.timestamp())
    times = {"start_time": start, "end_time": start + DAY, "timezone": "Asia/Tokyo"}
    fields = times | ({"recurrence": rule} if rule else {})
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, all_day=1, type=0, **fields)
        before = [(one["id"], one["start_time"], one["timezone"]) for one in await rows(dav)]
        name = f"series-{made['series_id']}.ics" if rule else f"event-{made['id']}.ics"
        text = (await dav.text(name)).replace("VERSION", f"{head}VERSION")
        changed = [text.replace(f"SUMMARY:{made['title']}", "SUMMARY:New")]
        if rule:
            own = [f"RECURRENCE-ID;VALUE=DATE:{day + dt.timedelta(1):%Y%m%d}"]
            own += [f"DTSTART;VALUE=DATE:{day + dt.timedelta(2):%Y%m%d}"]
            event = "\r\n".join(vevent(*own, uid=text.split("UID:")[1].split()[0], summary="Own"))
            changed.append(changed[0].replace("END:VCAL", f"{event}\r\nEND:VCAL"))
        for one in changed:
            assert (await dav.put(name, one)).status == 204
        found = await rows(dav)
    after = [(one["id"], one["start_time"], one["timezone"]) for one in found]
    if rule:
        before[1] = (before[1][0], before[1][1] + DAY, before[1][2])
    assert sorted(after) == sorted(before)
    assert {one["title"] for one in found} == ({"New", "Own"} if rule else {"New"})
    assert (await place.check()).differences == []


@pytest.mark.parametrize("has_rule", [True, False])
async def test_times_that_become_dates_stay_in_their_zone(place: Place, has_rule: bool) -> None:
    """As those of a single event do; the app shows them on the clock of that zone."""
    evening = dt.datetime.fromtimestamp(NOW + 3 * DAY, TOKYO).replace(hour=20, minute=0, second=0)
    start = int(evening.timestamp())
    rule = {"recurrence": {"rrule": "FREQ=DAILY;COUNT=3"}} if has_rule else {}
    async with serving_dav(place) as dav:
        made = await dav.desk.add(
            TEN, start_time=start, end_time=start + 3600, timezone="Asia/Tokyo", **rule
        )
        name = f"series-{made['series_id']}.ics" if has_rule else f"event-{made['id']}.ics"
        text = await dav.text(name)
        uid = text.split("UID:")[1].split()[0]
        lines = [f"DTSTART;VALUE=DATE:{evening:%Y%m%d}", "RRULE:FREQ=DAILY;COUNT=3"]
        assert (await dav.put(name, calendar(vevent(*lines, uid=uid)))).status == 204
        found = await rows(dav)
    midnight = start - 20 * 3600
    assert [(one["start_time"], one["timezone"], one["all_day"]) for one in found] == [
        (midnight + number * DAY, "Asia/Tokyo", 1) for number in range(3)
    ]
    assert made["id"] in {one["id"] for one in found}
    assert (await place.check()).differences == []

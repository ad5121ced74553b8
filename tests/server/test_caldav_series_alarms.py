"""The reminder of an all-day series in calendar apps. Source: contract, sections 13 and 16."""

from dav import serving_dav
from harness import token
from helpers import NOW
from places import Place

TEN = token(10, exp=2 * NOW)
MIDNIGHT = 1_711_580_400
"""2024-03-28 in Berlin; the clock changes on the 31st."""
DAY = 86_400


async def test_the_alarm_of_an_all_day_series_comes_with_each_occurrence(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.desk.add(
            TEN,
            start_time=MIDNIGHT,
            end_time=MIDNIGHT + DAY,
            all_day=1,
            timezone="Europe/Berlin",
            remind_before_sec=7200,
            recurrence={"rrule": "FREQ=DAILY;COUNT=6"},
        )
        filters = {"from": NOW, "to": 2 * NOW, "limit": 100, "offset": 0, "deskFilter": "*"}
        before = await dav.desk.call(TEN, "MngGetCalendarEventsByFilter", **filters)
        rows = before["data"]["rows"]
        third = rows[2]["id"]
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=third, title="Another")
        name = f"series-{rows[0]['series_id']}.ics"
        text = await dav.text(name)
        assert text.count("TRIGGER:-PT2H") == text.count("BEGIN:VALARM") == 2

        changed = text.replace("SUMMARY:Retention sync", "SUMMARY:Renamed")
        assert (await dav.put(name, changed)).status == 204

        after = await dav.desk.call(TEN, "MngGetCalendarEventsByFilter", **filters)
        assert [row["title"] for row in after["data"]["rows"]] == [
            "Another" if row["id"] == third else "Renamed" for row in rows
        ]
        for key in ("start_time", "remind_before_sec", "remind_time"):
            found = [row[key] for row in after["data"]["rows"]]
            assert found == [row[key] for row in rows], key

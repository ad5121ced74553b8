"""RDATE: further occurrences of a series. Source: contract, section 16."""

import pytest

from dav import Dav, serving_dav
from deskcal.live.series_horizon import SeriesHorizon
from helpers import NOW
from places import Place
from server.caldav_texts import DAY, TEN, calendar, override, rows, utc, vevent

WEEK = 7 * DAY
FIRST, SECOND = NOW + 2 * DAY, NOW + 10 * DAY
"""None of the rule's dates."""
RULE = "RRULE:FREQ=WEEKLY;COUNT=3"
DATES = f"RDATE:{utc(FIRST)},{utc(SECOND)}"


async def starts(dav: Dav) -> list[int]:
    found = await rows(dav)
    assert len({row["series_id"] for row in found}) == 1
    return sorted(row["start_time"] for row in found)


async def follow_clocks(dav: Dav) -> None:
    """What a server does at its start."""
    services = dav.desk.services
    await SeriesHorizon(services.store, dav.desk.clock, services.limits).follow_clocks()


async def shown(dav: Dav) -> list[str]:
    """The starts that an app sees, expanded."""
    ever = f'start="{utc(NOW - DAY)}" end="{utc(NOW + 100 * DAY)}"'
    form = f"<C:calendar-data><C:expand {ever}/></C:calendar-data>"
    (text,) = await dav.query(f"<C:time-range {ever}/>", form)
    return sorted(line[8:] for line in text.splitlines() if line.startswith("DTSTART:"))


@pytest.mark.parametrize(
    ("rule", "others"), [([RULE], [NOW, NOW + WEEK, NOW + 2 * WEEK]), ([], [NOW])]
)
async def test_each_is_an_occurrence_and_comes_back(
    place: Place, rule: list[str], others: list[int]
) -> None:
    text = calendar(vevent(*rule, DATES))
    wanted = sorted([*others, FIRST, SECOND])
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", text)).status == 201
        assert await starts(dav) == wanted
        assert await dav.text("a.ics") == text
        assert await shown(dav) == list(map(utc, wanted))
        assert (await dav.put("a.ics", text)).status == 204
        assert await starts(dav) == wanted
        answered = await dav.desk.call(TEN, "MngImportCalendarEvents", ics=text)
        assert answered["data"]["unchanged"] == 1


async def test_a_start_that_the_rule_does_not_have_is_one(place: Place) -> None:
    """As calendars do. Source: contract, section 13."""
    rule = "RRULE:FREQ=DAILY;COUNT=4;BYMONTHDAY=15,16"
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", calendar(vevent(rule)))).status == 201
        found = await starts(dav)
        assert found[0] == NOW and len(found) == 5
        assert await shown(dav) == list(map(utc, found))
        (first, *_) = await rows(dav)
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=first["id"], title="Other")
        assert await shown(dav) == list(map(utc, found))


async def test_a_change_of_one_here_is_an_override_and_the_rule_stays(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent(RULE, DATES)))
        (one,) = [row for row in await rows(dav) if row["start_time"] == FIRST]
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=one["id"], title="Other")
        text = await dav.text("a.ics")
        assert RULE in text and DATES in text and text.count("BEGIN:VEVENT") == 2
        assert f"RECURRENCE-ID:{utc(FIRST)}" in text and "SUMMARY:Other" in text
        assert (await dav.put("a.ics", text)).status == 204
        assert {row["title"] for row in await rows(dav)} == {"Call", "Other"}


async def test_one_that_is_deleted_here_is_gone_there(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent(RULE, DATES)))
        (one,) = [row for row in await rows(dav) if row["start_time"] == FIRST]
        await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=one["id"])
        text = await dav.text("a.ics")
        assert f"RDATE:{utc(SECOND)}" in text and utc(FIRST) not in text and "EXDATE" not in text
        assert await shown(dav) == list(map(utc, await starts(dav)))


async def test_one_that_the_app_takes_away_goes(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent(RULE, DATES)))
        ids = {row["start_time"]: row["id"] for row in await rows(dav)}
        moved = override(0, start=NOW + 60)
        await dav.put("a.ics", calendar(vevent(RULE, f"RDATE:{utc(SECOND)}"), moved))
        found = {row["start_time"]: row["id"] for row in await rows(dav)}
        assert found.keys() == {NOW + 60, SECOND, NOW + WEEK, NOW + 2 * WEEK}
        assert found[SECOND] == ids[SECOND] and found[NOW + 60] == ids[NOW]


async def test_a_move_of_all_moves_them_too(place: Place) -> None:
    """Also from one of them on, and over a restart of the server."""
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent(RULE, DATES)))
        (one,) = [row for row in await rows(dav) if row["start_time"] == FIRST]
        times = {"start_time": FIRST + 3600, "end_time": FIRST + 7200}
        answered = await dav.desk.call(
            TEN, "MngUpdateCalendarEvent", id=one["id"], scope=1, **times
        )
        assert answered["status"] == 200 and answered["data"]["changed"] == 4
        found = sorted(row["start_time"] for row in await rows(dav))
        later = [FIRST, NOW + WEEK, SECOND, NOW + 2 * WEEK]
        assert found == [NOW, *(time + 3600 for time in later)]
        await follow_clocks(dav)
        assert sorted(row["start_time"] for row in await rows(dav)) == found


async def test_one_after_the_end_of_the_rule_moves_alone(place: Place) -> None:
    late = NOW + 30 * DAY
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent(RULE, f"RDATE:{utc(late)}")))
        (one,) = [row for row in await rows(dav) if row["start_time"] == late]
        times = {"start_time": late + 3600, "end_time": late + 7200}
        answered = await dav.desk.call(
            TEN, "MngUpdateCalendarEvent", id=one["id"], scope=1, **times
        )
        assert answered["status"] == 200 and answered["data"]["changed"] == 1
        found = sorted(row["start_time"] for row in await rows(dav))
        assert found == [NOW, NOW + WEEK, NOW + 2 * WEEK, late + 3600]


async def test_beside_an_occurrence_of_the_rule_on_one_day_both_are_there(place: Place) -> None:
    text = calendar(vevent("RRULE:FREQ=DAILY;COUNT=3", f"RDATE:{utc(NOW + 4 * 3600)}"))
    async with serving_dav(place) as dav:
        await dav.put("a.ics", text)
        wanted = [NOW, NOW + 4 * 3600, NOW + DAY, NOW + 2 * DAY]
        assert await starts(dav) == wanted
        await follow_clocks(dav)
        assert await starts(dav) == wanted
        (one,) = [row for row in await rows(dav) if row["start_time"] == wanted[1]]
        await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=one["id"])
        assert await starts(dav) == [NOW, NOW + DAY, NOW + 2 * DAY]


async def test_periods_are_refused(place: Place) -> None:
    async with serving_dav(place) as dav:
        got = await dav.put("a.ics", calendar(vevent(f"RDATE;VALUE=PERIOD:{utc(NOW)}/PT1H")))
        assert got.status == 403 and b"supported-calendar-data" in got.body

"""CalDAV: days and states of a free-busy-query, dates that are left out, requests a second."""

import datetime as dt
from zoneinfo import ZoneInfo

from dav import NAMESPACES, Dav, serving_dav
from helpers import NOW
from places import Place
from server.caldav_texts import DAY, TEN, calendar, rows, utc, vevent

RANGE = f'start="{utc(NOW - 3 * DAY)}" end="{utc(NOW + 9 * DAY)}"'


async def busy(dav: Dav) -> list[str]:
    """The FREEBUSY lines of the range."""
    inner = f"<C:time-range {RANGE}/>"
    body = f"<C:free-busy-query {NAMESPACES}>{inner}</C:free-busy-query>"
    got = await dav.report(dav.mine, body)
    assert got.status == 200, got
    return [line for line in got.body.decode().splitlines() if line.startswith("FREEBUSY")]


async def test_an_all_day_event_is_busy_on_its_dates_in_its_own_zone(place: Place) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    day = dt.datetime.fromtimestamp(NOW, tokyo).replace(hour=0, minute=0, second=0)
    start = int(day.timestamp())
    async with serving_dav(place) as dav:
        times = {"start_time": start, "end_time": start + 2 * DAY, "timezone": tokyo.key}
        await dav.desk.add(TEN, all_day=1, type=0, show_as=0, **times)
        found = await busy(dav)
    assert found == [f"FREEBUSY;FBTYPE=BUSY:{utc(start)}/{utc(start + 2 * DAY)}"]


async def test_a_tentative_event_is_busy_tentative(place: Place) -> None:
    async with serving_dav(place) as dav:
        text = calendar(vevent("STATUS:TENTATIVE"))
        assert (await dav.put("a.ics", text)).status == 201
        found = await busy(dav)
    assert found == [f"FREEBUSY;FBTYPE=BUSY-TENTATIVE:{utc(NOW)}/{utc(NOW + 3600)}"]


async def test_cancelled_events_and_those_without_length_make_nobody_busy(place: Place) -> None:
    async with serving_dav(place) as dav:
        moment = ["DTSTART:20240310T120000Z", "DTEND:20240310T120000Z"]
        await dav.put("a.ics", calendar(vevent("STATUS:CANCELLED", "TRANSP:OPAQUE")))
        await dav.put("b.ics", calendar(vevent(*moment, uid="b")))
        await dav.put("c.ics", calendar(vevent(uid="c", start=NOW + 7200)))
        assert len(await rows(dav)) == 3
        assert await busy(dav) == [f"FREEBUSY;FBTYPE=BUSY:{utc(NOW + 7200)}/{utc(NOW + 10_800)}"]


async def test_a_day_without_an_end_and_a_further_date_are_busy(place: Place) -> None:
    """Xandikos 0.4.10 leaves out both (`findings/xandikos_days_off_are_free.sh`)."""
    day, further = NOW // DAY * DAY + 2 * DAY, NOW + 5 * DAY
    off = vevent(f"DTSTART;VALUE=DATE:{utc(day)[:8]}", uid="off")
    async with serving_dav(place) as dav:
        assert (await dav.put("off.ics", calendar(off))).status == 201
        assert (await dav.put("a.ics", calendar(vevent(f"RDATE:{utc(further)}")))).status == 201
        found = await busy(dav)
    taken = [(NOW, NOW + 3600), (day, day + DAY), (further, further + 3600)]
    assert found == [f"FREEBUSY;FBTYPE=BUSY:{utc(start)}/{utc(end)}" for start, end in taken]


async def test_an_excluded_date_takes_out_the_occurrence_of_that_day(place: Place) -> None:
    left_out = f"EXDATE;VALUE=DATE:{utc(NOW + DAY)[:8]}"
    starts = [NOW, NOW + 2 * DAY]
    async with serving_dav(place) as dav:
        text = calendar(vevent("RRULE:FREQ=DAILY;COUNT=3", left_out))
        assert (await dav.put("a.ics", text)).status == 201
        form = f"<C:calendar-data><C:expand {RANGE}/></C:calendar-data>"
        (expanded,) = await dav.query(f"<C:time-range {RANGE}/>", form)
        found = sorted(event["start_time"] for event in await rows(dav))
    lines = [line for line in expanded.splitlines() if line.startswith("DTSTART")]
    assert sorted(lines) == [f"DTSTART:{utc(one)}" for one in starts]
    assert found == starts


async def test_without_a_summary_the_title_says_so(place: Place) -> None:
    text = calendar([line for line in vevent() if not line.startswith("SUMMARY")])
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", text)).status == 201
        assert [event["title"] for event in await rows(dav)] == ["(no title)"]


async def test_requests_count_for_the_limit_of_their_manager(place: Place) -> None:
    """The first one of each was that for the device's password."""
    async with serving_dav(place, max_requests_per_manager_sec=2) as dav:
        other = await dav.of(11)
        statuses = [(await dav.ask("OPTIONS", dav.mine)).status for _ in range(2)]
        statuses.append((await other.ask("OPTIONS", other.mine)).status)
    assert statuses == [200, 429, 200]

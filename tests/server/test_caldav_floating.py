"""CalDAV and X-WR-TIMEZONE: floating times of a text that has it."""

import datetime as dt
from zoneinfo import ZoneInfo

from dav import serving_dav
from helpers import NOW
from places import Place
from server.caldav_texts import DAY, TEN, calendar, rows, utc, vevent, without

TOKYO = ZoneInfo("Asia/Tokyo")
RULE = "RRULE:FREQ=DAILY;COUNT=3"


def floating(time: int) -> str:
    """On the clock of Tokyo."""
    return f"{dt.datetime.fromtimestamp(time, TOKYO):%Y%m%dT%H%M%S}"


def put_text(*lines: str, zone: str = "Asia/Tokyo") -> str:
    times = [f"DTSTART:{floating(NOW)}", f"DTEND:{floating(NOW + 3600)}"]
    return calendar([f"X-WR-TIMEZONE:{zone}"], vevent(*times, *lines))


async def test_what_is_put_with_it_is_at_that_time_everywhere(place: Place) -> None:
    lines = [RULE, f"EXDATE:{floating(NOW + DAY)}"]
    own = [f"RECURRENCE-ID:{floating(NOW + 2 * DAY)}", f"DTSTART:{floating(NOW + 2 * DAY + 900)}"]
    text = calendar(put_text(*lines).splitlines()[3:-1], vevent(*own, summary="Moved"))
    range_ = f'<C:time-range start="{utc(NOW)}" end="{utc(NOW + 60)}"/>'
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", text)).status == 201
        assert await dav.text("a.ics") == text
        found = [(one["start_time"], one["timezone"], one["title"]) for one in await rows(dav)]
        assert await dav.query(range_) == [text]
        exported = await dav.desk.call(TEN, "MngExportCalendarEvents")
    assert found == [
        (NOW, "Asia/Tokyo", "Call"),
        (NOW + 2 * DAY + 900, "Asia/Tokyo", "Moved"),
    ]
    assert f"DTSTART;TZID=Asia/Tokyo:{floating(NOW)}" in exported["data"]["ics"]
    assert "X-WR-TIMEZONE" not in exported["data"]["ics"]
    assert (await place.check()).differences == []


async def test_an_app_that_leaves_it_out_means_the_same(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", put_text("SUMMARY:one"))
        changed = without(put_text(), "X-WR").replace("SUMMARY:Call", "SUMMARY:Two")
        assert (await dav.put("a.ics", changed)).status == 204
        (event,) = await rows(dav)
    assert (event["start_time"], event["timezone"], event["title"]) == (NOW, "Asia/Tokyo", "Two")


async def test_a_participant_may_leave_it_out(place: Place) -> None:
    async with serving_dav(place) as dav:
        people = [{"manager_id": 30}]
        made = await dav.desk.add(TEN, start_time=NOW, end_time=NOW + 3600, participants=people)
        other = await dav.of(30)
        name = f"event-{made['id']}.ics"
        given = (await other.text(name)).splitlines()
        times = {"DTSTART": floating(NOW), "DTEND": floating(NOW + 3600)}
        lines = [
            next((f"{key}:{text}" for key, text in times.items() if line.startswith(key)), line)
            for line in given
        ]
        text = "\r\n".join([lines[0], "X-WR-TIMEZONE:Asia/Tokyo", *lines[1:], ""])
        assert [(await other.put(name, text)).status for _ in range(2)] == [204, 204]
        for _ in range(2):
            assert (await other.put(name, without(text, "X-WR"))).status == 204


async def test_an_app_that_leaves_it_out_again_and_again_means_the_same(place: Place) -> None:
    changed = without(put_text(), "X-WR")
    range_ = f'<C:time-range start="{utc(NOW)}" end="{utc(NOW + 60)}"/>'
    async with serving_dav(place) as dav:
        await dav.put("a.ics", put_text())
        for title in ("Two", "Three"):
            text = changed.replace("SUMMARY:Call", f"SUMMARY:{title}")
            got = await dav.put("a.ics", text)
            assert (got.status, "etag" in got.headers) == (204, False)
            (event,) = await rows(dav)
            assert (event["start_time"], event["title"]) == (NOW, title)
            (shown,) = await dav.query(range_)
            assert without(shown, "X-WR") == text

"""VTIMEZONEs: each RDATE alone, DTSTART among them, and the clock of the zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from deskcal.ical.vtimezone import add_vtimezones, vtimezone_text

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2031, 1, 1)
ZONES = ("Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu")


def dates_of(text: str) -> list[str]:
    lines = text.replace("\r\n ", "").split("\r\n")
    return [line for line in lines if line.startswith("RDATE")]


@pytest.mark.parametrize("tzid", ZONES)
def test_every_date_is_a_line_of_its_own(tzid: str) -> None:
    found = dates_of(vtimezone_text(tzid, FIRST, LAST))
    assert not [line for line in found if "," in line]
    assert bool(found) == (tzid != "Asia/Kathmandu")


@pytest.mark.parametrize("tzid", ZONES)
def test_it_is_the_clock_of_the_zone(tzid: str) -> None:
    component = Timezone.from_ical(vtimezone_text(tzid, FIRST, LAST))
    assert isinstance(component, Timezone)
    zone = component.to_tz(lookup_tzid=False)
    days = [FIRST + dt.timedelta(days=number) for number in range(7, (LAST - FIRST).days, 7)]
    noons = [dt.datetime.combine(day, dt.time(12)) for day in days]
    known = [noon.replace(tzinfo=ZoneInfo(tzid)).utcoffset() for noon in noons]
    assert [noon.replace(tzinfo=zone).utcoffset() for noon in noons] == known


@pytest.mark.parametrize("tzid", ZONES)
def test_it_is_the_clock_also_for_who_leaves_dtstart_out_beside_an_rdate(tzid: str) -> None:
    """As ical.js 2.2.1 does; RFC 5545, 3.8.5.2, counts DTSTART in."""
    onsets: dict[dt.datetime, dt.timedelta] = {}
    for one in Timezone.from_ical(vtimezone_text(tzid, FIRST, LAST)).subcomponents:
        assert isinstance(one, TimezoneStandard | TimezoneDaylight)
        more = one.get("RDATE", [])
        dates = [each.dts[0].dt for each in (more if isinstance(more, list) else [more])]
        for onset in dates or [one.DTSTART]:
            onsets[(onset - one.TZOFFSETFROM).replace(tzinfo=dt.UTC)] = one.TZOFFSETTO
    for number in range(7, (LAST - FIRST).days, 7):
        noon = dt.datetime.combine(FIRST + dt.timedelta(days=number), dt.time(12), dt.UTC)
        last = max(onset for onset in onsets if onset <= noon)
        assert onsets[last] == noon.astimezone(ZoneInfo(tzid)).utcoffset()


@pytest.mark.parametrize("tzid", [*ZONES, "Asia/Beirut", "America/Santiago", "Europe/Dublin"])
def test_every_onset_is_by_the_offset_before_it(tzid: str) -> None:
    """RFC 5545, 3.6.5. icalendar 7.3 writes 03:00 for 02:00 where the clock skips to 03:00."""
    place = ZoneInfo(tzid)
    onsets: list[tuple[dt.datetime, dt.timedelta, dt.timedelta]] = []
    for one in Timezone.from_ical(vtimezone_text(tzid, FIRST, LAST)).subcomponents:
        assert isinstance(one, TimezoneStandard | TimezoneDaylight)
        more = one.get("RDATE", [])
        dates = [each.dts[0].dt for each in (more if isinstance(more, list) else [more])]
        offsets = (one.TZOFFSETFROM, one.TZOFFSETTO)
        onsets += [(onset, *offsets) for onset in [one.DTSTART, *dates] if len(set(offsets)) > 1]
    for onset, before, after in onsets:
        time = (onset - before).replace(tzinfo=dt.UTC)
        around = [time - dt.timedelta(seconds=1), time]
        assert [one.astimezone(place).utcoffset() for one in around] == [before, after]
    assert bool(onsets) == (tzid != "Asia/Kathmandu")


def test_a_calendar_gets_one_for_each_zone_it_lacks() -> None:
    calendar = Calendar()
    for tzid in ZONES:
        event = Event()
        event.add("dtstart", dt.datetime(2027, 7, 1, 12, tzinfo=ZoneInfo(tzid)))
        calendar.add_component(event)
    add_vtimezones(calendar, FIRST, LAST)
    add_vtimezones(calendar, FIRST, LAST)
    text = calendar.to_ical().decode()
    assert text.count("BEGIN:VTIMEZONE") == len(ZONES)
    assert len(dates_of(text)) > 20 and not [line for line in dates_of(text) if "," in line]

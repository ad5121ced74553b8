"""Imports of RDATE and RANGE=THISANDFUTURE: series and single events. Contract, section 16."""

from typing import Any

import pytest

from commands.test_calendar_import import (
    DAY,
    HOUR,
    NOON,
    TEN,
    counts,
    imported,
    rows,
    vevent,
)
from harness import Desk

MASTER = [
    "DTSTART;TZID=Europe/Berlin:20270105T090000",
    "DURATION:PT1H",
    "SUMMARY:Call",
    "RRULE:FREQ=WEEKLY;COUNT=6",
    "EXDATE;TZID=Europe/Berlin:20270202T090000",
]
"""Tuesdays at 8 in UTC, but the fifth."""
TUESDAY = NOON + DAY - 4 * HOUR
WEEK = 7 * DAY
LATER = [
    "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270119T090000",
    "DTSTART;TZID=Europe/Berlin:20270120T110000",
    "DTEND;TZID=Europe/Berlin:20270120T113000",
    "SUMMARY:Later",
]
"""From the third on, on Wednesdays at 11 for half an hour."""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.clock.time = NOON
    return desk


async def shown(desk: Desk) -> list[tuple[str, int, int]]:
    return [
        (r["title"], r["start_time"], r["end_time"] - r["start_time"]) for r in await rows(desk)
    ]


async def rules(desk: Desk) -> list[str]:
    found = {row["series_id"]: row["id"] for row in await rows(desk) if "series_id" in row}
    answers = [
        await desk.call(TEN, "MngGetCalendarSeries", series_id=series_id) for series_id in found
    ]
    return [answer["data"]["series"]["rrule"] for answer in answers]


async def test_this_and_future_splits_the_series_and_the_rest_moves(desk: Desk) -> None:
    one = [
        "RECURRENCE-ID;TZID=Europe/Berlin:20270209T090000",
        "DTSTART;TZID=Europe/Berlin:20270211T090000",
        "DURATION:PT1H",
        "SUMMARY:Own",
    ]
    found = await imported(desk, vevent(*LATER), vevent(*one), vevent(*MASTER))
    assert (counts(found), found["skipped"]) == ((1, 0, 0), [])
    moved = TUESDAY + DAY + 2 * HOUR
    assert await shown(desk) == [
        ("Call", TUESDAY, HOUR),
        ("Call", TUESDAY + WEEK, HOUR),
        ("Later", moved + 2 * WEEK, HOUR // 2),
        ("Later", moved + 3 * WEEK, HOUR // 2),
        ("Own", TUESDAY + 5 * WEEK + 2 * DAY, HOUR),
    ]
    assert await rules(desk) == ["FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;COUNT=4"]
    again = await imported(desk, vevent(*LATER), vevent(*one), vevent(*MASTER))
    assert counts(again) == (0, 0, 1)


async def test_a_later_this_and_future_goes_on_from_the_original_dates(desk: Desk) -> None:
    second = [
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270209T090000",
        "DTSTART;TZID=Europe/Berlin:20270209T150000",
        "DURATION:PT2H",
        "SUMMARY:Last",
    ]
    await imported(desk, vevent(*MASTER), vevent(*LATER), vevent(*second))
    assert (await shown(desk))[-1] == ("Last", TUESDAY + 5 * WEEK + 6 * HOUR, 2 * HOUR)
    assert len(await shown(desk)) == 5


async def test_this_and_future_of_the_first_one_is_the_whole_series(desk: Desk) -> None:
    first = [line.replace("0119T", "0105T").replace("0120T", "0106T") for line in LATER]
    await imported(desk, vevent(*MASTER), vevent(*first))
    assert await rules(desk) == ["FREQ=WEEKLY;COUNT=6"]
    assert {title for title, *_ in await shown(desk)} == {"Later"}


async def test_a_rule_that_cannot_follow_is_left_out_with_its_line(desk: Desk) -> None:
    monthly = [line.replace("WEEKLY", "MONTHLY;BYDAY=1TU") for line in MASTER[:-1]]
    later = [line.replace("0119T", "0302T").replace("0120T", "0303T") for line in LATER]
    found = await imported(desk, vevent(*monthly), vevent(*later))
    assert counts(found) == (0, 0, 0)
    assert "RANGE=THISANDFUTURE" in found["skipped"][0]["why"]
    assert await rows(desk) == []


@pytest.mark.parametrize("rule", [["RRULE:FREQ=WEEKLY;COUNT=2"], []])
async def test_each_rdate_that_is_not_of_the_rule_is_an_event(desk: Desk, rule: list[str]) -> None:
    dates = "20270105T080000Z,20270106T080000Z,20270107T080000Z,20270108T080000Z"
    lines = [*MASTER[:3], *rule, f"RDATE:{dates}", "EXDATE:20270107T080000Z"]
    own = ["RECURRENCE-ID:20270108T080000Z", "DTSTART:20270108T100000Z", "SUMMARY:Own"]
    found = await imported(desk, vevent(*lines), vevent(*own))
    assert (counts(found), found["skipped"]) == ((1, 0, 0), [])
    wanted = [
        ("Call", TUESDAY, HOUR),
        ("Call", TUESDAY + DAY, HOUR),
        ("Own", TUESDAY + 3 * DAY + 2 * HOUR, 0),
        *([("Call", TUESDAY + WEEK, HOUR)] if rule else []),
    ]
    assert await shown(desk) == wanted
    assert counts(await imported(desk, vevent(*lines), vevent(*own))) == (0, 0, 1)


async def test_rdates_of_all_day_events_are_dates(desk: Desk) -> None:
    lines = ["DTSTART;VALUE=DATE:20270105", "SUMMARY:Fair", "RDATE;VALUE=DATE:20270112,20270113"]
    await imported(desk, vevent(*lines))
    found: list[dict[str, Any]] = await rows(desk)
    assert [row["all_day"] for row in found] == [1, 1, 1]
    assert [row["end_time"] - row["start_time"] for row in found] == [DAY] * 3
    assert found[1]["start_time"] - found[0]["start_time"] == WEEK


async def test_too_many_rdates_are_left_out(desk: Desk) -> None:
    dates = ",".join(f"2{number:03}0106T080000Z" for number in range(1, 1000))
    more = ",".join(f"2{number:03}0107T080000Z" for number in range(1, 10))
    found = await imported(desk, vevent(*MASTER[:3], f"RDATE:{dates}", f"RDATE:{more}"))
    assert counts(found) == (0, 0, 0) and "1008 RDATEs" in found["skipped"][0]["why"]

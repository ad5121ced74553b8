"""What an import leaves to another manager. Source: contract, section 16; decision 0019."""

from commands.test_calendar_import import NOON, TEN, counts, imported, rows, vevent
from harness import ADMIN, Desk, token
from places import Place

SERIES = ["DTSTART:20270105T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4"]


async def test_an_occurrence_that_has_gone_to_somebody_else_stays_theirs(
    desk: Desk, place: Place
) -> None:
    desk.clock.time = NOON
    await imported(desk, vevent(*SERIES, "SUMMARY:Call", "SEQUENCE:1"))
    first, second, third, _ = await rows(desk)
    for gone in (second, third):
        await desk.event(
            TEN, "MngUpdateCalendarEvent", id=gone["id"], owner_manager_id=11, title="Theirs"
        )
    admin = token(1, ADMIN, exp=4e9)
    theirs = [
        (await desk.event(admin, "MngGetCalendarEvent", id=gone["id"])) for gone in (second, third)
    ]
    newer = vevent(*SERIES, "EXDATE:20270107T090000Z", "SUMMARY:Newer", "SEQUENCE:2")
    assert counts(await imported(desk, newer)) == (0, 1, 0)
    assert [
        (await desk.event(admin, "MngGetCalendarEvent", id=gone["id"])) for gone in (second, third)
    ] == theirs
    found = await rows(desk)
    assert [row["title"] for row in found] == ["Newer", "Theirs", "Theirs", "Newer"]
    assert found[0]["id"] == first["id"]
    assert (await place.check()).differences == []

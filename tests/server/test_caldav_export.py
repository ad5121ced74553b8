"""An export of what a calendar app has put, imported again. Source: contract, section 16."""

from typing import Any

import pytest

from dav import Dav, serving_dav
from helpers import NOW
from places import Place
from server.caldav_texts import ALARMS, DAY, TEN, calendar, rows, utc, vevent

WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=4"
LATER = NOW + 7 * DAY
GUEST = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:customer@example.com"
TEXTS = [
    calendar(vevent(*ALARMS, GUEST, start=LATER, summary="Call " * 120)),
    calendar(vevent("DTSTART:20240320T100000", "DTEND:20240320T110000", "STATUS:TENTATIVE")),
    calendar(
        vevent(WEEKLY, GUEST, *ALARMS, start=LATER),
        vevent(f"RECURRENCE-ID:{utc(LATER + 7 * DAY)}", start=LATER + 8 * DAY, summary="Moved"),
    ),
]


async def imported(dav: Dav, ics: str, **data: Any) -> tuple[int, int, int]:
    """How many were created, updated, unchanged."""
    answered = await dav.desk.call(TEN, "MngImportCalendarEvents", ics=ics, **data)
    found = answered["data"]
    return found["created"], found["updated"], found["unchanged"]


@pytest.mark.parametrize("text", TEXTS)
async def test_an_export_of_what_was_changed_here_changes_nothing_where_it_is_imported(
    place: Place, text: str
) -> None:
    """Nor what is kept for the app alone: its other alarms, attendees who are no managers."""
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", text)).status == 201
        dav.desk.clock.time += 60
        event = (await rows(dav))[-1]
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], location="Room 2")
        before, sync, shown = await rows(dav), await dav.sync(), await dav.text("a.ics")
        answered = await dav.desk.call(TEN, "MngExportCalendarEvents")
        ics = answered["data"]["ics"]
        assert "Room 2" in ics
        dav.desk.clock.time += 60
        assert await imported(dav, ics, dry_run=1) == (0, 0, 1)
        assert await imported(dav, ics) == (0, 0, 1)
        assert await rows(dav) == before
        assert (await dav.sync(sync.token)).etags == {}
        assert await dav.text("a.ics") == shown
        later = await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], priority=3)
        assert await imported(dav, ics) == (0, 0, 1)
        assert (await rows(dav))[-1] == later
        changed = ics.replace("Room 2", "Room 3")
        assert await imported(dav, changed) == (0, 1, 0)
        assert (await rows(dav))[-1]["location"] == "Room 3"

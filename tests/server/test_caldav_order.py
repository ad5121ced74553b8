"""Components of a resource come in any order. Source: RFC 5545, 3.6; contract, section 16."""

import pytest

from dav import serving_dav
from helpers import NOW
from places import Place
from server.caldav_texts import DAY, calendar, override, rows, vevent

SERIES = vevent("RRULE:FREQ=WEEKLY;COUNT=3")
MOVED = override(1, start=NOW + 8 * DAY)


@pytest.mark.parametrize("parts", [(SERIES, MOVED), (MOVED, SERIES)], ids=["first", "last"])
async def test_a_series_is_taken_before_and_after_its_override(
    place: Place, parts: tuple[list[str], list[str]]
) -> None:
    """caldav 3.6.0 answers for the component that comes first, whichever it is."""
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", calendar(*parts))).status == 201
        found = sorted((row["start_time"], row["title"]) for row in await rows(dav))
        assert found == [(NOW, "Call"), (NOW + 8 * DAY, "Moved"), (NOW + 14 * DAY, "Call")]

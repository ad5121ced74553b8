"""More managers chosen than lists are asked for one by one, where a list has several pages."""

import random
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import expect

from web.served import OpenPage, Served, Wire, fill

FIRST = 1_832_976_000
"""2028-02-01 00:00 UTC."""
EVENTS = 5200
"""More than the page asks for at a time."""


def many() -> Iterator[dict[str, Any]]:
    """Events of the twelve managers of the demo."""
    draw = random.Random(7)
    for number in range(EVENTS):
        start = FIRST + draw.randrange(29 * 96) * 900
        yield {
            "title": f"Call {number}",
            "desk": "DESK_MANY",
            "start_time": start,
            "end_time": start + draw.choice((900, 3600, 86_400)),
            "owner_manager_id": draw.randrange(10, 22),
        }


def test_many_managers_have_all_their_events_and_nobody_elses(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    fill(served, many())
    chosen = range(11, 22)
    day = {"from": FIRST + 14 * 86_400, "to": FIRST + 15 * 86_400, "limit": 50_000, "offset": 0}
    wanted: set[int] = set()
    for manager_id in chosen:
        answer = wire.call(
            "MngGetCalendarEventsByFilter", **day, deskFilter="DESK_MANY", manager_id=manager_id
        )
        wanted |= {row["id"] for row in answer["rows"]}
    managers = ".".join(map(str, chosen))
    page = open_page(f"?view=month&day=2028-02-15&desk=DESK_MANY&managers={managers}")
    page.locator(".more", has_text="more on Tuesday 15 February").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{len(wanted)} events")
    assert 100 < len(wanted) < EVENTS / 10

"""Five thousand events in one month: a view draws a few hundred of them, and counts the rest."""

import datetime as dt
import random
import re
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import expect

from web.served import OpenPage, Served, fill

EVENTS = 5000
FIRST = dt.datetime(2028, 2, 1, tzinfo=dt.UTC)
MOST_SHOWN = 600
"""Elements of events that a view draws at one time."""


def dense() -> Iterator[dict[str, Any]]:
    """The month's events."""
    draw = random.Random(5)
    for number in range(EVENTS):
        start = FIRST + dt.timedelta(days=draw.randrange(29), minutes=15 * draw.randrange(96))
        seconds = int(start.timestamp())
        yield {
            "title": f"Call {number}",
            "desk": "DESK_DENSE",
            "start_time": seconds,
            "end_time": seconds + draw.choice((900, 1800, 3600, 86_400)),
            "owner_manager_id": draw.randrange(10, 22),
        }


def test_a_month_of_five_thousand_events_gives_each_view_only_what_it_can_show(
    open_page: OpenPage, served: Served
) -> None:
    """How fast that is, `python -m bench --only web` measures, by the same marks of the page."""
    fill(served, dense())
    page = open_page("?view=month&day=2028-02-15&desk=DESK_DENSE")
    for view in ("Month", "Week", "Day"):
        button = page.get_by_role("group", name="View").get_by_role("button", name=view, exact=True)
        button.click()
        shown = page.locator(f"#calendar[data-view={view.lower()}][data-loading=false]")
        expect(shown.locator(".more").first).to_be_visible()
        assert 0 < shown.locator(".rbc-event").count() <= MOST_SHOWN

    page.get_by_role("group", name="View").get_by_role("button", name="Month", exact=True).click()
    more = page.locator("#calendar[data-view=month] .more").first
    hidden = int(re.findall(r"[0-9]+", more.inner_text())[0])
    more.click()
    dialog = page.get_by_role("dialog")
    rows = dialog.get_by_role("listitem")
    expect(rows.first).to_be_visible()
    expect(dialog.get_by_role("heading")).to_contain_text(f"{rows.count()} events")
    assert rows.count() > hidden > 100

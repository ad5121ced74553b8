"""Dragging where the clock changes: dropped at 12:00 is at 12:00. Nicosia, 28 March 2027."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import OpenPage, Wire
from web.test_everyday import drag, event_named

NICOSIA = ZoneInfo("Europe/Nicosia")
WEEK = "?view=week&day=2027-03-28&zone=Europe%2FNicosia&desk=DESK_CLOCK"
BROWSERS = ["Europe/Nicosia", "America/New_York"]
"""The zones of the browser: the page's own, and one where the clock changes on another day."""


def at(day: int, time: str) -> int:
    """Unix seconds of that time in March 2027."""
    return int(
        dt.datetime.fromisoformat(f"2027-03-{day}T{time}").replace(tzinfo=NICOSIA).timestamp()
    )


def add(wire: Wire, title: str, start: int, end: int) -> int:
    made = wire.add(title=title, desk="DESK_CLOCK", start_time=start, end_time=end)
    event_id: int = made["id"]
    return event_id


def shown(wire: Wire, event_id: int) -> tuple[str, str]:
    """Its start and end on the clock: "28 12:00"."""
    event = wire.get(event_id)
    texts = [
        dt.datetime.fromtimestamp(event[name], NICOSIA).strftime("%d %H:%M")
        for name in ("start_time", "end_time")
    ]
    return texts[0], texts[1]


def hour_px(page: Page) -> float:
    box = page.locator(".rbc-day-slot").first.bounding_box()
    assert box is not None
    return box["height"] / 24


def day_px(page: Page) -> float:
    box = page.locator(".rbc-day-slot").first.bounding_box()
    assert box is not None
    return box["width"]


def dragged(page: Page, what: Locator, title: str, days: float, hours: float) -> None:
    """Drags it, a quarter hour into the half hour that is meant."""
    what.scroll_into_view_if_needed()
    drag(page, what, days * day_px(page), (hours + 0.25) * hour_px(page))
    expect(page.get_by_text(f"Moved: {title}", exact=True)).to_be_visible()


@pytest.mark.parametrize("zone", BROWSERS)
def test_an_event_dropped_on_the_day_of_the_change_is_where_it_was_dropped(
    open_page: OpenPage, wire: Wire, zone: str
) -> None:
    event_id = add(wire, "Onto Sunday", at(27, "10:00"), at(27, "11:30"))
    page = open_page(WEEK, zone=zone)
    dragged(page, event_named(page, "Onto Sunday"), "Onto Sunday", 1, 2)
    assert shown(wire, event_id) == ("28 12:00", "28 13:30")
    wire.call("MngDeleteCalendarEvent", id=event_id)


@pytest.mark.parametrize("zone", BROWSERS)
def test_an_edge_dragged_on_the_day_of_the_change_is_where_it_was_dropped(
    open_page: OpenPage, wire: Wire, zone: str
) -> None:
    event_id = add(wire, "Edges", at(28, "05:00"), at(28, "07:00"))
    page = open_page(WEEK, zone=zone)
    event = event_named(page, "Edges")
    expect(event).to_be_visible()
    page.locator(".rbc-time-content").evaluate("one => { one.scrollTop = 0 }")
    edges = event.locator(".rbc-addons-dnd-resize-ns-anchor")
    event.hover()
    dragged(page, edges.last, "Edges", 0, 2)
    assert shown(wire, event_id) == ("28 05:00", "28 09:00")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("^Undone"))).to_be_visible()
    assert shown(wire, event_id) == ("28 05:00", "28 07:00")
    event.hover()
    dragged(page, edges.first, "Edges", 0, -2.5)
    assert shown(wire, event_id) == ("28 02:30", "28 07:00")
    wire.call("MngDeleteCalendarEvent", id=event_id)


def test_a_night_dragged_over_the_change_in_the_month_keeps_its_times(
    open_page: OpenPage, wire: Wire
) -> None:
    event_id = add(wire, "Night", at(25, "22:00"), at(26, "06:00"))
    page = open_page(WEEK.replace("week", "month"), zone="America/New_York")
    cell = page.locator(".rbc-day-bg").first.bounding_box()
    assert cell is not None
    drag(page, event_named(page, "Night").first, cell["width"] * 2, 0)
    expect(page.get_by_text("Moved: Night", exact=True)).to_be_visible()
    assert shown(wire, event_id) == ("27 22:00", "28 06:00")
    wire.call("MngDeleteCalendarEvent", id=event_id)


def test_a_deadline_stays_without_length_when_it_is_dragged(
    open_page: OpenPage, wire: Wire
) -> None:
    event_id = add(wire, "Deadline", at(27, "12:30"), at(27, "12:30"))
    page = open_page(WEEK)
    dragged(page, event_named(page, "Deadline"), "Deadline", 1, 0)
    assert shown(wire, event_id) == ("28 12:30", "28 12:30")
    wire.call("MngDeleteCalendarEvent", id=event_id)

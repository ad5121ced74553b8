"""The line of the current time: it shows where it is now, and crosses out no event. Midnight."""

import re

import pytest
from playwright.sync_api import expect

from web.served import OpenPage, Wire, now, zone_at

BRAND = "northgate"
"""No event of the demo's first manager is of it."""

AT_POINTS = """(line) => {
  line.style.pointerEvents = "auto";
  const box = line.getBoundingClientRect();
  const at = (x) => {
    const found = document.elementFromPoint(x, box.top + box.height / 2);
    return found === line ? "line" : found.closest(".rbc-event") ? "event" : found.className;
  };
  return [at(box.left - 2), at(box.left + 20), at(box.left + box.width / 2), at(box.right - 3)];
}"""
"""What is in front: at its mark, where the text of an event begins, in the middle, and at
its end."""


@pytest.mark.parametrize("view", ["week", "day"])
def test_the_line_of_the_current_time_is_behind_events_and_its_ends_are_seen(
    open_page: OpenPage, wire: Wire, size: tuple[int, int], view: str
) -> None:
    for left in wire.call("MngSearchCalendarEvents", q="Under way", deskFilter="*")["rows"]:
        wire.call("MngDeleteCalendarEvent", id=left["id"])
    start = now() - 300
    wire.add(title="Under way", brand=BRAND, start_time=start, end_time=start + 1800)
    page = open_page(f"?view={view}&brand={BRAND}&managers=10", size=size, zone=zone_at(12))
    expect(page.locator(".rbc-event", has_text="Under way")).to_be_visible()
    line = page.locator(".rbc-current-time-indicator")
    assert line.evaluate(AT_POINTS) == ["line", "event", "event", "line"]


@pytest.mark.parametrize("view", ["day", "desk", "my_day"])
def test_a_page_that_is_on_today_is_on_the_next_day_after_midnight(
    open_page: OpenPage, view: str
) -> None:
    """Also what comes after "My day", which shows it anyway; a page of another day stays there."""
    zone = zone_at(22)
    page = open_page(f"?view={view}", zone=zone)
    page.clock.install()
    today = page.locator(".mini-day[data-today=true]")
    before = today.get_attribute("data-date")
    page.clock.fast_forward(4 * 3600_000)
    expect(today).not_to_have_attribute("data-date", str(before))
    after = today.get_attribute("data-date")
    shown = page.locator(".mini-day[aria-current=date]")
    expect(shown).to_have_attribute("data-date", str(after))
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("view=day"))
    expect(shown).to_have_attribute("data-date", str(after))
    page.keyboard.press("k")
    expect(shown).to_have_attribute("data-date", str(before))
    page.clock.fast_forward(24 * 3600_000)
    expect(today).not_to_have_attribute("data-date", str(after))
    expect(shown).to_have_attribute("data-date", str(before))

"""Paper: the calendar without the rest of the page, whole, in black and white."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from web.served import OpenPage, Served, Wire, fill, monday_at
from web.test_everyday import query, wait_until

WEEK = monday_at(0, weeks=26)
SHELL = ".side, .toasts, .reminders, .top .segments, .search, .panel, .round-button, .bell"


def at(day: int, hour: float) -> int:
    """Unix seconds, UTC, in the week of these tests."""
    return int(WEEK + day * 86_400 + hour * 3600)


@pytest.fixture(scope="module", autouse=True)
def events(served: Served) -> None:
    def some() -> Iterable[dict[str, Any]]:
        for number in range(300):
            yield {
                "title": f"Printed {number}",
                "start_time": at(number % 5, 9 + number % 8),
                "end_time": at(number % 5, 9.5 + number % 8),
                "owner_manager_id": 10 + number % 3,
            }

    fill(served, some())


def printed(page: Page) -> Page:
    page.emulate_media(media="print")
    expect(page.locator(".print-legend")).to_be_visible()
    return page


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("view", ["week", "day", "month", "agenda"])
def test_paper_has_the_calendar_and_nothing_around_it(open_page: OpenPage, view: str) -> None:
    page = printed(open_page(query(view, WEEK), theme="dark"))
    assert not [one for one in page.locator(SHELL).all() if one.is_visible()]
    expect(page.locator(".rbc-event, .row").first).to_be_visible()
    legend = page.locator(".print-legend")
    expect(legend).to_contain_text("Times in UTC")
    ink = page.locator(".top-title").evaluate("(one) => getComputedStyle(one).color")
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) < 200


def test_every_row_of_the_agenda_is_printed(open_page: OpenPage) -> None:
    page = open_page(query("agenda", WEEK))
    expect(page.locator(".row").first).to_be_visible()
    assert page.locator(".row", has_text="Printed").count() < 300
    printed(page)
    expect(page.locator(".row", has_text="Printed")).to_have_count(300)


def test_a_week_is_one_page_from_its_first_hour_to_its_last(
    open_page: OpenPage, wire: Wire
) -> None:
    wire.add(title="Early", start_time=at(5, 5), end_time=at(5, 6))
    page = open_page(query("week", WEEK))
    printed(page)
    style = page.locator(".calendar").get_attribute("style") or ""
    assert re.findall(r"--print-\w+: (\d+)", style) == ["5", "13"]
    early = page.locator(".rbc-day-slot .rbc-event", has_text="Early").bounding_box()
    around = page.locator(".rbc-time-content").bounding_box()
    assert early is not None and around is not None
    assert 0 <= early["y"] - around["y"] <= 12
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1


def test_a_pattern_says_whose_an_event_is(open_page: OpenPage) -> None:
    page = printed(open_page(query("week", WEEK)))
    pattern = "getComputedStyle(one).backgroundImage + getComputedStyle(one).backgroundColor"
    swatches = page.locator(".print-legend .print-swatch")
    backgrounds = swatches.evaluate_all(f"(all) => all.map((one) => {pattern})")
    assert len(backgrounds) >= 3
    assert len(set(backgrounds)) == len(backgrounds)
    block = page.locator(".rbc-event:not(.ev-more)", has_text="Printed").first
    stripe = block.evaluate("(one) => getComputedStyle(one, '::before').backgroundImage")
    assert any(one.startswith(stripe) for one in backgrounds)


SCROLL = """(one) => new Promise((done) => {
  one.addEventListener("scroll", () => requestAnimationFrame(done), { once: true });
  one.scrollTo(0, 300);
})"""


def test_after_printing_the_grid_stands_where_it_did(open_page: OpenPage) -> None:
    page = open_page(query("week", WEEK))
    hours = page.locator(".rbc-time-content")
    wait_until(lambda: hours.evaluate("(one) => one.scrollTop") > 0)
    hours.evaluate(SCROLL)
    printed(page)
    assert hours.evaluate("(one) => one.scrollTop") == 0
    page.emulate_media(media="screen")
    expect(page.locator(".print-legend")).to_have_count(0)
    assert hours.evaluate("(one) => one.scrollTop") == 300

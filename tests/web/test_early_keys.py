"""Keys that are pressed before a part of the page is loaded are for the part that was opened."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from web.conftest import stop_clock, until_parts_are_there
from web.served import OpenPage, Served, Wire, iso_day, monday_at
from web.test_everyday import event_named, query, wait_until

DAY = monday_at(0, weeks=36)
AGENDA = query("agenda", DAY)


class Held:
    """Files of one part of the page, held until they are released."""

    def __init__(self, page: Page, part: str) -> None:
        self._is_open = False
        self.routes: list[Route] = []
        page.route(re.compile(rf"/assets/{part}-"), self._take)

    def _take(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self.routes.append(route)

    def release(self) -> None:
        self._is_open = True
        for route in self.routes:
            route.continue_()


def opened_without(part: str, open_page: OpenPage, served: Served, query: str) -> tuple[Page, Held]:
    """The page with its events, and without a part that is loaded later."""
    page = open_page(signed_in=False)
    held = Held(page, part)
    page.goto(served.address(query))
    expect(page.locator("#calendar[data-loading=false]")).to_be_visible()
    return page, held


def waits(page: Page) -> None:
    expect(page.get_by_label("Loading", exact=True)).to_be_focused()


def test_escape_ends_the_opening_of_a_dialog_that_is_not_loaded(
    open_page: OpenPage, served: Served
) -> None:
    page, held = opened_without("page-dialogs", open_page, served, AGENDA)
    today = page.get_by_role("button", name="Today", exact=True)
    today.focus()
    page.keyboard.press("?")
    waits(page)
    for key in ("m", "Enter", "Tab", "j"):
        page.keyboard.press(key)
    waits(page)
    page.keyboard.press("Escape")
    expect(today).to_be_focused()
    held.release()
    until_parts_are_there(page)
    expect(page.locator("dialog")).to_have_count(0)
    assert f"day={iso_day(DAY)}" in page.url and "view=agenda" in page.url
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_what_is_typed_for_a_form_that_is_not_loaded_is_in_its_title(
    open_page: OpenPage, served: Served
) -> None:
    page, held = opened_without("event-panel", open_page, served, AGENDA)
    page.keyboard.press("n")
    waits(page)
    page.keyboard.type("Demand m d w")
    held.release()
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("Demand m d w")
    expect(title).to_be_focused()
    page.keyboard.type(" and more")
    expect(title).to_have_value("Demand m d w and more")
    assert "view=agenda" in page.url
    page.get_by_role("button", name="Discard").click()


def test_what_is_typed_for_a_form_that_comes_together_with_the_grid_is_in_its_title(
    open_page: OpenPage, served: Served
) -> None:
    """Parts that come within 300 ms, for which the clock is stopped, React draws at once."""
    page = open_page(signed_in=False)
    held = Held(page, "(calendar-grid|event-panel)")
    page.clock.install()
    page.goto(served.address(query("week", DAY)))
    expect(page.locator("#calendar[data-loading=false]")).to_be_visible()
    stop_clock(page)
    page.keyboard.press("n")
    waits(page)
    page.keyboard.type("With the grid")
    wait_until(lambda: page.title() != "" and len(held.routes) == 2)
    held.release()
    for route in held.routes:
        page.evaluate("address => import(address)", route.request.url)
    page.clock.run_for(1000)
    expect(page.locator(".rbc-time-view")).to_be_visible()
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("With the grid")
    page.get_by_role("button", name="Discard").click()


@pytest.mark.parametrize("part", ["event-panel", "page-overlays"], ids=["form", "box"])
def test_what_was_typed_before_escape_for_a_form_that_is_not_loaded_is_a_draft(
    open_page: OpenPage, served: Served, part: str
) -> None:
    """The clock is stopped, so that the message of the draft stays until it is clicked."""
    page, held = opened_without(part, open_page, served, query("week", DAY))
    if part == "event-panel":
        page.keyboard.press("n")
    else:
        page.locator(".rbc-day-slot").nth(2).click(position={"x": 20, "y": 500})
    waits(page)
    page.keyboard.type("Typed too early")
    stop_clock(page)
    page.keyboard.press("Escape")
    drafts = page.get_by_role("region", name="Drafts")
    expect(drafts).to_contain_text("Typed too early")
    held.release()
    page.get_by_text("Kept as a draft: Typed too early").locator("xpath=..").get_by_role(
        "button", name="Continue"
    ).click()
    page.clock.resume()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Typed too early")
    expect(drafts).to_have_count(0)
    page.get_by_role("button", name="Discard").click()


def test_what_is_typed_for_the_box_at_a_slot_that_is_not_loaded_is_in_its_title(
    open_page: OpenPage, served: Served
) -> None:
    page, held = opened_without("page-overlays", open_page, served, query("week", DAY))
    page.locator(".rbc-day-slot").nth(1).click(position={"x": 20, "y": 500})
    waits(page)
    page.keyboard.type("Early call")
    held.release()
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("Early call")
    expect(title).to_be_focused()
    assert "view=week" in page.url


def test_escape_ends_the_opening_of_an_event_whose_panel_is_not_loaded(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    wire.add(title="Early opened", start_time=DAY + 9 * 3600)
    page, held = opened_without("event-panel", open_page, served, AGENDA)
    row = event_named(page, "Early opened")
    row.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]event=\d+"))
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile(r"[?&]event=\d+"))
    held.release()
    until_parts_are_there(page)
    expect(page.locator(".panel")).to_have_count(0)
    expect(row).to_be_focused()

"""The event that an address names: where it can't be shown, the page says so in words."""

import re

from playwright.sync_api import Page, expect

from web.gate import UNAVAILABLE, Gate, opened_at
from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import query, wait_until
from web.test_rights import own_desk

Size = tuple[int, int]
WEEK = monday_at(0, weeks=31)


def made(wire: Wire, title: str) -> int:
    event_id: int = wire.add(title=title, start_time=WEEK + 36_000, **own_desk(wire))["id"]
    return event_id


def expect_no_event_in_the_address(page: Page) -> None:
    expect(page).not_to_have_url(re.compile("event="))
    expect(page.get_by_role("complementary", name="Event")).to_have_count(0)


def test_a_link_to_a_deleted_event_says_who_deleted_it(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    event_id = made(wire, "Deleted before")
    wire.call("MngDeleteCalendarEvent", id=event_id)
    page = open_page(query("agenda", WEEK, f"&event={event_id}"), size=size, manager_id=11)
    expect(page.get_by_text("Ελένη Παπαδοπούλου deleted “Deleted before”.")).to_be_visible()
    expect_no_event_in_the_address(page)
    page.goto("about:blank")
    page = open_page(query("agenda", WEEK, f"&event={event_id}"), size=size)
    expect(page.get_by_text("You deleted “Deleted before”.")).to_be_visible()


def test_a_link_to_an_event_that_is_not_there_says_so(open_page: OpenPage) -> None:
    page = open_page(query("week", WEEK, "&event=987654321"))
    text = "There is no event 987654321: it was deleted, or you may not see it."
    expect(page.get_by_text(text)).to_be_visible()
    expect_no_event_in_the_address(page)


def test_an_open_event_that_a_colleague_deletes_does_not_vanish_without_a_word(
    open_page: OpenPage, wire: Wire
) -> None:
    event_id = made(wire, "Deleted while open")
    page = open_page(query("week", WEEK, f"&event={event_id}"), manager_id=11)
    expect(page.get_by_role("heading", name="Deleted while open")).to_be_visible()
    wire.call("MngDeleteCalendarEvent", id=event_id)
    expect(page.get_by_text("Ελένη Παπαδοπούλου deleted “Deleted while open”.")).to_be_visible()
    expect_no_event_in_the_address(page)


def test_what_one_deletes_oneself_is_said_once(open_page: OpenPage, wire: Wire) -> None:
    event_id = made(wire, "Deleted here")
    page = open_page(query("week", WEEK, f"&event={event_id}"))
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Deleted: Deleted here")).to_be_visible()
    expect_no_event_in_the_address(page)
    page.keyboard.press("Control+z")
    expect(page.locator(".toast")).to_have_text(["Undone (deleted: Deleted here)Redo"])


def test_a_link_that_can_not_be_followed_now_can_be_tried_again(
    open_page: OpenPage, wire: Wire, served: Served
) -> None:
    event_id = made(wire, "Of a store that is away")
    gate = Gate("MngGetCalendarEvent")
    page = opened_at(gate, open_page, served, f"?view=agenda&day=2031-01-05&event={event_id}")
    wait_until(lambda: gate.holds(page))
    gate.answer(UNAVAILABLE)
    toast = page.locator(".toast")
    expect(toast).to_contain_text("The event could not be loaded. The store is away.")
    expect_no_event_in_the_address(page)
    gate.open()
    toast.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Of a store that is away")).to_be_visible()

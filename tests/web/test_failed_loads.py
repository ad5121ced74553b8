"""What the page says while it loads, and where the server answers with an error."""

import pytest
from playwright.sync_api import expect

from web.gate import UNAVAILABLE, Gate, opened_at
from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import wait_until
from web.test_trash import open_trash

VIEWS = [
    ("?view=my_day&brand=nobody", ".work-head", "Nothing"),
    ("?view=agenda&day=2031-01-05", ".agenda", "Nothing"),
    ("?view=desk&desk=DESK_EU_SALES", ".desk-side", "None"),
]
"""Views without events, what is drawn of them at once, and what says that there are none."""


@pytest.mark.parametrize(("query", "part", "text"), VIEWS, ids=["my_day", "agenda", "desk"])
def test_a_view_says_that_nothing_is_there_only_once_it_is_known(
    open_page: OpenPage, served: Served, query: str, part: str, text: str
) -> None:
    gate = Gate("MngGetCalendarEventsByFilter")
    page = opened_at(gate, open_page, served, query)
    expect(page.locator(part)).to_be_attached()
    wait_until(lambda: gate.holds(page))
    expect(page.locator("#calendar")).not_to_contain_text(text)
    gate.answer(UNAVAILABLE)
    expect(page.locator(".notice")).to_contain_text("The store is away.")
    expect(page.locator("#calendar")).not_to_contain_text(text)
    gate.open()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#calendar")).to_contain_text(text)


@pytest.mark.parametrize("view", ["month", "week", "agenda"])
def test_a_calendar_whose_load_failed_is_not_marked_as_loading(
    open_page: OpenPage, served: Served, view: str
) -> None:
    gate = Gate("MngGetCalendarEventsByFilter")
    page = opened_at(gate, open_page, served, f"?view={view}&day=2031-01-05")
    calendar = page.locator("#calendar")
    wait_until(lambda: gate.holds(page))
    expect(calendar).to_have_attribute("data-loading", "true")
    gate.answer(UNAVAILABLE)
    expect(page.locator(".notice")).to_contain_text("The store is away.")
    expect(calendar).to_have_attribute("data-loading", "false")
    page.get_by_role("button", name="Try again").click()
    wait_until(lambda: gate.holds(page))
    expect(calendar).to_have_attribute("data-loading", "true")
    gate.open()
    expect(calendar).to_have_attribute("data-loading", "false")
    expect(page.locator(".notice")).to_have_count(0)


def test_the_history_shows_what_it_has_once_it_can_be_loaded(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    event = wire.add(title="With a history", start_time=monday_at(9, weeks=32))
    gate = Gate("MngGetCalendarEventHistory")
    page = opened_at(gate, open_page, served, f"?view=agenda&event={event['id']}")
    history = page.locator("details", has=page.get_by_text("History", exact=True))
    history.locator("summary").click()
    wait_until(lambda: gate.holds(page))
    gate.answer(UNAVAILABLE)
    expect(history).to_contain_text("The store is away.")
    wire.call("MngUpdateCalendarEvent", id=event["id"], title="With another title")
    wait_until(lambda: gate.holds(page))
    gate.answer(UNAVAILABLE)
    history.get_by_role("button", name="Try again").click()
    wait_until(lambda: gate.holds(page))
    gate.open()
    expect(history).to_contain_text("created it")
    expect(history).not_to_contain_text("The store is away.")


def test_a_free_time_that_could_not_be_asked_for_is_not_said_to_be_missing(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    event = wire.add(title="To be put elsewhere", start_time=monday_at(9, weeks=33))
    gate = Gate("MngFindCalendarSlots")
    page = opened_at(gate, open_page, served, f"?view=agenda&event={event['id']}")
    when = page.get_by_role("region", name="When")
    when.get_by_role("button", name="Next free").click()
    wait_until(lambda: gate.holds(page))
    gate.answer(UNAVAILABLE)
    expect(when.get_by_role("status")).to_have_text("The store is away.")


def test_a_page_of_the_trash_that_fails_is_asked_for_again_on_request_only(
    open_page: OpenPage, served: Served
) -> None:
    """While a search finds few, further pages are asked for by themselves."""
    gate = Gate("MngGetCalendarTrash")
    page = opened_at(gate, open_page, served, "?view=agenda&day=2031-01-05")
    open_trash(page)
    dialog = page.get_by_role("dialog", name="Trash")
    wait_until(lambda: gate.holds(page))
    gate.answer('"status":200,"data":{"rows":[],"next":"1-1"}')
    dialog.get_by_role("searchbox").fill("Anna")
    wait_until(lambda: gate.holds(page))
    gate.answer(UNAVAILABLE)
    again = dialog.get_by_role("button", name="Try again")
    expect(again).to_be_enabled()
    expect(dialog.get_by_role("status").first).to_have_text("The store is away.")
    assert not gate.holds(page)
    again.click()
    wait_until(lambda: gate.holds(page))
    assert '"before":"1-1"' in gate.held[0][2]
    gate.answer('"status":200,"data":{"rows":[],"next":null}')
    expect(dialog.get_by_role("status").first).to_have_text("The trash is empty.")
    expect(again).to_have_count(0)

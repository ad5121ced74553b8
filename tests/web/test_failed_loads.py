"""What the page says while it loads, and where the server answers with an error."""

import pytest
from playwright.sync_api import expect

from web.gate import UNAVAILABLE, Gate, opened_at
from web.served import OpenPage, Served
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

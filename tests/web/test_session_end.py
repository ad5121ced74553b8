"""A session that ends while somebody works: said in words, and nothing that was typed is lost."""

from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from web.conftest import stop_clock
from web.gate import EXPIRED, Gate, opened_at
from web.served import OpenPage, Served, monday_at, now
from web.test_everyday import query, wait_until

WEEK = monday_at(0, weeks=33)
LEFT_SEC = 3600
OVER = "Your session is over. Sign in again."


def typed_at_the_end(open_page: OpenPage, served: Served) -> Page:
    """A page whose session has ended while a new event was typed."""
    gate = Gate("Subscribe")
    gate.open()
    page = opened_at(gate, open_page, served, query("agenda", WEEK))
    expect(page.locator(".loader")).to_have_attribute("data-on", "false")
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill("Typed before the end")
    gate.shut()
    wait_until(lambda: gate.holds(page))
    gate.answer(EXPIRED)
    expect(page.locator(".notice")).to_contain_text(OVER)
    gate.open()
    page.locator(".notice").get_by_role("button", name="Sign in").click()
    return page


def sign_in(page: Page, token: str) -> None:
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="New event").first).to_be_visible()


def test_what_was_typed_is_there_again_after_signing_in_again(
    open_page: OpenPage, served: Served
) -> None:
    page = typed_at_the_end(open_page, served)
    sign_in(page, served.token(exp=now() + 1800))
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("Typed before the end")


def test_what_was_typed_is_not_shown_to_another_manager(
    open_page: OpenPage, served: Served
) -> None:
    page = typed_at_the_end(open_page, served)
    sign_in(page, served.token(11))
    expect(page.locator(".agenda")).to_be_visible()
    expect(page.get_by_label("Title", exact=True)).to_have_count(0)


def test_the_end_of_a_token_is_said_at_once_where_the_computer_has_slept_over_it(
    open_page: OpenPage, served: Served
) -> None:
    """The page has another time then, and its timers, the next ping too, have stood still."""
    gate = Gate("Ping")
    page = open_page(signed_in=False)
    page.clock.install()
    page.route_web_socket("**", gate.take)
    page.goto(served.address("?view=agenda", exp=now() + LEFT_SEC))
    expect(page.locator("#calendar[data-loading=false]")).to_be_visible()
    stop_clock(page)
    before = pings(gate, page)
    page.clock.set_system_time(datetime.fromtimestamp(now() + LEFT_SEC + 1, UTC))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(lambda: pings(gate, page) > before)
    gate.answer(EXPIRED)
    expect(page.locator(".notice")).to_contain_text(OVER)


def pings(gate: Gate, page: Page) -> int:
    """How many are held; where the page was slow to load, one has come by itself."""
    gate.holds(page)
    return len(gate.held)


def test_a_refused_token_is_called_a_session_that_is_over(
    open_page: OpenPage, served: Served
) -> None:
    gate = Gate("MngClaimNextCalendarEvent")
    page = opened_at(gate, open_page, served, "?view=my_day")
    expect(page.locator(".work-row").first).to_be_visible()
    page.keyboard.press("g")
    wait_until(lambda: gate.holds(page))
    gate.answer(EXPIRED)
    expect(page.locator(".toast")).to_contain_text(OVER)

"""How long what the page says stays, on a clock that the test moves."""

from playwright.sync_api import Locator, Page, expect

from web.served import OpenPage

ITS_TIME_MS = 8_100
"""A little more than a toast is shown."""


def toast_of(page: Page) -> Locator:
    """A toast, called up by a key."""
    page.keyboard.press("Control+z")
    toast = page.locator(".toast", has_text="There is nothing to undo").last
    expect(toast).to_be_visible()
    return toast


def opened(open_page: OpenPage) -> Page:
    """The page, with its clock at rest: installed alone, it goes on by itself."""
    page = open_page("?view=agenda&day=2031-01-05")
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 10)
    return page


def test_a_toast_stays_while_the_pointer_is_on_it_and_its_whole_time_after(
    open_page: OpenPage,
) -> None:
    page = opened(open_page)
    toast = toast_of(page)
    toast.hover()
    page.clock.fast_forward(10 * ITS_TIME_MS)
    expect(toast).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.fast_forward(ITS_TIME_MS - 1000)
    expect(toast).to_be_visible()
    page.clock.fast_forward(1000)
    expect(toast).to_have_count(0)


def test_a_toast_stays_while_the_focus_is_in_it_whatever_comes_after_it(
    open_page: OpenPage,
) -> None:
    page = opened(open_page)
    toast_of(page).get_by_role("button", name="Dismiss").focus()
    for _ in range(3):
        toast_of(page)
    expect(page.locator(".toast")).to_have_count(4)
    page.clock.fast_forward(ITS_TIME_MS)
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast").get_by_role("button")).to_be_focused()
    page.locator("#calendar").focus()
    page.clock.fast_forward(ITS_TIME_MS)
    expect(page.locator(".toast")).to_have_count(0)


def test_a_toast_that_moves_into_a_dialog_under_the_pointer_still_ends(
    open_page: OpenPage,
) -> None:
    page = opened(open_page)
    toast_of(page).hover()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").locator(".toast")).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.fast_forward(ITS_TIME_MS)
    expect(page.locator(".toast")).to_have_count(0)

"""How long what the page says stays, on a clock that the test moves."""

import pytest
from playwright.sync_api import Locator, Page, expect

from web.conftest import stop_clock
from web.served import DESKTOP, PHONE, OpenPage, monday_at
from web.test_everyday import query

ITS_TIME_MS = 8_100
"""A little more than a toast is shown."""


def toast_of(page: Page) -> Locator:
    """A toast, called up by a key."""
    page.keyboard.press("Control+z")
    toast = page.locator(".toast", has_text="There is nothing to undo").last
    expect(toast).to_be_visible()
    return toast


def opened(open_page: OpenPage) -> Page:
    """The page, with its clock at rest."""
    page = open_page("?view=agenda&day=2031-01-05")
    stop_clock(page)
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


def test_only_the_mark_of_a_message_has_the_colour_of_its_kind(open_page: OpenPage) -> None:
    toast = toast_of(opened(open_page))
    colours = toast.locator(".icon").evaluate_all(
        "all => all.map((x) => getComputedStyle(x).color)"
    )
    assert len(colours) == 2
    assert colours[0] != colours[1]


COVERED = """() => {
  const controls = [...document.querySelectorAll(
    ".top button, .top input, .panel-foot button, .panel-tools button, .selection-bar button," +
    ".dialog-box button, .dialog-box input, .dialog-box select, .quick-add button, .round-button")];
  return controls.filter((one) => {
    const scroller = one.closest(".dialog-body, .panel-body") ?? document.body;
    const around = scroller.getBoundingClientRect();
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const x = (left + right) / 2, y = (top + bottom) / 2;
    if (y < around.top || y > around.bottom) return false;
    return Boolean(document.elementFromPoint(x, y)?.closest(".toast"));
  }).map((one) => one.getAttribute("aria-label") ?? one.textContent);
}"""
"""What must be pressed, is not scrolled away, and has a message over its middle."""
SIZES = [DESKTOP, (1024, 768), (800, 600), (720, 450), PHONE]

at_all_sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{one[0]}x{one[1]}" for one in SIZES])


def three_toasts(page: Page) -> None:
    """Before something is opened over the page; they stay, as the clock is at rest."""
    stop_clock(page)
    for _ in range(3):
        toast_of(page)
    expect(page.locator(".toast")).to_have_count(3)


@at_all_sizes
def test_messages_cover_nothing_that_must_be_pressed(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("?view=agenda&day=2031-01-05", size=size)
    three_toasts(page)
    assert page.evaluate(COVERED) == []
    page.locator(".me").click()
    page.get_by_role("menuitem", name="Select events").click()
    expect(page.get_by_role("toolbar", name="Selected events")).to_be_visible()
    assert page.evaluate(COVERED) == []
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    assert page.evaluate(COVERED) == []
    expect(page.locator(".toast").last).to_be_visible()
    expect(page.locator(".toast")).to_have_count(3)


@at_all_sizes
@pytest.mark.parametrize("name", ["Settings", "Trash", "Import or export (.ics)", "Sign out"])
def test_messages_cover_nothing_of_a_dialog(
    open_page: OpenPage, size: tuple[int, int], name: str
) -> None:
    page = open_page("?view=agenda&day=2031-01-05", size=size)
    three_toasts(page)
    page.locator(".me").click()
    page.get_by_role("menuitem", name=name).click()
    dialog = page.get_by_role("dialog")
    toasts = dialog.locator(".toast")
    expect(toasts.last).to_be_in_viewport(ratio=1)
    assert page.evaluate(COVERED) == []
    box, first = dialog.locator(".dialog-box").bounding_box(), toasts.last.bounding_box()
    assert box is not None and first is not None
    assert first["y"] >= box["y"] + box["height"]


def test_messages_are_behind_the_box_of_a_new_event(open_page: OpenPage) -> None:
    page = open_page(query("week", monday_at(0, weeks=35)), size=(800, 600))
    three_toasts(page)
    slots = page.locator(".rbc-day-slot").nth(3).bounding_box()
    assert slots is not None
    page.mouse.click(slots["x"] + 20, 480)
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.clock.run_for(100)
    expect(page.locator(".quick-add")).to_have_css("opacity", "1")
    assert page.evaluate(COVERED) == []
    expect(page.locator(".toast")).to_have_count(3)

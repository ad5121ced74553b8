"""The focus stays with an event that is drawn elsewhere, so that the next key is for it, too."""

import re

from playwright.sync_api import Page, expect

from web.served import OpenPage, Wire, iso_day, monday_at
from web.test_everyday import event_named, wait_until

DAY = monday_at(0, weeks=44)
HOUR = 3600


def focused(page: Page, title: str) -> None:
    expect(page.locator(".rbc-event", has_text=title)).to_be_focused()


def test_keys_move_an_event_from_day_to_day_without_losing_it(
    open_page: OpenPage, wire: Wire
) -> None:
    """Of the grid's columns each has elements of its own, which are used again for other events."""
    for day in (0, 1):
        start = DAY + day * 86_400 + 14 * HOUR
        wire.add(title=f"Stays on day {day}", start_time=start)
    event = wire.add(title="Wanders", start_time=DAY + 9 * HOUR)
    page = open_page(f"?view=week&day={iso_day(DAY)}")
    event_named(page, "Wanders").focus()
    for day in (1, 2):
        page.keyboard.press("Alt+ArrowRight")
        wait_until(
            lambda day=day: wire.get(event["id"])["start_time"] == DAY + day * 86_400 + 9 * HOUR
        )
        focused(page, "Wanders")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wanders")).to_be_focused()
    page.keyboard.press("Escape")
    focused(page, "Wanders")


def test_an_event_that_comes_before_another_does_not_take_its_focus(
    open_page: OpenPage, wire: Wire
) -> None:
    start = DAY + 3 * 86_400 + 12 * HOUR
    wire.add(title="Has the focus", start_time=start)
    page = open_page(f"?view=week&day={iso_day(DAY)}")
    event_named(page, "Has the focus").focus()
    wire.add(title="Comes before", start_time=start - 3 * HOUR)
    expect(event_named(page, "Comes before")).to_be_visible()
    focused(page, "Has the focus")


def test_a_panel_that_is_closed_gives_the_focus_to_its_event_and_to_no_other(
    open_page: OpenPage, wire: Wire
) -> None:
    start = DAY + 4 * 86_400 + 12 * HOUR
    wire.add(title="Read by somebody", start_time=start)
    page = open_page(f"?view=week&day={iso_day(DAY)}")
    event_named(page, "Read by somebody").press("Enter")
    expect(page.get_by_role("heading", name="Read by somebody")).to_be_focused()
    wire.add(title="Comes meanwhile", start_time=start - 3 * HOUR)
    expect(event_named(page, "Comes meanwhile")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile(r"[?&]event="))
    focused(page, "Read by somebody")


def test_a_button_of_the_panel_that_goes_gives_the_focus_to_the_title(
    open_page: OpenPage, wire: Wire
) -> None:
    wire.add(title="Not to be", start_time=DAY + 5 * 86_400 + 12 * HOUR)
    page = open_page(f"?view=week&day={iso_day(DAY)}")
    event_named(page, "Not to be").press("Enter")
    cancel = page.get_by_role("button", name="Cancel event")
    cancel.press("Enter")
    expect(cancel).to_have_count(0)
    expect(page.get_by_role("heading", name="Not to be")).to_be_focused()
    page.keyboard.press("Escape")
    focused(page, "Not to be")

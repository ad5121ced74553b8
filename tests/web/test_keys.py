"""Keys that act on reminders, and the small month as one tab stop."""

import re

from playwright.sync_api import expect

from web.served import OpenPage, Served, Wire, monday_at, now
from web.test_everyday import query, wait_until


def test_keys_dismiss_and_snooze_the_first_reminder_and_dismiss_all(
    open_page: OpenPage, served: Served
) -> None:
    """One that comes later may become the first: all have fired before the page is there."""
    owner = Wire(served.tcp, served.token(16))
    for number in range(4):
        owner.add(title=f"Keys {number}", start_time=now() + 1000, remind_time=now() - 5)

    def unread() -> int:
        rows = owner.call("MngGetCalendarReminders", state="unread")["reminders"]
        return sum(row["event"]["title"].startswith("Keys") for row in rows)

    wait_until(lambda: unread() == 4)
    page = open_page("?view=week", size=(1440, 900), manager_id=16)
    ours = page.locator(".reminder").filter(has_text="Keys")
    expect(ours.first).to_be_visible()
    for key in ("x", "z"):
        first = page.locator(".reminder").first
        name = first.get_by_role("button", name=re.compile("^Complete ")).get_attribute(
            "aria-label"
        )
        page.keyboard.press(key)
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(ours.first).to_be_visible()
    page.keyboard.press("Shift+X")
    expect(ours).to_have_count(0)
    wait_until(lambda: unread() == 0)
    owner.close()


def test_the_small_month_is_one_tab_stop_with_arrows(open_page: OpenPage) -> None:
    page = open_page(query("week", monday_at(9)), size=(1440, 900))
    days = page.locator(".mini-day")
    expect(days).to_have_count(42)
    stop = page.locator('.mini-day[tabindex="0"]')
    expect(stop).to_have_count(1)
    before = stop.get_attribute("data-date")
    stop.focus()
    page.keyboard.press("ArrowDown")
    expect(stop).to_be_focused()
    after = stop.get_attribute("data-date")
    assert before and after and after > before
    page.keyboard.press("Enter")
    expect(page.locator('.mini-day[aria-current="date"]')).to_have_attribute("data-date", after)


def test_delete_removes_the_event_that_has_the_focus_or_is_open(
    open_page: OpenPage, wire: Wire
) -> None:
    monday = monday_at(9, weeks=43)
    event = wire.add(title="Of no use", start_time=monday, end_time=monday + 3600)
    page = open_page(query("week", monday))
    block = page.locator(".rbc-event", has_text="Of no use")
    undo = page.get_by_role("button", name="Undo", exact=True)
    block.focus()
    page.keyboard.press("Delete")
    expect(block).to_have_count(0)
    undo.click()
    block.click()
    expect(page.get_by_role("heading", name="Of no use")).to_be_focused()
    page.keyboard.press("Delete")
    expect(block).to_have_count(0)
    expect(undo).to_be_visible()
    page.keyboard.press("Control+z")
    expect(block).to_be_visible()
    assert wire.get(event["id"])["title"] == "Of no use"


def test_the_focus_of_a_row_is_drawn_inside_it(open_page: OpenPage) -> None:
    for view in ("my_day", "agenda"):
        page = open_page(f"?view={view}")
        page.locator(".row").first.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        style = page.locator(".row").first.evaluate(
            "(one) => [getComputedStyle(one).outlineOffset, getComputedStyle(one).outlineStyle]"
        )
        assert style == ["-2px", "solid"]

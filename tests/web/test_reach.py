"""Everybody can use it: axe finds nothing serious, and the keyboard reaches everything."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from web.conftest import stop_clock
from web.served import PHONE, OpenPage, Wire, monday_at
from web.test_everyday import event_named, query, wait_until

Size = tuple[int, int]

WEEKLY = {"rrule": "FREQ=WEEKLY;COUNT=2"}

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def serious(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds, from `serious` on; by all of its rules where none is named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found: list[dict[str, Any]] = page.evaluate(
        "(options) => axe.run(options).then((result) => result.violations)", options
    )
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def serious_in_light_and_dark(page: Page) -> list[str]:
    """The same of a light page and of the dark one, which differs in its colours alone."""
    found = serious(page)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    found += serious(page, ("color-contrast",))
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    return found


@pytest.mark.parametrize("view", ["month", "week", "work_week", "day", "agenda"])
def test_axe_finds_nothing_serious_in_a_view(open_page: OpenPage, size: Size, view: str) -> None:
    page = open_page(query(view, monday_at(9, 1)), size=size)
    expect(page.locator(".rbc-event, .row").first).to_be_visible()
    assert serious_in_light_and_dark(page) == []


@pytest.mark.parametrize("view", ["month", "week", "work_week", "day", "agenda", "desk"])
def test_axe_finds_nothing_serious_in_a_view_without_events(
    open_page: OpenPage, size: Size, view: str
) -> None:
    """Its brand and desk have none."""
    page = open_page(query(view, monday_at(9, 1), "&brand=nobody&desk=DESK_NOBODY"), size=size)
    expect(page.locator("#calendar")).to_be_visible()
    expect(page.locator(".rbc-event, .row")).to_have_count(0)
    assert serious_in_light_and_dark(page) == []


@pytest.mark.parametrize("view", ["week", "day"])
def test_the_keyboard_reaches_and_scrolls_hours_without_events(
    open_page: OpenPage, view: str
) -> None:
    page = open_page(query(view, monday_at(9, 1), "&brand=nobody"))
    expect(page.locator(".rbc-event")).to_have_count(0)
    hours = page.get_by_role("region", name="Hours")
    tab_to(page, hours)
    page.keyboard.press("End")
    wait_until(
        lambda: hours.evaluate(
            "one => one.scrollTop > 0 && one.scrollTop + one.clientHeight >= one.scrollHeight - 1"
        )
    )
    page.keyboard.press("Home")
    wait_until(lambda: hours.evaluate("one => one.scrollTop === 0"))


def test_axe_finds_nothing_serious_in_the_panel(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    event = wire.add(
        title="Panel",
        participant_manager_ids=[11, 12],
        ast_json="Notes",
        customer_id=7,
        priority=3,
        status=2,
    )
    page = open_page(f"?view=agenda&event={event['id']}", size=size)
    expect(page.get_by_role("heading", name="Panel")).to_be_visible()
    assert serious_in_light_and_dark(page) == []
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.locator(".editor .ProseMirror")).to_be_visible()
    assert serious_in_light_and_dark(page) == []
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("button", name="Close").last.click()
    if size[0] < 1100:
        page.get_by_role("button", name="Calendars and filters").click()
    page.get_by_role("button", name="Desk meeting").click()
    free = page.get_by_role("region", name="Free times")
    free.get_by_role("button", name="Working hours").click()
    expect(free.locator(".free-days[aria-busy=false] button").first).to_be_visible()
    assert serious_in_light_and_dark(page) == []


def test_an_event_is_opened_and_left_with_the_keyboard(open_page: OpenPage, wire: Wire) -> None:
    wire.add(title="By keyboard", start_time=monday_at(10, 14))
    page = open_page(query("month", monday_at(10, 14)))
    event_named(page, "By keyboard").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keyboard")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="By keyboard")).to_have_count(0)
    expect(event_named(page, "By keyboard")).to_be_focused()


def test_the_menu_of_the_account_has_arrows_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_page("?view=week")
    opener = page.get_by_role("button", name=re.compile("settings and more"))
    items = page.get_by_role("menuitem")
    opener.press("Enter")
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(items.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(items).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_dialog_has_the_focus_on_its_answer_and_gives_it_back(open_page: OpenPage) -> None:
    page = open_page("?view=week")
    opener = page.get_by_role("button", name=re.compile("settings and more"))
    opener.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Sign out?")
    expect(question.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(opener).to_be_focused()


def test_the_menu_of_an_event_keeps_its_place_and_gives_the_focus_back(
    open_page: OpenPage, wire: Wire
) -> None:
    """Also while the page is drawn again, as by what others do, and over a dialog that it opens."""
    monday = monday_at(10, 15)
    event = wire.add(
        title="With a menu", start_time=monday, end_time=monday + 3600, recurrence=WEEKLY
    )
    page = open_page(query("week", monday))
    ours = event_named(page, "With a menu")
    ours.focus()
    page.keyboard.press("Shift+F10")
    items = page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    wire.add(title="Meanwhile", start_time=monday + 7200)
    expect(event_named(page, "Meanwhile")).to_be_visible()
    expect(items.nth(1)).to_be_focused()
    items.filter(has_text="Delete").press("Enter")
    question = page.get_by_role("dialog", name="Delete “With a menu”")
    expect(question.get_by_role("button", name=re.compile("^This one"))).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(ours).to_be_focused()
    wire.call("MngDeleteCalendarEvent", id=event["id"], scope=2)


def test_the_page_never_scrolls_sideways(open_page: OpenPage, size: Size) -> None:
    page = open_page(query("week", monday_at(9, 1)), size=size)
    for key, shown in (
        ("m", ".rbc-month-view"),
        ("w", ".rbc-time-view"),
        ("d", ".rbc-time-view"),
        ("a", ".row"),
    ):
        page.keyboard.press(key)
        expect(page.locator(shown).first).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0


def drawer_of(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Calendars and filters")


def tab_to(page: Page, wanted: Locator) -> None:
    """Goes on from focus to focus until it is there."""
    for _ in range(120):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def test_on_a_phone_the_keyboard_reaches_zone_and_switches(open_page: OpenPage) -> None:
    page = open_page(query("month", monday_at(9, 1)), size=PHONE)
    menu = page.get_by_role("button", name="Calendars and filters")
    tab_to(page, menu)
    page.keyboard.press("Enter")
    drawer = drawer_of(page)
    expect(drawer.get_by_role("button", name="Close")).to_be_focused()
    zone = drawer.get_by_role("combobox", name="Time zone")
    tab_to(page, zone)
    page.keyboard.type("Asia/Tok")
    expect(drawer.get_by_text("Tokyo UTC+9")).to_be_visible()
    tab_to(page, drawer.get_by_role("button", name="Dark colours"))
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    tab_to(page, drawer.get_by_role("button", name="Allow desktop reminders"))
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(menu).to_be_focused()


def test_on_a_phone_tab_leaves_the_menu_only_by_closing_it(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    page.get_by_role("button", name="Calendars and filters").tap()
    expect(drawer_of(page).get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(drawer_of(page)).to_be_hidden()
    expect(page.get_by_role("link", name="Skip to the calendar")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_touch_reaches_zone_and_switches(open_page: OpenPage, theme: str) -> None:
    page = open_page(query("week", monday_at(9, 1)), size=PHONE, theme=theme)
    page.get_by_role("button", name="Calendars and filters").tap()
    drawer = drawer_of(page)
    zone = drawer.get_by_role("combobox", name="Time zone")
    zone.tap()
    page.keyboard.press("Escape")
    zone.select_option("Asia/Tokyo")
    expect(drawer.get_by_text("Tokyo UTC+9")).to_be_visible()
    drawer.get_by_role("button", name=re.compile("(Dark|Light) colours")).tap()
    other = "light" if theme == "dark" else "dark"
    expect(page.locator("html")).to_have_attribute("data-theme", other)
    assert serious(page) == []
    page.evaluate("Notification.requestPermission = async () => 'granted'; null")
    allow = drawer.get_by_role("button", name="Allow desktop reminders")
    allow.tap()
    expect(allow).to_have_count(0)
    drawer.get_by_role("button", name="Close").tap()
    expect(drawer).to_be_hidden()


def test_at_twice_the_size_a_form_has_room_for_its_fields(open_page: OpenPage) -> None:
    """A window of 1440 by 900 pixels is then one of half of each."""
    page = open_page("?view=my_day", size=(720, 450))
    page.keyboard.press("n")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    fields = page.locator(".panel-body").bounding_box()
    assert fields is not None
    assert fields["height"] >= 200
    stop_clock(page)
    page.keyboard.type("Kept")
    page.keyboard.press("Escape")
    expect(page.locator(".my-day")).to_be_visible()
    page.keyboard.press("n")
    create = page.get_by_role("button", name="Create", exact=True).bounding_box()
    toast = page.locator(".toast").bounding_box()
    assert create is not None
    assert toast is not None
    assert toast["y"] + toast["height"] <= create["y"]


FIRST_LETTER = """(box) => {
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  range.setStart(walk.nextNode(), 0);
  range.setEnd(walk.currentNode, 1);
  const [letter, whole] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
  return {isSeen: letter.left >= whole.left - 1 && letter.right <= whole.right + 1,
    isCut: box.scrollWidth > box.clientWidth};
}"""
"""Whether the first letter of a text is within its box, and whether the box has no room for all."""


def test_of_a_long_title_from_right_to_left_the_beginning_is_seen(
    open_page: OpenPage, wire: Wire
) -> None:
    start = monday_at(9, weeks=47)
    wire.add(title="שיחה עם דוד כהן על החוזה החדש של השנה הבאה (555) " * 3, start_time=start)
    page = open_page(query("agenda", start), size=(1024, 700))
    title = page.locator(".row .ev-title", has_text="שיחה")
    found = title.evaluate(FIRST_LETTER)
    assert found == {"isSeen": True, "isCut": True}

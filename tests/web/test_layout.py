"""Where things stand, at five widths, light and dark: nothing is cut off or covered."""

import re
from collections.abc import Iterable
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import PHONE, OpenPage, Served, Wire, fill, monday_at, now, zone_at
from web.test_everyday import query

SIZES = [(1440, 900), (1280, 720), (1024, 768), (768, 1024), (390, 844)]
WIDE = [size for size in SIZES if size[0] > 700]
WEEK = monday_at(0, weeks=24)
MONTH = monday_at(0, weeks=33)
Box = dict[str, float]

at_all_widths = pytest.mark.parametrize("size", SIZES, ids=[str(width) for width, _ in SIZES])
at_wide_widths = pytest.mark.parametrize("size", WIDE, ids=[str(width) for width, _ in WIDE])

CUT_OFF = """() => [...document.querySelectorAll(
    ".button, .chip, .segments button, .more, .day-link, .date-link, .ev-count, kbd, .badge," +
    ".top-title, legend, .label"
  )].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!box.width || one.matches(".visually-hidden")) return false;
    if (one.closest(".side") && innerWidth <= 1100) return false;
    const isOutside = box.left < -1 || box.right > innerWidth + 1;
    return isOutside || one.scrollWidth > one.clientWidth + 1;
  }).map((one) => `${one.className}: ${one.textContent}`)"""
"""Texts that are wider than their box, or stand outside of the window."""

COVERED = """() => {
  const bars = ".top > *, .panel-tools > *, .panel-foot > *, .panel-actions > *";
  const shown = [...document.querySelectorAll(bars)]
    .filter((one) => one.offsetWidth && !one.matches(".loader, .spring, .error"));
  const found = [];
  for (const one of shown) {
    const a = one.getBoundingClientRect();
    for (const other of shown) {
      if (one === other || one.contains(other) || other.contains(one)) continue;
      if (innerWidth <= 700 && !one.closest(".panel") !== !other.closest(".panel")) continue;
      const b = other.getBoundingClientRect();
      const isAcross = a.right > b.left + 1 && b.right > a.left + 1;
      if (isAcross && a.bottom > b.top + 1 && b.bottom > a.top + 1)
        found.push(`${one.className} and ${other.className}`);
    }
  }
  return found;
}"""
"""Controls of the top bar and of the panel that stand over each other; on a phone the panel is over
the bar."""

OVER_EACH_OTHER = """(selectors) => {
  const all = selectors.flatMap((one) => [...document.querySelectorAll(one)])
    .filter((one) => one.offsetWidth);
  return all.flatMap((one, index) => all.slice(index + 1).filter((other) => {
    const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
    const isAcross = a.right > b.left + 1 && b.right > a.left + 1;
    return isAcross && a.bottom > b.top + 1 && b.bottom > a.top + 1;
  }).map((other) => `${one.className} and ${other.className}`));
}"""
"""Which of the elements of these selectors stand over each other."""


def at(day: int, hour: float) -> int:
    """Unix seconds, UTC, in the week of these tests."""
    return int(WEEK + day * 86_400 + hour * 3600)


def box_of(one: Locator) -> Box:
    found = one.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def overlap(a: Box, b: Box) -> bool:
    across = a["x"] + a["width"] > b["x"] + 1 and b["x"] + b["width"] > a["x"] + 1
    return across and a["y"] + a["height"] > b["y"] + 1 and b["y"] + b["height"] > a["y"] + 1


def check_layout(page: Page) -> None:
    """Of the page as it is, in light and dark colours."""
    schemes: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        assert page.evaluate(CUT_OFF) == []
        assert page.evaluate(COVERED) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.fixture(scope="module")
def busy_week(served: Served) -> None:
    """Ten at ten o'clock, a night, a meeting of twelve managers, overlapping calls."""

    def events() -> Iterable[dict[str, Any]]:
        for number in range(10):
            yield {
                "title": f"Ten {number}",
                "start_time": at(0, 10),
                "end_time": at(0, 10.5),
                "status": 1 if number >= 7 else 0,
                "priority": 3 if number == 6 else 1,
                "owner_manager_id": 10 + number,
            }
        yield {"title": "Night", "start_time": at(1, 22), "end_time": at(2, 2)}
        for hour in (14, 14.5):
            yield {"title": "Two at a time", "start_time": at(2, hour), "end_time": at(2, hour + 1)}
        yield {
            "title": "A meeting of twelve managers with a title of several lines",
            "start_time": at(3, 13),
            "end_time": at(3, 14.5),
            "participant_manager_ids": list(range(10, 22)),
            "priority": 2,
            "customer_id": 5001,
        }

    fill(served, events())


@pytest.fixture(scope="module")
def busy_month(served: Served) -> None:
    fill(served, thousands())


def thousands() -> Iterable[dict[str, Any]]:
    """Open events and done ones, the done ones first in time."""
    for number in range(3000):
        start = MONTH + number % 28 * 86_400 + (6 * 3600 if number % 3 else 18 * 3600)
        yield {
            "title": f"Many done {number}" if number % 3 else f"Many {number}",
            "start_time": start,
            "end_time": start + 1800,
            "status": 1 if number % 3 else 0,
            "desk": "DESK_EU",
        }


@at_all_widths
@pytest.mark.usefixtures("busy_week")
def test_ten_at_ten_o_clock_show_the_urgent_one_and_count_the_rest(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(query("week", WEEK), size=size)
    day = page.locator(".rbc-day-slot").first
    expect(day.locator(".rbc-event", has_text="Ten 6")).to_be_visible()
    check_layout(page)
    blocks = day.locator(".rbc-event:not(.ev-more)", has_text="Ten ")
    more = day.locator(".ev-more")
    assert blocks.count() + int(more.inner_text().split()[0].lstrip("+")) == 10
    boxes = [box_of(one) for one in [*blocks.all(), more]]
    assert not any(overlap(a, b) for a in boxes for b in boxes if a is not b)
    urgent = day.locator(".rbc-event:not(.ev-sliver)", has_text="Ten 6")
    expect(urgent.locator(".ev-priority")).to_be_visible()


@pytest.mark.usefixtures("busy_week")
def test_beside_the_panel_two_events_stand_side_by_side_at_1280(
    open_page: OpenPage, wire: Wire
) -> None:
    event = meeting(wire)
    page = open_page(query("week", WEEK, f"&event={event['id']}"), size=(1280, 720))
    both = page.locator(".rbc-day-slot .rbc-event", has_text="Two at a time")
    expect(both).to_have_count(2)
    assert min(box_of(one)["width"] for one in both.all()) > 20


def meeting(wire: Wire) -> Any:
    rows = wire.call(
        "MngGetCalendarEventsByFilter",
        **{"from": at(3, 13), "to": at(3, 14), "limit": 9, "offset": 0, "deskFilter": "*"},
        customer_id=5001,
    )["rows"]
    return rows[0]


@at_all_widths
@pytest.mark.usefixtures("busy_week")
def test_the_panel_and_its_form_stand_beside_the_event(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    event = meeting(wire)
    page = open_page(query("week", at(3, 0), f"&event={event['id']}"), size=size)
    panel = page.locator(".panel")
    expect(panel.get_by_role("heading", name="A meeting of twelve")).to_be_visible()
    check_layout(page)
    if size[0] > 700:
        selected = page.locator(".rbc-selected")
        expect(selected).to_be_in_viewport()
        assert not overlap(box_of(selected), box_of(panel))
        assert not overlap(box_of(page.locator(".top")), box_of(panel))
    panel.get_by_role("button", name="Edit", exact=True).click()
    expect(panel.get_by_role("button", name="Save", exact=True)).to_be_in_viewport()
    check_layout(page)


@at_all_widths
def test_the_tools_of_a_cancelled_urgent_event_are_whole(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    event = wire.add(title="Off", type=4, priority=3, start_time=at(5, 9), end_time=at(5, 10))
    wire.call("MngUpdateCalendarEvent", id=event["id"], status=2)
    page = open_page(query("week", WEEK, f"&event={event['id']}"), size=size)
    close = page.locator(".panel").get_by_role("button", name="Close", exact=True)
    expect(close).to_be_visible()
    assert box_of(close)["width"] >= 26
    assert box_of(close)["x"] + box_of(close)["width"] <= size[0] - 8
    check_layout(page)


@at_all_widths
def test_the_date_of_my_day_is_whole(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page("?view=my_day", size=size)
    expect(page.locator(".work-head")).to_be_visible()
    check_layout(page)


@pytest.mark.parametrize(
    ("view", "row", "size"),
    [
        ("my_day", ".work-row", (360, 740)),
        ("my_day", ".work-row", (720, 450)),
        ("desk", ".side-row", (1440, 900)),
    ],
    ids=["my_day", "my_day_at_twice_the_size", "desk"],
)
def test_times_below_the_titles_of_late_calls_are_whole(
    open_page: OpenPage, wire: Wire, view: str, row: str, size: tuple[int, int]
) -> None:
    start = now() - 40 * 86_400
    fields = {"desk": "DESK_RETENTION", "type": 2, "customer_timezone": zone_at(3)}
    times = {"start_time": start, "end_time": start + 600, "pool_after_sec": 60}
    wire.add(title="Very late", customer_id=1_234_567_890, **times, **fields)
    page = open_page(f"?view={view}&desk=DESK_RETENTION", size=size)
    lines = page.locator(row, has_text="Very late").locator(".row-more")
    expect(lines.first).to_be_visible()
    assert lines.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth)") == []


@pytest.mark.usefixtures("busy_week")
def test_on_a_phone_the_time_of_a_row_has_one_line(open_page: OpenPage) -> None:
    times = open_page(query("agenda", WEEK), size=PHONE).locator(".row-time", has_text="–")
    expect(times.first).to_be_visible()
    assert times.evaluate_all("all => Math.max(...all.map((one) => one.offsetHeight))") < 24


@at_all_widths
@pytest.mark.usefixtures("busy_week")
def test_what_a_search_finds_stands_in_the_window(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(query("week", WEEK), size=size)
    page.get_by_role("searchbox", name="Search events").fill("twelve managers")
    found = page.locator(".found")
    expect(found).to_be_visible()
    box = box_of(found)
    assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]


@at_all_widths
@pytest.mark.parametrize(("view", "day"), [("week", "2026-12-28"), ("agenda", "2026-12-20")])
def test_dates_of_two_months_or_years_are_whole_in_the_bar(
    open_page: OpenPage, size: tuple[int, int], view: str, day: str
) -> None:
    page = open_page(f"?view={view}&day={day}", size=size)
    title, bar = (box_of(page.locator(one)) for one in (".top-title", ".top"))
    expect(page.locator(".top-title")).to_have_text(re.compile(r"^\d\d Dec 2026 – \d+ Jan 2027$"))
    check_layout(page)
    assert bar["y"] <= title["y"]
    assert title["y"] + title["height"] <= bar["y"] + bar["height"]


@pytest.mark.parametrize("day", ["2026-11-28", "2026-12-28"])
def test_dates_of_the_agenda_have_one_line_beside_the_side_bar(
    open_page: OpenPage, day: str
) -> None:
    """For a lead, who has a button more, and with a long name of the zone."""
    page = open_page(f"?view=agenda&day={day}", zone="America/Argentina/Buenos_Aires")
    expect(page.get_by_role("button", name="Desk", exact=True)).to_be_visible()
    lines = page.locator(".top-title").evaluate(
        "(one) => one.clientHeight / parseFloat(getComputedStyle(one).lineHeight)"
    )
    assert round(lines) == 1
    check_layout(page)


@at_wide_widths
@pytest.mark.usefixtures("busy_week")
def test_whole_lines_of_a_title_are_shown(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(query("week", WEEK), size=size)
    title = page.locator(".ev-block .ev-title", has_text="A meeting of twelve")
    expect(title).to_be_visible()
    lines = title.evaluate(
        "(one) => one.clientHeight / parseFloat(getComputedStyle(one).lineHeight)"
    )
    assert abs(lines - round(lines)) < 0.05
    assert round(lines) >= 3


@at_all_widths
@pytest.mark.usefixtures("busy_month")
def test_three_thousand_in_a_month_are_counted_in_full(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(query("month", MONTH), size=size)
    expect(page.locator(".more").first).to_be_visible()
    check_layout(page)
    crowded = page.locator(".rbc-event:visible", has_text="Many ")
    assert crowded.count() > 20
    assert not [text for text in crowded.all_inner_texts() if "Many done" in text]


@at_all_widths
def test_reminder_cards_cover_no_control(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    wire.add(title="Due", start_time=now() + 900, remind_time=now() - 5)
    page = open_page(query("week", monday_at(0, weeks=50)), size=size)
    cards = page.locator(".reminders")
    expect(cards.locator(".reminder").first).to_be_visible()
    check_layout(page)
    assert not overlap(box_of(cards), box_of(page.locator(".top")))
    assert page.evaluate(OVER_EACH_OTHER, [".round-button", ".reminders > *"]) == []
    page.keyboard.press("n")
    create = page.get_by_role("button", name="Create", exact=True)
    expect(create).to_be_in_viewport()
    assert not cards.is_visible() or not overlap(box_of(cards), box_of(page.locator(".panel")))


@pytest.mark.parametrize("view", ["week", "month", "day", "agenda", "my_day", "desk"])
@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)], ids=str)
def test_reminder_cards_take_room_from_a_view_and_cover_nothing_of_it(
    open_page: OpenPage, wire: Wire, size: tuple[int, int], view: str
) -> None:
    """Wherever its events are: an arrangement that depends on them would depend on the hour."""
    page = open_page(f"?view={view}&desk=DESK_RETENTION", size=size)
    calendar = page.locator("#calendar")
    expect(calendar).to_be_visible()
    for number in range(4):
        wire.add(title=f"Due {number}", start_time=now() + 900, remind_time=now() - 5)
    expect(page.get_by_role("button", name="Dismiss all")).to_be_visible()
    assert page.evaluate(OVER_EACH_OTHER, ["#calendar", ".reminders > *"]) == []


def test_what_is_fixed_to_the_bottom_stands_above_reminder_cards(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    """Messages, and the bar of selected events."""
    wire.add(title="Due, too", start_time=now() + 900, remind_time=now() - 5)
    page = open_page("?view=agenda", size=size)
    expect(page.locator(".reminder").first).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator(".toast")).to_be_visible()
    of_menu(page, "Select events")
    bar = page.get_by_role("toolbar", name="Selected events")
    expect(bar).to_be_visible()
    fixed = [".toast", ".selection-bar", ".reminders > *"]
    assert page.evaluate(OVER_EACH_OTHER, fixed) == []


DIALOGS: list[tuple[str, Any]] = [
    ("settings", lambda page: of_menu(page, "Settings")),
    ("keys", lambda page: of_menu(page, "Keys")),
    ("sign out", lambda page: of_menu(page, "Sign out")),
    ("reminders", lambda page: page.locator(".bell").click()),
    ("more", lambda page: page.locator(".ev-more").first.click()),
]


def of_menu(page: Page, name: str) -> None:
    page.locator(".me").click()
    page.get_by_role("menuitem", name=name).click()


@at_all_widths
@pytest.mark.usefixtures("busy_week")
def test_dialogs_stand_in_the_window(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(query("week", WEEK), size=size)
    for _, act in DIALOGS:
        act(page)
        dialog = page.locator("dialog")
        expect(dialog).to_be_visible()
        box = box_of(dialog)
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1]
        check_layout(page)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

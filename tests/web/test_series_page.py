"""Series on the page: the form, the question which occurrences are meant, the signs. Issue 14."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import Answer, OpenPage, Wire, iso_day, monday_at
from web.test_everyday import drag, event_named, query, wait_until
from web.test_reach import serious_in_light_and_dark

WEEKS = iter(range(26, 200, 2))


@pytest.fixture
def monday() -> int:
    """The begin of a week that no other test here uses, UTC."""
    return monday_at(0, weeks=next(WEEKS))


def series(wire: Wire, title: str, start: int, rrule: str = "FREQ=WEEKLY;COUNT=4") -> Answer:
    """The first occurrence of a new series."""
    return wire.add(
        title=title,
        start_time=start,
        end_time=start + 3600,
        timezone="UTC",
        recurrence={"rrule": rrule},
    )


def occurrences(wire: Wire, series_id: int) -> list[Answer]:
    whole = {"from": 1, "to": monday_at(0, weeks=260), "limit": 100, "offset": 0}
    rows: list[Answer] = wire.call(
        "MngGetCalendarEventsByFilter", deskFilter="*", series_id=series_id, **whole
    )["rows"]
    return rows


def titled(wire: Wire, title: str) -> list[Answer]:
    whole = {"from": 1, "to": monday_at(0, weeks=260), "limit": 5000, "offset": 0}
    rows = wire.call("MngGetCalendarEventsByFilter", deskFilter="*", **whole)["rows"]
    return [row for row in rows if row["title"] == title]


def choose(page: Page, scope: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=re.compile(f"^{scope}")).click()


def shape(rows: list[Answer], start: int) -> list[int]:
    """Starts in hours after `start`."""
    return [(row["start_time"] - start) // 3600 for row in rows]


def block(page: Page, title: str) -> Locator:
    return page.locator(".rbc-day-slot .rbc-event", has_text=title)


def test_a_rule_is_chosen_in_the_form_with_its_words_and_next_dates(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    title = f"Chosen {size[0]}"
    page = open_page(size=size)
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Starts").fill("2027-01-04")
    page.get_by_label("Start time").fill("10:00")
    repeat = page.get_by_role("combobox", name="Repeat")
    chosen = repeat.locator("option:checked")
    repeat.select_option("Every week on Monday")
    page.get_by_label("Every … weeks").fill("2")
    expect(chosen).to_have_text("Every 2 weeks on Monday")
    page.get_by_label("Every … weeks").fill("1")
    page.get_by_role("button", name="Wednesday", exact=True).click()
    expect(chosen).to_have_text("Every week on Monday and Wednesday")
    preview = page.locator(".repeat-preview")
    expect(preview).to_contain_text("Every week on Monday and Wednesday")
    expect(preview).to_contain_text("Mon 4 Jan · Wed 6 Jan · Mon 11 Jan · Wed 13 Jan · Mon 18 Jan")
    page.get_by_role("combobox", name="Ends").select_option("After some times")
    page.get_by_label("Times", exact=True).fill("3")
    expect(preview).to_contain_text("3 times")
    assert serious_in_light_and_dark(page) == []
    page.get_by_label("Starts").fill("2027-01-05")
    page.get_by_role("button", name="Start on Wed 6 Jan").click()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_role("region", name="Repeats")).to_contain_text(
        "Every week on Monday and Wednesday, 3 times"
    )
    made = titled(wire, title)
    assert [iso_day(row["start_time"]) for row in made] == [
        "2027-01-06",
        "2027-01-11",
        "2027-01-13",
    ]


def test_days_of_the_week_can_be_taken_out_again_after_monday_to_friday_were_chosen(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill("All but Wednesday")
    page.get_by_label("Starts").fill("2027-01-04")
    page.get_by_label("Start time").fill("20:00")  # it has no end: apart from all later weeks
    repeat = page.get_by_role("combobox", name="Repeat")
    repeat.select_option("Every week on Monday")
    for day in ("Tuesday", "Wednesday", "Thursday", "Friday"):
        page.get_by_role("button", name=day, exact=True).click()
    expect(page.locator(".repeat-preview")).to_contain_text("Every workday")
    expect(repeat).to_have_value("weekly")
    page.get_by_role("button", name="Wednesday", exact=True).click()
    page.get_by_role("button", name="Create", exact=True).click()
    words = "Every week on Monday, Tuesday, Thursday and Friday"
    expect(page.get_by_role("region", name="Repeats")).to_contain_text(words)


def test_another_rule_is_chosen_by_interval_unit_days_and_end(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    title = f"Custom {size[0]}"
    page = open_page(size=size)
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Starts").fill("2027-01-15")
    page.get_by_label("Start time").fill("10:00")
    page.get_by_role("combobox", name="Repeat").select_option("Another rule…")
    rule = page.get_by_role("textbox", name="Rule (RFC 5545)")
    expect(rule).to_have_count(0)
    preview = page.locator(".repeat-preview")
    page.get_by_label("Every", exact=True).fill("3")
    expect(preview).to_contain_text("Every 3 weeks on Friday")
    page.get_by_role("button", name="Tuesday", exact=True).click()
    expect(preview).to_contain_text("Every 3 weeks on Tuesday and Friday")
    page.get_by_role("combobox", name="Unit").select_option("months")
    page.get_by_role("combobox", name="On", exact=True).select_option("the third Friday")
    page.get_by_role("combobox", name="Ends").select_option("On a date")
    page.get_by_label("Last day").fill("2027-08-31")
    words = "Every 3 months on the third Friday, until 31 Aug 2027"
    expect(preview).to_contain_text(words)
    assert serious_in_light_and_dark(page) == []
    page.get_by_role("button", name="Write it as text").click()
    expect(rule).to_have_value("FREQ=MONTHLY;INTERVAL=3;UNTIL=20270831;BYDAY=3FR")
    rule.fill("FREQ=MONTHLY;INTERVAL=3;UNTIL=20270831;BYDAY=3FR,-1FR")
    page.get_by_role("button", name="Choose it in the form").click()
    expect(preview).to_contain_text("Every week on Friday")
    page.get_by_label("Every", exact=True).fill("2")
    page.get_by_role("combobox", name="Ends").select_option("After some times")
    page.get_by_label("Times", exact=True).fill("2")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("region", name="Repeats")).to_contain_text(
        "Every 2 weeks on Friday, 2 times"
    )
    starts = [iso_day(row["start_time"]) for row in titled(wire, title)]
    assert starts == ["2027-01-15", "2027-01-29"]


def test_a_series_ends_on_a_date_of_its_own_zone_which_is_its_last_one(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    """In UTC each of its evenings is on the next day."""
    title = f"Until a date {size[0]}"
    zone = "America/Los_Angeles"
    page = open_page("?zone=America%2FLos_Angeles", size=size, zone=zone)
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Starts").fill("2027-01-04")
    page.get_by_label("Start time").fill("20:00")
    page.get_by_role("combobox", name="Repeat").select_option("Every week on Monday")
    page.get_by_role("combobox", name="Ends").select_option("On a date")
    last_day = page.get_by_label("Last day", exact=True)
    last_day.fill("2027-01-18")
    preview = page.locator(".repeat-preview")
    expect(preview).to_contain_text("Every week on Monday, until 18 Jan 2027")
    expect(preview.locator(".hint")).to_have_text("Mon 4 Jan · Mon 11 Jan · Mon 18 Jan")
    assert serious_in_light_and_dark(page) == []
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    made = titled(wire, title)
    assert [iso_day(row["start_time"]) for row in made] == [
        "2027-01-05",
        "2027-01-12",
        "2027-01-19",
    ]
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.get_by_role("combobox", name="Ends")).to_have_value("until")
    expect(last_day).to_have_value("2027-01-18")


def test_a_dragged_edge_asks_which_and_escape_changes_nothing(
    open_page: OpenPage, wire: Wire, monday: int
) -> None:
    first = series(wire, "Edge", monday + 10 * 3600)
    page = open_page(query("week", monday + 7 * 86_400))
    column = page.locator(".rbc-day-slot").first.bounding_box()
    assert column is not None
    drag_edge(page, block(page, "Edge"), column["height"] / 24 * 1.2)
    question = page.get_by_role("dialog", name="Move “Edge”")
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    assert lengths(wire, first["series_id"]) == [3600] * 4
    drag_edge(page, block(page, "Edge"), column["height"] / 24 * 1.2)
    choose(page, "This and following")
    expect(page.get_by_text("Moved (this and following): Edge")).to_be_visible()
    rows = titled(wire, "Edge")
    assert [row["end_time"] - row["start_time"] for row in rows] == [3600, 7200, 7200, 7200]


def drag_edge(page: Page, shown: Locator, dy: float) -> None:
    """Its lower edge, by `dy` pixels."""
    shown.hover()
    drag(page, shown.locator(".rbc-addons-dnd-resize-ns-anchor").last, 0, dy)


def lengths(wire: Wire, series_id: int) -> list[int]:
    return [row["end_time"] - row["start_time"] for row in occurrences(wire, series_id)]


def test_a_drag_asks_which_and_moves_this_and_following(
    open_page: OpenPage, wire: Wire, monday: int
) -> None:
    first = series(wire, "Dragged", monday + 10 * 3600)
    page = open_page(query("week", monday + 7 * 86_400))
    item = block(page, "Dragged")
    expect(item.locator(".ev-series")).to_have_attribute("data-own", "false")
    column = page.locator(".rbc-day-slot").first.bounding_box()
    assert column is not None
    item.scroll_into_view_if_needed()
    drag(page, item, column["width"], 0)
    expect(page.get_by_role("dialog", name="Move “Dragged”")).to_be_visible()
    assert serious_in_light_and_dark(page) == []
    choose(page, "This and following")
    expect(page.get_by_text("Moved (this and following): Dragged")).to_be_visible()
    moved = titled(wire, "Dragged")
    assert shape(moved, monday) == [10, 7 * 24 + 34, 14 * 24 + 34, 21 * 24 + 34]
    assert len({row["series_id"] for row in moved}) == 2
    page.get_by_role("button", name="Undo").click()
    wait_until(lambda: shape(occurrences(wire, first["series_id"]), monday)[1:2] == [7 * 24 + 10])


def test_a_longer_occurrence_may_be_for_all(open_page: OpenPage, wire: Wire, monday: int) -> None:
    first = series(wire, "Stretched", monday + 10 * 3600)
    page = open_page(query("week", monday))
    event_named(page, "Stretched").focus()
    page.keyboard.press("Alt+Shift+ArrowDown")
    choose(page, "All")
    expect(page.get_by_text("Moved (all of the series): Stretched")).to_be_visible()
    rows = occurrences(wire, first["series_id"])
    assert [row["end_time"] - row["start_time"] for row in rows] == [4500] * 4


def test_an_occurrence_that_was_changed_alone_is_marked_and_says_in_what(
    open_page: OpenPage, wire: Wire, monday: int
) -> None:
    first = series(wire, "Alone", monday + 11 * 3600)
    page = open_page(query("week", monday))
    event_named(page, "Alone").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Title", exact=True).fill("Alone, this once")
    page.get_by_role("button", name="Save", exact=True).click()
    choose(page, "This one")
    repeats = page.get_by_role("region", name="Repeats")
    expect(repeats).to_contain_text("This one differs from its series: title")
    mark = block(page, "Alone, this once").locator(".ev-series")
    expect(mark).to_have_attribute("data-own", "true")
    titles = [row["title"] for row in occurrences(wire, first["series_id"])]
    assert titles == ["Alone, this once", "Alone", "Alone", "Alone"]


def test_another_rule_is_for_the_following_ones_or_all(
    open_page: OpenPage, wire: Wire, monday: int
) -> None:
    first = series(wire, "Another rule", monday + 9 * 3600)
    page = open_page(query("week", monday))
    event_named(page, "Another rule").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    repeat = page.get_by_role("combobox", name="Repeat")
    expect(repeat).to_have_value("weekly")
    page.get_by_label(re.compile("^Every … weeks")).fill("2")
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=re.compile("^This one"))).to_have_count(0)
    choose(page, "All")
    expect(page.get_by_text("Saved (all of the series): Another rule")).to_be_visible()
    rows = occurrences(wire, first["series_id"])
    assert shape(rows, monday) == [9, 14 * 24 + 9, 28 * 24 + 9, 42 * 24 + 9]


def test_a_deletion_of_all_takes_the_series_and_can_be_undone(
    open_page: OpenPage, wire: Wire, monday: int
) -> None:
    first = series(wire, "To be deleted", monday + 8 * 3600)
    page = open_page(query("week", monday))
    event_named(page, "To be deleted").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^This one")).press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Deleted (all of the series): To be deleted")).to_be_visible()
    assert occurrences(wire, first["series_id"]) == []
    page.get_by_role("button", name="Undo").click()
    wait_until(lambda: len(occurrences(wire, first["series_id"])) == 4)


def test_the_end_of_repeating_leaves_this_one_and_done_is_for_one(
    open_page: OpenPage, wire: Wire, monday: int
) -> None:
    series(wire, "Ends here", monday + 12 * 3600)
    page = open_page(query("week", monday + 7 * 86_400))
    event_named(page, "Ends here").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    repeat = page.get_by_role("combobox", name="Repeat")
    expect(repeat).to_have_value("weekly")
    repeat.select_option("Does not repeat")
    page.get_by_role("button", name="Save", exact=True).click()
    choose(page, "This and following")
    expect(page.get_by_text("Saved (this and following): Ends here")).to_be_visible()
    left = titled(wire, "Ends here")
    assert [bool(row.get("series_id")) for row in left] == [True, False]
    page.get_by_role("button", name="Complete", exact=True).click()
    wait_until(lambda: titled(wire, "Ends here")[1]["status"] == 1)
    assert titled(wire, "Ends here")[0]["status"] == 0


def test_a_rule_that_the_server_refuses_is_reported_in_its_words(
    open_page: OpenPage, wire: Wire, monday: int
) -> None:
    page = open_page(query("week", monday))
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill("Refused")
    page.get_by_role("combobox", name="Repeat").select_option("Another rule…")
    page.get_by_role("button", name="Write it as text").click()
    rule = page.get_by_role("textbox", name="Rule (RFC 5545)")
    rule.fill("FREQ=HOURLY")
    expect(page.get_by_text("the server checks it")).to_be_visible()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text(re.compile("recurrence.rrule"))).to_be_visible()
    expect(rule).to_have_value("FREQ=HOURLY")


def answers_of(row: Answer) -> dict[Any, Any]:
    return {one["manager_id"]: one["status"] for one in row["participants"]}


def test_an_answer_is_for_this_one_or_all(open_page: OpenPage, wire: Wire, monday: int) -> None:
    made = wire.add(
        title="Invited",
        owner_manager_id=11,
        start_time=monday + 9 * 3600,
        end_time=monday + 10 * 3600,
        timezone="UTC",
        recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"},
        participant_manager_ids=[10],
    )
    page = open_page(query("week", monday))
    event_named(page, "Invited").click()
    page.get_by_role("group", name="Your answer").get_by_role("button", name="Yes").click()
    choose(page, "All")
    expect(page.get_by_text("You accepted (all of the series): Invited")).to_be_visible()
    rows = occurrences(wire, made["series_id"])
    assert [answers_of(row)[10] for row in rows] == [1, 1, 1]


def test_a_range_beyond_what_is_made_of_a_series_says_so(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    brand = f"horizon{size[0]}"
    near, far = monday_at(0, weeks=50), monday_at(0, weeks=60)
    made = wire.add(
        title="Goes on",
        brand=brand,
        start_time=monday_at(9),
        timezone="UTC",
        recurrence={"rrule": "FREQ=WEEKLY"},
    )
    wire.add(title="Alone", brand=brand, start_time=far + 9 * 3600)
    line = "Repeating events are there until"
    page = open_page(query("week", near, f"&brand={brand}"), size=size)
    expect(event_named(page, "Goes on")).to_be_visible()
    expect(page.get_by_text(line)).to_have_count(0)
    page.goto(page.url.replace(iso_day(near), iso_day(far)))
    found = wire.call("MngGetCalendarSeries", id=made["id"])["series"]
    date = page.evaluate(
        """seconds => new Intl.DateTimeFormat("en-GB", {
            day: "numeric", month: "short", year: "numeric", timeZone: "UTC"
        }).format(seconds * 1000)""",
        found["horizon"],
    )
    expect(page.get_by_text(f"{line} {date}; later ones come in time")).to_be_visible()
    expect(event_named(page, "Alone")).to_be_visible()
    assert serious_in_light_and_dark(page) == []
    wire.call("MngDeleteCalendarEvent", id=made["id"], scope=2)

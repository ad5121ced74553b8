"""What somebody does at the page all day: nothing is hidden, nothing typed is lost, little work."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import OpenPage, Served, Wire, iso_day, monday_at, now, zone_at
from web.test_everyday import drag, event_named, query, wait_until
from web.test_reach import serious_in_light_and_dark

WEEK = monday_at(0, weeks=20)


def at(day: int, hour: float) -> int:
    """Unix seconds, UTC, in the week of these tests."""
    return int(WEEK + day * 86_400 + hour * 3600)


def click_slot(page: Page, day: int, hour: float) -> None:
    column = page.locator(".rbc-day-slot").nth(day)
    box = column.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * hour / 24 + 4)


def form_title(page: Page) -> Locator:
    return page.get_by_label("Title", exact=True)


def test_open_and_urgent_events_come_before_done_ones_and_the_rest_is_counted_in_its_slot(
    open_page: OpenPage, wire: Wire
) -> None:
    for number in range(6):
        status = 1 if number < 2 else 0
        times = {"start_time": at(0, 10), "end_time": at(0, 11)}
        wire.add(title=f"Ten {number}", status=status, priority=3 if number == 5 else 1, **times)
    page = open_page(query("week", WEEK))
    full = page.locator(".rbc-day-slot .rbc-event:not(.ev-sliver, .ev-more)")
    expect(full.filter(has_text="Ten 5")).to_be_visible()
    expect(full.filter(has_text=re.compile("Ten [01]"))).to_have_count(0)
    more = page.locator(".ev-more").first
    hidden = int(re.findall(r"\d+", more.inner_text())[0])
    more.click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(hidden)


def test_a_night_is_two_pieces_with_its_hours_and_keeps_them_when_it_is_dragged(
    open_page: OpenPage, wire: Wire
) -> None:
    event = wire.add(title="Night watch", start_time=at(1, 22), end_time=at(2, 2))
    page = open_page(query("week", WEEK))
    pieces = page.locator(".rbc-day-slot .rbc-event", has_text="Night watch")
    expect(pieces).to_have_count(2)
    assert page.locator(".rbc-allday-cell .rbc-event", has_text="Night watch").count() == 0
    column = page.locator(".rbc-day-slot").first.bounding_box()
    assert column is not None
    pieces.last.scroll_into_view_if_needed()
    drag(page, pieces.last, column["width"], 0)
    expect(page.get_by_text("Moved: Night watch", exact=True)).to_be_visible()
    moved = wire.get(event["id"])
    assert (moved["start_time"], moved["end_time"], moved["all_day"]) == (at(2, 22), at(3, 2), 0)
    page.get_by_role("button", name="Agenda", exact=True).click()
    rows = page.locator(".row-item", has_text="Night watch")
    expect(rows.first).to_contain_text("from 22:00")
    expect(rows.last).to_contain_text("until 02:00")


def test_an_all_day_event_dropped_on_the_hours_is_timed_and_back(
    open_page: OpenPage, wire: Wire
) -> None:
    event = wire.add(
        title="Whole day",
        start_time=at(3, 0),
        end_time=at(4, 0),
        all_day=1,
        timezone="UTC",
        remind_time=at(3, 9),
    )
    page = open_page(query("week", WEEK))
    bar = page.locator(".rbc-allday-cell .rbc-event", has_text="Whole day")
    box = bar.bounding_box()
    slot = page.locator(".rbc-time-content").bounding_box()
    assert box is not None and slot is not None
    drag(page, bar, 0, slot["y"] - box["y"] + 120)
    wait_until(lambda: wire.get(event["id"])["all_day"] == 0)
    timed = wire.get(event["id"])
    assert timed["end_time"] - timed["start_time"] == 3600
    assert timed["remind_time"] - timed["start_time"] == 9 * 3600
    block = page.locator(".rbc-day-slot .rbc-event", has_text="Whole day")
    here = block.bounding_box()
    assert here is not None
    drag(page, block, 0, box["y"] - here["y"] + 4)
    wait_until(lambda: wire.get(event["id"])["all_day"] == 1)


def test_the_words_of_a_title_are_shown_and_count_once_they_are_taken_over(
    open_page: OpenPage, wire: Wire
) -> None:
    page = open_page(query("week", WEEK))
    click_slot(page, 4, 9)
    form_title(page).fill("call Anna friday 15:00 #555 45m")
    expect(page.locator(".quick-chip")).to_have_text(
        ["Call", re.compile("Fri .*15:00"), "45 min", "Customer 555"]
    )
    page.keyboard.press("Enter")
    expect(form_title(page)).to_have_value("call Anna")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Created: call Anna")).to_be_visible()
    found = wire.call(
        "MngGetCalendarEventsByFilter",
        **{"from": now(), "to": now() + 8 * 86_400, "limit": 10, "offset": 0, "deskFilter": "*"},
        customer_id=555,
    )["rows"]
    assert [(row["type"], row["end_time"] - row["start_time"]) for row in found] == [(2, 2700)]


def test_a_slot_moves_the_open_form_and_what_was_typed_survives_escape_and_a_reload(
    open_page: OpenPage, wire: Wire
) -> None:
    other = wire.add(title="Another one", start_time=at(0, 13), end_time=at(0, 14))
    page = open_page(query("week", WEEK))
    page.keyboard.press("n")
    form_title(page).fill("Not to be lost")
    click_slot(page, 2, 10)
    expect(page.get_by_label("Start time")).to_have_value("10:00")
    expect(form_title(page)).to_have_value("Not to be lost")
    page.reload()
    expect(form_title(page)).to_have_value("Not to be lost")
    form_title(page).press("Escape")
    expect(page.get_by_text("Kept as a draft: Not to be lost")).to_be_visible()
    event_named(page, "Another one").click()
    expect(page.get_by_role("heading", name="Another one")).to_be_visible()
    page.get_by_role("region", name="Drafts").get_by_role("button").click()
    expect(form_title(page)).to_have_value("Not to be lost")
    assert wire.get(other["id"])["version"] == 1


def test_a_form_outlives_the_deletion_of_its_event(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Soon gone", start_time=at(0, 15), end_time=at(0, 16))
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    page.get_by_role("button", name="Edit", exact=True).click()
    form_title(page).fill("Still typing")
    wire.call("MngDeleteCalendarEvent", id=event["id"])
    expect(page.get_by_text("Somebody deleted this event meanwhile")).to_be_visible()
    page.get_by_role("button", name="Save as a new event").click()
    expect(page.get_by_role("heading", name="Still typing")).to_be_visible()


def test_escape_in_the_conflict_goes_back_to_the_form(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Once more", start_time=at(0, 17), end_time=at(0, 18))
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    page.get_by_role("button", name="Edit", exact=True).click()
    form_title(page).fill("Mine")
    wire.call("MngUpdateCalendarEvent", id=event["id"], title="Theirs")
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog", name="Two people changed this event")
    expect(dialog).to_contain_text("You, in another tab saved")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(form_title(page)).to_have_value("Mine")


def test_somebody_elses_meeting_is_asked_about_once_and_a_move_can_ask_everybody_again(
    open_page: OpenPage, wire: Wire, served: Served
) -> None:
    event = wire.add(
        title="Their meeting",
        start_time=at(5, 9),
        end_time=at(5, 10),
        owner_manager_id=12,
        participant_manager_ids=[12, 14, 15],
    )
    participant = Wire(served.tcp, served.token(14))
    participant.call("MngRespondCalendarEvent", id=event["id"], status=1)
    participant.close()
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    page.get_by_role("button", name="+1 h").click()
    question = page.get_by_role("dialog", name="Change somebody else's meeting?")
    expect(question).to_contain_text("with 3 people")
    question.get_by_role("button", name="Move it").click()
    page.get_by_role("button", name="Ask everybody again").click()
    expect(page.get_by_text("Asked everybody again")).to_be_visible()
    after = wire.get(event["id"])
    assert after["start_time"] == at(5, 10)
    assert {row["manager_id"]: row["status"] for row in after["participants"]}[14] == 0
    page.get_by_role("button", name="+1 h").click()
    wait_until(lambda: wire.get(event["id"])["start_time"] == at(5, 11))
    expect(question).to_have_count(0)


def test_an_event_is_done_from_its_row_and_moved_by_keys_and_undone(
    open_page: OpenPage, wire: Wire
) -> None:
    event = wire.add(title="By keys alone", start_time=at(6, 10), end_time=at(6, 11))
    page = open_page(query("week", WEEK))
    event_named(page, "By keys alone").focus()
    page.keyboard.press("Alt+ArrowDown")
    wait_until(lambda: wire.get(event["id"])["start_time"] == at(6, 10.25))
    expect(page.get_by_text("Moved: By keys alone", exact=True)).to_be_visible()
    page.keyboard.press("Control+z")
    wait_until(lambda: wire.get(event["id"])["start_time"] == at(6, 10))
    page.keyboard.press("a")
    page.get_by_role("button", name="Complete: By keys alone").click()
    wait_until(lambda: wire.get(event["id"])["status"] == 1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


@pytest.mark.parametrize("count", [25])
def test_many_reminders_of_one_second_can_all_be_reached(
    open_page: OpenPage, wire: Wire, count: int
) -> None:
    """Also on a device that is opened after they fired."""
    start = now() + 900
    for number in range(count):
        wire.add(title=f"Ring {number}", start_time=start, remind_time=now() - 5)
    first = open_page("?view=week", size=(1280, 720))
    expect(first.locator(".bell-count")).to_be_visible()
    page = open_page("?view=week", size=(1280, 720))
    page.keyboard.press("n")
    cards = page.locator(".reminder")
    expect(cards.first).to_be_visible()
    form_title(page).fill("Under no card")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="Under no card")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Reminders")).click()
    dialog = page.get_by_role("dialog", name="Reminders")
    for number in range(count):
        expect(dialog.get_by_role("button", name=f"Ring {number}", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Dismiss all").click()
    expect(dialog).to_contain_text("No reminder is waiting")
    expect(first.locator(".bell-count")).to_have_count(0)


def test_history_and_the_events_of_a_customer_are_shown(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Of 9001", customer_id=9001, start_time=at(0, 8), end_time=at(0, 8.5))
    wire.add(title="Also of 9001", customer_id=9001, start_time=at(1, 8), end_time=at(1, 8.5))
    wire.call("MngUpdateCalendarEvent", id=event["id"], title="Renamed, of 9001")
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    page.get_by_text("History", exact=True).click()
    expect(page.locator(".history-list")).to_contain_text("title: Of 9001 → Renamed, of 9001")
    page.get_by_role("button", name="All events of customer 9001").click()
    dialog = page.get_by_role("dialog", name="Customer 9001")
    expect(dialog.get_by_role("listitem")).to_have_count(2)


def test_search_ignores_accents_and_finds_ids(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Rozmowa: Zielińska", start_time=at(40, 8), end_time=at(40, 9))
    page = open_page(query("week", WEEK))
    field = page.get_by_role("searchbox", name="Search events")
    for text in ("zielinska", str(event["id"])):
        field.fill(text)
        found = page.get_by_role("region", name="Found events")
        expect(found.get_by_role("button", name="Rozmowa: Zielińska")).to_be_visible()


def test_a_second_tab_needs_no_token_and_sign_out_asks(open_page: OpenPage) -> None:
    page = open_page("?view=week")
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.get_by_role("button", name="Today", exact=True)).to_be_visible()
    second.get_by_role("button", name=re.compile("settings and more")).click()
    second.get_by_role("menuitem", name="Sign out").click()
    second.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(second.get_by_role("heading", name="Sign in to Deskcal")).to_be_visible()


def test_a_session_without_rights_and_an_unknown_desk_are_explained(open_page: OpenPage) -> None:
    page = open_page(f"?view=week&desk=DESK_NOWHERE&day={iso_day(WEEK)}")
    expect(page.locator(".nothing")).to_have_text("No desk is called DESK_NOWHERE.")
    page = open_page(type=0, signed_in=False)
    page.goto(page.url)
    page.get_by_label("Token").fill(TOKEN_OF_A_USER)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("SESSION_USER")


TOKEN_OF_A_USER = "e30.eyJpZCI6MSwidHlwZSI6MCwiZXhwIjo5OTk5OTk5OTk5fQ.x"


def test_settings_change_the_week_and_the_clock(open_page: OpenPage, wire: Wire) -> None:
    wire.add(title="Afternoon", start_time=at(1, 15), end_time=at(1, 16))
    page = open_page(query("week", WEEK))
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_label("Week starts on").select_option("Sunday")
    dialog.get_by_label("Clock").select_option("12 hours")
    dialog.get_by_label("Second zone").select_option("Asia/Tokyo")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator(".day-name").first).to_have_text("Sun")
    expect(event_named(page, "Afternoon")).to_contain_text(re.compile("3:00.pm"))
    expect(page.locator(".gutter-zones")).to_contain_text("Tokyo")


STATES: list[tuple[str, Any]] = [
    ("quick form", lambda page: click_slot(page, 4, 9)),
    ("menu", lambda page: page.locator(".rbc-event").first.click(button="right")),
    ("keys", lambda page: page.keyboard.press("?")),
    ("settings", lambda page: open_settings(page)),
    ("reminders", lambda page: page.get_by_role("button", name=re.compile("^Reminders")).click()),
]


def open_settings(page: Page) -> None:
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Settings").click()


@pytest.mark.parametrize(("_", "act"), STATES, ids=[name for name, _ in STATES])
def test_axe_finds_nothing_serious_in_boxes_and_dialogs(
    open_page: OpenPage, wire: Wire, _: str, act: Any
) -> None:
    wire.add(title="Something", start_time=at(0, 9), end_time=at(0, 10))
    page = open_page(query("week", WEEK))
    expect(page.locator(".rbc-event").first).to_be_visible()
    act(page)
    page.wait_for_selector(".pop-over, dialog")
    assert serious_in_light_and_dark(page) == []


@pytest.mark.parametrize("hour", [2, 22])
@pytest.mark.parametrize("view", ["week", "day", "desk"])
def test_the_hours_open_where_it_is_now(
    open_page: OpenPage, size: tuple[int, int], view: str, hour: int
) -> None:
    page = open_page(f"?view={view}", size=size, zone=zone_at(hour))
    expect(page.locator(".rbc-current-time-indicator").first).to_be_in_viewport()


def test_the_hours_open_where_it_is_now_after_another_view(open_page: OpenPage) -> None:
    """In a window that does not reach from the morning to ten in the evening."""
    page = open_page("?view=my_day", size=(1440, 760), zone=zone_at(22))
    page.keyboard.press("w")
    line = page.locator(".rbc-current-time-indicator")
    expect(line.first).to_be_in_viewport()
    page.keyboard.press("y")
    expect(line).to_have_count(0)
    page.keyboard.press("w")
    expect(line.first).to_be_in_viewport()


def scrolled_tomorrow_and_back(page: Page, px: int) -> int:
    """Where the hours of today stand after those of tomorrow were scrolled there."""
    hours = page.locator(".rbc-time-content")
    line = page.locator(".rbc-current-time-indicator")
    page.keyboard.press("j")
    expect(line).to_have_count(0)
    hours.evaluate("(one, px) => one.scrollTo(0, px)", px)
    page.keyboard.press("t")
    expect(line).to_be_in_viewport()
    found: int = hours.evaluate("(one) => one.scrollTop")
    return found


def test_today_keeps_the_hours_that_show_now_and_else_scrolls_to_them(open_page: OpenPage) -> None:
    at_noon = open_page("?view=day", zone=zone_at(12))
    assert scrolled_tomorrow_and_back(at_noon, 300) == 300
    late = open_page("?view=day", zone=zone_at(22))
    assert scrolled_tomorrow_and_back(late, 0) > 0

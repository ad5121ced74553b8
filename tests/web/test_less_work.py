"""Less work for each event: templates, saved filters, copies, free times; the day that passes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from web.served import OpenPage, Wire, iso_day, monday_at
from web.test_everyday import query, wait_until
from web.test_reach import serious_in_light_and_dark

WEEK = monday_at(0, weeks=41)
HOUR = 3600


def open_settings(page: Page) -> None:
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Settings").click()


def test_a_template_fills_a_new_event_of_its_type(open_page: OpenPage) -> None:
    page = open_page(query("week", WEEK))
    open_settings(page)
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_text("Templates by type").click()
    dialog.get_by_label("Title of a new call").fill("Call about renewal")
    dialog.get_by_label("Length of a new call").select_option("45 min")
    dialog.get_by_role("button", name="Close").click()
    column = page.locator(".rbc-day-slot").nth(1).bounding_box()
    assert column is not None
    page.mouse.click(column["x"] + 20, column["y"] + column["height"] * 11 / 24 + 4)
    box = page.get_by_role("dialog", name="New event")
    expect(box.get_by_label("Title", exact=True)).to_have_value("Call about renewal")
    expect(box).to_contain_text("11:00 – 11:45")
    box.get_by_label("Type").select_option("Meeting")
    expect(box.get_by_label("Title", exact=True)).to_have_value("")


def test_what_is_typed_right_after_a_click_on_a_slot_is_the_title(open_page: OpenPage) -> None:
    page = open_page(query("week", WEEK))
    column = page.locator(".rbc-day-slot").nth(2).bounding_box()
    assert column is not None
    page.mouse.click(column["x"] + 20, column["y"] + column["height"] * 11 / 24 + 4)
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.keyboard.type("an offer")
    expect(page.get_by_label("Title", exact=True)).to_have_value("an offer")


def test_a_text_that_is_selected_to_beside_its_dialog_leaves_it_open(open_page: OpenPage) -> None:
    page = open_page(query("week", WEEK))
    page.get_by_role("button", name="Desk meeting").click()
    dialog = page.get_by_role("dialog", name="Desk meeting")
    title = dialog.get_by_label("Title")
    title.fill("Typed with care")
    box = title.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(5, box["y"] + 10, steps=4)
    page.mouse.up()
    expect(title).to_have_value("Typed with care")
    page.mouse.click(5, 5)
    expect(dialog).to_have_count(0)


def test_filters_are_saved_under_a_name_and_chosen_again(open_page: OpenPage) -> None:
    page = open_page(query("week", WEEK))
    page.get_by_role("button", name="Urgent", exact=True).click()
    page.get_by_role("button", name="Save these").click()
    page.get_by_label("Name of these filters").fill("Only urgent")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Urgent", exact=True).click()
    expect(page).not_to_have_url(re.compile("priority"))
    page.reload()
    page.get_by_role("button", name="Only urgent", exact=True).click()
    expect(page).to_have_url(re.compile("priority=3"))
    page.get_by_role("button", name="Forget Only urgent").click()
    expect(page.get_by_role("button", name="Only urgent", exact=True)).to_have_count(0)


def test_a_duplicate_is_a_new_event_with_the_same_fields(open_page: OpenPage, wire: Wire) -> None:
    start = WEEK + 9 * HOUR
    event = wire.add(title="Copied", start_time=start, customer_id=4711, priority=2)
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    page.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Copied")
    page.get_by_label("Title", exact=True).fill("The copy")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="The copy")).to_be_visible()
    found = re.search(r"event=(\d+)", page.url)
    assert found is not None
    copy = wire.get(int(found[1]))
    assert copy["id"] != event["id"]
    assert (copy["start_time"], copy["customer_id"], copy["priority"]) == (start, 4711, 2)


def test_a_copied_link_opens_the_event(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Linked", start_time=WEEK + 10 * HOUR)
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_role("heading", name="Linked")).to_be_visible()


def test_next_free_moves_to_a_time_at_which_all_are_free(open_page: OpenPage, wire: Wire) -> None:
    participants = [10, 14]
    event = wire.add(
        title="To be put", start_time=WEEK + 9 * HOUR, participant_manager_ids=participants
    )
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    page.get_by_role("button", name="Next free").click()
    wait_until(lambda: wire.get(event["id"])["start_time"] != event["start_time"])
    moved = wire.get(event["id"])
    assert moved["end_time"] - moved["start_time"] == HOUR
    times = {"from": moved["start_time"], "to": moved["end_time"]}
    answer = wire.call(
        "MngGetCalendarFreeBusy", manager_ids=participants, exclude_event_id=event["id"], **times
    )
    assert not any(one["busy"] for one in answer["managers"])


def test_at_midnight_today_is_the_next_day(open_page: OpenPage) -> None:
    """Also where the machine slept, or its clock was set: the page looks when it is looked at."""
    page = open_page("?view=week", signed_in=False)
    page.clock.install(time=WEEK + 12 * HOUR)
    page.goto(address_of(open_page))
    today = page.locator(".day-head[data-today=true] .day-number")
    expect(today).to_have_text(str(int(iso_day(WEEK)[8:])))
    page.clock.pause_at(WEEK + 23 * HOUR + 3590)
    expect(today).to_have_text(str(int(iso_day(WEEK)[8:])))
    page.clock.fast_forward(20_000)
    expect(today).to_have_text(str(int(iso_day(WEEK + 86_400)[8:])))
    page.clock.fast_forward(2 * 86_400_000)
    expect(today).to_have_text(str(int(iso_day(WEEK + 3 * 86_400)[8:])))


def address_of(open_page: OpenPage) -> str:
    """The page of a week, with a token that outlives it."""
    page = open_page("?view=week", exp=WEEK + 30 * 86_400)
    token = page.evaluate("sessionStorage.getItem('deskcal.token')")
    return f"{page.url.split('?')[0]}?view=week&zone=UTC#token={token}"


STATES: list[tuple[str, Any]] = [
    ("conflict", lambda page, wire, event: conflict(page, wire, event)),
    ("customer", lambda page, wire, event: customer(page)),
    ("confirmation", lambda page, wire, event: sign_out(page)),
]


def conflict(page: Page, wire: Wire, event: Any) -> None:
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Title", exact=True).fill("Mine")
    wire.call("MngUpdateCalendarEvent", id=event["id"], title="Theirs")
    page.get_by_role("button", name="Save", exact=True).click()


def customer(page: Page) -> None:
    page.get_by_role("button", name="All events of customer 8808").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Sign out").click()


@pytest.mark.parametrize(("_", "act"), STATES, ids=[name for name, _ in STATES])
def test_axe_finds_nothing_serious_in_questions(
    open_page: OpenPage, wire: Wire, _: str, act: Any
) -> None:
    event = wire.add(title="Looked at", start_time=WEEK + 12 * HOUR, customer_id=8808)
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    act(page, wire, event)
    expect(page.locator("dialog")).to_be_visible()
    assert serious_in_light_and_dark(page) == []


def test_compact_density_shows_more_hours_in_the_same_steps(open_page: OpenPage) -> None:
    page = open_page(query("week", WEEK))
    hour = page.locator(".rbc-day-slot .rbc-timeslot-group").first
    normal = hour.bounding_box()
    open_settings(page)
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_label("Density").select_option("Compact")
    dialog.get_by_role("button", name="Close").click()
    compact = hour.bounding_box()
    assert normal and compact and compact["height"] < 0.85 * normal["height"]
    expect(hour.locator(".rbc-time-slot")).to_have_count(2)

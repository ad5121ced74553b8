"""The view "The desk": one day of a desk, live, with drag between columns. Issue 15."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from deskcal.demo.desks import demo_managers
from web.gate import UNAVAILABLE, Gate, opened_at
from web.served import Answer, OpenPage, Served, Wire, iso_day, monday_at, now, zone_at
from web.test_everyday import drag, wait_until
from web.test_reach import serious_in_light_and_dark

DESK = "DESK_EU_SALES"
MONDAY = monday_at(0, weeks=30)
"""A day without events of the demo."""
VIEW = f"?view=desk&desk={DESK}&day={iso_day(MONDAY)}"
ANNA, BEN = 14, 15
OWN_NAME = next(one.name for one in demo_managers() if one.manager_id == ANNA)
"""The first two managers of the desk."""


def planned(wire: Wire, title: str, hour: int, **more: Any) -> Answer:
    """An event of the desk on that Monday."""
    start = MONDAY + hour * 3600
    fields = {"desk": DESK, "owner_manager_id": ANNA, "start_time": start, "end_time": start + 3600}
    return wire.add(title=title, **fields | more)


def column(page: Page, index: int) -> Locator:
    return page.locator(".desk-columns .rbc-day-slot").nth(index)


def total(page: Page, name: str) -> Locator:
    return page.locator(".totals div", has=page.get_by_text(name, exact=True)).locator("dd")


def test_an_event_dragged_into_another_column_goes_to_that_manager_and_back(
    open_page: OpenPage, wire: Wire
) -> None:
    event = planned(wire, "To be given", 10)
    page = open_page(VIEW)
    box = column(page, 0).locator(".rbc-event", has_text="To be given")
    width = column(page, 0).bounding_box()
    assert width is not None
    drag(page, box, width["width"], 0)
    expect(page.get_by_text("Given to Amélie Fournier: To be given")).to_be_visible()
    given = wire.get(event["id"])
    assert (given["owner_manager_id"], given["start_time"]) == (BEN, event["start_time"])
    assert [one["manager_id"] for one in given["participants"]] == [BEN]
    expect(column(page, 1).locator(".rbc-event", has_text="To be given")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    wait_until(lambda: wire.get(event["id"])["owner_manager_id"] == ANNA)


@pytest.mark.parametrize(
    "view", [VIEW, VIEW.replace("view=desk", "view=week")], ids=["desk", "week"]
)
def test_the_menu_of_an_event_gives_it_to_a_colleague_and_back(
    open_page: OpenPage, wire: Wire, view: str
) -> None:
    title = f"Menu of {view[6:10]}"
    event = planned(wire, title, 14, participant_manager_ids=[ANNA, 12])
    page = open_page(view)
    page.locator(".rbc-event", has_text=title).first.focus()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Give to…").press("Enter")
    page.get_by_role("button", name="Give it").press("Enter")
    dialog = page.get_by_role("dialog", name=f"Give “{title}” to a colleague")
    owner = dialog.get_by_label("New owner")
    expect(owner).to_be_focused()
    expect(owner.get_by_role("option", name="Amélie Fournier")).to_have_count(1)
    expect(owner.get_by_role("option", name=OWN_NAME, exact=True)).to_have_count(0)
    owner.select_option("Amélie Fournier")
    owner.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Given to Amélie Fournier: {title}")).to_be_visible()
    given = wire.get(event["id"])
    assert (given["owner_manager_id"], given["start_time"]) == (BEN, event["start_time"])
    assert [one["manager_id"] for one in given["participants"]] == [BEN, 12]
    expect(page.locator(".rbc-event", has_text=title).first).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    wait_until(lambda: wire.get(event["id"])["owner_manager_id"] == ANNA)


def test_what_is_done_can_be_given_to_nobody(open_page: OpenPage, wire: Wire) -> None:
    event = planned(wire, "Done already", 16)
    wire.call("MngCompleteCalendarEvent", id=event["id"])
    page = open_page(VIEW)
    page.locator(".rbc-event", has_text="Done already").focus()
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Reopen")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Give to…")).to_have_count(0)


def clear_lists(wire: Wire) -> None:
    """Deletes what the demo leaves undone, on some days more than a list shows at first."""
    past = {"from": 1, "to": now(), "limit": 500, "offset": 0}
    rows = wire.call("MngGetCalendarEventsByFilter", deskFilter=DESK, status=0, **past)["rows"]
    for row in rows:
        wire.call("MngDeleteCalendarEvent", id=row["id"])


def test_counts_outcomes_and_lists_follow_what_happens(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    clear_lists(wire)
    # Where it is noon: all of it is of one day.
    page = open_page(f"?view=desk&desk={DESK}", zone=zone_at(12))
    late = page.get_by_role("region", name="Overdue")
    claimed = page.get_by_role("region", name="Claimed now")
    start = now() - 1800
    fields = {"desk": DESK, "owner_manager_id": BEN, "type": 2, "brand": "northgate"}
    event = wire.add(
        title="Late one", start_time=start, end_time=start + 600, pool_after_sec=60, **fields
    )
    expect(late.locator(".side-row", has_text="Late one")).to_be_visible()
    head = page.locator(".column-head", has_text="Amélie Fournier")
    expect(head).to_contain_text(re.compile(r"[1-9]\d* late"))
    pool = page.get_by_role("region", name="In the pool")
    expect(pool.locator(".side-row", has_text="Late one")).to_be_visible()
    colleague = Wire(served.tcp, served.token(BEN))
    colleague.call("MngClaimNextCalendarEvent", id=event["id"])
    expect(claimed.locator(".side-row", has_text="Late one")).to_contain_text("until")
    expect(pool.locator(".side-row", has_text="Late one")).to_have_count(0)
    expect(head).to_contain_text("Now: Late one")
    colleague.call("MngCompleteCalendarEvent", id=event["id"], outcome="wrong_number")
    colleague.close()
    expect(late.locator(".side-row", has_text="Late one")).to_have_count(0)
    outcomes = page.get_by_role("list", name="Outcomes of the day")
    expect(outcomes).to_contain_text("Wrong number")


def test_a_slot_of_a_column_is_an_event_of_that_manager_on_the_desk(
    open_page: OpenPage, wire: Wire
) -> None:
    page = open_page(VIEW)
    slot = column(page, 1)
    box = slot.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 15 / 24 + 4)
    page.get_by_label("Title", exact=True).fill("Planned for Amélie")
    page.keyboard.press("Enter")
    expect(slot.locator(".rbc-event", has_text="Planned for Amélie")).to_be_visible()
    found = wire.call(
        "MngGetCalendarEventsByFilter",
        **{"from": MONDAY, "to": MONDAY + 86_400, "limit": 50, "offset": 0, "deskFilter": DESK},
    )["rows"]
    made = next(row for row in found if row["title"] == "Planned for Amélie")
    assert (made["owner_manager_id"], made["desk"]) == (BEN, DESK)


def test_a_meeting_stands_with_all_who_come_and_counts_are_for_leads(
    open_page: OpenPage, wire: Wire, served: Served
) -> None:
    planned(wire, "All of us", 8, type=3, participant_manager_ids=[BEN])
    page = open_page(VIEW)
    expect(column(page, 0).locator(".rbc-event", has_text="All of us")).to_be_visible()
    expect(column(page, 1).locator(".ev-copy", has_text="All of us")).to_be_visible()
    expect(total(page, "open")).not_to_have_text("0")
    other = open_page("?view=week", manager_id=BEN)
    views = other.get_by_role("group", name="View")
    expect(views.get_by_role("button", name="My day")).to_be_visible()
    expect(views.get_by_role("button", name="Desk", exact=True)).to_have_count(0)


def test_the_desk_is_usable_by_all_and_never_scrolls_sideways(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("?view=desk", size=size)
    expect(page.locator(".side-row").first).to_be_visible()
    expect(page.locator(".desk-columns .rbc-event").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious_in_light_and_dark(page) == []


def test_totals_are_unknown_until_the_server_has_counted(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    """Where that fails it is asked again; also once an event is over: nothing is pushed then."""
    planned(wire, "To be counted", 11)
    wire.add(title="Soon over", type=2, desk=DESK, start_time=now() - 60, end_time=now() + 1500)
    gate = Gate("MngGetCalendarSummary")
    page = opened_at(gate, open_page, served, VIEW)
    page.clock.install()
    head = page.locator(".column-head").first
    expect(head).to_be_visible()
    wait_until(lambda: gate.holds(page))
    for name in ("open", "done", "overdue"):
        expect(total(page, name)).to_have_text("–")
    expect(head).not_to_contain_text("open")
    gate.answer(UNAVAILABLE)
    page.clock.fast_forward(5000)
    wait_until(lambda: gate.holds(page))
    gate.open()
    expect(total(page, "open")).to_have_text(re.compile(r"[1-9]"))
    expect(head).to_contain_text("open")
    expect(page.get_by_role("region", name="Overdue")).to_contain_text(re.compile(r"Overdue \d"))
    is_counted_with_the_last_change(page, gate, wire)
    gate.close()
    page.clock.fast_forward(1_620_000)
    wait_until(lambda: gate.holds(page))


def is_counted_with_the_last_change(page: Page, gate: Gate, wire: Wire) -> None:
    """After it the page asks for no counts, until there is another change or something is over."""
    before = int(total(page, "open").inner_text())
    gate.close()
    planned(wire, "Comes last", 13)
    expect(page.locator(".desk-columns .rbc-event", has_text="Comes last")).to_be_visible()
    page.clock.fast_forward(2000)
    wait_until(lambda: gate.holds(page))
    gate.open()
    expect(total(page, "open")).to_have_text(str(before + 1))

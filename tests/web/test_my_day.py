"""The view "My day": the loop of a call desk by keys alone, live beside colleagues. Issue 15."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import Answer, OpenPage, Served, Wire, now, zone_at
from web.test_everyday import wait_until
from web.test_reach import serious_in_light_and_dark

BRAND = "northgate"
"""No event of the demo's first manager is of it, and it has no calling hours."""
VIEW = f"?view=my_day&brand={BRAND}"


def call(wire: Wire, title: str, minutes: int, **more: Any) -> Answer:
    """A call of the demo's first manager that many minutes from now."""
    start = now() + minutes * 60
    fields = {"brand": BRAND, "type": 2, "start_time": start, "end_time": start + 900}
    return wire.add(title=title, **fields | more)


def row_of(page: Page, title: str) -> Locator:
    return page.locator(".work-row", has_text=title)


def clear(wire: Wire) -> None:
    """Deletes what earlier tests left in the brand."""
    whole = {"from": 1, "to": now() + 90 * 86_400, "limit": 500, "offset": 0}
    rows = wire.call("MngGetCalendarEventsByFilter", deskFilter="*", brand=BRAND, **whole)["rows"]
    for row in rows:
        if row["owner_manager_id"] in (10, 11, 12):
            wire.call("MngDeleteCalendarEvent", id=row["id"])


@pytest.fixture(autouse=True)
def nothing_left(wire: Wire) -> None:
    clear(wire)


def test_a_call_is_claimed_finished_and_followed_by_the_next_with_keys_alone(
    open_page: OpenPage, wire: Wire
) -> None:
    first = call(wire, "Late and urgent", -90, priority=3, customer_timezone="Asia/Tokyo")
    second = call(wire, "Late as well", -80)
    page = open_page(VIEW)
    expect(page.get_by_role("region", name="Overdue").locator(".work-row")).to_have_count(2)
    expect(row_of(page, "Late and urgent")).to_contain_text("in Tokyo")
    page.keyboard.press("ArrowDown")
    expect(row_of(page, "Late and urgent")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row_of(page, "Late as well")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Late and urgent")).to_be_focused()
    wait_until(lambda: wire.get(first["id"]).get("claimed_by") == 10)
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="No answer")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("i")
    page.keyboard.type("Rings, nobody there")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No answer: Late and urgent, again")).to_be_visible()
    expect(page.get_by_role("heading", name="Late as well")).to_be_focused()
    done = wire.get(first["id"])
    assert (done["status"], done["outcome"]) == (1, "no_answer")
    assert done["outcome_note"] == "Rings, nobody there"
    again = wire.get(done["follow_up_id"])
    assert 3500 < again["start_time"] - now() < 3700
    page.get_by_role("button", name="Undo").click()
    wait_until(lambda: wire.get(first["id"])["status"] == 0)
    assert wire.get(second["id"])["status"] == 0


def test_a_closed_call_has_the_focus_in_the_list_also_where_its_claim_has_moved_it(
    open_page: OpenPage, wire: Wire
) -> None:
    call(wire, "Claimed on opening", -90, priority=3)
    call(wire, "Left alone", -80)
    page = open_page(VIEW)
    expect(row_of(page, "Left alone")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Now")).to_contain_text("Claimed on opening")
    expect(page.get_by_role("heading", name="Claimed on opening")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row_of(page, "Claimed on opening")).to_be_focused()
    page.keyboard.press("g")
    expect(page.get_by_role("heading", name="Claimed on opening")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row_of(page, "Claimed on opening")).to_be_focused()


def test_a_follow_up_is_added_at_a_time_of_ones_own(open_page: OpenPage, wire: Wire) -> None:
    """Five days ahead by the clock of the page, which no button has; the outcome is chosen last."""
    made = call(wire, "At your own time", -20)
    day = datetime.fromtimestamp(now() + 5 * 86_400, UTC).date()
    page = open_page(VIEW, zone="UTC")
    row_of(page, "At your own time").click()
    box = page.get_by_role("region", name="Call")
    box.get_by_role("button", name="Own time").click()
    box.get_by_label("Again on").fill(day.isoformat())
    box.get_by_label("Again at").fill("14:35")
    box.get_by_role("switch").uncheck()
    box.get_by_role("button", name="No answer").click()
    box.get_by_role("button", name="Done").click()
    wait_until(lambda: wire.get(made["id"])["status"] == 1)
    follow_up = wire.get(wire.get(made["id"])["follow_up_id"])
    wanted = datetime(day.year, day.month, day.day, 14, 35, tzinfo=UTC)
    assert follow_up["start_time"] == int(wanted.timestamp())


def test_the_next_call_is_the_servers_and_can_be_given_back(
    open_page: OpenPage, wire: Wire
) -> None:
    call(wire, "Usual", -30)
    urgent = call(wire, "Pressing", -10, priority=3)
    page = open_page(VIEW)
    expect(row_of(page, "Pressing")).to_be_visible()
    page.keyboard.press("g")
    expect(page.get_by_role("heading", name="Pressing")).to_be_visible()
    expect(row_of(page, "Pressing")).to_contain_text("Yours until")
    page.get_by_role("button", name="Give back").click()
    wait_until(lambda: not wire.get(urgent["id"]).get("claimed_by"))
    expect(page.get_by_role("button", name="Claim", exact=True)).to_be_visible()


def test_a_call_that_a_colleague_claims_is_greyed_with_the_name_at_once(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    owned = {"owner_manager_id": 11, "desk": "DESK_RETENTION", "pool_after_sec": 60}
    event = call(wire, "From the pool", -20, **owned)
    page = open_page(VIEW)
    pool = page.get_by_role("region", name="In the pool")
    offered = pool.locator(".work-row", has_text="From the pool")
    expect(offered).to_have_attribute("data-taken", "false")
    colleague = Wire(served.tcp, served.token(12))
    colleague.call("MngClaimNextCalendarEvent", id=event["id"])
    taken = row_of(page, "From the pool")
    expect(taken).to_have_attribute("data-taken", "true")
    expect(taken).to_contain_text(re.compile("Zeynep .*until"))
    taken.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Zeynep .* works on it until"))).to_be_visible()
    colleague.call("MngReleaseCalendarEvent", id=event["id"])
    colleague.close()
    expect(page.get_by_role("button", name="Claim", exact=True)).to_be_visible()


def test_a_note_stays_with_the_focus_where_a_colleague_claims_the_call_meanwhile(
    open_page: OpenPage, wire: Wire, served: Served
) -> None:
    """Otherwise the next letters are commands: `n` is a new event, `x` dismisses a reminder."""
    owned = {"owner_manager_id": 11, "desk": "DESK_RETENTION", "pool_after_sec": 60}
    event = call(wire, "Wanted by two", -20, **owned)
    page = open_page(VIEW)
    row_of(page, "Wanted by two").click()
    page.keyboard.press("i")
    page.keyboard.type("Asks about the ma")
    other = Wire(served.tcp, served.token(12))
    other.call("MngClaimNextCalendarEvent", id=event["id"], lease_sec=900)
    box = page.get_by_role("region", name="Call")
    expect(box.get_by_role("status")).to_contain_text("Zeynep Yılmaz works on it until")
    page.keyboard.type("rgin next")
    page.keyboard.press("Enter")
    note = box.get_by_label("Note")
    expect(note).to_be_focused()
    expect(note).to_have_value("Asks about the ma")
    expect(box).to_contain_text("Your note is not saved.")
    expect(page.get_by_role("complementary", name="New event")).to_have_count(0)
    other.call("MngReleaseCalendarEvent", id=event["id"])
    other.close()
    expect(box.get_by_role("button", name="Claim")).to_be_visible()
    page.keyboard.type("rgin")
    expect(note).to_have_value("Asks about the margin")


@pytest.mark.parametrize("minutes", [30, 150], ids=["soon", "later"])
def test_a_colleagues_call_is_offered_once_it_has_come_to_the_pool(
    open_page: OpenPage, served: Served, wire: Wire, minutes: int
) -> None:
    """By the clock alone: nothing is pushed for it."""
    owned = {"owner_manager_id": 11, "desk": "DESK_RETENTION", "pool_after_sec": 60}
    call(wire, "Comes to the pool", minutes, **owned)
    call(wire, "Is there", -20, **owned)
    page = open_page(signed_in=False)
    page.clock.install()
    page.goto(served.address(VIEW))
    pool = page.get_by_role("region", name="In the pool")
    expect(pool.locator(".work-row", has_text="Is there")).to_be_visible()
    expect(row_of(page, "Comes to the pool")).to_have_count(0)
    page.clock.fast_forward((minutes + 3) * 60_000)
    expect(pool.locator(".work-row", has_text="Comes to the pool")).to_be_visible()


def test_another_day_than_today_is_shown_as_a_day(open_page: OpenPage) -> None:
    """My day is always today: the days of the small month lead to the view of a day."""
    page = open_page("?view=my_day")
    page.keyboard.press("j")
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile(r"view=week(?!.*day=)"))
    page.keyboard.press("y")
    expect(page.locator(".my-day")).to_be_visible()
    day = page.locator(".mini-day[data-today=false]").first
    wanted = day.get_attribute("data-date")
    day.click()
    expect(page).to_have_url(re.compile(rf"view=day.*day={wanted}"))


def test_a_note_stays_with_the_focus_where_the_call_is_ended_elsewhere(
    open_page: OpenPage, wire: Wire
) -> None:
    """Such as in another tab of the same manager."""
    event = call(wire, "Ended by another", -20)
    page = open_page(VIEW)
    row_of(page, "Ended by another").click()
    page.keyboard.press("i")
    page.keyboard.type("Asks about the ma")
    wire.call("MngCompleteCalendarEvent", id=event["id"], outcome="busy")
    box = page.get_by_role("region", name="Call")
    expect(box.get_by_role("status")).to_have_text("Ended")
    page.keyboard.type("new")
    note = box.get_by_label("Note")
    expect(note).to_be_focused()
    expect(note).to_have_value("Asks about the ma")
    expect(page.get_by_role("complementary", name="New event")).to_have_count(0)
    box.get_by_role("button", name="Forget it").press("Enter")
    expect(box).to_have_count(0)
    expect(page.get_by_role("heading", name="Ended by another")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)


def test_the_focus_of_a_call_that_is_folded_away_goes_to_the_view(
    open_page: OpenPage, wire: Wire
) -> None:
    event = call(wire, "Done by another", -20)
    page = open_page(VIEW)
    row_of(page, "Done by another").focus()
    wire.call("MngCompleteCalendarEvent", id=event["id"], outcome="busy")
    expect(page.locator("details .work-row", has_text="Done by another")).to_have_count(1)
    expect(page.locator("#calendar")).to_be_focused()


def test_outside_of_calling_hours_it_says_so_and_claims_nothing(
    open_page: OpenPage, wire: Wire
) -> None:
    # The demo's brand may be called from 08:00 on.
    zone = zone_at(3)
    start = now() - 300
    event = wire.add(
        title="Asleep", type=2, start_time=start, end_time=start + 3600, customer_timezone=zone
    )
    page = open_page("?view=my_day&brand=default")
    row = row_of(page, "Asleep")
    expect(row.locator("[data-allowed=false]")).to_contain_text("call from")
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("may not be called now")).to_be_visible()
    assert not wire.get(event["id"]).get("claimed_by")


def test_what_was_typed_about_a_call_survives_a_reload(open_page: OpenPage, wire: Wire) -> None:
    call(wire, "Half written", -10)
    page = open_page(VIEW)
    row_of(page, "Half written").click()
    page.get_by_role("textbox", name="Note").fill("Wants a call at")
    page.get_by_role("button", name="Next week").click()
    page.reload()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Wants a call at")
    next_week = page.get_by_role("button", name="Next week")
    expect(next_week).to_have_attribute("aria-pressed", "true")


def test_my_day_is_usable_by_all_and_never_scrolls_sideways(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("?view=my_day", size=size)
    expect(page.locator(".work-row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious_in_light_and_dark(page) == []
    page.locator(".work-row", has_text="Call").first.click()
    expect(page.get_by_role("region", name="Call", exact=True)).to_be_visible()
    assert serious_in_light_and_dark(page) == []


def test_three_hundred_calls_are_drawn_at_once(open_page: OpenPage, wire: Wire) -> None:
    operations = [
        {
            "command": "MngAddCalendarEvent",
            "data": {
                "title": f"One of many {number}",
                "type": 2,
                "brand": BRAND,
                "start_time": now() - 86_400 - number * 60,
                "end_time": now() - 86_400 - number * 60 + 60,
            },
        }
        for number in range(300)
    ]
    wire.call("MngBatchCalendarEvents", operations=operations)
    page = open_page(VIEW)
    overdue = page.get_by_role("region", name="Overdue")
    expect(overdue.get_by_role("heading")).to_have_text("Overdue 300")
    overdue.get_by_role("button", name="Show all 300").click()
    expect(overdue.locator(".work-row")).to_have_count(300)

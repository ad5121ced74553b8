"""A manager's events go to others on the page: previewed, done, undone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import OpenPage, Wire, iso_day, monday_at
from web.test_everyday import query, wait_until
from web.test_reach import serious_in_light_and_dark

Size = tuple[int, int]
WEEK = monday_at(0, weeks=32)


def at(day: int, hour: float, week: int) -> int:
    """Unix seconds, UTC, in a week of these tests."""
    return int(WEEK + (week * 7 + day) * 86_400 + hour * 3600)


def add_calls(wire: Wire, week: int) -> list[int]:
    """Three calls of manager 11, on three days of that week."""
    return [
        wire.add(
            title=f"Call of week {week}, {day}",
            owner_manager_id=11,
            created_by=11,
            start_time=at(day, 10, week),
            end_time=at(day, 11, week),
        )["id"]
        for day in range(3)
    ]


def open_handover(page: Page, week: int) -> Locator:
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Hand over").click()
    dialog = page.get_by_role("dialog", name="Hand over events")
    dialog.get_by_label("From").select_option("James O'Connor")
    dialog.get_by_label("First day").fill(iso_day(at(0, 0, week)))
    dialog.get_by_label("Last day").fill(iso_day(at(2, 0, week)))
    dialog.get_by_label("Also events of others").uncheck()
    return dialog


@pytest.mark.parametrize(
    ("manager_id", "count"), [(10, 1), (14, 1), (11, 0)], ids=["admin", "lead", "manager"]
)
def test_leads_and_administrators_alone_are_offered_a_handover(
    open_page: OpenPage, manager_id: int, count: int
) -> None:
    page = open_page(query("week", at(0, 0, 0)), manager_id=manager_id)
    page.get_by_role("button", name=re.compile("settings and more")).click()
    expect(page.get_by_role("menuitem", name="Trash")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Hand over")).to_have_count(count)


def owners(wire: Wire, ids: list[int]) -> list[int]:
    return [wire.get(one)["owner_manager_id"] for one in ids]


def test_events_of_a_period_are_previewed_handed_over_and_undone(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    week = 0 if size[0] > 500 else 1
    ids = add_calls(wire, week)
    busy = wire.add(
        title="Busy then",
        owner_manager_id=12,
        type=3,
        start_time=at(1, 10, week),
        end_time=at(1, 11, week),
    )
    page = open_page(query("agenda", at(0, 0, week)), size=size)
    dialog = open_handover(page, week)
    dialog.locator(".team-member", has_text="Zeynep Yılmaz").click()
    dialog.get_by_role("button", name="Preview").click()
    table = dialog.get_by_role("table")
    row = table.get_by_role("row", name=re.compile("Zeynep"))
    count = int(row.get_by_role("cell").first.inner_text())
    assert count >= 3
    assert int(row.get_by_role("cell").last.inner_text()) >= 1
    listed = dialog.get_by_role("list", name="Zeynep Yılmaz gets").get_by_role("listitem")
    expect(listed).to_have_count(count)
    expect(dialog.get_by_role("status").get_by_role("listitem")).to_have_count(0)
    for day in range(3):
        mine = listed.filter(has_text=f"Call of week {week}, {day}")
        expect(mine).to_have_count(1)
        if day == 1:
            expect(mine).to_contain_text("busy then")
    assert owners(wire, ids) == [11, 11, 11]
    assert serious_in_light_and_dark(page) == []
    dialog.get_by_role("button", name=re.compile("^Hand over")).click()
    expect(page.get_by_text(f"Handed over {count} events of James O'Connor")).to_be_visible()
    assert owners(wire, ids) == [12, 12, 12]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("Undone .handed over"))).to_be_visible()
    assert owners(wire, ids) == [11, 11, 11]
    wire.call("MngDeleteCalendarEvent", id=busy["id"])


def test_a_preview_that_is_out_of_date_is_shown_again(open_page: OpenPage, wire: Wire) -> None:
    ids = add_calls(wire, 2)
    page = open_page(query("week", at(0, 0, 2)))
    dialog = open_handover(page, 2)
    for name in ("Zeynep Yılmaz", "José Núñez"):
        dialog.locator(".team-member", has_text=name).click()
    expect(dialog.get_by_label("Each to the one who is free")).to_be_checked()
    dialog.get_by_role("button", name="Preview").click()
    run = dialog.get_by_role("button", name=re.compile("^Hand over"))
    before = run.inner_text()
    wire.call("MngDeleteCalendarEvent", id=ids[0])
    run.click()
    expect(run).not_to_have_text(before)
    assert owners(wire, ids[1:]) == [11, 11]
    run.click()
    expect(dialog).to_have_count(0)
    wait_until(lambda: 11 not in owners(wire, ids[1:]))


def test_a_choice_changed_after_the_preview_needs_another_one(
    open_page: OpenPage, wire: Wire
) -> None:
    add_calls(wire, 3)
    page = open_page(query("week", at(0, 0, 3)))
    dialog = open_handover(page, 3)
    expect(dialog.get_by_role("button", name="Preview")).to_be_disabled()
    dialog.locator(".team-member", has_text="Zeynep Yılmaz").click()
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("table")).to_be_visible()
    dialog.get_by_label("Last day").fill(iso_day(at(0, 0, 3) - 3 * 86_400))
    expect(dialog.get_by_role("table")).to_have_count(0)
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is not after from")


def test_a_double_click_on_preview_hands_nothing_over(open_page: OpenPage, wire: Wire) -> None:
    ids = add_calls(wire, 4)
    page = open_page(query("week", at(0, 0, 4)))
    dialog = open_handover(page, 4)
    dialog.locator(".team-member", has_text="Zeynep Yılmaz").click()
    dialog.get_by_role("button", name="Preview").click()
    run = dialog.get_by_role("button", name=re.compile("^Hand over"))
    run.dispatch_event("click", {"detail": 2})
    expect(dialog.get_by_text("Nothing has been changed yet")).to_be_visible()
    expect(run).to_be_enabled()
    assert owners(wire, ids) == [11, 11, 11]
    run.press("Enter")
    expect(dialog).to_have_count(0)
    wait_until(lambda: owners(wire, ids) == [12, 12, 12])

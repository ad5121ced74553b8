"""Deleted events on the page: found, restored, one or many, also after a reload."""

import re

from playwright.sync_api import Page, expect

from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import event_named, query
from web.test_reach import serious_in_light_and_dark

Size = tuple[int, int]
WEEK = monday_at(0, weeks=25)


def at(day: int, hour: float) -> int:
    """Unix seconds, UTC, in the week of these tests."""
    return int(WEEK + day * 86_400 + hour * 3600)


def open_trash(page: Page) -> None:
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Trash").click()


def deleted(wire: Wire, title: str, start: int) -> int:
    event = wire.add(title=title, start_time=start, end_time=start + 3600)
    wire.call("MngDeleteCalendarEvent", id=event["id"])
    return int(event["id"])


def test_a_deleted_event_is_found_in_the_trash_and_restored(
    open_page: OpenPage, wire: Wire, served: Served, size: Size
) -> None:
    other = Wire(served.tcp, served.token(12, desks="*"))
    title = f"Zażółć lost call {size[0]}"
    event_id = deleted(other, title, at(0, 9))
    other.close()
    page = open_page(query("agenda", WEEK), size=size)
    open_trash(page)
    dialog = page.get_by_role("dialog", name="Trash")
    dialog.get_by_role("searchbox").fill(f"zazolc LOST {size[0]}")
    row = dialog.get_by_role("listitem")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile("Deleted by Zeynep Yılmaz, .* · kept until"))
    assert serious_in_light_and_dark(page) == []
    row.get_by_role("button", name=f"Restore {title}").click()
    expect(row).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text(f"Restored “{title}”")).to_be_visible()
    expect(event_named(page, title)).to_be_visible()
    assert wire.get(event_id)["version"] == 2


def test_an_occurrence_is_said_to_come_back_as_a_single_event(
    open_page: OpenPage, wire: Wire
) -> None:
    first = wire.add(
        title="Of a weekly series",
        start_time=at(4, 9),
        end_time=at(4, 10),
        timezone="UTC",
        recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"},
    )
    wire.call("MngDeleteCalendarEvent", id=first["id"])
    page = open_page(query("agenda", WEEK))
    open_trash(page)
    row = page.get_by_role("dialog", name="Trash").get_by_role("listitem")
    row = row.filter(has_text="Of a weekly series")
    expect(row).to_contain_text("comes back as a single event")
    row.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored “Of a weekly series” as a single event")).to_be_visible()
    assert not wire.get(first["id"]).get("series_id")


def test_a_restore_is_undone_while_the_trash_is_open(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    title = f"Not yet back {size[0]}"
    event_id = deleted(wire, title, at(3, 9))
    page = open_page(query("agenda", WEEK), size=size)
    open_trash(page)
    dialog = page.get_by_role("dialog", name="Trash")
    dialog.get_by_role("searchbox").fill(title)
    dialog.get_by_role("button", name=f"Restore {title}").click()
    expect(page.get_by_text(f"Restored “{title}”")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"Deleted “{title}”")).to_be_visible()
    dialog.get_by_role("button", name=f"Restore {title}").click()
    expect(page.get_by_text(f"Restored “{title}”")).to_be_visible()
    assert wire.get(event_id)["version"] == 3
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text(f"Restored “{title}”")).to_be_visible()


def test_many_are_restored_at_once_and_deleted_again_by_undo(
    open_page: OpenPage, wire: Wire
) -> None:
    ids = [deleted(wire, f"Batch of lost {number}", at(1, 8 + number)) for number in range(3)]
    page = open_page(query("week", WEEK))
    open_trash(page)
    dialog = page.get_by_role("dialog", name="Trash")
    dialog.get_by_role("searchbox").fill("batch of lost")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    dialog.get_by_role("checkbox", name="All").check()
    dialog.get_by_role("button", name="Restore 3").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    for number in range(3):
        expect(event_named(page, f"Batch of lost {number}")).to_be_visible()
    assert {wire.get(one)["version"] for one in ids} == {2}
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Deleted 3 events")).to_be_visible()
    expect(event_named(page, "Batch of lost 0")).to_have_count(0)


def test_a_search_in_the_trash_goes_on_over_its_pages(open_page: OpenPage, wire: Wire) -> None:
    deleted(wire, "The oldest of them", at(2, 9))
    operations = [
        {"command": "MngAddCalendarEvent", "data": {"title": "Bulk", "start_time": at(2, 9)}}
        for _ in range(250)
    ]
    for one in operations:
        one["data"] |= {"end_time": at(2, 10)}  # type: ignore[operator]
    wire.call("MngBatchCalendarEvents", operations=operations)
    rows = wire.call(
        "MngGetCalendarEventsByFilter",
        **{"from": at(2, 9), "to": at(2, 10), "limit": 400, "offset": 0, "deskFilter": "*"},
    )["rows"]
    gone = [
        {"command": "MngDeleteCalendarEvent", "data": {"id": row["id"]}}
        for row in rows
        if row["title"] == "Bulk"
    ]
    wire.call("MngBatchCalendarEvents", operations=gone)
    page = open_page(query("agenda", WEEK))
    open_trash(page)
    dialog = page.get_by_role("dialog", name="Trash")
    expect(dialog.get_by_role("listitem")).to_have_count(200)
    dialog.get_by_role("searchbox").fill("oldest of them")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    expect(dialog.get_by_role("status").first).to_have_text("1 found")

"""Every change can be undone, by its toast and by Ctrl+Z; what stays as it is is named."""

from playwright.sync_api import Page, expect

from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import event_named, query, wait_until
from web.test_reach import serious_in_light_and_dark

Size = tuple[int, int]
WEEK = monday_at(0, weeks=24)


def at(day: int, hour: float) -> int:
    """Unix seconds, UTC, in the week of these tests."""
    return int(WEEK + day * 86_400 + hour * 3600)


def rename(page: Page, title: str) -> None:
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_changes_are_undone_and_done_again_in_turn_by_keys(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="As it was", start_time=at(0, 9), end_time=at(0, 10))
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    rename(page, "First change")
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_text("Completed: First change")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Deleted: First change")).to_be_visible()
    for text in ("deleted", "completed", "saved"):
        page.keyboard.press("Control+z")
        expect(page.get_by_text(f"Undone ({text}: First change)")).to_be_visible()
    back = wire.get(event["id"])
    assert (back["title"], back["status"]) == ("As it was", 0)
    for text in ("saved", "completed"):
        page.keyboard.press("Control+y")
        expect(page.get_by_text(f"Done again ({text}: First change)")).to_be_visible()
    again = wire.get(event["id"])
    assert (again["title"], again["status"]) == ("First change", 1)
    expect(event_named(page, "First change")).to_be_visible()


def test_a_new_event_and_an_answer_are_undone_by_their_toast(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    event = wire.add(
        title="Asked", start_time=at(1, 9), end_time=at(1, 10), participant_manager_ids=[11]
    )
    page = open_page(query("agenda", WEEK, f"&event={event['id']}"), size=size, manager_id=11)
    answers = page.get_by_role("group", name="Your answer")
    answers.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("You accepted: Asked")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone (you accepted: Asked)")).to_be_visible()
    statuses = {row["manager_id"]: row["status"] for row in wire.get(event["id"])["participants"]}
    assert statuses[11] == 0
    page.get_by_role("button", name="Close").last.click()
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill("Made by mistake")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text("Created: Made by mistake")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone (created: Made by mistake)")).to_be_visible()
    expect(event_named(page, "Made by mistake")).to_have_count(0)


def test_what_somebody_else_has_changed_since_stays_and_is_named(
    open_page: OpenPage, wire: Wire, served: Served
) -> None:
    event = wire.add(
        title="Of two people",
        desk="DESK_RETENTION",
        start_time=at(2, 9),
        end_time=at(2, 10),
        participant_manager_ids=[12],
    )
    page = open_page(query("week", WEEK, f"&event={event['id']}"))
    page.get_by_role("button", name="+1 h").click()
    expect(page.get_by_text("Moved: Of two people", exact=True)).to_be_visible()
    other = Wire(served.tcp, served.token(12))
    other.call("MngUpdateCalendarEvent", id=event["id"], start_time=at(2, 12), end_time=at(2, 13))
    other.close()
    expect(event_named(page, "Of two people")).to_contain_text("12:00")
    page.keyboard.press("Control+z")
    toast = page.get_by_text("Not undone: Zeynep Yılmaz has moved “Of two people” since")
    expect(toast).to_be_visible()
    assert wire.get(event["id"])["start_time"] == at(2, 12)
    page.get_by_role("button", name="Show", exact=True).click()
    dialog = page.get_by_role("dialog", name="Not undone")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    assert serious_in_light_and_dark(page) == []
    dialog.get_by_role("button", name="Of two people").click()
    expect(page.get_by_role("heading", name="Of two people")).to_be_visible()


def test_a_deletion_is_undone_with_the_same_id_and_history(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Wrong one", start_time=at(3, 9), end_time=at(3, 10))
    page = open_page(query("week", WEEK))
    event_named(page, "Wrong one").click(button="right")
    page.get_by_role("menuitem", name="Delete").click()
    expect(event_named(page, "Wrong one")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(event_named(page, "Wrong one")).to_be_visible()
    wait_until(lambda: wire.get(event["id"])["version"] == 2)

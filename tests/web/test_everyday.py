"""What a desk does all day, each at desktop and at phone width where both have it."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from web.gate import Gate, opened_at
from web.served import OpenPage, Served, Wire, iso_day, monday_at, now

Size = tuple[int, int]


def event_named(page: Page, title: str) -> Locator:
    """The button of an event, in whatever view."""
    return page.get_by_role("button", name=re.compile(r"(^|\s)" + re.escape(title) + r"\s?,"))


def query(view: str, seconds: int, rest: str = "") -> str:
    return f"?view={view}&day={iso_day(seconds)}{rest}"


def test_signing_in_with_a_token_shows_the_demo_week(
    open_page: OpenPage, served: Served, size: Size
) -> None:
    page = open_page(size=size, signed_in=False)
    page.get_by_label("Token").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("no token")
    page.get_by_label("Token").fill(served.token())
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".rbc-event, .row").first).to_be_visible()


def test_the_token_leaves_the_address_and_survives_a_reload(open_page: OpenPage) -> None:
    page = open_page("?view=week")
    assert "token" not in page.url
    page.reload()
    expect(page.get_by_role("button", name="Today")).to_be_visible()


def test_an_expired_token_is_reported_and_leads_to_the_sign_in(open_page: OpenPage) -> None:
    page = open_page(exp=now() - 5)
    expect(page.get_by_text("Your session is over")).to_be_visible()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in to Deskcal")).to_be_visible()


def test_selecting_a_slot_creates_an_event_there(open_page: OpenPage, wire: Wire) -> None:
    page = open_page(query("week", monday_at(10, weeks=5)))
    column = page.locator(".rbc-day-slot").nth(1)
    column.scroll_into_view_if_needed()
    box = column.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    top = box["y"] + box["height"] * 9 / 24
    page.mouse.move(x, top + 3)
    page.mouse.down()
    page.mouse.move(x, top + box["height"] / 24 - 4, steps=6)
    page.mouse.up()
    page.get_by_label("Title", exact=True).fill("Slot made")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(event_named(page, "Slot made")).to_be_visible()
    start = monday_at(0, weeks=5) + 86_400 + 9 * 3600
    rows = wire.call(
        "MngGetCalendarEventsByFilter",
        **{"from": start, "to": start + 60, "limit": 50, "offset": 0, "deskFilter": "*"},
    )["rows"]
    made = next(row for row in rows if row["title"] == "Slot made")
    assert (made["start_time"], made["end_time"]) == (start, start + 3600)


@pytest.mark.parametrize("is_quick", [True, False], ids=["box", "form"])
def test_enter_twice_creates_one_event(open_page: OpenPage, served: Served, is_quick: bool) -> None:
    gate = Gate("MngAddCalendarEvent")
    start = monday_at(10, weeks=21 + is_quick)
    page = opened_at(gate, open_page, served, query("week", start))
    expect(page.locator(".rbc-time-view")).to_be_visible()
    if is_quick:
        page.locator(".rbc-day-slot").nth(1).click(position={"x": 20, "y": 500})
    else:
        page.keyboard.press("n")
    title = page.get_by_label("Title", exact=True)
    title.fill("Zeta")
    title.press("Enter")
    title.press("Enter")
    expect(page.get_by_role("button", name="Create", exact=True)).to_be_disabled()
    wait_until(lambda: gate.holds(page))
    assert len(gate.held) == 1
    gate.open()
    expect(event_named(page, "Zeta")).to_be_visible()


def test_a_new_event_needs_a_title_and_can_be_written_in_full(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    page = open_page(query("agenda", now()), size=size)
    page.get_by_role("button", name="New event").last.click()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="title")).to_be_visible()
    page.get_by_label("Title", exact=True).fill("In full")
    page.get_by_role("combobox", name="Type").select_option("Call")
    page.get_by_role("combobox", name="Reminder").select_option("1 hour before")
    page.get_by_label("Customer", exact=True).fill("40201")
    page.get_by_role("combobox", name="Add a participant").fill("zeyn")
    page.get_by_role("option", name="Zeynep").click()
    page.get_by_role("textbox", name="Notes").click()
    page.keyboard.type("First line")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("strong")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="In full")).to_be_visible()
    found = re.search(r"event=(\d+)", page.url)
    assert found is not None
    made = wire.get(int(found[1]))
    assert (made["type"], made["remind_before_sec"], made["customer_id"]) == (2, 3600, 40201)
    assert [row["manager_id"] for row in made["participants"]] == [10, 12]
    assert made["ast_json"] == {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "First line"}]},
            {
                "type": "paragraph",
                "content": [{"type": "text", "marks": [{"type": "bold"}], "text": "strong"}],
            },
        ],
    }


def test_an_edit_in_the_panel_is_saved_and_undone(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    event = wire.add(title="Before the edit", start_time=monday_at(9, 6))
    page = open_page(query("agenda", monday_at(9, 6), f"&event={event['id']}"), size=size)
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Title", exact=True).fill("After the edit")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="After the edit")).to_be_visible()
    assert wire.get(event["id"])["title"] == "After the edit"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Before the edit")).to_be_visible()


def drag(page: Page, what: Locator, dx: float, dy: float) -> None:
    box = what.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + min(12, box["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=5)
    page.mouse.move(x + dx, y + dy, steps=5)
    page.mouse.up()


def test_dragging_moves_an_event_and_undo_brings_it_back(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="To be dragged", start_time=monday_at(10, 7))
    page = open_page(query("week", monday_at(9, 7)))
    shown = event_named(page, "To be dragged")
    expect(shown).to_be_visible()
    column = page.locator(".rbc-day-slot").first.bounding_box()
    assert column is not None
    drag(page, shown, column["width"], column["height"] / 24 * 2)
    expect(page.get_by_text("Moved: To be dragged", exact=True)).to_be_visible()
    moved = wire.get(event["id"])
    assert moved["start_time"] == event["start_time"] + 86_400 + 2 * 3600
    assert moved["end_time"] - moved["start_time"] == 3600
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("^Undone"))).to_be_visible()
    assert wire.get(event["id"])["start_time"] == event["start_time"]


def test_dragging_the_edge_changes_the_end(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="To be stretched", start_time=monday_at(10, 8))
    page = open_page(query("week", monday_at(9, 8)))
    shown = event_named(page, "To be stretched")
    shown.hover()
    edge = shown.locator(".rbc-addons-dnd-resize-ns-anchor").last
    column = page.locator(".rbc-day-slot").first.bounding_box()
    assert column is not None
    drag(page, edge, 0, column["height"] / 24 * 1.2)
    expect(page.get_by_text("Moved: To be stretched", exact=True)).to_be_visible()
    assert wire.get(event["id"])["end_time"] == event["end_time"] + 3600


def test_dragging_in_the_month_keeps_the_time_of_day(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Month drag", start_time=monday_at(10, 9))
    page = open_page(query("month", monday_at(9, 9)))
    cell = page.locator(".rbc-day-bg").first.bounding_box()
    assert cell is not None
    drag(page, event_named(page, "Month drag"), cell["width"] * 2, 0)
    expect(page.get_by_text("Moved: Month drag", exact=True)).to_be_visible()
    assert wire.get(event["id"])["start_time"] == event["start_time"] + 2 * 86_400


def test_an_invitation_is_answered_with_one_click(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    event = wire.add(title="Please come", participant_manager_ids=[11], desk="DESK_RETENTION")
    page = open_page(f"?view=agenda&event={event['id']}", size=size, manager_id=11)
    answers = page.get_by_role("group", name="Your answer")
    answers.get_by_role("button", name="Yes").click()
    expect(answers.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    statuses = {row["manager_id"]: row["status"] for row in wire.get(event["id"])["participants"]}
    assert statuses == {10: 1, 11: 1}


def test_complete_cancel_and_archive_can_be_undone(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    event = wire.add(title="Many states")
    page = open_page(f"?view=agenda&status=&event={event['id']}", size=size)
    for button, status, text in (
        ("Complete", 1, "Completed"),
        ("Cancel event", 2, "Cancelled"),
        ("Archive", 3, "Archived"),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text(f"{text}: Many states")).to_be_visible()
        assert wire.get(event["id"])["status"] == status
        page.get_by_role("button", name="Undo").last.click()
        expect(page.get_by_role("button", name="Complete", exact=True)).to_be_visible()
        wait_until(lambda: wire.get(event["id"])["status"] == 0)


def wait_until(condition: object, seconds: float = 30) -> None:
    """Looks again and again; for what a browser does without showing it.

    In place of `page.wait_for_function`, whose second look the Content Security Policy refuses.
    """
    until = time.monotonic() + seconds
    assert callable(condition)
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_deleted_event_comes_back_with_undo(open_page: OpenPage, wire: Wire, size: Size) -> None:
    title = f"Gone and back, {size[0]}"
    event = wire.add(title=title, participant_manager_ids=[11, 12], start_time=monday_at(9, 10))
    page = open_page(query("agenda", monday_at(0, 10), f"&event={event['id']}"), size=size)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(event_named(page, title)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(event_named(page, title)).to_be_visible()
    event_named(page, title).click()
    found = re.search(r"event=(\d+)", page.url)
    assert found is not None
    back = wire.get(int(found[1]))
    assert back["id"] == event["id"]
    assert [row["manager_id"] for row in back["participants"]] == [10, 11, 12]


def test_the_desk_meeting_is_in_the_calendar_of_each_of_the_desk(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    page = open_page(query("agenda", monday_at(9, 2)), size=size)
    if size[0] < 1100:
        page.get_by_role("button", name="Calendars and filters").click()
    page.get_by_role("button", name="Desk meeting").click()
    dialog = page.get_by_role("dialog", name="Desk meeting")
    dialog.get_by_role("combobox", name="Desk").select_option("EU sales")
    dialog.get_by_text("Søren").click()
    dialog.get_by_label("Title").fill("All of EU sales")
    dialog.get_by_label(re.compile("^Time")).fill("11:30")
    dialog.get_by_label("Google Meet link").fill("https://meet.google.com/abc-defg-hij")
    dialog.get_by_role("button", name="Invite 3 managers").click()
    expect(page.get_by_role("heading", name="All of EU sales")).to_be_visible()
    expect(page.get_by_role("link", name="Join", exact=True)).to_have_attribute(
        "href", "https://meet.google.com/abc-defg-hij"
    )
    found = re.search(r"event=(\d+)", page.url)
    assert found is not None
    made = wire.get(int(found[1]))
    assert {row["manager_id"] for row in made["participants"]} == {10, 14, 15, 17}
    assert made["desk"] == "DESK_EU_SALES"
    for manager_id in (14, 15, 17):
        rows = wire.call(
            "MngGetCalendarEventsByFilter",
            **{"from": made["start_time"], "to": made["end_time"], "limit": 50, "offset": 0},
            deskFilter="*",
            manager_id=manager_id,
        )["rows"]
        assert made["id"] in [row["id"] for row in rows]


def test_a_day_of_the_month_is_in_order_of_time(open_page: OpenPage, wire: Wire) -> None:
    """Shown are the earliest; the pop-up has all, in the same order."""
    day = monday_at(0, weeks=9)
    hours = {
        "Long": (17, 2),
        "Early": (9, 0.25),
        "Late": (18, 1),
        "Noon": (12, 0.5),
        "Ten": (10, 3),
        "Last": (19, 1),
    }
    for title, (hour, length) in hours.items():
        times = {
            "start_time": int(day + hour * 3600),
            "end_time": int(day + (hour + length) * 3600),
        }
        wire.add(title=f"Order {title}", desk="DESK_ORDER", **times)
    wire.add(
        title="Order Trip",
        desk="DESK_ORDER",
        start_time=day,
        end_time=day + 3 * 86_400,
        all_day=1,
        timezone="UTC",
    )
    page = open_page(query("month", day, "&desk=DESK_ORDER&zone=Asia%2FNicosia"))
    wanted = ["Trip", "Early", "Ten", "Noon", "Long", "Late", "Last"]
    expect(page.locator(".more")).to_have_count(1)
    shown = [one.split()[1] for one in page.locator(".rbc-event .ev-title").all_inner_texts()]
    assert 1 < len(shown) < len(wanted)
    assert shown == wanted[: len(shown)]
    column = page.locator(".rbc-day-bg").first.bounding_box()
    trip = event_named(page, "Order Trip").bounding_box()
    assert column is not None and trip is not None
    assert round(trip["width"] / column["width"]) == 3
    page.locator(".more").click()
    rows = page.get_by_role("dialog").get_by_role("listitem")
    expect(rows).to_have_count(len(wanted))
    for row, name in zip(rows.all(), wanted, strict=True):
        expect(row).to_contain_text(f"Order {name}")
    assert page.get_by_role("complementary", name="New event", include_hidden=True).count() == 0


def test_the_card_of_an_event_goes_when_a_form_opens(open_page: OpenPage, wire: Wire) -> None:
    """It would cover the form."""
    start = monday_at(10, weeks=40)
    edited = wire.add(title="To be edited", start_time=start)
    wire.add(title="To be read", start_time=start + 4 * 86_400)
    page = open_page(query("week", start, f"&event={edited['id']}"))
    card = page.get_by_role("group", name="Event", exact=True)
    event_named(page, "To be read").hover()
    expect(card).to_contain_text("To be read")
    page.keyboard.press("e")
    expect(page.get_by_label("Title", exact=True)).to_have_value("To be edited")
    expect(card).to_have_count(0)

"""Who is busy, and free times to pick from: the desk meeting and the form of an event."""

import re

from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from web.served import DESKTOP, OpenPage, Served, Wire, iso_day, monday_at
from web.test_reach import serious_in_light_and_dark

Size = tuple[int, int]
HALF, HOUR, DAY = 1800, 3600, 86_400


def desk_meeting(page: Page, size: Size) -> Locator:
    """The dialog, with the desk EU sales chosen: managers 14 to 17, and 10 who invites."""
    if size[0] < 1100:
        page.get_by_role("button", name="Calendars and filters").click()
    page.get_by_role("button", name="Desk meeting").click()
    dialog = page.get_by_role("dialog", name="Desk meeting")
    dialog.get_by_role("combobox", name="Desk").select_option("EU sales")
    return dialog


def test_a_desk_meeting_is_put_where_all_are_free(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    monday = monday_at(0, weeks=12 if size[0] > 1100 else 16)
    wire.add(title="Mine", start_time=monday + 9 * HOUR, end_time=monday + 9 * HOUR + HALF)
    own = wire.add(
        title="Hers",
        owner_manager_id=15,
        start_time=monday + 9 * HOUR + HALF,
        end_time=monday + 10 * HOUR,
    )
    page = open_page(f"?day={iso_day(monday)}&view=agenda", size=size)
    dialog = desk_meeting(page, size)
    free = dialog.get_by_role("region", name="Free times")
    times = free.get_by_role("group").first.get_by_role("button")
    expect(times.first).to_have_text("10:00")
    expect(dialog.get_by_role("status").first).to_have_text("All 5 are free then")

    dialog.get_by_label("Time", exact=True).fill("09:30")
    expect(dialog.get_by_role("status").first).to_have_text("Amélie Fournier is busy then")
    expect(dialog.get_by_role("checkbox", name=re.compile("Amélie Fournier *Busy"))).to_be_checked()
    assert "Hers" not in dialog.inner_text()

    times.filter(has_text="10:30").click()
    expect(dialog.get_by_label("Time", exact=True)).to_have_value("10:30")
    expect(times.filter(has_text="10:30")).to_have_attribute("aria-pressed", "true")
    dialog.get_by_role("button", name="Invite 4 managers").click()
    expect(page.get_by_role("heading", name="EU sales meeting")).to_be_visible()
    found = re.search(r"event=(\d+)", page.url)
    assert found is not None
    made = wire.get(int(found[1]))
    assert made["start_time"] == monday + 10 * HOUR + HALF
    wire.call("MngDeleteCalendarEvent", id=own["id"])


def test_times_that_are_asked_for_again_can_still_be_read(
    open_page: OpenPage, served: Served, size: Size
) -> None:
    """They stand there until the next ones are known, which the server does not tell here."""
    is_held = False

    def between(ours: WebSocketRoute) -> None:
        theirs = ours.connect_to_server()

        def forward(message: str | bytes) -> None:
            if not (is_held and "MngFindCalendarSlots" in str(message)):
                theirs.send(message)

        ours.on_message(forward)

    page = open_page(size=size, signed_in=False)
    page.route_web_socket("**", between)
    page.goto(served.address(f"?day={iso_day(monday_at(0, weeks=20))}&view=agenda"))
    dialog = desk_meeting(page, size)
    times = dialog.locator(".free-days[aria-busy=false] button")
    expect(times.first).to_be_visible()
    is_held = True
    dialog.get_by_label("Length").select_option("1 hour")
    expect(times).to_have_count(0)
    expect(dialog.locator(".free-days[aria-busy=true] button").first).to_be_visible()
    assert serious_in_light_and_dark(page) == []


def test_where_never_all_are_free_it_says_who_is_not(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    monday = monday_at(0, weeks=20 if size[0] > 1100 else 24)
    wire.add(title="Leave", owner_manager_id=17, start_time=monday, end_time=monday + 15 * DAY)
    page = open_page(f"?day={iso_day(monday)}&view=agenda", size=size)
    dialog = desk_meeting(page, size)
    free = dialog.get_by_role("region", name="Free times")
    expect(free.get_by_text("There is no time at which all are free")).to_be_visible()
    expect(free.get_by_role("group", name="Marta Kowalczyk busy")).to_be_visible()

    dialog.locator("label").filter(has_text="Marta Kowalczyk").click()
    expect(free.get_by_text("There is no time at which all are free")).to_be_hidden()
    free.get_by_role("button", name="Working hours").click()
    free.get_by_label("Working hours begin").fill("20:00")
    expect(free.get_by_text("end before they begin")).to_be_visible()
    free.get_by_label("Working hours end").fill("00:00")
    expect(free.get_by_role("group").nth(1).get_by_role("button").first).to_have_text("20:00")
    free.get_by_role("button", name="Mon", exact=True).click()
    tuesday = free.get_by_role("group", name=re.compile("^Tue"))
    expect(tuesday.get_by_role("button", name="20:00")).to_be_visible()
    expect(free.get_by_role("group", name=re.compile("^Mon"))).to_have_count(0)


def test_the_form_shows_who_is_busy_at_that_time(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    noon = monday_at(12, weeks=28 if size[0] > 1100 else 30)
    event = wire.add(
        title="Review", start_time=noon, end_time=noon + HOUR, participant_manager_ids=[10, 11]
    )
    for manager_id, start in ((12, noon), (11, noon + HOUR)):
        wire.add(
            title="Other", owner_manager_id=manager_id, start_time=start, end_time=start + HALF
        )
    page = open_page(f"?day={iso_day(noon)}&view=agenda&event={event['id']}", size=size)
    panel = page.get_by_role("complementary", name="Event")
    panel.get_by_role("button", name="Edit").click()
    participants = panel.get_by_role("group", name="Participants").get_by_role("list").first
    panel.get_by_role("combobox", name="Add a participant").fill("Zeynep")
    page.keyboard.press("Enter")
    zeynep = participants.get_by_role("listitem").filter(has_text="Zeynep")
    expect(zeynep).to_contain_text("Busy 12:00–12:30")
    expect(participants.get_by_text("Busy")).to_have_count(1)

    panel.get_by_label("Start time").fill("12:15")
    james = participants.get_by_role("listitem").filter(has_text="James")
    expect(james).to_contain_text("Busy 13:00–13:15")
    expect(zeynep).to_contain_text("Busy 12:15–12:30")
    expect(participants.get_by_text("Busy")).to_have_count(2)


def test_an_edited_meeting_is_moved_to_a_free_time(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    monday = monday_at(0, weeks=32 if size[0] > 1100 else 34)
    nine, ten = monday + 9 * HOUR, monday + 10 * HOUR
    event = wire.add(
        title="Plan", start_time=nine, end_time=nine + HOUR, participant_manager_ids=[10, 11]
    )
    wire.add(title="Other", owner_manager_id=11, start_time=ten, end_time=ten + HALF)
    page = open_page(f"?day={iso_day(monday)}&view=agenda&event={event['id']}", size=size)
    panel = page.get_by_role("complementary", name="Event")
    panel.get_by_role("button", name="Edit").click()
    panel.get_by_role("button", name="Find a free time").click()
    free = panel.get_by_role("region", name="Free times")
    times = free.get_by_role("group").first.get_by_role("button")
    # Its own hour is free; from 09:30 on James is busy until 10:30.
    expect(times).to_have_text(
        ["09:00", "10:30", "11:00", "11:30", "12:00", "12:30", "13:00", "13:30"]
    )
    expect(times.first).to_have_attribute("aria-pressed", "true")
    expect(panel.get_by_role("group", name="Participants")).not_to_contain_text("Busy")

    times.filter(has_text="10:30").click()
    expect(panel.get_by_label("Start time")).to_have_value("10:30")
    expect(panel.get_by_label("End time")).to_have_value("11:30")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("button", name="Edit")).to_be_visible()
    moved = wire.get(event["id"])
    assert (moved["start_time"], moved["end_time"]) == (ten + HALF, ten + HALF + HOUR)


def test_free_times_come_back_with_the_connection(open_page: OpenPage, served: Served) -> None:
    page = open_page(f"?day={iso_day(monday_at(0, weeks=40))}&view=agenda")
    dialog = desk_meeting(page, DESKTOP)
    free = dialog.get_by_role("region", name="Free times")
    nine = free.get_by_role("button", name="09:00", exact=True)
    expect(nine.first).to_be_visible()
    served.stop()
    dialog.get_by_label("Length").select_option("1 hour")
    expect(free.get_by_text("Free times are not known now")).to_be_visible()
    expect(nine).to_have_count(0)
    served.start()
    expect(nine.first).to_be_visible()

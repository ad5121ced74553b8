"""With `outcome_required_types`: what completes an event opens the choice of its outcome."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import OpenPage, Served, Wire, monday_at, now
from web.test_everyday import event_named, query, wait_until

START = monday_at(10, weeks=9)
CALL, MEETING, FOLLOW_UP, DEADLINE = 2, 3, 4, 5


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("outcomes") / "data"
    running = Served(data, DESKCAL_OUTCOME_REQUIRED_TYPES=f"{CALL}, {FOLLOW_UP}, {DEADLINE}")
    yield running
    running.stop()


@pytest.mark.parametrize("way", ["key", "circle", "menu"])
@pytest.mark.parametrize("kind", [CALL, FOLLOW_UP])
def test_completing_a_call_opens_the_choice_of_its_outcome(
    open_page: OpenPage, wire: Wire, way: str, kind: int
) -> None:
    event = wire.add(title="To finish", type=kind, start_time=START)
    page = open_page(query("agenda", START, f"&event={event['id']}" if way == "key" else ""))
    row = event_named(page, "To finish")
    expect(row).to_be_visible()
    if way == "key":
        expect(page.get_by_role("heading", name="To finish")).to_be_visible()
        page.keyboard.press("c")
    elif way == "circle":
        page.get_by_role("button", name="Complete: To finish").click()
    else:
        row.click(button="right")
        page.get_by_role("menuitem", name="Complete").click()
    expect(page.get_by_text("Choose an outcome to complete “To finish”")).to_be_visible()
    outcomes = page.get_by_role("group", name="Outcome").get_by_role("button")
    expect(outcomes.first).to_be_visible()
    assert wire.get(event["id"])["status"] == 0
    page.keyboard.press("1")
    expect(outcomes.first).to_have_attribute("aria-pressed", "true")
    page.get_by_role("region", name="Call").get_by_role("button", name="Done").click()
    wait_until(lambda: wire.get(event["id"])["status"] == 1)
    assert wire.get(event["id"])["outcome"]
    wire.call("MngDeleteCalendarEvent", id=event["id"])


@pytest.mark.parametrize("kind", [MEETING, DEADLINE], ids=["not required", "no outcome applies"])
def test_without_an_outcome_to_choose_an_event_is_completed_at_once(
    open_page: OpenPage, wire: Wire, kind: int
) -> None:
    """The demo desk has outcomes for calls and follow-ups alone."""
    event = wire.add(title=f"Met {kind}", type=kind, start_time=START)
    page = open_page(query("agenda", START))
    page.get_by_role("button", name=f"Complete: Met {kind}").click()
    wait_until(lambda: wire.get(event["id"])["status"] == 1)


@pytest.mark.parametrize("is_in_dialog", [False, True], ids=["card", "dialog"])
def test_a_reminder_stays_until_its_call_is_done(
    open_page: OpenPage, wire: Wire, is_in_dialog: bool
) -> None:
    title = f"Ring, {is_in_dialog}"
    event = wire.add(title=title, type=CALL, start_time=now() + 900, remind_time=now() - 1)
    page = open_page(query("week", START))
    card = page.locator(".reminder", has_text=title)
    expect(card.first).to_be_visible()
    place: Page | Locator = page
    if is_in_dialog:
        page.get_by_role("button", name=re.compile("^Reminders")).click()
        place = page.get_by_role("dialog", name="Reminders")
    place.get_by_role("button", name=f"Complete {title}").click()
    call = page.get_by_role("region", name="Call")
    expect(call).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card).to_have_count(1)
    assert unread(wire, event["id"])
    call.get_by_role("group", name="Outcome").get_by_role("button").first.click()
    call.get_by_role("button", name="Done").click()
    expect(card).to_have_count(0)
    wait_until(lambda: not unread(wire, event["id"]))
    assert wire.get(event["id"])["status"] == 1


def unread(wire: Wire, event_id: int) -> bool:
    reminders = wire.call("MngGetCalendarReminders", state="unread")["reminders"]
    return any(one["event"]["id"] == event_id for one in reminders)

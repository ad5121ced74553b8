"""With `outcome_required_types`: what completes an event opens the choice of its outcome."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import event_named, query, wait_until

START = monday_at(10, weeks=9)
CALL, MEETING, FOLLOW_UP = 2, 3, 4


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("outcomes") / "data"
    running = Served(data, DESKCAL_OUTCOME_REQUIRED_TYPES=f"{CALL}, {FOLLOW_UP}")
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


def test_a_meeting_is_completed_at_once(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Met", type=MEETING, start_time=START)
    page = open_page(query("agenda", START))
    page.get_by_role("button", name="Complete: Met").click()
    wait_until(lambda: wire.get(event["id"])["status"] == 1)

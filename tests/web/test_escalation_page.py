"""A reminder that nobody reads reaches the lead of the desk, in "The desk". Issue 15."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from web.served import OpenPage, Served, Wire, now


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on which reminders escalate after a second."""
    data = tmp_path_factory.mktemp("escalating") / "data"
    running = Served(data, DESKCAL_ESCALATE_AFTER_SEC="1")
    yield running
    running.stop()


def test_what_escalates_is_shown_to_the_lead_and_opens_in_the_panel(
    open_page: OpenPage, wire: Wire
) -> None:
    page = open_page("?view=desk&desk=DESK_RETENTION")
    expect(page.locator(".desk-columns .rbc-event").first).to_be_visible()
    soon = now() + 1
    wire.add(
        title="Nobody reads this",
        desk="DESK_RETENTION",
        owner_manager_id=12,
        start_time=soon,
        end_time=soon + 3600,
        remind_time=soon,
    )
    escalated = page.get_by_role("region", name="Escalated")
    escalated.locator(".side-row", has_text="Nobody reads this").click()
    expect(page.get_by_role("heading", name="Nobody reads this")).to_be_visible()

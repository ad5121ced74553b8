"""With `others_may_change` off: the page does not offer what the server refuses, and says why."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import event_named, query

WEEK = monday_at(0, weeks=9)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served(tmp_path_factory.mktemp("rights") / "data", DESKCAL_OTHERS_MAY_CHANGE="false")
    yield running
    running.stop()


@pytest.mark.parametrize(("manager_id", "is_own"), [(11, False), (10, True)])
def test_others_events_offer_no_change_and_say_why(
    open_page: OpenPage, wire: Wire, manager_id: int, is_own: bool
) -> None:
    event = wire.add(title="Of Eleni", start_time=WEEK + 36_000, type=1, **own_desk(wire))
    page = open_page(query("week", WEEK, f"&event={event['id']}"), manager_id=manager_id)
    panel = page.get_by_role("complementary", name="Event")
    expect(panel.get_by_role("heading", name="Of Eleni")).to_be_visible()
    reason = panel.get_by_text("who owns it, and admins may change this event")
    expect(reason).to_have_count(0 if is_own else 1)
    for name in ("Edit", "Archive", "Delete"):
        button = panel.get_by_role("button", name=name, exact=True)
        assert button.is_enabled() == is_own
    for name in ("Complete", "Cancel event", "+1 h"):
        expect(panel.get_by_role("button", name=name, exact=True)).to_have_count(int(is_own))
    expect(panel.get_by_role("button", name="Duplicate")).to_be_enabled()
    panel.get_by_role("button", name="Close").click()
    event_named(page, "Of Eleni").click(button="right")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="Copy link")).to_be_visible()
    expect(menu.get_by_role("menuitem", name="Delete")).to_have_count(int(is_own))
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    circle = page.get_by_role("button", name="Complete: Of Eleni")
    expect(circle).to_be_visible()
    assert circle.is_enabled() == is_own
    wire.call("MngDeleteCalendarEvent", id=event["id"])


def own_desk(wire: Wire) -> dict[str, str]:
    """The desk of manager 11, as the directory has it."""
    managers = wire.call("MngGetCalendarDirectory", deskFilter="*")["managers"]
    one = next(manager for manager in managers if manager["id"] == 11)
    return {"desk": one["desks"], "brand": one["brand"]}

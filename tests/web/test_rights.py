"""With `others_may_change` off: the page does not offer what the server refuses, and says why."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import drag, event_named, query

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


@pytest.mark.parametrize("view", ["week", "desk"])
@pytest.mark.parametrize(("manager_id", "is_own"), [(11, False), (10, True)])
def test_others_events_stay_where_they_are_when_they_are_dragged(
    open_page: OpenPage, wire: Wire, view: str, manager_id: int, is_own: bool
) -> None:
    desk = own_desk(wire)
    event = wire.add(title="Held", start_time=WEEK + 36_000, **desk)
    page = open_page(query(view, WEEK, f"&desk={desk['desk']}"), manager_id=manager_id)
    block = page.locator(".rbc-event", has_text="Held")
    expect(block).to_be_visible()
    column = page.locator(".rbc-day-slot").first.bounding_box()
    assert column is not None
    expect(block.locator(".rbc-addons-dnd-resize-ns-anchor")).to_have_count(2 * int(is_own))
    drag(page, block, 0, column["height"] / 24 * 2)
    if is_own:
        expect(page.get_by_text("Moved: Held", exact=True)).to_be_visible()
    else:
        expect(page.locator(".rbc-addons-dnd-drag-preview")).to_have_count(0)
        expect(page.get_by_text("may change this event")).to_have_count(0)
    moved_sec = wire.get(event["id"])["start_time"] - event["start_time"]
    assert moved_sec == (7200 if is_own else 0)
    wire.call("MngDeleteCalendarEvent", id=event["id"])


def own_desk(wire: Wire) -> dict[str, str]:
    """The desk of manager 11, as the directory has it."""
    managers = wire.call("MngGetCalendarDirectory", deskFilter="*")["managers"]
    one = next(manager for manager in managers if manager["id"] == 11)
    return {"desk": one["desks"], "brand": one["brand"]}

"""Reminders whose time went by while nobody was connected: listed behind the bell."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import DESKTOP, OpenPage, Served, Wire, now
from web.test_everyday import wait_until
from web.test_reach import serious_in_light_and_dark

Size = tuple[int, int]
GRACE_SEC = 1


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on which a reminder waits a second for its manager."""
    data = tmp_path_factory.mktemp("missing") / "data"
    running = Served(data, DESKCAL_REMINDER_GRACE_SEC=str(GRACE_SEC))
    yield running
    running.stop()


def add_missed(wire: Wire, served: Served, owner: int, titles: list[str]) -> None:
    """Events of `owner`, who connects only once their reminders have waited too long."""
    ids = [
        wire.add(
            title=title, owner_manager_id=owner, start_time=now() + 7200, remind_time=now() - 5
        )["id"]
        for title in titles
    ]
    wait_until(lambda: all(0 < sent_time(wire, one) < now() - GRACE_SEC for one in ids))
    with closing(Wire(served.tcp, served.token(owner))) as receiver:
        wait_until(lambda: missed_ids(receiver).issuperset(ids))


def sent_time(wire: Wire, event_id: int) -> int:
    found: int = wire.get(event_id)["reminder_sent_time"]
    return found


def missed_ids(wire: Wire) -> set[int]:
    found = wire.call("MngGetCalendarReminders", state="missed")["reminders"]
    return {one["event"]["id"] for one in found}


def open_bell(page: Page) -> Locator:
    page.locator(".bell").click()
    return page.get_by_role("dialog", name="Reminders")


def test_missed_reminders_are_listed_and_one_dismissed_stays_away(
    open_page: OpenPage, wire: Wire, served: Served, size: Size
) -> None:
    dismissed, kept = (f"{name} at {size[0]}" for name in ("Dismissed", "Kept"))
    owner = 11 if size == DESKTOP else 12
    add_missed(wire, served, owner, [dismissed, kept])
    page = open_page("?view=agenda", size=size, manager_id=owner)
    expect(page.locator(".bell")).to_have_accessible_name("Reminders: 2 waiting")
    expect(page.locator(".reminders .reminder")).to_have_count(0)
    dialog = open_bell(page)
    expect(dialog.get_by_role("heading", name="Missed")).to_be_visible()
    assert serious_in_light_and_dark(page) == []
    dialog.get_by_role("button", name=f"Dismiss {dismissed}").click()
    expect(dialog.get_by_role("article")).to_have_count(1)
    page.reload()
    expect(page.locator(".bell")).to_have_accessible_name("Reminders: 1 waiting")
    dialog = open_bell(page)
    dialog.get_by_role("button", name=kept, exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", name=kept)).to_be_visible()
    page.locator(".panel").get_by_role("button", name="Close", exact=True).click()
    open_bell(page).get_by_role("button", name=f"Complete {kept}").click()
    expect(page.locator(".bell")).to_have_accessible_name("Reminders")
    page.reload()
    page.wait_for_selector(".loader[data-on=false]", state="attached")
    expect(open_bell(page).get_by_text("No reminder is waiting")).to_be_visible()


def test_a_missed_reminder_that_is_snoozed_comes_back_in_this_tab_only(
    open_page: OpenPage, wire: Wire, served: Served
) -> None:
    """The server snoozes no missed one. Source: docs/live.md."""
    add_missed(wire, served, 13, ["Snoozed"])
    page = open_page("?view=agenda", manager_id=13)
    bell = page.locator(".bell")
    card = page.locator(".reminders .reminder")
    snooze_missed(page, "Snoozed")
    expect(bell).to_have_accessible_name("Reminders")
    page.reload()
    expect(bell).to_have_accessible_name("Reminders: 1 waiting")
    expect(card).to_have_count(0)
    page.clock.install()
    snooze_missed(page, "Snoozed")
    expect(bell).to_have_accessible_name("Reminders")
    page.clock.fast_forward(301_000)
    expect(card).to_contain_text("Snoozed")
    page.reload()
    expect(card).to_contain_text("Snoozed")
    expect(bell).to_have_accessible_name("Reminders: 1 waiting")


def test_a_missed_reminder_that_is_dismissed_leaves_other_tabs_of_the_browser(
    open_page: OpenPage, wire: Wire, served: Served
) -> None:
    add_missed(wire, served, 14, ["In both tabs"])
    page = open_page("?view=agenda", manager_id=14)
    other = page.context.new_page()
    other.goto(served.address("?view=agenda", manager_id=14))
    for one in (page, other):
        expect(one.locator(".bell")).to_have_accessible_name("Reminders: 1 waiting")
    open_bell(page).get_by_role("button", name="Dismiss In both tabs").click()
    expect(other.locator(".bell")).to_have_accessible_name("Reminders")


def snooze_missed(page: Page, title: str) -> None:
    dialog = open_bell(page)
    snooze = dialog.get_by_label(f"Snooze {title} in this tab")
    expect(snooze.locator("xpath=..")).to_contain_text("Snooze in this tab")
    snooze.select_option("5 minutes")
    expect(snooze).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()

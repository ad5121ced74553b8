"""Several people at once, reminders, lost connections."""

import re
import time

from playwright.sync_api import Page, expect

from web.served import OpenPage, Served, Wire, monday_at, now
from web.test_everyday import event_named, query, wait_until

Size = tuple[int, int]


def test_what_one_browser_creates_appears_in_another(open_page: OpenPage, size: Size) -> None:
    title = f"Live at {size[0]}"
    other = open_page(query("agenda", monday_at(9, 3)), size=size)
    page = open_page(query("week", monday_at(9, 3)), manager_id=11)
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(event_named(other, title)).to_be_visible()
    page.get_by_role("region", name="Call").get_by_role("button", name="Done").click()
    expect(event_named(other, title)).to_have_class(re.compile("ev-done"))
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(event_named(other, title)).to_have_count(0)


def test_an_answer_given_meanwhile_is_merged_with_a_new_title(
    open_page: OpenPage, wire: Wire, served: Served, size: Size
) -> None:
    event = wire.add(title="Old title", participant_manager_ids=[11], desk="DESK_RETENTION")
    page = open_page(f"?view=agenda&event={event['id']}", size=size)
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Title", exact=True).fill("New title")
    participant = Wire(served.tcp, served.token(11))
    participant.call("MngRespondCalendarEvent", id=event["id"], status=2)
    participant.close()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="New title")).to_be_visible()
    after = wire.get(event["id"])
    assert after["title"] == "New title"
    assert [row["status"] for row in after["participants"]] == [1, 2]


def test_two_titles_are_both_shown_and_one_is_chosen(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    event = wire.add(title="Once")
    page = open_page(f"?view=agenda&event={event['id']}", size=size)
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Title", exact=True).fill("Mine")
    page.get_by_label("Login").fill("777")
    wire.call("MngUpdateCalendarEvent", id=event["id"], title="Theirs")
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog", name="Two people changed this event")
    expect(dialog.get_by_text("Mine", exact=True)).to_be_visible()
    expect(dialog.get_by_text("Theirs", exact=True)).to_be_visible()
    assert wire.get(event["id"])["title"] == "Theirs"
    dialog.get_by_label("Theirs").check()
    dialog.get_by_role("button", name="Save my choice").click()
    expect(page.get_by_role("heading", name="Theirs")).to_be_visible()
    expect(page.get_by_text("777")).to_be_visible()
    after = wire.get(event["id"])
    assert (after["title"], after["login"]) == ("Theirs", 777)


def test_a_reminder_pops_up_is_snoozed_and_done(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    title = f"Ring at {size[0]}"
    page = open_page("?view=agenda", size=size)
    start = now() + 600
    wire.add(title=title, start_time=start, end_time=start + 600, remind_time=now() - 5)
    card = page.locator(".reminder").filter(has_text=title)
    expect(card).to_be_visible()
    card.get_by_label(f"Snooze {title}").select_option("5 minutes")
    expect(card).to_have_count(0)
    wire.add(title=title + "!", start_time=start, end_time=start + 600, remind_time=now() - 5)
    card = page.locator(".reminder").filter(has_text=title + "!")
    card.get_by_role("button", name="Dismiss").click()
    expect(card).to_have_count(0)


def test_a_reminder_outlives_a_reload_until_it_is_dismissed(
    open_page: OpenPage, wire: Wire
) -> None:
    page = open_page("?view=agenda")
    start = now() + 600
    wire.add(title="Still here", start_time=start, end_time=start + 600, remind_time=now() - 5)
    card = page.locator(".reminder").filter(has_text="Still here")
    expect(card).to_be_visible()
    page.reload()
    card.get_by_role("button", name="Dismiss").click()
    expect(card).to_have_count(0)
    page.reload()
    page.wait_for_selector(".loader[data-on=false]", state="attached")
    expect(card).to_have_count(0)


def test_a_reminder_done_in_one_tab_is_gone_in_the_other(open_page: OpenPage, wire: Wire) -> None:
    pages = [open_page("?view=agenda") for _ in range(2)]
    start = now() + 600
    wire.add(title="In both", start_time=start, end_time=start + 600, remind_time=now() - 5)
    cards = [page.locator(".reminder").filter(has_text="In both") for page in pages]
    for card in cards:
        expect(card).to_be_visible()
    cards[0].get_by_role("button", name="Dismiss").click()
    expect(cards[1]).to_have_count(0)


def test_a_restart_of_the_server_is_shown_and_caught_up_with(
    open_page: OpenPage, served: Served, size: Size
) -> None:
    title = f"While away, {size[0]}"
    page = open_page(query("agenda", monday_at(9, 4)), size=size)
    served.stop()
    expect(page.get_by_text("The connection is lost")).to_be_visible()
    served.start()
    wire = Wire(served.tcp, served.token())
    wire.add(title=title, start_time=monday_at(9, 4))
    wire.close()
    expect(event_named(page, title)).to_be_visible()
    expect(page.get_by_text("The connection is lost")).to_have_count(0)
    assert_live(page, served)


def test_an_edit_that_can_t_be_saved_stays_in_its_form(
    open_page: OpenPage, served: Served, size: Size
) -> None:
    wire = Wire(served.tcp, served.token())
    event = wire.add(title="Before")
    wire.close()
    page = open_page(f"?view=agenda&event={event['id']}", size=size)
    page.get_by_role("button", name="Edit", exact=True).click()
    title = page.get_by_label("Title", exact=True)
    title.fill("Written while away")
    served.stop()
    expect(page.get_by_text("The connection is lost")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("There is no connection")).to_be_visible()
    expect(title).to_have_value("Written while away")
    served.start()
    expect(page.get_by_text("The connection is lost")).to_have_count(0)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Written while away")).to_be_visible()


def assert_live(page: Page, served: Served) -> None:
    wire = Wire(served.tcp, served.token())
    wire.add(title="And live again", start_time=monday_at(11, 4))
    wire.close()
    expect(event_named(page, "And live again").first).to_be_visible()


NOTE_NOTIFICATIONS = """
window.notices = [];
window.Notification = class extends Notification {
    constructor(title, options) {
        super(title, options);
        this.addEventListener("show", () => notices.push([title, options.body]));
    }
};
"""


def test_a_reminder_is_a_desktop_notification_while_the_page_is_hidden(
    open_page: OpenPage, wire: Wire
) -> None:
    """The browser really shows it: its own `show` is waited for."""
    page = open_page("?view=week&zone=UTC")
    page.context.grant_permissions(["notifications"])
    page.add_init_script(NOTE_NOTIFICATIONS)
    page.reload()
    page.wait_for_selector(".loader[data-on=false]", state="attached")
    expect(page.get_by_role("button", name="Allow desktop reminders")).to_have_count(0)
    wire.add(title="Looked at", remind_time=now() - 1)
    expect(page.locator(".reminder").filter(has_text="Looked at")).to_be_visible()
    focus = page.context.new_cdp_session(page)
    focus.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    page.context.new_page().bring_to_front()
    start = now() + 7200
    wire.add(title="Not looked at", start_time=start, remind_time=now() - 1)
    expect(page.locator(".reminder").filter(has_text="Not looked at")).to_be_attached()
    wait_until(lambda: page.evaluate("notices.length"))
    # September is "Sept" on the page.
    at = time.strftime("%a %-d %b[t]? %Y at %H:%M", time.gmtime(start))
    [[title, text]] = page.evaluate("notices")
    assert title == "Not looked at"
    assert re.fullmatch(at, text)

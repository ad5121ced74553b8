"""Several events selected, and moved, given away, completed, archived or deleted in one batch."""

import re

from playwright.sync_api import Page, expect

from web.served import PHONE, OpenPage, Wire, monday_at
from web.test_everyday import event_named, query, wait_until
from web.test_reach import serious_in_light_and_dark

WEEK = monday_at(0, weeks=26)


def at(day: int, hour: float, week: int = 0) -> int:
    """Unix seconds, UTC, in a week of these tests."""
    return int(WEEK + (week * 7 + day) * 86_400 + hour * 3600)


def add_three(wire: Wire, name: str, week: int) -> list[int]:
    """Three events on the first three days of that week."""
    return [
        wire.add(
            title=f"{name} {number}",
            start_time=at(number, 10, week),
            end_time=at(number, 11, week),
        )["id"]
        for number in range(3)
    ]


def pick(page: Page, *titles: str) -> None:
    for title in titles:
        event_named(page, title).click(modifiers=["Control"])


def starts(wire: Wire, ids: list[int]) -> list[int]:
    return [wire.get(one)["start_time"] for one in ids]


def test_clicks_with_ctrl_select_and_all_move_in_one_batch_with_one_undo(
    open_page: OpenPage, wire: Wire
) -> None:
    ids = add_three(wire, "Picked", 0)
    before = starts(wire, ids)
    page = open_page(query("week", at(0, 0)))
    pick(page, "Picked 0", "Picked 2")
    bar = page.get_by_role("toolbar", name="Selected events")
    expect(bar).to_contain_text("2 selected")
    expect(page.get_by_role("heading", name="Picked 0")).to_have_count(0)
    assert serious_in_light_and_dark(page) == []
    bar.get_by_role("button", name="+1 day").click()
    expect(page.get_by_text("Moved 2 events by +1 day")).to_be_visible()
    assert starts(wire, ids) == [before[0] + 86_400, before[1], before[2] + 86_400]
    changes = [wire.call("MngGetCalendarEventHistory", id=ids[one])["history"] for one in (0, 2)]
    assert changes[0][-1]["batch_id"] == changes[1][-1]["batch_id"]
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Undone (moved 2 events by +1 day)")).to_be_visible()
    assert starts(wire, ids) == before
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_shift_selects_a_range_and_it_is_moved_by_days_that_one_names(
    open_page: OpenPage, wire: Wire
) -> None:
    ids = add_three(wire, "Ranged", 1)
    before = starts(wire, ids)
    page = open_page(query("agenda", at(0, 0, 1)))
    event_named(page, "Ranged 0").click(modifiers=["Control"])
    event_named(page, "Ranged 1").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Selected events")
    count = int(re.findall(r"\d+", bar.get_by_role("status").inner_text())[0])
    assert count >= 2
    bar.get_by_role("button", name="Move…").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Move"))
    dialog.get_by_label("By how many days").fill("-0")
    expect(dialog.get_by_role("button", name="Move", exact=True)).to_be_disabled()
    dialog.get_by_label("By how many days").fill("14")
    assert serious_in_light_and_dark(page) == []
    dialog.get_by_role("button", name="Move", exact=True).click()
    wait_until(lambda: starts(wire, ids)[0] == before[0] + 14 * 86_400)
    assert starts(wire, ids)[1:] == [before[1] + 14 * 86_400, before[2]]


def test_keys_select_and_delete_and_what_is_refused_is_named(
    open_page: OpenPage, wire: Wire
) -> None:
    ids = add_three(wire, "Keyed", 2)
    page = open_page(query("week", at(0, 0, 2)))
    for number in range(3):
        event_named(page, f"Keyed {number}").focus()
        page.keyboard.press("s")
    expect(page.get_by_role("toolbar")).to_contain_text("3 selected")
    page.keyboard.press("Delete")
    expect(page.get_by_text("Deleted 3 events")).to_be_visible()
    expect(page.get_by_role("toolbar")).to_have_count(0)
    expect(event_named(page, "Keyed 0")).to_have_count(0)
    wire.call("MngRestoreCalendarEvent", id=ids[0])
    expect(event_named(page, "Keyed 0")).to_be_visible()
    wire.call("MngUpdateCalendarEvent", id=ids[0], title="Keyed again")
    expect(event_named(page, "Keyed again")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text(re.compile("Undone for 2 of 3 events. Not for"))).to_be_visible()
    expect(event_named(page, "Keyed 2")).to_be_visible()


def test_the_selected_are_given_to_somebody_completed_and_archived(
    open_page: OpenPage, wire: Wire
) -> None:
    ids = add_three(wire, "Given", 3)
    page = open_page(query("week", at(0, 0, 3), "&status=0.1.3"))
    titles = [f"Given {number}" for number in range(3)]
    pick(page, *titles)
    bar = page.get_by_role("toolbar", name="Selected events")
    bar.get_by_role("button", name="Give to…").click()
    dialog = page.get_by_role("dialog", name="Give 3 events to somebody")
    dialog.get_by_label("New owner").select_option("Zeynep Yılmaz")
    dialog.get_by_role("button", name="Give").click()
    expect(page.get_by_text("Gave 3 events to Zeynep Yılmaz")).to_be_visible()
    for one in ids:
        event = wire.get(one)
        assert event["owner_manager_id"] == 12
        assert [row["manager_id"] for row in event["participants"]] == [12]
    expect(bar).to_have_count(0)
    for button, status, text in (("Complete", 1, "Completed"), ("Archive", 3, "Archived")):
        pick(page, *titles)
        bar.get_by_role("button", name=button).click()
        expect(page.get_by_text(f"{text} 3 events")).to_be_visible()
        assert {wire.get(one)["status"] for one in ids} == {status}
        expect(bar).to_have_count(0)


def test_on_a_phone_a_mode_selects_by_taps(open_page: OpenPage, wire: Wire) -> None:
    ids = add_three(wire, "Tapped", 4)
    page = open_page(query("agenda", at(0, 0, 4)), size=PHONE)
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Select events").click()
    bar = page.get_by_role("toolbar", name="Selected events")
    expect(bar).to_contain_text("Choose events")
    for number in (0, 1):
        event_named(page, f"Tapped {number}").tap()
    expect(bar).to_contain_text("2 selected")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious_in_light_and_dark(page) == []
    bar.get_by_role("button", name="Complete").tap()
    expect(page.get_by_text("Completed 2 events")).to_be_visible()
    assert [wire.get(one)["status"] for one in ids] == [1, 1, 0]
    expect(bar).to_have_count(0)


def test_meetings_of_others_among_them_are_asked_about_once(
    open_page: OpenPage, wire: Wire
) -> None:
    own = add_three(wire, "Mine", 5)
    theirs = wire.add(
        title="Theirs",
        start_time=at(3, 10, 5),
        end_time=at(3, 11, 5),
        owner_manager_id=12,
        participant_manager_ids=[12, 14, 15],
    )["id"]
    page = open_page(query("week", at(0, 0, 5)))
    pick(page, "Mine 0", "Theirs")
    bar = page.get_by_role("toolbar", name="Selected events")
    bar.get_by_role("button", name="+1 day").click()
    question = page.get_by_role("dialog", name="Change meetings of others?")
    expect(question).to_contain_text("One of these 2 events is")
    question.get_by_role("button", name="Move them").click()
    expect(page.get_by_text("Moved 2 events by +1 day")).to_be_visible()
    assert starts(wire, [theirs]) == [at(4, 10, 5)]
    bar.get_by_role("button", name="−1 day").click()
    wait_until(lambda: starts(wire, [own[0], theirs]) == [at(0, 10, 5), at(3, 10, 5)])
    expect(question).to_have_count(0)


def test_of_occurrences_that_are_selected_these_alone_are_changed_and_the_page_says_so(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    week = 6 if size == PHONE else 8
    title = f"Daily {week}"
    made = wire.add(
        title=title,
        start_time=at(0, 10, week),
        end_time=at(0, 11, week),
        timezone="UTC",
        recurrence={"rrule": "FREQ=DAILY;COUNT=4"},
    )
    ids = [made["id"] + number for number in range(4)]
    before = starts(wire, ids)
    page = open_page(query("agenda", at(0, 0, week)), size=size)
    for number in (0, 1):
        event_named(page, title).nth(number).click(modifiers=["Control"])
    bar = page.get_by_role("toolbar", name="Selected events")
    expect(bar).to_contain_text("2 selected · these alone, not their series")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious_in_light_and_dark(page) == []
    bar.get_by_role("button", name="+1 day").click()
    expect(
        page.get_by_text("Moved 2 events by +1 day (these alone, not their series)")
    ).to_be_visible()
    assert starts(wire, ids) == [before[0] + 86_400, before[1] + 86_400, *before[2:]]
    assert [wire.get(one).get("own_fields") for one in ids[2:]] == [None, None]

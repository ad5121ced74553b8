"""Keys of the event beyond the seeds: shown in its panel, set in its form. Contract, section 12."""

import re

from playwright.sync_api import expect

from web.served import OpenPage, Wire, monday_at

HOUR = 3600


def test_the_panel_shows_what_came_of_a_call_and_leads_to_its_follow_up(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    start = monday_at(9)
    first = wire.add(
        title="First call",
        type=2,
        start_time=start,
        location="https://rooms.example/7",
        customer_timezone="Asia/Tokyo",
    )
    note = "Wants a quote\nuntil Friday"
    done = wire.call(
        "MngCompleteCalendarEvent",
        id=first["id"],
        outcome="no_answer",
        outcome_note=note,
        follow_up={"start_time": start + 24 * HOUR},
    )["event"]
    page = open_page(f"?view=agenda&event={first['id']}", size=size)
    came = page.get_by_role("region", name="What came of it")
    expect(came).to_contain_text("No answer")
    expect(came).to_contain_text("Wants a quote until Friday")
    where = page.get_by_role("region", name="Location")
    expect(where.get_by_role("link")).to_have_attribute("href", "https://rooms.example/7")
    expect(page.get_by_role("region", name="Customer's zone")).to_contain_text("Asia/Tokyo")
    came.get_by_role("link", name="First call").click()
    expect(page).to_have_url(re.compile(f"event={done['follow_up_id']}"))
    expect(came).to_contain_text("Follows up")
    came.get_by_role("link", name="First call").click()
    expect(page).to_have_url(re.compile(f"event={first['id']}"))
    expect(came).to_contain_text("No answer")


def test_a_location_that_is_no_https_address_is_text(open_page: OpenPage, wire: Wire) -> None:
    event = wire.add(title="Elsewhere", start_time=monday_at(10), location="javascript:alert(1)")
    page = open_page(f"?view=agenda&event={event['id']}")
    where = page.get_by_role("region", name="Location")
    expect(where).to_have_text("javascript:alert(1)")
    expect(where.get_by_role("link")).to_have_count(0)


MORE = ("location", "show_as", "customer_timezone", "pool_after_sec")


def test_the_form_sets_and_keeps_what_the_seeds_do_not_have(
    open_page: OpenPage, wire: Wire, size: tuple[int, int]
) -> None:
    event = wire.add(title="Ring back", type=2, start_time=monday_at(11), desk="DESK_EU")
    assert not set(MORE) & set(event)
    page = open_page(f"?view=agenda&event={event['id']}", size=size)
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Location").fill("Room 7")
    page.get_by_label("Customer's zone").select_option("Asia/Tokyo")
    page.get_by_label("Offer to the pool").select_option("1 h after")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("region", name="Location")).to_have_text("Room 7")
    saved = wire.get(event["id"])
    assert [saved.get(name) for name in MORE] == ["Room 7", None, "Asia/Tokyo", 3600]

    page.get_by_role("button", name="Duplicate", exact=True).click()
    page.get_by_label("Title", exact=True).fill("The copy")
    page.get_by_label("Show as").select_option("Free")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="The copy")).to_be_visible()
    expect(page).not_to_have_url(re.compile(rf"event={event['id']}\b"))
    found = re.search(r"event=(\d+)", page.url)
    assert found is not None
    copy = wire.get(int(found[1]))
    assert [copy.get(name) for name in MORE] == ["Room 7", 1, "Asia/Tokyo", 3600]

    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Location").fill("")
    page.get_by_label("Show as").select_option("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Edit", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Location")).to_have_count(0)
    cleared = wire.get(copy["id"])
    assert [cleared.get(name) for name in MORE] == [None, None, "Asia/Tokyo", 3600]

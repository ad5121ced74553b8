"""Search on the page: over everything, at once, with its words marked; a result opens the event."""

from playwright.sync_api import expect

from web.served import OpenPage, Wire, monday_at, now
from web.test_everyday import event_named, query
from web.test_reach import serious_in_light_and_dark

Size = tuple[int, int]


def test_the_words_are_marked_in_title_and_text_and_a_result_opens_its_event(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    start = monday_at(9, weeks=44)
    name = f"Żółw {size[0]}"
    wire.add(
        title=f"Rozmowa {name}",
        ast_json="Wants the quarterly rebate before June",
        start_time=start,
        end_time=start + 3600,
    )
    page = open_page(query("agenda", now()), size=size)
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search events")
    expect(search).to_be_focused()
    search.fill(f"zolw {size[0]} REBATE")
    found = page.get_by_role("region", name="Found events")
    result = found.get_by_role("listitem")
    expect(result).to_have_count(1)
    expect(result.locator("mark")).to_have_text(["Żółw", str(size[0]), "rebate"])
    assert serious_in_light_and_dark(page) == []
    result.get_by_role("button").click()
    expect(page.get_by_role("heading", name=f"Rozmowa {name}")).to_be_visible()


def test_what_is_found_comes_in_pages_whatever_brand_is_chosen(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    word = f"Quillfeather{size[0]}"
    start = monday_at(9, weeks=44)
    of_brand = {"brand": "northgate", "desk": "retention", "end_time": start + 3600}
    wire.add(title=f"{word} of another brand", start_time=start, end_time=start + 600)
    wire.add_all(
        of_brand | {"title": f"{word} {n}", "start_time": start + 60 + n} for n in range(60)
    )
    page = open_page(query("agenda", now(), "&brand=northgate"), size=size)
    page.get_by_role("searchbox", name="Search events").fill(word)
    found = page.get_by_role("region", name="Found events")
    results = found.get_by_role("listitem")
    expect(results).to_have_count(50)
    expect(found.get_by_role("status")).to_contain_text("50 or more found")
    assert serious_in_light_and_dark(page) == []
    more = found.get_by_role("button", name="Show more")
    more.click()
    expect(results).to_have_count(61)
    expect(found.get_by_role("status")).to_contain_text("61 found")
    expect(more).to_have_count(0)
    assert results.last.locator(".ev-title").inner_text() == f"{word} of another brand"
    results.last.get_by_role("button").click()
    expect(page.get_by_role("heading", name=f"{word} of another brand")).to_be_visible()


def test_occurrences_of_a_series_are_one_result_that_opens_by_keys(
    open_page: OpenPage, wire: Wire, size: Size
) -> None:
    """More than a page of them, before another event that is older."""
    name = f"Ploverdesk{size[0]}"
    start = monday_at(9, weeks=4)
    wire.add(title=f"{name} alone", start_time=start - 86_400, end_time=start - 86_000)
    wire.add(
        title=f"{name} review",
        start_time=start,
        end_time=start + 1800,
        timezone="UTC",
        recurrence={"rrule": "FREQ=DAILY;COUNT=60"},
    )
    page = open_page(query("agenda", now()), size=size)
    search = page.get_by_role("searchbox", name="Search events")
    search.fill(name)
    found = page.get_by_role("region", name="Found events")
    results = found.locator("> ul > li")
    expect(results).to_have_count(2)
    expect(found.get_by_role("status")).to_have_text("61 found")
    series = results.first.locator("> button")
    expect(series).to_contain_text(f"60 occurrences of “{name} review”")
    expect(series).to_have_attribute("aria-expanded", "false")
    expect(results.last).to_contain_text(f"{name} alone")
    search.press("ArrowDown")
    expect(series).to_be_focused()
    page.keyboard.press("Enter")
    occurrences = results.first.get_by_role("listitem")
    expect(occurrences).to_have_count(60)
    assert serious_in_light_and_dark(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("ArrowDown")
    expect(occurrences.first.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"{name} review")).to_be_visible()


def test_show_more_keeps_the_focus_in_the_results(open_page: OpenPage, wire: Wire) -> None:
    start = monday_at(9, weeks=46)
    times = {"start_time": start, "end_time": start + 600}
    wire.add_all(times | {"title": f"Godwit {number}"} for number in range(110))
    page = open_page(query("agenda", now()))
    page.get_by_role("searchbox", name="Search events").fill("godwit")
    found = page.get_by_role("region", name="Found events")
    results = found.get_by_role("listitem")
    expect(results).to_have_count(50)
    more = found.get_by_role("button", name="Show more")
    more.press("Enter")
    expect(results).to_have_count(100)
    expect(more).to_have_attribute("aria-disabled", "false")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(results).to_have_count(110)
    expect(results.nth(99).get_by_role("button")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(results.nth(100).get_by_role("button")).to_be_focused()


def test_escape_in_the_results_goes_back_to_the_field_and_keeps_what_is_selected(
    open_page: OpenPage, wire: Wire
) -> None:
    start = monday_at(9, weeks=5)
    wire.add(title="Whimbrel", start_time=start, end_time=start + 600)
    page = open_page(query("agenda", start))
    event_named(page, "Whimbrel").press("s")
    selected = page.get_by_role("toolbar", name="Selected events")
    expect(selected).to_contain_text("1 selected")
    search = page.get_by_role("searchbox", name="Search events")
    search.fill("whimbrel")
    result = page.get_by_role("region", name="Found events").get_by_role("listitem")
    expect(result).to_be_visible()
    search.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(result).to_have_count(0)
    expect(search).to_be_focused()
    expect(search).to_have_value("whimbrel")
    expect(selected).to_contain_text("1 selected")

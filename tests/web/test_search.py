"""Search on the page: over everything, at once, with its words marked; a result opens the event."""

from playwright.sync_api import expect

from web.served import OpenPage, Wire, monday_at, now
from web.test_everyday import query
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
    page.get_by_role("searchbox", name="Search events").fill(f"zolw {size[0]} REBATE")
    found = page.get_by_role("region", name="Found events")
    result = found.get_by_role("listitem")
    expect(result).to_have_count(1)
    expect(result.locator("mark")).to_have_text(["Żółw", str(size[0]), "rebate"])
    assert serious_in_light_and_dark(page) == []
    result.get_by_role("button").click()
    expect(page.get_by_role("heading", name=f"Rozmowa {name}")).to_be_visible()

"""The notes of an event: the editor, mentions, links, and texts that the editor does not know."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from web.served import OpenPage, Wire, monday_at
from web.test_everyday import query

START = monday_at(10, weeks=33)
MENTION = {"type": "mention", "attrs": {"id": 11, "kind": "manager", "label": ""}}
"""Of the demo's second manager, by number alone."""
NAME = "James O'Connor"


def text(words: str, *marks: Any) -> dict[str, Any]:
    return {"type": "text", "text": words} | ({"marks": list(marks)} if marks else {})


def paragraph(*content: Any) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(content)}


def document(*content: Any) -> dict[str, Any]:
    return {"type": "doc", "content": list(content)}


def opened(open_page: OpenPage, wire: Wire, ast: Any) -> tuple[Page, int]:
    """The page with an event of these notes in its panel, and the event's id."""
    event = wire.add(title="With notes", start_time=START, ast_json=ast)
    return open_page(query("agenda", START, f"&event={event['id']}")), event["id"]


def edit(page: Page) -> Locator:
    """The text field of the notes, with the form open."""
    page.get_by_role("button", name="Edit", exact=True).click()
    return page.get_by_role("textbox", name="Notes")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="With notes")).to_be_visible()


def test_bold_lists_and_links_are_saved_as_they_were_written(
    open_page: OpenPage, wire: Wire
) -> None:
    page, event = opened(open_page, wire, None)
    field = edit(page)
    field.click()
    page.keyboard.type("Bring ")
    page.keyboard.press("Control+b")
    expect(page.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("the offer")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bulleted list").click()
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    page.keyboard.type("Two")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("site")
    page.keyboard.press("Shift+Home")
    page.get_by_role("button", name="Link", exact=True).click()
    page.get_by_label("Address of the link").fill("crm.example/offer")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.type(" and no more")
    save(page)
    item = [{"type": "listItem", "content": [paragraph(text(word))]} for word in ("One", "Two")]
    link = {"type": "link", "attrs": {"href": "https://crm.example/offer"}}
    assert wire.get(event)["ast_json"] == document(
        paragraph(text("Bring "), text("the offer", {"type": "bold"})),
        {"type": "bulletList", "content": item},
        paragraph(text("site", link), text(" and no more")),
    )
    notes = page.get_by_role("region", name="Notes")
    expect(notes.get_by_role("listitem")).to_have_text(["One", "Two"])
    expect(notes.locator("strong")).to_have_text("the offer")
    expect(notes.get_by_role("link")).to_have_attribute("href", "https://crm.example/offer")


def test_an_address_that_cannot_be_linked_to_is_reported_beside_its_field(
    open_page: OpenPage, wire: Wire
) -> None:
    page, event = opened(open_page, wire, document(paragraph(text("site"))))
    edit(page).click()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Link", exact=True).click()
    address = page.get_by_label("Address of the link")
    address.fill("javascript:alert(1)")
    page.get_by_role("button", name="Add link").click()
    expect(page.get_by_text("A link needs an address such as")).to_be_visible()
    expect(address).to_have_value("javascript:alert(1)")
    address.fill("https://a.example/")
    page.get_by_role("button", name="Add link").click()
    expect(address).to_have_count(0)
    save(page)
    link = {"type": "link", "attrs": {"href": "https://a.example/"}}
    assert wire.get(event)["ast_json"] == document(paragraph(text("site", link)))


def test_a_mention_by_number_shows_the_name_and_survives_cut_and_paste(
    open_page: OpenPage, wire: Wire
) -> None:
    page, event = opened(open_page, wire, document(paragraph(text("Ask "), MENTION)))
    notes = page.get_by_role("region", name="Notes")
    expect(notes.locator(".mention")).to_have_text(NAME)
    field = edit(page)
    expect(field.locator(".mention")).to_have_text(NAME)
    field.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+x")
    expect(field.locator(".mention")).to_have_count(0)
    page.keyboard.press("Control+v")
    expect(field.locator(".mention")).to_have_text(NAME)
    page.keyboard.type(" today")
    save(page)
    whole = document(paragraph(text("Ask "), MENTION, text(" today")))
    assert wire.get(event)["ast_json"] == whole


def test_notes_of_unknown_parts_stay_apart_and_can_be_edited_as_text(
    open_page: OpenPage, wire: Wire
) -> None:
    cells = [
        {"type": "tableCell", "content": [paragraph(text("Limit"))]},
        {"type": "tableCell", "content": [paragraph(MENTION)]},
    ]
    table = {"type": "table", "content": [{"type": "tableRow", "content": cells}]}
    page, event = opened(open_page, wire, document(table))
    notes = page.get_by_role("region", name="Notes")
    expect(notes.locator(".mention")).to_have_text(NAME)
    assert notes.inner_text().split() == ["Limit", *NAME.split()]
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.get_by_text("with parts that this editor does not know")).to_be_visible()
    page.get_by_role("button", name="Edit as plain text").click()
    field = page.get_by_role("textbox", name="Notes")
    expect(field).to_have_text(f"Limit {NAME}")
    field.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("!")
    save(page)
    assert wire.get(event)["ast_json"] == document(paragraph(text(f"Limit {NAME}!")))


def test_bare_addresses_are_links_and_a_meeting_has_its_button_at_the_time(
    open_page: OpenPage, wire: Wire
) -> None:
    meeting, other = "https://meet.google.com/abc-defg-hij", "https://crm.example/offer"
    page, _ = opened(open_page, wire, document(paragraph(text(f"See {other}, then {meeting}."))))
    time_line = page.get_by_role("region", name="When")
    join = time_line.get_by_role("link", name="Join", exact=True)
    expect(join).to_have_attribute("href", meeting)
    notes = page.get_by_role("region", name="Notes")
    expect(notes.get_by_role("link", name=other)).to_have_attribute("href", other)
    expect(notes.get_by_role("link", name="Join Google Meet")).to_have_attribute("href", meeting)

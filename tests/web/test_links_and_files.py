"""What leaves the page: links from numbers by a setting, and what is shown as a file."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from web.served import OpenPage, Wire, iso_day, monday_at
from web.test_everyday import event_named, query

START = monday_at(10, weeks=36)
BRAND = "northgate"
"""No event of the demo's first manager is of it."""


def of_account(page: Page, item: str) -> None:
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name=item).click()


def exported(page: Page, item: str, folder: Path) -> Path:
    """The file that the menu's item gives."""
    with page.expect_download() as waiting:
        of_account(page, item)
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def test_numbers_become_links_by_the_templates_of_the_settings(
    open_page: OpenPage, wire: Wire
) -> None:
    numbers = {"customer_id": 555, "lead_id": 66, "login": 7}
    event = wire.add(title="With numbers", type=2, start_time=START, **numbers)
    page = open_page(query("agenda", START, f"&event={event['id']}"))
    links = page.get_by_role("region", name="Links")
    expect(links).to_contain_text("555")
    expect(links.get_by_role("link")).to_have_count(0)
    of_account(page, "Settings")
    dialog = page.get_by_role("dialog", name="Settings")
    crm = "https://crm.example"
    dialog.get_by_label("Customer").fill(crm + "/customers/{customer_id}")
    dialog.get_by_label("Lead").fill("javascript:alert({lead_id})")
    dialog.get_by_label("Login").fill(crm + "/{customer_id}/accounts/{login}")
    dialog.get_by_label("Call", exact=True).fill("tel:{customer_id}")
    page.keyboard.press("Escape")
    for name, address in (
        ("555", f"{crm}/customers/555"),
        ("7", f"{crm}/555/accounts/7"),
        ("Call", "tel:555"),
    ):
        link = links.get_by_role("link", name=name, exact=True)
        expect(link).to_have_attribute("href", address)
    expect(links.get_by_role("link")).to_have_count(3)
    page.reload()
    expect(links.get_by_role("link", name="555")).to_be_visible()
    wire.call("MngDeleteCalendarEvent", id=event["id"])


def test_what_is_shown_is_a_csv_file(open_page: OpenPage, wire: Wire, tmp_path: Path) -> None:
    wire.add(title='Say "hello", then =1+1', start_time=START, customer_id=555, brand=BRAND)
    wire.add(title="=HYPERLINK", start_time=START + 7200, end_time=START + 9000, brand=BRAND)
    wire.add(title="A week later", start_time=START + 7 * 86_400, brand=BRAND)
    page = open_page(query("week", START, f"&managers=10&brand={BRAND}"), zone="Asia/Nicosia")
    expect(event_named(page, "=HYPERLINK")).to_be_visible()
    file = exported(page, "Export as CSV", tmp_path)
    day = iso_day(START)
    assert file.name.startswith(f"calendar-{day}-") and file.suffix == ".csv"
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = {row["title"]: row for row in csv.DictReader(text)}
    assert list(rows) == ['Say "hello", then =1+1', "'=HYPERLINK"]
    first = rows['Say "hello", then =1+1']
    assert (first["customer"], first["time zone"]) == ("555", "Asia/Nicosia")
    assert first["start"] in (f"{day} 12:00", f"{day} 13:00")

"""What the page loads before its first paint, and what becomes of parts that are gone."""

import gzip
import json
import re
from collections.abc import Sized
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from deskcal.http.page import page_directory
from web.gate import Gate, opened_at
from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import query, wait_until

MOST_GZIP_BYTES = 138_000
"""Of scripts before the first paint: 0.55 of what one file was, 252,087."""
MOST_BYTES = 420_000
LIST = "MngGetCalendarEventsByFilter"


def first_scripts() -> list[Path]:
    """The scripts that index.html names: the entry, and what it imports."""
    html = (page_directory() / "index.html").read_text("utf-8")
    return [page_directory() / name.lstrip("/") for name in re.findall(r'"(/[^"]+\.js)"', html)]


def test_scripts_before_the_first_paint_stay_small() -> None:
    if not (page_directory() / "index.html").exists():
        pytest.skip("the page is not built: make web")
    scripts = [path.read_bytes() for path in first_scripts()]
    assert sum(map(len, scripts)) <= MOST_BYTES
    assert sum(len(gzip.compress(script)) for script in scripts) <= MOST_GZIP_BYTES


def test_the_page_is_there_before_grid_panel_and_dialogs(open_page: OpenPage) -> None:
    page = open_page(signed_in=False)
    held: list[Route] = []
    later = re.compile(r"/assets/(calendar-grid|event-panel|page-\w+|ast-editor)-")
    page.route(later, lambda route: held.append(route))
    page.goto(signed_in_address(open_page))
    expect(page.get_by_role("button", name="Today", exact=True)).to_be_visible()
    expect(page.locator(".grid-wait")).to_be_attached()
    wait_until(lambda: meanwhile(page, held))
    page.route(later, lambda route: route.continue_())
    page.reload()
    expect(page.locator(".rbc-time-view")).to_be_visible()


def test_events_are_asked_for_once_before_the_page_itself_is_loaded(open_page: OpenPage) -> None:
    address = signed_in_address(open_page)
    page = open_page(signed_in=False)
    held: list[Route] = []
    asked: list[str] = []
    main = re.compile(r"/assets/index-.*[.]js")
    page.route(main, lambda route: held.append(route))
    page.on(
        "websocket", lambda socket: socket.on("framesent", lambda text: asked.append(str(text)))
    )
    page.goto(address, wait_until="commit")
    wait_until(lambda: meanwhile(page, [text for text in asked if LIST in text]))
    wait_until(lambda: meanwhile(page, held))
    assert page.locator("#root").inner_html() == ""
    held.pop().continue_()
    expect(page.locator("#calendar[data-view=week][data-loading=false]")).to_be_visible()
    seen = [text for text in asked if LIST in text]
    assert len({json.dumps(json.loads(text)["data"]) for text in seen}) == len(seen)


def test_zones_are_listed_once_events_are_there_or_somebody_chooses_one(
    open_page: OpenPage, served: Served
) -> None:
    gate = Gate(LIST)
    page = opened_at(gate, open_page, served, "?view=month&zone=Asia/Tokyo")
    wait_until(lambda: gate.holds(page))
    pickers = page.locator("select[aria-label='Time zone']")
    expect(pickers).to_have_count(2)
    chosen = page.locator(".top").get_by_role("combobox", name="Time zone")
    assert [len(one.locator("option").all()) <= 2 for one in pickers.all()] == [True, True]
    chosen.focus()
    wait_until(lambda: has_many_zones(chosen))
    expect(chosen).to_have_value("Asia/Tokyo")
    gate.open()
    expect(page.locator("#calendar[data-view=month][data-loading=false]")).to_be_visible()
    wait_until(lambda: all(map(has_many_zones, pickers.all())))
    assert [one.input_value() for one in pickers.all()] == ["Asia/Tokyo"] * 2


def has_many_zones(picker: Locator) -> bool:
    return picker.locator("option").count() > 100


def meanwhile(page: Page, found: Sized) -> bool:
    """Whether there is something. The events of a page arrive while it is asked, so ask it."""
    page.title()
    return len(found) > 0


def signed_in_address(open_page: OpenPage) -> str:
    """An address with a token: that of a page that is signed in."""
    page = open_page("?view=week")
    token = page.evaluate("sessionStorage.getItem('deskcal.token')")
    return f"{page.url}#token={token}"


def test_a_part_that_is_gone_loads_the_page_again_once_with_what_was_typed(
    open_page: OpenPage, wire: Wire
) -> None:
    """As after an upgrade of the server, whose parts have other names."""
    event = wire.add(title="Of before", start_time=monday_at(9, 27))
    page = open_page(query("agenda", monday_at(9, 27), f"&event={event['id']}"))
    editor = re.compile(r"/assets/ast-editor-")
    page.route(editor, lambda route: route.abort("connectionrefused"), times=1)
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.locator(".editor .ProseMirror")).to_be_visible()
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "reload"
    page.get_by_label("Title", exact=True).fill("Of after")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Of after")).to_be_visible()


def test_where_the_server_does_not_answer_only_the_part_is_missing(
    open_page: OpenPage, wire: Wire
) -> None:
    event = wire.add(title="Offline", start_time=monday_at(9, 28))
    page = open_page(query("agenda", monday_at(9, 28), f"&event={event['id']}"))
    expect(page.get_by_role("heading", name="Offline")).to_be_visible()
    page.route("**/*", lambda route: route.abort("connectionrefused"))
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.get_by_text("This part of the page could not be loaded")).to_be_visible()
    page.get_by_label("Title", exact=True).fill("Still here")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Still here")


def test_a_part_keeps_its_state_once_it_is_loaded(open_page: OpenPage) -> None:
    """Opened before it was loaded, and drawn again afterwards."""
    page = open_page("?view=agenda")
    page.route("**/assets/page-dialogs-*", lambda route: route.continue_())
    page.reload()
    page.get_by_role("button", name="Desk meeting").click()
    name = page.get_by_role("dialog", name="Desk meeting").get_by_label("Title")
    name.fill("Kept")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(name).to_have_value("Kept")

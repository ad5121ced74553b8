"""The page's calendar files: an import with its preview, and an export. Issue 17."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, WebSocketRoute, expect

from web.served import PHONE, OpenPage, Served, Wire, monday_at
from web.test_everyday import event_named, query, wait_until
from web.test_links_and_files import of_account
from web.test_reach import serious_in_light_and_dark

START = monday_at(10, weeks=44)
DAY = 86_400
PART_BYTES = 300 * 1024
"""Of a file, in one message of the page."""


def forget(wire: Wire) -> None:
    for row in found(wire):
        wire.call("MngDeleteCalendarEvent", id=row["id"])


@pytest.fixture(autouse=True)
def _forgotten(served: Served) -> Iterator[None]:
    """Each test leaves none of its events to the next."""
    yield
    wire = Wire(served.tcp, served.token())
    forget(wire)
    wire.close()


def opened(open_page: OpenPage, **options: Any) -> tuple[Page, Locator]:
    """The page with the dialog open, once it knows people and desks."""
    page = open_page(query("week", START), **options)
    return page, dialog_of(page)


def dialog_of(page: Page) -> Locator:
    of_account(page, "Import or export (.ics)")
    dialog = page.get_by_role("dialog", name="Calendar files (.ics)")
    expect(desk_field(dialog).locator("option").nth(1)).to_be_attached()
    return dialog


def desk_field(dialog: Locator) -> Locator:
    return dialog.get_by_role("combobox", name="Desk", exact=True)


def event(uid: str, title: str, *more: str, days: int = 0) -> list[str]:
    """Lines of an event at ten o'clock UTC."""
    start = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(START + days * DAY))
    times = [f"DTSTART:{start}", "DURATION:PT1H"]
    return ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *times, *more, "END:VEVENT"]


def file_of(*lines: str, name: str = "calendar.ics") -> FilePayload:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""])
    return {"name": name, "mimeType": "text/calendar", "buffer": text.encode()}


def counts(dialog: Locator) -> dict[str, int]:
    """What the report says, once it is there."""
    expect(dialog.locator(".ics-counts")).to_be_visible()
    rows = dialog.locator(".ics-counts > div").all_inner_texts()
    return {name: int(count) for name, count in (row.split("\n") for row in rows)}


def previewed(dialog: Locator, file: FilePayload) -> dict[str, int]:
    dialog.get_by_label("File").set_input_files(file)
    dialog.get_by_role("button", name="Preview").click()
    return counts(dialog)


def test_a_file_is_imported_after_a_preview_and_again_changes_nothing(
    open_page: OpenPage, wire: Wire
) -> None:
    page, dialog = opened(open_page)
    todo = ["BEGIN:VTODO", "UID:a-task", "END:VTODO"]
    series = event("calls", "Weekly round", "RRULE:FREQ=DAILY;COUNT=2", days=1)
    file = file_of(*event("lunch", "Lunch with Anna"), *series, *todo)
    expected = {"Created": 2, "Updated": 0, "Unchanged": 0, "Left out or changed": 1}
    desk_field(dialog).select_option(index=1)
    assert previewed(dialog, file) == expected
    expect(dialog.get_by_text("Nothing has been changed yet")).to_be_visible()
    left_out = dialog.get_by_role("list", name="Left out or changed")
    expect(left_out).to_contain_text("line 16")
    expect(left_out).to_contain_text("a-task")
    assert serious_in_light_and_dark(page) == []
    assert not found(wire)
    dialog.get_by_role("button", name="Import 2").click()
    expect(dialog.get_by_text("Imported. A repeating event counts once.")).to_be_visible()
    assert counts(dialog) == expected
    rows = found(wire)
    assert sorted(row["title"] for row in rows) == [
        "Lunch with Anna",
        "Weekly round",
        "Weekly round",
    ]
    assert "" not in {row["desk"] for row in rows}
    assert previewed(dialog, file) == expected | {"Created": 0, "Unchanged": 2}
    expect(dialog.get_by_role("button", name="Preview")).to_be_visible()
    page.keyboard.press("Escape")
    expect(event_named(page, "Lunch with Anna")).to_be_visible()


def found(wire: Wire) -> list[dict[str, Any]]:
    times = {"from": START - DAY, "to": START + 7 * DAY}
    answer = wire.call(
        "MngGetCalendarEventsByFilter", deskFilter="*", offset=0, limit=1000, **times
    )
    wanted = ("Lunch with Anna", "Weekly round", "Long text")
    return [row for row in answer["rows"] if row["title"] in wanted]


def test_a_file_that_is_longer_than_a_message_goes_in_parts(
    open_page: OpenPage, wire: Wire
) -> None:
    _, dialog = opened(open_page)
    text = "DESCRIPTION:" + "x" * (PART_BYTES // 3)
    events = [line for n in range(12) for line in event(f"long-{n}", "Long text", text)]
    wrong = ["BEGIN:VEVENT", "UID:no-start", "END:VEVENT"]
    assert len("".join(events)) > 2**20
    assert previewed(dialog, file_of(*events, *wrong))["Created"] == 12
    line = 3 + len(events)
    expect(dialog.get_by_role("list", name="Left out or changed")).to_contain_text(f"line {line}")
    dialog.get_by_role("button", name="Import 12").click()
    expect(dialog.get_by_text("Imported. A repeating event counts once.")).to_be_visible()
    rows = found(wire)
    assert len(rows) == 12


def test_a_double_click_on_preview_imports_nothing(open_page: OpenPage, wire: Wire) -> None:
    _, dialog = opened(open_page)
    dialog.get_by_label("File").set_input_files(file_of(*event("lunch", "Lunch with Anna")))
    dialog.get_by_role("button", name="Preview").click()
    start = dialog.get_by_role("button", name="Import 1")
    start.dispatch_event("click", {"detail": 2})
    expect(dialog.get_by_text("Nothing has been changed yet")).to_be_visible()
    assert not found(wire)
    start.press("Enter")
    expect(dialog.get_by_text("Imported. A repeating event counts once.")).to_be_visible()
    assert len(found(wire)) == 1


def test_what_is_no_calendar_is_named_and_nothing_is_sent(open_page: OpenPage) -> None:
    _, dialog = opened(open_page)
    dialog.get_by_label("File").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Call Anna"}
    )
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "notes.txt has no BEGIN:VCALENDAR: it is not an iCalendar file (.ics)."
    )
    expect(dialog.locator(".ics-counts")).to_have_count(0)


def test_a_broken_connection_says_so_and_the_dialog_stays(
    open_page: OpenPage, served: Served
) -> None:
    _, dialog = opened(open_page)
    dialog.get_by_label("File").set_input_files(file_of(*event("lunch", "Lunch with Anna")))
    served.stop()
    try:
        dialog.get_by_role("button", name="Preview").click()
        expect(dialog.get_by_role("alert")).to_be_visible()
        expect(dialog.get_by_role("button", name="Preview")).to_be_enabled()
    finally:
        served.start()


def test_a_calendar_is_exported_as_the_server_writes_it(
    open_page: OpenPage, wire: Wire, tmp_path: Path
) -> None:
    added = wire.add(title="Call, then write", start_time=START)
    page, dialog = opened(open_page)
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Export").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    answer = wire.call("MngExportCalendarEvents", manager_id=10)
    text = file.read_bytes().decode()
    assert file.name == "calendar-ελένη-παπαδοπούλου.ics"
    assert text == answer["ics"]
    assert "SUMMARY:Call\\, then write\r\n" in text
    wire.call("MngDeleteCalendarEvent", id=added["id"])


def test_on_a_phone_a_long_name_has_the_width_of_the_dialog(open_page: OpenPage) -> None:
    _, dialog = opened(open_page, size=PHONE)
    fields = [dialog.get_by_role("combobox", name=name) for name in ("Owner", "Calendar of")]
    owner, whole = (one.bounding_box() for one in fields)
    assert owner is not None and whole is not None
    assert owner["width"] == whole["width"] > PHONE[0] * 0.8
    expect(fields[0]).to_have_css("text-overflow", "ellipsis")
    expect(fields[0]).to_have_attribute("title", "Ελένη Παπαδοπούλου")


def test_an_exported_file_is_called_by_whose_it_is_and_its_range(open_page: OpenPage) -> None:
    page, dialog = opened(open_page)
    dialog.get_by_label("Calendar of").select_option("desk:DESK_EU_SALES")
    dialog.get_by_label("First day").fill("2026-11-01")
    dialog.get_by_label("Last day").fill("2026-11-30")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Export").click()
    assert waiting.value.suggested_filename == "calendar-eu-sales-2026-11.ics"


class Gate:
    """Between the page and the server: imports are held, but for previews."""

    def __init__(self, passing: int) -> None:
        """`passing`: so many imports go through."""
        self._passing = passing
        self.held: list[tuple[WebSocketRoute, WebSocketRoute, str | bytes]] = []
        """Page, server and message."""

    def take(self, page: WebSocketRoute) -> None:
        """A connection of the page."""
        server = page.connect_to_server()

        def forward(message: str | bytes) -> None:
            if '"dry_run":0' in str(message):
                self._passing -= 1
                if self._passing < 0:
                    return self.held.append((page, server, message))
            return server.send(message)

        page.on_message(forward)

    def open(self) -> None:
        """What is held goes to the server, and what comes."""
        self._passing = 100
        for _, server, message in self.held:
            server.send(message)

    def break_off(self) -> None:
        """Ends the page's connection in place of what is held."""
        self._passing = 100
        for page, _, _ in self.held:
            page.close()


def opened_at(gate: Gate, open_page: OpenPage, served: Served) -> tuple[Page, Locator]:
    """As `opened`, with the gate between."""
    page = open_page(signed_in=False)
    page.route_web_socket("**", gate.take)
    page.goto(served.address(query("week", START)))
    page.wait_for_selector(".loader[data-on=false]", state="attached")
    page.wait_for_selector(".grid-wait", state="detached")
    return page, dialog_of(page)


LONG = "DESCRIPTION:" + "x" * (PART_BYTES * 2 // 3)
"""Two events with it are two parts."""


def three_parts(key: str) -> FilePayload:
    """`key`: of its UIDs; what an earlier test has deleted would come back."""
    return file_of(*(line for n in range(3) for line in event(f"{key}-{n}", "Long text", LONG)))


def import_up_to(gate: Gate, page: Page, dialog: Locator, file: FilePayload) -> None:
    """Imports the three parts, until the first one that is held."""
    assert previewed(dialog, file)["Created"] == 3
    dialog.get_by_role("button", name="Import 3").click()
    # The handlers of Playwright run while the page is asked.
    wait_until(lambda: page.title() and gate.held)


@pytest.mark.parametrize("way", ["Escape", "cross", "beside"])
def test_an_import_goes_on_when_its_dialog_is_closed_and_a_message_has_its_result(
    open_page: OpenPage, served: Served, wire: Wire, way: str
) -> None:
    gate = Gate(passing=1)
    page, dialog = opened_at(gate, open_page, served)
    import_up_to(gate, page, dialog, three_parts(way))
    close(page, dialog, way)
    expect(dialog).to_have_count(0)
    assert len(found(wire)) == 1
    gate.open()
    text = "Imported calendar.ics: 3 created, 0 updated, 0 unchanged"
    expect(page.get_by_text(text)).to_be_visible()
    assert len(found(wire)) == 3


def close(page: Page, dialog: Locator, way: str) -> None:
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "cross":
        dialog.get_by_role("button", name="Close").click()
    else:
        page.mouse.click(5, 5)


REST = "What was imported before is here; import the file again for the rest."


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_an_import_that_fails_in_a_later_part_says_what_is_there(
    open_page: OpenPage, served: Served, wire: Wire, is_closed: bool
) -> None:
    gate = Gate(passing=2)
    page, dialog = opened_at(gate, open_page, served)
    file = three_parts(f"broken-{is_closed}")
    import_up_to(gate, page, dialog, file)
    if is_closed:
        close(page, dialog, "Escape")
        expect(dialog).to_have_count(0)
    gate.break_off()
    text = f"The connection broke before the answer came. {REST}"
    if is_closed:
        expect(page.get_by_text(f"calendar.ics: {text}")).to_be_visible()
        dialog = dialog_of(page)
    else:
        expect(dialog.get_by_role("alert")).to_have_text(text)
        assert counts(dialog)["Created"] == 2
    assert len(found(wire)) == 2
    expect(page.locator(".notice")).to_have_count(0)
    # What the import cuts of the long texts is named.
    assert previewed(dialog, file) == {
        "Created": 1,
        "Updated": 0,
        "Unchanged": 2,
        "Left out or changed": 3,
    }


def test_the_events_of_a_file_go_to_the_owner_that_is_chosen(
    open_page: OpenPage, wire: Wire
) -> None:
    _, dialog = opened(open_page)
    owner = dialog.get_by_role("combobox", name="Owner", exact=True)
    owner.select_option("11")
    file = file_of(*event("lunch-of-another", "Lunch with Anna"))
    assert previewed(dialog, file)["Created"] == 1
    owner.select_option("12")
    expect(dialog.locator(".ics-counts")).to_have_count(0)
    assert previewed(dialog, file)["Created"] == 1
    dialog.get_by_role("button", name="Import 1").click()
    expect(dialog.get_by_text("Imported. A repeating event counts once.")).to_be_visible()
    assert [row["owner_manager_id"] for row in found(wire)] == [12]

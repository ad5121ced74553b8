"""The page's passwords of calendar apps: added, shown once, listed, revoked. Issue 17."""

import re
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import query
from web.test_reach import serious_in_light_and_dark

MANAGER = 10


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that allows each manager two devices."""
    running = Served(tmp_path_factory.mktemp("devices") / "data", DESKCAL_MAX_DEVICES="2")
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _no_devices(wire: Wire) -> Iterator[None]:
    """Each test leaves no device to the next."""
    yield
    for device in wire.call("MngGetCalendarDevices")["devices"]:
        wire.call("MngDeleteCalendarDevice", id=device["id"])


def opened(open_page: OpenPage, **options: Any) -> Page:
    """The page with the dialog open, once it has its list."""
    page = open_page(query("week", monday_at(9)), **options)
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Settings").click()
    page.get_by_role("button", name="Passwords of devices").click()
    expect(page.get_by_role("dialog", name="Calendar apps")).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    return page


def add(page: Page, name: str) -> Locator:
    """Adds a device; the box with its password."""
    page.get_by_label("Name of the device").fill(name)
    page.get_by_role("button", name="Add a password").click()
    box = page.get_by_role("region", name=f"Password of {name}")
    expect(box).to_be_visible()
    return box


def value(box: Locator, label: str) -> str:
    """What the box gives for that label."""
    return box.locator("dl > div", has_text=re.compile(f"^{label}")).locator("code").inner_text()


def sign_in(served: Served, user: str, password: str) -> int:
    """The status of a PROPFIND with these credentials."""
    basic = b64encode(f"{user}:{password}".encode()).decode()
    connection = HTTPConnection(served.web, timeout=20)
    try:
        connection.request(
            "PROPFIND", "/dav/", headers={"authorization": f"Basic {basic}", "depth": "0"}
        )
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_password_is_shown_once_opens_the_calendar_and_is_revoked(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    page = opened(open_page)
    dialog = page.get_by_role("dialog", name="Calendar apps")
    expect(dialog).to_contain_text("No device has a password yet.")
    box = add(page, "Phone")
    assert value(box, "Address") == f"http://{served.web}/"
    expect(box.get_by_role("img", name=f"QR code of http://{served.web}/")).to_be_visible()
    user, password = value(box, "User name"), value(box, "Password")
    assert user == str(MANAGER)
    row = page.locator(".device-row")
    expect(row).to_contain_text("never used")
    assert sign_in(served, user, password) == 207

    box.get_by_role("button", name="I have kept it").click()
    expect(box).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Passwords of devices").click()
    expect(row).to_contain_text("Phone")
    assert password not in page.content()

    question = page.get_by_role("dialog", name="Revoke the password of Phone?")
    row.get_by_role("button", name="Revoke").click()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Revoke").click()
    question.get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)
    assert wire.call("MngGetCalendarDevices")["devices"] == []
    assert sign_in(served, user, password) == 401


def test_the_password_and_its_box_go_with_a_revoked_device(open_page: OpenPage) -> None:
    page = opened(open_page)
    add(page, "Laptop")
    box = add(page, "Phone")
    rows = page.locator(".device-row")
    expect(rows).to_have_count(2)
    for name, boxes in (("Laptop", 1), ("Phone", 0)):
        page.get_by_role("button", name=f"Revoke the password of {name}").click()
        page.get_by_role("button", name="Revoke", exact=True).last.click()
        expect(page.get_by_role("button", name=f"of {name}")).to_have_count(0)
        expect(box).to_have_count(boxes)


def test_the_page_warns_where_passwords_are_refused(open_page: OpenPage, served: Served) -> None:
    """Over plain HTTP from another host, where browsers give a page less."""
    page = opened(open_page)
    warning = page.get_by_role("note").filter(has_text="loaded over plain HTTP")
    expect(warning).to_have_count(0)
    page.goto("about:blank")
    page.goto(served.address("?view=week").replace("127.0.0.1", "deskcal.test"))
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Settings").click()
    page.get_by_role("button", name="Passwords of devices").click()
    expect(warning).to_contain_text("http://deskcal.test:")
    copy = add(page, "Phone").get_by_role("button", name="Copy: Password")
    copy.click()
    refused = page.get_by_role("button", name="Not allowed: select the text: Password")
    expect(refused).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("n")
    page.get_by_label("Title", exact=True).fill("From another host")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="From another host")).to_be_visible()


def test_what_the_server_refuses_is_said_and_the_name_stays(
    open_page: OpenPage, wire: Wire
) -> None:
    page = opened(open_page)
    for name in ("Phone", "Laptop"):
        wire.call("MngAddCalendarDevice", name=name)
    page.get_by_label("Name of the device").fill("One more")
    page.get_by_role("button", name="Add a password").click()
    expect(page.get_by_role("dialog", name="Calendar apps")).to_contain_text("revoke one first")
    expect(page.get_by_label("Name of the device")).to_have_value("One more")


def test_axe_finds_nothing_serious_in_devices(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = opened(open_page, size=size)
    box = add(page, "Phone of the stand-by team")
    expect(page.locator(".device-row")).to_have_count(1)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
    edges = box.bounding_box()
    assert edges is not None
    assert edges["x"] >= 0
    assert edges["x"] + edges["width"] <= size[0]
    assert serious_in_light_and_dark(page) == []

"""The page's webhooks, for administrators: added, tested, paused, replayed."""

import datetime as dt
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from deskcal.core.sessions import SessionType
from helpers import WAIT_SEC
from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import query
from web.test_reach import serious_in_light_and_dark


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose webhooks may lead to the loopback."""
    running = Served(
        tmp_path_factory.mktemp("webhooks") / "data", DESKCAL_WEBHOOK_NETWORKS="127.0.0.0/8"
    )
    yield running
    running.stop()


class Request(NamedTuple):
    """What came to a receiver."""

    id: str
    time: int
    """Of the try, Unix seconds."""
    body: bytes


class Receiver:
    """Answers `status` to every request, and keeps them."""

    def __init__(self) -> None:
        self.status = 204
        self.requests: list[Request] = []
        self._came = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                time = int(self.headers["webhook-timestamp"])
                receiver.keep(Request(self.headers["webhook-id"], time, body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def keep(self, request: Request) -> None:
        with self._came:
            self.requests.append(request)
            self._came.notify_all()

    def until(self, count: int) -> list[Request]:
        """What has come, once there are so many."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.requests) >= count, WAIT_SEC)
            return list(self.requests)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The dialog, opened by an administrator."""
    return opened(open_page)


def opened(open_page: OpenPage, **options: Any) -> Page:
    page = open_page(query("week", monday_at(9)), type=int(SessionType.SESSION_ADMIN), **options)
    page.get_by_role("button", name=re.compile("settings and more")).click()
    page.get_by_role("menuitem", name="Webhooks").click()
    page.wait_for_selector("dialog")
    return page


def add(page: Page, url: str, desks: str = "*") -> Locator:
    """Adds one; its row."""
    rows = page.locator(".webhook-row")
    page.get_by_text(re.compile("Add a webhook|no webhooks yet")).wait_for()
    before = rows.count()
    if before:
        page.get_by_role("button", name="Add a webhook").click()
    page.get_by_label("URL of the receiver").fill(url)
    page.get_by_label("Desks, such as DESK_EU*").fill(desks)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(rows).to_have_count(before + 1)
    return rows.last


def test_a_webhook_is_added_with_its_secret_shown_once_tested_and_replayed(
    page: Page, wire: Wire, receiver: Receiver
) -> None:
    row = add(page, receiver.url, "DESK_*")
    secret = page.locator(".webhook-secret")
    expect(secret.locator("code")).to_have_text(re.compile(r"^whsec_\S{40,}$"))
    page.get_by_role("button", name="I have kept it").click()
    expect(secret).to_have_count(0)
    expect(row).to_contain_text("all changes of DESK_*")
    row.get_by_role("button", name=re.compile("^Test")).click()
    expect(row).to_contain_text("The receiver has answered 204")
    wire.add(title="For the CRM", desk="DESK_RETENTION")
    row.get_by_role("button", name=re.compile("^Deliveries")).click()
    expect(row.locator("tbody tr")).not_to_have_count(0)
    row.get_by_label("Send again what came after change").fill("0")
    row.get_by_role("button", name="Replay").click()
    expect(row).to_contain_text("Changes after 0 are sent again.")
    expect(row.locator("tbody tr").first).to_contain_text("204")
    assert receiver.requests[0].body.startswith(b'{"type":"calendar.test"')
    row.get_by_role("button", name="New secret").click()
    expect(secret.locator("code")).to_have_text(re.compile("^whsec_"))
    row.get_by_role("button", name="Delete", exact=True).click()
    row.get_by_role("button", name="Delete it for good").click()
    expect(row).to_have_count(0)


def test_a_replay_sends_the_receiver_the_same_message_again(
    page: Page, wire: Wire, receiver: Receiver
) -> None:
    row = add(page, receiver.url)
    wire.add(title="For the CRM")
    (first,) = receiver.until(1)
    row.get_by_role("button", name=re.compile("^Deliveries")).click()
    before = json.loads(first.body)["data"]["seq"] - 1
    row.get_by_label("Send again what came after change").fill(str(before))
    row.get_by_role("button", name="Replay").click()
    expect(row).to_contain_text(f"Changes after {before} are sent again.")
    _, second = receiver.until(2)
    assert (second.id, second.body) == (first.id, first.body)


def test_a_delivery_has_the_time_of_its_try_on_the_clock_of_the_page(
    open_page: OpenPage, receiver: Receiver
) -> None:
    page = opened(open_page, zone="Asia/Kathmandu")
    row = add(page, receiver.url)
    row.get_by_role("button", name=re.compile("^Test")).click()
    expect(row).to_contain_text("The receiver has answered 204")
    row.get_by_role("button", name=re.compile("^Deliveries")).click()
    (sent,) = receiver.until(1)
    local = dt.datetime.fromtimestamp(sent.time, ZoneInfo("Asia/Kathmandu"))
    cells = row.locator("tbody td")
    expect(cells.nth(0)).to_have_text(re.compile(f"^{local.day} [A-Z][a-z]+ {local:%Y, %H:%M}$"))
    expect(cells.nth(1)).to_have_text("test or escalation")


def test_what_fails_is_said_at_the_webhook_and_a_pause_is_seen(
    page: Page, receiver: Receiver
) -> None:
    row = add(page, receiver.url)
    receiver.status = 500
    row.get_by_role("button", name=re.compile("^Test")).click()
    expect(row).to_contain_text("The receiver has answered 500; it must answer 2xx.")
    row.get_by_role("button", name=re.compile("^Pause")).click()
    expect(row.locator(".webhook-state")).to_have_text("paused")
    row.get_by_role("button", name=re.compile("^Resume")).click()
    expect(row.locator(".webhook-state")).to_have_text("active")


def test_a_url_that_is_refused_is_said_and_stays_in_the_form(page: Page) -> None:
    page.get_by_text(re.compile("Add a webhook|no webhooks yet")).wait_for()
    if page.locator(".webhook-row").count():
        page.get_by_role("button", name="Add a webhook").click()
    page.get_by_label("URL of the receiver").fill("http://10.1.2.3/hooks")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("dialog")).to_contain_text("leads to 10.1.2.3 by http")
    expect(page.get_by_label("URL of the receiver")).to_have_value("http://10.1.2.3/hooks")


def test_managers_have_no_webhooks(open_page: OpenPage) -> None:
    page = open_page(query("week", monday_at(9)), type=int(SessionType.SESSION_CRM_MANAGER))
    page.get_by_role("button", name=re.compile("settings and more")).click()
    expect(page.get_by_role("menuitem", name="Settings")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Webhooks")).to_have_count(0)


def test_axe_finds_nothing_serious_in_webhooks(
    open_page: OpenPage, size: tuple[int, int], receiver: Receiver
) -> None:
    page = opened(open_page, size=size)
    row = add(page, receiver.url)
    receiver.status = 500
    row.get_by_role("button", name=re.compile("^Test")).click()
    row.get_by_role("button", name=re.compile("^Deliveries")).click()
    expect(row.locator("tbody tr")).to_have_count(1)
    assert serious_in_light_and_dark(page) == []

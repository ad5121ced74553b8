"""Real Chromium on the built page of a real server process; skipped, saying why, without them."""

import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from deskcal.http.page import page_directory
from web.served import DESKTOP, PHONE, OpenPage, Served, Wire

WAIT_MS = 30_000
"""For an element, at most: the machine may have other work."""
HAS_PARTS = """async () => {
    const loaded = performance.getEntriesByType("resource").map((one) => one.name);
    const last = loaded.find((name) => name.includes("/page-dialogs-") && name.endsWith(".js"));
    if (last) await import(last);
    return Boolean(last);
}"""
"""Whether the last part that the page loads by itself is there, and has run."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP deskcal.test 127.0.0.1",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: while Playwright is open, no test can run an event loop of its own."""
    expect.set_options(timeout=WAIT_MS)
    chromium = os.environ.get("DESKCAL_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium here: apt-get install chromium, or name one in DESKCAL_CHROMIUM")
    if not (page_directory() / "index.html").exists():
        pytest.skip("the page is not built: make web")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield one
        one.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served(tmp_path_factory.mktemp("web") / "data")
    yield running
    running.stop()


@pytest.fixture
def wire(served: Served) -> Iterator[Wire]:
    """The demo's first manager on TCP."""
    one = Wire(served.tcp, served.token())
    yield one
    one.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    found: tuple[int, int] = request.param
    return found


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[OpenPage]:
    """`open_page(query, size=, zone=, theme=, **claims)`: the page; no error may be sent there."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(
        query: str = "",
        *,
        size: tuple[int, int] = DESKTOP,
        zone: str = "UTC",
        theme: Any = "light",
        signed_in: bool = True,
        **claims: Any,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            timezone_id=zone,
            color_scheme=theme,
            reduced_motion="reduce",
            has_touch=size == PHONE,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if is_ours(said) else None)
        page.goto(served.address(query, **claims) if signed_in else f"http://{served.web}/")
        if signed_in:
            page.wait_for_selector(".loader[data-on=false]", state="attached")
            page.wait_for_selector(".grid-wait", state="detached")
            until_parts_are_there(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def until_parts_are_there(page: Page) -> None:
    """Panel, menus and dialogs are loaded meanwhile: from now on they open at once."""
    until = time.monotonic() + WAIT_MS / 1000
    while not page.evaluate(HAS_PARTS):
        assert time.monotonic() < until, "the page has not loaded its parts"
        page.wait_for_timeout(20)


def stop_clock(page: Page) -> None:
    """Has the page's clock stand still, a little later: installed alone, it goes on by itself."""
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 10)


def is_ours(said: Any) -> bool:
    """Whether an error on the console is the page's; a server that is down is not.

    Nor is a header that the browser ignores over plain HTTP from another host.
    """
    is_down = "WebSocket connection" in said.text or "ERR_CONNECTION_REFUSED" in said.text
    is_ignored = "origin was untrustworthy" in said.text
    return said.type == "error" and not (is_down or is_ignored)

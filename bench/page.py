"""The web calendar with thousands of events in one month, in a real Chromium on a real server.

Says so in its row where there is no Chromium, no Playwright or no built page.
"""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from bench import requests
from bench.processes import deskcal, free_port
from bench.requests import DESKS, FIRST_MANAGER
from bench.scale import Ground
from bench.table import Bound, Row, absolute, at_most, millis, secs
from deskcal.http.page import page_directory

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVENTS = 5_000
FIRST_DAY = 1_832_976_000
"""2028-02-01 00:00 UTC, the first day of the month that is filled."""
DAYS = 29
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WAIT_MS = 30_000
PAGE_PX, PAGES = 240, 40

MONTH_GOAL = at_most(1.0)
WEEK_GOAL = at_most(1.0)
TASK_GOAL = at_most(0.2)
"""Above it, a hitch is felt."""
LIVE_GOAL = at_most(1.0)
LIVE_DAY, LIVE_SEC = "2029-01-01", 1_861_920_000
"""A day with nothing else, and its begin."""


def _task(seconds: float) -> str:
    """A time as the browser tells it, from 50 ms on."""
    return millis(seconds) if seconds else "under 50 ms"


VALUES: dict[str, tuple[str, Bound, Callable[[float], str]]] = {
    "month": (f"page, {EVENTS:,} events in a month: month drawn", MONTH_GOAL, secs),
    "on": ("the same: paged to the next month", MONTH_GOAL, secs),
    "back": ("the same: paged back", MONTH_GOAL, secs),
    "week": ("the same: week opened", WEEK_GOAL, secs),
    "task": ("the same: longest task while week and agenda scroll", TASK_GOAL, _task),
    "live": ("page: an event that somebody else creates is there", LIVE_GOAL, secs),
}
"""What is measured, by its name in a round."""

NOTE_TASKS = """
window.tasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((one) => tasks.push(one.duration)))
    .observe({ type: "longtask" });
"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Looks in each frame, and ends once what is there is painted. Playwright's own waiting looks after
# 20, 50, 100, 100 and then every 500 ms, so that 20 ms could count as half a second.
UNTIL = """([selectors, text, mostMs]) => new Promise((done, fail) => {
    const isThere = (selector) =>
        [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text));
    const until = performance.now() + mostMs;
    const look = () => {
        if (selectors.every(isThere)) requestAnimationFrame(() => requestAnimationFrame(done));
        else if (performance.now() > until) fail(new Error(`not there: ${selectors}`));
        else requestAnimationFrame(look);
    };
    look();
})"""


def measure(ground: Ground) -> Iterator[Row]:
    """Six rows; or one that says what is missing."""
    missing = _missing()
    if missing:
        ground.say(f"page: not measured, {missing}")
        yield Row(VALUES["month"][0], f"not measured: {missing}", "", "", "within 1 s", False)
        return
    found: dict[str, list[float]] = {name: [] for name in VALUES}
    web = f"127.0.0.1:{free_port()}"
    with deskcal(ground.directory / "page", web) as server:
        path = requests.save(ground.directory / "page.requests", _events(ground.now))
        requests.check(server.port, path)
        for _ in range(ground.scale.rounds):
            one = _round(web, ground, server.port)
            ground.say("page: " + ", ".join(f"{name} {value:.3f} s" for name, value in one.items()))
            for name, value in one.items():
                found[name].append(value)
    for name, (what, goal, show) in VALUES.items():
        yield absolute(what, found[name], goal, show=show)


def _chromium() -> str | None:
    return os.environ.get("DESKCAL_CHROMIUM") or shutil.which("chromium")


def _missing() -> str:
    """What can't be had here, for people; "" if all is there."""
    if _chromium() is None:
        return "no chromium here (apt-get install chromium)"
    if not (page_directory() / "index.html").exists():
        return "the page is not built (make web)"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "no playwright here (make setup)"
    return ""


def _events(now: int) -> Iterator[bytes]:
    draw = random.Random(5)
    token = requests.token_of(FIRST_MANAGER, "DESK_*", now)
    for number in range(EVENTS):
        start = FIRST_DAY + draw.randrange(DAYS) * 86_400 + draw.randrange(96) * 900
        data = {
            "title": f"Call {number}",
            "desk": draw.choice(DESKS),
            "start_time": start,
            "end_time": start + draw.choice((900, 1800, 3600, 86_400)),
            "owner_manager_id": FIRST_MANAGER + draw.randrange(12),
        }
        yield requests.line("MngAddCalendarEvent", data, token, number)


def _round(web: str, ground: Ground, port: int) -> dict[str, float]:
    """One visit of a fresh browser: seconds of each value."""
    from playwright.sync_api import sync_playwright

    token = requests.token_of(FIRST_MANAGER, "DESK_*", ground.now)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, timezone_id="UTC")
        page.set_default_timeout(WAIT_MS)
        page.add_init_script(NOTE_TASKS)
        # Signed in, and the scripts in the browser's cache: as on any other morning.
        quiet = f"http://{web}/?view=day&day={LIVE_DAY}&zone=UTC"
        page.goto(f"{quiet}#token={token}")
        page.wait_for_selector("#calendar[data-view=day][data-loading=false]")
        visit = _Visit(page)
        address = f"http://{web}/?view=month&day=2028-02-15&zone=UTC"
        seconds = {
            "month": visit.timed(visit.goes(address), "month", "15 Feb"),
            "on": visit.timed(lambda: visit.press("Next"), "month", "15 Mar"),
            "back": visit.timed(lambda: visit.press("Previous"), "month", "15 Feb"),
            "week": visit.timed(lambda: visit.press("Week"), "week", ""),
        }
        tasks = [visit.longest_scrolling(".rbc-time-content")]
        visit.timed(lambda: visit.press("Agenda"), "agenda", "")
        tasks.append(visit.longest_scrolling(".agenda"))
        page.goto(quiet)
        page.wait_for_selector("#calendar[data-view=day][data-loading=false]")
        live = visit.until_live(ground, port)
        browser.close()
    return seconds | {"task": max(tasks), "live": live}


class _Visit:
    """One page of the browser, driven and timed."""

    def __init__(self, page: "Page") -> None:
        self._page = page

    def press(self, name: str) -> None:
        """Presses a button of the top bar."""
        bar = self._page.locator(".top")
        bar.get_by_role("button", name=name, exact=True).click()

    def timed(self, act: Callable[[], object], view: str, day: str) -> float:
        """Seconds from the act until its view is drawn, loaded and painted."""
        wanted = [f"#calendar[data-view={view}][data-loading=false]"]
        if day:
            wanted.append(f".date-link[aria-label$='{day}']")
        wanted.append(".row" if view == "agenda" else ".more")
        begun = time.monotonic()
        act()
        self._until(wanted)
        return time.monotonic() - begun

    def goes(self, address: str) -> Callable[[], object]:
        """To an address, and no waiting until it is loaded."""
        return lambda: self._page.goto(address, wait_until="commit")

    def _until(self, selectors: list[str], text: str = "") -> None:
        """Waits until each of them is there, with that text in it, and painted."""
        self._page.evaluate(UNTIL, [selectors, text, WAIT_MS])

    def until_live(self, ground: Ground, port: int) -> float:
        """Seconds from a create over TCP until its event is painted, then it is deleted again."""
        token = requests.token_of(FIRST_MANAGER + 1, "DESK_*", ground.now)
        place = {"start_time": LIVE_SEC + 36_000, "end_time": LIVE_SEC + 39_600, "desk": DESKS[0]}
        path = ground.directory / "live.requests"
        new = requests.line("MngAddCalendarEvent", {"title": "Live"} | place, token)
        begun = time.monotonic()
        (answer,) = requests.check(port, requests.save(path, [new]))
        self._until([".rbc-event"], "Live")
        seconds = time.monotonic() - begun
        event = {"id": msgspec.json.decode(answer)["data"]["event"]["id"]}
        gone = requests.line("MngDeleteCalendarEvent", event, token)
        requests.check(port, requests.save(path, [gone]))
        return seconds

    def longest_scrolling(self, selector: str) -> float:
        """Seconds of the longest uninterrupted piece of work while that is scrolled down."""
        page = self._page
        page.evaluate("tasks.length = 0")
        page.locator(selector).hover(position={"x": 200, "y": 200})
        for _ in range(PAGES):
            page.mouse.wheel(0, PAGE_PX)
            page.evaluate(FRAMES)
        if not page.locator(selector).evaluate("one => one.scrollTop"):
            raise RuntimeError(f"{selector} does not scroll")
        longest: float = page.evaluate("Math.max(0, ...tasks)")
        return longest / 1000

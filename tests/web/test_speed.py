"""Five thousand events in one month: drawn within a second, paged and scrolled without a hitch."""

import datetime as dt
import json
import random
import socket
import time

from playwright.sync_api import Page, expect

from web.served import OpenPage, Served

EVENTS = 5000
FIRST = dt.datetime(2028, 2, 1, tzinfo=dt.UTC)
MOST_SEC = 1.0
LONGEST_TASK_MS = 600
"""Of one uninterrupted piece of work in the browser, on a machine that others use too."""


def fill(served: Served) -> None:
    """Through TCP, all requests at once."""
    draw = random.Random(5)
    host, _, port = served.tcp.rpartition(":")
    token = served.token()
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        answers = connection.makefile("rb")
        for number in range(EVENTS):
            start = FIRST + dt.timedelta(days=draw.randrange(29), minutes=15 * draw.randrange(96))
            seconds = int(start.timestamp())
            data = {
                "title": f"Call {number}",
                "desk": "DESK_DENSE",
                "start_time": seconds,
                "end_time": seconds + draw.choice((900, 1800, 3600, 86_400)),
                "owner_manager_id": draw.randrange(10, 22),
            }
            message = {"command": "MngAddCalendarEvent", "data": data, "__token": token}
            connection.sendall(json.dumps(message).encode() + b"\n")
        for _ in range(EVENTS):
            answers.readline()
        answers.close()


def switch(page: Page, view: str) -> float:
    """Seconds until the view is there."""
    button = page.get_by_role("group", name="View").get_by_role("button", name=view, exact=True)
    begun = time.monotonic()
    button.click()
    expect(page.locator(f"#calendar[data-view={view.lower()}] .more").first).to_be_visible()
    return time.monotonic() - begun


def test_a_month_of_five_thousand_events_is_drawn_within_a_second(
    open_page: OpenPage, served: Served
) -> None:
    fill(served)
    page = open_page("?view=agenda&day=2029-01-01")
    address = "?view=month&day=2028-02-15&desk=DESK_DENSE"
    begun = time.monotonic()
    page.goto(f"http://{served.web}/{address}")
    expect(page.locator(".more").first).to_be_visible()
    assert time.monotonic() - begun < MOST_SEC
    page.evaluate(
        "window.tasks = []; new PerformanceObserver((list) => list.getEntries()"
        ".forEach((one) => tasks.push(one.duration))).observe({ type: 'longtask' })"
    )
    assert switch(page, "Week") < MOST_SEC
    assert switch(page, "Day") < MOST_SEC
    assert switch(page, "Month") < MOST_SEC
    for name in ("Next", "Previous"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".more").first).to_be_visible()
    page.locator(".more").first.click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()
    assert max(page.evaluate("tasks"), default=0) < LONGEST_TASK_MS

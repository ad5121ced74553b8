"""Five thousand events in one month. How quickly they are drawn is measured by `bench/page.py`."""

import datetime as dt
import json
import random
import socket

import pytest
from playwright.sync_api import Page, expect

from web.served import OpenPage, Served, Wire

EVENTS = 5000
FIRST = dt.datetime(2028, 2, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def dense(served: Served) -> None:
    """The events are there; through TCP, all requests at once."""
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


def show(page: Page, view: str) -> None:
    button = page.get_by_role("group", name="View").get_by_role("button", name=view, exact=True)
    button.click()
    expect(page.locator(f"#calendar[data-view={view.lower()}] .more").first).to_be_visible()


def test_a_month_of_five_thousand_events_is_shown_in_every_view(
    open_page: OpenPage, dense: None
) -> None:
    page = open_page("?view=month&day=2028-02-15&desk=DESK_DENSE")
    expect(page.locator(".more")).to_have_count(29 + 1)
    show(page, "Week")
    show(page, "Day")
    show(page, "Month")
    for name in ("Next", "Previous"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".date-link[aria-label$='15 Feb']")).to_be_visible()
    page.locator(".more", has_text="more on 2028-02-15").click()
    rows = page.get_by_role("dialog").get_by_role("listitem")
    expect(rows.first).to_be_visible()
    assert rows.count() > EVENTS / 29


def test_many_managers_have_all_their_events_where_the_month_has_more_than_a_page(
    open_page: OpenPage, served: Served, wire: Wire, dense: None
) -> None:
    """Lists take one manager, and the page asks for 5,000 rows at a time."""
    first = int(FIRST.timestamp())
    wire.add(title="One more", desk="DESK_DENSE", start_time=first)
    chosen = list(range(11, 22))
    day = {"from": first + 14 * 86_400, "to": first + 15 * 86_400, "limit": 50_000, "offset": 0}
    wanted: set[int] = set()
    for manager_id in chosen:
        answer = wire.call(
            "MngGetCalendarEventsByFilter", **day, deskFilter="DESK_DENSE", manager_id=manager_id
        )
        wanted |= {row["id"] for row in answer["rows"]}
    managers = ".".join(map(str, chosen))
    page = open_page(f"?view=month&day=2028-02-15&desk=DESK_DENSE&managers={managers}")
    page.locator(".more", has_text="more on 2028-02-15").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{len(wanted)} events")
    assert 100 < len(wanted) < EVENTS

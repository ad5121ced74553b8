"""More managers chosen than lists are asked for one by one, where a list has several pages."""

import json
import random
import socket

from playwright.sync_api import expect

from web.served import OpenPage, Served, Wire

FIRST = 1_832_976_000
"""2028-02-01 00:00 UTC."""
EVENTS = 5200
"""More than the page asks for at a time."""


def fill(served: Served) -> None:
    """Events of the twelve managers of the demo, all of them made by manager 10."""
    draw = random.Random(7)
    host, _, port = served.tcp.rpartition(":")
    token = served.token()
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        answers = connection.makefile("rb")
        for number in range(EVENTS):
            start = FIRST + draw.randrange(29 * 96) * 900
            data = {
                "title": f"Call {number}",
                "desk": "DESK_MANY",
                "start_time": start,
                "end_time": start + draw.choice((900, 3600, 86_400)),
                "owner_manager_id": draw.randrange(10, 22),
            }
            message = {"command": "MngAddCalendarEvent", "data": data, "__token": token}
            connection.sendall(json.dumps(message).encode() + b"\n")
        for _ in range(EVENTS):
            answers.readline()
        answers.close()


def test_many_managers_have_all_their_events_and_nobody_elses(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    fill(served)
    chosen = range(11, 22)
    day = {"from": FIRST + 14 * 86_400, "to": FIRST + 15 * 86_400, "limit": 50_000, "offset": 0}
    wanted: set[int] = set()
    for manager_id in chosen:
        answer = wire.call(
            "MngGetCalendarEventsByFilter", **day, deskFilter="DESK_MANY", manager_id=manager_id
        )
        wanted |= {row["id"] for row in answer["rows"]}
    managers = ".".join(map(str, chosen))
    page = open_page(f"?view=month&day=2028-02-15&desk=DESK_MANY&managers={managers}")
    page.locator(".more", has_text="more on 2028-02-15").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{len(wanted)} events")
    assert 100 < len(wanted) < EVENTS / 10

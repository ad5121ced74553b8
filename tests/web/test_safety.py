"""What others wrote stays text; what the gateway answers guards the page."""

import datetime as dt
import http.client
import re
import urllib.error
import urllib.request
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from web.served import OpenPage, Served, Wire, monday_at
from web.test_everyday import event_named, query

Size = tuple[int, int]

SCRIPTS = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>\'"]]>{{7*7}}'
ASTS: list[Any] = [
    SCRIPTS,
    {
        "type": "doc",
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": SCRIPTS}]}],
    },
    {
        "type": "script",
        "props": {"dangerouslySetInnerHTML": {"__html": SCRIPTS}},
        "children": [SCRIPTS],
    },
    {
        "type": "iframe",
        "props": {"src": "javascript:window.broken=1", "srcdoc": SCRIPTS},
        "children": SCRIPTS,
    },
    {
        "type": "doc",
        "content": [
            {
                "type": "text",
                "text": SCRIPTS,
                "marks": [{"type": "link", "attrs": {"href": "javascript:window.broken=1"}}],
            }
        ],
    },
    {
        "type": "a",
        "props": {"href": " java\nscript:window.broken=1", "onclick": "window.broken=1"},
        "children": [SCRIPTS],
    },
    {"type": "a", "props": {"href": "data:text/html," + SCRIPTS}, "children": [SCRIPTS]},
]


@pytest.mark.parametrize("ast", ASTS)
def test_scripts_in_title_and_notes_stay_text(
    open_page: OpenPage, wire: Wire, size: Size, ast: Any
) -> None:
    start = monday_at(9, 12)
    event = wire.add(title=SCRIPTS, ast_json=ast, start_time=start)
    page = open_page(query("agenda", start, f"&event={event['id']}"), size=size)
    notes = page.get_by_role("region", name="Notes")
    expect(page.get_by_role("heading", name=SCRIPTS)).to_be_visible()
    expect(notes).to_contain_text(SCRIPTS)
    assert notes.locator("img, script, iframe, a").count() == 0
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.get_by_label("Title", exact=True)).to_have_value(SCRIPTS)
    assert page.evaluate("window.broken") is None
    wire.call("MngDeleteCalendarEvent", id=event["id"])


def test_links_are_shown_and_a_meeting_link_is_a_button(open_page: OpenPage, wire: Wire) -> None:
    ast = [
        {"type": "a", "props": {"href": "https://a.example/x"}, "children": ["site"]},
        {"type": "a", "props": {"href": "mailto:a@b.example"}, "children": ["mail"]},
        {"type": "a", "props": {"href": "https://meet.google.com/abc-defg-hij"}, "children": []},
    ]
    event = wire.add(title="Links", ast_json=ast)
    page = open_page(f"?view=agenda&event={event['id']}")
    notes = page.get_by_role("region", name="Notes")
    expect(notes.locator("a")).to_have_count(3)
    links = {link.inner_text(): link.get_attribute("href") for link in notes.locator("a").all()}
    assert links == {
        "site": "https://a.example/x",
        "mail": "mailto:a@b.example",
        "Join Google Meet": "https://meet.google.com/abc-defg-hij",
    }
    assert "noopener" in (notes.locator("a").first.get_attribute("rel") or "")


def test_an_all_day_event_is_on_its_dates_in_every_zone(open_page: OpenPage, wire: Wire) -> None:
    start = monday_at(0, 13)
    wire.add(
        title="Whole day", all_day=1, timezone="UTC", start_time=start, end_time=start + 86_400
    )
    for zone in ("Pacific/Kiritimati", "America/Sao_Paulo", "Pacific/Niue"):
        page = open_page(query("week", start, "&zone=" + zone), zone=zone)
        shown = event_named(page, "Whole day").bounding_box()
        monday = page.locator(".rbc-allday-cell .rbc-day-bg").first.bounding_box()
        assert shown is not None and monday is not None
        assert monday["x"] <= shown["x"] < monday["x"] + monday["width"]
        assert shown["width"] <= monday["width"]


def get(served: Served, path: str) -> tuple[int, Any, str]:
    try:
        with urllib.request.urlopen(f"http://{served.web}{path}", timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, exc.headers, exc.read().decode()


def test_every_answer_has_the_headers_that_guard_it(served: Served) -> None:
    for path in ("/", "/healthz", "/nothing"):
        _, headers, _ = get(served, path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_health_and_metrics_are_served(served: Served) -> None:
    assert get(served, "/healthz")[0] == get(served, "/readyz")[0] == 200
    assert 'deskcal_connections{transport="websocket"}' in get(served, "/metrics")[2]


def test_nothing_outside_the_page_is_served(served: Served) -> None:
    for path in ("/assets/../site.py", "/assets/%2e%2e/index.html", "/page/index.html", "/ws"):
        assert get(served, path)[0] in (400, 404, 426)


def test_a_foreign_page_may_not_open_the_socket(served: Served) -> None:
    assert shake_hands(served, f"http://{served.web}") == 101
    assert shake_hands(served, "https://evil.example") == 403


def shake_hands(served: Served, origin: str) -> int:
    """Status of a WebSocket handshake from a page of `origin`."""
    connection = http.client.HTTPConnection(served.web, timeout=10)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": origin,
    }
    connection.request("GET", "/ws", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_filters_are_in_the_address(open_page: OpenPage, size: Size) -> None:
    page = open_page("?view=agenda", size=size)
    if size[0] < 1100:
        page.get_by_role("button", name="Calendars and filters").click()
    page.get_by_role("button", name="My calendar").click()
    page.get_by_role("button", name="Urgent", exact=True).click()
    expect(page).to_have_url(re.compile("managers=10.*priority=3"))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    if size[0] < 1100:
        page.get_by_role("button", name="Calendars and filters").click()
    expect(page.get_by_role("button", name="Urgent", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_in_a_week_with_a_clock_change_events_stand_at_their_hour(
    open_page: OpenPage, wire: Wire, day: str
) -> None:
    zone = ZoneInfo("Europe/Nicosia")
    start = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(10), zone)
    wire.add(title="Ten o'clock", start_time=int(start.timestamp()))
    page = open_page(f"?view=week&day={day}&zone=Europe/Nicosia", zone="UTC")
    label = page.locator(".rbc-time-gutter .rbc-timeslot-group").nth(10).bounding_box()
    shown = event_named(page, "Ten o'clock").bounding_box()
    assert label is not None and shown is not None
    assert abs(shown["y"] - label["y"]) <= 2
    assert abs(shown["height"] - label["height"]) <= 3

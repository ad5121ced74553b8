"""What is parsed and made off the event loop, which would stand meanwhile: what is large."""

import threading
from xml.etree.ElementTree import Element

import pytest

from dav import NAMESPACES, serving_dav
from deskcal.http.caldav import context, xml
from deskcal.ical.resource import Resource, resource_text
from helpers import NOW
from places import Place
from server.caldav_texts import TEN

LARGE = f"<!-- {'x' * 20_000} -->"
PROP = "<D:prop><D:displayname/></D:prop>"
BODIES = {
    "PROPFIND": f"<D:propfind {NAMESPACES}>{PROP}%s</D:propfind>",
    "PROPPATCH": f"<D:propertyupdate {NAMESPACES}><D:remove>{PROP}</D:remove>%s</D:propertyupdate>",
    "REPORT": f"<C:calendar-multiget {NAMESPACES}>{PROP}%s</C:calendar-multiget>",
}


@pytest.mark.parametrize("method", BODIES)
@pytest.mark.parametrize(("more", "on_loop"), [("", True), (LARGE, False)])
async def test_a_large_body_is_parsed_off_the_event_loop(
    place: Place, monkeypatch: pytest.MonkeyPatch, method: str, more: str, on_loop: bool
) -> None:
    threads = []
    parse = xml.parse

    def noting(body: bytes) -> Element | None:
        threads.append(threading.get_ident())
        return parse(body)

    monkeypatch.setattr(xml, "parse", noting)
    async with serving_dav(place) as dav:
        got = await dav.ask(method, dav.mine, BODIES[method] % more)
        broken = await dav.ask(method, dav.mine, f"{BODIES[method] % more}<")
    assert (got.status, broken.status) == (207, 400), (got, broken)
    assert [one == threading.get_ident() for one in threads] == [on_loop, on_loop]


@pytest.mark.parametrize(("count", "on_loop"), [(2, True), (40, False)])
async def test_the_text_of_a_long_series_is_made_off_the_event_loop(
    place: Place, monkeypatch: pytest.MonkeyPatch, count: int, on_loop: bool
) -> None:
    threads = []

    def noting(resource: Resource) -> str:
        threads.append(threading.get_ident())
        return resource_text(resource)

    monkeypatch.setattr(context, "resource_text", noting)
    async with serving_dav(place) as dav:
        rule = {"rrule": f"FREQ=DAILY;COUNT={count}"}
        made = await dav.desk.add(
            TEN, start_time=NOW + 60, end_time=NOW + 120, timezone="UTC", recurrence=rule
        )
        name = f"series-{made['series_id']}.ics"
        text = await dav.text(name)
        assert (await dav.put(name, text)).status == 204
        assert (await dav.put(name, text.replace("SUMMARY:", "SUMMARY:New "))).status == 204
    assert {one == threading.get_ident() for one in threads} == {on_loop}

"""On which thread bodies are parsed: large ones off the event loop, which would stand meanwhile."""

import threading
from xml.etree.ElementTree import Element

import pytest

from dav import NAMESPACES, serving_dav
from deskcal.http.caldav import xml
from places import Place

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

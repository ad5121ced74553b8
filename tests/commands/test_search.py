"""MngSearchCalendarEvents. Source: contract, section 15."""

from typing import Any

import pytest

from harness import Desk, error_of, token
from helpers import NOW

TEN = token(10)
EU = token(30, desks="DESK_EU")


async def search(desk: Desk, q: str, by: str = TEN, **named: Any) -> dict[str, Any]:
    data = {"q": q, "deskFilter": "*"} | named
    return await desk.call(by, "MngSearchCalendarEvents", **data)


async def ids(desk: Desk, q: str, by: str = TEN, **named: Any) -> list[int]:
    answered = await search(desk, q, by, **named)
    assert answered["status"] == 200, answered
    return [row["id"] for row in answered["data"]["rows"]]


async def test_it_answers_whole_events_the_newest_first(desk: Desk) -> None:
    first = await desk.add(TEN, title="Call Zielińska")
    second = await desk.add(TEN, title="Write to ZIELINSKA", start_time=NOW + 60)
    answered = await search(desk, "zielinska")
    assert answered["data"] == {"rows": [second, first], "next": None}


async def test_text_location_and_note_are_searched_and_node_types_are_not(desk: Desk) -> None:
    ast = {"type": "doc", "content": [{"type": "paragraph", "content": [{"text": "about gold"}]}]}
    await desk.add(TEN, title="one", ast_json=ast, location="Café", outcome_note="later")
    for q in ("gold", "cafe", "LATER", "one gold later"):
        assert await ids(desk, q) == [1]
    for q in ("paragraph", "doc", "content", "one silver"):
        assert await ids(desk, q) == []


async def test_pages_are_resumed_with_next(desk: Desk) -> None:
    for _ in range(5):
        await desk.add(TEN, title="call")
    first = (await search(desk, "call", limit=2))["data"]
    assert await ids(desk, "call", limit=3, after=first["next"]) == [3, 2, 1]


async def test_a_page_may_end_before_1970(desk: Desk) -> None:
    """All day on 1 January, in the east."""
    for _ in range(2):
        await desk.add(
            TEN, title="call", all_day=1, start_time=1, end_time=1, timezone="Asia/Tokyo"
        )
    page = (await search(desk, "call", limit=1))["data"]
    assert await ids(desk, "call", after=page["next"]) == [1]


async def test_a_page_has_50_events_where_no_limit_is_named(desk: Desk) -> None:
    for _ in range(51):
        await desk.add(TEN, title="call")
    page = (await search(desk, "call"))["data"]
    assert len(page["rows"]) == 50 and page["next"]
    assert await ids(desk, "call", after=page["next"]) == [1]


async def test_nothing_invisible_is_found(desk: Desk) -> None:
    await desk.add(TEN, title="secret call", desk="DESK_US")
    await desk.add(TEN, title="call", desk="DESK_EU")
    assert await ids(desk, "call", EU) == [2]
    assert (await search(desk, "secret", EU))["data"] == {"rows": [], "next": None}


async def test_filters_and_range_narrow_it(desk: Desk) -> None:
    await desk.add(TEN, title="call", type=2)
    await desk.add(TEN, title="call", start_time=NOW + 9000, end_time=NOW + 9900)
    assert await ids(desk, "call", type=2) == [1]
    later: dict[str, Any] = {"from": NOW + 5000}
    earlier: dict[str, Any] = {"to": NOW + 5000}
    assert (await ids(desk, "call", **later), await ids(desk, "call", **earlier)) == ([2], [1])


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"q": ""}, "q"),
        ({"q": "x"}, "q"),
        ({"q": "x" * 501}, "q"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"after": "1"}, "after"),
        ({"after": "9999999999999-1"}, "after"),
        ({"after": "-86401-1"}, "after"),
        ({"from": 5, "to": 5}, "to"),
        ({"deskFilter": "!X"}, "deskFilter"),
    ],
)
async def test_bad_input_is_refused_by_name(desk: Desk, named: Any, field: str) -> None:
    answered = await search(desk, **({"q": "call"} | named))
    assert error_of(answered) == (400, "INVALID_FIELD", field)


async def test_a_misspelt_filter_is_named(desk: Desk) -> None:
    answered = await search(desk, "call", manager_idd=3)
    assert answered["data"]["ignored"] == ["manager_idd"]

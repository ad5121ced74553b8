"""Frames of any kind: the fast path gives the answer that the dispatcher gives."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskcal.commands import Peer
from harness import Desk, line_of, open_desk, request, token
from helpers import NOW
from places import SqlitePlace

TEN = token(10, desks="DESK_EU*,!DESK_EU_TEST", brands="default")
TOKENS = [TEN, TEN, TEN, token(10, 0), token(10, exp=NOW), TEN[:-1], "", "é", None, 5]
COMMANDS = [
    "MngGetCalendarEvent",
    "MngGetCalendarEventsByFilter",
    "MngGetCalendarEventHistory",
    "MngGetCalendarDirectory",
    "Ping",
    "mngGetCalendarEvent",
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
deep = st.integers(55, 70).map(lambda levels: json.loads("[" * levels + "]" * levels))
ids = st.integers(1, 4) | anything
wanted = st.fixed_dictionaries(
    {},
    optional={
        "id": ids,
        "from": st.just(0) | anything,
        "to": st.just(NOW * 2) | anything,
        "limit": st.just(10) | anything,
        "offset": st.just(0) | anything,
        "deskFilter": st.sampled_from(["*", "DESK_US", "", "!A", 5]),
        "x": anything | deep,
    },
)
ext_ids = st.sampled_from(["1", "a-b", "", "é", "']}", "\x00", 7, -7, None, 1.5]) | anything


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """A request that may be whole, in any order of its keys, with some bytes changed or not."""
    message: dict[str, Any] = {
        "command": draw(st.sampled_from(COMMANDS) | anything),
        "extID": draw(ext_ids),
        "data": draw(wanted | anything),
        "__token": draw(st.sampled_from(TOKENS)),
        "more": draw(anything),
    }
    keys = draw(st.permutations(list(message)))
    kept = keys[: draw(st.integers(3, 5))]
    is_escaped = draw(st.booleans())
    text = json.dumps({key: message[key] for key in kept}, ensure_ascii=is_escaped)
    frame = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        at = draw(st.integers(0, len(frame) - 1))
        frame[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    return bytes(frame).replace(b"\n", b" ")


async def compare(directory: Path, sent: list[bytes]) -> None:
    async with open_desk(SqlitePlace(directory)) as desk:
        for desk_code, brand in (("DESK_EU", "default"), ("DESK_US", "default"), ("", "other")):
            await desk.add(token(11), desk=desk_code, brand=brand)
        acquainted = Peer()
        for frame in sent:
            await line(desk, acquainted, request("Ping", 1, {}, TEN))
            assert TEN in acquainted.tokens
            quick = await line(desk, acquainted, frame)
            assert quick == await line_of(desk.dispatcher.answer(Peer(), frame, desk.clock()))
            assert b'"status":500' not in quick


async def line(desk: Desk, peer: Peer, frame: bytes) -> bytes:
    return await line_of(desk.requests.answer(peer, frame, desk.clock()))


@settings(max_examples=60)
@given(st.lists(frames(), min_size=10, max_size=60))
async def test_the_first_request_and_a_later_one_get_the_same_answer(
    tmp_path_factory: pytest.TempPathFactory, sent: list[bytes]
) -> None:
    await compare(tmp_path_factory.mktemp("desk"), sent)

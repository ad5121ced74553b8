"""`deskcal serve` where the file of a time zone is broken."""

from importlib import resources
from pathlib import Path

import pytest

import deskcal
from e2e.process import ServerProcess, start
from e2e.process import deskcal as command
from harness import token
from helpers import NOW

TOKEN = token(10, exp=4_000_000_000)


@pytest.fixture(autouse=True)
def zones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer set of zones than the package's, of which one file is cut."""
    directory = tmp_path / "zones"
    whole = resources.files("tzdata").joinpath("zoneinfo", "Europe", "Berlin").read_bytes()
    (directory / "Europe").mkdir(parents=True)
    (directory / "Europe" / "Berlin").write_bytes(whole[:200])
    (directory / "+VERSION").write_text("2999a\n")
    monkeypatch.setenv("PYTHONTZPATH", str(directory))


async def test_a_zone_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    server = await start("--data", str(tmp_path / "data"))
    try:
        await add_events(server)
    finally:
        await server.end()


async def add_events(server: ServerProcess) -> None:
    """One in another zone; one in that zone is refused."""
    times = {"start_time": NOW, "end_time": NOW + 3600}
    async with deskcal.Client.connect(server.host, server.port, token=TOKEN) as client:
        fields = {"type": 2, "title": "Call", **times}
        answered = await client.call("MngAddCalendarEvent", fields | {"timezone": "Europe/Paris"})
        assert answered["event"]["timezone"] == "Europe/Paris"
        with pytest.raises(deskcal.InvalidField, match="Europe/Berlin"):
            await client.call("MngAddCalendarEvent", fields | {"timezone": "Europe/Berlin"})


async def test_a_default_zone_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    options = ("--tcp", "127.0.0.1:0", "--web", "off", "--default-timezone", "Europe/Berlin")
    status, output = await command("serve", "--data", str(tmp_path / "data"), *options)
    assert status == 1
    assert "deskcal: default_timezone (Europe/Berlin): the zone's file of" in output
    assert "Traceback" not in output

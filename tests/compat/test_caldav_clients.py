"""CalDAV by the programs that people use: each against a server of its own.

Source: contract, section 16.
"""

import asyncio
import json
import os
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from compat.foreign import HERE, PYTHON, run_foreign
from dav import Dav, serving_dav
from harness import token
from helpers import NOW
from places import SqlitePlace

TEN = token(10, exp=4e9)
CLIENTS = HERE / "clients"
WAIT_SEC = 300
CALDAV = "3.6.0"
REFUSED_TASKS = {"save-load.todo", "search.time-range.todo"}
"""What the tester calls ungraceful where tasks are refused, whatever the refusal says."""

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//khal//khal//EN
BEGIN:VEVENT
UID:local-1
DTSTAMP:20261101T000000Z
SUMMARY:From the phone
DTSTART:20261201T100000Z
DTEND:20261201T110000Z
CATEGORIES:a,b
X-FOO:bar
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:x
END:VALARM
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-P1D
DESCRIPTION:y
END:VALARM
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
async def dav(tmp_path: Path) -> AsyncIterator[Dav]:
    """A server with one device."""
    async with serving_dav(SqlitePlace(tmp_path / "data"), request_deadline_sec=60) as found:
        found.desk.clock.time = 1_795_000_000
        yield found


async def run(program: str, *arguments: str, cwd: Path, **environment: str) -> tuple[int, str]:
    """Exit status and output of a program of the foreign environment."""
    process = await asyncio.create_subprocess_exec(
        str(PYTHON.parent / program),
        *arguments,
        cwd=cwd,
        env=os.environ | {"HOME": str(cwd)} | environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(WAIT_SEC):
            out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode()


class Vdir:
    """A directory that vdirsyncer keeps in step with the manager's calendar."""

    def __init__(self, dav: Dav, path: Path) -> None:
        self.files = path / "calendars" / "mine"
        self.files.mkdir(parents=True)
        self._path = path
        (path / "config").write_text(
            f"""[general]
status_path = "{path}/status/"
[pair desk]
a = "local"
b = "remote"
collections = ["mine"]
conflict_resolution = null
[storage local]
type = "filesystem"
path = "{path}/calendars/"
fileext = ".ics"
[storage remote]
type = "caldav"
url = "http://{dav.address}/"
username = "{dav.manager_id}"
password = "{dav.password}"
"""
        )

    async def run(self, command: str) -> tuple[int, str]:
        """Exit status and output of `vdirsyncer COMMAND`."""
        config = str(self._path / "config")
        return await run("vdirsyncer", "-c", config, command, cwd=self._path)

    async def sync(self) -> str:
        """The output of a sync that must succeed."""
        status, out = await self.run("sync")
        assert status == 0, out
        return out

    def texts(self) -> dict[str, str]:
        """The files by name."""
        return {file.name: file.read_text() for file in sorted(self.files.glob("*.ics"))}


async def events(dav: Dav) -> list[dict[str, Any]]:
    data = {"from": 0, "to": 2 * NOW, "limit": 1000, "offset": 0, "deskFilter": "*"}
    answered = await dav.desk.call(TEN, "MngGetCalendarEventsByFilter", **data)
    found: list[dict[str, Any]] = answered["data"]["rows"]
    return found


async def test_vdirsyncer_both_ways_with_a_conflict(dav: Dav, tmp_path: Path) -> None:
    vdir = Vdir(dav, tmp_path)
    made = await dav.desk.add(TEN, title="From the desk")
    (vdir.files / "one.ics").write_text(EVENT)
    status, out = await vdir.run("discover")
    assert status == 0 and "mine" in out, out
    await vdir.sync()
    assert {event["title"] for event in await events(dav)} == {"From the desk", "From the phone"}
    assert len(vdir.texts()) == 2
    assert "Copying" not in await vdir.sync(), "nothing has changed"
    assert vdir.texts()["one.ics"] == EVENT

    put = next(event for event in await events(dav) if event["title"] == "From the phone")
    assert put["remind_before_sec"] == 600
    await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=put["id"], title="Changed here")
    await vdir.sync()
    text = vdir.texts()["one.ics"]
    for line in ("SUMMARY:Changed here", "X-FOO:bar", "CATEGORIES:a,b", "TRIGGER:-P1D"):
        assert line in text

    (vdir.files / "one.ics").write_text(text.replace("Changed here", "Changed there"))
    await vdir.sync()
    assert "Changed there" in {event["title"] for event in await events(dav)}

    await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=put["id"], title="One")
    (vdir.files / "one.ics").write_text(text.replace("Changed here", "Other"))
    status, out = await vdir.run("sync")
    assert status != 0 and "conflict" in out.lower(), out
    assert "One" in {event["title"] for event in await events(dav)}, "nothing is overwritten"
    (vdir.files / "one.ics").unlink()

    await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=made["id"])
    status, out = await vdir.run("sync")
    assert "From the desk" not in "".join(vdir.texts().values()), out


async def test_khal_reads_and_writes_by_vdirsyncer(dav: Dav, tmp_path: Path) -> None:
    vdir = Vdir(dav, tmp_path)
    times = {"start_time": 1_795_083_600, "end_time": 1_795_087_200}
    await dav.desk.call(
        TEN,
        "MngAddCalendarEvent",
        title="Stand-up",
        timezone="Europe/Berlin",
        recurrence={"rrule": "FREQ=DAILY;COUNT=3"},
        **times,
    )
    await vdir.run("discover")
    await vdir.sync()
    config = tmp_path / "khal"
    config.write_text(
        f"[calendars]\n[[mine]]\npath = {vdir.files}\n[locale]\nlocal_timezone = UTC\n"
        "default_timezone = UTC\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
        "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n"
        "longdatetimeformat = %Y-%m-%d %H:%M\n[default]\ndefault_calendar = mine\n"
        f"[sqlite]\npath = {tmp_path}/khal.db\n"
    )
    arguments = ("-c", str(config))
    shown = ("list", "2026-11-18", "10d", "--format", "{start-date} {start-time} {title}")
    status, out = await run("khal", *arguments, *shown, cwd=tmp_path)
    assert status == 0, out
    assert re.findall(r"2026-11-\d\d \d\d:\d\d Stand-up", out) == [
        f"2026-11-{day} 10:20 Stand-up" for day in (19, 20, 21)
    ]
    new = ("new", "2026-12-01", "10:00", "11:00", "From", "khal", ":: a note")
    status, out = await run("khal", *arguments, *new, cwd=tmp_path)
    assert status == 0, out
    await vdir.sync()
    (event,) = [event for event in await events(dav) if event["title"] == "From khal"]
    assert event["end_time"] - event["start_time"] == 3600
    assert "a note" in json.dumps(event["ast_json"])


async def test_tsdav_finds_creates_expands_syncs_and_deletes(dav: Dav) -> None:
    url = f"http://{dav.address}"
    status, out, err = await run_foreign(
        CLIENTS / "tsdav.mjs", url, str(dav.manager_id), dav.password
    )
    assert status == 0, err
    found = json.loads(out)
    assert (found["name"], found["components"]) == ("Manager 10", ["VEVENT"])
    assert found["statuses"] == [201, 204, 412, 204]
    assert found["isWhole"] and found["instances"] == 3
    assert found["changed"] == 1 and found["isDirty"]
    assert "SUMMARY:Sit-down" in found["text"]


async def test_caldav_server_tester_finds_nothing_broken(dav: Dav) -> None:
    dav.desk.clock.time = time.time()
    status, out, err = await run_foreign(
        CLIENTS / "server_tester.py",
        *("--format", "json", "--caldav-calendar", "Manager 10"),
        *("--caldav-url", f"http://{dav.address}/"),
        *("--caldav-username", str(dav.manager_id), "--caldav-password", dav.password),
    )
    assert status == 0, err
    features = json.loads(out)["features"]
    bad = {
        name
        for name, found in features.items()
        if found.get("support") in ("broken", "fragile", "ungraceful", "quirk")
    }
    assert bad == REFUSED_TASKS
    unsupported = {n for n, found in features.items() if found.get("support") == "unsupported"}
    assert unsupported == {
        *("create-calendar", "save-load.journal", "scheduling"),
        "search.text.comp-type-optional",
    }


TEST_SERVERS = """test-servers:
  radicale: {{type: embedded, enabled: false}}
  xandikos: {{type: embedded, enabled: false}}
  deskcal:
    type: external
    enabled: true
    url: http://{address}/
    username: "{manager_id}"
    password: "{password}"
    features:
      create-calendar: {{support: unsupported}}
      delete-calendar: {{support: unsupported}}
      save-load.todo: {{support: unsupported}}
      save-load.journal: {{support: unsupported}}
      scheduling: {{support: unsupported}}
      search.text.comp-type-optional: {{support: unsupported}}
      search.time-range.todo: {{support: unsupported}}
      test-calendar: {{name: "Manager 10", cleanup-regime: wipe-calendar}}
"""


async def test_the_tests_of_python_caldav_pass(dav: Dav, tmp_path: Path) -> None:
    """All of its tests of a server but `testCheckCompatibility`, which is the test above."""
    dav.desk.clock.time = time.time()
    fetch = ("download", "--quiet", "--no-deps", "--no-binary", "caldav", f"caldav=={CALDAV}")
    status, out = await run("pip", *fetch, cwd=tmp_path)
    assert status == 0, out
    archive = tmp_path / f"caldav-{CALDAV}.tar.gz"
    status, out = await run("python", "-m", "tarfile", "-e", str(archive), cwd=tmp_path)
    assert status == 0, out
    sources = tmp_path / f"caldav-{CALDAV}"
    servers = TEST_SERVERS.format(
        address=dav.address, manager_id=dav.manager_id, password=dav.password
    )
    (sources / "tests" / "caldav_test_servers.yaml").write_text(servers)
    status, out = await run(
        "python",
        *("-m", "pytest", "tests/test_caldav.py", "-q", "-p", "no:cacheprovider"),
        *("-o", "asyncio_default_fixture_loop_scope=function", "-W", "ignore"),
        *("-k", "deskcal and not testCheckCompatibility"),
        cwd=sources,
        PYTHON_CALDAV_TEST_DOCKER="0",
    )
    assert status == 0, out
    passed = re.search(r"(\d+) passed", out)
    assert passed and int(passed[1]) >= 40, out

"""A server process with the demo desk, and a client of its TCP side, for the browser tests."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from deskcal.core.sessions import SessionType
from deskcal.core.tokens import secret_key, sign
from deskcal.demo.desks import demo_managers
from helpers import WAIT_SEC

SECRET = "a secret of the browser tests, 32 bytes or more"
DESKTOP, PHONE = (1440, 900), (390, 844)
Answer = dict[str, Any]
OpenPage = Callable[..., Page]


class Wire:
    """A client of the server's TCP side, one call at a time."""

    def __init__(self, address: str, token: str) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=60)
        self._file = self._socket.makefile("rb")
        self._token = token

    def call(self, command: str, **data: Any) -> Any:
        """The `data` of the answer, which must be a success."""
        message = {"command": command, "extID": 1, "data": data, "__token": self._token}
        self._socket.sendall(json.dumps(message).encode() + b"\r\n")
        return self._answer()

    def _answer(self) -> Any:
        """The `data` of the next answer, which must be a success; pushes are skipped."""
        while True:
            answer = json.loads(self._file.readline())
            if isinstance(answer, dict) and "extID" in answer:
                assert answer["status"] == 200, answer
                return answer["data"]

    def add(self, **fields: Any) -> Answer:
        """A new event of the demo's first manager."""
        start = fields.setdefault("start_time", now() + 3600)
        fields.setdefault("end_time", start + 3600)
        made: Answer = self.call("MngAddCalendarEvent", **fields)["event"]
        return made

    def add_all(self, events: Iterable[dict[str, Any]]) -> None:
        """New events; all requests are sent before the answers are read."""
        sent = 0
        for data in events:
            message = {"command": "MngAddCalendarEvent", "extID": 1, "data": data}
            line = json.dumps(message | {"__token": self._token})
            self._socket.sendall(line.encode() + b"\r\n")
            sent += 1
        for _ in range(sent):
            self._answer()

    def get(self, event_id: int) -> Answer:
        """The event as it is."""
        found: Answer = self.call("MngGetCalendarEvent", id=event_id)["event"]
        return found

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def now() -> int:
    """Unix seconds."""
    return int(time.time())


def monday_at(hour: int, weeks: int = 1) -> int:
    """Unix seconds of that hour, UTC, on a Monday to come."""
    day = now() // 86_400
    monday = day - (day + 3) % 7 + 7 * weeks
    return monday * 86_400 + hour * 3600


def iso_day(seconds: int) -> str:
    """Its UTC date."""
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def zone_at(hour: int) -> str:
    """A zone in which it is between that hour and the next one now."""
    ahead = (hour - time.gmtime().tm_hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


class Served:
    """A server process with the demo desk, but for its reminders."""

    def __init__(self, data: Path, **environ: str) -> None:
        """`environ`: settings."""
        self._data = data
        self._environ = os.environ | {"DESKCAL_SECRET": SECRET} | environ
        quiet_demo = [sys.executable, str(Path(__file__).with_name("quiet_demo.py")), str(data)]
        subprocess.run(quiet_demo, check=True, env=self._environ)
        self.web = "127.0.0.1:0"
        self.start()

    def start(self) -> None:
        """Starts it; again on the same web address."""
        arguments = ["--data", str(self._data), "--tcp", "127.0.0.1:0", "--web", self.web]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "deskcal.cli.main", "serve", *arguments, "--demo"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=self._environ,
        )
        assert self._process.stdout is not None
        said = ""
        while "web calendar is at" not in said:
            line = self._process.stdout.readline()
            assert line, f"the server ended: {said}"
            said += line
        found = re.search(r"tcp (\S+:\d+).*web calendar is at http://(\S+)/", said, re.DOTALL)
        assert found is not None
        self.tcp, self.web = found[1], found[2]

    def stop(self) -> None:
        """Ends it, as an operator would."""
        self._process.terminate()
        self._process.communicate(timeout=WAIT_SEC)

    def token(self, manager_id: int = 10, **claims: object) -> str:
        """A token as the demo's managers have them."""
        one = next(one for one in demo_managers() if one.manager_id == manager_id)
        usual = {
            "id": manager_id,
            "type": int(SessionType.SESSION_CRM_ADMIN if one.desks == "*" else one.session_type),
            "desks": one.desks,
            "name": one.name,
            "exp": now() + 3600,
        }
        return sign(secret_key(SECRET), usual | claims)

    def address(self, query: str = "", **claims: Any) -> str:
        """The page, signed in by its fragment."""
        return f"http://{self.web}/{query}#token={self.token(**claims)}"


def fill(served: Served, events: Iterable[dict[str, Any]]) -> None:
    """Creates events by manager 10, through TCP, all requests at once."""
    wire = Wire(served.tcp, served.token())
    wire.add_all(events)
    wire.close()

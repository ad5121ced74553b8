"""`deskcal watch` in one terminal, `deskcal call` in another; both are real processes."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from deskcal.cli.watch import change_line, reminder_line
from deskcal.client.types import Change, Reminder
from deskcal.core.event import ChangeType
from e2e.test_cli import COMMAND, WAIT_SEC, deskcal, environment, serving
from helpers import NOW, make_event

SHOWN_TIMES = re.compile(r"^\d\d:\d\d:\d\d  |  \d{4}-.* UTC(  \(\d+ s late\))?$")
"""Also how late a reminder is: the two processes may need longer than the 5 s it may take."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watch_shows_the_desk_meeting_and_its_reminder_and_ends_on_ctrl_c(
    tmp_path: Path, number: signal.Signals
) -> None:
    with serving(tmp_path / "data") as server:
        watcher = server.token("--manager", "11", "--desks", "DESK_RETENTION")
        options = ["--connect", server.address, "--token", watcher, "--since", "0"]
        process = subprocess.Popen(
            [*COMMAND, "watch", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=environment(TZ="UTC"),
        )
        assert process.stdout is not None
        start = int(time.time()) + 600
        meeting = {
            "brand": "default",
            "desk": "DESK_RETENTION",
            "owner_manager_id": 10,
            "title": "Retention sync",
            "type": 3,
            "start_time": start,
            "end_time": start + 3600,
            "remind_before_sec": 600,
            "participant_manager_ids": [10, 11, 12],
        }
        assert server.call("MngAddCalendarEvent", json.dumps(meeting)).returncode == 0
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(number)
        rest, _ = process.communicate(timeout=WAIT_SEC)
    assert (process.returncode, rest) == (0, "")
    shapes = sorted(SHOWN_TIMES.sub("", line.strip()) for line in lines)
    assert shapes == [
        "REMINDER  #1  'Retention sync'  for 11  DESK_RETENTION",
        "added     #1  'Retention sync'  by 10  DESK_RETENTION",
        "reminded  #1  'Retention sync'  by the server  DESK_RETENTION",
    ]


def test_a_cursor_that_is_not_kept_ends_watch_with_one_line(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        options = ("--connect", server.address, "--token", server.token(), "--since", "99")
        ended = deskcal("watch", *options)
    assert ended.returncode == 1
    assert ended.stderr.startswith("deskcal: since (99) is not among the changes that are kept")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("change", "shape"),
    [
        (Change(1, ChangeType.ADDED, NOW, 10, 1, 1, None), "added     #1  -  by 10  -"),
        (Change(1, ChangeType.DELETED, NOW, 10, 1, 1, None), "gone      #1  -  by 10  -"),
        (Change(1, ChangeType.UPDATED, NOW, 0, 1, 1, None), "reminded  #1  -  by the server  -"),
    ],
)
def test_a_change_of_an_event_that_is_not_known_still_has_its_line(
    change: Change, shape: str
) -> None:
    assert change_line(change, None)[10:] == shape


def test_a_line_shows_what_a_terminal_would_obey_as_escapes() -> None:
    event = make_event(title="evil\x1b[2J", desk="DESK_EU")
    line = change_line(Change(1, ChangeType.UPDATED, NOW, 10, 1, 1, event), event)
    assert line[10:] == (r"updated   #1  'evil\x1b[2J'  by 10  DESK_EU  2024-03-09 16:00-17:00 UTC")
    reminder = Reminder("1-2-3", "t", "today", NOW, 90, 10, NOW, event)
    assert reminder_line(reminder)[10:].endswith("for 10  DESK_EU  today  (90 s late)")

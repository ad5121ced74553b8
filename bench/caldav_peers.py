"""CalDAV servers with the same events: deskcal, Radicale, Xandikos, each on a free port.

The others come from pip, into an environment of their own, with default settings but these: they
check no password (Xandikos takes none without TLS), and what they log is dropped.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from bench import processes, requests
from bench.caldav_client import Place
from bench.caldav_events import calendar, events
from bench.processes import ROOT, START_SEC, STOP_SEC, cpu_sec_of, environment, free_port
from bench.requests import FIRST_MANAGER

VENV = ROOT / "bench" / ".venv"
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
INSTALL_SEC = 240
FILL_SEC = 600
USER = "user"
MAX_OCCURRENCES = "1000000"
"""Events in one answer of Radicale at most: beyond its default of 10,000 it answers 400."""
LEFT_OUT = "caldav: DAViCal is not compared, as it needs a PostgreSQL, an Apache and PHP of its own"
RADICALE_CACHE = """
import sys
import radicale.config, radicale.storage
configuration = radicale.config.load()
values = {"filesystem_folder": sys.argv[1], "_filesystem_fsync": "False"}
configuration.update({"storage": values}, "bench", privileged=True)
storage = radicale.storage.load(configuration)
with storage.acquire_lock("w", "user"):
    (calendar,) = storage.discover(sys.argv[2], "0")
    calendar.sync("")
"""


class Peer(Struct, frozen=True):
    """A running server with all events."""

    name: str
    """With its version."""
    place: Place
    cpu_sec: Callable[[], float]
    """Its processor time so far."""


def install() -> str:
    """Installs the other servers, unless they are there; why that failed, else ""."""
    stamp = VENV / ".installed"
    if stamp.exists() and stamp.stat().st_mtime >= REQUIREMENTS.stat().st_mtime:
        return ""
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    options = ["--disable-pip-version-check", "--requirement", str(REQUIREMENTS)]
    try:
        _run([sys.executable, "-m", "venv", str(VENV)], INSTALL_SEC)
        _run(pip + options, INSTALL_SEC)
    except (subprocess.SubprocessError, OSError) as exc:
        return f"Radicale and Xandikos can't be installed ({exc})"
    if shutil.which("git") is None:
        return "no git here, which makes Xandikos' calendar"
    stamp.touch()
    return ""


@contextmanager
def deskcal(directory: Path, count: int, now: int) -> Iterator[Peer]:
    """deskcal, its events imported by its command line, its password checked."""
    port = free_port()
    command = [sys.executable, "-m", "deskcal.cli.main"]
    with processes.deskcal(directory, f"127.0.0.1:{port}") as server:
        owner = ("--manager", str(FIRST_MANAGER))
        added = _run([*command, "device", "add", "--data", str(directory), *owner, "--name", "App"])
        file = directory / "events.ics"
        file.write_bytes(_text(count, now).encode())
        token = requests.token_of(FIRST_MANAGER, "DESK_*", now)
        to = ["--connect", f"127.0.0.1:{server.port}", "--token", token]
        _run([*command, "ics", "import", *to, str(file)])
        path = f"/dav/managers/{FIRST_MANAGER}/calendars/mine/"
        place = Place(port, path, str(FIRST_MANAGER), added.split()[-1])
        yield Peer("deskcal", place, lambda: server.cpu_sec)


@contextmanager
def radicale(directory: Path, count: int, now: int) -> Iterator[Peer]:
    """Radicale, its folder filled before it starts: to put a calendar at once takes minutes.

    So does its first answer, which makes files in its cache for every event and syncs each to the
    disk; they are made by its own storage beforehand, without syncs.
    """
    folder = directory / "collection-root" / USER / "calendar"
    folder.mkdir(parents=True)
    (folder / ".Radicale.props").write_text('{"tag": "VCALENDAR"}')
    _write_files(folder, count, now)
    port = free_port()
    store = ("--storage-filesystem-folder", str(directory), "--auth-type", "none")
    reporting = ("--reporting-max-expand-occurrence", MAX_OCCURRENCES)
    arguments = ["--server-hosts", f"127.0.0.1:{port}", *store, *reporting]
    place = Place(port, f"/{USER}/calendar/", USER, "")
    _run([str(VENV / "bin" / "python"), "-c", RADICALE_CACHE, str(directory), f"/{USER}/calendar/"])
    with _running("radicale", arguments, port) as process:
        yield Peer(_named("Radicale"), place, lambda: cpu_sec_of(process.pid))


@contextmanager
def xandikos(directory: Path, count: int, now: int) -> Iterator[Peer]:
    """Xandikos, its repository filled by one commit before it starts, its index at the start."""
    port = free_port()
    path = f"{USER}/calendars/calendar"
    program = str(VENV / "bin" / "xandikos")
    made = ["create-collection", "-d", str(directory), "--type", "calendar", "--name", path]
    folder = directory / path
    folder.parent.mkdir(parents=True)
    _run([program, *made])
    _write_files(folder, count, now)
    git = ["git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    _run([*git, "add", "."])
    _run([*git, "commit", "--quiet", "-m", "Add events"])
    serve = ["serve", "-d", str(directory), "--autocreate", "-l", "127.0.0.1", "-p", str(port)]
    with _running("xandikos", [*serve, "--eager"], port) as process:
        place = Place(port, f"/{path}/", USER, "")
        yield Peer(_named("xandikos"), place, lambda: cpu_sec_of(process.pid))


@contextmanager
def _running(program: str, arguments: list[str], port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The server, from when its port is open."""
    process = subprocess.Popen(
        [str(VENV / "bin" / program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SEC)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SEC
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args!r} did not get ready")


def _write_files(folder: Path, count: int, now: int) -> None:
    """A file for each event."""
    for uid, vevent in events(count, now):
        (folder / f"{uid}.ics").write_bytes(calendar(vevent).encode())


def _text(count: int, now: int) -> str:
    return calendar("".join(vevent for _, vevent in events(count, now)))


def _named(package: str) -> str:
    """A package of the other servers' environment, with its version."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    version = _run([str(VENV / "bin" / "python"), "-c", code]).strip()
    return f"{package.capitalize()} {version}"


def _run(command: list[str], seconds: float = FILL_SEC) -> str:
    """What a program prints. Raises: CalledProcessError, TimeoutExpired."""
    env = environment() | {"GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=seconds,
        check=True,
    )
    return done.stdout

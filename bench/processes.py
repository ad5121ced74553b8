"""Starts what is measured, each in a process of its own, and reads what it takes from /proc.

Our server is started as its users start it, by the command line and with default settings.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

ROOT = Path(__file__).resolve().parents[1]
SECRET = "only-for-benchmarks-only-for-benchmarks"
START_SEC = 60
STOP_SEC = 20
JOB_SEC = 120
IDLE_SEC, IDLE_LOOKS = 2.0, 60
"""How long a server takes almost no processor time until it is idle, and how often one looks."""
TICKS_PER_SEC = os.sysconf("SC_CLK_TCK")


def environment() -> dict[str, str]:
    """Of every process: no setting of the caller's, one secret for all tokens."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESKCAL_")}
    path = os.pathsep.join([str(ROOT / "src"), kept.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return kept | {"DESKCAL_SECRET": SECRET, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


class Served:
    """A server in a process of its own, from when it is ready until the block is left."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = [sys.executable, "-m", *arguments]

    def __enter__(self) -> Self:
        begun = time.monotonic()
        self._process = subprocess.Popen(
            self._arguments,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        try:
            self.port = int(self._ready_line().split("tcp ")[1].split()[0].strip(",").split(":")[1])
        except BaseException:
            self._process.kill()
            raise
        self.start_sec = time.monotonic() - begun
        """From the start of the process until it says that it is ready."""
        return self

    def _ready_line(self) -> str:
        out = self._process.stdout
        assert out is not None
        until = time.monotonic() + START_SEC
        while select.select([out], [], [], max(0.0, until - time.monotonic()))[0]:
            line = out.readline().decode()
            if "ready" in line:
                return line
            if not line:
                break
        raise RuntimeError(f"{' '.join(self._arguments)} did not get ready")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.communicate(timeout=STOP_SEC)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    @property
    def rss_bytes(self) -> int:
        """Memory that it holds now."""
        return self._status("VmRSS")

    @property
    def child_bytes(self) -> int:
        """Memory that the processes hold which it has started."""
        return sum(_memory(pid, "VmRSS") for pid in self._children())

    @property
    def child_cpu_sec(self) -> float:
        """Processor time so far of the processes that it has started and that still run."""
        return sum(map(cpu_sec_of, self._children()))

    def _children(self) -> list[int]:
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return [int(pid) for path in tasks for pid in path.read_text().split()]

    @property
    def peak_bytes(self) -> int:
        """The most memory that it held since `forget_peak`."""
        return self._status("VmHWM")

    def until_idle(self) -> None:
        """Waits until it has done what follows its preparation, such as the index of the search.

        Raises: RuntimeError if it is never idle.
        """
        for _ in range(IDLE_LOOKS):
            before = self.cpu_sec
            time.sleep(IDLE_SEC)
            if self.cpu_sec - before <= IDLE_SEC / 10:
                return
        raise RuntimeError("the server is not idle after its preparation")

    def forget_peak(self) -> None:
        """Begins to look for the peak again."""
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")

    def _status(self, name: str) -> int:
        return _memory(self._process.pid, name)

    @property
    def cpu_sec(self) -> float:
        """Processor time of all its threads so far."""
        return cpu_sec_of(self._process.pid)


def cpu_sec_of(pid: int) -> float:
    """Processor time of all threads of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SEC


def _memory(pid: int, name: str) -> int:
    """A line of `/proc/PID/status`, in bytes. Raises: LookupError."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def deskcal(directory: Path, web: str = "off") -> Served:
    """Our server on the store in `directory`, on a free port of the loopback.

    `web`: host and port of its page and of CalDAV; off: without.
    """
    return _served(web, "--data", str(directory))


def deskcal_node(url: str) -> Served:
    """One node on the PostgreSQL database that `url` names, likewise."""
    return _served("off", "--database", url)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
    return port


def _served(web: str, *place: str) -> Served:
    listeners = ("--tcp", "127.0.0.1:0", "--web", web)
    return Served(["deskcal.cli.main", "serve", *place, *listeners, "--log-level", "warning"])


def bare() -> Served:
    """The least server that understands the same requests."""
    return Served(["bench.bare"])


def run(module: str, job: Any, result: type[Any]) -> Any:
    """Runs `python -m bench.<module>` on a job; what it prints is its result."""
    with start(module, job) as process:
        try:
            out, _ = process.communicate(timeout=JOB_SEC)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return read(module, out, result)


def start(module: str, job: Any) -> "subprocess.Popen[bytes]":
    """Starts `python -m bench.<module>` on a job; its input and output are pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", f"bench.{module}", msgspec.json.encode(job).decode()],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def read(module: str, out: bytes, result: type[Any]) -> Any:
    """The result in the output of a job."""
    if not out:
        raise RuntimeError(f"bench.{module} failed; its message stands above")
    return msgspec.json.decode(out, type=result)

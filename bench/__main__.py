"""Runs the benchmarks and prints one table: `python -m bench [--quick] [--only NAME]`.

It needs up to an hour and some 4 GB of disk, all of it freed again. Progress goes to stderr.
"""

import argparse
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from bench import (
    against,
    bulk,
    caldav,
    calls,
    creates,
    feed,
    imports,
    large,
    lists,
    memory,
    nodes,
    page,
    pushes,
    reads,
    reminders,
    series,
    subscribers,
    webhooks,
)
from bench.scale import QUICK, WHOLE, Ground, Scale
from bench.table import Row, markdown

BENCHMARKS: dict[str, Callable[[Ground], Iterator[Row]]] = {
    "reads": reads.measure,
    "creates": creates.measure,
    "calls": calls.measure,
    "lists": lists.measure,
    "bulk": bulk.measure,
    "series": series.measure,
    "reminders": reminders.measure,
    "feed": feed.measure,
    "subscribers": subscribers.measure,
    "pushes": pushes.measure,
    "memory": memory.measure,
    "large": large.measure,
    "imports": imports.measure,
    "web": page.measure,
    "nodes": nodes.measure,
    "webhooks": webhooks.measure,
    "caldav": caldav.measure,
}
MOST_SEC = 5400
"""After which a run is given up."""
DISK_BYTES_AN_EVENT = 5_000


def main() -> None:
    """Measures what was asked for."""
    arguments = _arguments()
    scale = QUICK if arguments.quick else WHOLE
    signal.signal(signal.SIGTERM, _give_up)
    signal.signal(signal.SIGALRM, _give_up)
    names = arguments.only or list(BENCHMARKS)
    if arguments.against:
        _compare(arguments.against, names, quick=arguments.quick)
        return
    signal.alarm(MOST_SEC)
    with tempfile.TemporaryDirectory(prefix="deskcal-bench-", dir=arguments.dir) as name:
        if "large" in names:
            _require_disk(Path(name), scale.large * DISK_BYTES_AN_EVENT)
        rows: list[Row] = []
        try:
            failed = _measure(names, Path(name), scale, rows)
        finally:
            print(_machine(scale.rounds, " --quick" if arguments.quick else ""))
            print()
            print(markdown(rows))
    if failed:
        sys.exit(f"failed, so that rows are missing: {', '.join(failed)}")


def _measure(names: list[str], place: Path, scale: Scale, rows: list[Row]) -> list[str]:
    """Adds to `rows`; the benchmarks that failed, which keep no other from being run."""
    failed = []
    for name in names:
        directory = place / name
        directory.mkdir()
        try:
            for row in BENCHMARKS[name](Ground(directory, scale, int(time.time()))):
                rows.append(row)
                print(f"{row.what}: {row.ratio or row.ours}", file=sys.stderr, flush=True)
        except Exception:
            traceback.print_exc()
            failed.append(name)
        shutil.rmtree(directory)
    return failed


def _compare(revision: str, names: list[str], *, quick: bool) -> None:
    """Prints what this tree reaches against another commit, each benchmark in turns."""
    benchmarks = [name for name in names if name != "web"]
    rows = []
    for row in against.measure(revision, benchmarks, quick=quick):
        rows.append(row)
        print(f"{row.what}: {row.ratio or row.floor}", file=sys.stderr, flush=True)
    print(_machine(against.ROUNDS, f" --against {revision}"))
    print()
    print(markdown(rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short look, smaller stores")
    parser.add_argument(
        "--only", action="append", choices=BENCHMARKS, help="this benchmark alone; may be repeated"
    )
    parser.add_argument(
        "--against", metavar="REV", help="measure that commit and this tree in turns, and compare"
    )
    parser.add_argument(
        "--dir", help="where the stores lie; on the disk that is to be measured [default: TMPDIR]"
    )
    return parser.parse_args()


def _give_up(number: int, _: object) -> None:
    """Ends the run by way of an exception, so that all that was started is stopped."""
    raise SystemExit(f"given up: signal {number}")


def _require_disk(directory: Path, size: int) -> None:
    free = shutil.disk_usage(directory).free
    if free < size:
        raise SystemExit(
            f"{directory} has {free >> 20} MiB free, the large store needs {size >> 20}: name "
            "another place with --dir, or leave it out with --only reads"
        )


def _machine(rounds: int, options: str) -> str:
    """What was measured on, in a line."""
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("msgspec", "uvloop", "apsw", "psycopg")
    )
    return (
        f"`python -m bench{options}`, {time.strftime('%Y-%m-%d')}: {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{versions}; medians of {rounds} rounds, ours and the floor in turns."
    )


if __name__ == "__main__":
    main()

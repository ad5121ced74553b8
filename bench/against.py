"""Two builds in one run: `python -m bench --against REV` measures a commit and this tree in turns.

Each build is measured by its own benchmarks, in processes that see its source alone. What is
compared is what deskcal reaches in each row, not its ratio to the floor; a row that one of the
builds does not have is named. The page is left out: it is not built in the other tree.

Creates are to be at most 8 % slower than in the other build: what is added must not cost them more.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.table import Bound, Row, at_least, compared, times

ROUNDS = 3
CREATES = "durable creates"
"""Rows that begin so are rates that have a goal."""
BENCHMARK_SEC = 1200
"""After which a benchmark of one build is given up."""
_NUMBER = re.compile(r"([0-9][0-9,.]*)(?:e([+-]?[0-9]+))?\s*(\S*)")


def measure(revision: str, benchmarks: Sequence[str], *, quick: bool) -> Iterator[Row]:
    """A row for each value that both builds have: this tree's value, the other's, their ratio."""
    with _worktree(revision) as other:
        trees = {"ours": Path.cwd(), "other": other}
        for benchmark in benchmarks:
            values: dict[str, dict[str, list[float]]] = {"ours": {}, "other": {}}
            for _ in range(ROUNDS):
                for name, tree in trees.items():
                    for what, value in _values(tree, benchmark, quick=quick).items():
                        values[name].setdefault(what, []).append(value)
            yield from _rows(values["ours"], values["other"])


def _rows(ours: dict[str, list[float]], other: dict[str, list[float]]) -> Iterator[Row]:
    for what, values in ours.items():
        theirs = other.get(what, [])
        if len(theirs) == len(values) and all(theirs):
            goal = goal_of(what)
            yield compared(what, values, theirs, goal, show=_shown, show_ratio=times)
        else:
            shown = _shown(statistics.median(values))
            yield Row(what, shown, "not in the other build", "", "", True)


def goal_of(what: str) -> Bound | None:
    """What this tree's value is to be of the other's; None: it is for comparison."""
    return at_least(0.92) if what.startswith(CREATES) else None


def _shown(value: float) -> str:
    return f"{value:,.6g}"


def _values(tree: Path, benchmark: str, *, quick: bool) -> dict[str, float]:
    """What one build reaches in the rows of one benchmark."""
    options = ["--quick"] if quick else []
    path = os.pathsep.join((str(tree / "src"), str(tree)))
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--only", benchmark, *options],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=BENCHMARK_SEC,
        check=True,
    )
    return values_of(done.stdout)


def values_of(table: str) -> dict[str, float]:
    """The first number of the column "deskcal" of a printed table, by row.

    Times come as seconds, sizes as bytes, so that rows whose unit changes with the value compare.
    """
    found = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        value = number_of(cells[1]) if len(cells) > 1 else None
        if value is not None:
            found[cells[0]] = value
    return found


_UNITS = {"us": 1e-6, "ms": 1e-3, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def number_of(cell: str) -> float | None:
    """The number that a cell begins with; None: it begins with none."""
    match = _NUMBER.match(cell)
    if match is None:
        return None
    digits, exponent, unit = match.groups()
    value = float(digits.replace(",", "") + "e" + (exponent or "0"))
    return value * _UNITS.get(unit, 1)


@contextmanager
def _worktree(revision: str) -> Iterator[Path]:
    """A tree of that commit, gone at the end. Raises: SystemExit if there is no such commit."""
    with tempfile.TemporaryDirectory(prefix="deskcal-against-") as name:
        tree = Path(name) / "tree"
        added = subprocess.run(
            ["git", "worktree", "add", "--detach", str(tree), revision],
            capture_output=True,
            encoding="utf-8",
        )
        if added.returncode:
            raise SystemExit(f"--against {revision}: {added.stderr.strip()}")
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], check=True)

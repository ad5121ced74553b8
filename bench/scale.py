"""How much is measured: the whole, or a short look. And where its benchmarks keep files."""

import sys
import time
from pathlib import Path

from msgspec import Struct


class Scale(Struct, frozen=True, kw_only=True):
    """Sizes and times of a run."""

    rounds: int
    seconds: float
    """Of one measurement."""
    read_events: int = 20_000
    inserts: int
    """Events that go straight into SQLite in groups; a sixth of it one by one."""
    list_rows: int = 50_000
    small: int = 10_000
    large: int
    idle: int
    caldav_events: int = 10_000


WHOLE = Scale(rounds=5, seconds=1.5, inserts=24_000, large=1_000_000, idle=10_000)
QUICK = Scale(rounds=2, seconds=0.7, inserts=19_200, large=200_000, idle=2_000, caldav_events=2_000)


class Ground(Struct):
    """Where benchmarks keep their files, and what they have measured so far."""

    directory: Path
    scale: Scale
    now: int
    """Unix seconds, from which tokens are valid."""

    def say(self, text: str) -> None:
        """Progress, for people."""
        print(f"  [{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)

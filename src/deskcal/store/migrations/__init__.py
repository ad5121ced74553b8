"""Schema versions: one SQL file each, forward only; an older file is never changed."""

from importlib import resources


def migrations(dialect: str) -> list[str]:
    """SQL scripts of `dialect` ("sqlite", "postgres"), version 1 first."""
    files = [
        entry
        for entry in resources.files(__name__).iterdir()
        if entry.name.endswith(f".{dialect}.sql")
    ]
    return [entry.read_text(encoding="utf-8") for entry in sorted(files, key=lambda e: e.name)]

"""What the databases have in common around a store: the migrations of each."""

from importlib import resources


def migrations(backend: str) -> list[str]:
    """SQL scripts of `backend` ("sqlite", "postgres"), version 1 first.

    One file for each schema version, forward only; an older file is never changed.
    """
    folder = resources.files(f"deskcal.store.{backend}").joinpath("migrations")
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return [entry.read_text(encoding="utf-8") for entry in sorted(files, key=lambda e: e.name)]

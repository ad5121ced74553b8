"""Schema versions: each backend's scripts are numbered from 1, each number once."""

from importlib import resources

import pytest


@pytest.mark.parametrize("package", ["deskcal.store.sqlite", "deskcal.store.postgres"])
def test_migrations_are_numbered_from_1_without_gaps(package: str) -> None:
    """Two scripts of one number would run in another order than the one they were written in."""
    folder = resources.files(package).joinpath("migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    assert [name[:5] for name in names] == [f"{n:04}_" for n in range(1, len(names) + 1)]

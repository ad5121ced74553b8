"""Foreign software runs outside the event loop of a test, in processes of its own."""

import pytest

from compat.foreign import PYTHON


@pytest.fixture(scope="session", autouse=True)
def environment() -> None:
    """The environment of the foreign software, which `make compat` installs."""
    assert PYTHON.exists(), f"{PYTHON} is missing: run `make compat`"

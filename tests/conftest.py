"""Places for stores. A test that takes `place`, or what is made of it, runs on both backends."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deskcal.app.zone_data import use_newest_zones
from places import Place, Places, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer

use_newest_zones()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this session's own."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """New places of one backend, for a test that needs more than one."""

    @contextmanager
    def directory() -> Iterator[Place]:
        yield SqlitePlace(tmp_path_factory.mktemp("data"))

    @contextmanager
    def database() -> Iterator[Place]:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.database() as url:
            yield PostgresPlace(url)

    return directory if request.param == "sqlite" else database


@pytest.fixture
def place(places: Places) -> Iterator[Place]:
    """A place for one store, or for one after the other."""
    with places() as found:
        yield found

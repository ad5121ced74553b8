"""Reminders that may still go to the lead do so after an import, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.test_escalation import DUE, ESCALATED, LEAD, WHEN, add, at, connected_as, led
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer
from store.test_moving import exported, imported


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Another place, of either backend, whatever `place` is."""
    if request.param == "sqlite":
        yield SqlitePlace(tmp_path / "target")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield PostgresPlace(url)


async def test_a_pending_escalation_is_exported_and_imported(place: Place, target: Place) -> None:
    async with led(place) as desk:
        await add(desk, participant_manager_ids=[11])
        await at(desk, DUE)
    lines = await exported(place)
    await imported(target, lines)
    assert await exported(target) == lines
    assert (await target.check()).differences == []
    async with led(target) as desk:
        lead = await connected_as(desk, LEAD)
        await at(desk, WHEN)
        assert lead.tokens == [ESCALATED]

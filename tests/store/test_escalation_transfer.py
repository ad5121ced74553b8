"""Reminders that may still go to the lead do so after an import, too."""

from commands.test_escalation import DUE, ESCALATED, LEAD, WHEN, add, at, connected_as, led
from places import Place
from store.test_transfer import exported, imported


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

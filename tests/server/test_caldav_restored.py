"""Calendar apps after a restored backup: other contents have other ETags."""

from pathlib import Path

from dav import Dav, serving_dav
from harness import MANAGER, token
from places import Place
from store.test_timeline import back_up, restore

TEN = token(10, MANAGER, desks="DESK_*")
EVENT = "event-1.ics"
RESTORED_SEC = 60
"""How long the restore takes."""


async def change(dav: Dav, title: str, left_out: int) -> dict[str, str]:
    """Renames the event, leaves one date out of the series, and adds an event; all ETags."""
    desk = dav.desk
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title=title)
    answered = await desk.call(TEN, "MngDeleteCalendarEvent", id=left_out, scope=0)
    assert answered["status"] == 200, answered
    await desk.add(TEN, title=title)
    etags = (await dav.sync()).etags
    assert len(etags) == 3
    return etags


async def test_what_was_changed_since_the_backup_has_other_etags_after_the_restore(
    place: Place, tmp_path: Path
) -> None:
    async with serving_dav(place) as dav:
        desk = dav.desk
        await desk.add(TEN)
        series = await desk.add(TEN, recurrence={"rrule": "FREQ=DAILY;COUNT=5"})
        first, second = series["id"] + 1, series["id"] + 2
    back_up(place, tmp_path)
    async with serving_dav(place) as dav:
        before = await change(dav, "Lost", first)
    restore(place, tmp_path)
    async with serving_dav(place) as dav:
        dav.desk.clock.time += RESTORED_SEC
        after = await change(dav, "Kept", second)
        assert len(after.keys() & before.keys()) >= 2
        assert after.items().isdisjoint(before.items())
        stale = await dav.ask("DELETE", dav.mine + EVENT, if_match=before[dav.mine + EVENT])
        assert stale.status == 412
        assert (await dav.sync()).etags == after

"""Settings that are lowered between two starts: what is stored stays usable."""

from harness import error_of, open_desk, token
from places import Place

TEN = token(10)


async def test_an_event_with_more_participants_than_a_lowered_limit_can_be_changed(
    place: Place,
) -> None:
    several = [{"manager_id": number} for number in (11, 12, 13)]
    async with open_desk(place) as desk:
        event_id = (await desk.add(TEN, participants=several))["id"]
    async with open_desk(place, max_participants=2) as desk:
        changed = await desk.event(TEN, "MngUpdateCalendarEvent", id=event_id, title="changed")
        assert (changed["title"], len(changed["participants"])) == ("changed", 4)
        given = await desk.call(TEN, "MngUpdateCalendarEvent", id=event_id, owner_manager_id=14)
        assert error_of(given) == (400, "INVALID_FIELD", "participants")
        fewer = await desk.event(
            TEN, "MngUpdateCalendarEvent", id=event_id, participants=several[:1]
        )
        assert len(fewer["participants"]) == 2
        again = await desk.call(TEN, "MngUpdateCalendarEvent", id=event_id, participants=several)
        assert error_of(again) == (400, "INVALID_FIELD", "participants")
        done = await desk.event(TEN, "MngCompleteCalendarEvent", id=event_id)
        assert done["status"] == 1

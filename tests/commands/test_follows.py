"""`follows_id` names an event that the session sees, where it changes. Source: section 12."""

from harness import Desk, error_of, new_event, token
from helpers import NOW

EU = token(10, desks="DESK_EU")
ALL = token(1, 3)
REFUSED = (400, "INVALID_FIELD", "follows_id")


async def test_an_event_that_is_not_visible_can_not_be_followed(desk: Desk) -> None:
    hidden = (await desk.add(ALL, desk="DESK_X"))["id"]
    seen = (await desk.add(ALL, desk="DESK_EU"))["id"]
    for followed in (hidden, 99):
        data = new_event(desk="DESK_EU", follows_id=followed)
        assert error_of(await desk.call(EU, "MngAddCalendarEvent", **data)) == REFUSED
    event = await desk.add(EU, desk="DESK_EU", follows_id=seen)
    assert event["follows_id"] == seen
    update = {"id": event["id"], "follows_id": hidden}
    assert error_of(await desk.call(EU, "MngUpdateCalendarEvent", **update)) == REFUSED


async def test_one_that_stays_is_not_looked_at(desk: Desk) -> None:
    hidden = (await desk.add(ALL, desk="DESK_X"))["id"]
    event = await desk.add(ALL, desk="DESK_EU", follows_id=hidden)
    changed = await desk.event(EU, "MngUpdateCalendarEvent", **event | {"title": "T"})
    assert (changed["title"], changed["follows_id"]) == ("T", hidden)
    cleared = await desk.event(EU, "MngUpdateCalendarEvent", id=event["id"], follows_id=0)
    assert "follows_id" not in cleared


async def test_an_operation_of_a_batch_is_held_to_it_too(desk: Desk) -> None:
    await desk.add(ALL, desk="DESK_X")
    seen = (await desk.add(ALL, desk="DESK_EU"))["id"]
    for followed, status in ((1, 400), (seen, 200)):
        data = new_event(desk="DESK_EU", follows_id=followed, start_time=NOW)
        operations = [{"command": "MngAddCalendarEvent", "data": data}]
        answered = await desk.call(EU, "MngBatchCalendarEvents", operations=operations)
        assert answered["status"] == status

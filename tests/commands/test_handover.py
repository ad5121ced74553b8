"""MngHandoverCalendarEvents. Source: contract, section 15."""

from typing import Any

import pytest

from harness import Desk, error_of, token
from helpers import NOW
from live import Receiver, reminded, step_to

LEAD = token(1, desks="DESK_EU")
ADMIN = token(99, type=3)
HOUR = 3600


async def handover(desk: Desk, by: str = ADMIN, **named: Any) -> dict[str, Any]:
    data = {"from_manager_id": 12, "to_manager_ids": [13, 14], "deskFilter": "*"} | named
    return await desk.call(by, "MngHandoverCalendarEvents", **data)


async def do(desk: Desk, by: str = ADMIN, **named: Any) -> dict[str, Any]:
    """The handover after its preview."""
    preview = await handover(desk, by, **named)
    digest = preview["data"]["digest"]
    answered = await handover(desk, by, dry_run=0, digest=digest, **named)
    assert answered["status"] == 200, answered
    data: dict[str, Any] = answered["data"]
    return data


async def owned(desk: Desk, hours: int = 1, code: str = "DESK_EU", **named: Any) -> dict[str, Any]:
    """An event of manager 12, so many hours ahead."""
    times = {"start_time": NOW + hours * HOUR, "end_time": NOW + hours * HOUR + HOUR}
    return await desk.add(ADMIN, **({"owner_manager_id": 12, "desk": code} | times | named))


async def owners(desk: Desk) -> list[int]:
    return [row["owner_manager_id"] for row in await rows(desk)]


async def rows(desk: Desk) -> list[dict[str, Any]]:
    answered = await desk.call(
        ADMIN,
        "MngGetCalendarEventsByFilter",
        **{"from": 0, "to": NOW * 2, "limit": 100, "offset": 0, "deskFilter": "*"},
    )
    events: list[dict[str, Any]] = answered["data"]["rows"]
    return events


async def test_a_preview_changes_nothing(desk: Desk) -> None:
    await owned(desk)
    answered = await handover(desk)
    assert answered["data"]["count"] == 1
    assert answered["data"]["by_manager"] == [
        {"manager_id": 13, "count": 1, "conflicts": 0},
        {"manager_id": 14, "count": 0, "conflicts": 0},
    ]
    assert "batch_id" not in answered["data"]
    assert await owners(desk) == [12]


async def test_all_go_to_the_first_in_one_batch(desk: Desk) -> None:
    await owned(desk, 1)
    await owned(desk, 2)
    data = await do(desk)
    assert (data["count"], data["batch_id"]) == (2, 3)
    assert await owners(desk) == [13, 13]
    changed = await desk.call(ADMIN, "MngGetCalendarChanges", since=2, deskFilter="*")
    assert [row["batch_id"] for row in changed["data"]["changes"]] == [3, 3]


async def test_they_are_spread_over_those_who_are_free_and_have_the_fewest(desk: Desk) -> None:
    await desk.add(ADMIN, owner_manager_id=13, start_time=NOW + HOUR, end_time=NOW + 2 * HOUR)
    for hours in (1, 3, 5):
        await owned(desk, hours)
    data = await do(desk, mode="spread")
    assert [(one["manager_id"], one["count"]) for one in data["by_manager"]] == [(13, 1), (14, 2)]
    assert (await owners(desk))[1:] == [14, 13, 14]


async def test_a_conflict_is_named_in_the_preview(desk: Desk) -> None:
    await desk.add(ADMIN, owner_manager_id=13, start_time=NOW + HOUR, end_time=NOW + 2 * HOUR)
    await owned(desk, 1)
    answered = await handover(desk, to_manager_ids=[13])
    assert answered["data"]["by_manager"] == [{"manager_id": 13, "count": 1, "conflicts": 1}]


async def test_a_preview_shows_the_first_events_of_each_manager(desk: Desk) -> None:
    ids = [(await owned(desk, hours, title=f"Łódź {hours}"))["id"] for hours in (1, 2, 3)]
    busy = {"start_time": NOW + 2 * HOUR, "end_time": NOW + 3 * HOUR}
    await desk.add(ADMIN, owner_manager_id=13, desk="DESK_EU", **busy)
    answered = await handover(desk, limit=2)
    first, second = answered["data"]["by_manager"]
    assert (first["count"], first["conflicts"]) == (3, 1)
    assert [(one["id"], one["conflict"]) for one in first["events"]] == [(ids[1], 1), (ids[0], 0)]
    assert first["events"][0] == {
        "id": ids[1],
        "type": 0,
        "title": "Łódź 2",
        "start_time": NOW + 2 * HOUR,
        "end_time": NOW + 3 * HOUR,
        "all_day": 0,
        "timezone": "",
        "desk": "DESK_EU",
        "conflict": 1,
    }
    assert second["events"] == []
    done = await do(desk, limit=2)
    assert "events" not in done["by_manager"][0]


async def test_who_leaves_does_not_stay_and_answers_and_roles_of_others_do(desk: Desk) -> None:
    rows = [{"manager_id": 20, "role": 2, "status": 3}, {"manager_id": 21, "status": 2}]
    await owned(desk, participants=rows)
    await do(desk)
    event = await desk.event(ADMIN, "MngGetCalendarEvent", id=1)
    assert [(row["manager_id"], row["role"], row["status"]) for row in event["participants"]] == [
        (13, 0, 1),
        (20, 2, 3),
        (21, 1, 2),
    ]


async def test_a_series_stays_one_and_its_reminders_stay(desk: Desk) -> None:
    first = await owned(desk, recurrence={"rrule": "FREQ=DAILY;COUNT=3"}, remind_before_sec=60)
    data = await do(desk)
    assert data["count"] == 3
    places = [
        (one["owner_manager_id"], one["series_id"], one["remind_before_sec"])
        for one in await rows(desk)
    ]
    assert places == [(13, first["series_id"], 60)] * 3
    undone = await desk.call(ADMIN, "MngUndoCalendarBatch", batch_id=data["batch_id"])
    assert undone["data"]["undone"] == 3
    assert await owners(desk) == [12, 12, 12]


async def test_an_unread_reminder_goes_to_the_new_owner_too(desk: Desk) -> None:
    sender, receiver = Receiver(desk), Receiver(desk)
    await sender.say(token(12), "Ping")
    await receiver.say(token(13), "Ping")
    await owned(desk, remind_time=NOW + 5)
    step_to(desk, NOW + 5)
    await reminded(desk)
    assert (sender.tokens, receiver.tokens) == ([f"1-{NOW + 5}-12"], [])
    await do(desk)
    await reminded(desk)
    assert receiver.tokens == [f"1-{NOW + 5}-13"]
    assert sender.tokens == [f"1-{NOW + 5}-12"]
    listed = await desk.call(token(13), "MngGetCalendarReminders", state="unread")
    assert [row["token"] for row in listed["data"]["reminders"]] == receiver.tokens


async def test_a_participant_is_replaced_where_that_role_is_asked_for(desk: Desk) -> None:
    await owned(desk, owner_manager_id=20, participants=[{"manager_id": 12, "role": 2}])
    assert (await handover(desk, roles=["owner"]))["data"]["count"] == 0
    await do(desk, roles=["participant"])
    event = await desk.event(ADMIN, "MngGetCalendarEvent", id=1)
    assert [(row["manager_id"], row["role"], row["status"]) for row in event["participants"]] == [
        (20, 0, 1),
        (13, 2, 0),
    ]


@pytest.mark.parametrize(
    "named",
    [
        {"status": 1},
        {"start_time": NOW - 2 * HOUR, "end_time": NOW},
        {"start_time": NOW, "end_time": NOW},
        {"owner_manager_id": 30},
        {"owner_manager_id": 30, "created_by": 12},
    ],
)
async def test_done_past_and_other_managers_events_stay(desk: Desk, named: Any) -> None:
    await owned(desk, **named)
    assert (await handover(desk))["data"]["count"] == 0


async def test_list_filters_narrow_it(desk: Desk) -> None:
    await owned(desk, 1, type=2, customer_id=7)
    await owned(desk, 2, type=3)
    for named in ({"type": 2}, {"customer_id": 7}, {"type": [2], "deskFilter": "DESK_EU"}):
        assert (await handover(desk, **named))["data"]["count"] == 1
    assert (await handover(desk, deskFilter="DESK_US*"))["data"]["count"] == 0


async def test_a_manager_narrows_it_to_events_that_they_share(desk: Desk) -> None:
    await owned(desk, 1, title="alone")
    await owned(desk, 2, title="shared", participant_manager_ids=[20])
    await owned(desk, 3, title="with others", participant_manager_ids=[21])
    preview = await handover(desk, manager_id=20, limit=10)
    assert [row["title"] for row in preview["data"]["by_manager"][0]["events"]] == ["shared"]
    assert (await handover(desk, manager_id=12))["data"]["count"] == 3


async def test_more_events_than_go_at_a_time_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskcal.commands.handover.MAX_LIMIT", 2)
    for hours in (1, 2):
        await owned(desk, hours)
    assert (await handover(desk))["data"]["count"] == 2
    await owned(desk, 3)
    assert error_of(await handover(desk)) == (400, "INVALID_FIELD", "from_manager_id")
    assert (await handover(desk, to=NOW + 3 * HOUR))["data"]["count"] == 2


async def test_a_period_narrows_it(desk: Desk) -> None:
    for hour in (1, 3, 5):
        await owned(desk, hour, start_time=NOW + hour * HOUR, end_time=NOW + (hour + 1) * HOUR)
    period: Any = {"from": NOW + 3 * HOUR, "to": NOW + 5 * HOUR}
    since: Any = {"from": NOW - HOUR}
    assert (await handover(desk, **period))["data"]["count"] == 1
    assert (await handover(desk, to=NOW + 4 * HOUR))["data"]["count"] == 2
    assert (await handover(desk, **since))["data"]["count"] == 3
    assert error_of(await handover(desk, to=NOW)) == (400, "INVALID_FIELD", "to")


async def test_only_what_the_session_may_change_goes(desk: Desk) -> None:
    await owned(desk, 1)
    await owned(desk, 2, "DESK_US")
    await owned(desk, 3, "DESK_US", participant_manager_ids=[1])
    assert (await handover(desk, LEAD))["data"]["count"] == 1
    assert (await do(desk, LEAD))["count"] == 1
    assert await owners(desk) == [13, 12, 12]


@pytest.mark.parametrize(
    ("desk_code", "creator", "others"), [("", 99, []), ("", 12, []), ("DESK_US", 99, [11])]
)
async def test_an_owner_hands_over_what_an_update_would_give_to_others(
    desk: Desk, desk_code: str, creator: int, others: list[int]
) -> None:
    """It stays where it is, also outside the scope: neither is a move."""
    own = token(12, desks="DESK_EU")
    for number in (1, 2):
        people = {"participant_manager_ids": others, "created_by": creator}
        await owned(desk, number, desk_code, **people)
    updated = await desk.call(own, "MngUpdateCalendarEvent", id=1, owner_manager_id=13)
    assert updated["status"] == 200, updated
    assert (await handover(desk, own, roles=["owner"]))["data"]["count"] == 1
    assert (await do(desk, own, roles=["owner"]))["count"] == 1
    assert await owners(desk) == [13, 13]


async def test_what_is_changed_while_a_handover_begins_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owned(desk, 1)
    await owned(desk, 2)
    digest = (await handover(desk))["data"]["digest"]
    store = desk.services.store
    list_events = store.list_events

    async def list_then_change(*named: Any) -> Any:
        found = await list_events(*named)
        monkeypatch.undo()
        await desk.event(ADMIN, "MngUpdateCalendarEvent", id=1, title="changed")
        return found

    monkeypatch.setattr(store, "list_events", list_then_change)
    answered = await handover(desk, dry_run=0, digest=digest)
    assert answered["data"]["count"] == 1
    assert await owners(desk) == [12, 13]


async def test_what_is_claimed_while_a_handover_begins_stays_as_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim, which leaves the version, has made somebody else its owner."""
    await owned(desk, type=2, start_time=NOW - 100, end_time=NOW + HOUR, pool_after_sec=60)
    digest = (await handover(desk, roles=["owner"]))["data"]["digest"]
    store = desk.services.store
    list_events = store.list_events

    async def list_then_claim(*named: Any) -> Any:
        found = await list_events(*named)
        monkeypatch.undo()
        await desk.call(LEAD, "MngClaimNextCalendarEvent", deskFilter="*")
        return found

    monkeypatch.setattr(store, "list_events", list_then_claim)
    answered = await handover(desk, dry_run=0, digest=digest, roles=["owner"])
    assert answered["data"]["count"] == 0
    (event,) = await rows(desk)
    assert [row["manager_id"] for row in event["participants"]] == [1, 12]


async def test_another_digest_is_a_conflict_and_nothing_goes(desk: Desk) -> None:
    await owned(desk)
    digest = (await handover(desk))["data"]["digest"]
    await desk.event(ADMIN, "MngUpdateCalendarEvent", id=1, title="changed")
    answered = await handover(desk, dry_run=0, digest=digest)
    assert error_of(answered) == (409, "CONFLICT", "digest")
    assert await owners(desk) == [12]


async def test_the_digest_does_not_depend_on_what_the_session_cannot_see(desk: Desk) -> None:
    await owned(desk, 1)
    before = (await handover(desk, LEAD))["data"]["digest"]
    await owned(desk, 2, "DESK_US")
    assert (await handover(desk, LEAD))["data"]["digest"] == before


@pytest.mark.parametrize(
    ("named", "code", "field"),
    [
        ({"dry_run": 0}, "FIELD_REQUIRED", "digest"),
        ({"to_manager_ids": [12]}, "INVALID_FIELD", "to_manager_ids"),
        ({"to_manager_ids": []}, "INVALID_FIELD", "to_manager_ids"),
        ({"to_manager_ids": [0]}, "INVALID_FIELD", "to_manager_ids[0]"),
        ({"from_manager_id": 0}, "INVALID_FIELD", "from_manager_id"),
        ({"mode": "x"}, "INVALID_FIELD", "mode"),
        ({"roles": []}, "INVALID_FIELD", "roles"),
        ({"deskFilter": ""}, "INVALID_FIELD", "deskFilter"),
    ],
)
async def test_bad_input_is_refused_by_name(desk: Desk, named: Any, code: str, field: str) -> None:
    assert error_of(await handover(desk, **named)) == (400, code, field)


async def test_it_is_undone_by_its_batch_also_where_it_took_several_transactions(
    desk: Desk,
) -> None:
    operations = [
        {
            "command": "MngAddCalendarEvent",
            "data": {
                "title": "call",
                "owner_manager_id": 12,
                "start_time": NOW + number,
                "end_time": NOW + number + 60,
            },
        }
        for number in range(1, 251)
    ]
    await desk.call(ADMIN, "MngBatchCalendarEvents", operations=operations)
    data = await do(desk)
    assert (data["count"], len({*await owners(desk)})) == (250, 1)
    answered = await desk.call(ADMIN, "MngUndoCalendarBatch", batch_id=data["batch_id"])
    assert (answered["data"]["undone"], answered["data"]["left"]) == (250, [])
    assert {*await owners(desk)} == {12}

"""MngBatchCalendarEvents. Source: contract, section 15."""

from typing import Any

import pytest

from harness import Desk, error_of, new_event, token

TEN = token(10)
EU = token(10, desks="DESK_EU")


def add(**named: Any) -> dict[str, Any]:
    return {"command": "MngAddCalendarEvent", "data": new_event(**named)}


def update(event_id: int | str, **named: Any) -> dict[str, Any]:
    return {"command": "MngUpdateCalendarEvent", "data": {"id": event_id, **named}}


def delete(event_id: int | str) -> dict[str, Any]:
    return {"command": "MngDeleteCalendarEvent", "data": {"id": event_id}}


async def batch(desk: Desk, *operations: dict[str, Any], by: str = TEN, **named: Any) -> Any:
    return await desk.call(by, "MngBatchCalendarEvents", operations=operations, **named)


async def changes(desk: Desk) -> list[tuple[int, int, int]]:
    """Type, event and batch_id of every change."""
    data = await desk.call(TEN, "MngGetCalendarChanges", since=0, deskFilter="*")
    return [(row["type"], row["id"], row["batch_id"]) for row in data["data"]["changes"]]


async def test_each_operation_is_answered_as_it_would_be_alone(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await batch(desk, add(title="two"), update(1, title="one"), delete(1))
    data = answered["data"]
    assert [result["status"] for result in data["results"]] == [200, 200, 200]
    created, updated, deleted = (result["data"] for result in data["results"])
    assert created == {"event": (await desk.event(TEN, "MngGetCalendarEvent", id=2))}
    assert (updated["event"]["title"], updated["event"]["version"]) == ("one", 2)
    assert deleted == {"id": 1}
    assert data["batch_id"] == 2


async def test_misspelt_keys_of_an_operation_are_named_as_they_would_be_alone(desk: Desk) -> None:
    """Issue 12, number 25."""
    created = add(priorty=3)
    answered = await batch(desk, created, update("$0", titel="x"), delete("$0"))
    found = [result["data"].get("ignored") for result in answered["data"]["results"]]
    assert found == [["priorty"], ["titel"], None]
    wrong = {"command": "MngDeleteCalendarEvent", "data": {"idd": 1}}
    answered = await batch(desk, created, wrong)
    assert answered["error"]["message"] == "id is required; did you mean it by idd?"
    answered = await batch(desk, {"command": "MngDeleteCalendarEvent", "data": [1]})
    assert error_of(answered) == (400, "INVALID_FIELD", "data")


async def test_all_changes_have_one_batch_id(desk: Desk) -> None:
    await desk.add(TEN)
    await batch(desk, add(), update(1, title="one"), delete(1))
    assert await changes(desk) == [(0, 1, 1), (0, 2, 2), (1, 1, 2), (2, 1, 2)]


async def test_a_later_operation_may_name_the_event_of_an_earlier_one(desk: Desk) -> None:
    answered = await batch(
        desk, add(title="a"), add(title="b"), update("$1", title="c"), update("$0", desk="DESK_EU")
    )
    rows = [result["data"]["event"] for result in answered["data"]["results"]]
    assert [(row["id"], row["title"], row["desk"]) for row in rows] == [
        (1, "a", ""),
        (2, "b", ""),
        (2, "c", ""),
        (1, "a", "DESK_EU"),
    ]


async def test_what_was_created_can_be_deleted_in_the_same_batch(desk: Desk) -> None:
    answered = await batch(desk, add(), delete("$0"))
    assert answered["data"]["results"][1] == {"status": 200, "data": {"id": 1}}
    assert await desk.rows(TEN) == ([], 0)


@pytest.mark.parametrize("name", ["$1", "$2", "$9", "$", "$x", "0", "$-1"])
async def test_a_name_that_is_no_earlier_create_is_refused(desk: Desk, name: str) -> None:
    answered = await batch(desk, add(), update(name, title="x"))
    assert error_of(answered) == (400, "INVALID_FIELD", "id")
    assert answered["error"]["index"] == 1
    assert await desk.rows(TEN) == ([], 0)


async def test_the_first_failure_is_the_answer_and_nothing_is_applied(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await batch(
        desk, update(1, title="never"), update(99, title="x"), add(title=""), delete(1)
    )
    assert error_of(answered) == (404, "NOT_FOUND", "id")
    assert answered["error"]["index"] == 1
    assert (await desk.event(TEN, "MngGetCalendarEvent", id=1))["version"] == 1
    assert await changes(desk) == [(0, 1, 1)]


async def test_a_conflict_has_the_event_and_the_index(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await batch(desk, update(1, title="x"), update(1, title="y", if_version=1))
    assert (answered["status"], answered["error"]["index"]) == (409, 1)
    assert answered["error"]["event"]["id"] == 1


async def test_a_conflict_shows_nothing_that_was_undone(desk: Desk) -> None:
    made = await desk.add(TEN)
    answered = await batch(desk, update(1, title="never"), update(1, priority=2, if_version=1))
    assert (answered["status"], answered["error"]["index"]) == (409, 1)
    assert answered["error"]["event"] == made
    answered = await batch(desk, add(), update("$0", if_version=7))
    assert answered["status"] == 409
    assert "event" not in answered["error"]
    key = {"idempotency_key": "key"}
    kept = await desk.add(TEN, **key)
    answered = await batch(desk, add(**key), update("$0", if_version=7))
    assert answered["error"]["event"] == kept


async def test_a_conflict_shows_what_was_kept_where_the_batch_is_not_atomic(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await batch(
        desk, update(1, title="kept"), update(1, priority=2, if_version=1), atomic=0
    )
    shown = answered["data"]["results"][1]["error"]["event"]
    assert shown == await desk.event(TEN, "MngGetCalendarEvent", id=1)
    assert shown["title"] == "kept"


async def test_each_member_is_independent_where_the_batch_is_not_atomic(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await batch(
        desk, add(title=""), update(1, title="one"), update("$0", title="x"), delete(99), atomic=0
    )
    results = answered["data"]["results"]
    assert [result["status"] for result in results] == [400, 200, 400, 404]
    assert results[0]["error"]["field"] == "title"
    assert "created no event" in results[2]["error"]["message"]
    assert await changes(desk) == [(0, 1, 1), (1, 1, 2)]
    assert answered["data"]["batch_id"] == 2


async def test_the_rights_are_those_of_each_operation_alone(desk: Desk) -> None:
    await desk.add(token(20), desk="DESK_US", owner_manager_id=20)
    answered = await batch(desk, add(desk="DESK_EU"), update(1, title="x"), by=EU)
    assert error_of(answered) == (404, "NOT_FOUND", "id")
    answered = await batch(desk, add(desk="DESK_US"), by=EU)
    assert (error_of(answered)[1], answered["error"]["index"]) == ("FORBIDDEN", 0)
    assert await desk.rows(EU) == ([], 0)


async def test_an_idempotency_key_gives_the_first_event_again(desk: Desk) -> None:
    first = await desk.add(TEN, idempotency_key="key")
    answered = await batch(desk, add(idempotency_key="key"), add(idempotency_key="other"))
    rows = [result["data"]["event"]["id"] for result in answered["data"]["results"]]
    assert rows[0] == first["id"] and rows[1] != first["id"]


async def test_a_batch_that_is_repeated_goes_on_with_the_first_event(desk: Desk) -> None:
    """As by a client that has not got the answer."""
    operations = [add(idempotency_key="key"), update("$0", title="two"), delete("$0")]
    first = await batch(desk, *operations[:2])
    assert (await batch(desk, *operations[:2]))["data"]["results"] == first["data"]["results"]
    answered = await batch(desk, *operations)
    assert answered["data"]["results"][2] == {"status": 200, "data": {"id": 1}}
    again = await batch(desk, *operations)
    assert (error_of(again)[1], again["error"]["index"]) == ("NOT_FOUND", 1)


async def test_a_batch_that_changes_nothing_has_no_batch_id(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await batch(desk, update(1, title="Retention sync"))
    assert answered["data"]["batch_id"] == 0
    assert answered["data"]["results"][0]["data"]["event"]["version"] == 1


@pytest.mark.parametrize("name", ["MngGetCalendarEvent", "MngBatchCalendarEvents", "Ping", "x"])
async def test_commands_that_change_no_event_are_refused(desk: Desk, name: str) -> None:
    answered = await batch(desk, add(), {"command": name, "data": {}})
    assert error_of(answered) == (400, "INVALID_FIELD", "operations[1].command")
    assert answered["error"]["index"] == 1


@pytest.mark.parametrize("count", [0, 501])
async def test_more_or_fewer_operations_than_1_to_500_are_refused(desk: Desk, count: int) -> None:
    answered = await batch(desk, *[add()] * count)
    assert error_of(answered) == (400, "INVALID_FIELD", "operations")


async def test_a_batch_takes_effect_where_it_stands_among_other_requests(desk: Desk) -> None:
    event = await desk.add(TEN)
    answered = await batch(desk, *[update(event["id"], title=f"{n}") for n in range(500)])
    assert answered["data"]["results"][-1]["data"]["event"]["version"] == 501


@pytest.mark.parametrize("atomic", [0, 1])
@pytest.mark.parametrize(
    "again",
    [
        delete("$0"),
        update("$0", title="b"),
        update("$0", title="b", scope=2),
        {
            "command": "MngCompleteCalendarEvent",
            "data": {"id": "$0", "follow_up": {"in_sec": 60}},
        },
        {"command": "MngArchiveCalendarEvent", "data": {"id": "$0"}},
    ],
)
async def test_what_an_earlier_operation_deleted_is_named_as_the_batch_names_it(
    desk: Desk, again: dict[str, Any], atomic: int
) -> None:
    answered = await batch(desk, add(), delete("$0"), again, atomic=atomic)
    error = answered["error"] if atomic else answered["data"]["results"][2]["error"]
    assert error["message"] == "there is no event '$0', or none that you may see"


async def test_texts_of_a_client_that_read_like_an_event_stay_as_they_are(desk: Desk) -> None:
    def complete(outcome: str) -> dict[str, Any]:
        data = {"id": "$0", "outcome": outcome}
        return {"command": "MngCompleteCalendarEvent", "data": data}

    answered = await batch(desk, add(type=2), complete("event 1"), complete("event 2"))
    assert error_of(answered) == (409, "CONFLICT", "outcome")
    assert answered["error"]["message"].startswith(
        "event '$0' is done already, with outcome 'event 1'; look at error.event"
    )


async def test_an_event_is_named_by_its_id_where_the_operation_does_so(desk: Desk) -> None:
    await desk.add(TEN, idempotency_key="key")
    again = add(idempotency_key="key")
    answered = await batch(desk, again, update("$0", title="x"), update(1, if_version=7))
    assert answered["error"]["message"].startswith("event 1 is at version 2, not 7: somebody")
    answered = await batch(desk, again, update("$0", if_version=7))
    assert answered["error"]["message"].startswith("event '$0' is at version 1, not 7: somebody")


@pytest.mark.parametrize("atomic", [0, 1])
@pytest.mark.parametrize("number", [2**53 - 1, 2**53 - 2, 2**53 - 500])
async def test_the_largest_ids_are_those_of_no_event_as_alone(
    desk: Desk, number: int, atomic: int
) -> None:
    """They stand for what a batch creates, inside of it alone."""
    alone = await desk.call(TEN, "MngUpdateCalendarEvent", id=number, title="x")
    answered = await batch(desk, add(), update(number, title="x"), atomic=atomic)
    error = answered["error"] if atomic else answered["data"]["results"][1]["error"]
    assert {name: error[name] for name in alone["error"]} == alone["error"]
    assert error["index"] == 1


async def test_the_largest_id_can_be_named_as_one_to_follow(desk: Desk) -> None:
    answered = await batch(desk, add(), update("$0", follows_id=2**53 - 1))
    assert error_of(answered) == (400, "INVALID_FIELD", "follows_id")
    assert (await desk.rows(TEN))[1] == 0

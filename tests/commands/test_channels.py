"""Subscribe and Unsubscribe: names and limits. Source: contract, section 7, "Pushed messages"."""

import pytest

from harness import Desk, error_of, open_desk, token
from places import Place

TEN = token(10)


async def test_any_channel_name_is_accepted_since_clients_subscribe_to_quotes(desk: Desk) -> None:
    names = ["quotes", "EURUSD", "", "a'b]}", "Анна 🙂", "calendar", "calendars:x"]
    answered = await desk.call(TEN, "Subscribe", chanels=names)
    assert answered["data"] == {"chanels": names}


async def test_channels_is_accepted_too_and_chanels_goes_before_it(desk: Desk) -> None:
    assert (await desk.call(TEN, "Subscribe", channels=["a"]))["data"] == {"chanels": ["a"]}
    answered = await desk.call(TEN, "Subscribe", chanels=["b"], channels=["c"])
    assert answered["data"] == {"chanels": ["a", "b"]}


async def test_channels_belong_to_the_manager_of_the_token(desk: Desk) -> None:
    await desk.call(TEN, "Subscribe", chanels=["a", "b"])
    answered = await desk.call(token(11), "Subscribe", chanels=["c"])
    assert answered["data"] == {"chanels": ["c"]}
    answered = await desk.call(TEN, "Unsubscribe", chanels=["a", "z"])
    assert answered["data"] == {"chanels": ["b"]}


@pytest.mark.parametrize(
    "name", ["calendar:manager:10", "calendar:desk:DESK_*,!DESK_X", "calendar:desk:*"]
)
async def test_our_channels_are_accepted(desk: Desk, name: str) -> None:
    assert (await desk.call(TEN, "Subscribe", chanels=[name]))["data"] == {"chanels": [name]}


@pytest.mark.parametrize(
    "name",
    [
        "calendar:manager:x",
        "calendar:manager:",
        "calendar:manager:１",
        "calendar:desk:",
        "calendar:desk:!A",
        "calendar:desk:" + "A" * 1025,
        "calendar:nothing",
        "x" * 2000,
    ],
)
async def test_a_name_that_none_of_ours_can_have_is_refused(desk: Desk, name: str) -> None:
    answered = await desk.call(TEN, "Subscribe", chanels=["fine", name])
    assert error_of(answered) == (400, "INVALID_FIELD", "chanels")
    assert (await desk.call(TEN, "Unsubscribe", chanels=[]))["data"] == {"chanels": []}


async def test_other_session_types_get_quotes_but_no_calendar(desk: Desk) -> None:
    user = token(10, 0)
    assert (await desk.call(user, "Subscribe", chanels=["EURUSD"]))["status"] == 200
    assert (await desk.call(user, "Subscribe", chanels=["calendar"]))["status"] == 403


async def test_a_missing_or_wrong_list_is_named(desk: Desk) -> None:
    for command in ("Subscribe", "Unsubscribe"):
        assert error_of(await desk.call(TEN, command)) == (400, "FIELD_REQUIRED", "chanels")
        answered = await desk.call(TEN, command, chanels="calendar")
        assert error_of(answered) == (400, "INVALID_FIELD", "chanels")
        answered = await desk.call(TEN, command, chanels=[5])
        assert error_of(answered) == (400, "INVALID_FIELD", "chanels[0]")


async def test_subscriptions_of_a_connection_are_limited_for_all_its_managers(
    place: Place,
) -> None:
    async with open_desk(place, max_subscriptions=3) as desk:
        await desk.call(TEN, "Subscribe", chanels=["a", "b"])
        await desk.call(TEN, "Subscribe", chanels=["a"])
        answered = await desk.call(token(11), "Subscribe", chanels=["c", "d"])
        assert error_of(answered) == (400, "INVALID_FIELD", "chanels")
        assert (await desk.call(token(11), "Subscribe", chanels=["c"]))["status"] == 200


async def test_a_rate_limit_says_when_to_try_again(place: Place) -> None:
    async with open_desk(place, max_requests_per_manager_sec=2) as desk:
        for _ in range(2):
            assert (await desk.call(TEN, "Ping"))["status"] == 200
        answered = await desk.call(TEN, "Ping")
        assert error_of(answered) == (429, "TOO_MANY_REQUESTS", None)
        assert 0 < answered["error"]["retry_after_ms"] <= 501
        assert (await desk.call(token(11), "Ping"))["status"] == 200
        desk.clock.time -= 3600
        desk.monotonic.time += 0.51
        assert (await desk.call(TEN, "Ping"))["status"] == 200

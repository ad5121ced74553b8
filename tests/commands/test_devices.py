"""Passwords of calendar apps on both backends. Source: contract, part 2, section 16."""

import asyncio
import json
from typing import Any

import pytest

from deskcal.core.directory import Directory, Manager
from deskcal.errors import TooManyRequests
from harness import ADMIN, Desk, error_of, open_desk, token
from helpers import NOW
from places import Place

TEN = token(10, desks="DESK_EU*", brands="acme")
ELEVEN = token(11)
HERE = "192.0.2.1"


async def added(desk: Desk, token_: str = TEN, **data: Any) -> tuple[dict[str, Any], str]:
    answered = await desk.call(token_, "MngAddCalendarDevice", **({"name": "Phone"} | data))
    assert answered["status"] == 200, answered
    return answered["data"]["device"], answered["data"]["password"]


async def devices(desk: Desk, token_: str = TEN) -> list[dict[str, Any]]:
    answered = await desk.call(token_, "MngGetCalendarDevices")
    found: list[dict[str, Any]] = answered["data"]["devices"]
    return found


async def verified(
    desk: Desk, password: str, manager_id: int = 10, address: str = HERE
) -> int | None:
    device = await desk.services.devices.verify(manager_id, password, address)
    return device.id if device else None


async def test_a_password_is_shown_once_and_is_verified(desk: Desk) -> None:
    device, password = await added(desk)
    assert device == {"id": 1, "name": "Phone", "created_time": NOW, "last_used_time": 0}
    assert await devices(desk) == [device]
    assert await verified(desk, password) == 1
    assert await verified(desk, password.upper().replace("-", " ")) == 1
    assert await verified(desk, "wrong") is None
    assert await verified(desk, password, manager_id=11) is None


async def test_it_is_stored_hashed(desk: Desk) -> None:
    _, password = await added(desk)
    (stored,) = await desk.services.store.devices.all(10)
    assert stored.hash.startswith("scrypt$")
    text = json.dumps([stored.hash, stored.selector])
    assert password not in text and password.replace("-", "")[4:] not in text


async def test_it_has_the_scope_of_the_session_that_made_it(desk: Desk) -> None:
    _, password = await added(desk)
    device = await desk.services.devices.verify(10, password, HERE)
    assert device is not None
    session = desk.services.session_of(device)
    assert (session.manager_id, session.type, device.brand) == (10, 1, "acme")
    assert (session.desks.text, session.brands.text) == ("DESK_EU*", "acme")


async def test_devices_of_other_managers_are_neither_seen_nor_revoked(desk: Desk) -> None:
    device, password = await added(desk)
    for other in (ELEVEN, token(99, ADMIN)):
        assert await devices(desk, other) == []
        refused = await desk.call(other, "MngDeleteCalendarDevice", id=device["id"])
        assert error_of(refused) == (404, "NOT_FOUND", "id")
    assert await verified(desk, password) == device["id"]


async def test_a_revoked_password_is_refused_at_once(desk: Desk) -> None:
    device, password = await added(desk)
    _, other = await added(desk, name="Laptop")
    assert await verified(desk, password) == device["id"]
    answered = await desk.call(TEN, "MngDeleteCalendarDevice", id=device["id"])
    assert answered["data"] == {"id": device["id"]}
    assert await verified(desk, password) is None
    assert await verified(desk, other) == 2
    again = await desk.call(TEN, "MngDeleteCalendarDevice", id=device["id"])
    assert error_of(again) == (404, "NOT_FOUND", "id")
    assert [one["name"] for one in await devices(desk)] == ["Laptop"]


async def test_the_last_use_is_recorded_to_the_minute(desk: Desk) -> None:
    _, password = await added(desk)
    for seconds, expected in ((10, NOW + 10), (69, NOW + 10), (70, NOW + 70)):
        desk.clock.time = NOW + seconds
        assert await verified(desk, password) == 1
        assert (await devices(desk))[0]["last_used_time"] == expected
    await desk.services.store.devices.used(1, NOW)
    assert (await devices(desk))[0]["last_used_time"] == NOW + 70


async def test_wrong_passwords_of_an_address_are_refused_but_not_known_ones(desk: Desk) -> None:
    _, password = await added(desk)
    assert await verified(desk, password) == 1
    for _ in range(10):
        assert await verified(desk, "wrong") is None
    with pytest.raises(TooManyRequests):
        await verified(desk, "wrong")
    assert await verified(desk, password) == 1
    assert await verified(desk, "wrong", address="192.0.2.2") is None
    desk.monotonic.time = 60
    assert await verified(desk, "wrong") is None


async def test_wrong_passwords_for_a_manager_from_many_addresses_are_refused(place: Place) -> None:
    async with open_desk(place, max_wrong_passwords_per_min=1) as desk:
        for number in range(5):
            assert await verified(desk, "wrong", address=f"192.0.2.{number}") is None
        with pytest.raises(TooManyRequests):
            await verified(desk, "wrong", address="192.0.2.9")
        assert await verified(desk, "wrong", manager_id=11, address="192.0.2.9") is None


async def test_of_thousands_of_wrong_passwords_at_once_ten_are_hashed(desk: Desk) -> None:
    _, password = await added(desk)
    guesses = [verified(desk, f"wrong {number}") for number in range(2_000)]
    found = await asyncio.gather(*guesses, return_exceptions=True)
    assert found.count(None) == 10
    assert sum(isinstance(one, TooManyRequests) for one in found) == 1_990
    assert await verified(desk, password, address="192.0.2.2") == 1


async def test_a_password_longer_than_any_is_wrong(desk: Desk) -> None:
    await added(desk)
    assert await verified(desk, "a" * 100_000) is None


async def test_a_disabled_manager_has_no_access(desk: Desk) -> None:
    _, password = await added(desk)
    assert await verified(desk, password) == 1
    names = Directory(managers=[Manager(id=10, name="Ann", brand="acme", disabled=1)])
    await desk.services.store.directory.put(names)
    assert await verified(desk, password) is None


async def test_only_the_newest_verified_passwords_are_remembered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskcal.live.device_passwords.REMEMBERED", 1)
    _, first = await added(desk)
    _, second = await added(desk)
    for password, expected in ((first, 1), (second, 2)):
        assert await verified(desk, password) == expected
    for _ in range(10):
        assert await verified(desk, "wrong") is None
    assert await verified(desk, second) == 2
    with pytest.raises(TooManyRequests):
        await verified(desk, first)


async def test_more_passwords_than_can_wait_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskcal.live.device_passwords.MAX_WAITING", 0)
    with pytest.raises(TooManyRequests):
        await verified(desk, "wrong")


@pytest.mark.parametrize(
    ("data", "status", "code", "field"),
    [
        ({"name": ""}, 400, "INVALID_FIELD", "name"),
        ({"name": "   "}, 400, "INVALID_FIELD", "name"),
        ({"name": "a\nb"}, 400, "INVALID_FIELD", "name"),
        ({"name": "x" * 101}, 400, "INVALID_FIELD", "name"),
        ({}, 400, "FIELD_REQUIRED", "name"),
        ({"name": "Phone", "brand": "other"}, 403, "FORBIDDEN", "brand"),
        ({"name": "Phone", "brand": "ac,me"}, 400, "INVALID_FIELD", "brand"),
        ({"name": "Phone", "brand": "acme" * 17}, 400, "INVALID_FIELD", "brand"),
    ],
)
async def test_bad_input_is_refused_by_name(
    desk: Desk, data: dict[str, Any], status: int, code: str, field: str
) -> None:
    answered = await desk.call(TEN, "MngAddCalendarDevice", **data)
    assert error_of(answered) == (status, code, field)


async def test_a_manager_has_no_more_devices_than_allowed(place: Place) -> None:
    async with open_desk(place, max_devices=2) as desk:
        await added(desk)
        await added(desk)
        refused = await desk.call(TEN, "MngAddCalendarDevice", name="Third")
        assert error_of(refused) == (400, "INVALID_FIELD", "name")
        await added(desk, ELEVEN)
        await desk.call(TEN, "MngDeleteCalendarDevice", id=1)
        await added(desk)

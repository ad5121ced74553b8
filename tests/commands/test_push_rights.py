"""Which sessions decide what is pushed. Source: contract, sections 3 and 7."""

import itertools

import msgspec
import pytest

from deskcal.core.sessions import CALENDAR_TYPES, SessionType
from deskcal.core.tokens import TokenVerifier, secret_key, sign
from harness import ADMIN, Desk, token
from helpers import KEY, NOW, make_claims
from live import Receiver, all_pushed

OTHER_TYPES = sorted(set(map(int, SessionType)) - CALENDAR_TYPES)
CHANNELS = ("calendar", "calendar:manager:2", "calendar:desk:*")
ADDED = 0
ALL = token(1, ADMIN, exp=NOW * 2)
OTHER_KEY = secret_key("another-secret-another-secret-another!")


@pytest.mark.parametrize(
    ("type", "channel", "is_first"), list(itertools.product(OTHER_TYPES, CHANNELS, (True, False)))
)
async def test_a_session_without_calendar_rights_never_decides_what_is_pushed(
    desk: Desk, type: int, channel: str, is_first: bool
) -> None:
    """Issue 12: its type was not looked at, and its scope and later `exp` were taken."""
    other = token(2, type, exp=NOW + 1000)
    receiver = Receiver(desk)
    if is_first:
        await receiver.say(other, "Ping")
    await receiver.subscribe(token(2, desks="DESK_EU", exp=NOW + 10), channel)
    if not is_first:
        await receiver.say(other, "Ping")
    await desk.add(ALL, desk="DESK_US", owner_manager_id=3)
    seen = await desk.add(ALL, desk="DESK_EU", participant_manager_ids=[2])
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, seen["id"])]
    desk.clock.time = NOW + 10
    await desk.add(ALL, desk="DESK_EU", participant_manager_ids=[2], remind_time=NOW + 9)
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, seen["id"])]
    assert receiver.reminders == []


@pytest.mark.parametrize("type", OTHER_TYPES)
async def test_a_session_without_calendar_rights_gets_no_reminder(desk: Desk, type: int) -> None:
    receiver = Receiver(desk)
    await receiver.say(token(2, type), "Ping")
    await desk.add(ALL, participant_manager_ids=[2], remind_time=NOW - 1)
    await all_pushed(desk)
    assert receiver.received == []


async def test_a_withdrawn_key_ends_pushes_and_reminders(desk: Desk) -> None:
    """Issue 12: requests were refused while pushes went on until `exp`."""
    verifier = desk.services.verifier
    verifier.replace_keys([KEY, OTHER_KEY])
    withdrawn, kept = Receiver(desk), Receiver(desk)
    await withdrawn.subscribe(sign(OTHER_KEY, make_claims(id=2)))
    await kept.subscribe(token(3))
    verifier.replace_keys([KEY])
    added = await desk.add(ALL, participant_manager_ids=[2, 3], remind_time=NOW - 1)
    await kept.until(lambda receiver: bool(receiver.reminders))
    await all_pushed(desk)
    assert withdrawn.received == []
    assert (ADDED, added["id"]) in kept.changes
    await withdrawn.say(token(2), "Ping")
    await withdrawn.until(lambda receiver: bool(receiver.reminders))


@pytest.mark.parametrize("after_sec", [0, 29, 30])
async def test_the_leeway_of_exp_is_the_same_for_requests_and_pushes(
    desk: Desk, after_sec: int
) -> None:
    """Issue 12: within the leeway requests were answered, but nothing was pushed."""
    verifier = TokenVerifier([KEY], leeway_sec=30)
    services = msgspec.structs.replace(desk.services, verifier=verifier)
    lenient = Desk(msgspec.structs.replace(desk.dispatcher, services=services), desk.clock)
    receiver = Receiver(lenient)
    two = token(2, exp=NOW + 10)
    await receiver.subscribe(two)
    desk.clock.time = NOW + 10 + after_sec
    await desk.add(ALL, participant_manager_ids=[2])
    await all_pushed(desk)
    is_answered = (await receiver.say(two, "Ping"))["status"] == 200
    assert (is_answered, len(receiver.changes) > 0) == ((after_sec < 30,) * 2)

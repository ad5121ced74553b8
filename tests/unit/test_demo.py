"""The demo desk: events that the server accepts, and that look like a real calendar."""

import collections
import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from deskcal.core.alarms import trigger_time
from deskcal.core.document import scope_of
from deskcal.core.draft import EventFields, create, draft
from deskcal.core.event import Event, EventStatus, ParticipantStatus, managers_of
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session, SessionType
from deskcal.demo.calendar import demo_events
from deskcal.demo.desks import DemoEvent, DemoManager, demo_directory, demo_managers
from deskcal.demo.opening import OPENING_MANAGER

NOON = 1_763_985_600
"""Monday 2025-11-24 12:00 UTC."""
EVENTS = demo_events(NOON)


def created(event: DemoEvent) -> Event:
    """As the server would make it."""
    fields = msgspec.json.decode(msgspec.json.encode(event.data), type=EventFields)
    return create(draft(fields), event_id=1, actor=event.actor, now=NOON)


def session_of(manager: DemoManager) -> Session:
    desks, brands = desk_mask(manager.desks), brand_mask(manager.brand)
    return Session(manager.manager_id, desks, brands, type=manager.session_type, exp=float("inf"))


def local(event: DemoEvent, field: str = "start_time") -> dt.datetime:
    return dt.datetime.fromtimestamp(event.data[field], ZoneInfo(event.data["timezone"]))


def timed() -> list[DemoEvent]:
    return [event for event in EVENTS if not event.data.get("all_day")]


def test_there_are_a_dozen_managers_on_three_desks_of_two_brands() -> None:
    managers = demo_managers()
    assert len({manager.manager_id for manager in managers}) == 12
    assert len({manager.name for manager in managers}) == 12
    assert any(not manager.name.isascii() for manager in managers)
    assert {manager.brand for manager in managers} == {"default", "northgate"}
    assert len({event.data["desk"] for event in EVENTS}) == 3


def test_the_same_day_and_seed_give_the_same_events() -> None:
    assert demo_events(NOON) == EVENTS
    assert demo_events(NOON, seed=1) != EVENTS


@pytest.mark.parametrize("days", range(0, 400, 23))
def test_there_are_some_four_hundred_events_around_any_day(days: int) -> None:
    now = NOON + days * 86_400
    events = demo_events(now)
    assert 350 <= len(events) <= 450
    assert min(event.data["start_time"] for event in events) > now - 20 * 86_400
    assert max(event.data["end_time"] for event in events) < now + 30 * 86_400
    assert sum(event.data["end_time"] < now for event in events) > 100
    assert sum(event.data["start_time"] > now for event in events) > 100


def test_the_server_would_take_every_event() -> None:
    for event in EVENTS:
        assert created(event).owner_manager_id == event.actor


def test_every_actor_may_put_the_event_where_it_is() -> None:
    sessions = {manager.manager_id: session_of(manager) for manager in demo_managers()}
    for event in EVENTS:
        session = sessions[event.actor]
        assert session.may_use_calendar
        session.require_place(scope_of(created(event)))


def test_work_is_done_in_office_hours_on_weekdays() -> None:
    for event in timed():
        start, end = local(event), local(event, "end_time")
        assert start.weekday() < 5
        assert dt.time(9) <= start.time() <= end.time() <= dt.time(18)


def test_a_manager_is_in_one_place_at_a_time() -> None:
    """Own work and the desk's meetings; what a colleague asks for may collide, as it does."""
    taken: dict[int, list[tuple[int, int]]] = collections.defaultdict(list)
    for event in timed():
        guests = event.data.get("participants", [])
        everybody = guests if len(guests) > 1 else []
        for manager_id in {event.actor, *(row["manager_id"] for row in everybody)}:
            taken[manager_id].append((event.data["start_time"], event.data["end_time"]))
    for spans in taken.values():
        for before, after in itertools.pairwise(sorted(spans)):
            assert before[1] <= after[0]


def test_whole_days_run_from_midnight_to_midnight() -> None:
    whole = [event for event in EVENTS if event.data.get("all_day")]
    assert len(whole) == 12
    for event in whole:
        for field in ("start_time", "end_time"):
            assert local(event, field).time() == dt.time(0)
        assert event.data["end_time"] > event.data["start_time"]


def test_the_past_is_mostly_done_and_the_future_is_not() -> None:
    past = collections.Counter(e.data["status"] for e in EVENTS if e.data["end_time"] < NOON)
    ahead = collections.Counter(e.data["status"] for e in EVENTS if e.data["start_time"] > NOON)
    assert past[EventStatus.DONE] > sum(past.values()) / 2
    assert past[EventStatus.ARCHIVED] and past[EventStatus.CANCELLED] and past[EventStatus.OPEN]
    assert set(ahead) == {EventStatus.OPEN, EventStatus.CANCELLED}


def test_all_kinds_links_and_answers_occur() -> None:
    assert {event.data["type"] for event in EVENTS} == {0, 1, 2, 3, 4, 5}
    for field in ("customer_id", "lead_id", "login", "remind_time", "remind_before_sec"):
        assert sum(bool(event.data.get(field)) for event in EVENTS) > 5
    answers = {row["status"] for event in EVENTS for row in event.data.get("participants", [])}
    assert answers == {0, 1, 2, 3}


def test_meetings_carry_their_google_meet_link_inside_the_text() -> None:
    meetings = [event for event in EVENTS if event.data["type"] == 3]
    for event in meetings:
        (address,) = {a for a in links(event.data["ast_json"]) if "meet.google.com" in a}
        assert address.startswith("https://meet.google.com/")
        assert event.data["participants"]


def test_heads_of_desk_see_all_of_their_brand() -> None:
    heads = [m for m in demo_managers() if m.session_type == SessionType.SESSION_CRM_ADMIN]
    assert [head.manager_id for head in heads] == [10, 14, 18]


def own_day(now: int) -> list[Event]:
    """The events of the manager whom the demo opens on, within four hours of `now`."""
    events = [created(event) for event in demo_events(now)]
    mine = [one for one in events if OPENING_MANAGER in managers_of(one) and not one.all_day]
    return [one for one in mine if abs(one.start_time - now) < 4 * 3600]


@pytest.mark.parametrize("now", [NOON, NOON - 10 * 3600, NOON + 5 * 86_400 + 77])
def test_the_demo_opens_on_a_full_day(now: int) -> None:
    """Issue 12, 27: late, now and next, a reminder within a minute, an invitation to answer."""
    day = own_day(now)
    is_open = [one for one in day if one.status == EventStatus.OPEN]
    assert sum(one.end_time < now for one in is_open) >= 2
    assert any(one.start_time <= now < one.end_time for one in is_open)
    assert any(now < one.start_time < now + 1800 for one in is_open)
    assert any(now < (trigger_time(one) or 0) <= now + 60 for one in is_open)
    invited = [row for one in is_open for row in one.participants if row.manager_id == 10]
    assert any(row.status == ParticipantStatus.INVITED for row in invited)


def test_calls_have_customers_in_five_zones_outcomes_and_a_pool() -> None:
    calls = [event.data for event in EVENTS if event.data["type"] in (2, 4)]
    assert len({data.get("customer_timezone") for data in calls} - {None}) == 5
    known = {outcome.code for outcome in demo_directory().outcomes}
    used = {data["outcome"] for data in calls if data["status"] == EventStatus.DONE}
    assert used <= known and len(used) > 3
    late = [d for d in calls if d["status"] == EventStatus.OPEN and d["end_time"] < NOON]
    assert len(late) > 5
    assert all(data["pool_after_sec"] for data in late)


def links(node: Any) -> list[str]:
    """Addresses of the link marks below a node."""
    found = [mark["attrs"]["href"] for mark in node.get("marks", []) if mark["type"] == "link"]
    return found + [a for child in node.get("content", []) for a in links(child)]

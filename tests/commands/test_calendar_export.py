"""MngExportCalendarEvents: what comes out, and that an import takes it. Contract, section 16."""

from typing import Any

import pytest

from commands.test_calendar_import import NOON, PLAIN, TEN, WEEKLY, counts, imported, rows, vevent
from harness import ADMIN, Desk, error_of, token

LEAD = token(99, ADMIN, exp=4e9)
EXPORT = "MngExportCalendarEvents"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.clock.time = NOON
    return desk


async def exported(desk: Desk, token_: str = TEN, **data: Any) -> str:
    answered = await desk.call(token_, EXPORT, **data)
    assert answered["status"] == 200, answered
    text: str = answered["data"]["ics"]
    return text.replace("\r\n ", "")


async def test_a_calendar_is_the_same_after_it_was_exported_and_imported(desk: Desk) -> None:
    extras = ["X-COLOR:red", "CATEGORIES:a,b", "BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM"]
    await imported(desk, vevent(*PLAIN, *extras), vevent(*WEEKLY, uid="series@b"))
    await desk.add(TEN, title="Own", start_time=NOON, end_time=NOON + 60)
    text = await exported(desk)
    for line in ("UID:a@b", "UID:series@b", "X-COLOR:red", "CATEGORIES:a,b", "RRULE:FREQ=WEEKLY"):
        assert line in text, text
    assert (text.count("BEGIN:VCALENDAR"), text.count("BEGIN:VTIMEZONE")) == (1, 1)
    assert text.count("BEGIN:VALARM") == 1
    answered = await desk.call(TEN, "MngImportCalendarEvents", ics=text, owner_manager_id=11)
    assert (counts(answered["data"]), answered["data"]["skipped"]) == ((3, 0, 0), [])
    times: dict[int, list[Any]] = {10: [], 11: []}
    for row in await rows(desk):
        times[row["owner_manager_id"]].append((row["title"], row["start_time"], row["end_time"]))
    assert times[10] == times[11]


async def test_all_desks_have_the_events_without_a_desk_too(desk: Desk) -> None:
    """Seed 000, "Desk Scope": `*` includes empty desk values, `DESK_*` does not."""
    for name, code in (("Free", ""), ("Bound", "DESK_EU")):
        await desk.add(TEN, title=name, desk=code, start_time=NOON, end_time=NOON + 60)
    found = [await exported(desk, deskFilter=mask) for mask in ("*", "DESK_*")]
    assert ["SUMMARY:Free" in text for text in found] == [True, False]
    assert [text.count("SUMMARY:Bound") for text in found] == [1, 1]


async def test_what_was_exported_is_the_same_for_its_own_manager(desk: Desk) -> None:
    event = await desk.add(TEN, title="Own", start_time=NOON, end_time=NOON + 60)
    series: dict[str, Any] = {"title": "Series", "recurrence": {"rrule": "FREQ=DAILY;COUNT=3"}}
    await desk.add(TEN, start_time=NOON, end_time=NOON + 60, timezone="UTC", **series)
    before, text = await rows(desk), await exported(desk)
    answered = await desk.call(TEN, "MngImportCalendarEvents", ics=text)
    assert counts(answered["data"]) == (0, 0, 2)
    assert await rows(desk) == before
    newer = text.replace("SUMMARY:Own", "SUMMARY:New").replace("SEQUENCE:0", "SEQUENCE:7")
    newer = newer.replace("SUMMARY:Series", "SUMMARY:Changed")
    answered = await desk.call(TEN, "MngImportCalendarEvents", ics=newer)
    assert counts(answered["data"]) == (0, 2, 0)
    titles = [(row["id"], row["title"]) for row in await rows(desk)]
    assert (event["id"], "New") in titles and len(titles) == 4
    assert [title for _, title in titles].count("Changed") == 3


async def test_a_series_whose_occurrence_was_moved_is_the_same_for_its_manager(desk: Desk) -> None:
    series: dict[str, Any] = {"title": "Series", "recurrence": {"rrule": "FREQ=DAILY;COUNT=3"}}
    first = await desk.add(TEN, start_time=NOON, end_time=NOON + 60, timezone="UTC", **series)
    moved = {"id": first["id"], "start_time": NOON + 60, "end_time": NOON + 120, "scope": 0}
    answered = await desk.call(TEN, "MngUpdateCalendarEvent", **moved)
    assert answered["status"] == 200, answered
    before, text = await rows(desk), await exported(desk)
    answered = await desk.call(TEN, "MngImportCalendarEvents", ics=text)
    assert counts(answered["data"]) == (0, 0, 1)
    assert await rows(desk) == before


async def test_what_a_participant_exported_is_no_event_of_their_own(desk: Desk) -> None:
    event = {"title": "Meeting", "start_time": NOON, "end_time": NOON + 60}
    series = event | {"timezone": "UTC", "recurrence": {"rrule": "FREQ=DAILY;COUNT=3"}}
    for one in (event, series):
        await desk.add(TEN, participant_manager_ids=[11], **one)
    eleven = token(11, exp=4e9)
    before, text = await rows(desk), await exported(desk, eleven)
    answered = await desk.call(eleven, "MngImportCalendarEvents", ics=text)
    assert counts(answered["data"]) == (0, 0, 0)
    reasons = [one["why"] for one in answered["data"]["skipped"]]
    assert len(reasons) == 2
    assert all("already" in why and "of manager 10" in why for why in reasons)
    assert await rows(desk) == before


async def test_an_export_of_desks_has_what_the_session_sees_of_them(desk: Desk) -> None:
    await desk.add(LEAD, title="One", desk="DESK_EU", owner_manager_id=11)
    await desk.add(LEAD, title="Two", desk="DESK_US", owner_manager_id=11)
    await desk.add(LEAD, title="Mine", owner_manager_id=99)
    text = await exported(desk, LEAD, deskFilter="DESK_E*")
    assert "SUMMARY:One" in text and "Two" not in text and "Mine" not in text
    only_us = token(12, desks="DESK_US", exp=4e9)
    text = await exported(desk, only_us, deskFilter="*")
    assert "SUMMARY:Two" in text and "One" not in text


async def test_another_managers_calendar_is_what_the_session_sees(desk: Desk) -> None:
    await desk.add(LEAD, title="One", desk="DESK_EU", owner_manager_id=11)
    assert "SUMMARY:One" in await exported(desk, LEAD, manager_id=11)
    outside = token(12, desks="DESK_US", exp=4e9)
    assert "VEVENT" not in await exported(desk, outside, manager_id=11)


async def test_only_what_is_in_the_range_is_exported(desk: Desk) -> None:
    await imported(desk, vevent(*PLAIN))
    assert "VEVENT" not in await exported(desk, to=NOON)
    since: dict[str, Any] = {"from": NOON}
    assert "VEVENT" in await exported(desk, **since)


async def test_an_export_is_of_a_manager_or_of_desks(desk: Desk) -> None:
    answered = await desk.call(TEN, EXPORT, manager_id=10, deskFilter="*")
    assert error_of(answered) == (400, "INVALID_FIELD", "deskFilter")


@pytest.mark.parametrize("mask", ["", " ", "!DESK_EU", "x" * 1025, ",".join(["a"] * 33)])
async def test_a_mask_that_is_none_is_refused_with_its_field(desk: Desk, mask: str) -> None:
    answered = await desk.call(TEN, EXPORT, deskFilter=mask)
    assert error_of(answered) == (400, "INVALID_FIELD", "deskFilter")


async def test_a_series_out_of_scope_is_not_shown_around_the_occurrence_that_is_in_it(
    desk: Desk,
) -> None:
    rule = {"rrule": "FREQ=DAILY;COUNT=3"}
    times = {"start_time": NOON, "end_time": NOON + 60}
    made = await desk.add(
        LEAD, title="Secret", desk="B", owner_manager_id=10, recurrence=rule, **times
    )
    sent = {"id": made["id"], "desk": "A", "title": "Shown"}
    await desk.event(LEAD, "MngUpdateCalendarEvent", **sent)
    text = await exported(desk, token(20, desks="A", exp=4e9), manager_id=10)
    assert (text.count("BEGIN:VEVENT"), text.count("SUMMARY:Shown")) == (1, 1)
    assert "Secret" not in text and "RRULE" not in text
    assert "Secret" in await exported(desk, LEAD, manager_id=10)

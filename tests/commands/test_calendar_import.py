"""MngImportCalendarEvents: new, newer, the same, and what is left out. Contract, section 16."""

import datetime as dt
from typing import Any

import pytest

from deskcal.commands.calendar_import import MAX_SKIPPED
from harness import ADMIN, Desk, error_of, token

TEN = token(10, exp=4e9)
IMPORT = "MngImportCalendarEvents"
NOON = int(dt.datetime(2027, 1, 4, 12, tzinfo=dt.UTC).timestamp())
"""A Monday."""
HOUR, DAY = 3600, 86_400


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.clock.time = NOON
    return desk


def vevent(*lines: str, uid: str = "a@b") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""])


def file_of(*parts: str) -> str:
    return "BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(parts) + "END:VCALENDAR\n"


async def imported(desk_: Desk, /, *parts: str, token_: str = TEN, **data: Any) -> dict[str, Any]:
    answered = await desk_.call(token_, IMPORT, ics=file_of(*parts), **data)
    assert answered["status"] == 200, answered
    found: dict[str, Any] = answered["data"]
    return found


async def rows(desk: Desk) -> list[dict[str, Any]]:
    data = {"from": 0, "to": NOON + 1000 * DAY, "limit": 1000, "offset": 0, "deskFilter": "*"}
    answered = await desk.call(TEN, "MngGetCalendarEventsByFilter", **data)
    found: list[dict[str, Any]] = answered["data"]["rows"]
    return found


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    return found["created"], found["updated"], found["unchanged"]


PLAIN = ["DTSTART:20270105T090000Z", "DTEND:20270105T100000Z", "SUMMARY:Call", "SEQUENCE:1"]


async def test_an_event_is_taken_with_its_fields(desk: Desk) -> None:
    lines = [
        "DTSTART;TZID=W. Europe Standard Time:20270105T090000",
        "DURATION:PT30M",
        "SUMMARY:Review\\, part 2",
        "LOCATION:Room 5",
        "DESCRIPTION:one\\ntwo",
        "PRIORITY:1",
        "TRANSP:TRANSPARENT",
        "ATTENDEE;PARTSTAT=TENTATIVE;ROLE=OPT-PARTICIPANT:mailto:manager-12@deskcal.invalid",
        "ATTENDEE:mailto:someone@example.com",
        "BEGIN:VALARM",
        "TRIGGER:-PT15M",
        "END:VALARM",
    ]
    assert counts(await imported(desk, vevent(*lines), desk="desk_eu")) == (1, 0, 0)
    (event,) = await rows(desk)
    wanted = {
        "title": "Review, part 2",
        "location": "Room 5",
        "desk": "DESK_EU",
        "timezone": "Europe/Berlin",
        "start_time": NOON + 20 * HOUR,
        "end_time": NOON + 20 * HOUR + 1800,
        "priority": 3,
        "show_as": 1,
        "remind_before_sec": 900,
        "owner_manager_id": 10,
        "status": 0,
    }
    assert {name: event[name] for name in wanted} == wanted
    assert [(r["manager_id"], r["status"], r["role"]) for r in event["participants"]] == [
        (10, 1, 0),
        (12, 3, 2),
    ]
    assert [p["content"][0]["text"] for p in event["ast_json"]["content"]] == ["one", "two"]


async def test_the_same_file_changes_nothing_and_a_newer_one_updates(desk: Desk) -> None:
    assert counts(await imported(desk, vevent(*PLAIN))) == (1, 0, 0)
    assert counts(await imported(desk, vevent(*PLAIN))) == (0, 0, 1)
    newer = [line.replace("SEQUENCE:1", "SEQUENCE:2").replace("Call", "Talk") for line in PLAIN]
    assert counts(await imported(desk, vevent(*newer))) == (0, 1, 0)
    assert counts(await imported(desk, vevent(*PLAIN))) == (0, 0, 1)
    (event,) = await rows(desk)
    assert (event["title"], event["version"]) == ("Talk", 2)


async def test_of_the_same_sequence_the_one_that_was_modified_later_updates(desk: Desk) -> None:
    def sent(title: str, day: int) -> str:
        modified = f"LAST-MODIFIED:202612{day:02}T000000Z"
        return vevent("DTSTART:20270105T090000Z", "SEQUENCE:1", f"SUMMARY:{title}", modified)

    outcomes = [("First", 10, (1, 0, 0)), ("Later", 11, (0, 1, 0)), ("Earlier", 9, (0, 0, 1))]
    for title, day, outcome in outcomes:
        assert counts(await imported(desk, sent(title, day))) == outcome
    assert [event["title"] for event in await rows(desk)] == ["Later"]


async def test_an_event_without_a_summary_has_a_title_all_the_same(desk: Desk) -> None:
    await imported(desk, vevent("DTSTART:20270105T090000Z"))
    assert [event["title"] for event in await rows(desk)] == ["(no title)"]


async def test_an_excluded_date_takes_out_the_occurrence_of_that_day(desk: Desk) -> None:
    daily = ["DTSTART:20270105T090000Z", "RRULE:FREQ=DAILY;COUNT=3"]
    found = await imported(desk, vevent(*daily, "EXDATE;VALUE=DATE:20270106"))
    assert (counts(found), found["skipped"]) == ((1, 0, 0), [])
    starts = sorted(event["start_time"] for event in await rows(desk))
    assert starts == [NOON + 21 * HOUR, NOON + 21 * HOUR + 2 * DAY]


async def test_the_events_have_the_brand_that_is_named(desk: Desk) -> None:
    await imported(desk, vevent(*PLAIN), vevent(*WEEKLY, uid="w"), brand="acme")
    brands = [event["brand"] for event in await rows(desk)]
    assert len(brands) > 2 and set(brands) == {"acme"}


@pytest.mark.parametrize("field", ["brand", "desk"])
@pytest.mark.parametrize("code", ["a,b", "DESK*", "!", "\x07", "x" * 65])
async def test_a_brand_or_desk_that_can_be_none_is_refused(
    desk: Desk, field: str, code: str
) -> None:
    data = {"ics": file_of(vevent(*PLAIN)), field: code}
    answered = await desk.call(TEN, "MngImportCalendarEvents", **data)
    assert error_of(answered) == (400, "INVALID_FIELD", field)


async def test_a_zone_that_no_iana_zone_is_like_is_named_with_the_line(desk: Desk) -> None:
    rule = ["DTSTART:19700101T000000", "TZOFFSETFROM:+0017", "TZOFFSETTO:+0017"]
    lines = ["TZID:Own", "BEGIN:STANDARD", *rule, "END:STANDARD"]
    zone = "\n".join(["BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE", ""])
    found = await imported(desk, zone, vevent("DTSTART;TZID=Own:20270105T090000"))
    why = "line 13: no IANA zone has the clock of 'Own': its times are kept in UTC"
    assert (counts(found), found["skipped"]) == ((1, 0, 0), [{"uid": "a@b", "why": why}])
    (event,) = await rows(desk)
    assert (event["start_time"], event["timezone"]) == (NOON + 21 * HOUR - 17 * 60, "UTC")


async def test_a_rich_text_and_a_done_event_outlive_an_update(desk: Desk) -> None:
    await imported(desk, vevent(*PLAIN, "DESCRIPTION:hello"))
    (event,) = await rows(desk)
    rich = {"type": "doc", "content": [{"type": "heading", "text": "hello"}]}
    await desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], ast_json=rich, status=1)
    newer = [line.replace("SEQUENCE:1", "SEQUENCE:2") for line in PLAIN]
    await imported(desk, vevent(*newer, "DESCRIPTION:hello", "LOCATION:here"))
    (event,) = await rows(desk)
    assert (event["ast_json"], event["status"], event["location"]) == (rich, 1, "here")


async def test_a_deleted_event_comes_back_as_the_same_event(desk: Desk) -> None:
    await imported(desk, vevent(*PLAIN))
    (before,) = await rows(desk)
    await desk.call(TEN, "MngDeleteCalendarEvent", id=before["id"])
    newer = [*PLAIN[:2], "SUMMARY:Again", "SEQUENCE:2"]
    assert counts(await imported(desk, vevent(*newer))) == (0, 1, 0)
    (after,) = await rows(desk)
    assert (after["id"], after["title"], after["version"]) == (before["id"], "Again", 2)
    answered = await desk.call(TEN, "MngGetCalendarEventHistory", id=before["id"])
    assert [row["type"] for row in answered["data"]["history"]] == [0, 2, 3]


async def test_a_deleted_event_comes_back_with_the_same_file(desk: Desk) -> None:
    await imported(desk, vevent(*PLAIN))
    (before,) = await rows(desk)
    await desk.call(TEN, "MngDeleteCalendarEvent", id=before["id"])
    assert counts(await imported(desk, vevent(*PLAIN))) == (0, 1, 0)
    assert [event["id"] for event in await rows(desk)] == [before["id"]]


@pytest.mark.parametrize("is_deleted", [True, False])
async def test_an_event_that_has_gone_to_somebody_else_stays_theirs(
    desk: Desk, is_deleted: bool
) -> None:
    await imported(desk, vevent(*PLAIN))
    (made,) = await rows(desk)
    given = {"owner_manager_id": 20, "participant_manager_ids": []}
    theirs = await desk.event(TEN, "MngUpdateCalendarEvent", id=made["id"], **given)
    if is_deleted:
        await desk.call(TEN, "MngDeleteCalendarEvent", id=made["id"])
    newer = [line.replace("SEQUENCE:1", "SEQUENCE:2") for line in PLAIN]
    assert counts(await imported(desk, vevent(*newer))) == (1, 0, 0)
    found = await rows(desk)
    assert found[-1]["owner_manager_id"] == 10 and found[:-1] == ([] if is_deleted else [theirs])


async def test_properties_beyond_what_is_kept_are_left_out_whole_and_named(desk: Desk) -> None:
    large = f"ATTACH;VALUE=BINARY:{'A' * 17_000}"
    found = await imported(desk, vevent(*PLAIN, "X-FIRST:1", large, "X-LAST:2"))
    assert counts(found) == (1, 0, 0)
    (skipped,) = found["skipped"]
    assert "1 of its properties" in skipped["why"] and "16384" in skipped["why"]
    answered = await desk.call(TEN, "MngExportCalendarEvents")
    lines = answered["data"]["ics"].splitlines()
    assert "X-FIRST:1" in lines and "X-LAST:2" in lines
    assert not any(line.startswith("ATTACH") for line in lines)


async def test_a_dry_run_says_and_writes_nothing(desk: Desk) -> None:
    assert counts(await imported(desk, vevent(*PLAIN), dry_run=1)) == (1, 0, 0)
    assert await rows(desk) == []


async def test_owners_have_their_own_uids(desk: Desk) -> None:
    await imported(desk, vevent(*PLAIN))
    assert counts(await imported(desk, vevent(*PLAIN), owner_manager_id=11)) == (1, 0, 0)
    assert [event["owner_manager_id"] for event in await rows(desk)] == [10, 11]


WEEKLY = [
    "DTSTART;TZID=Europe/Berlin:20270105T090000",
    "DTEND;TZID=Europe/Berlin:20270105T100000",
    "RRULE:FREQ=WEEKLY;COUNT=4",
    "EXDATE;TZID=Europe/Berlin:20270112T090000",
    "SUMMARY:Weekly",
]
MOVED = [
    "RECURRENCE-ID:20270119T080000Z",
    "DTSTART:20270119T110000Z",
    "DTEND:20270119T113000Z",
    "SUMMARY:Moved",
]


@pytest.mark.parametrize("is_first", [True, False], ids=["override first", "master first"])
async def test_a_series_is_one_with_what_was_moved_and_left_out(desk: Desk, is_first: bool) -> None:
    parts = [vevent(*WEEKLY), vevent(*MOVED)]
    found = await imported(desk, *(reversed(parts) if is_first else parts))
    assert counts(found) == (1, 0, 0) and found["skipped"] == []
    events = await rows(desk)
    days = [dt.datetime.fromtimestamp(event["start_time"], dt.UTC) for event in events]
    assert [(day.day, day.hour) for day in days] == [(5, 8), (19, 11), (26, 8)]
    assert [event["title"] for event in events] == ["Weekly", "Moved", "Weekly"]
    assert set(events[1]["own_fields"]) == {"title", "start_time", "end_time", "timezone"}
    assert len({event["series_id"] for event in events}) == 1
    answered = await desk.call(TEN, "MngGetCalendarSeries", id=events[0]["id"])
    series = answered["data"]["series"]
    assert (series["rrule"], series["exdates"]) == ("FREQ=WEEKLY;COUNT=4", ["2027-01-12"])


async def test_a_changed_series_keeps_the_events_of_dates_that_stay(desk: Desk) -> None:
    await imported(desk, vevent(*WEEKLY), vevent(*MOVED))
    before = [event["id"] for event in await rows(desk)]
    await desk.event(TEN, "MngCompleteCalendarEvent", id=before[0])
    later = [line.replace("T09", "T10").replace("COUNT=4", "COUNT=5") for line in WEEKLY]
    later = [
        line.replace("DTEND;TZID=Europe/Berlin:20270105T10", "DTEND;TZID=Europe/Berlin:20270105T11")
        for line in later
    ]
    assert counts(await imported(desk, vevent(*later, "SEQUENCE:3"))) == (0, 1, 0)
    events = await rows(desk)
    assert [event["id"] for event in events][:3] == before
    assert len(events) == 4
    hours = [dt.datetime.fromtimestamp(event["start_time"], dt.UTC).hour for event in events]
    assert hours == [8, 9, 9, 9]
    assert events[0]["status"] == 1 and events[1]["title"] == "Weekly"


async def test_of_a_long_series_the_last_90_days_are_there_and_done(desk: Desk) -> None:
    lines = ["DTSTART;VALUE=DATE:20200107", "RRULE:FREQ=WEEKLY;COUNT=400", "SUMMARY:Old"]
    await imported(desk, vevent(*lines))
    events = await rows(desk)
    assert events[0]["start_time"] > NOON - 90 * DAY
    assert all((event["status"] == 1) == (event["end_time"] <= NOON) for event in events)
    last = dt.datetime.fromtimestamp(events[-1]["start_time"], dt.UTC).date()
    assert last == dt.date(2020, 1, 7) + dt.timedelta(weeks=399)


async def test_of_a_series_that_ended_long_ago_the_last_90_days_are_there(desk: Desk) -> None:
    lines = ["DTSTART:20200105T090000Z", "RRULE:FREQ=WEEKLY;COUNT=52", "SUMMARY:Old"]
    assert counts(await imported(desk, vevent(*lines))) == (1, 0, 0)
    events = await rows(desk)
    assert len(events) == 13 and {event["status"] for event in events} == {1}
    last = dt.datetime.fromtimestamp(events[-1]["start_time"], dt.UTC).date()
    assert last == dt.date(2020, 1, 5) + dt.timedelta(weeks=51)


@pytest.mark.parametrize("year", [1604, 1955, 1970])
async def test_of_a_birthday_long_ago_the_next_one_is_there(desk: Desk, year: int) -> None:
    """1604 is the year of birthdays whose year is not known, as some apps write it."""
    lines = [f"DTSTART;VALUE=DATE:{year}0101", "RRULE:FREQ=YEARLY", "SUMMARY:Ann"]
    assert counts(await imported(desk, vevent(*lines))) == (1, 0, 0)
    found = [dt.datetime.fromtimestamp(row["start_time"], dt.UTC) for row in await rows(desk)]
    assert [time.date() for time in found] == [dt.date(2027, 1, 1), dt.date(2028, 1, 1)]
    assert counts(await imported(desk, vevent(*lines))) == (0, 0, 1)
    assert counts(await imported(desk, vevent(*lines, "LOCATION:Here"))) == (0, 1, 0)


async def test_overrides_without_a_master_are_events(desk: Desk) -> None:
    assert counts(await imported(desk, vevent(*MOVED))) == (1, 0, 0)
    (event,) = await rows(desk)
    assert event["title"] == "Moved" and "series_id" not in event


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["DTSTART:20270105T090000Z", "RRULE:FREQ=HOURLY"], "recurrence.rrule"),
        (["DTSTART:20270105T090000Z", "RDATE;VALUE=PERIOD:20270106T090000Z/PT1H"], "periods"),
        (["SUMMARY:x"], "without DTSTART"),
        (["DTSTART:00010101T000000Z"], "DTSTART is before 1583"),
        (["DTSTART:19550101T000000Z"], "start_time"),
        (["DTSTART:19550101T000000Z", "RRULE:FREQ=DAILY;COUNT=9"], "before 1970"),
    ],
)
async def test_what_cannot_be_kept_is_left_out_whole_and_named(
    desk: Desk, lines: list[str], why: str
) -> None:
    found = await imported(desk, vevent(*lines, uid="bad"), vevent(*PLAIN, uid="good"))
    assert counts(found) == (1, 0, 0)
    (skipped,) = found["skipped"]
    assert skipped["uid"] == "bad" and skipped["why"].startswith("line ") and why in skipped["why"]
    assert len(await rows(desk)) == 1


@pytest.mark.parametrize("lines", [PLAIN, [*PLAIN, "RRULE:FREQ=WEEKLY;COUNT=3"]])
async def test_an_event_outside_the_scope_is_left_out(desk: Desk, lines: list[str]) -> None:
    eu = token(10, desks="DESK_EU", exp=4e9)
    found = await imported(desk, vevent(*lines), token_=eu, desk="DESK_US")
    assert counts(found) == (0, 0, 0)
    assert "outside your scope" in found["skipped"][0]["why"]
    assert (await desk.rows(token(1, ADMIN, exp=4e9)))[1] == 0


async def test_a_deleted_event_outside_the_scope_does_not_come_back(desk: Desk) -> None:
    """Its owner may change it there, but not place it there again."""
    await imported(desk, vevent(*PLAIN), desk="DESK_US")
    eu = token(10, desks="DESK_EU", exp=4e9)
    newer = [line.replace("SEQUENCE:1", "SEQUENCE:2") for line in PLAIN]
    assert counts(await imported(desk, vevent(*newer), token_=eu)) == (0, 1, 0)
    (event,) = await rows(desk)
    await desk.call(TEN, "MngDeleteCalendarEvent", id=event["id"])
    found = await imported(desk, vevent(*newer), token_=eu)
    assert counts(found) == (0, 0, 0)
    assert "outside your scope" in found["skipped"][0]["why"]
    assert await rows(desk) == []


@pytest.mark.parametrize(
    ("name", "field", "most"),
    [("SUMMARY", "title", 500), ("LOCATION", "location", 500), ("DESCRIPTION", "", 60_000)],
)
async def test_a_text_that_is_cut_is_taken_and_named_with_its_line(
    desk: Desk, name: str, field: str, most: int
) -> None:
    def sent(length: int) -> str:
        return vevent("DTSTART:20270105T090000Z", f"{name}:{'x' * length}", uid=str(length))

    whole = await imported(desk, sent(most))
    assert (counts(whole), whole["skipped"]) == ((1, 0, 0), [])
    cut = await imported(desk, sent(most + 1))
    why = f"line 6: {name} has {most + 1} characters: the first {most} are taken"
    assert (counts(cut), cut["skipped"]) == ((1, 0, 0), [{"uid": str(most + 1), "why": why}])
    for event in await rows(desk):
        text = event[field] if field else event["ast_json"]["content"][0]["content"][0]["text"]
        assert text == "x" * most


async def test_what_is_left_out_is_counted_beyond_what_is_named(desk: Desk) -> None:
    todos = [f"BEGIN:VTODO\nUID:{one}\nEND:VTODO\n" for one in range(MAX_SKIPPED + 2)]
    found = await imported(desk, vevent(*PLAIN), *todos)
    assert counts(found) == (1, 0, 0)
    assert (len(found["skipped"]), found["skipped_count"]) == (MAX_SKIPPED, MAX_SKIPPED + 2)
    found = await imported(desk, todos[0])
    assert (len(found["skipped"]), found["skipped_count"]) == (1, 1)


async def test_no_calendar_is_400(desk: Desk) -> None:
    answered = await desk.call(TEN, IMPORT, ics="hello")
    assert error_of(answered) == (400, "INVALID_FIELD", "ics")


async def test_a_cut_file_gives_what_is_whole(desk: Desk) -> None:
    text = file_of(vevent(*PLAIN, uid="1"), vevent(*PLAIN, uid="2"))
    answered = await desk.call(TEN, IMPORT, ics=text[: text.rindex("SUMMARY")])
    assert counts(answered["data"]) == (1, 0, 0)
    assert answered["data"]["skipped"][0]["uid"] == "2"


async def test_what_an_import_did_can_be_exported_and_checked(desk: Desk) -> None:
    await imported(desk, vevent(*WEEKLY), vevent(*PLAIN, uid="x"))
    again = await imported(desk, vevent(*WEEKLY), vevent(*PLAIN, uid="x"))
    assert counts(again) == (0, 0, 2)

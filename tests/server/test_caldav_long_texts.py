"""Texts that a field of the event does not take whole: an app loses nothing of them.

Source: contract, section 16.
"""

from typing import Any

import pytest

from dav import Dav, serving_dav
from deskcal.ical.read import MAX_DESCRIPTION
from deskcal.store.batch.objects import MAX_EXTRAS, MAX_SOURCE
from helpers import NOW
from places import Place
from server.caldav_texts import ALARMS, DAY, TEN, calendar, override, rows, vevent

TITLE = " ".join(f"title{number}" for number in range(90))
PLACE = " ".join(f"room{number}" for number in range(90))
TEXT = "\\n".join(f"line {number} of the text" for number in range(2000))
"""As it stands in a content line."""
LONG = [f"LOCATION:{PLACE}", f"DESCRIPTION:{TEXT}"]


def lines_of(text: str, *names: str) -> list[str]:
    """The content lines of these names, unfolded."""
    return [line for line in text.replace("\r\n ", "").splitlines() if line.startswith(names)]


async def changed(dav: Dav, **fields: Any) -> str:
    """The text of `a.ics` once a field of its event has been changed in deskcal."""
    (event,) = await rows(dav)
    await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], **fields)
    return await dav.text("a.ics")


async def test_an_app_gets_back_a_long_text_whole(place: Place) -> None:
    sent = calendar(vevent(*LONG, summary=TITLE))
    async with serving_dav(place) as dav:
        got = await dav.put("a.ics", sent)
        assert got.status == 201 and got.headers["etag"]
        assert await dav.text("a.ics") == sent
        (event,) = await rows(dav)
        assert (event["title"], event["location"]) == (TITLE[:500].strip(), PLACE[:500].strip())
        assert len(event["ast_json"]["content"]) == 2000


async def test_a_change_in_deskcal_cuts_no_text_that_it_is_not_of(place: Place) -> None:
    names = ("SUMMARY", "LOCATION", "DESCRIPTION")
    sent = calendar(vevent(*LONG, summary=TITLE))
    async with serving_dav(place) as dav:
        await dav.put("a.ics", sent)
        text = await changed(dav, priority=3)
        assert lines_of(text, *names) == lines_of(sent, *names)
        text = await changed(dav, title="Short")
        assert lines_of(text, "SUMMARY") == ["SUMMARY:Short"]
        assert lines_of(text, *names[1:]) == LONG


async def test_a_long_text_that_an_app_puts_back_changes_nothing(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent(*LONG, summary=TITLE)))
        text = await changed(dav, priority=3)
        (before,) = await rows(dav)
        assert (await dav.put("a.ics", text)).status == 204
        (after,) = await rows(dav)
        for name in ("title", "location", "ast_json"):
            assert after[name] == before[name]


async def test_an_app_gets_the_whole_text_that_was_written_in_deskcal(place: Place) -> None:
    """And leaves it as it is when it puts the event back."""
    document = {"type": "doc", "content": [{"type": "paragraph", "text": "x" * 20_000}]}
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, ast_json=document)
        name = f"event-{made['id']}.ics"
        text = await dav.text(name)
        assert lines_of(text, "DESCRIPTION") == ["DESCRIPTION:" + "x" * 20_000]
        await dav.put(name, text.replace("SUMMARY:", "SUMMARY:New "))
        (event,) = await rows(dav)
        assert (event["title"], event["ast_json"]) == (f"New {made['title']}", document)


def document(text: str) -> dict[str, Any]:
    return {"type": "doc", "content": [{"type": "paragraph", "text": text}]}


async def test_what_an_app_was_not_given_is_not_lost_by_its_change_of_the_text(
    place: Place,
) -> None:
    written = document("x" * MAX_DESCRIPTION + "the end")
    async with serving_dav(place) as dav:
        name = f"event-{(await dav.desk.add(TEN, ast_json=written))['id']}.ics"
        text = await dav.text(name)
        for other in (text.replace("DESCRIPTION:x", "DESCRIPTION:y"), without(text)):
            got = await dav.put(name, other)
            assert got.status == 403 and b"change it in deskcal" in got.body, got
            assert b"max-resource-size" in got.body, got
        assert (await dav.put(name, text.replace("SUMMARY:", "SUMMARY:New "))).status == 204
        (event,) = await rows(dav)
        assert event["title"].startswith("New ") and event["ast_json"] == written
        ics = without(text).replace("SEQUENCE:", "SEQUENCE:9")
        imported = await dav.desk.call(TEN, "MngImportCalendarEvents", ics=ics)
        assert imported["data"]["updated"] == 1, imported
        (event,) = await rows(dav)
        assert event["ast_json"] == written


def without(text: str) -> str:
    """`text` without its DESCRIPTION."""
    lines = text.replace("\r\n ", "").split("\r\n")
    return "\r\n".join(line for line in lines if not line.startswith("DESCRIPTION:"))


async def test_a_participants_alarms_are_kept_with_a_long_text(place: Place) -> None:
    """Of the owner's, which the app puts back with them."""
    people = [30, *range(1000, 1200)]
    own = [*ALARMS, "TRANSP:TRANSPARENT", "ATTENDEE:mailto:me@example.com", "X-MINE:1"]
    async with serving_dav(place) as dav:
        text_of = document("one, two; " * 5000)
        made = await dav.desk.add(TEN, participant_manager_ids=people, ast_json=text_of)
        app, name = await dav.of(30), f"event-{made['id']}.ics"
        given = (await app.text(name)).replace("TRANSP:OPAQUE\r\n", "")
        assert len(given) > MAX_SOURCE
        sent = given.replace("END:VEVENT", "\r\n".join([*own, "END:VEVENT"]))
        got = await app.put(name, sent)
        assert got.status == 204 and "etag" not in got.headers, got
        (event,) = await rows(dav)
        assert event["ast_json"] == text_of and len(event["participants"]) == 202
        at_once = await app.text(name)
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=made["id"], location="There")
        after = await app.text(name)
        assert lines_of(after, "LOCATION") == ["LOCATION:There"]
        for later in (at_once, after):
            lines = lines_of(later, "")
            assert [line for line in own if line not in lines] == []
            assert lines.count("BEGIN:VALARM") == 2
            for property_ in ("DESCRIPTION:one,".replace(",", "\\,"), "ATTENDEE", "ORGANIZER"):
                assert len(lines_of(later, property_)) == len(lines_of(sent, property_))
        assert "me@example.com" not in await dav.text(name)


async def test_a_second_alarm_of_an_owner_is_refused_with_a_long_text(place: Place) -> None:
    """The event's reminder is the one that is kept."""
    people = [f"ATTENDEE;CN=N{number}:mailto:n{number}@example.com" for number in range(1700)]
    async with serving_dav(place) as dav:
        sent = calendar(vevent(*people, *ALARMS))
        assert len(sent) > MAX_SOURCE
        got = await dav.put("a.ics", sent)
        assert got.status == 403 and b"one VALARM, this one has 2" in got.body, got
        assert not await rows(dav)
        got = await dav.put("a.ics", calendar(vevent(*people, *ALARMS[:6])))
        assert got.status == 201, got
        (event,) = await rows(dav)
        assert event["remind_before_sec"] == 900
        assert lines_of(await dav.text("a.ics"), "BEGIN:VALARM") == ["BEGIN:VALARM"]


async def test_a_participant_answers_however_long_the_text_is_but_loses_no_alarm(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.call(
            TEN,
            "MngAddCalendarEvent",
            title="Daily",
            start_time=NOW + DAY,
            end_time=NOW + DAY + 3600,
            recurrence={"rrule": "FREQ=DAILY;COUNT=200"},
            participant_manager_ids=[30],
        )
        event = made["data"]["event"]
        listed = await rows(dav)
        for row in listed[1:]:
            fields = {"id": row["id"], "title": f"{row['id']} " + "t" * 480}
            await dav.desk.event(TEN, "MngUpdateCalendarEvent", **fields)
        app, name = await dav.of(30), f"series-{event['series_id']}.ics"
        text = await app.text(name)
        accepted = text.replace("\r\n ", "").replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED")
        alarms = "\r\n".join([*ALARMS, "END:VEVENT"])
        got = await app.put(name, accepted.replace("END:VEVENT", alarms, 1))
        assert got.status == 403 and b"max-resource-size" in got.body, got
        assert (await app.put(name, accepted)).status == 204
        assert all(row["participants"][1]["status"] == 1 for row in await rows(dav))


def with_lines(lines: list[str]) -> list[str]:
    """An override with these in place of its own."""
    names = {line.partition(":")[0] for line in lines}
    found = [line for line in override(1) if line.partition(":")[0] not in names]
    return [*found[:-1], *lines, found[-1]]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["SUMMARY:" + "x" * 501], "SUMMARY has 501 characters: the first 500 are taken"),
        (["LOCATION:" + "x" * 501], "LOCATION has 501 characters: the first 500 are taken"),
        (["DESCRIPTION:" + "x" * 60_001], "DESCRIPTION has 60001 characters"),
    ],
)
async def test_what_cannot_be_kept_whole_is_refused_by_the_name_of_the_property(
    place: Place, lines: list[str], why: str
) -> None:
    """The text is longer than what is kept as it was put; of a series one override may be."""
    filling = [f"COMMENT:{number} {'y' * 1000}" for number in range(MAX_EXTRAS // 1024 - 1)]
    filling += [f"ATTENDEE;CN=N{number}:mailto:n{number}@example.com" for number in range(1200)]
    whole = vevent("RRULE:FREQ=WEEKLY;COUNT=4", *filling)
    async with serving_dav(place) as dav:
        got = await dav.put("a.ics", calendar(whole, with_lines(lines)))
        assert got.status == 403, got
        assert b"max-resource-size" in got.body and why.encode() in got.body, got
        assert not await rows(dav)
        fitting = [line[: line.index(":") + 400] for line in lines]
        got = await dav.put("a.ics", calendar(whole, with_lines(fitting)))
        assert got.status == 201, got

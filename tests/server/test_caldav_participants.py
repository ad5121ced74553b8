"""What participants may put and delete over CalDAV. Source: contract, part 2, section 16."""

import re
from typing import Any

import pytest

from dav import Dav, serving_dav
from deskcal.live.series_horizon import SeriesHorizon
from harness import FakeClock, token
from helpers import NOW
from places import Place
from server.caldav_texts import (
    ALARMS,
    DAY,
    RICH,
    TEN,
    THIRTY,
    calendar,
    local,
    rows,
    utc,
    vevent,
)

INVITED = "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:manager-32@deskcal.invalid"
BRING = {
    "type": "doc",
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Bring it"}]}],
}


async def invitation(dav: Dav, **fields: Any) -> tuple[Dav, str, dict[str, Any]]:
    """A participant's app, the name there, and the event."""
    made = await dav.desk.add(TEN, participant_manager_ids=[30, 31], **fields)
    return await dav.of(30), f"event-{made['id']}.ics", made


async def invitation_to_series(
    dav: Dav, end_time: int, rrule: str = "FREQ=WEEKLY;COUNT=3"
) -> tuple[Dav, dict[str, Any]]:
    """A participant's app, and the answer to the create of weekly events, or those of `rrule`."""
    made = await dav.desk.call(
        TEN,
        "MngAddCalendarEvent",
        title="Weekly",
        start_time=NOW,
        end_time=end_time,
        recurrence={"rrule": rrule},
        participant_manager_ids=[30],
    )
    return await dav.of(30), made["data"]


async def test_a_participant_who_puts_the_event_back_answers_and_changes_nothing_else(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        participant, name, made = await invitation(dav, ast_json=RICH, title="Meeting")
        text = await participant.text(name)
        assert text.count("PARTSTAT=NEEDS-ACTION") == 2
        mine = [one for one in text.replace("\r\n ", "").split("\r\n") if "manager-30@" in one]
        answer = text.replace("\r\n ", "").replace(
            mine[0], mine[0].replace("NEEDS-ACTION", "ACCEPTED")
        )
        answer = answer.replace("END:VEVENT", "\r\n".join([*ALARMS, "END:VEVENT"]))
        put = await participant.put(name, answer)
        assert put.status == 204, put
        (event,) = await rows(dav)
        assert [row["status"] for row in event["participants"]] == [1, 1, 0]
        assert await participant.text(name) == answer, "alarms are the participant's own"
        assert "VALARM" not in await dav.text(name)
        for field in ("title", "ast_json", "start_time", "remind_before_sec"):
            assert event[field] == made[field]
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=made["id"], location="There")
        later = await participant.text(name)
    assert "LOCATION:There" in later and "TRIGGER:-P1D" in later


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("SUMMARY:Meeting", "SUMMARY:Party", "title"),
        (f"DTSTART:{utc(NOW)}", f"DTSTART:{utc(NOW - 600)}", "start_time"),
        ("DESCRIPTION:Bring it", "DESCRIPTION:Leave it", "its description"),
        ("DESCRIPTION:Bring it", "X-BRING:it", "its description"),
        ("STATUS:CONFIRMED", "STATUS:CANCELLED", "its status"),
        ("END:VEVENT", f"{INVITED}\r\nEND:VEVENT", "who takes part"),
    ],
)
async def test_a_participant_may_not_change_the_event(
    place: Place, before: str, after: str, what: str
) -> None:
    async with serving_dav(place) as dav:
        participant, name, made = await invitation(dav, title="Meeting", ast_json=BRING)
        text = await participant.text(name)
        assert before in text
        got = await participant.put(name, text.replace(before, after))
        assert got.status == 403 and b"need-privileges" in got.body
        assert f"not change {what};" in got.body.decode()
        assert await rows(dav) == [made]


async def test_a_text_in_another_form_is_an_answer(place: Place) -> None:
    async with serving_dav(place) as dav:
        participant, name, made = await invitation(dav, title="Meeting", ast_json=BRING)
        text = (await participant.text(name)).replace("\r\n ", "")
        text = text.replace("DESCRIPTION:Bring it", "DESCRIPTION:Bring it \\n\\n")
        text = re.sub("\r\nPRIORITY:.*|\r\nSTATUS:.*", "", text)
        assert (await participant.put(name, text.replace("NEEDS-ACTION", "ACCEPTED"))).status == 204
        (event,) = await rows(dav)
    assert [row["status"] for row in event["participants"]] == [1, 1, 0]
    assert event["ast_json"] == made["ast_json"] and event["priority"] == made["priority"]


@pytest.mark.parametrize(
    "line", [f"EXDATE:{utc(NOW + 7 * DAY)}", f"RDATE:{utc(NOW + DAY)}", f"RDATE:{utc(NOW - DAY)}"]
)
async def test_a_participant_may_not_change_the_dates_of_a_series(place: Place, line: str) -> None:
    async with serving_dav(place) as dav:
        participant, made = await invitation_to_series(dav, NOW + 3600)
        before = await rows(dav)
        name = f"series-{made['series']['series_id']}.ics"
        text = await participant.text(name)
        changed = text.replace("RRULE:", f"{line}\r\nRRULE:")
        got = await participant.put(name, changed.replace("NEEDS-ACTION", "ACCEPTED"))
        assert got.status == 403 and b"which dates" in got.body
        assert await rows(dav) == before
        assert await participant.text(name) == text


async def test_a_participant_gives_back_the_dates_that_an_owner_put(place: Place) -> None:
    """In UTC what was given in a zone, without the RRULE of one date, and with DTSTART again."""
    zoned = f"DTSTART;TZID=Europe/Nicosia:{local(NOW)}"
    further = f"RDATE;TZID=Europe/Nicosia:{local(NOW + DAY)},{local(NOW + 2 * DAY)}"
    people = [INVITED.replace("-32@", f"-{who}@") for who in (10, 30)]
    async with serving_dav(place) as dav:
        put = await dav.put("a.ics", calendar(vevent(zoned, "DURATION:PT1H", further, *people)))
        assert put.status == 201, put
        participant = await dav.of(30)
        ((address, _),) = (await participant.sync()).etags.items()
        name = address.removeprefix(participant.mine)
        text = (await participant.text(name)).replace("\r\n ", "")
        assert text.count("RRULE:FREQ=DAILY;COUNT=1\r\n") == text.count("RDATE;TZID") == 1
        dates = ",".join(utc(NOW + days * DAY) for days in range(3))
        text = re.sub("RDATE;TZID.*", f"RDATE:{dates}", text)
        text = text.replace("RRULE:FREQ=DAILY;COUNT=1\r\n", "")
        assert (await participant.put(name, text.replace("NEEDS-ACTION", "ACCEPTED"))).status == 204
        answers = [[row["status"] for row in one["participants"]] for one in await rows(dav)]
    assert answers == [[0, 1]] * 3


async def test_a_participant_who_deletes_the_event_declines(place: Place) -> None:
    async with serving_dav(place) as dav:
        participant, name, made = await invitation(dav)
        before = await participant.sync()
        assert (await participant.ask("DELETE", participant.mine + name)).status == 204
        (event,) = await rows(dav)
        assert [row["status"] for row in event["participants"]] == [1, 2, 0]
        assert (await participant.sync(before.token)).gone == [participant.mine + name]
        await dav.desk.event(token(30), "MngRespondCalendarEvent", id=made["id"], status=1)
        assert list((await participant.sync()).etags) == [participant.mine + name]


async def test_a_participant_answers_for_a_whole_series(place: Place) -> None:
    async with serving_dav(place) as dav:
        participant, made = await invitation_to_series(dav, NOW + 3600)
        name = f"series-{made['series']['series_id']}.ics"
        text = (await participant.text(name)).replace("\r\n ", "")
        assert (
            await participant.put(name, text.replace("NEEDS-ACTION", "TENTATIVE"))
        ).status == 204
        answers = [[row["status"] for row in one["participants"]] for one in await rows(dav)]
    assert answers == [[1, 3]] * 3


async def test_an_answer_for_a_whole_series_is_that_of_what_it_makes_later(place: Place) -> None:
    async with serving_dav(place, series_horizon_sec=28 * DAY) as dav:
        participant, made = await invitation_to_series(dav, NOW + 3600, "FREQ=WEEKLY")
        before = len(await rows(dav))
        name = f"series-{made['series']['series_id']}.ics"
        text = (await participant.text(name)).replace("\r\n ", "")
        assert (await participant.put(name, text.replace("NEEDS-ACTION", "DECLINED"))).status == 204
        services = dav.desk.services
        later = FakeClock(NOW + 14 * DAY)
        await SeriesHorizon(services.store, later, services.limits).extend_all()
        answers = [[row["status"] for row in one["participants"]] for one in await rows(dav)]
    assert answers == [[1, 2]] * (before + 2)


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;COUNT=30", "FREQ=DAILY;COUNT=3", "FREQ=HOURLY"])
async def test_a_participant_may_not_change_the_rule_of_a_series(place: Place, rule: str) -> None:
    async with serving_dav(place) as dav:
        participant, made = await invitation_to_series(dav, NOW + 3600)
        name = f"series-{made['series']['series_id']}.ics"
        text = await participant.text(name)
        (line,) = [one for one in text.split("\r\n") if one.startswith("RRULE:")]
        assert (await participant.put(name, text.replace(line, f"RRULE:{rule}"))).status == 403
        assert await participant.text(name) == text


async def test_a_participant_who_deletes_a_series_leaves_the_answers_of_what_is_over(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        participant, made = await invitation_to_series(dav, NOW + 60)
        (address,) = (await participant.sync()).etags
        first = made["event"]["id"]
        await dav.desk.event(THIRTY, "MngRespondCalendarEvent", id=first, status=1)
        dav.desk.clock.time = NOW + 60
        mark = (await participant.sync()).token
        assert (await participant.ask("DELETE", address)).status == 204
        answers = [[row["status"] for row in one["participants"]] for one in await rows(dav)]
        assert answers == [[1, 1], [1, 2], [1, 2]]
        assert (await participant.sync(mark)).gone == [address]
        assert not (await participant.sync()).etags
        later = (await rows(dav))[1]["id"]
        await dav.desk.event(THIRTY, "MngRespondCalendarEvent", id=later, status=1)
        assert list((await participant.sync()).etags) == [address]


async def test_an_owners_stale_text_does_not_take_back_other_answers(place: Place) -> None:
    async with serving_dav(place) as dav:
        participant, name, made = await invitation(dav)
        stale = await dav.text(name)
        await dav.desk.event(THIRTY, "MngRespondCalendarEvent", id=made["id"], status=1)
        assert (await dav.put(name, stale.replace("SUMMARY:", "SUMMARY:Now "))).status == 204
        (event,) = await rows(dav)
        assert [row["status"] for row in event["participants"]] == [1, 1, 0]
        assert event["title"].startswith("Now ")
        assert participant.manager_id == 30

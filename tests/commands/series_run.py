"""Mutations of series by several managers, on a desk and on its model. No tests here."""

import datetime as dt
from typing import Any

from dateutil.rrule import rrulestr
from hypothesis import strategies as st

from commands.series_calls import DAY, LATER, monday
from commands.series_model import Occurrence, Person, SeriesModel, seconds, seen, wall
from deskcal.live.series_horizon import SeriesHorizon
from harness import ADMIN, Desk, token

RULES = (
    "FREQ=DAILY;COUNT=9",
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=7",
    "FREQ=WEEKLY",
)
FIELDS = ("title", "location", "hours", "days", "length", "desk")
STEPS = (
    *("create", "one", "one", "many", "many", "many", "delete", "delete_many", "complete"),
    *("undo", "undo", "restore", "advance", "respond", "respond"),
)
OWNER, PARTICIPANT, OUTSIDER, LEAD = PEOPLE = (
    Person(10, "DESK_A"),
    Person(11, "DESK_B"),
    Person(12, "DESK_C"),
    Person(13, "DESK_A", "DESK_B"),
)
"""The owner and the lead make series of their own, in which the participant takes part."""
ALL = token(1, ADMIN, exp=LATER)
TOKENS = {one.id: token(one.id, desks=",".join(one.desks), exp=LATER) for one in PEOPLE}
Step = tuple[str, int, int, str, int, Person]
steps = st.tuples(
    st.sampled_from(STEPS),
    st.integers(0, 30),
    st.integers(1, 2),
    st.sampled_from(FIELDS),
    st.integers(-2, 3),
    st.sampled_from([OWNER, *PEOPLE]),
)


class Run:
    """The desk and its model."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.model = SeriesModel()
        self.seq = 0
        self.replayed: dict[int, Any] = {}
        self.number = 0
        self.made: dict[int, float] = {}
        """When each batch was made."""

    @property
    def now(self) -> dt.datetime:
        return wall(int(self.desk.clock.time))

    async def say(self, command: str, **data: Any) -> dict[str, Any]:
        """The answer to the manager whose step it is."""
        return await self.desk.call(TOKENS[self.model.me.id], command, **data)

    async def tell(self, command: str, **data: Any) -> dict[str, Any]:
        """The answer to somebody who sees all."""
        answer = await self.desk.call(ALL, command, **data)
        assert answer["status"] == 200, answer
        return answer

    def pick(self, number: int, ids: list[int]) -> int | None:
        return sorted(ids)[number % len(ids)] if ids else None

    async def step(self, step: Step) -> None:
        """One mutation, on both."""
        kind, number, scope, field, by, self.model.me = step
        before, rules = self.model.copy(), self.model.rules
        await getattr(self, kind)(number, scope, field, by)
        self.model.rules = await self.rules()
        await self.compare(before, rules)
        await self.compare_seen(number)

    async def create(self, number: int, *_: Any) -> None:
        if len(self.model.rules) > 6:
            return
        rule = RULES[number % len(RULES)]
        answer = await self.say(
            "MngAddCalendarEvent",
            title="made",
            desk="DESK_A",
            participant_manager_ids=[PARTICIPANT.id],
            start_time=monday(0),
            end_time=monday(0) + 3600,
            timezone="Europe/Berlin",
            recurrence={"rrule": rule},
        )
        if answer["status"] != 200:
            assert answer["status"] == 403 or monday(0) < self.desk.clock.time, answer
            assert answer["status"] == 400 or "DESK_A" not in self.model.me.desks, answer
            return
        answers = {self.model.me.id: 1, PARTICIPANT.id: 0}
        assert all(e["answers"] == answers for e in await self.take_new())

    async def take_new(self) -> list[Occurrence]:
        """New occurrences are what the series makes; which, the rule is asked afterwards."""
        new = []
        for event_id, row in (await self.rows()).items():
            if event_id not in self.model.events:
                new.append(seen(row))
                self.model.events[event_id] = new[-1]
                assert (row["version"], row["status"], row["desk"]) == (1, 0, "DESK_A")
        return new

    def sent(self, event: dict[str, Any], field: str, by: int) -> dict[str, Any]:
        self.number += 1
        if field == "desk":
            return {"desk": f"DESK_{'BA'[by % 2]}"}
        if field in ("title", "location"):
            return {field: f"{field} {self.number}"}
        if field == "length":
            return {"end": event["start"] + dt.timedelta(hours=2 + by / 4)}
        moved = event["start"] + dt.timedelta(**{field: by})
        return {"start": moved}

    async def one(self, number: int, _: int, field: str, by: int) -> None:
        named = self.pick(number, list(self.model.events))
        if named is None:
            return
        event = self.model.events[named]
        sent = self.sent(event, field, by)
        if "start" in sent:
            sent["end"] = sent["start"] + (event["end"] - event["start"])
        answer = await self.say("MngUpdateCalendarEvent", id=named, **on_the_wire(sent))
        wanted = self.model.me.refusal(event)
        if wanted == 200 and sent.get("desk", event["desk"]) != event["desk"]:
            wanted = 200 if self.model.me.may_place(sent) else 403
        assert answer["status"] == wanted, answer
        if wanted == 200:
            self.model.update_one(named, sent)

    async def many(self, number: int, scope: int, field: str, by: int) -> None:
        model = self.model
        named = self.pick(number, [e for e, event in model.events.items() if event["series_id"]])
        if named is None:
            return
        event = model.events[named]
        sent = self.sent(event, "title" if field == "desk" else field, by)
        targets = model.targets(named, scope, self.now)
        reset = number % 3 == 0
        answer = await self.say(
            "MngUpdateCalendarEvent",
            id=named,
            scope=scope,
            reset_own=int(reset),
            **on_the_wire(sent),
        )
        if self.is_refused(answer, event, also=(400,) if field == "days" else ()):
            return
        if answer["status"] == 400:
            assert answer["error"]["field"] == "start_time", answer
            return
        assert answer["status"] == 200, answer
        old_id = event["series_id"]
        rows = await self.rows()
        ids = {rows[one]["series_id"] for one in targets}
        assert len(ids) <= 1
        new_id = ids.pop() if ids else old_id
        if new_id != old_id:
            assert (scope == 1 or field == "days") and new_id not in model.rules
        if targets:
            model.update_many(named, targets, sent, reset, new_id)

    async def delete(self, number: int, *_: Any) -> None:
        named = self.pick(number, list(self.model.events))
        if named is not None:
            answer = await self.say("MngDeleteCalendarEvent", id=named)
            if not self.is_refused(answer, self.model.events[named]):
                self.model.delete([named])

    async def delete_many(self, number: int, scope: int, *_: Any) -> None:
        events = self.model.events
        named = self.pick(number, [e for e, event in events.items() if event["series_id"]])
        if named is None:
            return
        gone = sorted({named, *self.model.targets(named, scope, self.now)})
        answer = await self.say("MngDeleteCalendarEvent", id=named, scope=scope)
        if self.is_refused(answer, events[named]):
            return
        assert answer["data"]["ids"] == gone, answer
        self.model.delete(gone)

    async def complete(self, number: int, *_: Any) -> None:
        named = self.pick(number, list(self.model.events))
        if named is not None:
            answer = await self.say("MngCompleteCalendarEvent", id=named)
            if not self.is_refused(answer, self.model.events[named]):
                self.model.complete(named)

    async def respond(self, number: int, scope: int, field: str, by: int) -> None:
        """`field` "title" is this one alone."""
        model, me = self.model, self.model.me
        named = self.pick(number, list(model.events))
        if named is None:
            return
        event, status = model.events[named], 1 + by % 3
        scope = 0 if field == "title" else scope
        answer = await self.say("MngRespondCalendarEvent", id=named, scope=scope, status=status)
        if not me.sees(event) or me.id not in event["answers"]:
            assert answer["status"] == (403 if me.sees(event) else 404), answer
            return
        if scope and not event["series_id"]:
            assert answer["error"]["field"] == "scope", answer
            return
        assert answer["status"] == 200, answer
        ids = model.targets(named, scope, self.now, self.takes_part) if scope else [named]
        model.respond(ids, status)
        if scope:
            rule = (await self.rules())[event["series_id"]]
            assert rule["answers"].get(me.id, status) == status

    def takes_part(self, event: Occurrence) -> bool:
        return self.model.me.id in event["answers"]

    def is_refused(
        self, answer: dict[str, Any], event: Occurrence, *, also: tuple[int, ...] = ()
    ) -> bool:
        """Whether a change of the event is refused by rights; else it is done, or one of `also`."""
        wanted = self.model.me.refusal(event)
        assert answer["status"] in ((wanted, *also) if wanted == 200 else (wanted,)), answer
        return wanted != 200

    async def undo(self, number: int, *_: Any) -> None:
        batch_id = self.pick(number, sorted(self.model.batches)[-4:])
        if batch_id is None:
            return
        answer = await self.say("MngUndoCalendarBatch", batch_id=batch_id)
        is_mine = self.model.actors[batch_id] == self.model.me.id
        if not is_mine or self.made[batch_id] + DAY < self.desk.clock.time:
            assert answer["status"] == 404, answer
            return
        assert answer["status"] == 200, answer
        found = (answer["data"]["undone"], answer["data"]["left"])
        wanted = self.model.undo(batch_id)
        assert found == wanted, (found, wanted)

    async def restore(self, number: int, *_: Any) -> None:
        named = self.pick(number, list(self.model.trash))
        if named is not None:
            answer = await self.say("MngRestoreCalendarEvent", id=named)
            event = self.model.trash[named]
            is_placed = self.model.me.may_place(event)
            if not self.is_refused(answer, event, also=() if is_placed else (403,)):
                assert answer["status"] == (200 if is_placed else 403), answer
                if is_placed:
                    self.model.restore(named)

    async def advance(self, number: int, *_: Any) -> None:
        """Time goes on, and the server makes what comes within the horizon."""
        self.desk.clock.time += number % 4 * 20 * 3600
        services = self.desk.services
        await SeriesHorizon(services.store, self.desk.clock, services.limits).extend_all()
        for event in await self.take_new():
            assert event["answers"] == self.model.rules[event["series_id"]]["answers"]

    async def rows(self, token_: str = ALL) -> dict[int, dict[str, Any]]:
        answer = await self.desk.call(
            token_,
            "MngGetCalendarEventsByFilter",
            **{"from": 0, "to": monday(0) + 900 * DAY, "limit": 5000, "offset": 0},
            deskFilter="*",
        )
        return {row["id"]: row for row in answer["data"]["rows"]}

    async def rules(self) -> dict[int, dict[str, Any]]:
        """All series, by id."""
        names = ("rrule", "exdates", "horizon", "is_ended")
        return {
            series.series_id: {name: getattr(series, name) for name in names}
            | {"start_time": series.start, "duration_sec": series.length_sec}
            | {"answers": {one.manager_id: one.status for one in series.template.participants}}
            for series in await self.desk.services.store.series.page(0, 1000)
        }

    async def compare(self, before: dict[int, Any], rules: dict[int, dict[str, Any]]) -> None:
        """The list is the model's, and what the changes leave; each batch has one number."""
        rows = await self.rows()
        found = {event_id: seen(row) for event_id, row in rows.items()}
        wanted = self.model.events
        ids = [one for one in {*found, *wanted} if found.get(one) != wanted.get(one)]
        assert not ids, [(one, found.get(one), wanted.get(one)) for one in ids]
        answer = await self.tell(
            "MngGetCalendarChanges", since=self.seq, deskFilter="*", limit=5000
        )
        changes = answer["data"]["changes"]
        assert [change["seq"] for change in changes] == sorted(
            {change["seq"] for change in changes}
        )
        for change in changes:
            event = change["event"]
            if change["type"] == 2:
                del self.replayed[change["id"]]
            else:
                self.replayed[event["id"]] = event
        assert self.replayed == rows
        if changes:
            self.seq = changes[-1]["seq"]
            mine = {change["batch_id"] for change in changes if change["actor"]}
            assert len(mine) <= 1
            for batch_id in mine:
                reported = {
                    change["event"]["id"] if change["event"] else change["id"]
                    for change in changes
                    if change["batch_id"] == batch_id
                }
                self.model.note(batch_id, reported, before, rules)
                self.made[batch_id] = self.desk.clock.time
        await self.compare_rules(rows)

    async def compare_rules(self, rows: dict[int, dict[str, Any]]) -> None:
        """Every date of a rule up to its horizon has one event, unless it was taken out."""
        of_series: dict[int, list[dt.datetime]] = {}
        for event in self.model.events.values():
            if event["series_id"]:
                of_series.setdefault(event["series_id"], []).append(event["origin"])
        for series_id, origins in of_series.items():
            assert len(origins) == len(set(origins))
            answer = await self.tell("MngGetCalendarSeries", series_id=series_id)
            series = answer["data"]["series"]
            dates = {local.date() for local in origins}
            for local in expanded(series):
                assert local in origins or local.date() in dates, (series, local)

    async def compare_seen(self, number: int) -> None:
        """Each manager's list is what they may see; so is what they may see of a series."""
        for person in PEOPLE:
            seen_ids = {one for one, event in self.model.events.items() if person.sees(event)}
            assert (await self.rows(TOKENS[person.id])).keys() == seen_ids
        series_id = self.pick(number, list(self.model.rules))
        if series_id is None:
            return
        me, events = self.model.me, self.model.events
        mine = [one for one in events if events[one]["series_id"] == series_id]
        mine = [one for one in mine if me.sees(events[one])]
        answer = await self.say("MngGetCalendarSeries", series_id=series_id)
        assert answer["status"] == (200 if mine else 404), answer
        if mine:
            own = [one for one in mine if events[one]["own"]]
            assert sorted(answer["data"]["series"]["own"]) == sorted(own)


def expanded(series: dict[str, Any]) -> list[dt.datetime]:
    """The occurrences of a rule before its horizon, by dateutil on the wall clock."""
    rule = rrulestr(series["rrule"], dtstart=wall(series["start_time"]))
    until = wall(series["horizon"])
    return [
        local
        for local in rule.between(wall(series["start_time"]), until, inc=True)
        if local < until and local.date().isoformat() not in series["exdates"]
    ]


def on_the_wire(sent: dict[str, Any]) -> dict[str, Any]:
    names = {"start": "start_time", "end": "end_time"}
    return {
        names.get(name, name): seconds(value) if name in names else value
        for name, value in sent.items()
    }

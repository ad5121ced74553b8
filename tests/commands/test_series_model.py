"""Random mutations of series, with all scopes, against a plain model after every step."""

import datetime as dt
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.series_calls import DAY, TEN, monday
from commands.series_model import SeriesModel, seconds, seen, wall
from deskcal.live.series_horizon import SeriesHorizon
from harness import Desk, open_desk
from places import Place, SqlitePlace

RULES = (
    "FREQ=DAILY;COUNT=9",
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=7",
    "FREQ=WEEKLY",
)
FIELDS = ("title", "location", "hours", "days", "length")
STEPS = (
    *("create", "one", "one", "many", "many", "many", "delete", "delete_many", "complete"),
    *("undo", "undo", "restore", "advance"),
)
Step = tuple[str, int, int, str, int]
steps = st.tuples(
    st.sampled_from(STEPS),
    st.integers(0, 30),
    st.integers(1, 2),
    st.sampled_from(FIELDS),
    st.integers(-2, 3),
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
        answer: dict[str, Any] = await self.desk.call(TEN, command, **data)
        return answer

    def pick(self, number: int, ids: list[int]) -> int | None:
        return sorted(ids)[number % len(ids)] if ids else None

    async def step(self, step: Step) -> None:
        """One mutation, on both."""
        kind, number, scope, field, by = step
        before, rules = self.model.copy(), self.model.rules
        await getattr(self, kind)(number, scope, field, by)
        self.model.rules = await self.rules()
        await self.compare(before, rules)

    async def create(self, number: int, *_: Any) -> None:
        if len(self.model.rules) > 6:
            return
        rule = RULES[number % len(RULES)]
        answer = await self.say(
            "MngAddCalendarEvent",
            title="made",
            start_time=monday(0),
            end_time=monday(0) + 3600,
            timezone="Europe/Berlin",
            recurrence={"rrule": rule},
        )
        assert answer["status"] == 200 or monday(0) < self.desk.clock.time, answer
        if answer["status"] == 200:
            await self.take_new()

    async def take_new(self) -> None:
        """New occurrences are what the series makes; which, the rule is asked afterwards."""
        for event_id, row in (await self.rows()).items():
            if event_id not in self.model.events:
                self.model.events[event_id] = seen(row)
                assert row["version"] == 1 and row["status"] == 0

    def sent(self, event: dict[str, Any], field: str, by: int) -> dict[str, Any]:
        self.number += 1
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
        assert answer["status"] == 200, answer
        self.model.update_one(named, sent)

    async def many(self, number: int, scope: int, field: str, by: int) -> None:
        model = self.model
        named = self.pick(number, [e for e, event in model.events.items() if event["series_id"]])
        if named is None:
            return
        event = model.events[named]
        sent = self.sent(event, field, by)
        targets = model.targets(named, scope, self.now)
        reset = number % 3 == 0
        answer = await self.say(
            "MngUpdateCalendarEvent",
            id=named,
            scope=scope,
            reset_own=int(reset),
            **on_the_wire(sent),
        )
        if field == "days" and answer["status"] == 400:
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
            assert answer["status"] == 200, answer
            self.model.delete([named])

    async def delete_many(self, number: int, scope: int, *_: Any) -> None:
        events = self.model.events
        named = self.pick(number, [e for e, event in events.items() if event["series_id"]])
        if named is None:
            return
        gone = sorted({named, *self.model.targets(named, scope, self.now)})
        answer = await self.say("MngDeleteCalendarEvent", id=named, scope=scope)
        assert answer["status"] == 200 and answer["data"]["ids"] == gone, answer
        self.model.delete(gone)

    async def complete(self, number: int, *_: Any) -> None:
        named = self.pick(number, list(self.model.events))
        if named is not None:
            answer = await self.say("MngCompleteCalendarEvent", id=named)
            assert answer["status"] == 200, answer
            self.model.complete(named)

    async def undo(self, number: int, *_: Any) -> None:
        batch_id = self.pick(number, sorted(self.model.batches)[-4:])
        if batch_id is None:
            return
        answer = await self.say("MngUndoCalendarBatch", batch_id=batch_id)
        if self.made[batch_id] + DAY < self.desk.clock.time:
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
            assert answer["status"] == 200, answer
            self.model.restore(named)

    async def advance(self, number: int, *_: Any) -> None:
        """Time goes on, and the server makes what comes within the horizon."""
        self.desk.clock.time += number % 4 * 20 * 3600
        services = self.desk.services
        await SeriesHorizon(services.store, self.desk.clock, services.limits).extend_all()
        await self.take_new()

    async def rows(self) -> dict[int, dict[str, Any]]:
        answer = await self.say(
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
            for series in await self.desk.services.store.series.page(0, 1000)
        }

    async def compare(self, before: dict[int, Any], rules: dict[int, dict[str, Any]]) -> None:
        """The list is the model's, and what the changes leave; each batch has one number."""
        rows = await self.rows()
        found = {event_id: seen(row) for event_id, row in rows.items()}
        wanted = self.model.events
        ids = [one for one in {*found, *wanted} if found.get(one) != wanted.get(one)]
        assert not ids, [(one, found.get(one), wanted.get(one)) for one in ids]
        answer = await self.say("MngGetCalendarChanges", since=self.seq, deskFilter="*", limit=5000)
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
                self.model.note(batch_id, before, rules)
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
            answer = await self.say("MngGetCalendarSeries", series_id=series_id)
            assert answer["status"] == 200, answer
            series = answer["data"]["series"]
            dates = {local.date() for local in origins}
            for local in expanded(series):
                assert local in origins or local.date() in dates, (series, local)


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


@settings(max_examples=25)
@given(sequence=st.lists(steps, min_size=4, max_size=25))
async def test_every_step_leaves_what_the_model_has(
    tmp_path_factory: pytest.TempPathFactory, sequence: list[Step]
) -> None:
    first = ("create", sequence[0][1], 1, "title", 0)
    await compare(SqlitePlace(tmp_path_factory.mktemp("desk")), [first, *sequence])


MOVED_TO_ONE_THAT_IS_DONE = [
    ("complete", 5, 1, "title", 0),
    ("many", 0, 2, "days", 3),
    ("undo", 3, 1, "title", 0),
]
UNDONE_CREATE_OF_A_CHANGED_SERIES = [
    ("delete", 3, 1, "title", 0),
    ("one", 4, 1, "title", 0),
    ("undo", 0, 1, "title", 0),
]
UNDONE_MOVE_AFTER_THE_HORIZON_WENT_ON = [
    ("many", 1, 2, "length", 1),
    ("advance", 1, 1, "title", 0),
    ("undo", 1, 1, "title", 0),
    ("advance", 3, 1, "title", 0),
]
UNDONE_MOVE_TO_ONE_THAT_WAS_CHANGED = [
    ("many", 1, 2, "days", 3),
    ("one", 1, 1, "title", 0),
    ("undo", 1, 1, "title", 0),
]
UNDONE_DELETION_OF_A_SERIES_THAT_IS_GONE = [
    ("delete", 3, 1, "title", 0),
    ("delete_many", 2, 2, "title", 0),
    ("undo", 1, 1, "title", 0),
]
UNDONE_SPLIT_OF_A_SERIES_THAT_WAS_MOVED = [
    ("many", 3, 1, "title", 0),
    ("many", 5, 1, "hours", 1),
    ("undo", 1, 1, "title", 0),
]
UNDONE_DELETION_OF_A_SERIES_THAT_WAS_MOVED = [
    ("delete", 4, 1, "title", 0),
    ("many", 1, 2, "hours", 1),
    ("undo", 1, 1, "title", 0),
]
UNDONE_DELETION_OF_A_SERIES = [
    ("delete_many", 0, 2, "title", 0),
    ("undo", 1, 1, "title", 0),
    ("undo", 2, 1, "title", 0),
    ("undo", 1, 1, "title", 0),
]


@pytest.mark.parametrize(
    "sequence",
    [
        MOVED_TO_ONE_THAT_IS_DONE,
        UNDONE_CREATE_OF_A_CHANGED_SERIES,
        UNDONE_MOVE_AFTER_THE_HORIZON_WENT_ON,
        UNDONE_MOVE_TO_ONE_THAT_WAS_CHANGED,
        UNDONE_DELETION_OF_A_SERIES_THAT_IS_GONE,
        UNDONE_SPLIT_OF_A_SERIES_THAT_WAS_MOVED,
        UNDONE_DELETION_OF_A_SERIES_THAT_WAS_MOVED,
        UNDONE_DELETION_OF_A_SERIES,
    ],
)
@pytest.mark.parametrize("rule", [0, 1])
async def test_a_sequence_leaves_what_the_model_has(
    place: Place, sequence: list[Step], rule: int
) -> None:
    await compare(place, [("create", rule, 1, "title", 0), *sequence])


async def compare(place: Place, sequence: list[Step]) -> None:
    async with open_desk(place, series_horizon_sec=12 * DAY) as desk:
        run = Run(desk)
        for step in sequence:
            desk.clock.time += 1
            await run.step(step)
    differences = (await place.check()).differences
    assert differences == [], differences

"""No answer says anything of an event that its session may not see. Source: contract, section 3."""

import json
import random
import re
from typing import Any

from commands.isolation_model import Model, Viewer
from deskcal.commands.registry import COMMANDS
from harness import ADMIN, Desk
from helpers import NOW
from live import Receiver, all_pushed

ROOT = Viewer(9001, type=ADMIN)
BRANDS = ("default", "acme")
DESKS = ("", "DESK_EU", "DESK_US")
MANAGERS = (9010, 9011, 9012)
VIEWERS = (
    Viewer(9010, ("default",), ("DESK_EU",)),
    Viewer(9010, ("acme",), ("DESK_US",)),
    Viewer(9011, None, ("DESK_US",)),
    Viewer(9011, ("default",), ("DESK_NO",)),
    Viewer(9012, ("acme",), ("DESK_EU", "DESK_NO")),
    Viewer(9012, ("default", "acme"), ("DESK_NO",)),
    Viewer(9013, ("default",), ("DESK_US",)),
    Viewer(9013, ("acme",), None),
    Viewer(9014, ("default",), None, ADMIN),
)
PAST = {
    "MngGetCalendarChanges",
    "MngGetCalendarEventHistory",
    "MngAddCalendarEvent",
    "MngGetCalendarReminders",
    "MngExportCalendarEvents",
}
READS = {name for name in COMMANDS if name.startswith("MngGet")}
READS |= {"MngSearchCalendarEvents", "MngExportCalendarEvents", "MngFindCalendarSlots"}
DAY = 86_400
MISSING = 9_000_000_000
SPAN = {"from": NOW - 90 * DAY, "to": NOW + 90 * DAY}


class Run:
    """Random requests of random sessions; every answer is looked through."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.random = random.Random(seed)
        self.model = Model(desk, ROOT)
        self.leaks: list[Any] = []
        self.keys: list[dict[str, Any]] = []

    async def ask(self, viewer: Viewer, command: str, **data: Any) -> Any:
        """The answer."""
        answer = await self.desk.call(viewer.token, command, **data)
        if answer["status"] >= 500:
            self.leaks.append((viewer, command, data, answer))
        if command not in READS:
            await self.model.look()
        text = json.dumps(answer)
        found = self.model.leaks(viewer, text, json.dumps(data), is_past=command in PAST)
        if found:
            self.leaks.append((viewer, command, data, found, text))
        return answer

    def some_viewer(self) -> Viewer:
        return ROOT if self.random.random() < 0.45 else self.random.choice(VIEWERS)

    def texts(self) -> dict[str, Any]:
        mark = self.model.mark
        return {"title": mark(), "location": mark(), "ast_json": {"text": mark()}}

    def place(self) -> dict[str, Any]:
        pick = self.random.choice
        return {"brand": pick(BRANDS), "desk": pick(DESKS)}

    def new(self) -> dict[str, Any]:
        pick = self.random.choice
        start = NOW + pick((-5, -1, 0, 1, 2, 3)) * 3600
        data: dict[str, Any] = {
            "start_time": start,
            "end_time": start + 3600,
            "timezone": "UTC",
            "type": pick((0, 2, 4)),
            "owner_manager_id": pick((0, *MANAGERS)),
            "participant_manager_ids": self.random.sample(MANAGERS, pick((0, 1, 2))),
            "customer_id": pick((0, 7)),
            "pool_after_sec": pick((0, 1)),
        }
        data |= self.texts() | self.place()
        if self.random.random() < 0.5:
            data["recurrence"] = {"rrule": pick(("FREQ=DAILY;COUNT=4", "FREQ=DAILY;COUNT=2"))}
        elif self.random.random() < 0.3:
            data["idempotency_key"] = self.model.mark()
            self.keys.append(data)
        return data

    def change(self) -> dict[str, Any]:
        pick = self.random.choice
        sent = pick(
            (
                self.place(),
                {"desk": pick(DESKS)},
                {"brand": pick(BRANDS)},
                {"owner_manager_id": pick(MANAGERS)},
                {"participant_manager_ids": [pick(MANAGERS)]},
                {},
            )
        )
        return sent | (self.texts() if self.random.random() < 0.7 else {})

    def event(self) -> int:
        return self.random.choice([*self.model.events, MISSING])

    def mutation(self) -> tuple[str, dict[str, Any]]:
        pick, key = self.random.choice, {"id": self.event()}
        scope = {"scope": pick((0, 0, 0, 1, 2))}
        version = {"if_version": pick((1, 2, 9))} if self.random.random() < 0.1 else {}
        trashed = [*self.model.trash, MISSING]
        batches = [*self.model.batches][-8:] or [1]
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("MngAddCalendarEvent", self.new()),
            ("MngAddCalendarEvent", pick(self.keys) if self.keys else self.new()),
            *[("MngUpdateCalendarEvent", key | scope | version | self.change())] * 6,
            (
                "MngUpdateCalendarEvent",
                key | {"recurrence": {"rrule": "FREQ=DAILY;COUNT=3"}} | scope,
            ),
            ("MngUpdateCalendarEvent", key | {"recurrence": None, "scope": pick((1, 2))}),
            ("MngUpdateCalendarEvent", key | {"follows_id": self.event()}),
            ("MngDeleteCalendarEvent", key | scope | version),
            ("MngArchiveCalendarEvent", key | scope | version),
            ("MngRespondCalendarEvent", key | scope | version | {"status": pick((1, 2, 3))}),
            (
                "MngCompleteCalendarEvent",
                key | version | {"outcome_note": self.model.mark(), "outcome": self.model.mark()},
            ),
            (
                "MngCompleteCalendarEvent",
                key | {"follow_up": self.follow_up()},
            ),
            ("MngClaimNextCalendarEvent", {"deskFilter": "*"}),
            ("MngClaimNextCalendarEvent", key),
            ("MngReleaseCalendarEvent", key | version),
            ("MngRestoreCalendarEvent", {"id": pick(trashed)} | version),
            *[("MngUndoCalendarBatch", {"batch_id": pick(batches)})] * 2,
            ("MngImportCalendarEvents", self.file()),
        ]
        return pick(kinds)

    def follow_up(self) -> dict[str, Any]:
        pick = self.random.choice
        return {"in_sec": 60, "owner_manager_id": pick(MANAGERS)} | pick(
            ({}, {"title": self.model.mark()})
        )

    def file(self) -> dict[str, Any]:
        pick, mark = self.random.choice, self.model.mark
        day = f"202403{9 + pick((1, 2, 3)):02}T090000Z"
        lines = [
            *("BEGIN:VCALENDAR", "BEGIN:VEVENT", f"UID:{pick('abc')}@b"),
            *(f"SEQUENCE:{self.model.marks}", f"DTSTART:{day}", "DURATION:PT1H"),
            *(f"SUMMARY:{mark()}", f"DESCRIPTION:{mark()}"),
            *(["RRULE:FREQ=DAILY;COUNT=3"] if pick((0, 1)) else []),
            *("END:VEVENT", "END:VCALENDAR", ""),
        ]
        data: dict[str, Any] = {"ics": "\r\n".join(lines), "dry_run": pick((0, 0, 1))}
        return data | {"owner_manager_id": pick(MANAGERS)} | pick(({}, self.place()))

    async def step(self) -> None:
        viewer = self.some_viewer()
        if self.random.random() < 0.1:
            operations = [self.mutation() for _ in range(3)]
            sent = [{"command": command, "data": data} for command, data in operations]
            data: dict[str, Any] = {"operations": sent, "atomic": self.random.choice((0, 1))}
            await self.ask(viewer, "MngBatchCalendarEvents", **data)
        else:
            command, data = self.mutation()
            await self.ask(viewer, command, **data)
        if self.random.random() < 0.1:
            await self.handover(self.some_viewer())

    async def handover(self, viewer: Viewer) -> None:
        data: dict[str, Any] = {
            "from_manager_id": self.random.choice(MANAGERS),
            "to_manager_ids": [self.random.choice((9011, 9012, 9015))],
            "deskFilter": "*",
            "roles": ["owner", "participant"],
        }
        command = "MngHandoverCalendarEvents"
        preview = await self.ask(viewer, command, **data)
        if preview["status"] == 200:
            digest = preview["data"]["digest"]
            await self.ask(viewer, command, **data, dry_run=0, digest=digest)

    async def reads(self, viewer: Viewer) -> None:
        """Every command that reads."""
        ask, model = self.ask, self.model
        every = {"deskFilter": "*"}
        page = SPAN | every | {"limit": 1000, "offset": 0}
        rows = (await ask(viewer, "MngGetCalendarEventsByFilter", **page))["data"]
        listed: list[int] = [row["id"] for row in rows["rows"]]
        self.require(sorted(listed) == sorted(model.visible(viewer)), viewer, "list", listed)
        self.require(rows["count"] == len(listed), viewer, "count", rows["count"])
        for group in ("day", "manager", "desk", "type", "outcome"):
            summary = await ask(viewer, "MngGetCalendarSummary", **SPAN, **every, group_by=group)
            groups = summary["data"]["groups"]
            total = sum(one["open"] + one["done"] + one["cancelled"] for one in groups)
            live = [row for row in rows["rows"] if row["status"] != 3]
            self.require(total == len(live), viewer, "summary", groups)
        await ask(viewer, "MngGetCalendarChanges", since=0, limit=5000, **every)
        for manager_id in MANAGERS:
            data = SPAN | {"manager_id": manager_id}
            await ask(viewer, "MngExportCalendarEvents", **data)
            await ask(viewer, "MngGetCalendarChanges", since=0, manager_id=manager_id, **every)
        await ask(viewer, "MngExportCalendarEvents", **SPAN, **every)
        await ask(viewer, "MngGetCalendarTrash", limit=1000, **every)
        await ask(viewer, "MngGetCalendarReminders")
        await ask(viewer, "MngSearchCalendarEvents", q="zq", limit=200, **every)
        busy = {"manager_ids": list(MANAGERS)} | SPAN
        await ask(viewer, "MngGetCalendarFreeBusy", **busy)
        for event_id in self.random.sample(range(1, len(model.events) + len(model.trash) + 2), 4):
            await ask(viewer, "MngGetCalendarEvent", id=event_id)
            await ask(viewer, "MngGetCalendarEventHistory", id=event_id)
            answer = await ask(viewer, "MngGetCalendarSeries", id=event_id)
            own = answer["data"]["series"]["own"] if answer["status"] == 200 else []
            self.require(set(own) <= set(model.visible(viewer)), viewer, "own", answer)
        await self.missing(viewer)

    async def missing(self, viewer: Viewer) -> None:
        """An event out of sight is answered as one that does not exist."""
        hidden = self.model.hidden(viewer)
        if not hidden:
            return
        event_id = self.random.choice(hidden)
        event = self.model.events[event_id]
        for command, data in probes(event["owner_manager_id"], event["created_time"]):
            texts = []
            for one in (event_id, MISSING):
                sent = json.loads(json.dumps(data).replace('"ID"', str(one)))
                answer = await self.ask(viewer, command, **sent) | {"extID": ""}
                text = json.dumps(answer)
                texts.append(re.sub(rf"\b{one}\b", "ID", text))
            if command == "MngGetCalendarEventHistory" and '"status": 200' in texts[0]:
                continue
            self.require(texts[0] == texts[1], viewer, command, (data, texts))

    def require(self, holds: bool, *what: Any) -> None:
        if not holds:
            self.leaks.append(what)


def probes(owner_id: int, created_time: int) -> list[tuple[str, dict[str, Any]]]:
    """Requests that name one event."""
    key: dict[str, Any] = {"id": "ID"}
    found: list[tuple[str, dict[str, Any]]] = [
        (name, dict(key))
        for name in (
            *("MngGetCalendarEvent", "MngGetCalendarSeries", "MngGetCalendarEventHistory"),
            *("MngDeleteCalendarEvent", "MngArchiveCalendarEvent", "MngCompleteCalendarEvent"),
            *("MngClaimNextCalendarEvent", "MngReleaseCalendarEvent", "MngRestoreCalendarEvent"),
        )
    ]
    for name in ("Delete", "Archive"):
        found += [(f"Mng{name}CalendarEvent", key | {"scope": n, "if_version": 1}) for n in (1, 2)]
    for scope in (0, 1, 2):
        answer = key | {"scope": scope, "status": 1}
        found.append(("MngRespondCalendarEvent", answer))
        changes: list[dict[str, Any]] = [
            {"desk": "DESK_XX"},
            {"brand": "other"},
            {"if_version": 99},
        ]
        for change in (*changes, {"follows_id": 1}):
            found.append(("MngUpdateCalendarEvent", key | {"scope": scope, "title": "x"} | change))
        rule = {"rrule": "FREQ=DAILY;COUNT=2"}
        found.append(("MngUpdateCalendarEvent", key | {"scope": scope, "recurrence": rule}))
        found.append(("MngUpdateCalendarEvent", key | {"scope": scope, "recurrence": None}))
    found.append(("MngCompleteCalendarEvent", key | {"follow_up": {"in_sec": 60}}))
    times = {"start_time": NOW, "end_time": NOW}
    new = {"title": "x", "brand": "nobodys", "follows_id": "ID"} | times
    found.append(("MngAddCalendarEvent", new))
    operations = [{"command": "MngArchiveCalendarEvent", "data": key}]
    found.append(("MngBatchCalendarEvents", {"operations": operations, "atomic": 1}))
    uid = f"UID:deskcal-ID@{created_time}"
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", uid, "DTSTART:20240312T090000Z", "DURATION:PT1H"]
    text = "\r\n".join([*lines, "SUMMARY:x", "END:VEVENT", "END:VCALENDAR", ""])
    taken = {"ics": text, "owner_manager_id": owner_id, "dry_run": 1}
    found.append(("MngImportCalendarEvents", taken))
    busy = {"manager_ids": list(MANAGERS), "exclude_event_id": "ID"} | SPAN
    found.append(("MngGetCalendarFreeBusy", busy))
    slots = busy | {"duration_sec": 3600, "step_sec": 3600, "to": NOW + DAY}
    found.append(("MngFindCalendarSlots", slots))
    return found


async def test_answers_to_random_sessions_hold_only_what_is_visible_to_them(desk: Desk) -> None:
    run = Run(desk, seed=0)
    receivers = {viewer: Receiver(desk) for viewer in VIEWERS}
    for viewer, receiver in receivers.items():
        await receiver.subscribe(viewer.token)
    for _ in range(8):
        await run.ask(ROOT, "MngAddCalendarEvent", **run.new())
    for number in range(40):
        await run.step()
        if number % 8 == 7:
            for viewer in run.random.sample(VIEWERS, 3):
                await run.reads(viewer)
    await all_pushed(desk)
    for viewer, receiver in receivers.items():
        pushed = run.model.leaks(viewer, json.dumps(receiver.received), is_past=True)
        run.require(not pushed, viewer, "push", pushed)
    assert not run.leaks, run.leaks[0]

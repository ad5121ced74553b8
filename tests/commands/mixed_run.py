"""Random mutations of several features by several managers, on a desk. No tests here.

There is no model: what holds after any sequence is compared, and a sequence is kept so that
another store can be asked the same.
"""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from commands.series_calls import ADD, ARCHIVE, DAY, DELETE, LATER, RESPOND, UPDATE, monday
from deskcal.core.series_document import encode_series
from deskcal.live.claims import LapsedClaims
from deskcal.live.series_horizon import SeriesHorizon
from harness import ADMIN, Desk, token
from helpers import NOW

COMPLETE, CLAIM, RELEASE = (
    "MngCompleteCalendarEvent",
    "MngClaimNextCalendarEvent",
    "MngReleaseCalendarEvent",
)
BATCH, UNDO, RESTORE, HANDOVER = (
    "MngBatchCalendarEvents",
    "MngUndoCalendarBatch",
    "MngRestoreCalendarEvent",
    "MngHandoverCalendarEvents",
)
IMPORT = "MngImportCalendarEvents"
TRASH_SEC = 2 * DAY
"""How long a deleted event is kept."""
RULES = (
    "FREQ=DAILY;COUNT=5",
    "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4",
    "FREQ=DAILY",
    "FREQ=WEEKLY",
    "FREQ=DAILY;INTERVAL=2;COUNT=3",
)
DESKS = ("DESK_A", "DESK_A", "DESK_B")
TOKENS = [
    token(10, desks="DESK_A", exp=LATER),
    token(11, desks="DESK_A,DESK_B", exp=LATER),
    token(12, desks="DESK_C", exp=LATER),
    token(1, ADMIN, exp=LATER),
]
MANAGERS = (10, 11, 12, 1)
ALL = TOKENS[3]
MUTATIONS = (
    *("one", "one", "many", "many", "rule", "end", "begin", "complete", "follow", "reopen"),
    *("cancel", "archive", "respond", "delete", "delete", "delete_many"),
)
KINDS = (
    *("add", "series", *MUTATIONS, "batch", "batch", "batch", "claim", "claim", "claim_one"),
    *("release", "undo", "undo", "restore", "handover", "advance", "set_back", "import"),
)
STAMPS = ("version", "updated_by", "updated_time", "claimed_by", "claim_until")
Step = tuple[str, int, int, int, bool]
"""Kind, two numbers, the place of the manager in `TOKENS`, whether it is undone at once."""
steps = st.tuples(
    st.sampled_from(KINDS),
    st.integers(0, 40),
    st.integers(0, 5),
    st.sampled_from([0, 1, 1, 3, 3, 2]),
    st.booleans(),
)
Operation = tuple[str, dict[str, Any]]


class MixedRun:
    """A desk, and all that it was asked."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.asked: list[tuple[float, str, str, dict[str, Any]]] = []
        """Time, token, command and data; without a token, what the server does on its own."""
        self.answers: list[Any] = []
        self.batches: list[int] = []
        self.trash: list[int] = []
        self.deleted: dict[int, int] = {}
        """When events were deleted last."""
        self.purged_until = 0
        self.seq = 0
        self.time = monday(0) - 7200

    async def say(self, who: str, command: str, **data: Any) -> Any:
        """The answer, which is kept."""
        self.asked.append((self.time, who, command, data))
        self.answers.append(await ask(self.desk, self.asked[-1]))
        return self.answers[-1]

    async def rows(self, **filters: Any) -> list[dict[str, Any]]:
        """All events that the filters let through."""
        data = {"from": 0, "to": LATER, "limit": 5000, "offset": 0, "deskFilter": "*"} | filters
        answer = await self.say(ALL, "MngGetCalendarEventsByFilter", **data)
        found: list[dict[str, Any]] = answer["data"]["rows"]
        return found

    async def step(self, step: Step) -> None:
        """One mutation; then what holds."""
        kind, number, other, place, is_undone = step
        who = TOKENS[place]
        self.time += 1
        before = await self.state()
        if kind in ("advance", "set_back"):
            self.time += -30 if kind == "set_back" else (60, 400, 90_000)[number % 3]
            await self.say("", "advance")
            self.purged_until = max(self.purged_until, int(self.time) - TRASH_SEC)
        elif kind == "handover":
            await self.handover(who, number)
        else:
            for command, data in [self.request(kind, number, other, await self.rows())]:
                await self.say(who, command, **data)
        batch_id, count = await self.look(MANAGERS[place])
        await self.require_sound()
        await self.require_listed()
        if is_undone and count and kind not in ("claim", "claim_one", "release"):
            await self.undo_twice(who, place, batch_id, count, before)

    async def handover(self, who: str, number: int) -> None:
        data = {
            "from_manager_id": MANAGERS[number % 2],
            "to_manager_ids": [MANAGERS[(number + 1) % 2], 13],
            "deskFilter": "*",
            "mode": ("first", "spread")[number % 2],
            "roles": (["owner"], ["owner", "participant"])[number % 3 > 0],
        }
        preview = await self.say(who, HANDOVER, **data)
        digest = preview["data"]["digest"]
        await self.say(who, HANDOVER, **data, dry_run=0, digest=digest)

    def request(self, kind: str, number: int, other: int, rows: list[Any]) -> Operation:
        """A command with its data."""
        if kind == "batch":
            return BATCH, self.batch(number, other, rows)
        if kind == "undo":
            newest = self.batches[-6:] or [999]
            return UNDO, {"batch_id": newest[-1 - number % len(newest)]}
        if kind == "restore":
            return RESTORE, {"id": self.trash[number % len(self.trash)] if self.trash else 999}
        if kind == "import":
            return IMPORT, {"ics": calendar(number, other), "owner_manager_id": MANAGERS[other % 2]}
        if kind == "claim":
            return CLAIM, {"deskFilter": "*", "lease_sec": 30 + 60 * other}
        return self.operation(kind, number, other, pick(kind, number, rows))

    def batch(self, number: int, other: int, rows: list[Any]) -> dict[str, Any]:
        """Three mutations, two of them of one event; or two of what a create has made."""
        kinds = [MUTATIONS[(number * by + other) % len(MUTATIONS)] for by in (1, 3, 7)]
        event = pick(kinds[0], number, rows)
        events = (event, pick(kinds[1], number + other, rows), event)
        found = [self.operation(k, number, other, e) for k, e in zip(kinds, events, strict=True)]
        if other == 5:
            made = self.operation("series" if number % 2 else "add", number, 0, event)
            found = [made, *((command, data | {"id": "$0"}) for command, data in found[:2])]
        operations = [{"command": command, "data": data} for command, data in found]
        return {"operations": operations, "atomic": int(number % 4 > 0)}

    def operation(self, kind: str, number: int, other: int, event: dict[str, Any]) -> Operation:
        """One mutation of an event."""
        key = {"id": event["id"]}
        scope = {"scope": 1 + other % 2}
        rule = {"rrule": RULES[(number + other) % len(RULES)]}
        found: dict[str, Operation] = {
            "add": (ADD, new(self.time + 600 * (number % 5 - 3), number, other)),
            "series": (
                ADD,
                new(monday(0) + 3600 * (number % 3), number, other)
                | {"recurrence": rule, "participant_manager_ids": [11, 12]},
            ),
            "one": (UPDATE, key | fields(event, number, other)),
            "many": (
                UPDATE,
                key | scope | {"reset_own": number % 2} | fields(event, number, other),
            ),
            "rule": (UPDATE, key | scope | {"recurrence": rule}),
            "end": (UPDATE, key | scope | {"recurrence": None}),
            "begin": (UPDATE, key | {"recurrence": rule}),
            "complete": (COMPLETE, key | {"outcome": ("reached", "missed")[other % 2]}),
            "follow": (COMPLETE, key | {"follow_up": {"in_sec": 600 * other}}),
            "reopen": (UPDATE, key | {"status": 0}),
            "cancel": (UPDATE, key | {"status": 2} | (scope if other > 3 else {})),
            "archive": (ARCHIVE, key | {"scope": other % 3}),
            "respond": (RESPOND, key | {"scope": other % 3, "status": 1 + number % 3}),
            "delete": (DELETE, key),
            "delete_many": (DELETE, key | scope),
            "claim_one": (CLAIM, key),
            "release": (RELEASE, key),
        }
        return found[kind]

    async def look(self, manager_id: int) -> tuple[int, int]:
        """What has changed since the last look: the batch of that manager, how many events.

        Those do not count that a batch adds and deletes.
        """
        data = {"since": self.seq, "limit": 5000, "deskFilter": "*"}
        changes = (await self.say(ALL, "MngGetCalendarChanges", **data))["data"]["changes"]
        if not changes:
            return 0, 0
        self.seq = changes[-1]["seq"]
        self.trash += [one["id"] for one in changes if one["type"] == 2]
        self.deleted |= {one["id"]: one["time"] for one in changes if one["type"] == 2}
        batch_id = changes[-1]["batch_id"]
        if changes[-1]["actor"] != manager_id:
            return 0, 0
        self.batches.append(batch_id)
        types: dict[int, list[int]] = {}
        for one in changes:
            if one["batch_id"] == batch_id:
                types.setdefault(one["id"], []).append(one["type"])
        passing = [one for one in types.values() if one[0] == 0 and one[-1] == 2]
        return batch_id, len(types) - len(passing)

    async def state(self) -> Any:
        """Events and their series, but for what an undo sets."""
        events = {
            row["id"]: {name: row[name] for name in row.keys() - set(STAMPS)}
            for row in await self.rows()
        }
        page = await self.desk.services.store.series.page(0, 1000)
        used = {event.get("series_id") for event in events.values()}
        series = {one.series_id: json.loads(encode_series(one)) | {"version": 0} for one in page}
        data = {"from": 0, "to": LATER, "deskFilter": "*", "group_by": "day"}
        groups = (await self.say(ALL, "MngGetCalendarSummary", **data))["data"]["groups"]
        on_time = {group["key"]: {"on_time": group["on_time"]} for group in groups}
        return events, {one: series[one] for one in series if one in used}, on_time

    async def require_sound(self) -> None:
        """Nobody has claimed what is not open, and no two managers calls of one customer."""
        holders: dict[int, set[int]] = {}
        for row in await self.rows():
            if row.get("claimed_by"):
                assert row["status"] == 0, row
                if row["claim_until"] > self.time and row["customer_id"]:
                    holders.setdefault(row["customer_id"], set()).add(row["claimed_by"])
        assert all(len(managers) == 1 for managers in holders.values()), holders

    async def require_listed(self) -> None:
        """Lists by filters, the summary and the trash agree with the list of all events."""
        rows = await self.rows()
        now = self.time
        filters = {
            "overdue": {row["id"] for row in rows if row["status"] == 0 and row["end_time"] <= now},
            "outcome": {row["id"] for row in rows if row.get("outcome") == "reached"},
            "follows_id": {row["id"] for row in rows if row.get("follows_id") == 2},
        }
        values = {"overdue": 1, "outcome": "reached", "follows_id": 2}
        for name, wanted in filters.items():
            assert {row["id"] for row in await self.rows(**{name: values[name]})} == wanted, name
        data = {"from": 0, "to": LATER, "deskFilter": "*", "group_by": "manager"}
        groups = (await self.say(ALL, "MngGetCalendarSummary", **data))["data"]["groups"]
        for group in groups:
            theirs = [row for row in rows if row["owner_manager_id"] == group["key"]]
            statuses = [row["status"] for row in theirs]
            counts = [group[name] for name in ("open", "done", "cancelled")]
            assert counts == [statuses.count(status) for status in range(3)], group
            assert group["overdue"] == len(filters["overdue"] & {row["id"] for row in theirs})
        data = {"deskFilter": "*", "limit": 1000}
        trash = (await self.say(ALL, "MngGetCalendarTrash", **data))["data"]["rows"]
        deleted = [row["event"]["id"] for row in trash]
        oldest = max(self.purged_until, int(now) - TRASH_SEC)
        kept = {event_id for event_id, time in self.deleted.items() if time >= oldest}
        assert sorted(deleted) == sorted(kept - {row["id"] for row in rows})

    async def undo_twice(
        self, who: str, place: int, batch_id: int, count: int, before: Any
    ) -> bool:
        """What was just made is undone and done again, if the manager may do so with all of it.

        Whether it was.
        """
        after = await self.state()
        for wanted in (before, after):
            self.time += 1
            answer = await self.say(who, UNDO, batch_id=batch_id)
            await self.require_sound()
            batch_id, _ = await self.look(MANAGERS[place])
            if answer["data"]["left"] or answer["data"]["undone"] != count:
                return False
            found = await self.state()
            assert found == wanted, differences(found, wanted)
        return True


FITTING: dict[str, Callable[[dict[str, Any]], bool]] = {
    **dict.fromkeys(("many", "rule", "end", "delete_many"), lambda row: "series_id" in row),
    **dict.fromkeys(("complete", "follow", "cancel", "archive"), lambda row: row["status"] == 0),
    "begin": lambda row: "series_id" not in row,
    "reopen": lambda row: row["status"] > 0,
    "claim_one": lambda row: row.get("pool_after_sec", 0) > 0,
    "release": lambda row: "claimed_by" in row,
}
"""Events on which a mutation does something."""


def pick(kind: str, number: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """One of the events, if possible one that the mutation is for."""
    fits = FITTING.get(kind)
    found = [row for row in rows if fits is None or fits(row)] or rows
    return found[number % len(found)] if found else {"id": 999, "start_time": NOW}


def differences(found: Any, wanted: Any) -> Any:
    return [
        (one, name, a.get(one, {}).get(name), b.get(one, {}).get(name))
        for a, b in zip(found, wanted, strict=True)
        for one in {*a, *b}
        for name in {*a.get(one, {}), *b.get(one, {})}
        if a.get(one, {}).get(name) != b.get(one, {}).get(name)
    ]


def new(start: int, number: int, other: int) -> dict[str, Any]:
    """Data of a create."""
    return {
        "title": "made",
        "type": 2,
        "desk": DESKS[number % len(DESKS)],
        "start_time": start,
        "end_time": start + 3600,
        "timezone": "Europe/Berlin",
        "customer_id": number % 4,
        "pool_after_sec": number % 2,
        "idempotency_key": f"{number % 3}" if other == 4 else None,
    }


def calendar(number: int, other: int) -> str:
    """A file with an event or a series, of one of three UIDs; later versions have more changes."""
    start = f"{number % 28 + 1:02}T{8 + other:02}0000Z"
    lines = [
        *("BEGIN:VCALENDAR", "BEGIN:VEVENT", f"UID:{number % 3}@mixed", f"SEQUENCE:{number}"),
        *(f"DTSTART:202403{start}", "DURATION:PT1H", f"SUMMARY:Taken {number}"),
        *([f"RRULE:FREQ=WEEKLY;COUNT={other + 1}"] if other % 2 else []),
        *(["STATUS:CANCELLED"] if other == 4 else []),
        *("END:VEVENT", "END:VCALENDAR"),
    ]
    return "\r\n".join([*lines, ""])


def fields(event: dict[str, Any], number: int, other: int) -> dict[str, Any]:
    """What an update changes."""
    start = event["start_time"]
    sent: tuple[dict[str, Any], ...] = (
        {"title": f"title {number}"},
        {"start_time": start + 1800, "end_time": start + 4000},
        {"start_time": start + 86_400, "end_time": start + 90_000},
        {"customer_id": number % 4},
        {"owner_manager_id": MANAGERS[number % 2], "desk": DESKS[number % 3]},
        {"participant_manager_ids": [12], "location": f"room {number}", "timezone": "UTC"},
    )
    return sent[(number + other) % len(sent)]


async def ask(desk: Desk, asked: tuple[float, str, str, dict[str, Any]]) -> Any:
    """The answer of a desk to what another one was asked."""
    desk.clock.time, who, command, data = asked
    services = desk.services
    if not who:
        await LapsedClaims(services.store.claims, desk.clock).end_claims()
        await SeriesHorizon(services.store, desk.clock, services.limits).extend_all()
        await services.store.trash.purge(int(desk.clock.time) - TRASH_SEC, 1000)
        return None
    answer = await desk.call(who, command, **data)
    assert answer["status"] < 500, (command, data, answer)
    return answer

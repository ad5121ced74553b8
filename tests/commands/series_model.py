"""A plain model of series: occurrences as dictionaries on the wall clock.

Written from the contract, sections 13 and 15; it shares no code with the server. It does not know
rules: which dates a series has is looked at when it is made or extended, and kept from then on.
"""

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
Occurrence = dict[str, Any]
"""title, location, start, end (local), status, series_id, origin (local), own (names), version,
desk, owner, answers (status by manager), by (who has made the version)."""
Events = dict[int, Occurrence]
Rule = dict[str, Any]
"""A series as MngGetCalendarSeries gives it, and `is_ended`."""


class Person:
    """A manager with the desks of their token. Source: contract, section 3."""

    def __init__(self, manager_id: int, *desks: str) -> None:
        self.id = manager_id
        self.desks = desks

    def __repr__(self) -> str:
        return f"Person({self.id})"

    def sees(self, event: Occurrence) -> bool:
        return self.may_change(event) or self.id in event["answers"]

    def may_change(self, event: Occurrence) -> bool:
        return self.may_place(event) or self.id == event["owner"]

    def may_place(self, event: Occurrence) -> bool:
        """No event of the model is on no desk."""
        return event["desk"] in self.desks

    def refusal(self, event: Occurrence) -> int:
        """Status of the answer to a change of it; 200: it is done."""
        if not self.sees(event):
            return 404
        return 200 if self.may_change(event) else 403


def wall(time: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(time, BERLIN).replace(tzinfo=None)


def seconds(local: dt.datetime) -> int:
    return int(local.replace(tzinfo=BERLIN).timestamp())


def seen(row: dict[str, Any]) -> Occurrence:
    """An event of an answer as the model has it."""
    origin = row.get("original_start_time", 0)
    return {
        "title": row["title"],
        "location": row.get("location", ""),
        "start": wall(row["start_time"]),
        "end": wall(row["end_time"]),
        "status": row["status"],
        "series_id": row.get("series_id", 0),
        "origin": wall(origin) if origin else None,
        "own": set(row.get("own_fields", [])),
        "version": row["version"],
        "desk": row["desk"],
        "owner": row["owner_manager_id"],
        "answers": {one["manager_id"]: one["status"] for one in row["participants"]},
        "by": row["updated_by"],
    }


class SeriesModel:
    """All events by id, and what each batch did."""

    def __init__(self) -> None:
        self.events: Events = {}
        self.trash: Events = {}
        self.me = Person(0)
        """Who makes the changes that follow."""
        self.batches: dict[int, dict[int, tuple[Occurrence | None, Occurrence | None]]] = {}
        self.actors: dict[int, int] = {}
        """Who has made each batch."""
        self.rules: dict[int, Rule] = {}
        """The rule of each series that there is, as the server tells it."""
        self.batch_rules: dict[int, dict[int, tuple[Rule | None, Rule | None]]] = {}
        """What each batch did to rules."""

    def note(
        self, batch_id: int, reported: set[int], before: Events, rules: dict[int, Rule]
    ) -> None:
        """Remembers what a batch did, and what it deleted; `rules`: those of before.

        `reported`: ids of its changes; one of them may be of an event as it was, for its series.
        """
        self.actors[batch_id] = self.me.id
        self.batch_rules[batch_id] = {
            one: (rules.get(one), self.rules.get(one))
            for one in {*rules, *self.rules}
            if rules.get(one) != self.rules.get(one)
        }
        ids = [one for one in {*before, *self.events} if before.get(one) != self.events.get(one)]
        assert reported.issuperset(ids) and len(reported) <= max(len(ids), 1)
        ids = sorted(reported)
        after = self.copy()
        self.batches[batch_id] = {one: (before.get(one), after.get(one)) for one in ids}
        for one in ids:
            if one in self.events:
                self.trash.pop(one, None)
            else:
                self.trash[one] = before[one]

    def copy(self) -> Events:
        return copy.deepcopy(self.events)

    def stamp(self, event: Occurrence) -> None:
        """A new version, by the one who makes the changes."""
        event["version"] += 1
        event["by"] = self.me.id

    def targets(
        self,
        named: int,
        scope: int,
        now: dt.datetime,
        is_mine: Callable[[Occurrence], bool] | None = None,
    ) -> list[int]:
        """Open, not over, of the same series; with scope 1 not before the named one.

        `is_mine`: which of them; the default: what the manager may change.
        """
        is_mine = is_mine or self.me.may_change
        one = self.events[named]
        return [
            event_id
            for event_id, event in self.events.items()
            if event["series_id"] == one["series_id"]
            and event["status"] == 0
            and event["end"] > now
            and is_mine(event)
            and (scope == 2 or event["origin"] >= one["origin"])
        ]

    def update_one(self, named: int, sent: dict[str, Any]) -> None:
        """Scope 0: what changes becomes the occurrence's own."""
        event = self.events[named]
        changed = {name for name, value in sent.items() if event[name] != value}
        if changed:
            event.update(sent)
            self.stamp(event)
            if event["series_id"]:
                event["own"] |= {WIRE.get(name, name) for name in changed}

    def update_many(
        self, named: int, targets: list[int], sent: dict[str, Any], reset: bool, series_id: int
    ) -> None:
        """Scope 1 and 2; `series_id`: the series of the targets afterwards."""
        old = self.events[named]
        by = sent["start"] - old["start"] if "start" in sent else dt.timedelta()
        length = dt.timedelta(seconds=self.rules[old["series_id"]]["duration_sec"])
        if "end" in sent:
            length = sent["end"] - sent.get("start", old["start"])
        for event_id in targets:
            before = self.events[event_id]
            event = copy.deepcopy(before)
            if reset:
                event["own"] -= {WIRE.get(name, name) for name in sent}
            for name in ("title", "location"):
                if name in sent and name not in event["own"]:
                    event[name] = sent[name]
            self._place(event, by, length, "end" in sent)
            event["series_id"] = series_id
            if event != before:
                self.stamp(event)
                self.events[event_id] = event

    def _place(
        self, event: Occurrence, by: dt.timedelta, length: dt.timedelta, is_end_sent: bool
    ) -> None:
        """Where a mutation that moves all by `by` leaves one."""
        kept = event["end"] - event["start"]
        event["origin"] += by
        if "start_time" not in event["own"]:
            event["start"] = event["origin"]
            event["end"] = event["start"] + (kept if "end_time" in event["own"] else length)
        elif is_end_sent and "end_time" not in event["own"]:
            event["end"] = event["start"] + length

    def complete(self, named: int) -> None:
        if self.events[named]["status"] == 0:
            self.events[named]["status"] = 1
            self.stamp(self.events[named])

    def respond(self, ids: list[int], status: int) -> None:
        """An answer is no own field."""
        for event in map(self.events.__getitem__, ids):
            if event["answers"][self.me.id] != status:
                event["answers"][self.me.id] = status
                self.stamp(event)

    def delete(self, ids: list[int]) -> None:
        for event_id in ids:
            del self.events[event_id]

    def restore(self, event_id: int) -> None:
        """A deleted occurrence comes back as a single event: its rule has given up the date."""
        event = copy.deepcopy(self.trash[event_id])
        event.update(series_id=0, origin=None, own=set())
        self.stamp(event)
        self.events[event_id] = event

    def undo(self, batch_id: int) -> tuple[int, list[int]]:
        """How many are put back, and which are left as somebody has changed them since.

        What the manager cannot see is neither undone nor named. Where somebody has changed a rule
        since that the batch changed, occurrences stay where they are. The server makes what comes
        by the rule of before again.
        """
        count, left = 0, []
        rules = self.batch_rules[batch_id]
        is_conflict = any(
            times(before) != times(after) and times(after) != times(self.rules.get(one))
            for one, (before, after) in rules.items()
        )
        steps = {
            event_id: (before, after)
            for event_id, (before, after) in self.batches[batch_id].items()
            if self.me.sees(self.events.get(event_id) or after or before or {})
        }
        for event_id, (before, after) in steps.items():
            is_moved = place(before) != place(after)
            may_go = self._may_go_back(event_id, before, after)
            is_touched = self._is_touched(event_id, before, after)
            if is_touched or not may_go or (is_conflict and is_moved):
                left.append(event_id)
        if not is_conflict:
            self._delete_made_since(batch_id)
        self._leave_occupied(steps, left)
        for event_id, (before, _) in steps.items():
            if event_id in left:
                continue
            count += 1
            current = self.events.pop(event_id, None)
            if before is None:
                continue
            self.events[event_id] = copy.deepcopy(before)
            self.events[event_id]["version"] = (current or before)["version"]
            self.stamp(self.events[event_id])
            if current is None and not self._comes_back(before["series_id"], rules):
                self.events[event_id].update(series_id=0, origin=None, own=set())
        return count, sorted(left)

    def _leave_occupied(self, steps: dict[int, Any], left: list[int]) -> None:
        """What would come to the date of one that stays stays, too."""
        is_found = True
        while is_found:
            back = [one for one in steps if one not in left]
            held = {place(e) for one, e in self.events.items() if one not in back}
            found = [one for one in back if steps[one][0] and place(steps[one][0]) in held]
            found = [one for one in found if steps[one][0]["series_id"]]
            left += found
            is_found = bool(found)

    def _comes_back(
        self, series_id: int, rules: dict[int, tuple[Rule | None, Rule | None]]
    ) -> bool:
        """Whether a deleted occurrence finds the rule as the batch left it."""
        if series_id not in rules:
            return series_id in self.rules
        _, after = rules[series_id]
        return after is None or times(after) == times(self.rules.get(series_id))

    def _delete_made_since(self, batch_id: int) -> None:
        """What the server has made by a rule that is undone."""
        for series_id, (before, after) in self.batch_rules[batch_id].items():
            if times(before) == times(after) or after is None or after["is_ended"]:
                continue
            for event_id, event in list(self.events.items()):
                if (
                    event["series_id"] == series_id
                    and event_id not in self.batches[batch_id]
                    and event["version"] == 1
                    and event["status"] == 0
                    and event["origin"] >= wall(after["horizon"])
                ):
                    del self.events[event_id]

    def _may_go_back(
        self, event_id: int, before: Occurrence | None, after: Occurrence | None
    ) -> bool:
        """Whether the manager may change it, and have it where it was; an answer is their own."""
        if (
            before
            and after
            and without_answer(before, self.me.id) == without_answer(after, self.me.id)
        ):
            return True
        shown = self.events.get(event_id) or after or before
        assert shown is not None
        is_there = event_id in self.events and before and before["desk"] == shown["desk"]
        may_place = before is None or is_there or self.me.may_place(before)
        return bool(self.me.may_change(shown) and may_place)

    def _is_touched(
        self, event_id: int, before: Occurrence | None, after: Occurrence | None
    ) -> bool:
        current = self.events.get(event_id)
        if current is None and after is None:
            assert before is not None
            return bool(self.trash[event_id]["version"] != before["version"])
        if current is None or after is None or content(current) != content(after):
            return True
        return bool(current["version"] != after["version"] and current["by"] != self.me.id)


def content(event: Occurrence) -> Occurrence:
    """What counts as changed; the manager of a batch may take later changes back."""
    return {name: value for name, value in event.items() if name not in ("version", "by")}


def without_answer(event: Occurrence, manager_id: int) -> Occurrence:
    """The event without what one manager has answered."""
    answers = {who: status for who, status in event["answers"].items() if who != manager_id}
    return content(event) | {"answers": answers}


def times(rule: Rule | None) -> Any:
    """What decides when the occurrences of a rule come, but for the dates that are left out."""
    return rule and {name: rule[name] for name in ("rrule", "start_time", "duration_sec")}


def place(event: Occurrence | None) -> Any:
    return event and (event["series_id"], event["origin"])


WIRE = {"start": "start_time", "end": "end_time"}

"""A slow, plain model of the calendar in memory, written from the contract, sections 3 to 7.

It shares no code with the server. Answers are (status, code, event or None).
"""

import copy
import fnmatch
from typing import Any

from harness import ADMIN, CRM_ADMIN

Event = dict[str, Any]
Outcome = tuple[int, str | None, Event | None]

DEFAULTS: dict[str, Any] = {
    "brand": "default",
    "desk": "",
    "type": 0,
    "status": 0,
    "priority": 1,
    "ast_json": None,
    "all_day": 0,
    "timezone": "",
    "remind_time": 0,
    "remind_before_sec": 0,
    "customer_id": 0,
    "lead_id": 0,
    "login": 0,
}
STATUSES = {"MngArchiveCalendarEvent": 3, "MngCompleteCalendarEvent": 1}
NOT_FOUND: Outcome = (404, "NOT_FOUND", None)
FORBIDDEN: Outcome = (403, "FORBIDDEN", None)
BAD_END: Outcome = (400, "INVALID_FIELD", None)


class Caller:
    """Who asks: claims of a token."""

    def __init__(self, manager_id: int, type: int, desks: str = "*", brands: str = "*") -> None:
        self.manager_id = manager_id
        self.type = type
        self.desks = desks
        self.brands = brands

    def __repr__(self) -> str:
        return f"Caller{(self.manager_id, self.type, self.desks, self.brands)}"

    def claims(self) -> dict[str, Any]:
        return {"desks": self.desks, "brands": self.brands}

    def has_brand(self, event: Event) -> bool:
        return fits(self.brands, event["brand"])

    def in_scope(self, event: Event) -> bool:
        return self.has_brand(event) and (
            self.type in (ADMIN, CRM_ADMIN) or fits(self.desks.upper(), event["desk"])
        )

    def owns(self, event: Event) -> bool:
        return self.manager_id in (event["owner_manager_id"], event["created_by"])

    def takes_part(self, event: Event) -> bool:
        return any(row["manager_id"] == self.manager_id for row in event["participants"])

    def sees(self, event: Event) -> bool:
        mine = self.owns(event) or self.takes_part(event)
        return self.in_scope(event) or (self.has_brand(event) and mine)

    def may_change(self, event: Event) -> bool:
        return self.in_scope(event) or (self.has_brand(event) and self.owns(event))

    def may_place(self, event: Event) -> bool:
        personal = not event["desk"] and self.has_brand(event) and self.owns(event)
        return self.in_scope(event) or personal


def fits(mask: str, code: str) -> bool:
    """Masks of these tests hold no character that `fnmatch` would take otherwise."""
    parts = [part.strip() for part in mask.split(",")]
    wanted = [part for part in parts if not part.startswith("!")]
    unwanted = [part[1:] for part in parts if part.startswith("!")]
    return any(fnmatch.fnmatchcase(code, part) for part in wanted) and not any(
        fnmatch.fnmatchcase(code, part) for part in unwanted
    )


class Calendar:
    """Every event that is there, by id."""

    def __init__(self) -> None:
        self.events: dict[int, Event] = {}
        self.last_id = 0

    def answer(self, caller: Caller, command: str, data: dict[str, Any], now: int) -> Outcome:
        """What the server must answer; takes effect here too."""
        if data.get("start_time", 0) > data.get("end_time", data.get("start_time", 0)):
            return BAD_END
        if command == "MngAddCalendarEvent":
            return self._add(caller, data, now)
        event = self.events.get(data["id"])
        if event is None or not caller.sees(event):
            return NOT_FOUND
        if command == "MngGetCalendarEvent":
            return 200, None, event
        if command == "MngRespondCalendarEvent":
            return self._respond(caller, event, data, now)
        if not caller.may_change(event):
            return FORBIDDEN
        if command == "MngUpdateCalendarEvent":
            return self._update(caller, event, data, now)
        if data.get("if_version") not in (None, event["version"]):
            return 409, "CONFLICT", None
        if command == "MngDeleteCalendarEvent":
            del self.events[event["id"]]
            return 200, None, None
        return self._keep(caller, event, event | {"status": STATUSES[command]}, now)

    def seen_by(self, caller: Caller, manager_id: int, mask: str) -> list[int]:
        """Ids of a list of everything, in its order."""
        found = [
            event
            for event in self.events.values()
            if caller.sees(event)
            and fits(mask, event["desk"])
            and (not manager_id or Caller(manager_id, 1, "-", "*").sees(event))
        ]
        return [e["id"] for e in sorted(found, key=lambda e: (e["start_time"], e["id"]))]

    def _add(self, caller: Caller, data: dict[str, Any], now: int) -> Outcome:
        sent = {name: value for name, value in data.items() if value is not None}
        creator = sent.get("created_by") or caller.manager_id
        event: Event = {
            "id": self.last_id + 1,
            **DEFAULTS,
            "updated_by": 0,
            "reminder_sent_time": 0,
            **sent,
            "created_by": creator,
            "owner_manager_id": sent.get("owner_manager_id") or creator,
            "created_time": now,
            "updated_time": now,
            "version": 1,
        }
        event.pop("participant_manager_ids", None)
        event["desk"] = event["desk"].upper()
        event["participants"] = rows(event, wanted_rows(data) or [], [], now)
        if not caller.may_place(event):
            return FORBIDDEN
        self.last_id += 1
        self.events[event["id"]] = event
        return 200, None, event

    def _update(self, caller: Caller, event: Event, data: dict[str, Any], now: int) -> Outcome:
        sent = {name: DEFAULTS.get(name) if v is None else v for name, v in data.items()}
        for name in ("if_version", "participants", "participant_manager_ids", "created_by"):
            sent.pop(name, None)
        after = event | sent
        after["desk"] = after["desk"].upper()
        after["owner_manager_id"] = after["owner_manager_id"] or event["created_by"]
        place = ("brand", "desk")
        if any(after[name] != event[name] for name in place) and not caller.may_place(after):
            return FORBIDDEN
        if data.get("if_version") not in (None, event["version"]):
            return 409, "CONFLICT", None
        if after["end_time"] < after["start_time"]:
            return BAD_END
        wanted = wanted_rows(data)
        if wanted is None and after["owner_manager_id"] != event["owner_manager_id"]:
            wanted = [{"manager_id": row["manager_id"]} for row in event["participants"]]
        if wanted is not None:
            after["participants"] = rows(after, wanted, event["participants"], now)
        return self._keep(caller, event, after, now)

    def _respond(self, caller: Caller, event: Event, data: dict[str, Any], now: int) -> Outcome:
        if not caller.takes_part(event):
            return FORBIDDEN
        if data.get("if_version") not in (None, event["version"]):
            return 409, "CONFLICT", None
        after = copy.deepcopy(event)
        for row in after["participants"]:
            if row["manager_id"] == caller.manager_id and row["status"] != data["status"]:
                row |= {"status": data["status"], "updated_time": now}
        return self._keep(caller, event, after, now)

    def _keep(self, caller: Caller, before: Event, after: Event, now: int) -> Outcome:
        if after == before:
            return 200, None, before
        after = after | {
            "version": before["version"] + 1,
            "updated_by": caller.manager_id,
            "updated_time": now,
        }
        self.events[after["id"]] = after
        return 200, None, after


def wanted_rows(data: dict[str, Any]) -> list[dict[str, int]] | None:
    """The list that was sent, of whichever key counts."""
    if data.get("participants") is not None:
        return list(data["participants"])
    if data.get("participant_manager_ids") is not None:
        return [{"manager_id": m} for m in dict.fromkeys(data["participant_manager_ids"])]
    return None


def rows(
    event: Event, wanted: list[dict[str, int]], known: list[dict[str, int]], now: int
) -> list[dict[str, int]]:
    """The owner's row, then the others as sent. Source: contract, section 5."""
    owner = event["owner_manager_id"]
    first = [row for row in wanted if row["manager_id"] == owner] or [{"manager_id": owner}]
    made = []
    for row in first + [row for row in wanted if row["manager_id"] != owner]:
        manager = row["manager_id"]
        old = next((r for r in known if r["manager_id"] == manager), None)
        is_owner = manager == owner
        role = row.get("role", old["role"] if old else 1)
        role = 0 if is_owner else (role or 1)
        status = row.get("status", old["status"] if old else int(is_owner))
        same = old is not None and (old["role"], old["status"]) == (role, status)
        made.append(
            {
                "event_id": event["id"],
                "manager_id": manager,
                "role": role,
                "status": status,
                "created_time": old["created_time"] if old else now,
                "updated_time": old["updated_time"] if old and same else now,
            }
        )
    return made

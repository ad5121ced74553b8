"""What claims look at in the embedded store: calls by their indexes."""

from collections.abc import Mapping, Sequence
from typing import Any

import apsw
import msgspec

from deskcal.core.claims import NUMBERS, Claim, numbers_of
from deskcal.core.document import decode_event
from deskcal.core.event import Event
from deskcal.store.ports.calls import CallKind, CallQuery

_BY_START = """SELECT * FROM (
    SELECT id, {columns}document FROM event INDEXED BY {index}
    WHERE claim_state = 1 AND {whose} AND priority = {priority} AND {when}
    ORDER BY start_time, id LIMIT :limit)"""
_OWN = "owner_manager_id = :manager_id"


def _by_priority(index: str, whose: str, when: str, columns: str = "") -> str:
    parts = (
        _BY_START.format(index=index, whose=whose, when=when, priority=priority, columns=columns)
        for priority in (3, 2, 1, 0)
    )
    return " UNION ALL ".join(parts)


_QUERIES = {
    CallKind.OWN: _by_priority("event_to_claim", _OWN, "start_time <= :now"),
    CallKind.POOL: """
        SELECT id, document FROM event INDEXED BY event_in_pool
        WHERE claim_state = 1 AND pool_time > 0 AND pool_time <= :now AND priority = :priority
          AND start_time <= :now AND collection_id IN (SELECT value FROM json_each(:places))
        ORDER BY start_time, id LIMIT :limit""",
    CallKind.NEXT_OWN: f"""
        SELECT id, document FROM (
            {_by_priority("event_to_claim", _OWN, "start_time > :now", "start_time, ")}
        ) ORDER BY start_time, id LIMIT :limit""",  # noqa: S608
    CallKind.NEXT_POOL: """
        SELECT id, document FROM event INDEXED BY event_by_pool_time
        WHERE claim_state = 1 AND pool_time > 0 AND pool_time > :now
          AND collection_id IN (SELECT value FROM json_each(:places))
        ORDER BY pool_time, id LIMIT :limit""",
    CallKind.MINE: """
        SELECT id, document FROM event INDEXED BY event_by_claimer
        WHERE claim_state = 2 AND claimed_by = :manager_id""",
    CallKind.LAPSED: """
        SELECT id, document FROM event INDEXED BY event_by_claim_until
        WHERE claim_state = 2 AND claim_until <= :now""",
    CallKind.CLAIMED: """
        SELECT id, document FROM event INDEXED BY event_by_claim_until
        WHERE claim_state = 2 AND claim_until > :now ORDER BY claim_until, id LIMIT :limit""",
}
_HELD = " UNION ALL ".join(
    f"""
    SELECT '{name}', {name}, id, document FROM event INDEXED BY event_claimed_{index}
    WHERE claim_state = 2 AND {name} > 0 AND {name} IN (SELECT value FROM json_each(:{name}))"""  # noqa: S608
    for name, index in (("customer_id", "customer"), ("lead_id", "lead"), ("login", "login"))
)
_MINE = """
    SELECT claimed_by, id, document FROM event INDEXED BY event_by_claimer
    WHERE claim_state = 2 AND claimed_by IN (SELECT value FROM json_each(?))"""
_OWNERS = """
    SELECT value FROM json_each(?) WHERE EXISTS (
        SELECT 1 FROM event INDEXED BY event_to_claim
        WHERE claim_state = 1 AND owner_manager_id = value)"""
_CONTACTS = {
    name: f"""
        SELECT done_time, id, document FROM event INDEXED BY event_by_{name.removesuffix("_id")}
        WHERE {name} > 0 AND {name} = ? AND status IN (1, 3) AND done_time > ?
          AND outcome IN (SELECT value FROM json_each(?))"""  # noqa: S608
    for name in NUMBERS
}

_OF_OWNER = (CallKind.OWN, CallKind.NEXT_OWN)
_FAR = (CallKind.NEXT_OWN, CallKind.NEXT_POOL)
"""Kinds of which nothing is claimed now."""


class SqliteCalls:
    """A `CallSource`, within one transaction: what was read once is remembered."""

    def __init__(
        self, connection: apsw.Connection, collections: Mapping[tuple[str, str], int]
    ) -> None:
        """`collections`: number of each (brand, desk)."""
        self._connection = connection
        self._collections = collections
        self.events: dict[int, tuple[Event, bytes]] = {}
        """Those in the rows so far, with their documents."""
        self._mine: dict[int, list[Event]] = {}
        self._without_own: set[int] = set()
        self._held: dict[tuple[str, int], list[Event]] = {}

    def prepare(self, claims: Sequence[Claim]) -> None:
        """Reads with one statement what each of several managers holds, and who has own calls."""
        managers = list({claim.manager_id for claim in claims})
        text = msgspec.json.encode(managers).decode()
        self._mine = {manager_id: [] for manager_id in managers}
        for manager_id, *row in self._run(_MINE, (text,)):
            self._mine[manager_id].append(self._kept(row[0], row[1]))
        owners = {manager_id for (manager_id,) in self._run(_OWNERS, (text,))}
        self._without_own = set(managers) - owners

    def places(self, claim: Claim) -> tuple[int, ...]:
        """Collections that the filters and the session's scope let through."""
        return tuple(
            sorted(
                number
                for (brand, desk), number in self._collections.items()
                if claim.takes(brand, desk) and claim.session.in_scope(brand, desk)
            )
        )

    def rows(self, query: CallQuery) -> list[Event]:
        """The calls that `query` asks for."""
        if query.kind is CallKind.MINE and query.manager_id in self._mine:
            return self._mine[query.manager_id]
        if query.kind in _OF_OWNER and query.manager_id in self._without_own:
            return []
        bindings = {
            "manager_id": query.manager_id,
            "places": msgspec.json.encode(query.places).decode(),
            "now": query.now,
            "limit": query.limit,
            "priority": query.priority,
        }
        rows = [self._kept(*row) for row in self._run(_QUERIES[query.kind], bindings)]
        if query.kind not in _FAR:
            self._read_held(rows)
        return rows

    def _kept(self, event_id: int, document: bytes) -> Event:
        event = decode_event(document)
        self.events[event_id] = (event, document)
        return event

    def _read_held(self, events: Sequence[Event]) -> None:
        """Who holds the customers of these calls, with one statement."""
        wanted: dict[str, list[int]] = {name: [] for name in NUMBERS}
        for event in events:
            for name, number in numbers_of(event):
                if (name, number) not in self._held:
                    self._held[name, number] = []
                    wanted[name].append(number)
        if any(wanted.values()):
            lists = {name: msgspec.json.encode(found).decode() for name, found in wanted.items()}
            for name, number, *row in self._run(_HELD, lists):
                self._held[name, number].append(self._kept(row[0], row[1]))

    def held(self, field: str, number: int) -> list[Event]:
        """Claimed events with that number."""
        found = self._held.get((field, number))
        if found is None:
            lists = {name: f"[{number}]" if name == field else "[]" for name in NUMBERS}
            rows = self._run(_HELD, lists)
            found = self._held[field, number] = [self._kept(row[2], row[3]) for row in rows]
        return found

    def contacts(
        self, field: str, number: int, outcomes: tuple[str, ...], since: int
    ) -> list[tuple[int, Event]]:
        """Events with that number and one of these outcomes, completed after `since`, and when."""
        bindings = (number, since, msgspec.json.encode(outcomes).decode())
        rows = self._run(_CONTACTS[field], bindings)
        return [(done_time, self._kept(*row)) for done_time, *row in rows]

    def _run(self, statement: str, bindings: Any) -> list[Any]:
        return list(self._connection.execute(statement, bindings))

"""What claims look at on PostgreSQL: calls by their indexes, fetched round by round.

A group with claims holds one advisory lock from its first look to its commit, so the claims of all
nodes come one group after the other, and each sees the claims that were committed before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deskcal.core.claims import NUMBERS, Claim, numbers_of
from deskcal.core.document import decode_event
from deskcal.core.event import MAX_TIME, Event
from deskcal.store.ports.calls import CallKind, CallQuery, MissingRows
from deskcal.store.postgres.connection import Connection

CLAIM_LOCK = (0x6465736B, 4)
"""Key of the advisory lock: "desk", and which of ours."""

LOCK_CLAIMS = "SELECT pg_advisory_xact_lock(%s, %s)"
_BY_START = """(
    SELECT id, document, start_time FROM event
    WHERE claim_state = 1 AND {whose} AND priority = {priority} AND {when}
    ORDER BY start_time, id LIMIT {limit})"""
_OWN = "owner_manager_id = %(manager_id)s"


def _by_priority(whose: str, when: str) -> str:
    parts = (
        _BY_START.format(whose=whose, when=when, priority=priority, limit="%(limit)s")
        for priority in (3, 2, 1, 0)
    )
    return " UNION ALL ".join(parts)


# LAPSED: the lower bound keeps unclaimed events, which have 0 there, out of the planner's estimate.
_QUERIES = {
    CallKind.OWN: _by_priority(_OWN, "start_time <= %(now)s"),
    CallKind.POOL: """
        SELECT id, document FROM event
        WHERE claim_state = 1 AND pool_time > 0 AND pool_time <= %(now)s
          AND priority = %(priority)s AND start_time <= %(now)s
          AND collection_id = ANY(%(places)s::integer[])
        ORDER BY start_time, id LIMIT %(limit)s""",
    CallKind.NEXT_OWN: _by_priority(_OWN, "start_time > %(now)s")
    + " ORDER BY start_time, id LIMIT %(limit)s",
    CallKind.NEXT_POOL: """
        SELECT id, document FROM event
        WHERE claim_state = 1 AND pool_time > 0 AND pool_time > %(now)s
          AND collection_id = ANY(%(places)s::integer[])
        ORDER BY pool_time, id LIMIT %(limit)s""",
    CallKind.MINE: """
        SELECT id, document FROM event
        WHERE claim_state = 2 AND claimed_by = %(manager_id)s""",
    CallKind.LAPSED: """
        SELECT id, document FROM event
        WHERE claim_state = 2 AND claim_until > 0 AND claim_until <= %(now)s""",
    CallKind.CLAIMED: """
        SELECT id, document FROM event WHERE claim_state = 2 AND claim_until > %(now)s
        ORDER BY claim_until, id LIMIT %(limit)s""",
}
_HELD = {
    name: f"""
        SELECT {name}, id, document FROM event
        WHERE claim_state = 2 AND {name} > 0 AND {name} = ANY(%s::bigint[])"""  # noqa: S608
    for name in NUMBERS
}
_CONTACTS = {
    name: f"""
        SELECT {name}, done_time, document FROM event
        WHERE {name} > 0 AND {name} = ANY(%s::bigint[]) AND status IN (1, 3)
          AND outcome = ANY(%s::text[]) AND done_time > %s"""  # noqa: S608
    for name in NUMBERS
}
_LOCK = "SELECT id, document FROM event WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"

Numbered = dict[tuple[str, int], list[tuple[int, Event]]]
"""Rows by field and number: id or done_time, and the event."""


class PostgresCalls:
    """A `CallSource` that fetches what was asked for, between two attempts at a group."""

    def __init__(self) -> None:
        self.collections: Mapping[tuple[str, str], int] = {}
        self._rows: dict[CallQuery, list[Event]] = {}
        self._held: Numbered = {}
        self._contacts: Numbered = {}
        self._outcomes: tuple[str, ...] = ()
        self._since = MAX_TIME
        self._missing: dict[CallQuery, None] = {}
        self._missing_numbers: set[tuple[str, int]] = set()
        self._missing_contacts: set[tuple[str, int]] = set()
        self.missing_ids: set[int] = set()
        """Events that are yet to be locked."""

    def prepare(self, claims: Sequence[Claim]) -> None:
        """Nothing: what is missing is fetched at one time anyhow."""

    def places(self, claim: Claim) -> tuple[int, ...]:
        """Collections that the filters and the session's scope let through."""
        return tuple(
            sorted(
                number
                for (brand, desk), number in self.collections.items()
                if claim.takes(brand, desk) and claim.session.in_scope(brand, desk)
            )
        )

    def rows(self, query: CallQuery) -> list[Event]:
        """The calls that `query` asks for."""
        if query not in self._rows:
            self._missing[query] = None
            raise MissingRows
        return self._rows[query]

    def held(self, field: str, number: int) -> list[Event]:
        """Claimed events with that number."""
        found = _of_number(self._held, self._missing_numbers, (field, number))
        return [event for _, event in found]

    def contacts(
        self, field: str, number: int, outcomes: tuple[str, ...], since: int
    ) -> list[tuple[int, Event]]:
        """Events with that number and one of these outcomes, completed after `since`, and when."""
        self._outcomes = outcomes
        if since < self._since:
            self._since = since
            self._contacts.clear()
        return _of_number(self._contacts, self._missing_contacts, (field, number))

    async def fetch(self, connection: Connection) -> list[tuple[int, bytes]]:
        """Fetches what is missing; id and document of the events that were, now locked."""
        queries, self._missing = list(self._missing), {}
        cursors = []
        async with connection.pipeline():
            for query in queries:
                cursors.append(await _run(connection, _QUERIES[query.kind], _bindings(query)))
        for query, cursor in zip(queries, cursors, strict=True):
            self._rows[query] = [decode_event(row[1]) for row in await cursor.fetchall()]
            self._missing_numbers |= _numbers(self._rows[query])
        new = self._missing_numbers - self._held.keys()
        await _fetch(connection, _HELD, new, self._held)
        self._missing_numbers.clear()
        if self._outcomes:
            new = (self._missing_contacts | new) - self._contacts.keys()
            await _fetch(
                connection, _CONTACTS, new, self._contacts, list(self._outcomes), self._since
            )
            self._missing_contacts.clear()
        ids, self.missing_ids = sorted(self.missing_ids), set()
        if not ids:
            return []
        locked = await _run(connection, _LOCK, (ids,))
        return list(await locked.fetchall())


def _of_number(
    known: Numbered, missing: set[tuple[str, int]], key: tuple[str, int]
) -> list[tuple[int, Event]]:
    if key not in known:
        missing.add(key)
        raise MissingRows
    return known[key]


def _numbers(events: Iterable[Event]) -> set[tuple[str, int]]:
    return {key for event in events for key in numbers_of(event)}


async def _fetch(
    connection: Connection,
    statements: Mapping[str, str],
    keys: Iterable[tuple[str, int]],
    into: Numbered,
    *more: object,
) -> None:
    """The rows of these numbers, into `into`."""
    wanted: dict[str, list[int]] = {}
    for field, number in keys:
        into[field, number] = []
        wanted.setdefault(field, []).append(number)
    for field, numbers in wanted.items():
        cursor = await _run(connection, statements[field], (numbers, *more))
        for number, value, document in await cursor.fetchall():
            into[field, number].append((value, decode_event(document)))


def _bindings(query: CallQuery) -> dict[str, Any]:
    return {
        "manager_id": query.manager_id,
        "places": list(query.places),
        "now": query.now,
        "limit": query.limit,
        "priority": query.priority,
    }


async def _run(connection: Connection, statement: str, values: Any) -> Any:
    return await connection.execute(statement.encode(), values, binary=True)

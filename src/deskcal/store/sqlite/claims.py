"""What claims look at in the embedded store: calls by their indexes."""

from collections.abc import Mapping
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from deskcal.core.claims import Claim
from deskcal.store.calls import CallKind, CallQuery, Row

_BY_START = """SELECT * FROM (
    SELECT id, {columns}document FROM event INDEXED BY {index}
    WHERE claim_state = 1 AND {whose} AND priority = {priority} AND {when}
    ORDER BY start_time, id LIMIT :limit)"""
_OWN = "owner_manager_id = :manager_id"
_POOL = """pool_time > 0 AND pool_time <= :now
        AND collection_id IN (SELECT value FROM json_each(:places))"""


def _by_priority(index: str, whose: str, when: str, columns: str = "") -> str:
    parts = (
        _BY_START.format(index=index, whose=whose, when=when, priority=priority, columns=columns)
        for priority in (3, 2, 1, 0)
    )
    return " UNION ALL ".join(parts)


_QUERIES = {
    CallKind.OWN: _by_priority("event_to_claim", _OWN, "start_time <= :now"),
    CallKind.POOL: _by_priority("event_in_pool", _POOL, "start_time <= :now"),
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
_HELD = {
    "customer_id": """
        SELECT id, document FROM event INDEXED BY event_claimed_customer
        WHERE claim_state = 2 AND customer_id > 0 AND customer_id = ?""",
    "lead_id": """
        SELECT id, document FROM event INDEXED BY event_claimed_lead
        WHERE claim_state = 2 AND lead_id > 0 AND lead_id = ?""",
    "login": """
        SELECT id, document FROM event INDEXED BY event_claimed_login
        WHERE claim_state = 2 AND login > 0 AND login = ?""",
}
_CONTACTS = {
    name: f"""
        SELECT id, document FROM event INDEXED BY event_by_{name.removesuffix("_id")}
        WHERE {name} > 0 AND {name} = ? AND status = 1
          AND outcome IN (SELECT value FROM json_each(?))"""  # noqa: S608
    for name in _HELD
}


class SqliteCalls(Struct, frozen=True):
    """A `CallSource`."""

    connection: apsw.Connection
    collections: Mapping[tuple[str, str], int]
    """Number of each (brand, desk)."""

    def places(self, claim: Claim) -> tuple[int, ...]:
        """Collections that the filters and the session's scope let through."""
        return tuple(
            sorted(
                number
                for (brand, desk), number in self.collections.items()
                if claim.takes(brand, desk) and claim.session.in_scope(brand, desk)
            )
        )

    def rows(self, query: CallQuery) -> list[Row]:
        """The calls that `query` asks for."""
        bindings = {
            "manager_id": query.manager_id,
            "places": msgspec.json.encode(query.places).decode(),
            "now": query.now,
            "limit": query.limit,
        }
        return self._run(_QUERIES[query.kind], bindings)

    def held(self, field: str, number: int) -> list[Row]:
        """Claimed events with that number."""
        return self._run(_HELD[field], (number,))

    def contacts(self, field: str, number: int, outcomes: tuple[str, ...]) -> list[Row]:
        """Done events with that number and one of these outcomes."""
        return self._run(_CONTACTS[field], (number, msgspec.json.encode(outcomes).decode()))

    def _run(self, statement: str, bindings: Any) -> list[Row]:
        rows: Any = self.connection.execute(statement, bindings)
        return list(rows)

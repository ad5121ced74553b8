"""The call desk: completing a call with what came of it and what follows; claims of calls."""

from collections.abc import Coroutine
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.events import EventInScope, EventKey, EventVersion
from deskcal.commands.preconditions import require_version
from deskcal.commands.registry import Changing, Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.claims import CALLS, MAX_LEASE_SEC, MIN_LEASE_SEC, Claim, released
from deskcal.core.completion import (
    Completion,
    FollowUp,
    checked_completion,
    completed,
    follow_up_of,
    require_same,
    require_unclaimed,
)
from deskcal.core.document import encode_event, scope_of
from deskcal.core.event import ChangeType, Event, EventStatus, EventType, Flag
from deskcal.core.masks import desk_mask_of
from deskcal.core.outcomes import Outcome
from deskcal.core.sessions import ADMIN_TYPES, EVERY_DESK, Session
from deskcal.core.visibility import not_found
from deskcal.errors import FieldRequired, Forbidden, InvalidField
from deskcal.live.connections import Peer
from deskcal.store.ports.calls import ClaimAnswer
from deskcal.store.ports.work import Applied, Changes, Mutation, Transaction

LEASE_SEC = 300
_DONE, _UPDATED = EventStatus.DONE, ChangeType.UPDATED
CallType = Literal[2, 4]


class ClaimNext(Struct, kw_only=True):
    """Which event to claim, and for how long."""

    desk_filter: str | None = msgspec.field(name="deskFilter", default=None)
    types: list[CallType] | None = None
    pool: Flag | None = 1
    lease_sec: Annotated[int, Meta(ge=MIN_LEASE_SEC, le=MAX_LEASE_SEC)] | None = None
    brand: str | None = None
    id: EventKey | None = None


class Complete(EventInScope, kw_only=True):
    """One event to complete, what came of it, and what is to follow."""

    outcome: str | None = None
    outcome_note: str | None = None
    follow_up: FollowUp | None = None


@command("MngCompleteCalendarEvent", Complete)
def complete_event(services: Services, _: Peer, session: Session, data: Complete) -> Work:
    """Sets the status to 1 (done), with an outcome and a follow-up; a second time changes nothing.

    The follow-up is added in the same transaction, with the same `batch_id`.
    """
    if data.scope:
        raise InvalidField(
            f"scope ({data.scope}) is not taken: occurrences are done one by one", field="scope"
        )
    now = int(services.now())
    sent = checked_completion(data.outcome, data.outcome_note, data.follow_up, now=now)
    work = _Completing(services, session, data, sent, now)
    transaction = Transaction(
        [data.id],
        1 if sent.follow_up else 0,
        session.manager_id,
        now,
        work.apply,
        needs_outcomes=work.needs_outcomes,
    )
    return Changing(services.store.transact(transaction), work.answer)


class _Completing:
    """One completion on its way through the store."""

    def __init__(
        self, services: Services, session: Session, data: Complete, sent: Completion, now: int
    ) -> None:
        self._services = services
        self._session = session
        self._data = data
        self._sent = sent
        self._now = now
        required = services.call_rules.outcome_required_types
        self.needs_outcomes = bool(sent.outcome or sent.follow_up or required)

    def apply(self, changes: Changes) -> tuple[bytes, bytes | int]:
        """Document of the event, and that of its follow-up, or the follow-up's id; 0: none."""
        event = changes.event(self._data.id)
        if event is None:
            raise not_found(self._data.id)
        self._session.require_change(event.id, scope_of(event))
        require_version(event, self._data.if_version)
        if event.status == _DONE:
            require_same(event, self._sent)
            return encode_event(event), event.follow_up_id
        outcomes = changes.outcomes() if self.needs_outcomes else ()
        rules, actor = self._services.call_rules, self._session.manager_id
        after = completed(event, self._sent, outcomes, rules, actor=actor, now=self._now)
        follow_up: bytes | int = 0
        if self._sent.follow_up:
            outcome = next((one for one in outcomes if one.code == after.outcome), None)
            after, follow_up = self._add(changes, after, self._sent.follow_up, outcome)
        return changes.put(event.id, after, _UPDATED), follow_up

    def _add(
        self, changes: Changes, event: Event, sent: FollowUp, outcome: Outcome | None
    ) -> tuple[Event, bytes]:
        """`event` with its follow-up, which is added."""
        hours, actor = self._services.call_rules.hours, self._session.manager_id
        made: list[int] = []

        def make(event_id: int) -> Event:
            made.append(event_id)
            follow_up = follow_up_of(
                event, sent, outcome, hours, event_id=event_id, actor=actor, now=self._now
            )
            self._require_place(event, follow_up)
            return follow_up

        document = changes.add(make)
        return msgspec.structs.replace(event, follow_up_id=made[0]), document

    def _require_place(self, event: Event, follow_up: Event) -> None:
        """Raises: Forbidden where the follow-up goes to somebody else, on a desk out of scope."""
        owner = follow_up.owner_manager_id
        is_theirs = owner in (event.owner_manager_id, self._session.manager_id)
        if not is_theirs and not self._session.in_scope(follow_up.brand, follow_up.desk):
            raise Forbidden(
                f"follow_up.owner_manager_id ({owner}) would get an event on desk "
                f"{follow_up.desk!r}, which is outside your scope; keep the owner, or take it "
                "yourself",
                field="follow_up.owner_manager_id",
            )

    def answer(self, applied: Applied) -> bytes | Coroutine[Any, Any, Data]:
        """The pair that is durable."""
        event, follow_up = applied.value
        if not isinstance(follow_up, int):
            return _pair(event, follow_up)
        return self._pair_of_done(event, follow_up) if follow_up else _pair(event, b"null")

    async def _pair_of_done(self, event: bytes, follow_up_id: int) -> bytes:
        """That of an event that was done before; null for a follow-up that is not to be seen."""
        record = await self._services.store.load(follow_up_id)
        if record is None or not self._session.can_see(record):
            return _pair(event, b"null")
        return _pair(event, record.document)


def _pair(event: bytes, follow_up: bytes) -> bytes:
    return b'{"event":%b,"follow_up":%b}' % (event, follow_up)


@command("MngClaimNextCalendarEvent", ClaimNext)
def claim_next_event(services: Services, _: Peer, session: Session, data: ClaimNext) -> Work:
    """Claims the most pressing call whose time has come, or says why there is none."""
    return Changing(services.store.claim(_claim(services, session, data)), _answer_claim)


def _answer_claim(answer: ClaimAnswer) -> bytes:
    if answer.document is not None:
        return b'{"event":%b}' % answer.document
    head = b'{"event":null,"reason":"%b","retry_after_sec":%d}'
    return head % (answer.reason.encode(), answer.retry_after_sec)


def _claim(services: Services, session: Session, data: ClaimNext) -> Claim:
    """The checked form of what is to be claimed. Raises: FieldRequired, InvalidField."""
    if data.desk_filter is None and data.id is None:
        raise FieldRequired("deskFilter is required, such as '*'", field="deskFilter")
    lease_sec = LEASE_SEC if data.lease_sec is None else data.lease_sec
    named = Claim(
        session=session,
        now=int(services.now()),
        rules=services.call_rules,
        desk_filter=EVERY_DESK,
        lease_sec=lease_sec,
        event_id=data.id or 0,
    )
    if data.id is not None:
        return named
    return msgspec.structs.replace(
        named,
        desk_filter=desk_mask_of("deskFilter", data.desk_filter or "", services.limits),
        types=tuple(map(EventType, data.types)) if data.types else CALLS,
        has_pool=data.pool != 0,
        brand=data.brand or None,
    )


@command("MngReleaseCalendarEvent", EventVersion, gives_event=True, is_repeatable=True)
def release_event(services: Services, _: Peer, session: Session, data: EventVersion) -> Work:
    """Ends the caller's claim of an event; of an event that nobody has claimed, changes nothing."""
    now = int(services.now())

    def change(event: Event | None, event_id: int) -> Event:
        if event is None:
            raise not_found(event_id)
        session.require_change(event_id, scope_of(event))
        require_version(event, data.if_version)
        is_over = event.claimed_by != session.manager_id and event.claim_until <= now
        if not event.claimed_by or is_over:
            return event
        if session.type not in ADMIN_TYPES:
            require_unclaimed(event, session.manager_id, now)
        return released(event)

    mutation = Mutation(data.id, _UPDATED, session.manager_id, now, change)
    return services.store.mutate(mutation)

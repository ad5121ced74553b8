"""The call desk: completing a call with what came of it and what follows."""

from asyncio import Future

import msgspec

from deskcal.commands.events import EventInScope
from deskcal.commands.preconditions import require_version
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.completion import (
    Completion,
    FollowUp,
    checked_completion,
    completed,
    follow_up_draft,
    require_same,
)
from deskcal.core.document import encode_event, scope_of
from deskcal.core.draft import create
from deskcal.core.event import ChangeType, Event, EventStatus
from deskcal.core.outcomes import Outcome
from deskcal.core.sessions import Session
from deskcal.core.visibility import not_found
from deskcal.errors import Forbidden, InvalidField
from deskcal.live.connections import Peer
from deskcal.store.work import Applied, Changes, Transaction


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
    return work.answer(services.store.transact(transaction))


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
        self.needs_outcomes = bool(sent.outcome or sent.follow_up)

    def apply(self, changes: Changes) -> tuple[bytes, bytes | int]:
        """Document of the event, and that of its follow-up, or the follow-up's id; 0: none."""
        event = changes.event(self._data.id)
        if event is None:
            raise not_found(self._data.id)
        self._session.require_change(event.id, scope_of(event))
        require_version(event, self._data.if_version)
        if event.status == EventStatus.DONE:
            require_same(event, self._sent)
            return encode_event(event), event.follow_up_id
        outcomes = changes.outcomes() if self.needs_outcomes else ()
        rules, actor = self._services.call_rules, self._session.manager_id
        after = completed(event, self._sent, outcomes, rules, actor=actor, now=self._now)
        follow_up: bytes | int = 0
        if self._sent.follow_up:
            outcome = next((one for one in outcomes if one.code == after.outcome), None)
            after, follow_up = self._add(changes, after, self._sent.follow_up, outcome)
        return changes.put(event.id, after, ChangeType.UPDATED), follow_up

    def _add(
        self, changes: Changes, event: Event, sent: FollowUp, outcome: Outcome | None
    ) -> tuple[Event, bytes]:
        """`event` with its follow-up, which is added."""
        hours = self._services.call_rules.hours
        draft = follow_up_draft(event, sent, outcome, hours, now=self._now)
        made: list[int] = []

        def make(event_id: int) -> Event:
            made.append(event_id)
            actor = self._session.manager_id
            follow_up = create(draft, event_id=event_id, actor=actor, now=self._now)
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

    async def answer(self, work: "Future[Applied]") -> Data:
        """The pair, once it is durable."""
        event, follow_up = (await work).value
        if isinstance(follow_up, int):
            follow_up = await self._load(follow_up)
        return b'{"event":%b,"follow_up":%b}' % (event, follow_up)

    async def _load(self, event_id: int) -> bytes:
        """The follow-up of an event that was done before; null where it is not to be seen."""
        record = await self._services.store.load(event_id) if event_id else None
        if record is None or not self._session.can_see(record):
            return b"null"
        return record.document

"""MngBatchCalendarEvents: mutations of one request in one transaction, with one batch_id.

Every operation is planned by the handler of its own command, on a store that keeps what the
handler would have queued; then all of it is applied in one transaction. So the rights, the checks
and the answer of an operation are those that it would have alone.
"""

import asyncio
from asyncio import Future
from collections.abc import Coroutine
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta, Raw, Struct

from deskcal.commands.registry import COMMANDS, Command, Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import id_of
from deskcal.core.event import MAX_ID, ChangeType, Event, Flag
from deskcal.core.sessions import Session
from deskcal.core.visibility import not_found
from deskcal.errors import Conflict, DeskcalError, FieldRequired, InvalidField
from deskcal.live.connections import Peer
from deskcal.store.ports import Store
from deskcal.store.ports.work import Applied, Changes, Mutation, Transaction
from deskcal.wire.data import decode_data
from deskcal.wire.envelope import encode_failure, with_ignored
from deskcal.wire.field_errors import ignored_keys, ignored_text, with_suggestion

MAX_OPERATIONS = 500
MUTATIONS = (
    "MngAddCalendarEvent",
    "MngUpdateCalendarEvent",
    "MngDeleteCalendarEvent",
    "MngArchiveCalendarEvent",
    "MngCompleteCalendarEvent",
    "MngRespondCalendarEvent",
)
"""Commands that a batch takes. Source: contract, section 15."""
MAX_NUMBER = MAX_ID - MAX_OPERATIONS
"""Of an event; larger ones stand for what the batch creates, and no event has come to them."""

_decode_members = msgspec.json.Decoder(dict[str, Raw]).decode
_encode = msgspec.json.Encoder().encode


class Operation(Struct):
    """One mutation of a batch."""

    command: str
    data: Raw = Raw(b"{}")


class BatchEvents(Struct):
    """Mutations; `atomic` 1: all of them or none."""

    operations: Annotated[list[Operation], Meta(min_length=1, max_length=MAX_OPERATIONS)]
    atomic: Flag = 1


class _Step(Struct, eq=False):
    """One operation on its way."""

    index: int
    command: Command | None = None
    ignored: bytes = b""
    """JSON text that names the unknown keys of its data, to follow the members of its answer."""
    work: Any = None
    """The handler's answer, which waits for `answer`; a future or a task."""
    item: Mutation | Transaction | None = None
    """What the handler has queued; None: nothing yet."""
    answer: "Future[Any] | None" = None
    error: DeskcalError | None = None


class _PlanningStore:
    """A store that keeps what is queued instead of queueing it; reads go to the store itself."""

    def __init__(self, store: Store, step: _Step) -> None:
        self._store = store
        self._step = step
        self.is_planned = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def mutate(self, mutation: Mutation) -> "Future[bytes]":
        """Keeps `mutation`."""
        return self._keep(mutation)

    def transact(self, transaction: Transaction) -> "Future[Applied]":
        """Keeps `transaction`."""
        return self._keep(transaction)

    def _keep(self, item: Mutation | Transaction) -> "Future[Any]":
        self._step.item = item
        self._step.answer = asyncio.get_running_loop().create_future()
        self.is_planned.set()
        return self._step.answer


@command("MngBatchCalendarEvents", BatchEvents, is_list=True)
def batch_events(services: Services, peer: Peer, session: Session, data: BatchEvents) -> Work:
    """Applies up to 500 mutations in one transaction, all or none unless `atomic` is 0."""
    planning = [
        _plan(services, peer, session, index, operation, data.operations)
        for index, operation in enumerate(data.operations)
    ]
    steps = [step for step, _ in planning]
    unplanned = [store for step, store in planning if store and not (step.item or step.error)]
    if unplanned:
        return _when_planned(services, session, data, steps, unplanned)
    return _answer(services, session, data, steps)


def _plan(
    services: Services,
    peer: Peer,
    session: Session,
    index: int,
    operation: Operation,
    operations: list[Operation],
) -> tuple[_Step, _PlanningStore | None]:
    """What an operation's handler queues; the store is None where it was refused at once."""
    step = _Step(index)
    store = _PlanningStore(services.store, step)
    try:
        if operation.command not in MUTATIONS:
            raise InvalidField(
                f"operations[{index}].command ({operation.command[:64]!r}) can't be part of a "
                f"batch; take one of {', '.join(MUTATIONS)}",
                field=f"operations[{index}].command",
            )
        step.command = COMMANDS[operation.command]
        data = _resolved(index, operation.data, operations)
        decoded = decode_data(step.command.decoder, data)
        step.ignored = ignored_text(step.command.known, data)
        planning = msgspec.structs.replace(services, store=cast(Store, store))
        found = step.command.answer(planning, peer, session, decoded)
        step.work = asyncio.ensure_future(cast(Any, found))
        if data is operation.data and (number := getattr(decoded, "id", 0)) > MAX_NUMBER:
            raise not_found(number)
    except DeskcalError as exc:
        step.error = exc
        if isinstance(exc, FieldRequired) and step.command is not None:
            step.error = with_suggestion(exc, ignored_keys(step.command.known, operation.data))
        return step, None
    return step, store


def _resolved(index: int, data: Raw, operations: list[Operation]) -> Raw:
    """`data` with a `$n` as its `id` replaced by the number that stands for that event."""
    if b'"$' not in bytes(data):
        return data
    try:
        members = _decode_members(data)
        name = msgspec.json.decode(members["id"], type=str)
    except (msgspec.DecodeError, KeyError):
        return data
    number = name.removeprefix("$")
    if not number.isdecimal() or int(number) >= index or not _creates(operations[int(number)]):
        raise InvalidField(
            f"id ({name[:16]!r}) must name an earlier operation that creates an event, "
            "such as '$0' for the first",
            field="id",
        )
    return Raw(_encode(members | {"id": _standing_for(int(number))}))


def _creates(operation: Operation) -> bool:
    return operation.command == "MngAddCalendarEvent"


def _standing_for(index: int) -> int:
    """The id that stands for the event of an operation until it has one."""
    return MAX_ID - index


async def _when_planned(
    services: Services,
    session: Session,
    data: BatchEvents,
    steps: list[_Step],
    unplanned: list[_PlanningStore],
) -> Data:
    """For operations whose handlers read before they queue."""
    waiting = [asyncio.ensure_future(store.is_planned.wait()) for store in unplanned]
    try:
        for step, planned in zip(_unplanned(steps), waiting, strict=True):
            await asyncio.wait([step.work, planned], return_when=asyncio.FIRST_COMPLETED)
            if step.item is None and step.work.done() and (exc := step.work.exception()):
                if not isinstance(exc, DeskcalError):
                    raise exc
                step.error = exc
    finally:
        for planned in waiting:
            planned.cancel()
    return await _answer(services, session, data, steps)


def _unplanned(steps: list[_Step]) -> list[_Step]:
    return [step for step in steps if not (step.item or step.error)]


def _transaction(
    services: Services, session: Session, data: BatchEvents, steps: list[_Step]
) -> Transaction:
    """All steps in one; its value lists what each leaves: a document, a value or an error."""
    items = [step.item for step in steps if step.item is not None]
    mutations = [item for item in items if isinstance(item, Mutation)]
    transactions = [item for item in items if isinstance(item, Transaction)]
    event_ids = {one.event_id for one in mutations if one.event_id}
    event_ids = event_ids.union(*(one.event_ids for one in transactions))
    event_ids = {one for one in event_ids if one <= MAX_NUMBER}
    event_ids |= {one.follows.event_id for one in mutations if one.follows}
    keys = [(one.actor, one.retry.key) for one in mutations if one.retry]

    def apply(changes: Changes) -> list[Any]:
        applying = _Applying(changes)
        return [_apply(applying, step, is_atomic=bool(data.atomic)) for step in steps]

    return Transaction(
        event_ids=list(event_ids),
        new_events=sum(not one.event_id for one in mutations)
        + sum(one.new_events for one in transactions),
        actor=session.manager_id,
        time=int(services.now()),
        apply=apply,
        needs_outcomes=any(item.needs_outcomes for item in items),
        keys=[*keys, *(key for one in transactions for key in one.keys)],
        series_of=sorted({one for item in transactions for one in item.series_of}),
    )


def _apply(applying: "_Applying", step: _Step, *, is_atomic: bool) -> Any:
    try:
        if is_atomic:  # Nothing of the transaction stays where it raises.
            return applying.step(step)
        return applying.attempt(lambda: applying.step(step))
    except DeskcalError as exc:
        exc.details["index"] = step.index
        if is_atomic:
            applying.leave_out_new(exc)
            raise
        return exc


class _Applying:
    """A `Changes` in which ids that stand for events of the batch mean these events."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._ids: dict[int, int] = {}
        self._step = 0
        self._new: set[int] = set()
        """Events that the batch has created; not those that a key may have found."""
        self._names: dict[int, str] = {}
        """How the operation names events of the batch, by the ids of these."""
        self.add, self.add_all, self.attempt = changes.add, changes.add_all, changes.attempt
        self.outcomes = changes.outcomes
        self.new_id, self.series = changes.new_id, changes.series
        self.series_events, self.put_series = changes.series_events, changes.put_series
        self.calendar_object = changes.calendar_object
        self.put_calendar_object = changes.put_calendar_object

    def event(self, event_id: int) -> Event | None:
        """The event as it is now."""
        return self._changes.event(self._id(event_id))

    def trashed(self, event_id: int) -> Event | None:
        """The event as it was deleted."""
        return self._changes.trashed(self._id(event_id))

    def put(
        self,
        event_id: int,
        after: Event | None,
        type_: ChangeType,
        *,
        done_time: int | None = None,
    ) -> bytes:
        """Replaces or deletes an event."""
        return self._changes.put(self._id(event_id), after, type_, done_time=done_time)

    def mutate(self, mutation: Mutation) -> bytes:
        """Applies a mutation."""
        event_id = self._id(mutation.event_id)
        document = self._changes.mutate(msgspec.structs.replace(mutation, event_id=event_id))
        if not event_id:
            new_id = id_of(document)
            self._ids.setdefault(_standing_for(self._step), new_id)
            if mutation.retry is None:
                self._new.add(new_id)
        return document

    def leave_out_new(self, error: DeskcalError) -> None:
        """Has an error that undoes the batch not show an event that the batch has created."""
        shown = error.details.get("event")
        if shown is not None and id_of(bytes(shown)) in self._new:
            del error.details["event"]

    def step(self, step: _Step) -> Any:
        """What an operation leaves. Raises: what it would be answered with alone."""
        if step.error is not None:
            raise step.error
        self._step, self._names = step.index, {}
        try:
            if isinstance(step.item, Transaction):
                return step.item.apply(self)
            return self.mutate(step.item) if step.item is not None else None
        except DeskcalError as exc:
            exc.name_events(self._names)
            raise

    def _id(self, event_id: int) -> int:
        if event_id <= MAX_NUMBER:
            return event_id
        number = MAX_ID - event_id
        if event_id not in self._ids:
            raise InvalidField(
                f"id ('${number}') names operation {number}, which has created no event", field="id"
            )
        found = self._ids[event_id]
        self._names[event_id] = self._names[found] = f"'${number}'"
        return found


def _answer(
    services: Services, session: Session, data: BatchEvents, steps: list[_Step]
) -> Coroutine[Any, Any, Data]:
    """Queues the transaction; its results are answered once it is done."""
    work = services.store.transact(_transaction(services, session, data, steps))
    return _results(services, session, work, steps)


async def _results(
    services: Services, session: Session, work: "Future[Applied]", steps: list[_Step]
) -> Data:
    try:
        applied = await work
        results = [
            await _result(step, value, applied.batch_id)
            for step, value in zip(steps, applied.value, strict=True)
        ]
    except Conflict as exc:
        await _show_as_stored(services, session, exc)
        raise
    finally:
        for step in steps:
            for left in (step.work, step.answer):
                if left is not None:
                    left.cancel()
    return b'{"results":[%b],"batch_id":%d}' % (b",".join(results), applied.batch_id)


async def _show_as_stored(services: Services, session: Session, conflict: Conflict) -> None:
    """Has it show the event as it is now: what the batch had made of it before is undone.

    Source: contract, section 7.
    """
    shown = conflict.details.pop("event", None)
    if shown is None:
        return
    record = await services.store.load(id_of(bytes(shown)))
    if record is not None and session.can_see(record):
        conflict.details["event"] = Raw(record.document)


async def _result(step: _Step, value: Any, batch_id: int) -> bytes:
    """One of `results`: what the operation would be answered with alone."""
    if isinstance(value, DeskcalError):
        return encode_failure(value)
    assert step.command is not None
    if step.answer is not None:
        is_part = isinstance(step.item, Transaction)
        step.answer.set_result(Applied(value, batch_id) if is_part else value)
    data = await step.work
    text = b"".join(data) if isinstance(data, list) else data
    if step.command.gives_event:
        text = b'{"event":%b}' % text
    (text,) = with_ignored([text], step.ignored)
    return b'{"status":200,"data":%b}' % text

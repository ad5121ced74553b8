"""Transactions: changes of several events, all or none, with one batch_id."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from deskcal.core.directory import Directory
from deskcal.core.document import decode_event
from deskcal.core.event import ChangeType, Event, EventType, next_version
from deskcal.core.outcomes import Outcome
from deskcal.errors import Internal, InvalidField
from deskcal.store.ports import Store
from deskcal.store.ports.work import Changes, Mutation, Transaction
from helpers import NOW, make_event
from store.conftest import Backend
from store.mutations import adding, changing, done, ids, loaded


def transaction(
    apply: Callable[[Changes], Any], *event_ids: int, new_events: int = 0, batch_id: int = 0
) -> Transaction:
    return Transaction(event_ids, new_events, 10, NOW, apply, batch_id=batch_id)


def titled(changes: Changes, event_id: int, title: str) -> bytes:
    """Changes the title of an event within a transaction."""
    event = changes.event(event_id)
    assert event is not None
    after = msgspec.structs.replace(event, title=title)
    after = next_version(event, after, actor=10, now=NOW)
    return changes.put(event_id, after, ChangeType.UPDATED)


def added(changes: Changes, title: str) -> Event:
    """Adds an event within a transaction."""
    return decode_event(changes.add(lambda event_id: make_event(id=event_id, title=title)))


async def batches(store: Store) -> list[tuple[int, int]]:
    """Event and batch_id of every change."""
    return [(one.event_id, one.batch_id) for one in await store.feed.changes(0, 1000)]


async def test_all_its_changes_have_the_seq_of_the_first_as_batch_id(store: Store) -> None:
    await asyncio.gather(store.mutate(adding()), store.mutate(adding()))

    def apply(changes: Changes) -> int:
        titled(changes, 1, "one")
        titled(changes, 2, "two")
        return added(changes, "three").id

    applied = await store.transact(transaction(apply, 1, 2, new_events=1))
    assert (applied.batch_id, await ids(store)) == (3, sorted([1, 2, applied.value]))
    assert await batches(store) == [(1, 1), (2, 2), (1, 3), (2, 3), (applied.value, 3)]


async def test_the_outcomes_of_the_directory_are_read_with_it(store: Store) -> None:
    later = Outcome(code="later", name="Later", types=(EventType.CALL,), next_in_sec=60)
    await store.directory.put(Directory(outcomes=[later]))
    reading = Transaction((), 0, 10, NOW, lambda changes: changes.outcomes(), needs_outcomes=True)
    applied = await store.transact(reading)
    assert (list(applied.value), applied.batch_id) == ([later], 0)
    with pytest.raises(Internal):
        await store.transact(transaction(lambda changes: changes.outcomes()))


async def test_a_mutation_checks_an_outcome_only_where_it_sets_it(store: Store) -> None:
    await store.mutate(adding(type=2, outcome="gone"))
    later = Outcome(code="later", name="Later", types=(EventType.CALL,))
    await store.directory.put(Directory(outcomes=[later]))

    def checked(**fields: Any) -> Mutation:
        return msgspec.structs.replace(changing(1, **fields), checks_outcome=True)

    assert (await done(store.mutate(checked(outcome="gone", title="kept")))).title == "kept"
    with pytest.raises(InvalidField, match=r"'other'\) is no outcome"):
        await store.mutate(checked(outcome="other"))
    assert (await done(store.mutate(checked(outcome="later")))).outcome == "later"
    with pytest.raises(InvalidField, match="of type 0; these are: none"):
        await store.mutate(msgspec.structs.replace(adding(outcome="later"), checks_outcome=True))


async def test_what_it_raises_is_the_answer_and_nothing_of_it_is_there(store: Store) -> None:
    await store.mutate(adding(title="as it was"))

    def apply(changes: Changes) -> None:
        titled(changes, 1, "changed")
        added(changes, "new")
        raise InvalidField("no", field="title")

    with pytest.raises(InvalidField):
        await store.transact(transaction(apply, 1, new_events=1))
    event = await loaded(store, 1)
    assert event is not None and (event.title, event.version) == ("as it was", 1)
    assert (await ids(store), len(await batches(store))) == ([1], 1)


async def test_its_neighbours_in_the_group_are_applied_where_it_fails(store: Store) -> None:
    await store.mutate(adding())

    def apply(changes: Changes) -> None:
        titled(changes, 1, "never")
        raise InvalidField("no", field="title")

    before = store.mutate(changing(1, title="before"))
    failing = store.transact(transaction(apply, 1))
    after = store.mutate(adding(title="after"))
    assert (await done(before)).title == "before"
    with pytest.raises(InvalidField):
        await failing
    assert (await done(after)).title == "after"
    event = await loaded(store, 1)
    assert event is not None and (event.title, event.version) == ("before", 2)


async def test_it_sees_what_was_queued_before_it_and_its_own_changes(store: Store) -> None:
    def apply(changes: Changes) -> list[str]:
        seen = [getattr(changes.event(1), "title", "")]
        titled(changes, 1, "two")
        return [*seen, getattr(changes.event(1), "title", "")]

    first = store.mutate(adding(title="one"))
    applied = store.transact(transaction(apply, 1))
    await first
    assert (await applied).value == ["one", "two"]


async def test_without_a_change_it_has_no_batch(store: Store) -> None:
    await store.mutate(adding())
    applied = await store.transact(transaction(lambda changes: changes.event(1), 1))
    assert (applied.value.id, applied.batch_id, len(await batches(store))) == (1, 0, 1)


async def test_an_event_that_is_put_back_as_it_was_is_no_change(store: Store) -> None:
    await store.mutate(adding())

    def apply(changes: Changes) -> bytes:
        return changes.put(1, changes.event(1), ChangeType.UPDATED)

    applied = await store.transact(transaction(apply, 1))
    assert (decode_event(applied.value).id, applied.batch_id) == (1, 0)


async def test_a_deletion_leaves_the_last_document(store: Store) -> None:
    await store.mutate(adding(title="last"))

    def apply(changes: Changes) -> bytes:
        return changes.put(1, None, ChangeType.DELETED)

    applied = await store.transact(transaction(apply, 1))
    assert decode_event(applied.value).title == "last"
    assert await loaded(store, 1) is None


async def test_an_event_that_it_did_not_name_is_not_given(store: Store) -> None:
    await asyncio.gather(store.mutate(adding()), store.mutate(adding()))

    def apply(changes: Changes) -> str:
        with pytest.raises(LookupError):
            changes.event(2)
        with pytest.raises(LookupError):
            changes.add(lambda event_id: make_event(id=event_id))
        with pytest.raises(LookupError):
            changes.add_all([lambda event_id: make_event(id=event_id)])
        return "refused"

    assert (await store.transact(transaction(apply, 1))).value == "refused"


async def test_events_that_it_has_added_are_given(store: Store) -> None:
    def apply(changes: Changes) -> list[Event | None]:
        changes.add_all([lambda event_id: make_event(id=event_id)] * 3)
        return [changes.event(event_id) for event_id in (1, 2, 3)]

    applied = await store.transact(Transaction((), 3, 10, NOW, apply))
    assert applied.value == [make_event(id=event_id) for event_id in (1, 2, 3)]
    assert [await loaded(store, event_id) for event_id in (1, 2, 3)] == applied.value


async def test_a_batch_can_go_on_in_a_later_transaction(store: Store) -> None:
    await asyncio.gather(*(store.mutate(adding()) for _ in range(3)))
    first = await store.transact(transaction(lambda c: titled(c, 1, "one"), 1))

    def rest(changes: Changes) -> None:
        titled(changes, 2, "two")
        titled(changes, 3, "three")

    second = await store.transact(transaction(rest, 2, 3, batch_id=first.batch_id))
    assert second.batch_id == first.batch_id == 4
    assert (await batches(store))[3:] == [(1, 4), (2, 4), (3, 4)]


async def test_batches_are_the_same_after_a_restart_and_the_store_is_whole(
    backend: Backend,
) -> None:
    store = await backend.open()
    await asyncio.gather(store.mutate(adding()), store.mutate(adding()))

    def apply(changes: Changes) -> None:
        titled(changes, 1, "one")
        titled(changes, 2, "two")

    await store.transact(transaction(apply, 1, 2))
    before = await batches(store)
    store = await backend.open()
    assert await batches(store) == before == [(1, 1), (2, 2), (1, 3), (2, 3)]
    assert (await backend.check()).differences == []


async def test_a_part_that_fails_leaves_the_rest_of_the_transaction(store: Store) -> None:
    await asyncio.gather(store.mutate(adding(title="one")), store.mutate(adding(title="two")))

    def fail(changes: Changes) -> None:
        titled(changes, 2, "never")
        added(changes, "never")
        raise InvalidField("no", field="title")

    def apply(changes: Changes) -> int:
        titled(changes, 1, "changed")
        with pytest.raises(InvalidField):
            changes.attempt(lambda: fail(changes))
        return added(changes, "three").id

    applied = await store.transact(transaction(apply, 1, 2, new_events=1))
    rows = [await loaded(store, event_id) for event_id in (1, 2, applied.value)]
    assert [getattr(row, "title", None) for row in rows] == ["changed", "two", "three"]
    assert await batches(store) == [(1, 1), (2, 2), (1, 3), (applied.value, 3)]


async def test_it_applies_mutations_and_their_idempotency_keys(store: Store) -> None:
    mutation = adding(title="once", key="key")
    assert mutation.retry is not None

    def apply(changes: Changes) -> tuple[int, int]:
        first, second = (decode_event(changes.mutate(mutation)).id for _ in range(2))
        changes.mutate(changing(first, title="changed"))
        return first, second

    keys = [(mutation.actor, mutation.retry.key)]
    work = msgspec.structs.replace(transaction(apply, new_events=2), keys=keys)
    first, second = (await store.transact(work)).value
    assert first == second
    assert (await done(store.mutate(mutation))).id == first
    event = await loaded(store, first)
    assert event is not None and (event.title, await ids(store)) == ("changed", [first])


async def test_a_batch_is_found_by_its_id(store: Store) -> None:
    await asyncio.gather(store.mutate(adding()), store.mutate(adding()))
    await store.transact(transaction(lambda c: (titled(c, 1, "a"), titled(c, 2, "b")), 1, 2))
    await store.mutate(changing(1, title="alone"))
    found = [[one.seq for one in await store.feed.batch(number, 0, 100)] for number in range(1, 7)]
    assert found == [[1], [2], [3, 4], [], [5], []]
    assert [one.before is not None for one in await store.feed.batch(3, 0, 100)] == [True, True]

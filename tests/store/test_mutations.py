"""What every store does with mutations: numbers, versions, groups, failures."""

import asyncio

import pytest

from deskcal.core.document import decode_event
from deskcal.core.event import ChangeType, EventStatus
from deskcal.errors import Conflict, Internal, NotFound, Unavailable
from deskcal.store.ports import Store
from deskcal.store.ports.work import Mutation
from helpers import NOW
from store.conftest import Backend
from store.mutations import adding, changing, deleting, done, ids, listed, loaded, raising


async def test_a_created_event_is_read_back_as_it_was_answered(store: Store) -> None:
    document = await store.mutate(adding(title="Первый", participant_manager_ids=[11, 12]))
    record = await store.load(1)
    assert record is not None and record.document == document
    assert record.managers == (10, 11, 12)
    assert await listed(store) == ([(await listed(store))[0][0]], 1)


async def test_an_event_that_is_not_there_is_none(store: Store) -> None:
    assert await store.load(1) is None
    assert store.peek(1) is None


async def test_an_answered_mutation_is_read_at_once_and_from_memory_where_there_is_one(
    store: Store,
) -> None:
    document = await store.mutate(adding())
    record = store.peek(1)
    assert (record is not None) == (store.cached_bytes > 0)
    record = record or await store.load(1)
    assert record is not None and record.document == document


async def test_ids_count_up_from_one(store: Store) -> None:
    made = await asyncio.gather(*(done(store.mutate(adding())) for _ in range(100)))
    assert [event.id for event in made] == list(range(1, 101))


async def test_the_id_of_a_deleted_event_never_comes_again(backend: Backend) -> None:
    store = await backend.open()
    await asyncio.gather(store.mutate(adding()), store.mutate(adding()))
    await store.mutate(deleting(2))
    assert (await done(store.mutate(adding()))).id == 3
    await store.mutate(deleting(3))
    store = await backend.open()
    assert (await done(store.mutate(adding()))).id > 3


async def test_the_id_of_an_event_that_was_made_and_deleted_in_one_group_stays_used(
    backend: Backend,
) -> None:
    store = await backend.open()
    await asyncio.gather(store.mutate(adding()), store.mutate(deleting(1)))
    store = await backend.open()
    assert await ids(store) == []
    assert (await done(store.mutate(adding()))).id > 1


async def test_a_create_that_is_refused_uses_up_no_id(store: Store) -> None:
    refused = raising(0, Conflict("no"))
    outcomes = await asyncio.gather(
        store.mutate(adding()),
        store.mutate(refused),
        store.mutate(adding()),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], Conflict)
    assert await ids(store) == [1, 2]


async def test_versions_have_no_gaps_when_many_change_one_event(store: Store) -> None:
    await store.mutate(adding())
    changes = [store.mutate(changing(1, title=f"title {n}")) for n in range(300)]
    made = await asyncio.gather(*map(done, changes))
    assert [event.version for event in made] == list(range(2, 302))
    assert [event.title for event in made] == [f"title {n}" for n in range(300)]
    stored = await loaded(store, 1)
    assert stored == made[-1]


async def test_a_change_that_changes_nothing_makes_no_version(store: Store) -> None:
    first = await store.mutate(adding())
    assert await store.mutate(changing(1, title="Retention sync")) == first


async def test_a_change_sees_what_its_neighbours_in_the_group_did(store: Store) -> None:
    outcomes = await asyncio.gather(
        store.mutate(adding()),
        store.mutate(changing(1, title="changed")),
        store.mutate(deleting(1)),
        store.mutate(changing(1, title="too late")),
        return_exceptions=True,
    )
    assert isinstance(outcomes[3], NotFound)
    assert await store.load(1) is None
    assert await ids(store) == []


async def test_a_deletion_answers_with_the_last_document(store: Store) -> None:
    document = await store.mutate(adding())
    assert await store.mutate(deleting(1)) == document
    assert store.peek(1) is None


async def test_a_refused_mutation_leaves_its_neighbours_in_the_group_untouched(
    store: Store,
) -> None:
    await store.mutate(adding())
    group = [
        store.mutate(changing(1, title="before")),
        store.mutate(raising(1, NotFound("no"))),
        store.mutate(changing(1, priority=3)),
        store.mutate(adding()),
    ]
    before, refused, after, added = await asyncio.gather(*group, return_exceptions=True)
    assert isinstance(refused, NotFound)
    stored = await loaded(store, 1)
    assert stored is not None
    assert (stored.title, stored.priority, stored.version) == ("before", 3, 3)
    assert await ids(store) == [1, 2]
    assert isinstance(before, bytes) and isinstance(after, bytes) and isinstance(added, bytes)


async def test_a_change_that_raises_what_it_must_not_harms_nobody_else(store: Store) -> None:
    await store.mutate(adding())
    group = [
        store.mutate(changing(1, title="before")),
        store.mutate(raising(1, ZeroDivisionError("inside"))),
        store.mutate(changing(1, priority=3)),
        store.mutate(adding()),
    ]
    before, broken, after, added = await asyncio.gather(*group, return_exceptions=True)
    assert isinstance(broken, Internal)
    assert "inside" not in broken.message and broken.details["incident"] in broken.message
    stored = await loaded(store, 1)
    assert stored is not None
    assert (stored.title, stored.priority, stored.version) == ("before", 3, 3)
    assert await ids(store) == [1, 2]
    assert isinstance(before, bytes) and isinstance(after, bytes) and isinstance(added, bytes)


async def test_mutations_take_effect_in_the_order_of_the_calls(store: Store) -> None:
    await store.mutate(adding())
    seen: list[int] = []

    def noting(number: int) -> Mutation:
        def change(event: object, _: int) -> None:
            seen.append(number)
            raise Conflict("only looking")

        return Mutation(1, ChangeType.UPDATED, 10, NOW, change)

    work = [store.mutate(noting(number)) for number in range(1000)]
    await asyncio.gather(*work, return_exceptions=True)
    assert seen == list(range(1000))


async def test_a_group_is_no_larger_than_its_limit(backend: Backend) -> None:
    store = await backend.open(max_group=3)
    await asyncio.gather(*(store.mutate(adding()) for _ in range(20)))
    assert await ids(store) == list(range(1, 21))


async def test_beyond_the_queue_mutations_are_refused_and_not_applied(backend: Backend) -> None:
    store = await backend.open(max_queued_mutations=5, max_group=1)
    outcomes = await asyncio.gather(
        *(store.mutate(adding()) for _ in range(500)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
    assert refused
    assert len(await ids(store)) == 500 - len(refused)


async def test_a_closing_store_commits_what_is_queued_and_refuses_the_rest(
    backend: Backend,
) -> None:
    store = await backend.open()
    queued = [store.mutate(adding()) for _ in range(50)]
    closing = asyncio.ensure_future(backend.close())
    await asyncio.gather(*queued)
    await closing
    with pytest.raises(Unavailable):
        await store.mutate(adding())
    assert len(await ids(await backend.open())) == 50


async def test_everything_is_there_after_a_restart(backend: Backend) -> None:
    store = await backend.open()
    for number in range(20):
        await store.mutate(adding(title=f"event {number}", desk=f"desk {number % 3}"))
    await store.mutate(changing(7, status=EventStatus.DONE))
    await store.mutate(deleting(8))
    before = await listed(store)
    store = await backend.open()
    assert await listed(store) == before


async def test_a_caller_that_goes_away_does_not_take_its_mutation_back(store: Store) -> None:
    work = store.mutate(adding())
    work.cancel()
    await store.mutate(adding())
    assert await ids(store) == [1, 2]


async def test_reads_agree_with_what_is_cached_while_many_write(backend: Backend) -> None:
    """Every load sees at least what was answered before it began, also with a tiny cache."""
    store = await backend.open(cache_bytes=3000)
    for _ in range(8):
        await store.mutate(adding())
    answered = dict.fromkeys(range(1, 9), 1)

    async def write(event_id: int) -> None:
        for number in range(60):
            event = await done(store.mutate(changing(event_id, title=f"{number}")))
            answered[event_id] = event.version

    async def read(event_id: int) -> None:
        while answered[event_id] < 61:
            least = answered[event_id]
            event = await loaded(store, event_id)
            assert event is not None and event.version >= least
            least = answered[event_id]
            record = store.peek(event_id)
            if record is not None:
                assert decode_event(record.document).version >= least

    async with asyncio.TaskGroup() as group:
        for event_id in range(1, 9):
            group.create_task(write(event_id))
            group.create_task(read(event_id))
            group.create_task(read(event_id))

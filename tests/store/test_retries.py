"""Idempotent creates: the same key again, with the same data or others, in time or not."""

import asyncio

import msgspec
import pytest

from deskcal.core.document import EventScope
from deskcal.errors import Conflict, Forbidden
from deskcal.store.ports import Store
from deskcal.store.ports.work import Retry
from helpers import NOW
from store.conftest import Backend
from store.mutations import adding, changing, deleting, ids


async def test_the_same_key_and_data_give_the_first_answer_again(store: Store) -> None:
    first = await store.mutate(adding(key="a"))
    assert await store.mutate(adding(key="a")) == first
    assert await ids(store) == [1]


async def test_the_first_answer_comes_also_after_the_event_was_changed(store: Store) -> None:
    first = await store.mutate(adding(key="a"))
    await store.mutate(changing(1, title="changed"))
    assert await store.mutate(adding(key="a")) == first


async def test_the_first_answer_comes_also_after_the_event_was_deleted(store: Store) -> None:
    first = await store.mutate(adding(key="a"))
    await store.mutate(deleting(1))
    assert await store.mutate(adding(key="a")) == first
    assert await ids(store) == []


async def test_the_same_key_twice_in_one_group_makes_one_event(store: Store) -> None:
    answers = await asyncio.gather(*(store.mutate(adding(key="a")) for _ in range(20)))
    assert len(set(answers)) == 1
    assert await ids(store) == [1]


async def test_the_same_key_with_other_data_is_a_conflict(store: Store) -> None:
    await store.mutate(adding(key="a", digest=b"1"))
    with pytest.raises(Conflict):
        await store.mutate(adding(key="a", digest=b"2"))
    assert await ids(store) == [1]


async def test_the_same_key_of_another_manager_is_another_key(store: Store) -> None:
    await store.mutate(adding(key="a", actor=10))
    await store.mutate(adding(key="a", actor=11, digest=b"other"))
    assert await ids(store) == [1, 2]


async def test_a_key_is_remembered_for_the_window_and_no_longer(backend: Backend) -> None:
    store = await backend.open(retry_window_sec=100)
    await store.mutate(adding(key="a", now=NOW))
    await store.mutate(adding(key="a", now=NOW + 99))
    assert await ids(store) == [1]
    await store.mutate(adding(key="a", now=NOW + 100))
    assert await ids(store) == [1, 2]
    await store.mutate(adding(key="a", now=NOW + 199))
    assert await ids(store) == [1, 2]


async def test_a_key_is_remembered_over_a_restart(backend: Backend) -> None:
    store = await backend.open()
    first = await store.mutate(adding(key="a"))
    store = await backend.open()
    assert await store.mutate(adding(key="a")) == first


async def test_a_create_that_fails_leaves_its_key_free(store: Store) -> None:
    mutation = adding(key="a")

    def refuse(*_: object) -> None:
        raise Forbidden("no")

    with pytest.raises(Forbidden):
        await store.mutate(msgspec.structs.replace(mutation, change=refuse))
    await store.mutate(adding(key="a"))
    assert await ids(store) == [1]


async def test_the_first_answer_is_withheld_from_who_may_not_have_it_any_more(
    store: Store,
) -> None:
    await store.mutate(adding(key="a", brand="secret"))

    def check(scope: EventScope) -> None:
        raise Forbidden(scope.brand)

    again = msgspec.structs.replace(adding(key="a"), retry=Retry("a", b"", check))
    with pytest.raises(Forbidden, match="secret"):
        await store.mutate(again)

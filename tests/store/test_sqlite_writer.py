"""The writer of the embedded store beside the event loop. Source: issue 14, speed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from deskcal.errors import InvalidField
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.ports.work import Changes, Transaction
from deskcal.store.sqlite.store import open_sqlite
from deskcal.threads import SWITCH_SEC
from helpers import NOW, WAIT_SEC


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_sqlite(tmp_path, Limits())
    yield opened
    await opened.close()


USUAL = sys.getswitchinterval()


def interval(_: Changes) -> float:
    """After how many seconds a thread that waits for the interpreter gets it."""
    return sys.getswitchinterval()


def refusing(_: Changes) -> Any:
    raise InvalidField("no", field="title")


async def usual_again() -> None:
    """Until the writer has nothing to do."""
    async with asyncio.timeout(WAIT_SEC):
        while sys.getswitchinterval() != pytest.approx(USUAL):
            await asyncio.sleep(0.001)


async def test_while_a_group_is_applied_threads_take_the_interpreter_sooner(store: Store) -> None:
    applied = await store.transact(Transaction((), 1, 10, NOW, interval))
    assert applied.value == pytest.approx(SWITCH_SEC)
    await usual_again()


async def test_a_group_that_fails_ends_it_too(store: Store) -> None:
    with pytest.raises(InvalidField):
        await store.transact(Transaction((), 100, 10, NOW, refusing))
    await usual_again()

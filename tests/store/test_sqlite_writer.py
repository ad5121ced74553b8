"""The writer of the embedded store beside the event loop. Source: issue 14, speed."""

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
from deskcal.store.sqlite.writer import LARGE, LARGE_SWITCH_SEC, SWITCH_SEC
from helpers import NOW


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_sqlite(tmp_path, Limits())
    yield opened
    await opened.close()


def interval(_: Changes) -> float:
    """After how many seconds a thread that waits for the interpreter gets it."""
    return sys.getswitchinterval()


def refusing(_: Changes) -> Any:
    raise InvalidField("no", field="title")


@pytest.mark.parametrize(("size", "wanted"), [(1, SWITCH_SEC), (LARGE, LARGE_SWITCH_SEC)])
async def test_the_loop_waits_less_long_beside_a_large_transaction(
    store: Store, size: int, wanted: float
) -> None:
    applied = await store.transact(Transaction((), size, 10, NOW, interval))
    assert applied.value == pytest.approx(wanted)
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SEC)


async def test_a_large_transaction_that_fails_ends_it_too(store: Store) -> None:
    with pytest.raises(InvalidField):
        await store.transact(Transaction((), LARGE, 10, NOW, refusing))
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SEC)

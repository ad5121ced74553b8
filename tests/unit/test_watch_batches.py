"""How `deskcal watch` puts changes of a series that were made together into one line."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from deskcal.cli.batches import batches
from deskcal.cli.watch import LastSeen, change_lines
from deskcal.client.types import Change
from deskcal.core.event import ChangeType
from helpers import NOW, make_event

WAIT_SEC = 20


def change(seq: int, *, batch: int = 0, series: int = 0, type: int = 0, id: int = 0) -> Change:
    event = make_event(id=id or seq, series_id=series, desk="DESK_EU") if type != 2 else None
    return Change(seq, ChangeType(type), NOW, 10, batch or seq, id or seq, event)


async def read(*changes: Change) -> list[list[int]]:
    """The batches of changes that all come at once, before the reader is stopped."""

    async def feed() -> AsyncIterator[Change]:
        for one in changes:
            yield one
        await asyncio.Event().wait()

    found: list[list[int]] = []
    seen = LastSeen()
    async with asyncio.timeout(WAIT_SEC):
        async for batch in batches(feed(), seen.series_of):
            found.append([one.seq for one in batch])
            if found[-1][-1] == changes[-1].seq:
                break
    return found


async def test_changes_of_a_series_that_were_made_together_are_one_batch() -> None:
    changes = [change(seq, batch=1, series=7) for seq in (1, 2, 3)]
    assert await read(*changes) == [[1, 2, 3]]


async def test_single_events_and_other_batches_are_not_held_together() -> None:
    changes = [
        change(1, batch=1),
        change(2, batch=1),
        change(3, batch=3, series=7),
        change(4, batch=4, series=7),
        change(5, batch=4, series=8),
        change(6),
    ]
    assert await read(*changes) == [[1], [2], [3], [4], [5], [6]]


async def test_an_error_of_the_changes_is_raised_after_what_came_before() -> None:
    async def feed() -> AsyncIterator[Change]:
        yield change(1)
        raise OSError("broken")

    found = []
    with pytest.raises(OSError, match="broken"):
        async for batch in batches(feed(), lambda one: 0):
            found += batch
    assert [one.seq for one in found] == [1]


def test_a_batch_has_a_line_for_each_kind_of_change() -> None:
    seen = LastSeen()
    batch = [change(seq, batch=1, series=7, id=seq) for seq in range(1, 41)]
    (line,) = change_lines(batch, seen)
    assert line[10:] == "added     40 occurrences of series 7  'Retention sync'  by 10  DESK_EU"
    for one in batch:
        seen.event_of(one)
    gone = [change(seq, batch=41, type=2, id=seq - 40) for seq in range(41, 44)]
    assert [seen.series_of(one) for one in gone] == [7, 7, 7]
    mixed = [*gone, change(44, batch=41, series=7, type=1, id=5)]
    assert [line[10:18].strip() for line in change_lines(mixed, seen)] == ["gone", "updated"]

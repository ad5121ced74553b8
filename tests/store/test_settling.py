"""Changes of the embedded store are answered as soon as the event loop looks."""

import asyncio
import time
from pathlib import Path
from typing import Any

from deskcal.limits import Limits
from deskcal.store.ports import Committed
from deskcal.store.sqlite.store import open_sqlite
from store.mutations import adding

WAIT_SEC = 60


async def test_a_committed_change_is_answered_ahead_of_the_next_turn_of_the_loop(
    tmp_path: Path,
) -> None:
    store = await open_sqlite(tmp_path, Limits())
    published: list[int] = []
    store.commits.subscribe(lambda committed: published.append(committed.last_seq))
    answers = [store.mutate(adding()) for _ in range(3)]
    until = time.monotonic() + WAIT_SEC
    while not all(answer.done() for answer in answers) and time.monotonic() < until:
        store.settle()  # No await: the event loop gets no turn.
    assert [answer.result()[:6] for answer in answers] == [b'{"id":'] * 3
    seen = list(published)
    await store.mutate(adding())
    assert len(published) == len(seen) + 1
    await store.close()


async def test_a_fault_in_one_group_concerns_neither_the_others_nor_who_settles(
    tmp_path: Path,
) -> None:
    store = await open_sqlite(tmp_path, Limits(max_group=1))
    loop = asyncio.get_running_loop()
    failures: list[Any] = []
    loop.set_exception_handler(lambda _, context: failures.append(context.get("exception")))
    broken = ValueError("broken")

    def fail(_: Committed) -> None:
        raise broken

    store.commits.subscribe(fail)
    answers = [store.mutate(adding()) for _ in range(3)]
    until = time.monotonic() + WAIT_SEC
    while not all(answer.done() for answer in answers) and time.monotonic() < until:
        store.settle()  # No await: the event loop gets no turn.
    loop.set_exception_handler(None)
    assert [answer.result()[:6] for answer in answers] == [b'{"id":'] * 3
    assert failures == [broken] * 3
    await store.close()

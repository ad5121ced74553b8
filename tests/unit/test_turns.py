"""Turns: how many begin, in which order, and that nothing begins while they are held."""

import asyncio

from deskcal.server.turns import Turns


def test_no_more_begin_than_there_are_turns_and_the_others_in_order() -> None:
    begun: list[int] = []
    turns = Turns(2, is_held=False)
    for number in range(5):
        turns.take(begun.append, number)
    assert begun == [0, 1]
    turns.give()
    turns.give()
    assert begun == [0, 1, 2, 3]
    turns.give()
    assert begun == [0, 1, 2, 3, 4]


def test_nothing_begins_while_they_are_held() -> None:
    begun: list[int] = []
    turns = Turns(2, is_held=True)
    turns.take(begun.append, 0)
    turns.take(begun.append, 1)
    turns.take(begun.append, 2)
    assert begun == []
    turns.resume()
    assert begun == [0, 1]
    turns.hold()
    turns.give()
    assert begun == [0, 1]
    turns.resume()
    assert begun == [0, 1, 2]


async def test_a_coroutine_waits_for_a_turn_among_the_others() -> None:
    begun: list[str] = []
    turns = Turns(1, is_held=False)
    turns.take(begun.append, "first")

    async def second() -> None:
        async with turns:
            begun.append("second")

    task = asyncio.create_task(second())
    waiting = asyncio.Event()
    asyncio.get_running_loop().call_soon(waiting.set)
    await waiting.wait()
    turns.take(begun.append, "third")
    assert begun == ["first"]
    turns.give()
    await asyncio.wait_for(task, 10)
    assert begun == ["first", "second", "third"]

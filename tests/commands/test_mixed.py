"""Series, claims, completions, batches, the trash and undo together: what holds in any order."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.mixed_run import (
    ALL,
    BATCH,
    MANAGERS,
    MUTATIONS,
    TOKENS,
    TRASH_SEC,
    MixedRun,
    Step,
    ask,
    steps,
)
from commands.series_calls import DAY, DELETE
from deskcal.core.calling_hours import CallingHours
from deskcal.core.completion import CallRules
from deskcal.core.directory import Directory
from deskcal.core.outcomes import Outcome
from harness import Desk, open_desk
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer

RULES = CallRules(CallingHours({}, "UTC"), cooldown_sec=300)
sequences = st.lists(steps, min_size=10, max_size=30)
LIMITS: dict[str, Any] = {"series_horizon_sec": 9 * DAY, "trash_retention_sec": TRASH_SEC}
BEGUN: list[Step] = [("series", 1, 0, 0, False), ("add", 1, 0, 0, False), ("add", 2, 1, 1, False)]


@settings(max_examples=40, derandomize=True)
@given(sequence=sequences)
async def test_any_mutation_is_undone_and_done_again(
    tmp_path_factory: pytest.TempPathFactory, sequence: list[Step]
) -> None:
    await run(SqlitePlace(tmp_path_factory.mktemp("desk")), sequence)


@settings(max_examples=8, derandomize=True)
@given(sequence=sequences)
async def test_both_stores_answer_the_same(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer, sequence: list[Step]
) -> None:
    made = await run(SqlitePlace(tmp_path_factory.mktemp("desk")), sequence)
    with postgres.database() as url:
        place = PostgresPlace(url)
        async with open_desk(place, call_rules=RULES, **LIMITS) as desk:
            await prepare(desk)
            for asked, answer in zip(made.asked, made.answers, strict=True):
                assert (asked, await ask(desk, asked)) == (asked, answer)
        assert (await place.check()).differences == []


@pytest.mark.parametrize("first", sorted({*MUTATIONS}))
@pytest.mark.parametrize("is_single", [False, True])
async def test_any_two_mutations_of_a_batch_are_undone_and_done_again(
    place: Place, first: str, is_single: bool
) -> None:
    async with open_desk(place, call_rules=RULES, **LIMITS) as desk:
        await prepare(desk)
        mixed = MixedRun(desk)
        for number, second in enumerate(sorted({*MUTATIONS})):
            await mixed.step(BEGUN[is_single])
            event = (await mixed.rows())[0 if is_single else 1]
            before = await mixed.state()
            made = [mixed.operation(kind, number, number % 6, event) for kind in (first, second)]
            operations = [{"command": command, "data": data} for command, data in made]
            await mixed.say(TOKENS[0], BATCH, operations=operations, atomic=0)
            batch_id, count = await mixed.look(MANAGERS[0])
            if batch_id:
                assert await mixed.undo_twice(TOKENS[0], 0, batch_id, count, before), made
            for row in await mixed.rows():
                await mixed.say(ALL, DELETE, id=row["id"])
            await mixed.look(0)
    assert (await place.check()).differences == []


async def prepare(desk: Desk) -> None:
    outcomes = [Outcome(code="reached", is_contact=1), Outcome(code="missed")]
    await desk.services.store.directory.put(Directory(outcomes=outcomes))


async def run(place: Place, sequence: list[Step]) -> MixedRun:
    async with open_desk(place, call_rules=RULES, **LIMITS) as desk:
        await prepare(desk)
        mixed = MixedRun(desk)
        for step in [*BEGUN, *sequence]:
            await mixed.step(step)
    assert (await place.check()).differences == []
    return mixed

"""Random mutations of series, with all scopes, against a plain model after every step."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.series_calls import DAY
from commands.series_run import LEAD, OUTSIDER, OWNER, PARTICIPANT, Run, Step, steps
from harness import open_desk
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer

sequences = st.lists(steps, min_size=4, max_size=25)


@settings(max_examples=25)
@given(sequence=sequences)
async def test_every_step_leaves_what_the_model_has(
    tmp_path_factory: pytest.TempPathFactory, sequence: list[Step]
) -> None:
    await compare(SqlitePlace(tmp_path_factory.mktemp("desk")), [begun(sequence), *sequence])


@settings(max_examples=8)
@given(sequence=sequences)
async def test_every_step_leaves_what_the_model_has_on_postgresql(
    postgres: PostgresServer, sequence: list[Step]
) -> None:
    with postgres.database() as url:
        await compare(PostgresPlace(url), [begun(sequence), *sequence])


def begun(sequence: list[Step]) -> Step:
    """The create that a sequence begins with."""
    return ("create", sequence[0][1], 1, "title", 0, OWNER)


MOVED_TO_ONE_THAT_IS_DONE = [
    ("complete", 5, 1, "title", 0, OWNER),
    ("many", 0, 2, "days", 3, OWNER),
    ("undo", 3, 1, "title", 0, OWNER),
]
UNDONE_CREATE_OF_A_CHANGED_SERIES = [
    ("delete", 3, 1, "title", 0, OWNER),
    ("one", 4, 1, "title", 0, OWNER),
    ("undo", 0, 1, "title", 0, OWNER),
]
UNDONE_MOVE_AFTER_THE_HORIZON_WENT_ON = [
    ("many", 1, 2, "length", 1, OWNER),
    ("advance", 1, 1, "title", 0, OWNER),
    ("undo", 1, 1, "title", 0, OWNER),
    ("advance", 3, 1, "title", 0, OWNER),
]
UNDONE_MOVE_AFTER_A_LATER_ONE_WAS_CHANGED = [
    ("many", 1, 2, "length", 1, OWNER),
    ("advance", 1, 1, "title", 0, OWNER),
    ("one", -1, 1, "title", 0, OWNER),
    ("undo", 1, 1, "title", 0, OWNER),
    ("advance", 3, 1, "title", 0, OWNER),
]
UNDONE_MOVE_TO_ONE_THAT_WAS_CHANGED = [
    ("many", 1, 2, "days", 3, OWNER),
    ("one", 1, 1, "title", 0, OWNER),
    ("undo", 1, 1, "title", 0, OWNER),
]
UNDONE_DELETION_OF_A_SERIES_THAT_IS_GONE = [
    ("delete", 3, 1, "title", 0, OWNER),
    ("delete_many", 2, 2, "title", 0, OWNER),
    ("undo", 1, 1, "title", 0, OWNER),
]
UNDONE_SPLIT_OF_A_SERIES_THAT_WAS_MOVED = [
    ("many", 3, 1, "title", 0, OWNER),
    ("many", 5, 1, "hours", 1, OWNER),
    ("undo", 1, 1, "title", 0, OWNER),
]
UNDONE_DELETION_OF_A_SERIES_THAT_WAS_MOVED = [
    ("delete", 4, 1, "title", 0, OWNER),
    ("many", 1, 2, "hours", 1, OWNER),
    ("undo", 1, 1, "title", 0, OWNER),
]
UNDONE_DELETION_OF_A_SERIES = [
    ("delete_many", 0, 2, "title", 0, OWNER),
    ("undo", 1, 1, "title", 0, OWNER),
    ("undo", 2, 1, "title", 0, OWNER),
    ("undo", 1, 1, "title", 0, OWNER),
]


ANSWERED_ONE_BY_ONE_AND_THEN_ALL = [
    ("respond", 0, 1, "title", 1, PARTICIPANT),
    ("respond", 1, 1, "title", 1, PARTICIPANT),
    ("respond", 2, 1, "title", 1, PARTICIPANT),
    ("respond", 0, 2, "days", 1, PARTICIPANT),
    ("advance", 3, 1, "title", 0, OWNER),
    ("undo", 3, 1, "title", 0, PARTICIPANT),
    ("advance", 3, 1, "title", 0, OWNER),
]
UNDONE_AFTER_ANOTHER_DESK_TOOK_ONE = [
    ("many", 2, 2, "title", 0, LEAD),
    ("one", 1, 1, "desk", 0, LEAD),
    ("one", 1, 1, "title", 0, PARTICIPANT),
    ("undo", 1, 1, "title", 0, LEAD),
    ("undo", 1, 1, "title", 0, OUTSIDER),
    ("delete_many", 0, 2, "title", 0, PARTICIPANT),
    ("delete", 1, 1, "title", 0, PARTICIPANT),
    ("restore", 0, 1, "title", 0, OWNER),
    ("restore", 0, 1, "title", 0, PARTICIPANT),
]

OTHERS_OCCURRENCE_ON_ANOTHER_DESK = [
    ("create", 2, 1, "title", 0, LEAD),
    ("one", -1, 1, "desk", 0, LEAD),
    ("many", -2, 2, "title", 0, OWNER),
    ("delete_many", -2, 2, "title", 0, OWNER),
]
UNDONE_ON_A_DESK_OUT_OF_SCOPE = [
    ("one", 1, 1, "desk", 0, LEAD),
    ("one", 1, 1, "title", 0, OWNER),
    ("undo", -1, 1, "title", 0, OWNER),
    ("delete", 1, 1, "title", 0, OWNER),
    ("undo", -1, 1, "title", 0, OWNER),
]
UNDONE_CREATE_AFTER_ANOTHER_TOOK_A_CHANGE_BACK = [
    ("complete", 1, 1, "title", 0, LEAD),
    ("undo", -1, 1, "title", 0, LEAD),
    ("undo", 0, 1, "title", 0, OWNER),
]


@pytest.mark.parametrize(
    "sequence",
    [
        MOVED_TO_ONE_THAT_IS_DONE,
        UNDONE_CREATE_OF_A_CHANGED_SERIES,
        UNDONE_MOVE_AFTER_THE_HORIZON_WENT_ON,
        UNDONE_MOVE_AFTER_A_LATER_ONE_WAS_CHANGED,
        UNDONE_MOVE_TO_ONE_THAT_WAS_CHANGED,
        UNDONE_DELETION_OF_A_SERIES_THAT_IS_GONE,
        UNDONE_SPLIT_OF_A_SERIES_THAT_WAS_MOVED,
        UNDONE_DELETION_OF_A_SERIES_THAT_WAS_MOVED,
        UNDONE_DELETION_OF_A_SERIES,
        ANSWERED_ONE_BY_ONE_AND_THEN_ALL,
        UNDONE_AFTER_ANOTHER_DESK_TOOK_ONE,
        OTHERS_OCCURRENCE_ON_ANOTHER_DESK,
        UNDONE_ON_A_DESK_OUT_OF_SCOPE,
        UNDONE_CREATE_AFTER_ANOTHER_TOOK_A_CHANGE_BACK,
    ],
)
@pytest.mark.parametrize("rule", [0, 1])
async def test_a_sequence_leaves_what_the_model_has(
    place: Place, sequence: list[Step], rule: int
) -> None:
    await compare(place, [("create", rule, 1, "title", 0, OWNER), *sequence])


async def compare(place: Place, sequence: list[Step]) -> None:
    async with open_desk(place, series_horizon_sec=12 * DAY) as desk:
        run = Run(desk)
        for step in sequence:
            desk.clock.time += 1
            await run.step(step)
    differences = (await place.check()).differences
    assert differences == [], differences

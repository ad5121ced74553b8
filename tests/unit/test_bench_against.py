"""Reading the values of another build out of its printed table."""

import pytest
from bench.against import goal_of, number_of, values_of
from bench.table import absolute, compared, markdown, millis, per_sec, percent


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("241,000/s", 241_000),
        ("1.23 ms (1 ms .. 2 ms)", 0.00123),
        ("1.2e+03 ms", 1.2),
        ("120 MiB", 120 * 2**20),
        ("0.31 s", 0.31),
        ("1.57 x", 1.57),
        ("", None),
        ("---", None),
        ("deskcal", None),
    ],
)
def test_a_cell_begins_with_its_number(cell: str, value: float | None) -> None:
    assert number_of(cell) == (None if value is None else pytest.approx(value))


def test_the_values_of_a_table_are_found_by_row() -> None:
    rows = [
        compared("reads", [10, 20, 30], [20, 20, 20], None, show=per_sec, show_ratio=percent),
        absolute("ready", [0.25], None, show=millis),
    ]
    text = "`python -m bench`, 2 cores\n\n" + markdown(rows)
    assert values_of(text) == {"reads": 20, "ready": 0.25}


def test_creates_are_to_be_at_most_8_percent_slower() -> None:
    goal = goal_of("durable creates, 64 connections, 1 in flight on each, against groups of 64")
    assert goal is not None
    assert (goal.holds(0.92), goal.holds(0.91)) == (True, False)
    assert goal_of("point reads, 64 connections") is None

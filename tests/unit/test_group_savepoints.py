"""A transaction that fails in the middle of a group leaves it as if it had not been there."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.document import encode_event
from deskcal.core.event import ChangeType, Event, next_version
from deskcal.core.outcomes import Outcome
from deskcal.core.series import Series
from deskcal.errors import InvalidField
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.objects import CalendarObject, ObjectKey
from deskcal.store.batch.writes import Writes
from deskcal.store.ports.work import Changes, Mutation, Retry, Transaction, Work
from helpers import NOW, make_event

EVENTS = {
    1: make_event(id=1, title="plain"),
    # Due before NOW and over at NOW: a change that moves its end fires it.
    2: make_event(
        id=2,
        start_time=NOW - 200,
        end_time=NOW - 10,
        remind_time=NOW - 100,
        created_time=NOW - 500,
        updated_time=NOW - 500,
    ),
    3: make_event(id=3, title="to be deleted"),
}
OBJECT = CalendarObject(owner_id=10, uid="one", name="one.ics", event_id=1)
NEW_ID = 100
Step = tuple[str, int]
"""What is done, and a number that makes it differ."""


class Stored:
    """Has `EVENTS`, `OBJECT` and nothing else."""

    calls: Any = None

    def prepare(self, event_ids: Sequence[int]) -> None:
        """Nothing is read ahead."""

    def event(self, event_id: int) -> tuple[Event, bytes] | None:
        event = EVENTS.get(event_id)
        return None if event is None else (event, encode_event(event))

    def trashed(self, event_id: int, since: int) -> bytes | None:
        return None

    def kept(self, key: tuple[int, str], since: int) -> tuple[bytes, bytes] | None:
        return None

    def series(self, series_id: int) -> bytes | None:
        return None

    def series_documents(self, series_id: int) -> dict[int, bytes]:
        return {}

    def calendar_object(self, key: ObjectKey) -> CalendarObject | None:
        return OBJECT if key == OBJECT.key else None

    def outcomes(self) -> Sequence[Outcome]:
        return ()


def change(changes: Changes, event_id: int, **fields: Any) -> None:
    event = changes.event(event_id)
    if event is not None:
        after = next_version(event, msgspec.structs.replace(event, **fields), actor=10, now=NOW)
        changes.put(event_id, after, ChangeType.UPDATED)


def add(changes: Changes, number: int) -> None:
    changes.add(lambda event_id: make_event(id=event_id, title=f"new {number}"))


def add_several(changes: Changes, number: int) -> None:
    def make(event_id: int) -> Event:
        return make_event(id=event_id, title=f"new {number}")

    changes.add_all([make] * number)


def add_once(changes: Changes, number: int) -> None:
    """The same key twice is one event."""

    def make(_: Event | None, event_id: int) -> Event:
        return make_event(id=event_id, title=f"once {number}")

    retry = Retry(f"key {number}", b"digest", lambda _: None)
    changes.mutate(Mutation(0, ChangeType.ADDED, 10, NOW, make, retry))


def put_series(changes: Changes, number: int) -> None:
    rule: dict[str, Any] = {
        "rrule": "FREQ=DAILY",
        "timezone": "UTC",
        "start": "2026-12-25T10:00:00",
    }
    template = make_event(title=f"daily {number}")
    series = Series(series_id=7, length_sec=60, horizon=NOW, is_ended=0, template=template, **rule)
    changes.put_series(7, series)


def put_object(changes: Changes, number: int) -> None:
    after = msgspec.structs.replace(OBJECT, sequence=number) if number else None
    changes.put_calendar_object(OBJECT.key, after)


STEPS: dict[str, Callable[[Changes, int], None]] = {
    "read": lambda changes, _: (changes.event(1), None)[1],
    "rename": lambda changes, number: change(changes, 1, title=f"title {number}"),
    "fire": lambda changes, number: change(changes, 2, title=f"late {number}"),
    "delete": lambda changes, _: (changes.put(3, None, ChangeType.DELETED), None)[1],
    "add": add,
    "add several": add_several,
    "add once": add_once,
    "series": put_series,
    "object": put_object,
}


def run(steps: Sequence[Step], changes: Changes) -> None:
    for name, number in steps:
        STEPS[name](changes, number)


def work(steps: Sequence[Step], fails: Sequence[Step], is_failing: bool) -> Work:
    """Does `steps`, and between them a part with `fails` that is undone; then it may fail."""

    def apply(changes: Changes) -> None:
        half = len(steps) // 2
        run(steps[:half], changes)
        if fails:
            with pytest.raises(InvalidField):
                changes.attempt(functools.partial(part, changes))
        run(steps[half:], changes)
        if is_failing:
            raise InvalidField("no", field="title")

    def part(changes: Changes) -> None:
        run(fails, changes)
        raise InvalidField("no", field="title")

    return Transaction(list(EVENTS), 20, 10, NOW, apply, objects=[OBJECT.key])


def outcome_of(group: Sequence[Work]) -> tuple[Writes, Any]:
    """What a group leaves to be written, and the rest of what the backends ask it for."""
    batch = Batch(Stored(), range(NEW_ID, NEW_ID + 1000), retry_window_sec=60)
    batch.apply_all(group)
    writes = batch.writes()
    batch.notifications.written(None)
    result = batch.commit_result([], 1000, {})
    return writes, (batch.ids_used, batch.number_count, result.records, result.reminded)


steps = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 3)), max_size=4)
works = st.tuples(steps, steps, st.booleans())


@given(st.lists(works, max_size=6))
def test_what_fails_in_a_group_leaves_no_trace(
    tried: list[tuple[list[Step], list[Step], bool]],
) -> None:
    found = outcome_of([work(*one) for one in tried])
    wanted = outcome_of(
        [work(steps, [], False) for steps, _, is_failing in tried if not is_failing]
    )
    assert found == wanted


def test_many_events_are_added_as_one_after_the_other() -> None:
    one_by_one = outcome_of([work([("rename", 1), *[("add", 3)] * 3, ("add", 1)], [], False)])
    at_once = outcome_of([work([("rename", 1), ("add several", 3), ("add", 1)], [], False)])
    assert at_once == one_by_one


def test_each_step_changes_what_is_written() -> None:
    """Else the test above would compare nothing."""
    nothing = outcome_of([])
    for name in sorted(STEPS.keys() - {"read"}):
        assert outcome_of([work([(name, 1)], [], False)]) != nothing
    writes, (*_, reminded) = outcome_of([work([("fire", 1)], [], False)])
    assert (len(writes.notifications), reminded) == (1, [10])

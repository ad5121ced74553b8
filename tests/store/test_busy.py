"""Who is busy when, compared with a slow model that looks at every event."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskcal.core.all_day import span_of
from deskcal.core.document import DURATION_LIMITS_SEC
from deskcal.core.event import Event, EventStatus, ParticipantStatus
from deskcal.core.free_busy import Interval, makes_busy, merged
from deskcal.core.masks import brand_mask
from deskcal.errors import InvalidField
from deskcal.limits import Limits
from deskcal.store.ports import Store
from places import Places
from store.conftest import Backend
from store.mutations import adding, changing, deleting, done

YEAR = 366 * 86_400
DECLINED = int(ParticipantStatus.DECLINED)


async def busy(
    store: Store, *managers: int, since: int = 0, until: int = 1000, brands: str = "*"
) -> dict[int, list[Interval]]:
    found = await store.busy(managers, since, until, brand_mask(brands))
    return {who: times.all() for who, times in found.items()}


def at(start: int, end: int, **named: Any) -> Any:
    """A create of an event of manager 10."""
    return adding(start_time=start, end_time=end, **named)


async def test_owner_and_participants_are_busy_and_its_creator_is_not(
    store: Store,
) -> None:
    await store.mutate(at(10, 20, owner_manager_id=20, created_by=30, participant_manager_ids=[40]))
    assert await busy(store, 10, 20, 30, 40, 50) == {20: [(10, 20)], 40: [(10, 20)]}


async def test_managers_who_declined_are_free_and_others_are_not(store: Store) -> None:
    rows = [{"manager_id": 10 + status, "status": status} for status in range(4)]
    await store.mutate(at(10, 20, owner_manager_id=10, participants=rows))
    assert set(await busy(store, 10, 11, 12, 13)) == {10, 11, 13}


async def test_what_is_accepted_is_distinguished_from_what_is_not(store: Store) -> None:
    for status, start in ((0, 10), (1, 20), (2, 30), (3, 40), (1, 25), (0, 15)):
        row = {"manager_id": 11, "status": status}
        await store.mutate(at(start, start + 10, owner_manager_id=20, participants=[row]))
    found = await store.busy([11], 0, 1000, brand_mask("*"))
    assert list(found[11].accepted) == [(20, 35)]
    assert list(found[11].unanswered) == [(10, 25), (40, 50)]


async def test_one_event_can_be_left_out(store: Store) -> None:
    event = await done(store.mutate(at(10, 20)))
    await store.mutate(at(15, 30))
    found = await store.busy([10], 0, 1000, brand_mask("*"), event.id)
    assert found[10].all() == [(15, 30)]


async def test_an_owner_who_declined_is_free(store: Store) -> None:
    await store.mutate(at(10, 20, participants=[{"manager_id": 10, "status": DECLINED}]))
    assert await busy(store, 10) == {}


async def test_only_open_events_count(store: Store) -> None:
    for status in EventStatus:
        await store.mutate(at(100 * (status + 1), 100 * (status + 1) + 5, status=int(status)))
    assert await busy(store, 10) == {10: [(100, 105)]}


async def test_intervals_are_clipped_and_merged(store: Store) -> None:
    for start, end in ((90, 120), (120, 130), (125, 140), (150, 160), (155, 158), (190, 300)):
        await store.mutate(at(start, end))
    found = await busy(store, 10, since=100, until=200)
    assert found == {10: [(100, 140), (150, 160), (190, 200)]}
    assert await busy(store, 10, since=140, until=150) == {}


async def test_an_event_without_length_makes_nobody_busy(store: Store) -> None:
    await store.mutate(at(50, 50))
    assert await busy(store, 10) == {}


async def test_other_brands_don_t_show(store: Store) -> None:
    await store.mutate(at(10, 20, brand="alpha"))
    await store.mutate(at(30, 40, brand="Alpha"))
    await store.mutate(at(50, 60))
    assert await busy(store, 10, brands="alpha") == {10: [(10, 20)]}
    assert await busy(store, 10, brands="*,!alpha") == {10: [(30, 40), (50, 60)]}
    assert await busy(store, 10, brands="nobody") == {}


async def test_a_change_shows_at_once(store: Store) -> None:
    event = await done(store.mutate(at(10, 20)))
    assert await busy(store, 10) == {10: [(10, 20)]}
    await store.mutate(changing(event.id, start_time=15, end_time=30))
    assert await busy(store, 10) == {10: [(15, 30)]}
    row = msgspec.structs.replace(event.participants[0], status=ParticipantStatus.DECLINED)
    await store.mutate(changing(event.id, participants=(row,)))
    assert await busy(store, 10) == {}
    await store.mutate(at(40, 50))
    await store.mutate(deleting(2))
    assert await busy(store, 10) == {}


async def test_whatever_the_texts_of_an_event_hold_its_participants_are_found(store: Store) -> None:
    ast = '{"participants":[{"manager_id":99,"status":1}],"text":"\\u0000 \\\\u0000 ]}\'"}'
    await store.mutate(
        at(10, 20, title="O'Brien, [VIP]} \u00e9", ast_json=msgspec.Raw(ast.encode()))
    )
    assert await busy(store, 10, 99) == {10: [(10, 20)]}


async def test_more_than_fits_an_answer_is_refused(backend: Backend) -> None:
    store = await backend.open(max_answer_bytes=24 * 5)
    for start in range(6):
        await store.mutate(at(10 * start + 1, 10 * start + 2))
    with pytest.raises(InvalidField) as refused:
        await busy(store, 10)
    assert refused.value.field == "to"
    assert len((await busy(store, 10, until=50))[10]) == 5


lengths = st.one_of(
    st.integers(0, 100),
    st.sampled_from([x + d for x in DURATION_LIMITS_SEC for d in (-1, 0, 1)]),
    st.integers(0, 3 * YEAR),
)
times = st.integers(1, 300) | st.integers(1, 4 * YEAR)
participants = st.lists(
    st.tuples(st.integers(10, 13), st.integers(0, 3)), max_size=4, unique_by=lambda row: row[0]
)


@settings(max_examples=40)
@given(
    events=st.lists(
        st.tuples(
            times,
            lengths,
            st.integers(10, 13),
            participants,
            st.sampled_from([0, 0, 0, 1, 2, 3]),
            st.sampled_from(["default", "other"]),
            st.sampled_from([{}, {}, {"show_as": 0}, {"show_as": 1}]),
            st.sampled_from([{}, {"all_day": 1, "type": 0}, {"all_day": 1, "type": 3}]),
        ),
        min_size=1,
        max_size=20,
    ),
    windows=st.lists(st.tuples(times, lengths.map(lambda n: n + 1)), min_size=1, max_size=8),
    brands=st.sampled_from(["*", "other"]),
)
async def test_busy_is_what_a_look_at_every_event_finds(
    places: Places,
    events: list[tuple[Any, ...]],
    windows: list[tuple[int, int]],
    brands: str,
) -> None:
    with places() as place:
        store = await place.open(Limits())
        made = []
        for start, length, owner, rows, status, brand, show_as, kind in events:
            sent = [{"manager_id": who, "status": answer} for who, answer in rows]
            fields: dict[str, Any] = {"owner_manager_id": owner, "status": status, "brand": brand}
            fields |= show_as | kind
            work = store.mutate(at(start, start + length, participants=sent, **fields))
            made.append(await done(work))
        managers = (10, 11, 12, 13)
        for since, length in windows:
            until = since + length
            found = await busy(store, *managers, since=since, until=until, brands=brands)
            assert found == slowly_busy(made, managers, since, until, brands)
        await store.close()


def slowly_busy(
    events: Sequence[Event], managers: Sequence[int], since: int, until: int, brands: str
) -> dict[int, list[Interval]]:
    found = {}
    for manager in managers:
        spans = [
            span_of(event)
            for event in events
            for row in event.participants
            if row.manager_id == manager
            and row.status != ParticipantStatus.DECLINED
            and makes_busy(event)
            and brand_mask(brands).matches(event.brand)
        ]
        times = merged(spans, since, until)
        if times:
            found[manager] = times
    return found

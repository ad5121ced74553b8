"""Which collections masks select: against asking each of them, and at what cost."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.filters import EventFilter
from deskcal.core.masks import DeskMask, Mask
from deskcal.core.visibility import Visibility
from deskcal.store.lists import Collections, Places, Selection

MANY = 50_000

codes = st.sampled_from(["", "A", "AB", "ABC", "B", "BA", "DESK_A", "DESK_AB", "X"])
patterns = st.sampled_from(["*", "A*", "*B", "A*C", "AB", "B", "DESK_*", "!A*", "!B", "!*C", "!X"])
masks = st.lists(patterns, min_size=1, max_size=4).filter(
    lambda found: any(not pattern.startswith("!") for pattern in found)
)


class Counting(DeskMask):
    """A mask that counts how many codes it is asked about."""

    asked = 0

    def fits(self, code: str) -> bool:
        Counting.asked += 1
        return super().fits(code)


def numbers_of(selection: Selection, known: Sequence[int]) -> set[int]:
    if selection.is_complement:
        return set(known).difference(selection.numbers)
    return set(selection.numbers)


def places_of(found: Collections, wanted: EventFilter, visibility: Visibility) -> Places | None:
    return asyncio.run(found.places(wanted, visibility))


def asking(desks: str, brand: str | None = None, manager_id: int = 0) -> EventFilter:
    mask = DeskMask(desks)
    return EventFilter(
        since=0, until=1, limit=1, desk_filter=mask, brand=brand, manager_id=manager_id
    )


@given(
    st.lists(st.tuples(codes, codes), unique=True),
    st.lists(st.tuples(codes, codes), unique=True, max_size=3),
    masks,
    masks,
    masks,
    st.none() | codes,
)
def test_a_selection_is_what_asking_each_collection_gives(
    before: list[tuple[str, str]],
    after: list[tuple[str, str]],
    brands: list[str],
    desks: list[str],
    wanted: list[str],
    brand: str | None,
) -> None:
    numbers = {code: number for number, code in enumerate(dict.fromkeys(before + after), 1)}
    visibility = Visibility(7, DeskMask(",".join(desks)), Mask(",".join(brands)))
    filters = asking(",".join(wanted), brand)
    found = Collections()
    found.add({code: numbers[code] for code in before})
    places_of(found, filters, visibility)
    found.add(numbers)
    places = places_of(found, filters, visibility)
    shared = {
        number
        for (its_brand, desk), number in numbers.items()
        if visibility.brands.matches(its_brand)
        and brand in (None, its_brand)
        and filters.desk_filter.matches(desk)
    }
    in_scope = {n for (_, desk), n in numbers.items() if visibility.desks.matches(desk)}
    if places is None:
        assert shared == set()
    else:
        known = list(numbers.values())
        assert numbers_of(places.shared, known) == shared
        assert numbers_of(places.open, known) == shared & in_scope


def test_a_list_of_few_desks_does_not_ask_all_that_are_in_use() -> None:
    """Issue 11: every brand and desk ever used cost each list time on the event loop."""
    found = Collections()
    found.add({(f"brand {n % 100}", f"DESK_{n}"): n for n in range(1, MANY)})
    few, everything = Counting("DESK_77,DESK_4999*"), Counting("*")
    session = Visibility(7, few, Mask("*"))
    Counting.asked = 0
    places = places_of(found, asking("*"), session)
    assert places is not None and len(places.open.numbers) == 12
    assert places.shared.is_all
    assert Counting.asked < 100
    places = places_of(found, asking("*,!DESK_5"), Visibility(7, everything, Mask("*")))
    assert places is not None and places.open.is_complement
    assert len(places.open.numbers) == 1


def test_removed_collections_are_selected_no_more() -> None:
    found = Collections()
    found.add({("default", "A"): 1, ("default", "B"): 2})
    session = Visibility(7, DeskMask("A,B"), Mask("*"))
    places_of(found, asking("*"), session)
    found.remove([1])
    places = places_of(found, asking("*"), session)
    assert places is not None
    assert numbers_of(places.open, [2]) == {2}
    assert len(found) == 1

"""What lists of both backends have in common: the collections one is about, and limits. No SQL.

A collection is a brand with a desk; events carry its number. Masks are resolved to numbers here, at
a cost of what they include or exclude, not of all brands and desks that are in use.
"""

import asyncio
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from deskcal.core.document import DURATION_LIMITS_SEC
from deskcal.core.filters import EventFilter
from deskcal.core.masks import Mask
from deskcal.core.visibility import Visibility
from deskcal.errors import InvalidField
from deskcal.store.columns import FILTERS, Filter

PIECE_ROWS = 250
"""Documents that the database joins to one piece."""
CLASSES = range(len(DURATION_LIMITS_SEC) + 1)
"""Duration classes: within one a range has to look back by no more than the class's limit."""
REMEMBERED = 512
"""Selections that are kept; then the one that was not used for longest goes."""
AT_ONCE = 1000
"""Collections that are compared before others get their turn on the event loop."""
_LAST = "\U0010ffff"


class Selection(Struct, frozen=True):
    """Collections by number: these, or all but these."""

    numbers: tuple[int, ...]
    is_complement: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is none."""
        return not self.numbers and not self.is_complement

    @property
    def is_all(self) -> bool:
        """Whether there is no other."""
        return not self.numbers and self.is_complement


class Places(Struct, frozen=True):
    """The collections that a list is about, by what may be seen there."""

    open: Selection
    """Every event."""
    shared: Selection
    """Those with the manager in them; what is open is among these, too."""

    @property
    def is_all_open(self) -> bool:
        """Whether `shared` adds nothing."""
        return self.shared.is_empty or self.shared == self.open


class _Exactly(Mask):
    """A brand that is compared as it is, where a mask is expected."""

    def __init__(self, brand: str) -> None:
        super().__init__("*")
        self.text = f"={brand}"
        self.includes_all = self.matches_all = False
        self._brand = brand

    def fits(self, code: str) -> bool:
        """Whether it is this brand; brands compare exactly."""
        return code == self._brand

    def included(self) -> list[tuple[str, bool]]:
        """The brand, whole."""
        return [(self._brand, True)]


class _Axis:
    """Collections in the order of their brands, or of their desks."""

    def __init__(self) -> None:
        self._sorted: list[tuple[str, int]] = []

    def add(self, code: str, number: int) -> None:
        """Adds the collection `number` with the brand or desk `code`."""
        insort(self._sorted, (code, number))

    def remove(self, code: str, number: int) -> None:
        """Removes a collection that was added with the same `code`."""
        del self._sorted[bisect_left(self._sorted, (code, number))]

    def count(self, heads: Iterable[tuple[str, bool]]) -> int:
        """Of collections that may match, counted twice where two patterns include them."""
        return sum(end - start for start, end in map(self._range, heads))

    def numbers(self, heads: Iterable[tuple[str, bool]]) -> set[int]:
        """The collections that may match."""
        ranges = map(self._range, heads)
        return {number for start, end in ranges for _, number in self._sorted[start:end]}

    def _range(self, head: tuple[str, bool]) -> tuple[int, int]:
        code, is_whole = head
        start = bisect_left(self._sorted, (code,))
        return start, bisect_left(self._sorted, (code + ("\0" if is_whole else _LAST),))


class _Known(Struct):
    """A selection that was asked for before, and how many collections it was made of."""

    selection: Selection
    seen: int


class Collections:
    """The brands and desks in use, by number."""

    def __init__(self) -> None:
        self._codes: dict[int, tuple[str, str]] = {}
        self._added: list[int] = []
        self._brands, self._desks = _Axis(), _Axis()
        self._known: OrderedDict[tuple[str, ...], _Known] = OrderedDict()
        self.newest = 0
        """The highest number that there ever was here."""

    def __len__(self) -> int:
        return len(self._codes)

    def add(self, numbers: Mapping[tuple[str, str], int]) -> None:
        """Adds collections; those that are known already change nothing."""
        for (brand, desk), number in numbers.items():
            if number not in self._codes:
                self._codes[number] = (brand, desk)
                self._added.append(number)
                self._brands.add(brand, number)
                self._desks.add(desk.upper(), number)
                self.newest = max(self.newest, number)

    def remove(self, numbers: Iterable[int]) -> None:
        """Forgets collections that no event is in any more."""
        for number in numbers:
            code = self._codes.pop(number, None)
            if code is not None:
                self._brands.remove(code[0], number)
                self._desks.remove(code[1].upper(), number)
        self._added = list(self._codes)
        self._known.clear()

    async def places(self, wanted: EventFilter, visibility: Visibility) -> Places | None:
        """Where `wanted` may be found by `visibility`; None: in no collection."""
        brands = [visibility.brands]
        if wanted.brand is not None:
            brands.append(_Exactly(wanted.brand))
        shared = await self.select(brands, [wanted.desk_filter])
        if shared.is_empty:
            return None
        if visibility.manager_id == wanted.manager_id:
            return Places(shared, shared)
        return Places(await self.select(brands, [wanted.desk_filter, visibility.desks]), shared)

    async def select(self, brands: Sequence[Mask], desks: Sequence[Mask]) -> Selection:
        """The collections that all of these masks match."""
        masks = _Masks(brands, desks)
        key = (*(mask.text for mask in brands), "", *(mask.text for mask in desks))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = await self._search(masks)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return self._brought_up_to_date(known, masks)

    def _brought_up_to_date(self, known: _Known, masks: "_Masks") -> Selection:
        """The selection with the collections that came after it was made."""
        if known.seen < len(self._added):
            before = known.selection
            new = self._added[known.seen :]
            more = [n for n in new if masks.fit(*self._codes[n]) != before.is_complement]
            known.selection = Selection((*before.numbers, *more), before.is_complement)
            known.seen = len(self._added)
        return known.selection

    async def _search(self, masks: "_Masks") -> _Known:
        """Looks at the candidates of the narrowest mask; as what is shorter to write."""
        seen = len(self._added)
        pairs = [(self._brands, mask) for mask in masks.brands]
        pairs += [(self._desks, mask) for mask in masks.desks]
        limiting = [(axis, mask) for axis, mask in pairs if not mask.includes_all]
        if limiting:
            axis, mask = min(limiting, key=lambda pair: pair[0].count(pair[1].included()))
            candidates = axis.numbers(mask.included())
        else:
            candidates = set[int]().union(*(a.numbers(m.excluded()) for a, m in pairs))
        codes = {number: self._codes[number] for number in candidates}
        found = []
        for count, (number, code) in enumerate(codes.items(), 1):
            if masks.fit(*code) == bool(limiting):
                found.append(number)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)
        if not limiting:
            return _Known(Selection(tuple(found), is_complement=True), seen)
        if 2 * len(found) > seen:
            others = set(self._added[:seen]).difference(found)
            return _Known(Selection(tuple(others), is_complement=True), seen)
        return _Known(Selection(tuple(found)), seen)


class _Masks(Struct, frozen=True):
    """Masks over brand and desk, all of which a collection must match."""

    brands: Sequence[Mask]
    desks: Sequence[Mask]

    def fit(self, brand: str, desk: str) -> bool:
        """Whether all masks match; the empty desk is one like others."""
        return all(mask.fits(brand) for mask in self.brands) and all(
            mask.fits(desk) for mask in self.desks
        )


def equalities(wanted: EventFilter) -> Iterator[str]:
    """Columns that the list is filtered by."""
    return (name for name in FILTERS if wanted.equal.get(name))


def link_of(wanted: EventFilter) -> str | None:
    """The column among them whose partial index finds few rows; None: there is none."""
    links = (name for name in equalities(wanted) if FILTERS[name].filter is Filter.LINK)
    return next(links, None)


def path_managers(wanted: EventFilter) -> tuple[int, ...]:
    """Managers by whose calendars the rows are found; empty: by time.

    An owner is among the managers of an event, so the list of an owner is found by them, too.
    """
    if wanted.manager_id:
        return (wanted.manager_id,)
    owners = wanted.equal.get("owner_manager_id", ())
    return wanted.manager_ids or tuple(int(owner) for owner in owners)


def look_back_sec(duration_class: int) -> int | None:
    """How long before a range an event of that class may start; None: without limit."""
    if duration_class < len(DURATION_LIMITS_SEC):
        return DURATION_LIMITS_SEC[duration_class]
    return None


def too_large(max_answer_bytes: int) -> InvalidField:
    """A list is longer than an answer may be."""
    return InvalidField(
        f"the rows come to more than {max_answer_bytes} bytes; "
        "ask for fewer with limit, or for a shorter range",
        field="limit",
    )


def too_many_busy(most: int) -> InvalidField:
    """There are more busy intervals than fit into an answer."""
    return InvalidField(
        f"from .. to holds more than {most} events of these managers; "
        "ask for a shorter range, or for fewer managers",
        field="to",
    )

"""What the search of both backends has in common: its answer, its limits, the index. No SQL.

The index has the grams of each event's text. It is written behind the changes: what was changed
after `indexed_seq` is looked at one by one, so that a search never misses what was answered before
it, and no change waits for the index.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from deskcal.core.filters import Position, SearchFilter
from deskcal.core.text_search import Texts, grams_of, matches, text_of
from deskcal.core.visibility import Visibility
from deskcal.errors import Unavailable

MAX_CANDIDATES = 50_000
"""Events with all grams of a query; where there are more, events are looked at by time instead."""
FEW_CANDIDATES = 1_000
"""As many are sorted; of more, those are looked for among all events by time."""
MAX_BEHIND = 25_000
"""Events that the index may be behind while it is searched: more than it comes to be under load."""
FIRST_PAGE, LARGEST_PAGE = 500, 8_000
"""Rows that are looked at by time in one statement; each page is twice as large."""
DOCUMENTS = 64
"""Documents that are compared at a time; the newest so many come before what the index names."""
COMMON = 8
"""One in so many of these that matches: the events by time fill a page sooner than the index."""
BLIND_ROWS = 1_500
"""Events that are compared by time before the index is asked for pairs, or for common grams."""
RARE = 20_000
"""Events that a gram may be in to be looked for: each one that is in more makes a search slower."""
MAX_ROWS_BY_TIME = 32_000
"""Rows that candidates are looked for among; then the rest of the candidates is sorted."""

_decode_texts = msgspec.json.Decoder(Texts).decode

_Result = TypeVar("_Result")


class SearchPage(Struct, frozen=True):
    """Events found, as stored documents."""

    documents: list[bytes]
    """By start_time, newest first, then id, highest first."""
    next: Position | None
    """Where the next page goes on; None: this is the last one."""


class SearchStore(Protocol):
    """Texts of events."""

    indexed_seq: int
    """Up to which change the index has come, as far as this node has seen."""
    step: int
    """Changes that one transaction is to index; mutations of clients come in between."""
    large_step: int
    """The same where the index is far behind: each change costs less."""
    holds_writer: bool
    """Whether mutations wait for a step."""

    async def find(self, wanted: SearchFilter, visibility: Visibility) -> SearchPage:
        """Events with all words of `wanted` that `visibility` may see.

        Raises: Unavailable while the index is being built, or when it takes too long.
        """

    async def index(self, limit: int) -> int:
        """Brings the index up to `limit` changes further; how many it has looked at.

        0: it is up to date, or another node is at it.
        """


class Matches:
    """The events of one page, collected from candidates in their order."""

    def __init__(self, wanted: SearchFilter) -> None:
        self._wanted = wanted
        self._found: list[tuple[Position, bytes]] = []
        self._looked_at = 0

    @property
    def is_full(self) -> bool:
        """Whether the page and the first event of the next one are found."""
        return len(self._found) > self._wanted.limit

    @property
    def are_common(self) -> bool:
        """Whether so many of the events match that those by time fill a page soon."""
        return len(self._found) * COMMON >= self._looked_at

    def look_at(self, positions: Sequence[Position], documents: Iterable[bytes]) -> None:
        """Takes those of the documents that have every word, until it is full."""
        for position, document in zip(positions, documents, strict=True):
            if matches(_decode_texts(document), self._wanted.words):
                self._found.append((position, document))
                if self.is_full:
                    break
        self._looked_at += len(positions)

    def page(self) -> SearchPage:
        """What was found."""
        rows = self._found[: self._wanted.limit]
        return SearchPage([document for _, document in rows], rows[-1][0] if self.is_full else None)


def page_sizes() -> Iterator[int]:
    """How many rows to look at by time in one statement after the other."""
    yield DOCUMENTS
    size = FIRST_PAGE
    while True:
        yield size
        size = min(2 * size, LARGEST_PAGE)


def query_grams(words: Sequence[str]) -> list[str]:
    """What an event must have in the index; empty: every word is too short for it."""
    return sorted(grams_of(words))


def for_document(function: Callable[[set[str]], _Result]) -> Callable[[bytes], _Result]:
    """`function` of the folded words of an event's document, of whose grams the index consists.

    What it returned last is returned again for the same texts, as the occurrences of a series have.
    """
    last: tuple[Texts, _Result] | None = None

    def of_document(document: bytes) -> _Result:
        nonlocal last
        texts, found = _decode_texts(document), last
        if found is None or found[0] != texts:
            found = last = texts, function(set(text_of(texts).split()))
        return found[1]

    return of_document


def has_other_text(document: bytes, indexed: bytes | None) -> bool:
    """Whether an event is to be indexed again; `indexed`: as it is in the index, None: it is not.

    Most changes leave the texts as they are, and to compare them takes a tenth of the time.
    """
    return indexed is None or _decode_texts(document) != _decode_texts(indexed)


def require_index(behind: int) -> None:
    """Raises: Unavailable where the index is too far behind to be searched."""
    if behind > MAX_BEHIND:
        raise Unavailable(
            "the texts of the events are being indexed for the search; try again later"
        )

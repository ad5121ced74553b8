"""Search in the texts of events: one folding and one comparison for both backends. Pure.

Source: contract, section 15, MngSearchCalendarEvents.
"""

import functools
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Raw, Struct

from deskcal.core.event import Event
from deskcal.core.plain_text import ast_text
from deskcal.errors import InvalidField

MIN_LETTERS = 2
"""Shorter words of a query are ignored."""
GRAM = 3
"""Characters of a gram; shorter words are found without the index."""
MAX_WORDS = 16
_REMEMBERED = 32
"""Characters of the longest word of which results are remembered."""
_MOST_WORDS = 16_384
"""Words of which results are remembered."""
_LETTERS = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i"}
    | {"æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that Unicode does not decompose into a base letter and a mark."""

_Result = TypeVar("_Result")


class Texts(Struct, frozen=True, gc=False):
    """What is read of an event's document to find it by its words."""

    title: str
    ast_json: Raw
    location: str = ""
    outcome_note: str = ""


def fold(text: str) -> str:
    """`text` without case, accents and width: "Zieliński" and "ZIELINSKI" are the same.

    Folding a folded text changes nothing.
    """
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    return unicodedata.normalize("NFKC", bare.casefold().translate(_LETTERS)).casefold()


def words_of(query: str) -> list[str]:
    """The folded words of a query, each once; those of one letter are left out.

    Raises: InvalidField if none is left, or there are too many.
    """
    words = [word for word in dict.fromkeys(fold(query).split()) if len(word) >= MIN_LETTERS]
    if not words:
        raise InvalidField(
            f"q ({query[:64]!r}) has no word of two letters or more; there is nothing to look for",
            field="q",
        )
    if len(words) > MAX_WORDS:
        raise InvalidField(
            f"q has {len(words)} words; at most {MAX_WORDS} are looked for", field="q"
        )
    return words


def text_of(event: Event | Texts) -> str:
    """What an event is found by: title, text of `ast_json`, location and outcome_note, folded."""
    parts = (event.title, ast_text(event.ast_json), event.location, event.outcome_note)
    return fold("\n".join(filter(None, parts)))


def grams_of(words: Iterable[str]) -> set[str]:
    """Runs of three characters in folded words; a word that is shorter has none."""
    return set(itertools.chain.from_iterable(map(grams_of_word, words)))


def grams_of_word(word: str) -> list[str]:
    """Runs of three characters, in their order."""
    return [word[start : start + GRAM] for start in range(len(word) - GRAM + 1)]


class _Results(dict[str, _Result]):
    """What `function` returned for words; forgotten at once where there are `_MOST_WORDS`."""

    def __init__(self, function: Callable[[str], _Result]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, word: str) -> _Result:
        result = self._function(word)
        if len(word) <= _REMEMBERED:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = result
        return result


def for_each_word(function: Callable[[str], _Result]) -> Callable[[Iterable[str]], list[_Result]]:
    """`function`, for several words; what it returned is remembered where the word is short."""
    known = _Results(function).__getitem__
    return lambda words: list(map(known, words))


@functools.lru_cache(maxsize=16_384)
def number_of(gram: str) -> int:
    """A gram as an integer, below 2^63: no two grams have the same."""
    number = 0
    for one in gram:
        number = number << 21 | ord(one)
    return number


def matches(event: Event | Texts, words: Sequence[str]) -> bool:
    """Whether each word is in the event's text, as a word or a part of one."""
    text = text_of(event)
    return all(word in text for word in words)

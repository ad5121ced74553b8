"""Words of two letters, which have no gram. Source: contract, section 15."""

import pytest

from deskcal.core.document import decode_event
from deskcal.core.event import MAX_TIME
from deskcal.core.filters import SearchFilter
from deskcal.core.masks import desk_mask
from deskcal.core.text_search import fold, matches, words_of
from deskcal.store.ports import Store
from helpers import NOW
from store.mutations import ADMIN_SESSION, adding

TITLES = [
    "ab",
    "xaby",
    "a b",
    "aéb",
    "Zieliński",
    "100% of a_b",
    '"q" (x)*',
    "ΝΙΚΟΣ",
    "a\u0085b",
    "-- -",
]


async def test_pairs_of_letters_are_found_wherever_they_are_in_a_word(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("lists", "sqlite", "postgres"):
        for name, value in {"DOCUMENTS": 1, "COMMON": 0, "BLIND_ROWS": 0}.items():
            monkeypatch.setattr(f"deskcal.store.{module}.search.{name}", value, raising=False)
    made = [decode_event(await store.mutate(adding(title=title))) for title in TITLES]
    await store.mutate(adding(title="newest", start_time=NOW + 1, end_time=NOW + 1))
    while await store.search.index(100):
        pass
    letters = "".join(map(fold, TITLES)).replace("\u0085", "")
    pairs = {one + other for one, other in zip(letters, letters[1:] + "z", strict=True)}
    for query in {"qz", "zz", "é_", "ab x", "ab -- of"} | pairs:
        words = [word for word in query.split() if len(word) > 1]
        if not words:
            continue
        wanted = SearchFilter(
            since=0,
            until=MAX_TIME + 1,
            limit=50,
            desk_filter=desk_mask("*"),
            words=tuple(words_of(" ".join(words))),
        )
        page = await store.search.find(wanted, ADMIN_SESSION)
        found = {decode_event(document).id for document in page.documents}
        assert found == {one.id for one in made if matches(one, wanted.words)}, query

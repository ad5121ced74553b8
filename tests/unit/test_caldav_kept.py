"""Responses in memory: how much is kept, and what is dropped first."""

import math

from deskcal.commands.listing import Followed, Listing
from deskcal.commands.member import Key
from deskcal.http.caldav.kept import (
    MEMBER_BYTES,
    MOST_FORMS,
    RESPONSE_BYTES,
    Form,
    Kept,
    KeptCollections,
)

ONE, TWO = Key(0, 1), Key(0, 2)
NAMES = {ONE: "one.ics", TWO: "two.ics"}
TEN_BYTES = b"0123456789"
SIZE = 2 * MEMBER_BYTES + 2 * (RESPONSE_BYTES + 10)
"""Of a collection with both responses in one form."""


def listing(seq: int = 1) -> Listing:
    return Listing(seq, math.inf, NAMES, {name: key for key, name in NAMES.items()}, set())


def kept(seq: int = 1, *forms: str) -> Kept:
    found = Kept(listing(seq), {})
    for which in forms or ("a",):
        found.form(which).put([(ONE, TEN_BYTES), (TWO, TEN_BYTES)])
    return found


def test_what_was_not_asked_for_longest_goes_first() -> None:
    memory = KeptCollections(3 * SIZE)
    for name in "abc":
        memory.put(name, kept())
    assert memory.size_bytes == 3 * SIZE
    assert memory.get("a") is not None
    memory.put("d", kept())
    assert list(memory.keys()) == ["c", "a", "d"]
    assert (memory.get("b"), memory.size_bytes) == (None, 3 * SIZE)


def test_a_collection_beyond_the_limit_is_not_kept_and_drops_the_others() -> None:
    memory = KeptCollections(2 * SIZE)
    memory.put("a", kept())
    large = kept()
    memory.put("large", large)
    large.form("more").put([(ONE, bytes(2 * SIZE))])
    memory.put("large", large)
    assert (list(memory.keys()), memory.size_bytes) == ([], 0)


def test_what_is_added_is_counted_once_it_is_put_again() -> None:
    memory, found = KeptCollections(), kept()
    memory.put("a", found)
    found.form("b").put([(ONE, TEN_BYTES)])
    memory.put("a", found)
    assert memory.size_bytes == found.size_bytes == SIZE + RESPONSE_BYTES + 10


def test_an_older_one_is_not_kept_and_the_newer_one_stays() -> None:
    memory, newer = KeptCollections(), kept(2)
    memory.put("a", newer)
    memory.put("a", kept(1))
    assert memory.get("a") is newer
    memory.forget("a", kept(2))
    assert memory.get("a") is newer
    memory.forget("a", newer)
    assert (memory.get("a"), memory.size_bytes) == (None, 0)


def test_what_is_added_to_a_form_that_a_newer_one_shares_is_counted() -> None:
    memory, before = KeptCollections(), kept()
    memory.put("a", before)
    newer = before.after(Followed(listing(2), frozenset()))
    memory.put("a", newer)
    before.form("a").put([(Key(0, 3), TEN_BYTES)])
    memory.put("a", before)
    assert memory.get("a") is newer
    assert memory.size_bytes == newer.size_bytes == SIZE + RESPONSE_BYTES + 10


def test_a_response_that_is_there_stays() -> None:
    form = Form({})
    form.put([(ONE, b"first"), (ONE, b"second")])
    assert (form.responses, form.size_bytes) == ({ONE: b"first"}, RESPONSE_BYTES + 5)


def test_what_has_changed_is_left_out_of_every_form_of_what_follows() -> None:
    """Requests that are under way go on with what they have."""
    before = kept(1, "a", "b")
    after = before.after(Followed(listing(2), {ONE, Key(0, 9)}))
    for form in after.forms.values():
        assert (form.responses, form.size_bytes) == ({TWO: TEN_BYTES}, RESPONSE_BYTES + 10)
    assert before.form("a").responses.keys() == NAMES.keys()
    assert after.listing.seq == 2


def test_the_oldest_form_goes() -> None:
    found = kept(1, *map(str, range(MOST_FORMS + 1)))
    assert list(found.forms) == [str(number) for number in range(1, MOST_FORMS + 1)]

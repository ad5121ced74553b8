"""Responses of members in memory, by collection: the next app that asks gets the same. No I/O.

What is kept holds as of a number of the feed; `commands.listing` brings it up to date.
Source: docs/decisions/0019.
"""

from collections.abc import Hashable, Iterable, Mapping

from msgspec import Struct

from deskcal.commands.listing import Followed, Listing
from deskcal.commands.member import Key

MOST_BYTES = 48 * 1024 * 1024
"""Of all collections together; then those go that were not asked for longest."""
MEMBER_BYTES = 400
"""Counted for each member, for its key and name."""
RESPONSE_BYTES = 150
"""Counted for each response in addition to its length."""
MOST_FORMS = 4
"""Sets of properties that are kept for a collection; then the oldest goes."""


class Form(Struct):
    """Responses of members of one collection, all with the same properties."""

    responses: dict[Key, bytes]
    size_bytes: int = 0

    def put(self, found: Iterable[tuple[Key, bytes]]) -> None:
        """Adds responses; those that are there already stay."""
        for key, response in found:
            if self.responses.setdefault(key, response) is response:
                self.size_bytes += len(response) + RESPONSE_BYTES

    def without(self, keys: Iterable[Key]) -> "Form":
        """The same without the responses of these members."""
        found = Form(dict(self.responses), self.size_bytes)
        for key in keys:
            response = found.responses.pop(key, None)
            if response is not None:
                found.size_bytes -= len(response) + RESPONSE_BYTES
        return found


class Kept(Struct):
    """The members of one collection, and responses of some of them.

    The listing and what is kept of it never change: requests that are under way go on with theirs.
    Responses are added, which may be newer than the listing, never older.
    """

    listing: Listing
    forms: dict[Hashable, Form]
    """By which properties they have, and what else decides what is in them."""

    def form(self, which: Hashable) -> Form:
        """The responses of one form."""
        found = self.forms.get(which)
        if found is None:
            found = self.forms[which] = Form({})
            if len(self.forms) > MOST_FORMS:
                del self.forms[next(iter(self.forms))]
        return found

    def after(self, followed: Followed) -> "Kept":
        """What is left of it once members have changed."""
        forms: Mapping[Hashable, Form] = self.forms
        if followed.changed:
            forms = {which: form.without(followed.changed) for which, form in forms.items()}
        return Kept(followed.listing, dict(forms))

    @property
    def size_bytes(self) -> int:
        """Its memory, about."""
        members = MEMBER_BYTES * len(self.listing.names)
        return members + sum(form.size_bytes for form in self.forms.values())


class KeptCollections:
    """Collections by who sees them; used on the event loop alone."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._kept: dict[Hashable, tuple[Kept, int]] = {}
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """Memory of all of them, about."""
        return self._bytes

    def keys(self) -> Iterable[Hashable]:
        """Of all collections, the one first that was not asked for longest."""
        return self._kept.keys()

    def get(self, key: Hashable) -> Kept | None:
        """What is kept of a collection, and was asked for last from now on; None: nothing is."""
        found = self._kept.pop(key, None)
        if found is None:
            return None
        self._kept[key] = found
        return found[0]

    def forget(self, key: Hashable, kept: Kept) -> None:
        """Drops it unless there is another one by now."""
        found = self._kept.get(key)
        if found is not None and found[0] is kept:
            self._bytes -= self._kept.pop(key)[1]

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keeps it, or counts what was added to it.

        One older than there is is not kept, but the forms that both have are counted again.
        """
        old = self._kept.get(key)
        if old is not None and old[0].listing.seq > kept.listing.seq:
            kept = old[0]
        if old is not None:
            self._bytes -= self._kept.pop(key)[1]
        size = kept.size_bytes
        self._kept[key] = (kept, size)
        self._bytes += size
        while self._bytes > self._most:
            self._bytes -= self._kept.pop(next(iter(self._kept)))[1]

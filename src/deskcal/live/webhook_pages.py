"""Pages of the change table for many hooks: of each change, the hooks whose own filter it fits.

A change that no hook asks for costs a look-up, however many hooks there are.
"""

from collections.abc import Mapping, Sequence

from deskcal.core.document import place_of
from deskcal.core.event import ChangeType
from deskcal.core.webhooks import Audience
from deskcal.live.webhook_changes import HookChange
from deskcal.store.ports.feed import StoredChange

REMEMBERED = 1024
"""Pairs of brand and desk whose hooks are cached; then the cache is cleared."""


class HookFilters:
    """Which hooks ask for events of a brand and desk; what creators may see is not looked at."""

    def __init__(self, audiences: Mapping[int, Audience]) -> None:
        """`audiences` by hook."""
        self._audiences = dict(audiences)
        self._known: dict[tuple[str, str], frozenset[int]] = {}

    def hooks_of(self, change: StoredChange) -> frozenset[int]:
        """Hooks whose filter the event fits, before the change or after it."""
        found: frozenset[int] = frozenset()
        if change.type != ChangeType.DELETED:
            found = self._hooks(place_of(change.document))
        if change.before is not None:
            found |= self._hooks(place_of(change.before))
        return found

    def _hooks(self, place: tuple[str, str]) -> frozenset[int]:
        known = self._known.get(place)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            fitting = (n for n, one in self._audiences.items() if one.asks_for(*place))
            known = self._known[place] = frozenset(fitting)
        return known


class Page:
    """Changes that follow each other in the change table."""

    def __init__(self, changes: Sequence[StoredChange], filters: HookFilters) -> None:
        self.last_seq = changes[-1].seq if changes else None
        """None: there is no change."""
        self._fitting: dict[int, list[HookChange]] = {}
        for stored in changes:
            asking = filters.hooks_of(stored)
            if asking:
                change = HookChange(stored)
                for webhook_id in asking:
                    self._fitting.setdefault(webhook_id, []).append(change)

    def fitting(self, webhook_id: int) -> Sequence[HookChange]:
        """Changes that one of the hooks may have to be sent."""
        return self._fitting.get(webhook_id, ())

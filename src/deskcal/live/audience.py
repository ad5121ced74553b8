"""Subscribers in groups of equal visibility, so that a change costs no more than its recipients.

A group is all subscribers whose sessions have the same brands and desks and whose channels are the
same, those of single managers aside. What it receives of an event depends on brand and desk alone,
so each group is matched once with each brand and desk that events have. A subscriber may receive
more where one of its managers owns, created or takes part in the event, or where it follows such a
manager: they are found by manager, and each is asked. Source: contract, section 7.
"""

import functools
import heapq
import itertools
import math
from collections.abc import Iterable, Sequence

from deskcal.core.document import EventScope
from deskcal.live.subscribers import SeenChange, Subscriber, Viewer, about_of, lines_of

MAX_PLACES = 2048
"""Brands and desks whose groups are remembered; then they are matched again."""
_SPARE_ENDS = 1000
"""Ends of sessions that are remembered beyond two for each subscriber."""

Place = tuple[str, str]
"""Brand and desk of an event."""
_Key = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Brands, desks and channels of each session."""


class Group:
    """Subscribers who receive the same of every event that none of their managers is part of."""

    __slots__ = ("_viewers", "key", "members")

    def __init__(self, key: _Key, viewers: Sequence[Viewer]) -> None:
        self.key = key
        self._viewers = viewers
        self.members: dict[Subscriber, None] = {}

    def sees(self, place: Place) -> bool:
        """Whether it receives the events of that brand and desk."""
        scope = EventScope(*place, 0, 0, ())
        return any(viewer.sees(scope) for viewer in self._viewers)


class _Member:
    """Where a subscriber is found."""

    __slots__ = ("group", "managers", "number", "until", "viewers")

    def __init__(self, number: int) -> None:
        self.number = number
        """Its key in `Audience._ending`."""
        self.group: Group | None = None
        """None: it receives what its managers are part of, and nothing else."""
        self.managers: set[int] = set()
        """Of its live sessions, and those whom it follows."""
        self.until = math.inf
        """When the first of its live sessions is over, Unix seconds."""
        self.viewers: list[Viewer] | None = None
        """Of all its live sessions; None: it was not asked for them yet."""


class Page:
    """Changes that are pushed together."""

    def __init__(self, changes: Sequence[SeenChange]) -> None:
        """`changes`: at least one, in order."""
        self.changes = changes
        self.first_seq, self.last_seq = changes[0].seq, changes[-1].seq
        self.by_manager: dict[int, list[SeenChange]] = {}
        """Changes by who owned, created or took part in the event, before or after them."""
        self.by_place: dict[Place, list[SeenChange]] = {}
        """Changes by brand and desk of the event, before or after them."""
        for change in changes:
            scopes = [scope for scope in (change.before, change.after) if scope is not None]
            for manager_id in {one for scope in scopes for one in scope.managers}:
                self.by_manager.setdefault(manager_id, []).append(change)
            for place in set(map(_place_of, scopes)):
                self.by_place.setdefault(place, []).append(change)
        self.at_places: dict[Group, list[list[SeenChange]]] = {}
        """What each group may see, by brand and desk, since `Audience.recipients`."""
        self.seen: dict[Group, list[SeenChange]] = {}
        """The same in order, as far as it was asked for."""
        self.texts: dict[Group, bytes] = {}
        """What each group receives, as far as it was asked for."""
        self.decided_by: dict[Subscriber, Group] = {}
        """Recipients none of whose managers is part of an event: they receive what their group
        does, as long as nothing about them has changed since `Audience.recipients`."""


class Audience:
    """All subscribers, and whom a page is for."""

    def __init__(self) -> None:
        self._members: dict[Subscriber, _Member] = {}
        self._stale: set[Subscriber] = set()
        self._groups: dict[_Key, Group] = {}
        self._groups_at: dict[Place, dict[Group, None]] = {}
        self._by_manager: dict[int, dict[Subscriber, None]] = {}
        self._ends: list[tuple[float, int]] = []
        """A heap of the ends of sessions, each with a number of `_ending`; some are outdated."""
        self._ending: dict[int, Subscriber] = {}
        self._numbers = itertools.count()
        self._now = 0.0

    @property
    def group_count(self) -> int:
        """Groups of equal visibility now."""
        return len(self._groups)

    @property
    def end_count(self) -> int:
        """Ends of sessions that are remembered, outdated ones too."""
        return len(self._ends)

    def note(self, subscriber: Subscriber) -> None:
        """It is new, or its sessions or channels have changed or are about to."""
        self._stale.add(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Forgets it; each subscriber that was noted has to be removed once."""
        self._stale.discard(subscriber)
        self._take_out(subscriber)

    def recipients(self, page: Page, now: float) -> list[Subscriber]:
        """Those who may receive something of the page at `now` (Unix seconds), each once."""
        self._bring_up_to(now)
        at_places = page.at_places = {}
        for place, changes in page.by_place.items():
            for group in self._at(place):
                at_places.setdefault(group, []).append(changes)
        decided_by = page.decided_by = {}
        for group in at_places:
            decided_by.update(dict.fromkeys(group.members, group))
        asked: dict[Subscriber, None] = {}
        for manager_id in page.by_manager:
            asked.update(self._by_manager.get(manager_id, {}))
        for subscriber in asked:
            decided_by.pop(subscriber, None)
        return [*decided_by, *asked]

    def text_for(self, subscriber: Subscriber, page: Page, now: float) -> bytes:
        """The lines that it receives now, in one piece; empty: none."""
        group = page.decided_by.get(subscriber)
        if (
            group is None
            or subscriber.cursor >= page.first_seq
            or self._has_changed(subscriber, now)
        ):
            return self._text_of_its_own(subscriber, page, now)
        text = page.texts.get(group)
        if text is None:
            text = page.texts[group] = b"".join(self._lines(page, group))
        return text

    def _has_changed(self, subscriber: Subscriber, now: float) -> bool:
        """Whether the subscriber may have changed since its page was chosen, or any session ended.

        It looks at what all subscribers share: what is kept of one alone is seldom in the
        processor's caches.
        """
        is_over = bool(self._ends) and self._ends[0][0] <= now
        return is_over or now < self._now or subscriber in self._stale

    def _text_of_its_own(self, subscriber: Subscriber, page: Page, now: float) -> bytes:
        """What one receives whose managers may be part of events, or who has changed."""
        member = self._member_now(subscriber, now)
        if member is None:
            changes, viewers = page.changes, subscriber.viewers(now)
        else:
            changes = self._seen_by(member, page)
            viewers = member.viewers = member.viewers or subscriber.viewers(now)
        later = [change for change in changes if change.seq > subscriber.cursor]
        return b"".join(lines_of(later, viewers))

    def _member_now(self, subscriber: Subscriber, now: float) -> _Member | None:
        """What is known of the subscriber; None: it is outdated, so every change may be for it."""
        member = self._members.get(subscriber)
        if member is None or subscriber in self._stale or not self._now <= now < member.until:
            return None
        return member

    def _seen_by(self, member: _Member, page: Page) -> list[SeenChange]:
        """The changes that may be for the subscriber, in order; no other can be."""
        lists = [page.by_manager[one] for one in page.by_manager.keys() & member.managers]
        if member.group is not None:
            lists.append(self._seen_by_group(page, member.group))
        return _in_order(lists)

    def _seen_by_group(self, page: Page, group: Group) -> list[SeenChange]:
        """The changes that may be for its members because of brand and desk, in order."""
        seen = page.seen.get(group)
        if seen is None:
            seen = page.seen[group] = _in_order(page.at_places.get(group, []))
        return seen

    def _lines(self, page: Page, group: Group) -> Iterable[bytes]:
        def sees(scope: EventScope) -> bool:
            return group in self._at(_place_of(scope))

        for change in self._seen_by_group(page, group):
            type_ = change.type_for(sees)
            if type_ is not None:
                yield change.line(type_)

    def _at(self, place: Place) -> dict[Group, None]:
        """The groups that receive the events of that brand and desk."""
        found = self._groups_at.get(place)
        if found is None:
            if len(self._groups_at) >= MAX_PLACES:
                self._groups_at.clear()
            found = {group: None for group in self._groups.values() if group.sees(place)}
            self._groups_at[place] = found
        return found

    def _bring_up_to(self, now: float) -> None:
        """Groups again who has changed, or whose session is over; all where the clock went back."""
        if now < self._now:
            self._stale.update(self._members)
        self._now = now
        while self._ends and self._ends[0][0] <= now:
            subscriber = self._ending.get(heapq.heappop(self._ends)[1])
            if subscriber is not None:
                self._stale.add(subscriber)
        stale, self._stale = self._stale, set()
        for subscriber in stale:
            self._take_out(subscriber)
            self._put(subscriber, now)

    def _put(self, subscriber: Subscriber, now: float) -> None:
        member = self._members[subscriber] = _Member(next(self._numbers))
        viewers: dict[tuple[str, str, tuple[str, ...]], Viewer] = {}
        for manager_id, names in subscriber.peer.channels.items():
            session = subscriber.peer.live_session(manager_id, now)
            if session is None:
                continue
            member.until = min(member.until, session.exp)
            followed = {name: _manager_of(name) for name in names}
            member.managers |= {manager_id, *(m for m in followed.values() if m is not None)}
            common = tuple(sorted(name for name, manager in followed.items() if manager is None))
            if common:
                part = (session.brands.text, session.desks.text, common)
                viewers[part] = Viewer(session, tuple(map(about_of, common)))
        if viewers:
            member.group = self._group_of(viewers)
            member.group.members[subscriber] = None
        for manager_id in member.managers:
            self._by_manager.setdefault(manager_id, {})[subscriber] = None
        self._remember_end(member, subscriber)

    def _group_of(self, viewers: dict[tuple[str, str, tuple[str, ...]], Viewer]) -> Group:
        key = tuple(sorted(viewers))
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(key, list(viewers.values()))
            for place, groups in self._groups_at.items():
                if group.sees(place):
                    groups[group] = None
        return group

    def _remember_end(self, member: _Member, subscriber: Subscriber) -> None:
        if member.until == math.inf:
            return
        self._ending[member.number] = subscriber
        heapq.heappush(self._ends, (member.until, member.number))
        if len(self._ends) > 2 * len(self._members) + _SPARE_ENDS:
            self._ends = [end for end in self._ends if end[1] in self._ending]
            heapq.heapify(self._ends)

    def _take_out(self, subscriber: Subscriber) -> None:
        member = self._members.pop(subscriber, None)
        if member is None:
            return
        self._ending.pop(member.number, None)
        for manager_id in member.managers:
            subscribers = self._by_manager[manager_id]
            del subscribers[subscriber]
            if not subscribers:
                del self._by_manager[manager_id]
        group = member.group
        if group is not None:
            del group.members[subscriber]
            if not group.members:
                self._drop(group)

    def _drop(self, group: Group) -> None:
        del self._groups[group.key]
        for groups in self._groups_at.values():
            groups.pop(group, None)


def _in_order(lists: Sequence[list[SeenChange]]) -> list[SeenChange]:
    """The changes of all lists, each once; each list is in order."""
    if len(lists) == 1:
        return lists[0]
    by_seq = {change.seq: change for change in itertools.chain.from_iterable(lists)}
    return [by_seq[seq] for seq in sorted(by_seq)]


def _place_of(scope: EventScope) -> Place:
    return (scope.brand, scope.desk)


@functools.lru_cache(maxsize=65_536)
def _manager_of(name: str) -> int | None:
    """The manager of a channel `calendar:manager:<id>`; None: it is another one."""
    root, _, value = name.rpartition(":")
    return int(value) if root == "calendar:manager" else None

"""Claims inside a group of mutations: the most pressing call, or what stands in its way. No SQL.

The calls are those of the database, with what the group has changed so far put over them. So the
guard stands in the write itself: nobody else can claim between the look and the write.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec
from msgspec import Raw, Struct

from deskcal.core.claims import (
    CALLS,
    Claim,
    ClaimState,
    Rank,
    Reason,
    Wait,
    claim_state,
    numbers_of,
)
from deskcal.core.completion import require_unclaimed
from deskcal.core.document import encode_event, scope_of
from deskcal.core.event import ChangeType, Event, EventStatus, Priority
from deskcal.core.masks import Mask
from deskcal.core.outcomes import Outcome
from deskcal.core.visibility import not_found
from deskcal.errors import Conflict, EventId
from deskcal.store.columns import AS_STORED
from deskcal.store.ports.calls import CallKind, CallQuery, CallSource, ClaimAnswer

FIRST, GROWTH, MOST = 8, 8, 2_000_000
"""Rows of the first look beyond one for each claim, by how much the next ones grow, and of the
last one."""
_OWN, _MINE, _POOL, _LAPSED = CallKind.OWN, CallKind.MINE, CallKind.POOL, CallKind.LAPSED
_HIGHEST_FIRST = tuple(sorted(Priority, reverse=True))
_Filter = tuple[str | None, Mask, Mask, Mask]
"""What decides from which places a claim may take; masks of equal texts are one object."""


class ClaimGroup(Protocol):
    """What claims need of their group."""

    @property
    def change_count(self) -> int:
        """How many changes the group has so far."""

    def changed_ids(self, since: int) -> Sequence[int]:
        """Events of the changes after number `since`."""

    def event(self, event_id: int) -> Event | None:
        """The event as the group has left it so far."""

    def done_time(self, event_id: int) -> int:
        """When the group completed an event that it has changed; AS_STORED: it did not."""

    def put(
        self, event_id: int, after: Event | None, type_: ChangeType, time: int, actor: int
    ) -> bytes:
        """Stages a change of an event; its document."""

    def outcomes(self) -> Sequence[Outcome]:
        """The directory's outcomes."""


class _Overlay:
    """Events that the group has changed, as far as claims look at them."""

    def __init__(self) -> None:
        self.changed: set[int] = set()
        self.free: dict[int, Event] = {}
        self.claimed: dict[int, Event] = {}
        self.done: dict[int, Event] = {}
        self._held: dict[tuple[str, int], dict[int, Event]] = {}
        self._of_claimer: dict[int, dict[int, Event]] = {}
        self._first_end = math.inf
        """No claim among `claimed` ends before it."""

    def put(self, event_id: int, event: Event | None) -> None:
        """Notes an event as it is now; None: it is gone."""
        self.changed.add(event_id)
        before = self.claimed.pop(event_id, None)
        if before is not None:
            del self._of_claimer[before.claimed_by][event_id]
            for key in numbers_of(before):
                del self._held[key][event_id]
        self.free.pop(event_id, None)
        self.done.pop(event_id, None)
        if event is None:
            return
        state = claim_state(event)
        if state == ClaimState.FREE:
            self.free[event_id] = event
        elif state == ClaimState.CLAIMED:
            self.claimed[event_id] = event
            self._of_claimer.setdefault(event.claimed_by, {})[event_id] = event
            self._first_end = min(self._first_end, event.claim_until)
            for key in numbers_of(event):
                self._held.setdefault(key, {})[event_id] = event
        elif event.status in (EventStatus.DONE, EventStatus.ARCHIVED):
            self.done[event_id] = event

    def claimed_or_lapsed(self, manager_id: int, now: int) -> list[Event]:
        """What the manager has claimed, and claims of others that have ended."""
        found = list(self._of_claimer.get(manager_id, {}).values())
        if self._first_end <= now:
            lapsed = (event for event in self.claimed.values() if event.claim_until <= now)
            found += [event for event in lapsed if event.claimed_by != manager_id]
        return found

    def held(self, event: Event) -> Iterator[Event]:
        """Claimed events that have a number in common with `event`."""
        for key in numbers_of(event):
            yield from self._held.get(key, {}).values()


class _Run(Struct):
    """Rows of one query, in order."""

    events: Sequence[Event]
    first: int = 0
    """All before it were changed by the group."""

    def skip(self, changed: set[int]) -> None:
        """Moves `first` on."""
        while self.first < len(self.events) and self.events[self.first].id in changed:
            self.first += 1


class Claims:
    """The claims of one group."""

    def __init__(self, group: ClaimGroup, source: CallSource) -> None:
        self._group = group
        self._source = source
        self._seen = 0
        self._overlay = _Overlay()
        self._known: dict[CallQuery, Sequence[Event]] = {}
        self._runs: dict[CallQuery, _Run] = {}
        self._places: dict[_Filter, tuple[int, ...]] = {}
        self._expected = 0

    def prepare(self, claims: Sequence[Claim]) -> None:
        """Makes ready for claims of the most pressing event."""
        self._expected = len(claims)
        self._source.prepare(claims)

    def claim(self, claim: Claim) -> ClaimAnswer:
        """Claims the most pressing event. Raises: NotFound, Forbidden, Conflict for a named one."""
        self._look()
        if claim.event_id:
            return self._claim_named(claim)
        soonest: Wait | None = None
        for event in self._due(claim):
            wait = self._wait(claim, event, soonest)
            if wait is None:
                document = self._take(claim, event)
                if document is not None:
                    return ClaimAnswer(document)
            elif soonest is None or wait.until < soonest.until:
                soonest = wait
        soonest = self._soonest_claimed(claim, soonest)
        if soonest is None:
            return _later(claim, Wait(self._next_time(claim), Reason.NONE_DUE))
        return _later(claim, soonest)

    def _look(self) -> None:
        """Notes what the group has changed since the last claim."""
        for event_id in self._group.changed_ids(self._seen):
            self._overlay.put(event_id, self._group.event(event_id))
        self._seen = self._group.change_count

    def _claim_named(self, claim: Claim) -> ClaimAnswer:
        event = self._group.event(claim.event_id)
        if event is None:
            raise not_found(claim.event_id)
        claim.session.require_change(event.id, scope_of(event))
        require_unclaimed(event, claim.manager_id, claim.now)
        if claim.rank(event) is None:
            raise _unclaimable(event)
        if claim.ready_time(event) > claim.now:
            return _later(claim, Wait(claim.ready_time(event), Reason.NONE_DUE))
        wait = self._wait(claim, event, None)
        return _later(claim, wait) if wait else ClaimAnswer(self._put(claim, event))

    def _due(self, claim: Claim) -> Iterator[Event]:
        """Events that have come and are not claimed by others, the most pressing first."""
        others = sorted(self._ranked(claim, self._others(claim)))
        stored = itertools.chain(self._own(claim), self._pool(claim))
        for rank, _, event in self._ranked(claim, stored):
            while others and others[0][0] < rank:
                yield others.pop(0)[2]
            yield event
        yield from (event for _, _, event in others)

    def _ranked(self, claim: Claim, events: Iterable[Event]) -> Iterator[tuple[Rank, int, Event]]:
        """Those that the claim can take and that have come, with their place in the order."""
        for event in events:
            rank = claim.rank(event)
            if rank is not None and claim.ready_time(event) <= claim.now:
                yield rank, event.id, event

    def _others(self, claim: Claim) -> Iterator[Event]:
        """What the group has freed or added, what the manager has claimed, and lapsed claims."""
        manager_id, now = claim.manager_id, claim.now
        yield from self._overlay.free.values()
        yield from self._overlay.claimed_or_lapsed(manager_id, now)
        known = set()
        for query in (
            CallQuery(_MINE, manager_id),
            CallQuery(_LAPSED, now=now),
        ):
            for event in self._rows(query):
                if event.id not in self._overlay.changed and event.id not in known:
                    known.add(event.id)
                    yield event

    def _own(self, claim: Claim) -> Iterator[Event]:
        """The manager's events, by priority, start and id, as many as are taken."""
        yielded: set[int] = set()
        for limit in _limits(FIRST):
            rows = self._rows(CallQuery(_OWN, claim.manager_id, (), claim.now, limit))
            is_cut = False
            for _, found in itertools.groupby(rows, lambda event: event.priority):
                events = list(found)
                for event in events:
                    if event.id not in yielded and event.id not in self._overlay.changed:
                        yielded.add(event.id)
                        yield event
                is_cut = len(events) == limit
                if is_cut:
                    break
            if not is_cut:
                return

    def _pool(self, claim: Claim) -> Iterator[Event]:
        """Events of the pool, by priority, start and id, as many as are taken."""
        places = self._places_of(claim) if claim.has_pool else ()
        for priority in _HIGHEST_FIRST if places else ():
            query = CallQuery(_POOL, 0, places, claim.now, priority=priority)
            yield from self._in_order(query)

    def _places_of(self, claim: Claim) -> tuple[int, ...]:
        session = claim.session
        key = (claim.brand, claim.desk_filter, session.brands, session.desks)
        places = self._places.get(key)
        if places is None:
            places = self._places[key] = self._source.places(claim)
        return places

    def _in_order(self, wanted: CallQuery) -> Iterator[Event]:
        """Events in the order of the query, as many as are taken."""
        passed = 0
        for limit in _limits(FIRST + self._expected):
            run = self._run_of(msgspec.structs.replace(wanted, limit=limit))
            for event in itertools.islice(run.events, max(run.first, passed), None):
                if event.id not in self._overlay.changed:
                    yield event
            passed = len(run.events)
            if passed < limit:
                return

    def _run_of(self, query: CallQuery) -> "_Run":
        run = self._runs.get(query)
        if run is None:
            run = self._runs[query] = _Run(self._rows(query))
        run.skip(self._overlay.changed)
        return run

    def _rows(self, query: CallQuery) -> Sequence[Event]:
        found = self._known.get(query)
        if found is None:
            found = self._known[query] = self._source.rows(query)
        return found

    def _wait(self, claim: Claim, event: Event, soonest: Wait | None) -> Wait | None:
        """The last obstacle to end; of an event that can't be the soonest, any of them."""
        if soonest is not None:
            first = claim.wait(event, (), ())
            if first is not None and first.until >= soonest.until:
                return first
        return claim.wait(event, self._held(event), self._contacts(claim, event))

    def _held(self, event: Event) -> list[Event]:
        held = list(self._overlay.held(event))
        for field, number in numbers_of(event):
            held += self._unchanged(self._source.held(field, number))
        return [other for other in held if other.id != event.id]

    def _contacts(self, claim: Claim, event: Event) -> list[tuple[int, Event]]:
        if not claim.rules.cooldown_sec:
            return []
        codes = tuple(one.code for one in self._group.outcomes() if one.is_contact)
        since = claim.now - claim.rules.cooldown_sec
        stored: dict[int, tuple[int, Event]] = {}
        for field, number in numbers_of(event) if codes else ():
            for time, other in self._source.contacts(field, number, codes, since):
                stored[other.id] = (time, other)
        changed = self._overlay.changed
        found = [contact for id_, contact in stored.items() if id_ not in changed]
        for other in self._overlay.done.values():
            time = self._group.done_time(other.id)
            if time == AS_STORED:
                time = stored[other.id][0] if other.id in stored else 0
            if other.outcome in codes:
                found.append((time, other))
        return found

    def _unchanged(self, events: Iterable[Event]) -> list[Event]:
        return [event for event in events if event.id not in self._overlay.changed]

    def _take(self, claim: Claim, event: Event) -> bytes | None:
        """The document of the claimed event; None where it has changed since it was read."""
        current = self._group.event(event.id)
        if current == event:
            return self._put(claim, event)
        if current is None or claim.rank(current) != claim.rank(event):
            return None
        return None if self._wait(claim, current, None) else self._put(claim, current)

    def _put(self, claim: Claim, event: Event) -> bytes:
        after = claim.claimed(event)
        if after == event:
            return encode_event(event)
        return self._group.put(event.id, after, ChangeType.UPDATED, claim.now, claim.manager_id)

    def _soonest_claimed(self, claim: Claim, soonest: Wait | None) -> Wait | None:
        """`soonest`, or what others have claimed and becomes free before it."""
        staged = sorted(self._overlay.claimed.values(), key=lambda event: event.claim_until)
        for events in (staged, self._claimed(claim)):
            for event in events:
                if soonest is not None and event.claim_until >= soonest.until:
                    break
                is_other = claim.is_held_by_other(event)
                if is_other and any(self._ranked(claim, [event])):
                    wait = self._wait(claim, event, soonest)
                    if wait and (soonest is None or wait.until < soonest.until):
                        soonest = wait
        return soonest

    def _claimed(self, claim: Claim) -> Iterator[Event]:
        return self._in_order(CallQuery(CallKind.CLAIMED, now=claim.now))

    def _next_time(self, claim: Claim) -> int:
        """When the next event comes, Unix seconds; 0: none. One that was moved may be claimed."""
        known = (self._others(claim), self._overlay.claimed.values(), self._claimed(claim))
        times = list(self._times(claim, itertools.chain.from_iterable(known)))
        queries = [CallQuery(CallKind.NEXT_OWN, claim.manager_id, (), claim.now)]
        places = self._places_of(claim)
        if claim.has_pool and places:
            queries.append(CallQuery(CallKind.NEXT_POOL, 0, places, claim.now))
        for query in queries:
            times += itertools.islice(self._times(claim, self._in_order(query)), 1)
        return min(times, default=0)

    def _times(self, claim: Claim, events: Iterable[Event]) -> Iterator[int]:
        for event in events:
            time = claim.ready_time(event)
            if time > claim.now and claim.rank(event) is not None:
                yield time


def _limits(first: int) -> Iterator[int]:
    limit = first
    while limit < MOST:
        yield limit
        limit *= GROWTH
    yield MOST


def _later(claim: Claim, wait: Wait) -> ClaimAnswer:
    return ClaimAnswer(None, wait.reason, max(wait.until - claim.now, 0))


def _unclaimable(event: Event) -> Conflict:
    if event.status != EventStatus.OPEN or event.type not in CALLS:
        why = "only open calls and follow-ups can be claimed"
    elif event.pool_after_sec:
        why = "it belongs to another manager, and to the pool of a desk outside your scope"
    else:
        why = "it belongs to another manager, and never joins the pool (pool_after_sec)"
    return Conflict(EventId(event.id), f" can't be claimed: {why}", event=Raw(encode_event(event)))

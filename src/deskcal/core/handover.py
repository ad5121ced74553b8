"""Events of one manager that go to others: who gets which, and what becomes of the event. Pure.

Source: contract, section 15.
"""

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from deskcal.core.draft import Draft, merge
from deskcal.core.event import Event, ParticipantStatus, next_version
from deskcal.core.free_busy import Interval, makes_busy
from deskcal.core.participants import ParticipantFields
from deskcal.core.series import Series, as_template

OWNER, PARTICIPANT = "owner", "participant"
FIRST, SPREAD = "first", "spread"
MAX_SHOWN = 100
"""Events of each receiver that a preview shows at most."""


class Assignment(Struct, frozen=True):
    """One event and the manager who gets it."""

    event_id: int
    version: int
    manager_id: int
    is_conflict: bool
    """Whether that manager is busy at the time."""


class Receiver(Struct):
    """One of the managers who get events."""

    manager_id: int
    busy: Sequence[Interval]
    """Merged, in order."""
    count: int
    """Open events in the range of the handover, and what was assigned so far."""
    assigned_until: int = 0
    """The latest end of what makes busy and was assigned; events are assigned by start."""

    def is_free(self, event: Event, start: int, end: int) -> bool:
        """Whether nothing else is planned then.

        An event that is theirs already, or that makes nobody busy, is no conflict.
        """
        if start >= end or takes_part(event, self.manager_id) or not makes_busy(event):
            return True
        place = bisect_left(self.busy, (end,))
        is_busy = place > 0 and self.busy[place - 1][1] > start
        return not is_busy and self.assigned_until <= start


def takes_part(event: Event, manager_id: int) -> bool:
    """Whether the manager is a participant of the event, its owner included."""
    return any(row.manager_id == manager_id for row in event.participants)


def is_handed_over(event: Event, manager_id: int, roles: Sequence[str]) -> bool:
    """Whether the event is that manager's in one of `roles`; as its creator alone it is not."""
    if event.owner_manager_id == manager_id:
        return OWNER in roles
    return PARTICIPANT in roles and takes_part(event, manager_id)


def assign(
    events: Sequence[tuple[Event, int, int]], receivers: Sequence[Receiver], mode: str
) -> list[Assignment]:
    """Who gets which of `events` (each with its start and end, by start).

    `first`: all go to the first receiver. `spread`: each to a receiver who is free then, of these
    to the one with the fewest; where nobody is free, to the one with the fewest.
    """
    found = []
    for event, start, end in events:
        free = [one for one in receivers if one.is_free(event, start, end)]
        pool = receivers[:1] if mode == FIRST else free or receivers
        taken = min(pool, key=lambda one: one.count)
        found.append(Assignment(event.id, event.version, taken.manager_id, taken not in free))
        taken.count += 1
        if makes_busy(event):
            taken.assigned_until = max(taken.assigned_until, end)
    return found


_event_id_of = attrgetter("event_id")


def digest_of(assignments: Sequence[Assignment]) -> str:
    """The same for the same events, versions and receivers: what a preview has shown."""
    digest = hashlib.blake2b(digest_size=12)
    for one in sorted(assignments, key=_event_id_of):
        digest.update(b"%d,%d,%d;" % (one.event_id, one.version, one.manager_id))
    return digest.hexdigest()


def handed_over(event: Event, sender: int, receiver: int, *, actor: int, now: int) -> Event:
    """The event with `receiver` in the place of `sender`, who does not stay as a participant.

    Roles and answers of the others stay; a receiver who takes part already keeps their answer.
    Raises: InvalidField if the owner's row is one participant too many.
    """
    rows = [ParticipantFields(row.manager_id) for row in event.participants]
    index = [row.manager_id for row in rows].index(sender)
    role = event.participants[index].role
    is_owner = event.owner_manager_id == sender
    rows[index : index + 1] = []
    if not is_owner and not takes_part(event, receiver):
        status = ParticipantStatus.INVITED
        rows.insert(index, ParticipantFields(receiver, role, status))
    values = {"owner_manager_id": receiver} if is_owner else {}
    after = merge(event, Draft(values, tuple(rows)), now=now)
    return next_version(event, after, actor=actor, now=now)


def series_handed_over(
    series: Series, sender: int, receiver: int, *, actor: int, now: int
) -> Series:
    """The series whose new occurrences are as `handed_over` leaves one."""
    after = handed_over(series.template, sender, receiver, actor=actor, now=now)
    return replace(series, template=as_template(after), version=series.version + 1)


def receivers_of_series(
    assignments: Sequence[Assignment], series_of: Mapping[int, int]
) -> dict[int, int]:
    """By series, who gets most of it; of several who do, the one who gets the earlier event.

    `series_of`: series of each event, 0 of one of no series.
    """
    found: dict[int, Counter[int]] = {}
    for one in assignments:
        found.setdefault(series_of[one.event_id], Counter())[one.manager_id] += 1
    return {series_id: counts.most_common(1)[0][0] for series_id, counts in found.items()}


def first_shown(assignments: Sequence[Assignment], manager_id: int, limit: int) -> list[Assignment]:
    """At most `limit` events of that receiver: those with a conflict, then the others, in order."""
    theirs = [one for one in assignments if one.manager_id == manager_id]
    return sorted(theirs, key=lambda one: not one.is_conflict)[:limit]


def totals(assignments: Sequence[Assignment], manager_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Events and conflicts of each receiver, in the order given."""
    counts = Counter(one.manager_id for one in assignments)
    conflicts = Counter(one.manager_id for one in assignments if one.is_conflict)
    return [
        {"manager_id": one, "count": counts[one], "conflicts": conflicts[one]}
        for one in manager_ids
    ]

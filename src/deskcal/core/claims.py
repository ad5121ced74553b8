"""Claims of calls: who may claim which event, in which order, and what stands in the way. Pure.

Source: contract, section 14.
"""

import enum
from collections.abc import Iterable
from operator import attrgetter

import msgspec
from msgspec import Struct

from deskcal.core.completion import CallRules, is_claimed_by_other
from deskcal.core.event import Event, EventStatus, EventType, customer_of
from deskcal.core.masks import DeskMask
from deskcal.core.participants import rows_of_owner
from deskcal.core.sessions import Session

CALLS = (EventType.CALL, EventType.FOLLOW_UP)
"""Types that can be claimed."""
MIN_LEASE_SEC, MAX_LEASE_SEC = 30, 3600
FARTHEST_SEC = MAX_LEASE_SEC + 300
"""No claim ends later than this from now, but one that was taken while a clock was ahead: it is
over. The clocks of nodes may be five minutes apart before that ends a claim early."""
NUMBERS = ("customer_id", "lead_id", "login")
"""Fields that name a customer, within a brand; 0 names nobody."""
_numbers = attrgetter(*NUMBERS)

Rank = tuple[int, int, int, int]
"""Own before the pool, then higher priority, earlier start, lower id: the lowest comes first."""


class ClaimState(enum.IntEnum):
    """What an event is for claims; a column of the stores."""

    NONE, FREE, CLAIMED = range(3)


_OPEN, _NONE, _FREE = EventStatus.OPEN, ClaimState.NONE, ClaimState.FREE
_CLAIMED = ClaimState.CLAIMED


class Reason(enum.StrEnum):
    """Why nothing was claimed."""

    NONE_DUE = "NONE_DUE"
    OUTSIDE_HOURS = "OUTSIDE_HOURS"
    COOLDOWN = "COOLDOWN"
    ALL_CLAIMED = "ALL_CLAIMED"


class Wait(Struct, frozen=True, order=True):
    """What stands in the way of a claim, and until when (Unix seconds)."""

    until: int
    reason: Reason


def claim_state(event: Event) -> ClaimState:
    """FREE: an open call or follow-up that nobody has claimed."""
    if event.claimed_by:
        return _CLAIMED
    return _FREE if event.status == _OPEN and event.type in CALLS else _NONE


def pool_time(event: Event) -> int:
    """When an open call joins the pool of its desk, Unix seconds; 0: never."""
    if not event.pool_after_sec or event.status != _OPEN or event.type not in CALLS:
        return 0
    return event.start_time + event.pool_after_sec


class Claim(Struct, frozen=True, kw_only=True):
    """What a session wants to claim."""

    session: Session
    now: int
    rules: CallRules
    desk_filter: DeskMask
    types: tuple[int, ...] = CALLS
    has_pool: bool = True
    """Whether events of the pool are wanted besides its own."""
    brand: str | None = None
    lease_sec: int = 300
    event_id: int = 0
    """That event alone, whatever the filters say; 0: the most pressing one."""

    @property
    def manager_id(self) -> int:
        """Who claims."""
        return self.session.manager_id

    @property
    def needs_outcomes(self) -> bool:
        """Whether the directory's outcomes are looked at."""
        return self.rules.cooldown_sec > 0

    def takes(self, brand: str, desk: str) -> bool:
        """Whether the filters let events of that brand and desk through."""
        return self.brand in (None, brand) and self.desk_filter.matches(desk)

    def rank(self, event: Event) -> Rank | None:
        """Its place in the order; None: never for this claim, whether it is claimed or not."""
        is_own = event.owner_manager_id == self.manager_id
        if event.status != _OPEN or event.type not in self.types:
            return None
        if not is_own and not (self.has_pool and self.has_in_pool(event)):
            return None
        if not (self.takes(event.brand, event.desk) and self.session.can_change(event)):
            return None
        return (0 if is_own else 1, -event.priority, event.start_time, event.id)

    def has_in_pool(self, event: Event) -> bool:
        """Whether it is, or comes to be, in the pool of a desk of the session: of its scope.

        An event that the manager has created outside the scope is theirs to change, but in the pool
        of others.
        """
        return bool(event.pool_after_sec) and self.session.in_scope(event.brand, event.desk)

    def ready_time(self, event: Event) -> int:
        """When it comes for this manager: its start, or when it joins the pool."""
        is_own = event.owner_manager_id == self.manager_id
        return event.start_time if is_own else pool_time(event)

    def is_held_by_other(self, event: Event) -> bool:
        """Whether somebody else works on it now."""
        return is_claimed_by_other(event, self.manager_id, self.now)

    def wait(
        self, event: Event, held: Iterable[Event], contacts: Iterable[tuple[int, Event]]
    ) -> Wait | None:
        """The last obstacle to end; None: the event, which has come, can be claimed.

        `held`: claimed events that may be of the same customer. `contacts`: done ones, with the
        time of the contact.
        """
        waits = []
        if self.is_held_by_other(event):
            waits.append(Wait(event.claim_until, Reason.ALL_CLAIMED))
        allowed = self.rules.hours.next_allowed(event.brand, event.customer_timezone, self.now)
        if allowed > self.now:
            waits.append(Wait(allowed, Reason.OUTSIDE_HOURS))
        waits += [
            Wait(other.claim_until, Reason.ALL_CLAIMED)
            for other in held
            if self.is_held_by_other(other) and is_same_customer(event, other)
        ]
        waits += [
            Wait(time + self.rules.cooldown_sec, Reason.COOLDOWN)
            for time, other in contacts
            if time + self.rules.cooldown_sec > self.now and is_same_customer(event, other)
        ]
        return max(waits, key=lambda wait: wait.until, default=None)

    def claimed(self, event: Event) -> Event:
        """The event as claimed; its `version` stays. The claimer becomes the owner."""
        until, manager_id = self.now + self.lease_sec, self.manager_id
        if event.claimed_by == manager_id:
            until = max(until, event.claim_until)
        rows = event.participants
        if event.owner_manager_id != manager_id:
            rows = rows_of_owner(event, manager_id, self.now)
        return msgspec.structs.replace(
            event,
            owner_manager_id=manager_id,
            participants=rows,
            claimed_by=manager_id,
            claim_until=until,
        )


def is_same_customer(one: Event, other: Event) -> bool:
    """Whether two events of a brand have a customer_id, lead_id or login in common."""
    brand, *numbers = customer_of(one)
    other_brand, *others = customer_of(other)
    return brand == other_brand and any(
        number and number == other for number, other in zip(numbers, others, strict=True)
    )


def released(event: Event) -> Event:
    """The event without its claim; its `version` stays."""
    return msgspec.structs.replace(event, claimed_by=0, claim_until=0)


def numbers_of(event: Event) -> list[tuple[str, int]]:
    """Field and value of the numbers that name its customer."""
    return [one for one in zip(NUMBERS, _numbers(event), strict=True) if one[1]]

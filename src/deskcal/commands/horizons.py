"""From where on an answer about times may be incomplete: the horizons of series that go on."""

from collections.abc import Callable, Collection

import msgspec

from deskcal.commands.services import Services
from deskcal.core.document import scope_of
from deskcal.core.event import Event, EventStatus, ParticipantStatus, managers_of
from deskcal.core.filters import EventFacts
from deskcal.core.sessions import Session
from deskcal.store.columns import fits

MOST = 1000
"""Series that are looked at, those with the earliest horizons."""


async def horizon_member(services: Services, until: int, matches: Callable[[Event], bool]) -> bytes:
    """`,"horizon":n`, of the first unended series with occurrences before `until` that matches.

    Empty where there is none: what comes within `series_horizon_sec` from now exists.
    Source: contract, section 13.
    """
    if until <= services.now() + services.limits.series_horizon_sec:
        return b""
    for series in await services.store.series.unended(until, MOST):
        like = msgspec.structs.replace(series.template, series_id=series.series_id)
        if matches(like):
            return b',"horizon":%d' % series.horizon
    return b""


def is_listed(session: Session, facts: EventFacts) -> Callable[[Event], bool]:
    """Whether a list of `facts` has events like this one."""

    def matches(event: Event) -> bool:
        managers = managers_of(event)
        return (
            session.can_see(scope_of(event))
            and facts.desk_filter.matches(event.desk)
            and facts.brand in (None, event.brand)
            and (not facts.manager_id or facts.manager_id in managers)
            and (not facts.manager_ids or not set(facts.manager_ids).isdisjoint(managers))
            and fits(event, facts.equal)
        )

    return matches


def is_busy(session: Session, manager_ids: Collection[int]) -> Callable[[Event], bool]:
    """Whether one of these managers takes part in events like this one."""

    def matches(event: Event) -> bool:
        return (
            event.status == EventStatus.OPEN
            and session.brands.matches(event.brand)
            and any(
                row.manager_id in manager_ids and row.status != ParticipantStatus.DECLINED
                for row in event.participants
            )
        )

    return matches

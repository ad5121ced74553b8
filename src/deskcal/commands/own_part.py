"""What of a calendar object is still its owner's: events may have gone to somebody else since.

Source: docs/decisions/0019.
"""

import msgspec

from deskcal.core.document import scope_of
from deskcal.core.event import Event
from deskcal.core.sessions import Session
from deskcal.errors import Forbidden
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.ports.work import Changes


def own_part(
    changes: Changes, session: Session, owner_id: int, known: CalendarObject | None
) -> CalendarObject | None:
    """`known` without events, deleted ones too, and a series that are somebody else's by now.

    Without those that `session` may not see, too: nothing tells that they are there.

    None: nothing is left, so that the UID is free for another event.
    Raises: Forbidden where `owner_id` takes part in one of them, and `session` sees it.
    """
    if known is None:
        return None

    def has(event_id: int) -> bool:
        event = changes.event(event_id) or changes.trashed(event_id)
        return event is None or is_own(event, session, owner_id)

    series = changes.series(known.series_id) if known.series_id else None
    has_series = series is None or is_own(series.template, session, owner_id)
    own = msgspec.structs.replace(
        known,
        event_id=known.event_id if known.event_id and has(known.event_id) else 0,
        series_id=known.series_id if has_series else 0,
        overrides={time: one for time, one in known.overrides.items() if has(one)},
    )
    return own if own.event_id or own.series_id or own.overrides else None


def is_own(event: Event, session: Session, owner_id: int) -> bool:
    """Whether that manager owns an event, which may be deleted, and `session` may see it.

    Raises: Forbidden where the manager takes part in somebody else's, and `session` sees it.
    """
    if not session.can_see(scope_of(event)):
        return False
    if event.owner_manager_id == owner_id:
        return True
    if any(row.manager_id == owner_id for row in event.participants):
        raise Forbidden(
            f"it is an event of manager {event.owner_manager_id}, in which manager {owner_id} "
            "takes part: only its owner changes or restores it; answer it, other than DECLINED"
        )
    return False

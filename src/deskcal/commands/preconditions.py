"""What a mutation demands of the stored event before it changes it."""

import msgspec
from msgspec import Raw

from deskcal.core.document import encode_event, scope_of
from deskcal.core.draft import Draft
from deskcal.core.event import Event
from deskcal.core.sessions import Session
from deskcal.errors import Conflict, EventId, Forbidden


def require_destination(session: Session, event: Event, sent: Draft) -> None:
    """Raises: Forbidden if the update moves the event to where the session may not put it."""
    brand = sent.values.get("brand", event.brand) or "default"
    desk = sent.values.get("desk", event.desk) or ""
    if (brand, desk) != (event.brand, event.desk):
        owner = sent.values.get("owner_manager_id", event.owner_manager_id) or event.created_by
        moved = msgspec.structs.replace(event, brand=brand, desk=desk, owner_manager_id=owner)
        session.require_place(scope_of(moved))


def takes_part(event: Event, manager_id: int) -> bool:
    """Whether the manager is among the participants."""
    return any(row.manager_id == manager_id for row in event.participants)


def require_participant(event: Event, manager_id: int) -> None:
    """Raises: Forbidden if the manager has nothing to answer."""
    if not takes_part(event, manager_id):
        raise Forbidden(
            "you take no part in ", EventId(event.id), ", so there is nothing to answer"
        )


def require_version(event: Event, if_version: int | None) -> None:
    """Raises: Conflict, with the event as it is. Source: contract, section 7."""
    if if_version is not None and if_version != event.version:
        raise Conflict(
            EventId(event.id),
            f" is at version {event.version}, not {if_version}: somebody changed it meanwhile; "
            "look at error.event and send your change again",
            field="if_version",
            event=Raw(encode_event(event)),
        )

"""What a mutation demands of the stored event before it changes it."""

import msgspec
from msgspec import Raw

from deskcal.core.document import encode_event, scope_of
from deskcal.core.draft import Draft
from deskcal.core.event import Event
from deskcal.core.sessions import Session
from deskcal.errors import Conflict


def require_destination(session: Session, event: Event, sent: Draft) -> None:
    """Raises: Forbidden if the update moves the event to where the session may not put it."""
    brand = sent.values.get("brand", event.brand) or "default"
    desk = sent.values.get("desk", event.desk) or ""
    if (brand, desk) != (event.brand, event.desk):
        owner = sent.values.get("owner_manager_id", event.owner_manager_id) or event.created_by
        moved = msgspec.structs.replace(event, brand=brand, desk=desk, owner_manager_id=owner)
        session.require_place(scope_of(moved))


def require_version(event: Event, if_version: int | None) -> None:
    """Raises: Conflict, with the event as it is. Source: contract, section 7."""
    if if_version is not None and if_version != event.version:
        raise Conflict(
            f"event {event.id} is at version {event.version}, not {if_version}: somebody changed "
            "it meanwhile; look at error.event and send your change again",
            field="if_version",
            event=Raw(encode_event(event)),
        )

"""What an export of deskcal has given a UID, so that an import finds it again."""

import re

from msgspec import Struct

from deskcal.commands.member import Key, decode_head, default_name
from deskcal.commands.services import Services
from deskcal.core.document import decode_event, scope_of
from deskcal.core.event import MAX_TIME, Event, managers_of
from deskcal.core.sessions import Session
from deskcal.errors import Forbidden
from deskcal.ical.uids import default_uid
from deskcal.store.batch.objects import CalendarObject

_UID = re.compile(r"deskcal-(series-)?([1-9][0-9]{0,15})@[0-9]{1,12}")


def key_of_default_uid(uid: str) -> Key | None:
    """What a UID that deskcal gives stands for; None: it is none of these."""
    matched = _UID.fullmatch(uid)
    if matched is None:
        return None
    return Key(int(matched[2])) if matched[1] else Key(0, int(matched[2]))


async def exported_object(
    services: Services, session: Session, owner_id: int, uid: str
) -> CalendarObject | None:
    """The event or series of that owner with that UID; None: there is none that `session` sees.

    Raises: Forbidden where it is somebody else's in which `owner_id` takes part: it is in that
    calendar already, and not for this owner's file to change.
    """
    key = key_of_default_uid(uid)
    if key is None:
        return None
    found = await (_series(services, key) if key.series_id else _single(services, key))
    if found is None or found.uid != uid or not session.can_see(scope_of(found.event)):
        return None
    if found.event.owner_manager_id == owner_id:
        return found.object
    if owner_id in managers_of(found.event):
        raise Forbidden(
            f"it is in this calendar already, as {found.what} of manager "
            f"{found.event.owner_manager_id}: import it for that manager to change it"
        )
    return None


class _Exported(Struct, frozen=True):
    """What an export gave a UID."""

    what: str
    uid: str
    event: Event
    """Of a series its template."""
    object: CalendarObject


async def _series(services: Services, key: Key) -> _Exported | None:
    series = await services.store.series.get(key.series_id)
    if series is None:
        return None
    documents = await services.store.series.events(key.series_id)
    versions = [series.version, *(decode_head(document).version for document in documents)]
    uid = default_uid(series.template, series)
    found = _object(key, uid, series.template, max(versions), MAX_TIME)
    return _Exported(f"series {key.series_id}", uid, series.template, found)


async def _single(services: Services, key: Key) -> _Exported | None:
    record = await services.store.load(key.event_id)
    if record is None:
        return None
    event = decode_event(record.document)
    uid = default_uid(event)
    found = _object(key, uid, event, event.version, event.updated_time)
    return _Exported(f"event {key.event_id}", uid, event, found)


def _object(key: Key, uid: str, event: Event, version: int, modified: int) -> CalendarObject:
    return CalendarObject(
        owner_id=event.owner_manager_id,
        uid=uid,
        name=default_name(key),
        event_id=key.event_id,
        series_id=key.series_id,
        sequence=version - 1,
        modified=modified,
    )

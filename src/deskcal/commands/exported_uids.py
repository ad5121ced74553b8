"""What an export of deskcal has given a UID, so that an import finds it again."""

import re

import msgspec

from deskcal.commands.member import Key, default_name
from deskcal.commands.services import Services
from deskcal.core.document import decode_event
from deskcal.core.event import MAX_TIME
from deskcal.ical.uids import default_uid
from deskcal.store.batch.objects import CalendarObject

_UID = re.compile(r"deskcal-(series-)?([1-9][0-9]{0,15})@[0-9]{1,12}")


def key_of_default_uid(uid: str) -> Key | None:
    """What a UID that deskcal gives stands for; None: it is none of these."""
    matched = _UID.fullmatch(uid)
    if matched is None:
        return None
    return Key(int(matched[2])) if matched[1] else Key(0, int(matched[2]))


async def exported_object(services: Services, owner_id: int, uid: str) -> CalendarObject | None:
    """The event or series of that owner with that UID; None: there is none."""
    key = key_of_default_uid(uid)
    if key is None:
        return None
    blank = CalendarObject(owner_id=owner_id, uid=uid, name=default_name(key))
    if key.series_id:
        series = await services.store.series.get(key.series_id)
        if series is None or series.template.owner_manager_id != owner_id:
            return None
        found = msgspec.structs.replace(
            blank, series_id=key.series_id, sequence=series.version - 1, modified=MAX_TIME
        )
        return found if default_uid(series.template, series) == uid else None
    record = await services.store.load(key.event_id)
    event = decode_event(record.document) if record else None
    if event is None or event.owner_manager_id != owner_id or default_uid(event, None) != uid:
        return None
    return msgspec.structs.replace(
        blank, event_id=event.id, sequence=event.version - 1, modified=event.updated_time
    )

"""The CalDAV collections of a manager, and the properties that clients give them.

Source: contract, section 16.
"""

import functools
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.commands.member import Collection
from deskcal.commands.services import Services
from deskcal.core.directory import Directory, visible
from deskcal.core.masks import desk_mask
from deskcal.core.sessions import Session
from deskcal.errors import InvalidField
from deskcal.store.batch.objects import MAX_VALUE, PROPERTIES, CalendarObject
from deskcal.store.ports.work import Changes, Transaction

_decode = msgspec.json.Decoder(dict[str, str]).decode


class Surroundings(Struct, frozen=True, dict=True):
    """What a manager's CalDAV resources have in common."""

    names: Mapping[int, str]
    """Managers by id."""
    title: str
    """The manager's own name."""
    collections: Mapping[str, Collection]
    """By name of their address; the manager's own first."""

    @functools.cached_property
    def names_hash(self) -> int:
        """Of `names`; worked out where it is needed, as there may be thousands."""
        return hash(frozenset(self.names.items()))


async def surroundings(services: Services, session: Session) -> Surroundings:
    """What the session sees of the directory."""
    everything: Directory = await services.store.directory.all()
    seen = visible(everything, session, brand=None, desk_filter=desk_mask("*"))
    names = {manager.id: manager.name for manager in seen.managers}
    manager_id = session.manager_id
    title = names.get(manager_id) or session.name or f"Manager {manager_id}"
    found = [Collection(manager_id, title=title)]
    found += [
        Collection(manager_id, desk.brand, desk.code, desk.title, is_desk=True)
        for desk in seen.desks
    ]
    return Surroundings(names, title, {one.name: one for one in found})


async def properties_of(services: Services, collection: Collection) -> dict[str, str]:
    """What clients have set, by name in Clark notation."""
    uid = PROPERTIES + collection.name
    found = await services.store.objects.get(collection.manager_id, uid)
    return _decode(found.source) if found and found.source else {}


async def set_properties(
    services: Services, collection: Collection, changed: Mapping[str, str | None]
) -> None:
    """Sets properties; None takes one away. Raises: InvalidField for a value that is too long."""
    for name, value in changed.items():
        if value is not None and len(value) > MAX_VALUE:
            raise InvalidField(
                f"{name} has {len(value)} characters; at most {MAX_VALUE} are allowed"
            )
    key = (collection.manager_id, PROPERTIES + collection.name)
    blank = CalendarObject(owner_id=key[0], uid=key[1], name=f"{collection.name}/")

    def apply(changes: Changes) -> Any:
        known = changes.calendar_object(key) or blank
        values = _decode(known.source) if known.source else {}
        values |= {name: value for name, value in changed.items() if value is not None}
        kept = {name: value for name, value in values.items() if changed.get(name, "") is not None}
        source = msgspec.json.encode(kept).decode()
        changes.put_calendar_object(key, msgspec.structs.replace(known, source=source))

    time = int(services.now())
    await services.store.transact(
        Transaction((), 0, collection.manager_id, time, apply, objects=[key])
    )

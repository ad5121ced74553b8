"""Responses of all members of a collection, or of many, out of memory as far as they are there.

Source: docs/decisions/0019.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from deskcal.commands.listing import follow, read_listing
from deskcal.commands.member import Collection, Key, Member
from deskcal.commands.members import members, members_named, members_of
from deskcal.http.caldav.context import Context
from deskcal.http.caldav.kept import Form, Kept
from deskcal.http.caldav.shown import Shown

MANY = 200
"""Members that are looked up by name or key at most; more are found in a listing."""
FEW = 10
"""Members that are always looked up: that costs less than what has changed since a listing."""


class Whole(Struct, frozen=True):
    """All members of a collection."""

    responses: Sequence[bytes]
    """By key."""
    seq: int
    """The feed's cursor; of what changed later some is shown, and all is to follow."""


async def all_of(context: Context, collection: Collection, shown: Shown) -> Whole:
    """Every member. Raises: Refused."""
    services, session = context.services, context.session
    if shown.kept_as is None:
        found = await members(services, session, collection)
        return Whole(await shown.responses(collection, found), context.cursor)
    kept = await _current(context, collection)
    if kept is not None:
        form = kept.form(shown.kept_as)
        if len(kept.listing.names) - len(form.responses) <= MANY:
            await _complete(context, collection, shown, kept, form, kept.listing.names)
            there = map(form.responses.get, kept.listing.names)
            return Whole([one for one in there if one is not None], kept.listing.seq)
    found, listing = await read_listing(services, session, collection, context.cursor)
    responses = await shown.responses(collection, found)
    kept = kept or (Kept(listing, {}) if listing is not None else None)
    if kept is not None:
        _keep(context, collection, kept, kept.form(shown.kept_as), found, responses)
    return Whole(responses, context.cursor)


async def named(
    context: Context, collection: Collection, shown: Shown, names: Sequence[str]
) -> Mapping[str, bytes]:
    """The members of these names by name, without those that are not there. Raises: Refused."""
    is_kept = len(names) > FEW and shown.kept_as is not None
    kept = await _current(context, collection) if is_kept else None
    if kept is None:
        found = await _members_named(context, collection, names)
        responses = await shown.responses(collection, found)
        return {one.name: text for one, text in zip(found, responses, strict=True)}
    form = kept.form(shown.kept_as)
    listed = kept.listing.keys
    keys = {name: listed[name] for name in names if name in listed}
    await _complete(context, collection, shown, kept, form, keys.values())
    there = form.responses
    return {name: there[key] for name, key in keys.items() if key in there}


async def _current(context: Context, collection: Collection) -> Kept | None:
    """What is kept of the collection, as of the cursor of the request or later; None: nothing."""
    services, session, memory = context.services, context.session, context.collections
    key = context.memory_key(collection)
    kept = memory.get(key)
    if kept is None:
        return None
    followed = await follow(services, session, collection, kept.listing, context.cursor)
    if followed is None:
        memory.forget(key, kept)
        return None
    if followed.listing is not kept.listing:
        kept = kept.after(followed)
        memory.put(key, kept)
    return kept


async def _complete(
    context: Context,
    collection: Collection,
    shown: Shown,
    kept: Kept,
    form: Form,
    keys: Iterable[Key],
) -> None:
    """Makes the responses of these members that are not kept."""
    missing = [key for key in keys if key not in form.responses]
    if not missing:
        return
    services, session = context.services, context.session
    if len(missing) > MANY:
        found = await members(services, session, collection)
    else:
        found = list((await members_of(services, session, collection, missing)).values())
    responses = await shown.responses(collection, found)
    _keep(context, collection, kept, form, found, responses)


def _keep(
    context: Context,
    collection: Collection,
    kept: Kept,
    form: Form,
    found: Iterable[Member],
    responses: Iterable[bytes],
) -> None:
    """Adds the responses of members that are listed, under the names that they are listed by."""
    names = kept.listing.names
    form.put(
        (one.key, response)
        for one, response in zip(found, responses, strict=True)
        if names.get(one.key) == one.name
    )
    context.collections.put(context.memory_key(collection), kept)


async def _members_named(
    context: Context, collection: Collection, names: Sequence[str]
) -> list[Member]:
    services, session = context.services, context.session
    if len(names) > MANY:
        wanted = set(names)
        return [one for one in await members(services, session, collection) if one.name in wanted]
    return await members_named(services, session, collection, names)

"""PROPFIND and PROPPATCH. Source: RFC 4918, 9.1 and 9.2."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

import msgspec

from deskcal.commands.collections import properties_of, set_properties
from deskcal.commands.member import Collection, Member
from deskcal.commands.members import member_named, members
from deskcal.errors import InvalidField
from deskcal.http.caldav import xml
from deskcal.http.caldav.conditions import NEED_PRIVILEGES, Refused, forbidden, not_found
from deskcal.http.caldav.context import Context
from deskcal.http.caldav.member_xml import MemberXml, Wanted
from deskcal.http.caldav.names import dav
from deskcal.http.caldav.paths import (
    Kind,
    home_path,
    managers_path,
    principal_path,
)
from deskcal.http.caldav.properties import ALL, LIVE, OF_MEMBER, SETTABLE, Subject
from deskcal.threads import computed

ON_LOOP = 200
"""Resources whose properties are written on the event loop at most."""


def wanted_of(prop: Element | None) -> Wanted:
    """What the children of a `prop` name."""
    return Wanted([one.tag for one in prop] if prop is not None else [])


async def propfind(context: Context, path: str) -> bytes:
    """The properties of the target, and of what is in it where Depth says so."""
    wanted = _wanted(await context.root())
    subjects = await _subjects(context, path, is_deep=_is_deep(context))
    collection, found = await _members(context)

    def multistatus() -> bytes:
        responses = [properties(subject, wanted) for subject in subjects]
        if collection is not None:
            write = MemberXml(context, collection, wanted).response
            responses += map(write, found)
        return xml.multistatus(responses)

    if len(found) > ON_LOOP:
        return await computed(multistatus)
    return multistatus()


def _is_deep(context: Context) -> bool:
    """Depth infinity counts as 1; at the root, where it may be absent, absence as 0."""
    depth = context.headers.get("depth", "").lower()
    if not depth:
        return context.target.kind == Kind.COLLECTION
    if depth not in ("0", "1", "infinity"):
        raise Refused(400, f"Depth ({depth[:20]}) is none of 0, 1, infinity")
    return depth != "0"


def _wanted(root: Element | None) -> Wanted:
    if root is None or root.find(dav("allprop")) is not None:
        more = root.find(dav("include")) if root is not None else None
        return Wanted([*ALL, *wanted_of(more).names], is_strict=False)
    if root.tag != dav("propfind"):
        raise Refused(400, "the body of a PROPFIND is a DAV:propfind")
    if root.find(dav("propname")) is not None:
        return Wanted([*LIVE, *OF_MEMBER], is_strict=False, names_only=True)
    return wanted_of(root.find(dav("prop")))


def properties(subject: Subject, wanted: Wanted) -> str:
    """The response of one resource."""
    found, missing = [], []
    for name in wanted.names:
        ask = LIVE.get(name)
        content = ask(subject) if ask is not None else None
        if content is None:
            missing.append(name)
        else:
            found.append(xml.element(name, "" if wanted.names_only else content))
    is_complete = wanted.is_strict and not subject.context.is_minimal
    return xml.response(subject.path, found, missing if is_complete else ())


async def _members(context: Context) -> tuple[Collection | None, Sequence[Member]]:
    """The members that are asked for, and their collection. Raises: Refused with 404."""
    services, session, kind = context.services, context.session, context.target.kind
    if kind == Kind.COLLECTION and _is_deep(context):
        collection = context.collection()
        return collection, await members(services, session, collection)
    if kind != Kind.MEMBER:
        return None, ()
    collection = context.collection()
    found = await member_named(services, session, collection, context.target.member)
    if found is None:
        raise not_found()
    return collection, [found]


async def _subjects(context: Context, path: str, *, is_deep: bool) -> list[Subject]:
    """What is asked for, without members."""
    kind, me = context.target.kind, context.manager_id
    if kind == Kind.MEMBER:
        return []
    if kind == Kind.COLLECTION:
        return [await _collection(context, context.collection())]
    if kind == Kind.HOME:
        found = [Subject(kind, context, home_path(me))]
        if is_deep:
            found += [await _collection(context, c) for c in context.around.collections.values()]
        return found
    below = {
        Kind.ROOT: Subject(Kind.PRINCIPAL, context, principal_path(me)),
        Kind.MANAGERS: Subject(Kind.PRINCIPAL, context, principal_path(me)),
        Kind.PRINCIPAL: Subject(Kind.HOME, context, home_path(me)),
    }
    own = {
        Kind.ROOT: path,
        Kind.MANAGERS: managers_path(),
        Kind.PRINCIPAL: principal_path(me),
    }
    if kind not in own:
        raise not_found()
    return [Subject(kind, context, own[kind]), *([below[kind]] if is_deep else [])]


async def _collection(context: Context, collection: Collection) -> Subject:
    stored = await properties_of(context.services, collection)
    path = context.path_of(collection)
    return Subject(Kind.COLLECTION, context, path, collection, stored)


class Patched(msgspec.Struct, frozen=True):
    """What became of a PROPPATCH."""

    body: bytes
    refused: Sequence[str] = ()
    """Properties that may not be set; then nothing was."""


async def proppatch(context: Context) -> Patched:
    """Sets what may be set on a collection: all of it, or nothing."""
    if context.target.kind != Kind.COLLECTION:
        raise forbidden("properties are set on a calendar only", NEED_PRIVILEGES)
    collection = context.collection()
    changed = _changes(await context.root())
    path = context.path_of(collection)
    refused = [name for name, value in changed.items() if not _may_be(name, value)]
    if refused:
        others = [name for name in changed if name not in refused]
        return Patched(xml.multistatus([xml.refused_properties(path, refused, others)]), refused)
    try:
        await set_properties(context.services, collection, changed)
    except InvalidField as exc:
        raise forbidden(exc.message) from exc
    return Patched(xml.multistatus([xml.response(path, map(xml.element, changed))]))


def _may_be(name: str, value: str | None) -> bool:
    """Source: RFC 4918, 14.23: to remove what is not there is no error."""
    is_there = name in LIVE or name in OF_MEMBER
    return name in SETTABLE or (value is None and not is_there)


def _changes(root: Element | None) -> dict[str, str | None]:
    if root is None or root.tag != dav("propertyupdate"):
        raise Refused(400, "the body of a PROPPATCH is a DAV:propertyupdate")
    changed: dict[str, str | None] = {}
    for step in root:
        prop = step.find(dav("prop"))
        for one in prop if prop is not None else ():
            is_set = step.tag == dav("set")
            changed[one.tag] = (one.text or "").strip() if is_set else None
    return changed

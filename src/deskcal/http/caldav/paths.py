"""Addresses of the CalDAV resources. Pure. Source: contract, section 16."""

import enum
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

ROOT = "/dav/"
_SAFE = "!$&'()*+,;=:@"
_PLAIN = re.compile(r"[A-Za-z0-9._~@-]+")
"""A name that needs no quoting."""
_ID = re.compile(r"[1-9][0-9]{0,15}")


class Kind(enum.Enum):
    """What an address is of."""

    ROOT = enum.auto()
    MANAGERS = enum.auto()
    PRINCIPAL = enum.auto()
    HOME = enum.auto()
    COLLECTION = enum.auto()
    MEMBER = enum.auto()
    UNKNOWN = enum.auto()


_BY_LENGTH = {
    0: Kind.ROOT,
    1: Kind.MANAGERS,
    2: Kind.PRINCIPAL,
    3: Kind.HOME,
    4: Kind.COLLECTION,
    5: Kind.MEMBER,
}


class Target(Struct, frozen=True):
    """A parsed address."""

    kind: Kind
    manager_id: int = 0
    """0: it names none."""
    collection: str = ""
    member: str = ""


UNKNOWN = Target(Kind.UNKNOWN)


def target_of(path: str) -> Target:
    """The target of a percent-encoded path or address; slashes at its end do not matter."""
    path = urlsplit(path).path if "://" in path else path.partition("?")[0]
    if path == "/":
        return Target(Kind.ROOT)
    names = [unquote(name) for name in path.split("/") if name]
    if not names or names[0] != "dav" or len(names) > 6:
        return UNKNOWN
    names = names[1:]
    kind = _BY_LENGTH[len(names)]
    if names and names[0] != "managers":
        return UNKNOWN
    if len(names) > 1 and not _ID.fullmatch(names[1]):
        return UNKNOWN
    if len(names) > 2 and names[2] != "calendars":
        return UNKNOWN
    manager_id = int(names[1]) if len(names) > 1 else 0
    return Target(kind, manager_id, *names[3:])


def targets_of(paths: Iterable[str]) -> Iterator[tuple[str, Target]]:
    """Each path with its target; many members of one collection at a low cost."""
    collections: dict[str, Target] = {}
    for path in paths:
        before, _, name = path.rpartition("/")
        if _PLAIN.fullmatch(name) is None:
            yield path, target_of(path)
            continue
        collection = collections.get(before)
        if collection is None:
            collection = collections[before] = target_of(before)
        if collection.kind == Kind.COLLECTION and "?" not in before:
            target = Target(Kind.MEMBER, collection.manager_id, collection.collection, name)
        else:
            target = target_of(path)
        yield path, target


def managers_path() -> str:
    """Of the collection of all principals."""
    return f"{ROOT}managers/"


def principal_path(manager_id: int) -> str:
    """Of a manager."""
    return f"{ROOT}managers/{manager_id}/"


def home_path(manager_id: int) -> str:
    """Of a manager's collections."""
    return f"{principal_path(manager_id)}calendars/"


def collection_path(manager_id: int, name: str) -> str:
    """Of one collection."""
    return f"{home_path(manager_id)}{quote(name, safe=_SAFE)}/"


def member_path(collection: str, name: str) -> str:
    """Of a member of the collection with that path."""
    return collection + (name if _PLAIN.fullmatch(name) else quote(name, safe=_SAFE))

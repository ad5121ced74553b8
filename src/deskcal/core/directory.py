"""Managers, desks and outcomes by name: for display, and for the scope of tokens signed here. Pure.

Events may name managers and desks that are not in it. Source: contract, sections 7 and 14.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from deskcal.core.event import CONTROL, DEFAULT_BRAND, MASK_CHARACTER, MAX_CODE, MAX_ID, MAX_TIME
from deskcal.core.masks import BadMask, DeskMask, checked_desk_mask, desk_mask
from deskcal.core.outcomes import Outcome
from deskcal.core.sessions import Session

MAX_NAME = 200
COLOURS = (
    "#3b6fe0",
    "#0e9384",
    "#c2571a",
    "#8a4fd0",
    "#c03a6b",
    "#5b8a0c",
    "#0c86b8",
    "#a8780a",
    "#6a63e8",
    "#b5453a",
    "#2e8b57",
    "#80648f",
)
"""For managers without a colour: twelve that differ visibly, on light and dark background."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Manager(Struct, frozen=True, kw_only=True):
    """One manager; the order of the fields is the order on the wire."""

    id: int
    name: str
    brand: str = DEFAULT_BRAND
    desks: str = ""
    """Desk mask; empty: none of the desks."""
    colour: str = ""
    disabled: int = 0
    """1: no longer offered for new events, but still shown by name."""


class Desk(Struct, frozen=True, kw_only=True):
    """One desk."""

    code: str
    brand: str = DEFAULT_BRAND
    title: str = ""
    manager_id: int = 0
    """Id of its lead; 0: none."""


class Directory(Struct, frozen=True):
    """The whole directory, or the entries of it to be written."""

    managers: Sequence[Manager] = ()
    """By id."""
    desks: Sequence[Desk] = ()
    """By brand, then code."""
    outcomes: Sequence[Outcome] = ()
    """By code."""


class BadEntry(ValueError):
    """A manager, desk or outcome that breaks a rule; str() says which."""


def checked_manager(manager: Manager) -> Manager:
    """`manager` with its texts trimmed and a colour. Raises: BadEntry."""
    name, brand, desks = manager.name.strip(), manager.brand.strip(), manager.desks.strip().upper()
    if not 0 < manager.id <= MAX_ID:
        raise BadEntry(f"id ({manager.id}) must be an integer from 1 to {MAX_ID}")
    _check_name("name", name, least=1)
    _check_code("brand", brand)
    if desks:
        try:
            desk_mask(desks)
        except BadMask as exc:
            raise BadEntry(f"desks ({desks!r}) {exc}") from exc
    colour = manager.colour.lower() or COLOURS[manager.id % len(COLOURS)]
    if not _COLOUR.fullmatch(colour):
        raise BadEntry(f"colour ({manager.colour!r}) must be spelled as in #3b6fe0")
    return Manager(
        id=manager.id,
        name=name,
        brand=brand,
        desks=desks,
        colour=colour,
        disabled=manager.disabled,
    )


def checked_desk(desk: Desk) -> Desk:
    """`desk` with its texts trimmed, its code in upper case, and a title. Raises: BadEntry."""
    code, brand, title = desk.code.strip().upper(), desk.brand.strip(), desk.title.strip()
    _check_code("code", code)
    _check_code("brand", brand)
    _check_name("title", title, least=0)
    if not 0 <= desk.manager_id <= MAX_ID:
        raise BadEntry(f"manager_id ({desk.manager_id}) must be 0 or the id of a manager")
    return Desk(code=code, brand=brand, title=title or code, manager_id=desk.manager_id)


def checked_outcome(outcome: Outcome) -> Outcome:
    """`outcome` with its texts trimmed, a name, its types in order, each once. Raises: BadEntry."""
    code, name = outcome.code.strip(), outcome.name.strip()
    if not 1 <= len(code) <= MAX_CODE or CONTROL.search(code):
        raise BadEntry(f"code ({code!r}) must have 1 to {MAX_CODE} characters, no control ones")
    _check_name("name", name, least=0)
    if outcome.is_contact not in (0, 1):
        raise BadEntry(f"is_contact ({outcome.is_contact}) must be 0 or 1")
    if not 0 <= outcome.next_in_sec <= MAX_TIME:
        raise BadEntry(f"next_in_sec ({outcome.next_in_sec}) must be 0 or a number of seconds")
    return Outcome(
        code=code,
        name=name or code,
        types=tuple(sorted(set(outcome.types))),
        is_contact=outcome.is_contact,
        next_in_sec=outcome.next_in_sec,
    )


def _check_name(field: str, text: str, *, least: int) -> None:
    if not least <= len(text) <= MAX_NAME:
        raise BadEntry(f"{field} must have {least} to {MAX_NAME} characters, not {len(text)}")


def _check_code(field: str, text: str) -> None:
    """The rules of an event's brand and desk. Source: contract, section 4."""
    if not 1 <= len(text) <= MAX_CODE or MASK_CHARACTER.search(text):
        raise BadEntry(f"{field} ({text!r}) must have 1 to {MAX_CODE} characters, none of , * !")


def visible(
    directory: Directory, session: Session, *, brand: str | None, desk_filter: DeskMask
) -> Directory:
    """The part that `session` may see: its desks, managers of its brands by name, all outcomes.

    A colleague of another desk may take part in an event that the session sees, and is then shown
    by name; names give no rights. `brand` and `desk_filter` narrow both lists; a manager is
    on a desk when the manager's mask matches it.
    """
    desks = [
        desk
        for desk in directory.desks
        if session.in_scope(desk.brand, desk.code)
        and (brand is None or desk.brand == brand)
        and desk_filter.matches(desk.code)
    ]
    wanted = [d for d in directory.desks if desk_filter.matches(d.code)]
    managers = [
        manager
        for manager in directory.managers
        if session.brands.matches(manager.brand)
        and (brand is None or manager.brand == brand)
        and (desk_filter.matches_all or _is_on_one(manager, wanted))
    ]
    return Directory(managers, desks, directory.outcomes)


def _is_on_one(manager: Manager, desks: Iterable[Desk]) -> bool:
    if not manager.desks:
        return False
    mask = checked_desk_mask(manager.desks)
    return any(desk.brand == manager.brand and mask.matches(desk.code) for desk in desks)

"""Managers and desks by name: what may be kept, and who may see it."""

import pytest

from deskcal.core.directory import (
    BadEntry,
    Desk,
    Directory,
    Manager,
    checked_desk,
    checked_manager,
    visible,
)
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session, SessionType

KNOWN = Directory(
    [
        Manager(id=1, name="Ann", desks="DESK_A"),
        Manager(id=2, name="Bob", desks="DESK_B"),
        Manager(id=3, name="Cy", brand="other", desks="DESK_A"),
        Manager(id=4, name="Di"),
    ],
    [Desk(code="DESK_A"), Desk(code="DESK_B"), Desk(code="DESK_A", brand="other")],
)


def seen_by(
    *, desks: str = "*", brands: str = "*", brand: str | None = None, mask: str = "*"
) -> tuple[list[int], list[tuple[str, str]]]:
    session = Session(
        9, desk_mask(desks), brand_mask(brands), type=SessionType.SESSION_MANAGER, exp=1e12
    )
    found = visible(KNOWN, session, brand=brand, desk_filter=desk_mask(mask))
    return [one.id for one in found.managers], [(one.brand, one.code) for one in found.desks]


def test_a_manager_sees_the_names_of_the_brand_and_the_desks_in_scope() -> None:
    assert seen_by(desks="DESK_A", brands="default") == ([1, 2, 4], [("default", "DESK_A")])


def test_the_filter_keeps_those_who_are_on_one_of_its_desks() -> None:
    assert seen_by(mask="DESK_A") == ([1, 3], [("default", "DESK_A"), ("other", "DESK_A")])
    assert seen_by(mask="DESK_A", brand="other") == ([3], [("other", "DESK_A")])


def test_texts_are_trimmed_and_a_colour_is_given() -> None:
    made = checked_manager(Manager(id=5, name=" Ann ", desks=" desk_a "))
    assert (made.name, made.desks) == ("Ann", "DESK_A")
    assert made.colour.startswith("#")
    assert checked_desk(Desk(code=" desk_a ")) == Desk(code="DESK_A", title="DESK_A")


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (Manager(id=0, name="x"), "id"),
        (Manager(id=1, name=" "), "name"),
        (Manager(id=1, name="x", brand="a,b"), "brand"),
        (Manager(id=1, name="x", desks="!a"), "desks"),
        (Manager(id=1, name="x", colour="red"), "colour"),
        (Desk(code="A*"), "code"),
        (Desk(code="A", title="x" * 201), "title"),
    ],
)
def test_what_can_not_be_kept_is_told_by_its_field(entry: Manager | Desk, field: str) -> None:
    with pytest.raises(BadEntry, match=f"^{field} "):
        checked_manager(entry) if isinstance(entry, Manager) else checked_desk(entry)

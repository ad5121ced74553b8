"""Managers and desks by name: what may be kept, and who may see it."""

import pytest

from deskcal.core.directory import (
    BadEntry,
    Desk,
    Directory,
    Manager,
    checked_desk,
    checked_manager,
    checked_outcome,
    visible,
)
from deskcal.core.event import EventType
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.outcomes import Outcome
from deskcal.core.sessions import Session, SessionType

KNOWN = Directory(
    [
        Manager(id=1, name="Ann", desks="DESK_A"),
        Manager(id=2, name="Bob", desks="DESK_B"),
        Manager(id=3, name="Cy", brand="other", desks="DESK_A"),
        Manager(id=4, name="Di"),
    ],
    [Desk(code="DESK_A"), Desk(code="DESK_B"), Desk(code="DESK_A", brand="other")],
    [Outcome(code="later")],
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
        (Desk(code="A", manager_id=-1), "manager_id"),
    ],
)
def test_an_invalid_entry_is_refused_by_its_field(entry: Manager | Desk, field: str) -> None:
    with pytest.raises(BadEntry, match=f"^{field} "):
        checked_manager(entry) if isinstance(entry, Manager) else checked_desk(entry)


def test_an_outcome_gets_its_code_as_name_and_its_types_in_order() -> None:
    sent = Outcome(code=" later ", types=(EventType.FOLLOW_UP, EventType.CALL, EventType.CALL))
    types = (EventType.CALL, EventType.FOLLOW_UP)
    assert checked_outcome(sent) == Outcome(code="later", name="later", types=types)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (Outcome(code=" "), "code"),
        (Outcome(code="a\0"), "code"),
        (Outcome(code="x" * 65), "code"),
        (Outcome(code="a", name="x" * 201), "name"),
        (Outcome(code="a", is_contact=2), "is_contact"),
        (Outcome(code="a", next_in_sec=-1), "next_in_sec"),
    ],
)
def test_an_invalid_outcome_is_refused_by_its_field(entry: Outcome, field: str) -> None:
    with pytest.raises(BadEntry, match=f"^{field} "):
        checked_outcome(entry)


def test_every_session_sees_the_outcomes() -> None:
    session = Session(
        manager_id=9,
        type=SessionType.SESSION_MANAGER,
        desks=desk_mask("A"),
        brands=brand_mask("none"),
        exp=1e12,
    )
    found = visible(KNOWN, session, brand=None, desk_filter=desk_mask("*"))
    assert found == Directory([], [], [Outcome(code="later")])

"""Who may see and change what; a table for each rule of the contract, section 3."""

import pytest

from deskcal.core.document import EventScope
from deskcal.core.masks import BadMask, brand_mask, desk_mask
from deskcal.core.sessions import ADMIN_TYPES, CALENDAR_TYPES, Session, SessionType
from deskcal.core.visibility import not_found
from deskcal.errors import Forbidden, NotFound
from helpers import NOW, make_scope

DESK_TYPES = sorted(CALENDAR_TYPES - ADMIN_TYPES)
ALL_DESKS = "*"


def session(
    *, manager_id: int = 10, type: int = 1, desks: str = "DESK_EU*", brands: str = "default"
) -> Session:
    return Session(manager_id, desk_mask(desks), brand_mask(brands), type=type, exp=NOW)


def somebody_elses(**named: object) -> EventScope:
    """An event that manager 10 has no part in."""
    return make_scope(**{"owner_manager_id": 20, "created_by": 20, "managers": (20,)} | named)


OWNED = somebody_elses(desk="DESK_US", owner_manager_id=10, managers=(10, 20))
CREATED = somebody_elses(desk="DESK_US", created_by=10, managers=(20, 10))
ATTENDED = somebody_elses(desk="DESK_US", managers=(20, 10))
IN_SCOPE = somebody_elses(desk="DESK_EU_1")
OUTSIDE = somebody_elses(desk="DESK_US")
NO_DESK = somebody_elses(desk="")


def test_session_types_have_the_numbers_of_the_protocol_family() -> None:
    assert {kind.name: kind.value for kind in SessionType} == {
        "SESSION_USER": 0,
        "SESSION_MANAGER": 1,
        "SESSION_DEALER": 2,
        "SESSION_ADMIN": 3,
        "SESSION_SYSTEM": 4,
        "SESSION_FIX": 5,
        "SESSION_CRM_MANAGER": 10,
        "SESSION_CRM_ADMIN": 11,
    }


def test_the_five_types_of_the_seed_may_use_calendar_commands_and_no_other() -> None:
    allowed = [number for number in range(-1, 20) if session(type=number).may_use_calendar]
    assert allowed == [1, 2, 3, 10, 11]


def test_admin_and_crm_admin_are_the_admins() -> None:
    outside = range(-1, 20)
    assert [number for number in outside if session(type=number).can_see(OUTSIDE)] == [3, 11]


@pytest.mark.parametrize("type", DESK_TYPES)
@pytest.mark.parametrize(
    ("scope", "sees", "changes"),
    [
        (IN_SCOPE, True, True),
        (OUTSIDE, False, False),
        (NO_DESK, False, False),
        (OWNED, True, True),
        (CREATED, True, True),
        (ATTENDED, True, False),
    ],
)
def test_a_desk_session_sees_its_scope_and_its_part_and_changes_scope_and_own(
    type: int, scope: EventScope, sees: bool, changes: bool
) -> None:
    asking = session(type=type)
    assert (asking.can_see(scope), asking.can_change(scope)) == (sees, changes)


@pytest.mark.parametrize("type", sorted(ADMIN_TYPES))
@pytest.mark.parametrize("scope", [IN_SCOPE, OUTSIDE, NO_DESK, OWNED, CREATED, ATTENDED])
def test_an_admin_sees_and_changes_every_desk_of_a_matching_brand(
    type: int, scope: EventScope
) -> None:
    asking = session(type=type, desks="DESK_NONE")
    assert (asking.can_see(scope), asking.can_change(scope)) == (True, True)
    assert asking.can_place(scope)


@pytest.mark.parametrize("type", sorted(CALENDAR_TYPES))
@pytest.mark.parametrize("scope", [IN_SCOPE, NO_DESK, OWNED, CREATED, ATTENDED])
def test_nobody_sees_or_changes_an_event_of_another_brand_not_even_the_own(
    type: int, scope: EventScope
) -> None:
    asking = session(type=type, desks=ALL_DESKS, brands="alpha,!default")
    assert not asking.can_see(scope)
    assert not asking.can_change(scope)
    assert not asking.can_place(scope)


def test_brands_compare_exactly_in_sessions_too() -> None:
    assert not session(desks=ALL_DESKS, brands="Default").can_see(IN_SCOPE)
    assert session(desks=ALL_DESKS, brands="def*").can_see(IN_SCOPE)


def test_desks_of_a_session_ignore_case() -> None:
    assert session(desks="desk_eu*").can_see(IN_SCOPE)


@pytest.mark.parametrize("type", DESK_TYPES)
@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (IN_SCOPE, True),
        (OUTSIDE, False),
        (OWNED, False),
        (CREATED, False),
        (ATTENDED, False),
        (NO_DESK, False),
        (make_scope(desk="", owner_manager_id=10, created_by=20), True),
        (make_scope(desk="", owner_manager_id=20, created_by=10), True),
        (make_scope(desk="", owner_manager_id=20, created_by=20, managers=(20, 10)), False),
    ],
)
def test_an_event_may_be_placed_in_the_scope_or_as_an_own_one_without_a_desk(
    type: int, scope: EventScope, expected: bool
) -> None:
    assert session(type=type).can_place(scope) is expected


def test_a_star_includes_the_empty_desk_in_a_scope() -> None:
    assert session(desks=ALL_DESKS).can_see(NO_DESK)
    assert session(desks=ALL_DESKS).in_scope("default", "")


def test_what_is_out_of_scope_and_what_is_not_there_get_identical_answers() -> None:
    with pytest.raises(NotFound) as hidden:
        session().require_change(7, OUTSIDE)
    answers = {(str(e), e.field, str(e.details)) for e in (hidden.value, not_found(7))}
    assert answers == {("there is no event 7, or none that you may see", "id", "{}")}


def test_a_participant_outside_the_scope_learns_what_is_possible_instead() -> None:
    with pytest.raises(Forbidden) as caught:
        session().require_change(7, ATTENDED)
    assert str(caught.value) == (
        "event 7 is on a desk outside your scope: you can read it, and answer if you take part; "
        "ask its owner or the desk to change it"
    )


def test_what_is_the_sessions_to_change_may_be_changed() -> None:
    session().require_change(7, OWNED)


def test_a_place_in_the_scope_is_accepted() -> None:
    session().require_place(IN_SCOPE)


@pytest.mark.parametrize(
    ("scope", "field"), [(OUTSIDE, "desk"), (make_scope(brand="alpha"), "brand")]
)
def test_a_place_outside_the_scope_is_forbidden_with_the_field_at_fault(
    scope: EventScope, field: str
) -> None:
    with pytest.raises(Forbidden) as caught:
        session().require_place(scope)
    assert caught.value.field == field
    assert str(caught.value) == (
        f"brand {scope.brand!r} and desk {scope.desk!r} are outside your scope "
        "(brands 'default', desks 'DESK_EU*')"
    )


def test_masks_of_the_same_text_are_shared() -> None:
    assert desk_mask("DESK_A*") is desk_mask("DESK_A*")
    assert brand_mask("alpha") is brand_mask("alpha")


def test_a_text_that_is_no_mask_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(BadMask):
            desk_mask("!A")
        with pytest.raises(BadMask):
            brand_mask("")


def test_an_event_of_somebody_else_says_so_where_only_its_owner_changes_it() -> None:
    session = Session(
        11,
        desk_mask("*"),
        brand_mask("*"),
        type=SessionType.SESSION_MANAGER,
        exp=NOW,
        others_may_change=False,
    )
    with pytest.raises(Forbidden, match="event 1 is somebody else's"):
        session.require_change(1, make_scope())

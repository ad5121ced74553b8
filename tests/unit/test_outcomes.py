"""What came of a call: which outcomes an event may have."""

import pytest

from deskcal.core.event import EventType
from deskcal.core.outcomes import Outcome, is_contact, require_outcome, require_outcome_given
from deskcal.errors import FieldRequired, InvalidField

REACHED = Outcome(code="reached", types=(EventType.CALL, EventType.FOLLOW_UP), is_contact=1)
DROPPED = Outcome(code="dropped")
KNOWN = [REACHED, DROPPED]


def test_an_outcome_is_for_its_types_and_one_without_types_for_all() -> None:
    assert require_outcome(KNOWN, "reached", EventType.CALL) is REACHED
    assert require_outcome(KNOWN, "dropped", EventType.TASK) is DROPPED


def test_any_code_will_do_where_the_directory_has_no_outcomes() -> None:
    assert require_outcome([], "whatever", EventType.CALL) is None


@pytest.mark.parametrize(
    ("code", "type_", "message"),
    [
        ("Reached", EventType.CALL, "'Reached'.* of type 2; these are: reached, dropped"),
        ("reached", EventType.TASK, "'reached'.* of type 0; these are: dropped"),
        ("", EventType.TASK, "''"),
    ],
)
def test_an_unknown_outcome_and_one_for_other_types_are_refused(
    code: str, type_: EventType, message: str
) -> None:
    with pytest.raises(InvalidField, match=message) as caught:
        require_outcome(KNOWN, code, type_)
    assert caught.value.field == "outcome"


def test_an_outcome_is_required_where_one_can_be_given() -> None:
    require_outcome_given(KNOWN, "dropped", EventType.TASK)
    require_outcome_given([REACHED], "", EventType.TASK)
    for outcomes, type_ in ((KNOWN, EventType.TASK), ([REACHED], EventType.CALL), ([], 0)):
        with pytest.raises(FieldRequired, match="outcome is required") as caught:
            require_outcome_given(outcomes, "", EventType(type_))
        assert caught.value.field == "outcome"


def test_a_contact_is_what_the_directory_says_is_one() -> None:
    assert [is_contact(KNOWN, code) for code in ("reached", "dropped", "other", "")] == [
        True,
        False,
        False,
        False,
    ]

"""The error tree: status and code of each class, as the contract's table has them."""

import pytest

from deskcal.errors import BY_CODE, DeskcalError, EventId, FieldRequired, InvalidField

STATUS_BY_CODE = {
    "INVALID_JSON": 400,
    "INVALID_REQUEST": 400,
    "FIELD_REQUIRED": 400,
    "INVALID_FIELD": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "UNKNOWN_COMMAND": 405,
    "CONFLICT": 409,
    "RESYNC_REQUIRED": 410,
    "MESSAGE_TOO_LARGE": 413,
    "TOO_MANY_REQUESTS": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "TIMEOUT": 504,
}
"""Contract, section 2, written out a second time on purpose."""


def test_every_code_of_the_contract_has_one_class_with_its_status() -> None:
    assert {code: error.status for code, error in BY_CODE.items()} == STATUS_BY_CODE


@pytest.mark.parametrize("code", STATUS_BY_CODE)
def test_a_class_is_found_by_its_code(code: str) -> None:
    assert BY_CODE[code].code == code
    assert BY_CODE[code] is not DeskcalError


def test_an_error_keeps_message_field_and_details() -> None:
    error = InvalidField("login (-1) must be at least 0", field="login", hint=7)
    assert (str(error), error.message, error.field, error.details) == (
        "login (-1) must be at least 0",
        "login (-1) must be at least 0",
        "login",
        {"hint": 7},
    )


def test_an_error_without_a_field_has_none_and_no_details() -> None:
    error = DeskcalError("it broke")
    assert (error.field, error.details) == (None, {})


def test_a_missing_field_is_caught_as_an_invalid_one() -> None:
    with pytest.raises(InvalidField):
        raise FieldRequired("title is required", field="title")


def test_a_message_names_its_events_as_the_request_does() -> None:
    error = InvalidField("there is no ", EventId(17), ", nor event 17", field="id")
    assert error.message == str(error) == "there is no event 17, nor event 17"
    error.name_events({17: "'$0'", 18: "'$1'"})
    assert error.message == "there is no event '$0', nor event 17"

"""How passwords of devices are made, hashed and compared, and in whose scope a device is."""

import pytest

from deskcal.core.device_passwords import (
    LETTERS,
    NO_HASH,
    hashed,
    is_match,
    normalized,
    password_of,
    selector_of,
)
from deskcal.core.devices import Device, PublicDevice, brand_for, public, session_of
from deskcal.core.masks import brand_mask
from deskcal.errors import Forbidden
from deskcal.limits import DEFAULT_LIMITS
from helpers import NOW

PASSWORD = "abcd-efgh-ijkm-npqr-stuv-wxyz"


def test_a_password_has_120_random_bits_in_groups_of_four() -> None:
    assert password_of(bytes(15)) == "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa"
    assert password_of(b"\xff" * 15) == "9999-9999-9999-9999-9999-9999"
    assert password_of(bytes(14) + b"\x01") == "baaa-aaaa-aaaa-aaaa-aaaa-aaaa"
    assert len(set(LETTERS)) == 32


def test_a_password_is_taken_in_any_case_and_grouping() -> None:
    stored = hashed(PASSWORD, b"salt")
    for typed in (PASSWORD.upper(), PASSWORD.replace("-", ""), f" {PASSWORD.replace('-', ' ')}\n"):
        assert is_match(typed, stored)
    assert normalized(PASSWORD) == "abcdefghijkmnpqrstuvwxyz"
    assert selector_of(PASSWORD.upper()) == "abcd"


@pytest.mark.parametrize("wrong", ["", "abcd", PASSWORD + "a", PASSWORD[:-1] + "2", "\ud800"])
def test_another_password_does_not_match(wrong: str) -> None:
    assert not is_match(wrong, hashed(PASSWORD, b"salt"))


def test_nothing_matches_where_there_is_no_hash() -> None:
    assert not is_match("", NO_HASH)


def test_the_hash_is_slow_salted_and_names_its_parameters() -> None:
    stored = hashed(PASSWORD, b"salt")
    assert stored.startswith("scrypt$16384$8$1$c2FsdA==$")
    assert stored != hashed(PASSWORD, b"other")


def test_a_hash_of_other_parameters_is_compared_by_its_own() -> None:
    """The example of RFC 7914, section 12, cut to 32 bytes: N 1024, r 8, p 16."""
    digest = "/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWI="
    assert is_match("password", f"scrypt$1024$8$16$TmFDbA==${digest}")


def device(**named: object) -> Device:
    fields = {
        "manager_id": 10,
        "name": "Phone",
        "brand": "default",
        "type": 1,
        "desks": "DESK_EU*",
        "brands": "acme",
        "selector": "abcd",
        "hash": "",
        "created_time": NOW,
    }
    return Device(**(fields | named))  # type: ignore[arg-type]


def test_a_device_is_shown_without_its_scope_and_hash() -> None:
    assert public(device(id=3, last_used_time=5)) == PublicDevice(3, "Phone", NOW, 5)


@pytest.mark.parametrize("others_may_change", [True, False])
def test_a_device_opens_a_session_of_its_scope(others_may_change: bool) -> None:
    session = session_of(device(), DEFAULT_LIMITS, others_may_change=others_may_change)
    assert (session.manager_id, session.type) == (10, 1)
    assert (session.desks.text, session.brands.text) == ("DESK_EU*", "acme")
    assert session.others_may_change is others_may_change


@pytest.mark.parametrize(
    ("wanted", "brands", "expected"),
    [
        (None, "*", "default"),
        (None, "acme", "acme"),
        (None, "acme*,default", "default"),
        ("acme", "acme,other", "acme"),
    ],
)
def test_what_a_device_creates_has_a_brand_in_scope(
    wanted: str | None, brands: str, expected: str
) -> None:
    assert brand_for(wanted, brand_mask(brands)) == expected


@pytest.mark.parametrize(("wanted", "brands"), [("other", "acme"), (None, "a,b")])
def test_a_brand_outside_the_scope_is_refused(wanted: str | None, brands: str) -> None:
    with pytest.raises(Forbidden) as caught:
        brand_for(wanted, brand_mask(brands))
    assert caught.value.field == "brand"

"""Passwords over plain HTTP are taken from this machine only. Contract, section 16."""

import pytest

from deskcal.http.caldav.auth import is_loopback


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_addresses_of_this_machine(host: str, is_ours: bool) -> None:
    assert is_loopback(host) == is_ours

"""The limits: the defaults of the contract's table, and what a setting may be at least."""

from typing import Any

import msgspec
import pytest

from deskcal.limits import Limits

DEFAULTS = {
    "max_message_bytes": 1024 * 1024,
    "message_timeout_sec": 30,
    "tls_handshake_timeout_sec": 10,
    "idle_timeout_sec": 15 * 60,
    "request_deadline_sec": 20,
    "max_requests_in_flight": 128,
    "max_unsent_bytes": 8 * 1024 * 1024,
    "max_connections": 10_000,
    "max_connections_without_token": 1_000,
    "max_requests_per_manager_sec": 0,
    "max_subscriptions": 64,
    "max_bad_messages": 1_000,
    "heartbeat_sec": 30,
    "write_timeout_sec": 30,
    "retry_window_sec": 24 * 3600,
    "change_retention_sec": 90 * 86_400,
    "max_json_depth": 64,
    "max_token_bytes": 8 * 1024,
    "max_mask_bytes": 1024,
    "max_mask_patterns": 32,
    "max_participants": 1_000,
    "reminder_grace_sec": 24 * 3600,
    "escalate_after_sec": 0,
    "series_horizon_sec": 400 * 86_400,
    "max_series_occurrences": 1_000,
    "trash_retention_sec": 90 * 86_400,
    "undo_sec": 24 * 3600,
    "webhook_timeout_sec": 15,
    "webhook_retry_sec": (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600),
    "webhook_networks": "",
}
"""Contract, sections 1, 7, 11, 13 to 15 and 17, written out a second time on purpose."""

UNITS = ("_bytes", "_sec")
COUNTS = (
    "max_requests_in_flight",
    "max_connections",
    "max_connections_without_token",
    "max_subscriptions",
    "max_bad_messages",
    "max_json_depth",
    "max_mask_patterns",
    "max_participants",
    "max_group",
    "max_queued_mutations",
    "max_series_occurrences",
    "database_pool_size",
    "max_webhooks",
    "max_devices",
    "max_wrong_passwords_per_min",
)
OTHERS = ("webhook_retry_sec", "webhook_networks", "webhook_ports", "webhook_ca_file")
"""Delays, networks, ports and a file: no single number that has a bound."""


def settings() -> list[str]:
    return [name for name in Limits.__struct_fields__ if name not in OTHERS]


def numbers() -> list[str]:
    """The settings that are one number, and so have a lowest value."""
    defaults = {name: getattr(Limits(), name) for name in settings()}
    return [name for name, value in defaults.items() if isinstance(value, int | float)]


def lowest(name: str) -> tuple[str, Any]:
    """How the lower bound of a setting is spelled, and the bound: `("ge", 1)`."""
    fields = {field.name: field for field in msgspec.inspect.type_info(Limits).fields}  # type: ignore[attr-defined]
    kind = fields[name].type
    while isinstance(kind, msgspec.inspect.Metadata):
        kind = kind.type
    return ("ge", kind.ge) if kind.ge is not None else ("gt", kind.gt)


@pytest.mark.parametrize(("name", "value"), DEFAULTS.items())
def test_a_default_is_the_one_of_the_contract(name: str, value: object) -> None:
    assert getattr(Limits(), name) == value


@pytest.mark.parametrize("name", settings())
def test_a_limit_has_its_unit_in_its_name_or_counts_things(name: str) -> None:
    assert name.endswith(UNITS) or name in COUNTS


@pytest.mark.parametrize("name", numbers())
def test_a_limit_below_its_lowest_value_is_refused(name: str) -> None:
    side, bound = lowest(name)
    too_low = bound - 1 if side == "ge" else bound
    with pytest.raises(msgspec.ValidationError, match=name):
        msgspec.convert({name: too_low}, Limits)


@pytest.mark.parametrize("name", numbers())
def test_a_limit_may_have_its_lowest_value(name: str) -> None:
    side, bound = lowest(name)
    value = bound if side == "ge" else bound + 0.001
    assert getattr(msgspec.convert({name: value}, Limits), name) == value


@pytest.mark.parametrize("name", settings())
def test_the_defaults_satisfy_their_own_bounds(name: str) -> None:
    default = getattr(Limits(), name)
    assert getattr(msgspec.convert({name: default}, Limits), name) == default


def test_an_unknown_limit_is_refused_by_name() -> None:
    with pytest.raises(msgspec.ValidationError, match="max_mesage_bytes"):
        msgspec.convert({"max_mesage_bytes": 2048}, Limits)


@pytest.mark.parametrize("name", settings())
def test_a_limit_says_what_it_limits(name: str) -> None:
    fields = {field.name: field for field in msgspec.inspect.type_info(Limits).fields}  # type: ignore[attr-defined]
    kind = fields[name].type
    assert isinstance(kind, msgspec.inspect.Metadata)
    assert kind.extra_json_schema and kind.extra_json_schema["description"]

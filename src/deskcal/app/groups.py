"""The settings by group and their defaults, for the help of `deskcal serve` and for the docs."""

from deskcal.app.config import Setting
from deskcal.limits import DAY_SEC, KIB, MIB

DAILY = "Options"
OTHER = "Other settings"

GROUPS: dict[str, tuple[str, ...]] = {
    DAILY: ("data", "database", "tcp", "web", "demo", "log_level", "default_timezone"),
    "Tokens": ("secret_file", "jwt_keys", "jwt_issuer", "jwt_audience", "jwt_leeway_sec"),
    "TLS": ("tls_cert", "tls_key", "tls_handshake_timeout_sec"),
    "Limits of connections": (
        "max_connections",
        "max_connections_without_token",
        "max_requests_in_flight",
        "max_requests_per_manager_sec",
        "max_subscriptions",
        "idle_timeout_sec",
        "http_request_timeout_sec",
        "heartbeat_sec",
        "request_deadline_sec",
        "stop_timeout_sec",
    ),
    "Limits of messages": (
        "max_message_bytes",
        "message_timeout_sec",
        "max_json_depth",
        "max_token_bytes",
        "max_mask_bytes",
        "max_mask_patterns",
        "max_participants",
        "max_bad_messages",
    ),
    "Limits of output": (
        "max_answer_bytes",
        "max_unsent_bytes",
        "max_unsent_total_bytes",
        "write_timeout_sec",
        "list_snapshot_sec",
    ),
    "Store": (
        "database_pool_size",
        "cache_bytes",
        "max_group",
        "max_queued_mutations",
        "change_retention_sec",
        "retry_window_sec",
    ),
    "Reminders": ("reminder_grace_sec", "escalate_after_sec"),
    "Events and series": (
        "others_may_change",
        "undo_sec",
        "trash_retention_sec",
        "series_horizon_sec",
        "max_series_occurrences",
    ),
    "Calendar apps": ("passwords_without_tls", "max_devices", "max_wrong_passwords_per_min"),
    "Webhooks": (
        "webhook_networks",
        "webhook_ports",
        "webhook_ca_file",
        "webhook_timeout_sec",
        "webhook_retry_sec",
        "max_webhooks",
    ),
    "Call desk": ("calling_hours", "outcome_required_types", "customer_cooldown_sec"),
    OTHER: (),
}
"""Names of settings by the title of their group, in the order of the help."""

_GROUP_OF = {name: title for title, names in GROUPS.items() for name in names}


def group_of(name: str) -> str:
    """The title of the group of a setting."""
    return _GROUP_OF.get(name, OTHER)


def shown_default(setting: Setting) -> str:
    """The default for people, sizes and long times with their unit."""
    value = setting.default
    if setting.kind == "numbers":
        return ",".join(map(str, value)) or "none"
    if setting.name.endswith("_sec") and value and value % DAY_SEC == 0:
        return f"{value} ({value // DAY_SEC} day{'' if value == DAY_SEC else 's'})"
    if setting.name.endswith("_bytes"):
        unit, name = (MIB, "MiB") if value % MIB == 0 else (KIB, "KiB")
        return f"{value} ({value // unit} {name})"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str) and not value and value != 0:
        return "none"
    return f"`{value}`" if isinstance(value, str) and value else str(value)

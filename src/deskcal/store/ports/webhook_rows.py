"""A webhook as a row: what both backends keep as JSON, and what as columns. No SQL."""

from typing import Any

import msgspec

from deskcal.core.webhooks import Webhook, WebhookState

KEPT_DELIVERIES = 1000
"""Tries of one hook that are kept."""
COLUMNS = ("id", "state", "reason", "cursor", "failing_since", "generation")
"""Fields that are not in the settings."""

_encode = msgspec.json.Encoder().encode


def settings_of(hook: Webhook) -> bytes:
    """The settings of a hook as JSON text."""
    fields = msgspec.to_builtins(hook)
    return _encode({name: value for name, value in fields.items() if name not in COLUMNS})


def values_of(hook: Webhook) -> tuple[Any, ...]:
    """Settings, state, reason, cursor, failing_since, generation, reminders."""
    return (
        settings_of(hook),
        hook.state.value,
        hook.reason,
        hook.cursor,
        hook.failing_since,
        hook.generation,
        hook.reminders,
    )


def webhook_of(row: tuple[Any, ...]) -> Webhook:
    """The hook of a row: id, settings, state, reason, cursor, failing_since, generation."""
    webhook_id, settings, state, reason, cursor, failing_since, generation = row
    fields = msgspec.json.decode(bytes(settings)) | {
        "id": webhook_id,
        "state": WebhookState(state),
        "reason": reason,
        "cursor": cursor,
        "failing_since": failing_since,
        "generation": generation,
    }
    return msgspec.convert(fields, Webhook)


def changed(hook: Webhook, after: Webhook) -> Webhook:
    """`after` as the next generation of `hook`."""
    return msgspec.structs.replace(after, id=hook.id, generation=hook.generation + 1)

"""Webhooks of the embedded store in an export, an import and a check."""

from collections.abc import Iterator
from typing import Any

import apsw
import msgspec

from deskcal.store.ports.webhook_rows import settings_of
from deskcal.store.transfer.webhooks import (
    STRAY_ROWS,
    EscalationRow,
    WebhookRow,
    exported_webhook,
    of_webhook,
    stray_webhook_row,
)

_HOOKS = """
    SELECT id, settings, state, reason, cursor, failing_since, generation, reminders
    FROM webhook ORDER BY id"""
_ESCALATIONS = """
    SELECT number, webhook_id, event_id, due_time, manager_id, fired_time
    FROM webhook_escalation ORDER BY number"""
_PUT_HOOK = """
    INSERT INTO webhook (id, settings, state, reason, cursor, failing_since, generation, reminders)
    VALUES (?, ?, ?, ?, ?, 0, 1, ?)"""
_PUT_ESCALATION = """
    INSERT INTO webhook_escalation (number, webhook_id, event_id, due_time, manager_id, fired_time)
    VALUES (?, ?, ?, ?, ?, ?)"""


def all_webhooks(
    connection: apsw.Connection, *, with_secrets: bool
) -> Iterator[tuple[str, WebhookRow | EscalationRow]]:
    """The rows of both kinds."""
    for row in connection.execute(_HOOKS):
        yield "webhook", exported_webhook(row[:7], with_secrets=with_secrets)
    escalations: Any = connection.execute(_ESCALATIONS)
    for row in escalations:
        yield "webhook_escalation", EscalationRow(*row)


def put_webhooks(
    connection: apsw.Connection, hooks: list[WebhookRow], escalations: list[EscalationRow]
) -> None:
    """Adds rows to the empty tables."""
    for row in hooks:
        settings = settings_of(row.webhook)
        values = (row.id, settings, row.state.value, row.reason, row.cursor, row.reminders)
        connection.execute(_PUT_HOOK, values)
    connection.executemany(_PUT_ESCALATION, map(msgspec.structs.astuple, escalations))


def webhook_differences(connection: apsw.Connection, last_seq: int) -> Iterator[str]:
    """What is wrong with hooks."""
    hooks: Any = connection.execute(_HOOKS)
    for *row, reminders in hooks:
        yield from of_webhook(tuple(row), reminders, last_seq)
    for table, query in STRAY_ROWS:
        found: Any = connection.execute(query)
        for (webhook_id,) in found:
            yield stray_webhook_row(table, webhook_id)

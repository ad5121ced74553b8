"""Webhooks on PostgreSQL in an export, an import and a check."""

from collections.abc import AsyncIterator

import msgspec

from deskcal.store.ports.webhook_rows import settings_of
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.copy import Table, copy
from deskcal.store.transfer.webhooks import (
    STRAY_ROWS,
    EscalationRow,
    WebhookRow,
    of_webhook,
    stray_webhook_row,
)

WEBHOOKS = """
    SELECT id, settings, state, reason, cursor, failing_since, generation
    FROM webhook ORDER BY id"""
ESCALATIONS = """
    SELECT number, webhook_id, event_id, due_time, manager_id, fired_time
    FROM webhook_escalation ORDER BY number"""
_CHECKED = """
    SELECT id, settings, state, reason, cursor, failing_since, generation, reminders,
        (SELECT last_seq FROM counter)
    FROM webhook ORDER BY id"""
_HOOK = Table(
    "webhook",
    {"id": "q", "cursor": "q", "failing_since": "q", "generation": "q", "reminders": "h"},
    ["settings", "state", "reason"],
)
_ESCALATION = Table("webhook_escalation", dict.fromkeys(EscalationRow.__struct_fields__, "q"))
_NEXT_NUMBERS = (
    "SELECT setval(pg_get_serial_sequence('webhook', 'id'), max(id)) FROM webhook "
    "HAVING max(id) > 0",
    "SELECT setval(pg_get_serial_sequence('webhook_escalation', 'number'), max(number)) "
    "FROM webhook_escalation HAVING max(number) > 0",
)


async def put_webhooks(
    connection: Connection, hooks: list[WebhookRow], escalations: list[EscalationRow]
) -> None:
    """Adds rows, and has later ones get numbers above theirs."""
    if not hooks and not escalations:
        return
    rows = [
        (
            *(row.id, row.cursor, 0, 1, row.reminders, settings_of(row.webhook)),
            *(row.state.value.encode(), row.reason.encode()),
        )
        for row in hooks
    ]
    await copy(connection, _HOOK, rows)
    await copy(connection, _ESCALATION, list(map(msgspec.structs.astuple, escalations)))
    for statement in _NEXT_NUMBERS:
        await connection.execute(statement.encode())


async def webhook_differences(connection: Connection) -> AsyncIterator[str]:
    """What is wrong with hooks."""
    hooks = await (await connection.execute(_CHECKED)).fetchall()
    for *row, reminders, last_seq in hooks:
        for difference in of_webhook(tuple(row), reminders, last_seq):
            yield difference
    for table, query in STRAY_ROWS:
        for (webhook_id,) in await (await connection.execute(query.encode())).fetchall():
            yield stray_webhook_row(table, webhook_id)

"""Webhooks in an export, by default without their secrets, and what a check looks for. Pure."""

import base64
import binascii
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from deskcal.core.event import Id, Time
from deskcal.core.masks import BadMask, checked_brand_mask, checked_desk_mask
from deskcal.core.webhook_address import target_of
from deskcal.core.webhook_signature import PREFIX
from deskcal.core.webhooks import ALL_TYPES, Webhook, WebhookState
from deskcal.store.ports.webhook_rows import webhook_of

NO_SECRET = "it was exported without its secret: give it a new one, then resume it"


class EscalationRow(Struct, frozen=True, gc=False):
    """An escalation that a hook is still to be sent; its fields are the columns of the table."""

    number: Id
    webhook_id: Id
    event_id: Id
    due_time: Time
    manager_id: Id
    fired_time: Time


class WebhookRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One webhook as a line has it; the names are those of `Webhook`."""

    id: Annotated[int, Meta(ge=1)]
    url: str
    desk_filter: str
    brand: str
    types: tuple[Annotated[int, Meta(ge=0, le=4)], ...]
    reminders: Annotated[int, Meta(ge=0, le=1)]
    state: WebhookState
    reason: str
    created_by: Id
    created_time: Time
    brands: str
    cursor: Id
    replayed_time: Time
    secret: str = ""
    """Empty: it was exported without."""
    old_secret: str = ""
    old_secret_until: Time = 0

    @property
    def webhook(self) -> Webhook:
        """The hook as it goes on: nothing of it has failed yet."""
        return Webhook(**msgspec.structs.asdict(self))


def exported_webhook(row: tuple[Any, ...], *, with_secrets: bool) -> WebhookRow:
    """`row`: as `webhook_of` takes it. One without its secret is not active."""
    hook = webhook_of(row)
    fields = {name: getattr(hook, name) for name in WebhookRow.__struct_fields__}
    if not with_secrets:
        fields |= {"secret": "", "old_secret": "", "old_secret_until": 0}
        if hook.state == WebhookState.ACTIVE:
            fields |= {"state": WebhookState.PAUSED, "reason": NO_SECRET}
    return WebhookRow(**fields)


def checked_webhook(row: WebhookRow, last_seq: int) -> WebhookRow:
    """The row, if a hook may be as it is. Raises: ValueError."""
    if row.cursor > last_seq:
        raise ValueError(f"webhook {row.id} stands at change {row.cursor}, last_seq is {last_seq}")
    if not row.types or row.types != tuple(sorted(set(row.types) & set(ALL_TYPES))):
        raise ValueError(f"webhook {row.id} has types {row.types}; each once and in order")
    if row.state == WebhookState.ACTIVE and not row.secret:
        raise ValueError(f"webhook {row.id} is active and has no secret; set its state to paused")
    for secret in (row.secret, row.old_secret):
        _check_secret(row.id, secret)
    try:
        target_of(row.url)
        checked_desk_mask(row.desk_filter)
        checked_brand_mask(row.brands)
    except (ValueError, BadMask) as exc:
        raise ValueError(f"webhook {row.id} can't be used: {exc}") from exc
    return row


def _check_secret(webhook_id: int, secret: str) -> None:
    try:
        base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise ValueError(f"webhook {webhook_id} has a secret that is no base64 text") from exc


def of_webhook(row: tuple[Any, ...], reminders: int, last_seq: int) -> Iterator[str]:
    """Differences of one hook, as a check reports them; `reminders` is its column."""
    try:
        hook = webhook_of(row)
    except (ValueError, msgspec.MsgspecError) as exc:
        yield f"webhook {row[0]} is unreadable: {exc}"
        return
    if not 0 <= hook.cursor <= last_seq:
        yield (
            f"webhook {hook.id} stands at change {hook.cursor}, beyond the counter's {last_seq}: "
            "changes up to it would not be sent"
        )
    if hook.reminders != reminders:
        yield f"webhook {hook.id} has reminders {hook.reminders}, and {reminders} in its column"
    if hook.state == WebhookState.ACTIVE and not hook.secret:
        yield f"webhook {hook.id} is active and has no secret"


def stray_webhook_row(table: str, webhook_id: int) -> str:
    """A row of a hook that is not there."""
    return f"{table} has rows of webhook {webhook_id}, which is not there"


STRAY_ROWS = tuple(
    (
        table,
        f"SELECT DISTINCT webhook_id FROM {table} WHERE webhook_id NOT IN "  # noqa: S608
        "(SELECT id FROM webhook) ORDER BY webhook_id",
    )
    for table in ("webhook_delivery", "webhook_escalation")
)
"""For both databases."""

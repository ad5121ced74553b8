"""A client's methods for webhooks, with the token of an administrator."""

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import msgspec
from msgspec import Struct

from deskcal.client.caller import WIRE_NAMES, Caller
from deskcal.core.webhooks import PublicWebhook


class WebhookSecret(Struct, frozen=True):
    """A webhook, and its secret where the call has made one."""

    webhook: PublicWebhook
    secret: str = ""
    """`whsec_...`, for the receiver; the server never shows it again. Empty: it is as it was."""


class WebhookDelivery(Struct, frozen=True):
    """One try of one message."""

    seq: int
    """Of the change; 0: a test or an escalation."""
    time: int
    """Unix seconds."""
    status: int
    """Of the receiver's answer; 0: there was none."""
    took_ms: int
    attempt: int = msgspec.field(name="try")
    """1: the first one."""


class DeliveryPage(Struct, frozen=True):
    """Tries of one webhook, the newest first."""

    deliveries: list[WebhookDelivery]
    next: int | None
    """For `after` of the next page; None: this is the last one."""


class WebhookTest(Struct, frozen=True):
    """What came of a test message."""

    delivery: WebhookDelivery
    reason: str = ""
    """Why there was no answer; empty: there was one."""


class WebhookChanges(TypedDict, total=False):
    """What is to change of a webhook."""

    url: str
    desk_filter: str
    brand: str
    types: Sequence[int]
    reminders: int
    paused: int
    """1: nothing is sent; 0: it goes on where it stood."""
    new_secret: int
    """1: another secret; the old one signs too for a day."""
    token: str


class WebhookCalls(Caller):
    """Commands of webhooks. Source: contract, section 17."""

    async def add_webhook(
        self,
        url: str,
        *,
        desk_filter: str = "*",
        brand: str | None = None,
        types: Sequence[int] | None = None,
        reminders: bool = False,
        token: str | None = None,
    ) -> WebhookSecret:
        """Has changes from now on sent to `url`; `types` None: every type.

        Raises: InvalidField `url` where it leads to an address that the server does not allow.
        """
        data = {
            "url": url,
            "deskFilter": desk_filter,
            "brand": brand,
            "types": None if types is None else list(types),
            "reminders": int(reminders),
        }
        answer = await self.ask("MngAddCalendarWebhook", data, token)
        return msgspec.json.decode(answer, type=WebhookSecret)

    async def update_webhook(
        self, webhook_id: int, **changes: Unpack[WebhookChanges]
    ) -> WebhookSecret:
        """Changes, pauses or resumes a webhook, or gives it a new secret. NotFound: none of ours.

        Raises: InvalidField `paused` where it would go on without a secret.
        """
        sent: dict[str, Any] = {**changes}
        token = sent.pop("token", None)
        data = {"id": webhook_id} | {WIRE_NAMES.get(name, name): sent[name] for name in sent}
        answer = await self.ask("MngUpdateCalendarWebhook", data, token)
        return msgspec.json.decode(answer, type=WebhookSecret)

    async def delete_webhook(self, webhook_id: int, *, token: str | None = None) -> None:
        """Deletes a webhook; nothing more is sent to it."""
        await self.ask("MngDeleteCalendarWebhook", {"id": webhook_id}, token)

    async def get_webhooks(self, *, token: str | None = None) -> list[PublicWebhook]:
        """The webhooks that the token may change, by id."""
        answer = await self.ask("MngGetCalendarWebhooks", {}, token)
        return msgspec.json.decode(answer, type=_WebhooksAnswer).webhooks

    async def get_webhook_deliveries(
        self, webhook_id: int, *, after: int | None = None, token: str | None = None
    ) -> DeliveryPage:
        """The last tries of a webhook, a hundred at a time; `after`: `next` of the page before."""
        data = {"id": webhook_id, "after": after}
        answer = await self.ask("MngGetCalendarWebhookDeliveries", data, token)
        return msgspec.json.decode(answer, type=DeliveryPage)

    async def replay_webhook(
        self, webhook_id: int, since: int, *, token: str | None = None
    ) -> PublicWebhook:
        """Sends the changes after the cursor `since` again, with the same `webhook-id` each.

        Raises: ResyncRequired where they are no longer kept.
        """
        data = {"id": webhook_id, "since": since}
        answer = await self.ask("MngReplayCalendarWebhook", data, token)
        return msgspec.json.decode(answer, type=WebhookSecret).webhook

    async def test_webhook(self, webhook_id: int, *, token: str | None = None) -> WebhookTest:
        """Sends `calendar.test` at once, also while the webhook is paused.

        Raises: InvalidField `id` where the webhook has no secret.
        """
        answer = await self.ask("MngTestCalendarWebhook", {"id": webhook_id}, token)
        return msgspec.json.decode(answer, type=WebhookTest)


class _WebhooksAnswer(Struct):
    webhooks: list[PublicWebhook]

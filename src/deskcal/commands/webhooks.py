"""Webhooks for administrators: add, change, list, replay and test them, and see their deliveries.

Source: contract, part 2, section 17.
"""

import secrets
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.registry import Data, NoData, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import wire_safe
from deskcal.core.event import Flag, Id
from deskcal.core.masks import desk_mask_of
from deskcal.core.sessions import ADMIN_TYPES, Session
from deskcal.core.webhook_address import MAX_URL, BadUrl
from deskcal.core.webhook_signature import SECRET_BYTES, secret_text
from deskcal.core.webhooks import (
    ALL_TYPES,
    OLD_SECRET_SEC,
    Webhook,
    WebhookState,
    public,
)
from deskcal.errors import InvalidField, NotFound
from deskcal.live.connections import Peer
from deskcal.store.ports.webhooks import Delivery, StoredDelivery

MAX_DELIVERIES = 100
"""Of one page."""

Url = Annotated[str, Meta(min_length=1, max_length=MAX_URL)]
Types = Annotated[
    tuple[Annotated[int, Meta(ge=0, le=4)], ...], Meta(min_length=1, max_length=len(ALL_TYPES))
]
_encode = msgspec.json.Encoder().encode


class AddWebhook(Struct, kw_only=True):
    """A webhook to add."""

    url: Url
    desk_filter: str = msgspec.field(name="deskFilter")
    brand: str | None = None
    types: Types | None = None
    reminders: Flag | None = None


class WebhookId(Struct, kw_only=True):
    """Names one webhook."""

    id: Id


class UpdateWebhook(WebhookId, kw_only=True):
    """What is to change of a webhook; what is absent stays."""

    url: Url | None = None
    desk_filter: str | None = msgspec.field(name="deskFilter", default=None)
    brand: str | None = None
    types: Types | None = None
    reminders: Flag | None = None
    paused: Flag | None = None
    new_secret: Flag | None = None


class GetDeliveries(WebhookId, kw_only=True):
    """Whose deliveries to list, and where to go on."""

    after: Id | None = None


class Replay(WebhookId, kw_only=True):
    """From which change on to send again."""

    since: Id


@command("MngAddCalendarWebhook", AddWebhook, types=ADMIN_TYPES)
def add_webhook(services: Services, _: Peer, session: Session, data: AddWebhook) -> Work:
    """Adds a webhook: changes from now on are sent to its URL. Its secret is shown this once."""
    desk_mask_of("deskFilter", data.desk_filter, services.limits)
    return _add(services, session, data)


async def _add(services: Services, session: Session, data: AddWebhook) -> Data:
    await _check_url(services, data.url)
    known = await services.store.webhooks.all()
    if len(known) >= services.limits.max_webhooks:
        raise InvalidField(
            f"max_webhooks ({services.limits.max_webhooks}) allows no more; delete one first",
            field="url",
        )
    secret = secret_text(secrets.token_bytes(SECRET_BYTES))
    hook = await services.store.webhooks.add(
        Webhook(
            id=0,
            url=data.url,
            desk_filter=data.desk_filter,
            brand=data.brand or "",
            types=_sorted(data.types or ALL_TYPES),
            reminders=data.reminders or 0,
            created_by=session.manager_id,
            created_time=int(services.now()),
            brands=session.brands.text,
            secret=secret,
        )
    )
    services.webhooks.reload()
    return _answer(hook, secret)


@command("MngUpdateCalendarWebhook", UpdateWebhook, types=ADMIN_TYPES)
def update_webhook(services: Services, _: Peer, session: Session, data: UpdateWebhook) -> Work:
    """Changes, pauses or resumes a webhook, or gives it a new secret; the old one signs a day."""
    if data.desk_filter is not None:
        desk_mask_of("deskFilter", data.desk_filter, services.limits)
    return _update(services, session, data)


async def _update(services: Services, session: Session, data: UpdateWebhook) -> Data:
    if data.url is not None:
        await _check_url(services, data.url)
    now = int(services.now())
    secret = secret_text(secrets.token_bytes(SECRET_BYTES)) if data.new_secret else ""

    def change(hook: Webhook) -> Webhook:
        _require_own(session, hook)
        changed = _changed(hook, data)
        if secret:
            until = now + OLD_SECRET_SEC
            fields = {"secret": secret, "old_secret": hook.secret, "old_secret_until": until}
            changed = msgspec.structs.replace(changed, **fields)
        return _paused(changed, data.paused)

    hook = await services.store.webhooks.update(data.id, change)
    if hook is None:
        raise _not_found(data.id)
    services.webhooks.reload()
    return _answer(hook, secret)


def _changed(hook: Webhook, data: UpdateWebhook) -> Webhook:
    sent = {
        "url": data.url,
        "desk_filter": data.desk_filter,
        "brand": data.brand,
        "types": None if data.types is None else _sorted(data.types),
        "reminders": data.reminders,
    }
    fields = {name: value for name, value in sent.items() if value is not None}
    return msgspec.structs.replace(hook, **fields)


def _paused(hook: Webhook, paused: int | None) -> Webhook:
    """Paused, resumed where it stood, or as it is (None). Raises: InvalidField."""
    if paused is None:
        return hook
    if paused:
        return msgspec.structs.replace(hook, state=WebhookState.PAUSED, reason="")
    if not hook.secret:
        raise InvalidField(
            f"webhook {hook.id} was imported without its secret; send new_secret 1 with paused 0",
            field="paused",
        )
    return msgspec.structs.replace(hook, state=WebhookState.ACTIVE, reason="", failing_since=0)


@command("MngDeleteCalendarWebhook", WebhookId, types=ADMIN_TYPES)
def delete_webhook(services: Services, _: Peer, session: Session, data: WebhookId) -> Work:
    """Deletes a webhook; nothing more is sent to it."""
    return _delete(services, session, data.id)


async def _delete(services: Services, session: Session, webhook_id: int) -> Data:
    await _own(services, session, webhook_id)
    if not await services.store.webhooks.delete(webhook_id):
        raise _not_found(webhook_id)
    services.webhooks.reload()
    return b'{"id":%d}' % webhook_id


@command("MngGetCalendarWebhooks", NoData, is_list=True, types=ADMIN_TYPES, is_repeatable=True)
def get_webhooks(services: Services, _: Peer, session: Session, data: NoData) -> Work:
    """The webhooks that the session may change, without their secrets."""

    async def found() -> Data:
        hooks = await services.store.webhooks.all()
        shown = [public(hook) for hook in hooks if _is_own(session, hook)]
        return wire_safe(_encode({"webhooks": shown}))

    return found()


@command(
    "MngGetCalendarWebhookDeliveries",
    GetDeliveries,
    is_list=True,
    types=ADMIN_TYPES,
    is_repeatable=True,
)
def get_webhook_deliveries(
    services: Services, _: Peer, session: Session, data: GetDeliveries
) -> Work:
    """The last tries of a webhook, the newest first, a hundred at a time."""
    return _deliveries(services, session, data)


async def _deliveries(services: Services, session: Session, data: GetDeliveries) -> Data:
    await _own(services, session, data.id)
    found = await services.store.webhooks.deliveries(data.id, data.after or 0, MAX_DELIVERIES)
    rows = [_shown(one.delivery) for one in found]
    return wire_safe(_encode({"deliveries": rows, "next": _next(found)}))


def _next(found: list[StoredDelivery]) -> int | None:
    return found[-1].number if len(found) == MAX_DELIVERIES else None


def _shown(delivery: Delivery) -> dict[str, int]:
    return {
        "seq": delivery.seq,
        "time": delivery.time,
        "status": delivery.status,
        "took_ms": delivery.took_ms,
        "try": delivery.try_,
    }


@command("MngReplayCalendarWebhook", Replay, types=ADMIN_TYPES)
def replay_webhook(services: Services, _: Peer, session: Session, data: Replay) -> Work:
    """Sends all changes after a cursor again, with the same `webhook-id` each."""
    return _replay(services, session, data)


async def _replay(services: Services, session: Session, data: Replay) -> Data:
    await services.feed.know_cursor(data.since)
    services.feed.check_cursor(data.since)
    now = int(services.now())

    def change(hook: Webhook) -> Webhook:
        _require_own(session, hook)
        cursor = min(data.since, hook.cursor)
        return msgspec.structs.replace(hook, cursor=cursor, failing_since=0, replayed_time=now)

    hook = await services.store.webhooks.update(data.id, change)
    if hook is None:
        raise _not_found(data.id)
    services.webhooks.reload()
    return _answer(hook, "")


@command("MngTestCalendarWebhook", WebhookId, types=ADMIN_TYPES)
def test_webhook(services: Services, _: Peer, session: Session, data: WebhookId) -> Work:
    """Sends `calendar.test` to a webhook at once, also while it is paused; what came of it."""
    return _test(services, session, data.id)


async def _test(services: Services, session: Session, webhook_id: int) -> Data:
    hook = await _own(services, session, webhook_id)
    if not hook.secret:
        raise InvalidField(
            f"webhook {webhook_id} has no secret; give it one with new_secret 1", field="id"
        )
    delivery, why = await services.webhooks.send_sample(hook)
    shown = {"delivery": _shown(delivery)} | ({"reason": why} if why else {})
    return wire_safe(_encode(shown))


async def _check_url(services: Services, url: str) -> None:
    try:
        await services.webhooks.check_url(url)
    except BadUrl as exc:
        raise InvalidField(f"url ({url[:64]!r}) {exc}", field="url") from exc


def _sorted(types: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(types)))


def _answer(hook: Webhook, secret: str) -> bytes:
    """The hook, and its secret where it is new."""
    shown = {"webhook": public(hook)} | ({"secret": secret} if secret else {})
    return wire_safe(_encode(shown))


async def _own(services: Services, session: Session, webhook_id: int) -> Webhook:
    """Raises: NotFound where there is none, or none of the session's."""
    for hook in await services.store.webhooks.all():
        if hook.id == webhook_id:
            _require_own(session, hook)
            return hook
    raise _not_found(webhook_id)


def _require_own(session: Session, hook: Webhook) -> None:
    if not _is_own(session, hook):
        raise _not_found(hook.id)


def _is_own(session: Session, hook: Webhook) -> bool:
    """An administrator of every brand has all of them, one of some brands those of their own."""
    return session.brands.matches_all or hook.created_by == session.manager_id


def _not_found(webhook_id: int) -> NotFound:
    return NotFound(f"there is no webhook {webhook_id} that you may see", field="id")

"""`deskcal webhook`: webhooks, by the token of an administrator, and their deliveries."""

import asyncio
import datetime
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import click

from deskcal.cli.connect import client_of, connect_options, require_token
from deskcal.cli.failure import Failure
from deskcal.cli.options import Number
from deskcal.cli.text import printable
from deskcal.client.client import Client
from deskcal.client.webhooks import WebhookDelivery, WebhookSecret
from deskcal.core.event import MAX_ID, ChangeType
from deskcal.core.webhooks import ALL_TYPES, PublicWebhook

PAGE = 100
"""Deliveries of one answer."""
_Answer = TypeVar("_Answer")
_Command = Callable[..., Any]


class TypeNames(click.ParamType[list[int]]):
    """Change types by name, with commas between."""

    name = "types"

    def convert(self, value: Any, param: Any, ctx: Any) -> list[int]:
        """Their numbers. Ends with a usage error that lists the names."""
        if isinstance(value, list):
            return value
        names = [part.strip().upper() for part in str(value).split(",")]
        unknown = [name for name in names if name not in ChangeType.__members__]
        if unknown:
            known = ", ".join(name.lower() for name in ChangeType.__members__)
            self.fail(f"{value!r}: {unknown[0].lower()!r} is none of {known}", param, ctx)
        return [ChangeType[name].value for name in names]


def _id_argument(command: _Command) -> _Command:
    return click.argument("webhook_id", metavar="ID", type=Number(1, MAX_ID))(command)


def _filters(command: _Command) -> _Command:
    """The options that `add` and `update` share."""
    for option in (
        click.option(
            "--types", type=TypeNames(), metavar="NAME,NAME", help="Such as added,deleted."
        ),
        click.option("--brand", help="Only events of this brand."),
        click.option("--desks", metavar="MASK", help="Only events of these desks."),
    ):
        command = option(command)
    return command


@click.group()
def webhook() -> None:
    """Webhooks: add, list, update, pause, test, replay, delete.

    The token is an administrator's.
    """


@webhook.command("add")
@click.argument("url")
@_filters
@click.option("--reminders", is_flag=True, help="Send reminders and escalations, too.")
@connect_options
def add_webhook(url: str, desks: str | None, reminders: bool, **options: Any) -> None:
    """Send changes from now on to URL, and print the secret.

    The secret signs what is sent; it is shown this once.
    """

    async def ask(client: Client) -> WebhookSecret:
        sent = {name: options[name] for name in ("brand", "types")}
        return await client.add_webhook(url, desk_filter=desks or "*", reminders=reminders, **sent)

    _show_secret(_answer(options, ask))


@webhook.command("update")
@_id_argument
@click.option("--url", help="Where to send.")
@_filters
@click.option("--reminders/--no-reminders", default=None, help="Reminders and escalations.")
@connect_options
def update_webhook(webhook_id: int, reminders: bool | None, **options: Any) -> None:
    """Change what is named; the rest stays. --brand "" is any brand."""
    sent = {name: options[name] for name in ("url", "brand", "types")}
    sent |= {"desk_filter": options["desks"]}
    sent |= {"reminders": None if reminders is None else int(reminders)}
    changes = {name: value for name, value in sent.items() if value is not None}
    if not changes:
        raise click.UsageError("name what is to change, such as --desks 'DESK_EU*'")
    _update(options, webhook_id, **changes)


@webhook.command("list")
@connect_options
def list_webhooks(**options: Any) -> None:
    """List the webhooks, and why one is paused or disabled."""

    async def ask(client: Client) -> list[PublicWebhook]:
        return await client.get_webhooks()

    for line in webhook_lines(_answer(options, ask)):
        click.echo(line)


@webhook.command("pause")
@_id_argument
@connect_options
def pause_webhook(webhook_id: int, **options: Any) -> None:
    """Send nothing until it is resumed.

    Changes wait as long as they are kept (the setting change_retention_sec).
    """
    _update(options, webhook_id, paused=1)


@webhook.command("resume")
@_id_argument
@connect_options
def resume_webhook(webhook_id: int, **options: Any) -> None:
    """Go on where the webhook stood.

    After a pause, or after it was disabled because its receiver did not answer.
    """
    _update(options, webhook_id, paused=0)


@webhook.command("new-secret")
@_id_argument
@connect_options
def new_secret(webhook_id: int, **options: Any) -> None:
    """Make another secret and print it.

    For a day the old one signs too.
    """
    _update(options, webhook_id, new_secret=1)


@webhook.command("delete")
@_id_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@connect_options
def delete_webhook(webhook_id: int, yes: bool, **options: Any) -> None:
    """Delete a webhook; nothing more is sent to it."""
    require_token(options)
    if not yes:
        click.confirm(f"Delete webhook {webhook_id}?", abort=True)

    async def ask(client: Client) -> None:
        await client.delete_webhook(webhook_id)

    _answer(options, ask)
    click.echo(f"webhook {webhook_id} is deleted")


@webhook.command("replay")
@_id_argument
@click.option(
    "--since",
    type=Number(0, MAX_ID),
    required=True,
    metavar="SEQ",
    help="A cursor: all changes after it are sent again.",
)
@connect_options
def replay_webhook(webhook_id: int, since: int, **options: Any) -> None:
    """Send the changes after a cursor again.

    Each has the webhook-id that it had, so that a receiver can leave out what it knows.
    """

    async def ask(client: Client) -> PublicWebhook:
        return await client.replay_webhook(webhook_id, since)

    _show([_answer(options, ask)])


@webhook.command("test")
@_id_argument
@connect_options
def test_webhook(webhook_id: int, **options: Any) -> None:
    """Send a test message at once.

    The exit status is 0 where the receiver has taken it.
    """

    async def ask(client: Client) -> tuple[WebhookDelivery, str]:
        tested = await client.test_webhook(webhook_id)
        return tested.delivery, tested.reason

    delivery, reason = _answer(options, ask)
    if not 200 <= delivery.status < 300:
        why = reason or f"the receiver has answered {delivery.status}; it must answer 2xx"
        raise Failure(printable(f"webhook {webhook_id}: {why}"))
    click.echo(f"webhook {webhook_id}: {delivery.status} after {delivery.took_ms} ms")


@webhook.command("deliveries")
@_id_argument
@click.option(
    "--limit", type=Number(1), default=PAGE, show_default=True, help="Tries at most, the newest."
)
@connect_options
def show_deliveries(webhook_id: int, limit: int, **options: Any) -> None:
    """List the last tries of a webhook, the newest first."""

    async def ask(client: Client) -> list[WebhookDelivery]:
        found: list[WebhookDelivery] = []
        after: int | None = None
        while len(found) < limit:
            page = await client.get_webhook_deliveries(webhook_id, after=after)
            found += page.deliveries
            after = page.next
            if after is None:
                break
        return found[:limit]

    for line in delivery_lines(_answer(options, ask)):
        click.echo(line)


def webhook_lines(hooks: Sequence[PublicWebhook]) -> list[str]:
    """A row for each webhook; below one that is not active, why."""
    if not hooks:
        return ["no webhooks; deskcal webhook add URL adds one"]
    rows = [("id", "state", "cursor", "sends", "url")]
    rows += [(str(one.id), one.state, str(one.cursor), _sends(one), one.url) for one in hooks]
    lines = _table(rows)
    found = [lines[0]]
    for hook, line in zip(hooks, lines[1:], strict=True):
        found.append(line)
        if hook.reason:
            found.append(printable(f"    {hook.state}: {hook.reason}"))
    return found


def delivery_lines(deliveries: Sequence[WebhookDelivery]) -> list[str]:
    """A row for each try."""
    if not deliveries:
        return ["nothing was sent yet"]
    rows = [("time", "change", "try", "status", "took")]
    for one in deliveries:
        time = datetime.datetime.fromtimestamp(one.time, datetime.UTC)
        status = str(one.status) if one.status else "no answer"
        change = str(one.seq) if one.seq else "-"
        shown = f"{time:%Y-%m-%d %H:%M:%S}Z"
        rows.append((shown, change, str(one.attempt), status, f"{one.took_ms} ms"))
    return _table(rows)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns as wide as their longest text; the last one is not filled up."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        printable(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _sends(hook: PublicWebhook) -> str:
    """What a webhook is sent of, in one word or a few."""
    parts = [hook.desk_filter]
    if hook.brand is not None:
        parts.append(f"brand {hook.brand}")
    if hook.types != ALL_TYPES:
        parts.append(",".join(ChangeType(number).name.lower() for number in hook.types))
    if hook.reminders:
        parts.append("reminders")
    return "; ".join(parts)


def _update(options: dict[str, Any], webhook_id: int, **changes: Any) -> None:
    async def ask(client: Client) -> WebhookSecret:
        return await client.update_webhook(webhook_id, **changes)

    _show_secret(_answer(options, ask))


def _show_secret(answer: WebhookSecret) -> None:
    """The webhook, and its secret on a line of its own where it is new."""
    _show([answer.webhook])
    if answer.secret:
        click.echo(f"secret: {answer.secret}")
        if sys.stderr.isatty():
            click.echo("The secret is not shown again; give it to the receiver now.", err=True)


def _show(hooks: Sequence[PublicWebhook]) -> None:
    for line in webhook_lines(hooks):
        click.echo(line)


def _answer(options: dict[str, Any], ask: Callable[[Client], Awaitable[_Answer]]) -> _Answer:
    """What `ask` gets from a connection that is closed afterwards."""
    require_token(options)

    async def run() -> _Answer:
        async with client_of(options) as client:
            return await ask(client)

    return asyncio.run(run())

"""`deskcal handover`: a manager's open events go to others, shown as a table first."""

import asyncio
from typing import Any

import click

from deskcal.cli.connect import client_of, connect_options, require_token
from deskcal.client.batches import HandoverResult


class _ManagerIds(click.ParamType[list[int]]):
    """Comma-separated ids."""

    name = "ids"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[int]:
        """The ids. Ends on what is no number."""
        if isinstance(value, list):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isascii() and part.isdigit() and int(part) for part in parts):
            self.fail(f"{value!r} is not a list of manager ids such as 13,14", param, ctx)
        return [int(part) for part in parts]


@click.command()
@click.option(
    "--from", "sender", type=click.IntRange(1), required=True, help="Manager whose events go."
)
@click.option(
    "--to",
    "receivers",
    type=_ManagerIds(),
    required=True,
    metavar="ID,ID",
    help="Managers who get them.",
)
@click.option("--desks", default="*", show_default=True, metavar="MASK", help="Desks to look at.")
@click.option(
    "--mode",
    type=click.Choice(["first", "spread"]),
    default="first",
    show_default=True,
    help="All to the first, or each to the manager who is free and has the fewest.",
)
@click.option("--dry-run", is_flag=True, help="Show who would get what, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask after the preview.")
@connect_options
def handover(
    sender: int,
    receivers: list[int],
    desks: str,
    mode: str,
    dry_run: bool,
    yes: bool,
    **options: Any,
) -> None:
    """Give the open events of a manager to others.

    Shows how many events each would get, and how many of them at times at which the manager is
    busy; then asks. If anything changes between the preview and the answer, nothing is handed over.
    """
    require_token(options)
    asking: dict[str, Any] = {"desk_filter": desks, "mode": mode}
    preview = asyncio.run(_handover(options, sender, receivers, **asking))
    click.echo(table(preview))
    if dry_run or not preview.count:
        return
    if not yes:
        click.confirm(f"Hand over {_events(preview.count)} of manager {sender}?", abort=True)
    done = asyncio.run(_handover(options, sender, receivers, digest=preview.digest, **asking))
    click.echo(
        f"{_events(done.count)} handed over; to undo: "
        f"deskcal call MngUndoCalendarBatch '{{\"batch_id\": {done.batch_id}}}'"
    )


async def _handover(
    options: dict[str, Any], sender: int, receivers: list[int], **more: Any
) -> HandoverResult:
    async with client_of(options) as client:
        return await client.handover_events(sender, receivers, **more)


def table(result: HandoverResult) -> str:
    """A row for each manager who gets events, and the sum."""
    rows = [("manager", "events", "conflicts")]
    rows += [(str(one.manager_id), str(one.count), str(one.conflicts)) for one in result.by_manager]
    conflicts = sum(one.conflicts for one in result.by_manager)
    rows.append(("total", str(result.count), str(conflicts)))
    return "\n".join(f"{name:<9}{count:>8}{clashes:>11}" for name, count, clashes in rows)


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"

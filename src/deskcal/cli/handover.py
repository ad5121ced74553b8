"""`deskcal handover`: a manager's open events go to others, shown as a table first."""

import asyncio
import datetime as dt
import time
from typing import Any
from zoneinfo import ZoneInfo

import click

from deskcal.cli.connect import client_of, connect_options, require_token
from deskcal.cli.options import Number, UtcTime
from deskcal.cli.text import counted, printable, utc_span
from deskcal.client.batches import HandoverResult, HandoverRow, HandoverShare
from deskcal.core.event import MAX_ID
from deskcal.core.handover import MAX_SHOWN, OWNER, PARTICIPANT


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
    "--from",
    "sender",
    type=Number(1, MAX_ID),
    required=True,
    metavar="ID",
    help="Manager whose events go.",
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
@click.option(
    "--since",
    type=UtcTime(),
    metavar="TIME",
    help="Only events that end after it: a date, or a date and time, in UTC.  [default: now]",
)
@click.option(
    "--until",
    type=UtcTime(),
    metavar="TIME",
    help="Only events that start before it; a date is its first second.  [default: no end]",
)
@click.option(
    "--role",
    "roles",
    type=click.Choice([OWNER, PARTICIPANT]),
    multiple=True,
    help="Only events in which the manager has this role.  [default: both]",
)
@click.option("--dry-run", is_flag=True, help="Show who would get what, and change nothing.")
@click.option(
    "--rows",
    type=Number(0, MAX_SHOWN),
    default=20,
    show_default=True,
    help=f"Events of each manager to show, at most {MAX_SHOWN}, those with a conflict first.",
)
@click.option("--yes", is_flag=True, help="Do not ask after the preview.")
@connect_options
def handover(
    sender: int,
    receivers: list[int],
    desks: str,
    mode: str,
    since: int | None,
    until: int | None,
    roles: tuple[str, ...],
    dry_run: bool,
    rows: int,
    yes: bool,
    **options: Any,
) -> None:
    """Give the open events of a manager to others.

    Shows how many events each would get, and which; an exclamation mark stands before those at
    times at which the manager is busy. Then asks. If anything changes between the preview and the
    answer, nothing is handed over.
    """
    require_token(options)
    if until is not None and until <= max(since or 0, int(time.time())):
        raise click.UsageError("--until must be after --since, and in the future")
    asking: dict[str, Any] = {"desk_filter": desks, "mode": mode, **_chosen(since, until, roles)}
    preview = asyncio.run(_handover(options, sender, receivers, limit=rows, **asking))
    click.echo(table(preview))
    for text in filter(None, map(listing, preview.by_manager)):
        click.echo(text)
    if dry_run or not preview.count:
        return
    if not yes:
        click.confirm(
            f"Hand over {counted(preview.count, 'event')} of manager {sender}?", abort=True
        )
    done = asyncio.run(_handover(options, sender, receivers, digest=preview.digest, **asking))
    click.echo(
        f"{counted(done.count, 'event')} handed over; to undo: "
        f"deskcal call MngUndoCalendarBatch '{{\"batch_id\": {done.batch_id}}}'"
    )


def _chosen(since: int | None, until: int | None, roles: tuple[str, ...]) -> dict[str, Any]:
    """What narrows the events, without what was not named."""
    named = {"from": since, "to": until, "roles": list(roles) or None}
    return {name: value for name, value in named.items() if value is not None}


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


def listing(share: HandoverShare) -> str:
    """The events of one manager, by line; "" where none are shown."""
    if not share.events:
        return ""
    lines = ["", f"to manager {share.manager_id}, times in UTC:", *map(_row, share.events)]
    if hidden := share.count - len(share.events):
        lines.append(f"    and {hidden} more")
    return "\n".join(lines)


def _row(row: HandoverRow) -> str:
    mark = "!" if row.conflict else " "
    desk = f", {row.desk}" if row.desk else ""
    busy = ": busy then" if row.conflict else ""
    return printable(f"{mark} {_when(row):<22}  {row.title} (event {row.id}{desk}){busy}")


def _when(row: HandoverRow) -> str:
    """Start and end, to the minute; of an all-day event its first date."""
    if row.all_day:
        zone = ZoneInfo(row.timezone) if row.timezone else dt.UTC
        return f"{dt.datetime.fromtimestamp(row.start_time, zone):%Y-%m-%d} all day"
    return utc_span(row.start_time, row.end_time)

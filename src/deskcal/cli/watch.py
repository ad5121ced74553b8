"""`deskcal watch`: changes and reminders as they come, a line each."""

import asyncio
import datetime
import signal
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import click

from deskcal.cli.batches import batches
from deskcal.cli.connect import client_of, connect_options, require_token
from deskcal.cli.options import Number
from deskcal.cli.text import printable, utc_span
from deskcal.client.client import Client
from deskcal.client.types import Change, Reminder
from deskcal.core.event import MAX_ID, ChangeType, Event

REMEMBERED = 10_000
"""Events whose title is still known when they are deleted."""
_WHAT = {
    ChangeType.ADDED: "added",
    ChangeType.UPDATED: "updated",
    ChangeType.DELETED: "gone",
    ChangeType.RESTORED: "restored",
    ChangeType.ARCHIVED: "archived",
}


@click.command()
@connect_options
@click.option("--desk", "mask", default="*", metavar="MASK", help="Only these desks.  [default *]")
@click.option("--manager", type=Number(1, MAX_ID), metavar="ID", help="Only this manager's events.")
@click.option(
    "--since",
    type=Number(0, MAX_ID),
    metavar="SEQ",
    help="First the changes after this one.  [default: from now on]",
)
def watch(mask: str, manager: int | None, since: int | None, **options: Any) -> None:
    """Show changes and reminders as they come, until Ctrl-C.

    A line each: time, what happened, event, title, who, desk, when. "gone" is an event that was
    deleted, or is no longer visible. Changes of a series that were made together are one line.
    Reminders are shown, but not marked as read.
    """
    require_token(options)
    facts = {} if manager is None else {"manager_id": manager}
    try:
        asyncio.run(_watch(client_of(options), mask, since, facts))
    except asyncio.CancelledError:
        return


async def _watch(client: Client, mask: str, since: int | None, facts: dict[str, Any]) -> None:
    """Raises: CancelledError at SIGINT or SIGTERM, also if they were ignored at its start."""
    this = asyncio.current_task()
    assert this is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    async with client:
        if since is None:
            since = (await client.get_changes(desk_filter=mask, **facts)).next
            click.echo(f"watching from change {since}; Ctrl-C ends it", err=True)
        both = (_show_changes(client, mask, since, facts), _show_reminders(client))
        showing = [asyncio.ensure_future(one) for one in both]
        try:
            await asyncio.gather(*showing)
        finally:
            for task in showing:
                task.cancel()
            await asyncio.wait(showing)


async def _show_changes(client: Client, mask: str, since: int, facts: dict[str, Any]) -> None:
    seen = LastSeen()
    changes = client.changes(since, mask, **facts)
    async for batch in batches(aiter(changes), seen.series_of):
        for line in change_lines(batch, seen):
            click.echo(line)


class LastSeen:
    """Events as they were last seen, for the lines of their deletions."""

    def __init__(self) -> None:
        self._events: OrderedDict[int, Event] = OrderedDict()

    def event_of(self, change: Change) -> Event | None:
        """The event of a change, or as it was last seen; None: it was never seen."""
        if change.event is None:
            return self._events.get(change.id)
        self._events[change.id] = change.event
        self._events.move_to_end(change.id)
        if len(self._events) > REMEMBERED:
            self._events.popitem(last=False)
        return change.event

    def series_of(self, change: Change) -> int:
        """The series of the changed event; 0: none, or not known."""
        event = self.event_of(change)
        return event.series_id if event else 0


def change_lines(batch: list[Change], seen: LastSeen) -> Iterator[str]:
    """A line for a single change; for changes of a series, one for each kind of change."""
    kinds: dict[str, list[Change]] = {}
    for change in batch:
        kinds.setdefault(_what(change), []).append(change)
    for changes in kinds.values():
        first = changes[0]
        event = seen.event_of(first)
        if event is None or len(changes) == 1:
            yield change_line(first, event)
        else:
            text = f"{len(changes)} occurrences of series {event.series_id}"
            yield _line(first.time, _what(first), text, event, _who(first), "")


async def _show_reminders(client: Client) -> None:
    async for reminder in client.reminders(acknowledge=False):
        click.echo(reminder_line(reminder))


def change_line(change: Change, event: Event | None) -> str:
    """One change as a line; `event`: as it was last seen."""
    when = "" if event is None else _when(event)
    return _line(change.time, _what(change), f"#{change.id}", event, _who(change), when)


def _what(change: Change) -> str:
    is_of_server = change.type == ChangeType.UPDATED and not change.actor
    if is_of_server and (change.event is None or change.event.reminder_sent_time == change.time):
        return "reminded"
    return _WHAT[change.type]


def _who(change: Change) -> str:
    return f"by {change.actor}" if change.actor else "by the server"


def reminder_line(reminder: Reminder) -> str:
    """One reminder as a line."""
    late = f"  ({reminder.late_sec} s late)" if reminder.late_sec else ""
    who = f"for {reminder.manager_id}"
    event = reminder.event
    when = reminder.description + late
    return _line(reminder.fired_time, "REMINDER", f"#{event.id}", event, who, when)


def _line(time: int, what: str, which: str, event: Event | None, who: str, when: str) -> str:
    clock = datetime.datetime.fromtimestamp(time, datetime.UTC).astimezone()
    title = repr(event.title) if event else "-"
    desk = (event.desk if event else "") or "-"
    line = f"{clock:%H:%M:%S}  {what:8}  {which}  {title}  {who}  {desk}  {when}"
    return printable(line.rstrip())


def _when(event: Event) -> str:
    return f"{utc_span(event.start_time, event.end_time)} UTC"

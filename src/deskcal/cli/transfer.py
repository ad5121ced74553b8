"""`deskcal export` and `deskcal import`: a whole store to a file, and into an empty store."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from deskcal.app import serve as app
from deskcal.app.backends import export_store, import_store
from deskcal.cli.failure import Failure
from deskcal.cli.options import config_of, config_options
from deskcal.store.transfer.export import OnProgress


@click.command("export")
@config_options("data", "database")
@click.option(
    "--webhook-secrets",
    is_flag=True,
    help="Write the secrets of webhooks, too; keep the file safe.",
)
def export_command(webhook_secrets: bool, **options: Any) -> None:
    """Write the whole store to stdout, one JSON object a line.

    The file is a snapshot; servers may run meanwhile. It holds events and their history,
    reminders, managers, desks and webhooks, but no secret. A webhook without its secret is paused
    once it is imported.
    """
    config = config_of(options)
    with _progress("export") as on_progress:
        if sys.stdout is None:
            raise Failure("stdout is closed; name a file: deskcal export ... > all.jsonl")
        write = sys.stdout.buffer.write
        export_store(config, write, on_progress, with_secrets=webhook_secrets)
        sys.stdout.buffer.flush()


@click.command("import")
@config_options("data", "database")
def import_command(**options: Any) -> None:
    """Read an export from stdin into an empty store.

    No server may use the store meanwhile.

    A database is filled page by page: after an interruption run the same command again with the
    same file, and it continues. No server starts on a database whose import is incomplete. A
    directory is filled in one transaction.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError("name the file: deskcal import ... < all.jsonl")
    config = config_of(options)
    with _progress("import") as on_progress:
        head = import_store(config, sys.stdin.buffer, on_progress)
    counts = ", ".join(f"{kind} {count}" for kind, count in head.counts.items())
    click.echo(f"imported: {counts}; {app.place(config)}")


@contextmanager
def _progress(label: str) -> Iterator[OnProgress]:
    """A progress bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def on_progress(lines: int, all_lines: int) -> None:
            bar.length = all_lines
            bar.update(lines - bar.pos)

        yield on_progress

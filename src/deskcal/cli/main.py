"""The entry point `deskcal` and its commands; the larger ones are in modules of their own."""

import logging
import os
import sys
from typing import Any

import click
import uvloop

from deskcal import __version__
from deskcal.app import serve as app
from deskcal.app.zone_data import use_newest_zones
from deskcal.cli.call import call
from deskcal.cli.device import device
from deskcal.cli.directory import desk, directory, manager
from deskcal.cli.failure import Commands, Failure, drop_unwritable_output
from deskcal.cli.handover import handover
from deskcal.cli.ics import ics
from deskcal.cli.options import GroupedOptions, config_of, config_options
from deskcal.cli.text import counted
from deskcal.cli.token import token
from deskcal.cli.transfer import export_command, import_command
from deskcal.cli.watch import watch
from deskcal.cli.webhook import webhook


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="deskcal")
def main() -> None:
    """A calendar server for sales and retention desks: JSON over persistent TCP."""
    use_newest_zones()


@main.command(cls=GroupedOptions)
@config_options()
def serve(**options: Any) -> None:
    """Run the server until SIGTERM or SIGINT.

    Each setting is taken from its option, else from its environment variable, else from the file
    named by --config, else it has its default. The HS256 secret is taken from DESKCAL_SECRET, else
    from --secret-file; otherwise it is created on the first start as DIR/secret.
    """
    config = config_of(options)
    uvloop.run(app.serve(config, os.environ, announce=_announce, abandon=_abandon))


def _announce(line: str) -> None:
    """Prints a line; where nobody reads stdout any more, the server goes on without."""
    try:
        click.echo(line)
    except OSError:
        drop_unwritable_output()


def _abandon() -> None:
    """Ends the process without waiting for its threads."""
    sys.stdout.flush()
    logging.shutdown()
    os._exit(1)


@main.command()
@config_options("data", "database")
def check(**options: Any) -> None:
    """Verify that the index and the documents of the store agree."""
    zones = use_newest_zones()
    report = app.check(config_of(options))
    click.echo(f"time zones: {zones.version}, from {zones.source}")
    for name, count in report.counts.items():
        click.echo(f"{name}: {count}")
    for difference in report.differences:
        click.echo(f"difference: {difference}")
    if report.differences:
        raise Failure(f"the store has {counted(len(report.differences), 'difference')}")
    click.echo("no differences")


@main.command()
@config_options("data", "database")
def demo(**options: Any) -> None:
    """Write the demo desk to an empty store."""
    config = config_of(options)
    filled = app.fill_demo(config)
    where = app.place(config)
    click.echo(f"{filled.events} events of {filled.managers} managers; {where}")


main.add_command(token)
main.add_command(call)
main.add_command(watch)
main.add_command(handover)
main.add_command(manager)
main.add_command(device)
main.add_command(desk)
main.add_command(directory)
main.add_command(export_command)
main.add_command(import_command)
main.add_command(ics)
main.add_command(webhook)


if __name__ == "__main__":
    main(prog_name="deskcal")

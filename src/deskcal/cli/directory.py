"""The command line's part for managers and desks by name."""

from typing import Any

import click
import msgspec

from deskcal.app import serve as app
from deskcal.cli.options import config_of, config_options
from deskcal.core.directory import BadEntry, Desk, Manager, checked_desk, checked_manager
from deskcal.core.event import DEFAULT_BRAND, MAX_ID

MANAGER_ID = click.IntRange(1, MAX_ID)


@click.group()
def manager() -> None:
    """Managers by name: add, list, disable. Works beside a running server."""


@manager.command("add")
@config_options("data", "database")
@click.option("--id", "manager_id", required=True, type=MANAGER_ID, help="Manager id.")
@click.option("--name", required=True, help="The manager's name.")
@click.option("--brand", default=DEFAULT_BRAND, show_default=True, help="Brand.")
@click.option("--desks", default="", metavar="MASK", help="Desks, such as 'DESK_EU*'.")
@click.option("--colour", default="", metavar="#RRGGBB", help="Colour in the web calendar.")
def add_manager(manager_id: int, **options: Any) -> None:
    """Add a manager, or replace what is known of one."""
    texts = {name: options[name] for name in ("name", "brand", "desks", "colour")}
    try:
        one = checked_manager(Manager(id=manager_id, **texts))
    except BadEntry as exc:
        raise click.UsageError(str(exc)) from exc
    app.put_directory(config_of(options), [one], [])
    click.echo(f"manager {one.id}: {one.name}")


@manager.command("list")
@config_options("data", "database")
def list_managers(**options: Any) -> None:
    """List the managers, one a line: id, name, brand, desks, colour."""
    for one in app.directory(config_of(options)).managers:
        state = ["disabled"] if one.disabled else []
        click.echo("\t".join([str(one.id), one.name, one.brand, one.desks, one.colour, *state]))


@manager.command("disable")
@config_options("data", "database")
@click.option("--id", "manager_id", required=True, type=MANAGER_ID, help="Manager id.")
def disable_manager(manager_id: int, **options: Any) -> None:
    """No longer offer a manager; events still call them by name."""
    config = config_of(options)
    known = {one.id: one for one in app.directory(config).managers}
    if manager_id not in known:
        raise click.UsageError(f"there is no manager {manager_id}; see deskcal manager list")
    app.put_directory(config, [msgspec.structs.replace(known[manager_id], disabled=1)], [])
    click.echo(f"manager {manager_id} is disabled")


@click.group()
def desk() -> None:
    """Desks by name: add, list. Works beside a running server."""


@desk.command("add")
@config_options("data", "database")
@click.option("--code", required=True, help="Desk code, such as DESK_RETENTION.")
@click.option("--brand", default=DEFAULT_BRAND, show_default=True, help="Brand.")
@click.option("--title", default="", help="Its name for people.  [default the code]")
def add_desk(**options: Any) -> None:
    """Add a desk, or rename one."""
    texts = {name: options[name] for name in ("code", "brand", "title")}
    try:
        one = checked_desk(Desk(**texts))
    except BadEntry as exc:
        raise click.UsageError(str(exc)) from exc
    app.put_directory(config_of(options), [], [one])
    click.echo(f"desk {one.code}: {one.title}")


@desk.command("list")
@config_options("data", "database")
def list_desks(**options: Any) -> None:
    """List the desks, one a line: code, brand, title."""
    for one in app.directory(config_of(options)).desks:
        click.echo(f"{one.code}\t{one.brand}\t{one.title}")

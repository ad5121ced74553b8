"""`deskcal manager`, `deskcal desk` and `deskcal directory`: names of managers, desks, outcomes."""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeVar

import click
import msgspec
from msgspec import Raw, Struct

from deskcal.app import serve as app
from deskcal.cli.options import Number, config_of, config_options
from deskcal.cli.text import counted
from deskcal.core.directory import (
    BadEntry,
    Desk,
    Directory,
    Manager,
    checked_desk,
    checked_manager,
    checked_outcome,
)
from deskcal.core.event import DEFAULT_BRAND, MAX_ID
from deskcal.core.outcomes import Outcome

MANAGER_ID = Number(1, MAX_ID)


@click.group()
def manager() -> None:
    """Managers by name: add, list, disable. A server may run meanwhile."""


@manager.command("add")
@config_options("data", "database")
@click.option("--id", "manager_id", required=True, type=MANAGER_ID, help="Manager id.")
@click.option("--name", required=True, help="The manager's name.")
@click.option("--brand", default=DEFAULT_BRAND, show_default=True, help="Brand.")
@click.option("--desks", default="", metavar="MASK", help="Desks, such as 'DESK_EU*'.")
@click.option("--colour", default="", metavar="#RRGGBB", help="Colour in the web calendar.")
def add_manager(manager_id: int, **options: Any) -> None:
    """Add a manager, or replace one."""
    texts = {name: options[name] for name in ("name", "brand", "desks", "colour")}
    try:
        one = checked_manager(Manager(id=manager_id, **texts))
    except BadEntry as exc:
        raise click.UsageError(str(exc)) from exc
    app.put_directory(config_of(options), Directory(managers=[one]))
    click.echo(f"manager {one.id}: {one.name}")


@manager.command("list")
@config_options("data", "database")
def list_managers(**options: Any) -> None:
    """List the managers.

    A line each: id, name, brand, desks, colour.
    """
    for one in app.directory(config_of(options)).managers:
        state = ["disabled"] if one.disabled else []
        click.echo("\t".join([str(one.id), one.name, one.brand, one.desks, one.colour, *state]))


@manager.command("disable")
@config_options("data", "database")
@click.option("--id", "manager_id", required=True, type=MANAGER_ID, help="Manager id.")
def disable_manager(manager_id: int, **options: Any) -> None:
    """Disable a manager: no longer offered, but still named."""
    config = config_of(options)
    known = {one.id: one for one in app.directory(config).managers}
    if manager_id not in known:
        raise click.UsageError(f"there is no manager {manager_id}; see deskcal manager list")
    disabled = msgspec.structs.replace(known[manager_id], disabled=1)
    app.put_directory(config, Directory(managers=[disabled]))
    click.echo(f"manager {manager_id} is disabled")


@click.group()
def desk() -> None:
    """Desks by name: add, list. A server may run meanwhile."""


@desk.command("add")
@config_options("data", "database")
@click.option("--code", required=True, help="Desk code, such as DESK_RETENTION.")
@click.option("--brand", default=DEFAULT_BRAND, show_default=True, help="Brand.")
@click.option("--title", default="", help="Its name for people.  [default the code]")
@click.option("--lead", type=MANAGER_ID, help="Manager who leads it.  [default as it is]")
def add_desk(lead: int | None, **options: Any) -> None:
    """Add a desk, rename one, or give it another lead."""
    texts = {name: options[name] for name in ("code", "brand", "title")}
    try:
        one = checked_desk(Desk(**texts))
    except BadEntry as exc:
        raise click.UsageError(str(exc)) from exc
    config = config_of(options)
    if lead is None:
        known = {(desk.brand, desk.code): desk for desk in app.directory(config).desks}
        lead = known.get((one.brand, one.code), one).manager_id
    one = msgspec.structs.replace(one, manager_id=lead)
    app.put_directory(config, Directory(desks=[one]))
    click.echo(f"desk {one.code}: {one.title}")


@desk.command("list")
@config_options("data", "database")
def list_desks(**options: Any) -> None:
    """List the desks.

    A line each: code, brand, title, manager who leads it.
    """
    for one in app.directory(config_of(options)).desks:
        lead = [str(one.manager_id)] if one.manager_id else []
        click.echo("\t".join([one.code, one.brand, one.title, *lead]))


@click.group()
def directory() -> None:
    """Managers, desks and outcomes as JSON: put, show. A server may run meanwhile."""


@directory.command("show")
@config_options("data", "database")
def show_directory(**options: Any) -> None:
    """Print managers, desks and outcomes as JSON, as `put` takes it."""
    found = msgspec.json.encode(app.directory(config_of(options)))
    click.echo(msgspec.json.format(found).decode())


@directory.command("put")
@config_options("data", "database")
@click.argument("file", type=click.File("rb"))
def put_directory(file: BinaryIO, **options: Any) -> None:
    """Add or replace managers, desks and outcomes.

    They are read from FILE; - is stdin.

    FILE is a JSON object such as
    {"outcomes":[{"code":"no_answer","name":"No answer","types":[2,4],"next_in_sec":3600}],
    "desks":[{"code":"DESK_RETENTION","manager_id":10}]}.
    Of an entry that is there already, keys that FILE does not name are kept.
    """
    config = config_of(options)
    try:
        put = _merged(msgspec.json.decode(file.read(), type=_Entries), app.directory(config))
    except (msgspec.DecodeError, UnicodeDecodeError, BadEntry) as exc:
        raise click.UsageError(f"{file.name} can't be used: {exc}; nothing was changed") from exc
    app.put_directory(config, put)
    counts = {name: len(getattr(put, name)) for name in put.__struct_fields__}
    click.echo(", ".join(counted(count, name.removesuffix("s")) for name, count in counts.items()))


_Entry = TypeVar("_Entry", Manager, Desk, Outcome)


class _Entries(Struct, forbid_unknown_fields=True):
    """What FILE has, each entry by the names of its keys."""

    managers: list[dict[str, Raw]] = []
    desks: list[dict[str, Raw]] = []
    outcomes: list[dict[str, Raw]] = []


def _merged(entries: _Entries, known: Directory) -> Directory:
    """What is to be put. Raises: BadEntry, msgspec.ValidationError."""
    managers = {(one.id,): one for one in known.managers}
    desks = {(one.brand, one.code): one for one in known.desks}
    outcomes = {(one.code,): one for one in known.outcomes}
    return Directory(
        [_entry(Manager, checked_manager, one, managers) for one in entries.managers],
        [_entry(Desk, checked_desk, one, desks) for one in entries.desks],
        [_entry(Outcome, checked_outcome, one, outcomes) for one in entries.outcomes],
    )


_KEYS: dict[Any, tuple[str, ...]] = {Manager: ("id",), Desk: ("brand", "code"), Outcome: ("code",)}


def _entry(
    kind: type[_Entry],
    check: Callable[[_Entry], _Entry],
    sent: Mapping[str, Raw],
    known: Mapping[tuple[Any, ...], _Entry],
) -> _Entry:
    unknown = sent.keys() - set(kind.__struct_fields__)
    if unknown:
        raise BadEntry(f"{min(unknown)} is no key in {kind.__name__.lower()}s")
    one = check(msgspec.json.decode(msgspec.json.encode(sent), type=kind))
    before = known.get(tuple(getattr(one, name) for name in _KEYS[kind]))
    if before is None:
        return one
    return msgspec.structs.replace(before, **{name: getattr(one, name) for name in sent})

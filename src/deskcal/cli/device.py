"""`deskcal device`: passwords for a manager's calendar apps."""

import secrets
import time
from typing import Any

import click

from deskcal.app import serve as app
from deskcal.app.config import Config
from deskcal.cli.failure import Failure
from deskcal.cli.options import Number, config_of, config_options
from deskcal.cli.token import SessionName
from deskcal.core.device_passwords import (
    PASSWORD_BYTES,
    SALT_BYTES,
    hashed,
    password_of,
    selector_of,
)
from deskcal.core.devices import MAX_NAME, Device, brand_for
from deskcal.core.event import MAX_ID
from deskcal.core.masks import BadMask, brand_mask, desk_mask
from deskcal.core.sessions import ADMIN_TYPES, SessionType
from deskcal.errors import DeskcalError

MANAGER = click.option(
    "--manager", required=True, type=Number(1, MAX_ID), metavar="ID", help="Id of the manager."
)


@click.group()
def device() -> None:
    """Passwords for calendar apps: add, list, revoke. A server may run meanwhile."""


@device.command("add")
@config_options("data", "database", "max_devices")
@MANAGER
@click.option("--name", required=True, help="What the manager calls it, such as Phone.")
@click.option(
    "--session",
    type=SessionName(),
    default=SessionType.SESSION_MANAGER.name,
    show_default=True,
    metavar="TYPE",
    help="Session type, such as CRM_MANAGER.",
)
@click.option("--desks", metavar="MASK", help="Desks in scope.  [default of the directory]")
@click.option("--brands", metavar="MASK", help="Brands in scope.  [default of the directory]")
@click.option("--brand", metavar="BRAND", help="Of what the app creates.")
def add_device(**options: Any) -> None:
    """Add a password for a calendar app, and print it.

    It is not shown again.

    The user name in the app is the manager's id.
    """
    config = config_of(options)
    password = password_of(secrets.token_bytes(PASSWORD_BYTES))
    added = app.devices(config).add(_device(options, config, password), config.max_devices)
    if added is None:
        raise Failure(
            f"manager {options['manager']} has {config.max_devices} device passwords already; "
            "revoke one, or raise max_devices"
        )
    click.echo(f"device {added.id}: {added.name}, user {added.manager_id}, password:", err=True)
    click.echo(password)


@device.command("list")
@config_options("data", "database")
@MANAGER
def list_devices(**options: Any) -> None:
    """List a manager's devices.

    A line each: id, name, when it was added, when it was last used.
    """
    for one in app.devices(config_of(options)).all(options["manager"]):
        times = [_time(one.created_time), _time(one.last_used_time)]
        click.echo("\t".join([str(one.id), one.name, *times]))


@device.command("revoke")
@config_options("data", "database")
@MANAGER
@click.option("--id", "device_id", required=True, type=Number(1, MAX_ID), help="Device id.")
def revoke_device(device_id: int, **options: Any) -> None:
    """Revoke a device's password, on all nodes at once."""
    manager_id = options["manager"]
    if not app.devices(config_of(options)).delete(manager_id, device_id):
        raise Failure(
            f"manager {manager_id} has no device {device_id}; "
            f"see deskcal device list --manager {manager_id}"
        )
    click.echo(f"device {device_id} of manager {manager_id} is revoked")


def _device(options: dict[str, Any], config: Config, password: str) -> Device:
    """Raises: UsageError."""
    name = options["name"].strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise click.UsageError(f"--name must have 1 to {MAX_NAME} printable characters")
    desks, brands = _scope(options, config)
    try:
        scope = brand_mask(brands)
        desk_mask(desks)
        brand = brand_for(options["brand"], scope)
    except (BadMask, DeskcalError) as exc:
        raise click.UsageError(f"the scope of the device can't be used: {exc}") from exc
    return Device(
        manager_id=options["manager"],
        name=name,
        brand=brand,
        type=int(options["session"]),
        desks=desks,
        brands=brands,
        selector=selector_of(password),
        hash=hashed(password, secrets.token_bytes(SALT_BYTES)),
        created_time=int(time.time()),
    )


def _scope(options: dict[str, Any], config: Config) -> tuple[str, str]:
    """Masks of desks and brands, as `deskcal token` takes them."""
    managers = {one.id: one for one in app.directory(config).managers}
    known = managers.get(options["manager"])
    desks = options["desks"] or (known.desks if known else "") or "*"
    brands = options["brands"] or (known.brand if known else "") or "*"
    return ("*" if options["session"] in ADMIN_TYPES else desks), brands


def _time(seconds: int) -> str:
    if not seconds:
        return "never"
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))

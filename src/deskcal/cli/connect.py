"""Options of the commands that connect to a server, and the client made from them."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deskcal.app.config import Address, listen_address
from deskcal.cli.failure import Failure
from deskcal.client.client import Client

CONNECT = "127.0.0.1:8765"
_OPTIONS = (
    click.option(
        "--connect",
        envvar="DESKCAL_CONNECT",
        default=CONNECT,
        show_default=True,
        show_envvar=True,
        metavar="HOST:PORT",
        help="The server's TCP listener.",
    ),
    click.option(
        "--token",
        envvar="DESKCAL_TOKEN",
        show_envvar=True,
        help="Token of the manager, a JWT; `deskcal token` prints one.",
    ),
    click.option("--tls", is_flag=True, help="Connect with TLS."),
    click.option(
        "--ca",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        help="PEM file of the certificates to trust, with --tls implied.",
    ),
)


def connect_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --connect, --token, --tls and --ca."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def require_token(options: dict[str, Any]) -> None:
    """Ends with an error, before anything is sent, if there is no token."""
    if not options["token"]:
        raise Failure(
            "no token: give one with --token or in DESKCAL_TOKEN; on the server's machine "
            "`deskcal token` prints one"
        )


def client_of(options: dict[str, Any], **more: Any) -> Client:
    """The client made from the options; `more` goes to `Client.connect`. Ends on wrong usage."""
    address = _address(options["connect"])
    return Client.connect(
        address.host, address.port, token=options["token"], ssl=_tls(options), **more
    )


def _address(text: str) -> Address:
    try:
        address = listen_address(text)
    except ValueError as exc:
        raise click.UsageError(f"--connect {text!r} {exc}") from exc
    if address.port == 0:
        raise click.UsageError(f"--connect {text!r} has port 0; name the server's port")
    return address


def _tls(options: dict[str, Any]) -> ssl.SSLContext | None:
    if options["ca"]:
        try:
            return ssl.create_default_context(cafile=Path(options["ca"]))
        except OSError as exc:
            raise click.UsageError(f"--ca {options['ca']}: no usable PEM file: {exc}") from exc
    return ssl.create_default_context() if options["tls"] else None

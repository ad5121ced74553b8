"""`deskcal token`: a token signed with the server's secret."""

import os
import time
from typing import Any

import click

from deskcal.app import serve as app
from deskcal.app.config import Config
from deskcal.app.keys import existing_key
from deskcal.cli.failure import Failure
from deskcal.cli.options import KEY_SETTINGS, Number, config_of, config_options
from deskcal.core.event import MAX_ID
from deskcal.core.masks import BadMask, brand_mask, desk_mask
from deskcal.core.sessions import SessionType
from deskcal.core.tokens import FEED, sign
from deskcal.limits import DAY_SEC

TTL_SEC = DAY_SEC
FEED_TTL_SEC = 180 * DAY_SEC
PREFIX = "SESSION_"


class SessionName(click.ParamType[SessionType]):
    """A session type by its name, in upper or lower case, with or without `SESSION_`."""

    name = "session"

    def convert(self, value: Any, param: Any, ctx: Any) -> SessionType:
        """The session type. Ends with a usage error that lists the names."""
        if isinstance(value, SessionType):
            return value
        name = PREFIX + str(value).strip().upper().removeprefix(PREFIX)
        if name not in SessionType.__members__:
            names = ", ".join(SessionType.__members__)
            self.fail(f"{value!r} is not a session type; use one of {names}", param, ctx)
        return SessionType[name]


@click.command()
@config_options("data", "database", *KEY_SETTINGS)
@click.option(
    "--manager", required=True, type=Number(1, MAX_ID), metavar="ID", help="Id of the manager."
)
@click.option(
    "--session",
    required=True,
    type=SessionName(),
    metavar="TYPE",
    help="Session type, such as CRM_MANAGER; SESSION_ in front may be left out.",
)
@click.option("--desks", metavar="MASK", help="Desks in scope, such as 'DESK_EU*'.  [default *]")
@click.option("--brands", metavar="MASK", help="Brands in scope.  [default *]")
@click.option("--name", help="The manager's name.")
@click.option(
    "--ttl",
    type=Number(1),
    metavar="SEC",
    help=f"Seconds until it expires.  [default {TTL_SEC}; with --feed {FEED_TTL_SEC}]",
)
@click.option(
    "--feed",
    is_flag=True,
    help="For a calendar app that subscribes to /ics/TOKEN.ics; valid for nothing else.",
)
def token(**options: Any) -> None:
    """Print a token signed with the server's secret.

    The secret comes from DESKCAL_SECRET, else --secret-file, else from the data directory. Desks,
    brand and name default to what `deskcal manager list` shows of the manager.
    """
    config = config_of(options)
    if config.jwt_keys:
        raise Failure("jwt_keys is set: get tokens from the issuer whose public keys these are")
    claims = _claims(_with_defaults(options, config), config, int(time.time()))
    click.echo(sign(existing_key(config, os.environ), claims))


def _with_defaults(options: dict[str, Any], config: Config) -> dict[str, Any]:
    """`options`, with desks, brand and name of the directory where it lists the manager."""
    for one in app.directory(config).managers:
        if one.id == options["manager"]:
            known = {"desks": one.desks or None, "brands": one.brand, "name": one.name}
            return options | {key: known[key] for key in known if options[key] is None}
    return options


def _claims(options: dict[str, Any], config: Config, now: int) -> dict[str, object]:
    """The claims of the token. Source: contract, section 3."""
    claims: dict[str, object] = {
        "id": options["manager"],
        "type": int(options["session"]),
        "exp": now + (options["ttl"] or (FEED_TTL_SEC if options["feed"] else TTL_SEC)),
    }
    if options["feed"]:
        claims["use"] = FEED
    for name, mask in (("desks", desk_mask), ("brands", brand_mask)):
        text = options[name]
        if text is not None:
            try:
                claims[name] = _checked(mask(text).text)
            except BadMask as exc:
                raise click.UsageError(f"--{name} {text!r} {exc}") from exc
    known = {"name": options["name"], "iss": config.jwt_issuer, "aud": config.jwt_audience}
    return claims | {name: value for name, value in known.items() if value}


def _checked(mask: str) -> str:
    """The mask. Raises: BadMask if a pattern in it can match nothing, as no code has a `!`."""
    for pattern in mask.split(","):
        if "!" in pattern.strip()[1:]:
            raise BadMask(f"has a second ! in {pattern.strip()!r}; one ! in front excludes")
    return mask

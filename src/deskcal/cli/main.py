"""The command line: deskcal serve, token, call, watch, check, demo. The only place that prints."""

import asyncio
import os
import sys
import time
from typing import Any

import click
import msgspec
import uvloop
from msgspec import Raw

from deskcal import __version__
from deskcal.app import serve as app
from deskcal.app.config import BadConfig, Config
from deskcal.cli.connect import client_of, connect_options
from deskcal.cli.directory import desk, directory, manager
from deskcal.cli.options import KEY_SETTINGS, config_of, config_options
from deskcal.cli.text import readable_error, readable_json
from deskcal.cli.transfer import export_command, import_command
from deskcal.cli.watch import watch
from deskcal.client.calls import Answer
from deskcal.core.event import MAX_ID
from deskcal.core.masks import BadMask, brand_mask, desk_mask
from deskcal.core.sessions import SessionType
from deskcal.core.tokens import FEED, BadKey, sign
from deskcal.errors import DeskcalError

TOKEN_TTL_SEC = 86_400
FEED_TTL_SEC = 180 * 86_400
CALL_TIMEOUT_SEC = 30.0


class Failure(click.ClickException):
    """Ends the process with one line on stderr, `deskcal: ...`, and status 1."""

    def show(self, file: Any = None) -> None:
        """Prints the line."""
        click.echo(f"deskcal: {self.message}", err=True)


class BadSettings(Failure):
    """Ends it with status 2, as wrong usage does."""

    exit_code = 2


class Commands(click.Group):
    """The commands; what goes wrong in one is told in a line, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except BadConfig as exc:
            raise BadSettings(str(exc)) from exc
        except (DeskcalError, app.StartError, app.NotEmpty, BadKey) as exc:
            raise Failure(str(exc)) from exc


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="deskcal")
def main() -> None:
    """A calendar server for sales and retention desks: JSON over persistent TCP."""


@main.command()
@config_options()
def serve(**options: Any) -> None:
    """Run the server until SIGTERM or SIGINT.

    Each setting comes from its flag, else its variable in the environment, else the file of
    --config, else its default. The HS256 secret comes from DESKCAL_SECRET, else --secret-file,
    else it is made on the first start as DIR/secret.
    """
    config = config_of(options)
    uvloop.run(app.serve(config, os.environ, announce=click.echo))


@main.command()
@config_options("data", "database", *KEY_SETTINGS)
@click.option("--manager", required=True, type=click.IntRange(1, MAX_ID), help="Manager id.")
@click.option(
    "--session",
    required=True,
    type=click.Choice([kind.name for kind in SessionType]),
    help="Session type.",
)
@click.option("--desks", metavar="MASK", help="Desks in scope, such as 'DESK_EU*'.  [default *]")
@click.option("--brands", metavar="MASK", help="Brands in scope.  [default *]")
@click.option("--name", help="The manager's name.")
@click.option(
    "--ttl",
    type=click.IntRange(min=1),
    metavar="SEC",
    help=f"Seconds until it expires.  [default {TOKEN_TTL_SEC}; with --feed {FEED_TTL_SEC}]",
)
@click.option(
    "--feed",
    is_flag=True,
    help="For a calendar app, which subscribes to /ics/TOKEN.ics; opens nothing else.",
)
def token(**options: Any) -> None:
    """Print a token signed with the server's secret."""
    config = config_of(options)
    if config.jwt_keys:
        raise Failure("jwt_keys is set: get tokens from the issuer whose public keys these are")
    claims = _claims(_known(options, config), config, int(time.time()))
    click.echo(sign(app.signing_key(config, os.environ), claims))


@main.command()
@connect_options
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=CALL_TIMEOUT_SEC,
    show_default=True,
    metavar="SEC",
    help="How long to wait for the answer.",
)
@click.argument("command")
@click.argument("data", metavar="['JSON' | -]", default="{}")
def call(command: str, data: str, **options: Any) -> None:
    """Send one command, with DATA as a JSON object (- reads it from stdin), print the answer.

    The answer goes to stdout, whatever its status; an error is told in one line on stderr too,
    and the exit status is 0 only for an answer with status 200.
    """
    values = _json_object(sys.stdin.buffer.read() if data == "-" else os.fsencode(data))
    answer = asyncio.run(_call(command, values, options))
    click.echo(readable_json(answer.text, sys.stdout.encoding))
    failure = answer.failure()
    if failure is not None:
        raise Failure(readable_error(failure))


@main.command()
@config_options("data", "database")
def check(**options: Any) -> None:
    """Verify that the index and the documents of the store agree."""
    report = app.check(config_of(options))
    for name, count in report.counts.items():
        click.echo(f"{name}: {count}")
    for difference in report.differences:
        click.echo(f"difference: {difference}")
    if report.differences:
        raise Failure(f"the store has {len(report.differences)} differences")
    click.echo("no differences")


@main.command()
@config_options("data", "database")
def demo(**options: Any) -> None:
    """Put the demo desk into an empty store."""
    config = config_of(options)
    filled = app.fill_demo(config)
    where = app.place(config)
    click.echo(f"{filled.events} events of {filled.managers} managers; {where}")


main.add_command(manager)
main.add_command(desk)
main.add_command(directory)
main.add_command(watch)
main.add_command(export_command)
main.add_command(import_command)


def _known(options: dict[str, Any], config: Config) -> dict[str, Any]:
    """`options`, with desks and brand of the directory where the manager is in it."""
    for one in app.directory(config).managers:
        if one.id == options["manager"]:
            known = {"desks": one.desks or None, "brands": one.brand, "name": one.name}
            return options | {key: known[key] for key in known if options[key] is None}
    return options


def _claims(options: dict[str, Any], config: Config, now: int) -> dict[str, object]:
    """What the token says. Source: contract, section 3."""
    claims: dict[str, object] = {
        "id": options["manager"],
        "type": int(SessionType[options["session"]]),
        "exp": now + (options["ttl"] or (FEED_TTL_SEC if options["feed"] else TOKEN_TTL_SEC)),
    }
    if options["feed"]:
        claims["use"] = FEED
    for name, mask in (("desks", desk_mask), ("brands", brand_mask)):
        if options[name] is not None:
            try:
                claims[name] = mask(options[name]).text
            except BadMask as exc:
                raise click.UsageError(f"--{name} {options[name]!r} {exc}") from exc
    known = {"name": options["name"], "iss": config.jwt_issuer, "aud": config.jwt_audience}
    return claims | {name: value for name, value in known.items() if value}


def _json_object(text: bytes) -> dict[str, Raw]:
    """The object's keys, values as they are spelled. Ends with a usage error if it is none."""
    try:
        msgspec.json.decode(text)
        return msgspec.json.decode(text, type=dict[str, Raw])
    except msgspec.ValidationError as exc:
        raise click.UsageError("the data is no JSON object; send one such as '{\"id\":1}'") from exc
    except (ValueError, RecursionError) as exc:
        raise click.UsageError(f"the data is not JSON: {exc}; nothing was sent") from exc


async def _call(command: str, values: dict[str, Raw], options: dict[str, Any]) -> Answer:
    async with client_of(options, timeout_sec=options["timeout"]) as client:
        return await client.call_raw(command, values)


if __name__ == "__main__":
    main(prog_name="deskcal")

"""`deskcal call`: one request, its answer printed."""

import asyncio
import os
import sys
from typing import Any

import click
import msgspec
from msgspec import Raw

from deskcal.cli.connect import client_of, connect_options, require_token
from deskcal.cli.failure import Failure
from deskcal.cli.options import Number
from deskcal.cli.text import readable_error, readable_json
from deskcal.client.calls import Answer
from deskcal.commands import COMMANDS

TIMEOUT_SEC = 30.0


class CommandList(click.Command):
    """A command whose help lists the commands of the protocol."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list after the options."""
        with formatter.section("Commands"):
            formatter.write_dl([(one.name, one.summary) for one in COMMANDS.values()])


@click.command(cls=CommandList)
@connect_options
@click.option(
    "--timeout",
    type=Number(0, above=True),
    default=TIMEOUT_SEC,
    show_default=True,
    metavar="SEC",
    help="Limit for the whole call.",
)
@click.argument("command")
@click.argument("data", metavar="['JSON' | -]", default="{}")
def call(command: str, data: str, **options: Any) -> None:
    """Send one command and print its answer.

    JSON is an object, the data of the command; - reads it from stdin.

    The answer is printed to stdout, whatever its status. The exit status is 0 for an answer with
    status 200; otherwise it is 1, and the error is printed to stderr too. The fields of each
    command are in docs/protocol.md.
    """
    values = _json_object(_stdin() if data == "-" else os.fsencode(data))
    if command != "Ping":
        require_token(options)
    answer = asyncio.run(_call(command, values, options))
    click.echo(readable_json(answer.text, sys.stdout.encoding))
    failure = answer.failure()
    if failure is not None:
        raise Failure(readable_error(failure))


def _stdin() -> bytes:
    if sys.stdin is None:
        raise click.UsageError("stdin is closed, and - reads the data from it")
    return sys.stdin.buffer.read()


def _json_object(text: bytes) -> dict[str, Raw]:
    """The object's members, values as they are written. Ends with a usage error if it is none."""
    try:
        msgspec.json.decode(text)
        return msgspec.json.decode(text, type=dict[str, Raw])
    except msgspec.ValidationError as exc:
        raise click.UsageError(
            "the data is not a JSON object; send one such as '{\"id\":1}'"
        ) from exc
    except (ValueError, RecursionError) as exc:
        raise click.UsageError(f"the data is not JSON: {exc}; nothing was sent") from exc


async def _call(command: str, values: dict[str, Raw], options: dict[str, Any]) -> Answer:
    async with client_of(options, timeout_sec=options["timeout"]) as client:
        return await client.call_raw(command, values)

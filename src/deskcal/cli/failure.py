"""How a command ends with an error: one line on stderr, `deskcal: ...`, and its exit status."""

import errno
from typing import Any

import click

from deskcal.app.backends import StartError
from deskcal.app.config import BadConfig
from deskcal.core.tokens import BadKey
from deskcal.demo.desk import NotEmpty
from deskcal.errors import DeskcalError


class Failure(click.ClickException):
    """Ends the process with one line on stderr and status 1."""

    def show(self, file: Any = None) -> None:
        """Prints the line."""
        click.echo(f"deskcal: {self.message}", err=True)


class BadSettings(Failure):
    """Ends it with status 2, as wrong usage does."""

    exit_code = 2


class Commands(click.Group):
    """A group of commands whose errors are printed as one line, not as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except BadConfig as exc:
            raise BadSettings(str(exc)) from exc
        except (DeskcalError, StartError, NotEmpty, BadKey) as exc:
            raise Failure(str(exc)) from exc
        except OSError as exc:
            if exc.errno == errno.EPIPE or exc.strerror is None:
                raise
            where = f"{exc.filename}: " if exc.filename else ""
            raise Failure(f"{where}{exc.strerror}") from exc

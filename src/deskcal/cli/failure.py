"""How a command ends with an error: one line on stderr, `deskcal: ...`, and its exit status."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Reads the options, and prints what --help and --version ask for."""
        with _errors_in_one_line():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        with _errors_in_one_line():
            return super().invoke(ctx)


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """Makes a `Failure` of each error that is for people."""
    try:
        yield
    except BadConfig as exc:
        raise BadSettings(str(exc)) from exc
    except (DeskcalError, StartError, NotEmpty, BadKey) as exc:
        raise Failure(str(exc)) from exc
    except OSError as exc:
        if exc.errno == errno.EPIPE or exc.strerror is None:
            raise
        drop_unwritable_output()
        where = f"{exc.filename}: " if exc.filename else ""
        raise Failure(f"{where}{exc.strerror}") from exc


def drop_unwritable_output() -> None:
    """Points stdout to the null device if it cannot be written.

    Python would write again what is left in its buffer when the process ends, and end it with
    another message and status 120.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        unread = os.open(os.devnull, os.O_WRONLY)
        os.dup2(unread, sys.stdout.fileno())
        os.close(unread)

"""Options of the command line that come from the table of settings, and numbers and times."""

import datetime as dt
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from deskcal.app.config import Config, Setting, load_config, settings
from deskcal.app.groups import DAILY, GROUPS, group_of, shown_default
from deskcal.core.event import MAX_TIME

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

CONFIG_VARIABLE = "DESKCAL_CONFIG"
KEY_SETTINGS = ("secret_file", "jwt_keys", "jwt_issuer", "jwt_audience")
"""The settings that a token depends on."""
_FORMS = {
    "data": "DIR",
    "database": "URL",
    "tcp": "HOST:PORT",
    "web": "HOST:PORT",
    "default_timezone": "ZONE",
    "jwt_keys": "FILE",
    "tls_cert": "FILE",
    "tls_key": "FILE",
    "calling_hours": "JSON",
    "webhook_networks": "CIDR,CIDR",
}


class Number(click.ParamType[float]):
    """A number within bounds; its usage error names the value and the rule."""

    name = "number"

    def __init__(self, least: int, most: int | None = None, *, above: bool = False) -> None:
        """From `least` to `most`, an integer; or any number above `least`."""
        self.least = least
        self.most = most
        self.above = above

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """The number. Ends with a usage error."""
        try:
            number: float = float(value) if self.above else int(value)
        except ValueError:
            number = math.nan
        if self._fits(number):
            return number
        rule = "a number above" if self.above else "an integer of at least"
        most = "" if self.most is None or not number > self.most else f", at most {self.most}"
        return self.fail(f"{value!r} must be {rule} {self.least}{most}", param, ctx)

    def _fits(self, number: float) -> bool:
        if not math.isfinite(number) or (self.above and number == self.least):
            return False
        return self.least <= number and (self.most is None or number <= self.most)


class UtcTime(click.ParamType[int]):
    """A date, or a date and time in ISO 8601, as Unix seconds; without an offset it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The time; of a date its first second. Ends with a usage error."""
        if isinstance(value, int):
            return value
        try:
            moment = dt.datetime.fromisoformat(value)
            time = int(moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp())
        except (ValueError, OverflowError):
            time = -1
        if 0 <= time <= MAX_TIME:
            return time
        return self.fail(
            f"{value!r} is not a time such as 2027-03-30 or 2027-03-30T09:30", param, ctx
        )


class GroupedOptions(click.Command):
    """A command whose help lists settings by group, the usual ones first."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes a section for each group."""
        names = {setting.name for setting in settings()}
        sections: dict[str, list[tuple[str, str]]] = {title: [] for title in GROUPS}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                is_setting = parameter.name in names
                sections[group_of(parameter.name or "") if is_setting else DAILY].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def config_options(*names: str) -> Decorator:
    """Adds `--config` and an option for each of these settings; none named: for every one."""
    wanted = [setting for setting in settings() if not names or setting.name in names]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for setting in reversed(wanted):
            command = _option(setting)(command)
        return _config_file(command)

    return decorate


def config_of(options: dict[str, Any]) -> Config:
    """The settings, from what `config_options` put among `options`; the rest is ignored.

    Raises: BadConfig.
    """
    file = options.get("config") or os.environ.get(CONFIG_VARIABLE)
    names = Config.__struct_fields__
    flags = {name: value for name, value in options.items() if name in names}
    return load_config(flags, os.environ, Path(file) if file else None)


def _option(setting: Setting) -> Decorator:
    """An option whose value stays text: `app.config` parses it, and reports what is wrong."""
    if setting.kind == "bool":
        flag = f"{setting.flag}/--no-{setting.flag.removeprefix('--')}"
        return click.option(flag, setting.name, default=None, help=_help(setting))
    return click.option(setting.flag, setting.name, metavar=_metavar(setting), help=_help(setting))


def _metavar(setting: Setting) -> str:
    """What a value is like, for the help."""
    if setting.kind == "choice":
        return f"[{'|'.join(get_args(get_args(setting.type)[0]))}]"
    if setting.name in _FORMS:
        return _FORMS[setting.name]
    if setting.name.endswith("_file"):
        return "FILE"
    return {"int": "INTEGER", "float": "NUMBER", "numbers": "N,N"}.get(setting.kind, "TEXT")


def _help(setting: Setting) -> str:
    default = shown_default(setting).strip("`")
    rest = f"default {default}; {setting.variable}" if default else setting.variable
    return f"{setting.meaning.replace('`', '')}.  [{rest}]"


def _config_file(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--config",
        metavar="FILE",
        help=f"TOML file of settings, named as the options with _ for -.  [{CONFIG_VARIABLE}]",
    )(command)

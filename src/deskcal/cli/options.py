"""Options of the command line that come from the table of settings."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deskcal.app.config import Config, Setting, load_config, settings, shown_default

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

CONFIG_VARIABLE = "DESKCAL_CONFIG"
KEY_SETTINGS = ("secret_file", "jwt_keys", "jwt_issuer", "jwt_audience")
"""What a token depends on."""


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
    """Its value stays text: `config` reads it, and says what is wrong with it."""
    if setting.kind == "bool":
        flag = f"{setting.flag}/--no-{setting.flag.removeprefix('--')}"
        return click.option(flag, setting.name, default=None, help=_help(setting))
    metavar = {"int": "INTEGER", "float": "NUMBER"}.get(setting.kind, "TEXT")
    return click.option(setting.flag, setting.name, metavar=metavar, help=_help(setting))


def _help(setting: Setting) -> str:
    default = shown_default(setting).strip("`")
    rest = f"default {default}; {setting.variable}" if default else setting.variable
    return f"{setting.meaning.replace('`', '')}.  [{rest}]"


def _config_file(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--config",
        metavar="FILE",
        help=f"TOML file of settings, named as the flags with _ for -.  [{CONFIG_VARIABLE}]",
    )(command)

"""The settings: defaults, flags, environment, file and help, all from the struct `Config`.

Read by `app` and `cli` only. A new setting is one line in `Config`; the rest follows.
"""

import difflib
import ipaddress
import math
import re
import ssl
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from deskcal.app.rules import kind_and_rule, require_usable
from deskcal.core.calling_hours import BadHours, CallingHours, HoursTable
from deskcal.core.draft import timezones
from deskcal.core.event import default_of
from deskcal.core.webhook_address import AllowedNetworks
from deskcal.limits import Limits

PREFIX = "DESKCAL_"
NOT_SETTINGS = frozenset({"DESKCAL_SECRET", "DESKCAL_TOKEN", "DESKCAL_CONNECT", "DESKCAL_CONFIG"})
"""Variables of this prefix that other parts read."""
OFF = "off"

_PASSWORD = re.compile(r"(://[^\s:/@]*:).*(?=@)|(password=)\S*")
_ADDRESS = re.compile(r"(?:\[([^\[\]]+)\]|([^\s:\[\]/@]+)):([0-9]{1,5})")
_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True} | {
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}

LogLevel = Literal["debug", "info", "warning", "error"]


class Config(Limits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of a server, checked; `load_config` makes one."""

    data: Annotated[
        str,
        Meta(
            description="Directory of the store, and of the secret that is made on the first start"
        ),
    ] = "data"
    database: Annotated[
        str,
        Meta(
            description="postgresql://USER@HOST:PORT/NAME of a database that several nodes share, "
            "in place of a store in `data`"
        ),
    ] = ""
    tcp: Annotated[str, Meta(description="Where to listen for TCP")] = "127.0.0.1:8765"
    web: Annotated[
        str,
        Meta(description="Where to listen for HTTP: web calendar, CalDAV, metrics; or `off`"),
    ] = "127.0.0.1:8766"
    secret_file: Annotated[
        str, Meta(description="File of the HS256 secret; DESKCAL_SECRET overrides it")
    ] = ""
    jwt_keys: Annotated[
        str, Meta(description="PEM or JWKS file of public keys, in place of a secret")
    ] = ""
    jwt_issuer: Annotated[str, Meta(description="Required `iss` of tokens; empty: any")] = ""
    jwt_audience: Annotated[str, Meta(description="Required `aud` of tokens; empty: any")] = ""
    jwt_leeway_sec: Annotated[
        int, Meta(ge=0, description="How far the clock of the token's issuer may be off")
    ] = 0
    tls_cert: Annotated[
        str, Meta(description="PEM file of the certificate chain; empty: no TLS")
    ] = ""
    tls_key: Annotated[str, Meta(description="PEM file of the certificate's private key")] = ""
    default_timezone: Annotated[
        str, Meta(description="IANA zone of events that name none, for all-day dates")
    ] = "UTC"
    log_level: Annotated[LogLevel, Meta(description="The least severe level that is logged")] = (
        "info"
    )
    demo: Annotated[
        bool, Meta(description="Put the demo desk into an empty store at the start")
    ] = False
    passwords_without_tls: Annotated[
        bool,
        Meta(
            description="Whether CalDAV takes passwords from other hosts over plain HTTP; else 403"
        ),
    ] = False
    others_may_change: Annotated[
        bool,
        Meta(
            description="Whether all sessions with an event in scope may change it; else its "
            "owner, its creator and administrators alone"
        ),
    ] = True
    calling_hours: Annotated[
        dict[str, HoursTable],
        Meta(description="When customers of a brand may be called, a table for each brand"),
    ] = msgspec.field(default_factory=dict)
    customer_cooldown_sec: Annotated[
        int,
        Meta(ge=0, description="After a contact nobody claims a call of that customer for so long"),
    ] = 0
    outcome_required_types: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=6)], ...],
        Meta(description="Event types that are completed with an outcome only; else 400"),
    ] = ()


class BadConfig(ValueError):
    """A setting that can't be used; str() names it, its value, its source and the rule."""


class Address(Struct, frozen=True):
    """Where to listen or to connect."""

    host: str
    """A name or an IP address, without brackets."""
    port: int
    """0: any free one."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Setting(Struct, frozen=True):
    """One row of the table of settings."""

    name: str
    type: Any
    """The annotated type that a value must have."""
    kind: str
    """`int`, `float`, `bool`, `str`, `choice`, `numbers` or `tables`."""
    default: Any
    meaning: str
    rule: str
    """What a value must be, for error messages: "an integer of at least 1"."""

    @property
    def flag(self) -> str:
        """Its option on the command line, such as `--max-message-bytes`."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its name in the environment, such as `DESKCAL_MAX_MESSAGE_BYTES`."""
        return PREFIX + self.name.upper()


class _Given(Struct, frozen=True):
    """A value as it was given."""

    value: object
    source: str
    """For people: "flag --tcp"."""
    is_text: bool
    """True where a number is given as text: everywhere but in the file."""


def settings() -> list[Setting]:
    """Every setting; those of `Config` itself first, then the limits."""
    known = {field.name: field for field in msgspec.structs.fields(Config)}
    own = [name for name in known if name not in Limits.__struct_fields__]
    return [_setting(known[name]) for name in (*own, *Limits.__struct_fields__)]


def load_config(
    flags: Mapping[str, object], environ: Mapping[str, str], file: Path | None
) -> Config:
    """The settings, each from the first of flags, environment, file and default that names it.

    `flags` is by setting name, None where a flag was not given; text is read as in the environment.
    Raises: BadConfig.
    """
    given = _from_file(file) | _from_environment(environ) | _from_flags(flags)
    table = {setting.name: setting for setting in settings()}
    values = {name: _checked(table[name], found) for name, found in given.items()}
    config = Config(**values)
    _check_together(config, given)
    return config


def listen_address(text: str) -> Address:
    """The address in HOST:PORT; an IPv6 address stands in brackets, port 0 is any free one.

    Raises: ValueError, saying what is wrong.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise ValueError("must be HOST:PORT such as 127.0.0.1:8765, 0.0.0.0:8765 or [::1]:8765")
    if match[1]:
        _check_ipv6(match[1])
    if int(match[3]) > 65_535:
        raise ValueError("has a port above 65535")
    return Address(match[1] or match[2], int(match[3]))


def _check_ipv6(text: str) -> None:
    try:
        ipaddress.IPv6Address(text)
    except ValueError as exc:
        raise ValueError(f"must have an IPv6 address in its brackets: {exc}") from exc


def _setting(field: msgspec.structs.FieldInfo) -> Setting:
    info = msgspec.inspect.type_info(field.type)
    assert isinstance(info, msgspec.inspect.Metadata)
    schema = info.extra_json_schema or {}
    kind, rule = kind_and_rule(info.type)
    return Setting(field.name, field.type, kind, default_of(field), schema["description"], rule)


def _from_flags(flags: Mapping[str, object]) -> dict[str, _Given]:
    given = {name: value for name, value in flags.items() if value is not None}
    names = {setting.name: setting.flag for setting in settings()}
    _refuse_unknown(given, names, "flags")
    return {name: _Given(value, f"flag {names[name]}", True) for name, value in given.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, _Given]:
    names = {setting.variable: setting.name for setting in settings()}
    given = {
        variable: value
        for variable, value in environ.items()
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS
    }
    _refuse_unknown(given, names, "environment")
    return {names[key]: _Given(value, f"environment {key}", True) for key, value in given.items()}


def _from_file(file: Path | None) -> dict[str, _Given]:
    if file is None:
        return {}
    source = f"file {file}"
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as exc:
        raise BadConfig(f"config: the {source} can't be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise BadConfig(f"config: the {source} is no TOML in UTF-8: {exc}") from exc
    _refuse_unknown(given, {setting.name: setting.name for setting in settings()}, source)
    return {name: _Given(value, source, False) for name, value in given.items()}


def _refuse_unknown(given: Mapping[str, object], known: Mapping[str, str], source: str) -> None:
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "see `deskcal serve --help`"
            raise BadConfig(f"{name} = {_shown(value)} (from {source}) is no setting; {hint}")


def _checked(setting: Setting, given: _Given) -> Any:
    """The value in its type. Raises: BadConfig."""
    value = given.value
    try:
        if given.is_text and isinstance(value, str):
            value = _READERS[setting.kind](value)
        value = msgspec.convert(value, setting.type)
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(setting.rule)
    except ValueError as exc:
        rule = f"{setting.rule}: {exc}" if setting.kind == "tables" else setting.rule
        raise _bad(setting.name, given, rule) from exc
    try:
        if setting.kind in ("int", "float", "numbers"):
            require_usable(setting.name, value if isinstance(value, tuple) else (value,))
        _CHECKS.get(setting.name, _accept)(value)
    except ValueError as exc:
        raise _bad(setting.name, given, str(exc)) from exc
    return value


def _boolean(text: str) -> bool:
    value = _BOOLEANS.get(text.strip().lower())
    if value is None:
        raise ValueError(text)
    return value


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part.strip()]


_READERS: dict[str, Callable[[str], Any]] = {
    "numbers": _numbers,
    "tables": msgspec.json.decode,
    "int": int,
    "float": float,
    "bool": _boolean,
    "choice": str.lower,
    "str": str,
}
"""How text from a flag or the environment becomes a value."""


def _accept(value: Any) -> None:
    """Accepts every value."""


def _not_empty(value: str) -> None:
    if not value:
        raise ValueError("must not be empty; name a directory")


def _web_address(value: str) -> None:
    if value != OFF:
        try:
            listen_address(value)
        except ValueError as exc:
            raise ValueError(f"{exc}; or `off`") from exc


def _timezone(value: str) -> None:
    if value not in timezones():
        raise ValueError("must be an IANA time zone such as Europe/Nicosia")


def _calling_hours(value: dict[str, HoursTable]) -> None:
    try:
        CallingHours(value, "UTC")
    except BadHours as exc:
        raise ValueError(f"can't be used: {exc}") from exc


def _networks(value: str) -> None:
    try:
        AllowedNetworks(value)
    except ValueError as exc:
        raise ValueError(f"must be CIDRs with commas between, such as 10.0.0.0/8: {exc}") from exc


def _ca_file(value: str) -> None:
    if not value:
        return
    try:
        ssl.create_default_context(cafile=value)
    except OSError as exc:
        raise ValueError(f"must be a PEM file of certificates: {exc}") from exc


_CHECKS: dict[str, Callable[[Any], object]] = {
    "webhook_networks": _networks,
    "webhook_ca_file": _ca_file,
    "calling_hours": _calling_hours,
    "data": _not_empty,
    "tcp": listen_address,
    "web": _web_address,
    "default_timezone": _timezone,
}


def _check_together(config: Config, given: Mapping[str, _Given]) -> None:
    """Checks settings against each other."""
    if config.secret_file and config.jwt_keys:
        rule = "can't be used together with jwt_keys: tokens are signed in one way or the other"
        raise _bad("secret_file", given["secret_file"], rule)
    for name, other in (("tls_cert", "tls_key"), ("tls_key", "tls_cert")):
        if getattr(config, name) and not getattr(config, other):
            raise _bad(name, given[name], f"needs {other} too")


def _bad(name: str, given: _Given, rule: str) -> BadConfig:
    return BadConfig(f"{name} = {_shown(given.value)} (from {given.source}) {rule}")


def _shown(value: object) -> str:
    """The value as it was given, without the password of a URL."""
    return _PASSWORD.sub(r"\1\2***", repr(value))

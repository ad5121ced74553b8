"""What may be shown of a database's URL: where it is, never who asks and by which password."""

import re
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deskcal.store.ports import StoreError

_PORTS = re.compile(r"[0-9,]*")


def shown(url: str) -> str:
    """Where `url` leads, for people and logs: `postgresql://host:5432/name`.

    Hosts and ports as they were given; what is not given is libpq's affair. Raises: StoreError.
    """
    known = parsed(url)
    hosts = known.get("host", known.get("hostaddr", "")).split(",")
    ports = known.get("port", "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    places = [_place(*pair) for pair in zip(hosts, ports, strict=False)]
    service = f"?{urlencode({'service': known['service']})}" if "service" in known else ""
    return f"postgresql://{','.join(places)}/{known.get('dbname', '')}{service}"


def parsed(url: str) -> dict[str, str]:
    """The parameters in `url` (or in `key=value` pairs), as libpq reads them.

    Raises: StoreError, without libpq's words: these may quote a part of the password.
    """
    try:
        known = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.Error:
        known = {"port": "unknown"}
    if _is_split_in_the_wrong_place(url) or not _PORTS.fullmatch(known.get("port", "")):
        raise StoreError(
            "the URL of the database can't be read: it must be spelled as "
            "postgresql://USER@HOST:5432/NAME, with @ : / ? # % and blanks within user, password "
            "and name written as %40 %3A %2F %3F %23 %25 %20"
        )
    return known


def one_line(exc: Exception) -> str:
    """What the database says, without its line breaks. It names hosts and roles, no password."""
    return " ".join(str(exc).split())


def _is_split_in_the_wrong_place(url: str) -> bool:
    """Whether libpq would take a part of the password for the host or the name of the database."""
    _, is_url, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    return bool(is_url) and (authority.count("@") > 1 or "@" in path)


def _place(host: str, port: str) -> str:
    """A host with its port; a socket's directory in percent signs, as in a URL."""
    host = f"[{host}]" if ":" in host else host.replace("/", "%2F")
    return f"{host}:{port}" if port else host

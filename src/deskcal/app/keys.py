"""The keys of tokens: a secret, made where there is none, or a watched file of public keys."""

import asyncio
import logging
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deskcal.app.backends import StartError, backend_of
from deskcal.app.config import Config
from deskcal.core.tokens import BadKey, Key, TokenVerifier, public_keys, secret_key

logger = logging.getLogger(__name__)

VARIABLE = "DESKCAL_SECRET"
SECRET = "secret"
"""File name of the secret in the data directory."""
STORE = "deskcal.db"
"""File name of the database in the data directory."""
LOOK_SEC = 0.5
"""Between two looks whether the file of public keys has changed: a withdrawn key ends pushes."""
MAX_LISTED = 5
"""Stores that an error names at most."""


def signing_key(config: Config, environ: Mapping[str, str]) -> Key:
    """The HS256 secret: of DESKCAL_SECRET, else of the secret file, else of DIR/secret.

    The last is created on first use, readable by its owner only. Nodes that share a database have
    no common directory, so they need one of the others. Raises: StartError.
    """
    try:
        if VARIABLE in environ:
            return secret_key(environ[VARIABLE])
        if config.secret_file:
            return secret_key(_text_of(Path(config.secret_file)))
        if backend_of(config).is_shared:
            raise StartError(
                "with a shared database each node would create its own secret and refuse the "
                "tokens of the others: give all nodes the same secret with DESKCAL_SECRET or "
                "--secret-file, or public keys with --jwt-keys"
            )
        return secret_key(_own_secret(Path(config.data) / SECRET))
    except BadKey as exc:
        raise StartError(str(exc)) from exc
    except OSError as exc:
        raise StartError(f"the secret in {exc.filename} can't be read: {exc.strerror}") from exc


def existing_key(config: Config, environ: Mapping[str, str]) -> Key:
    """As `signing_key`, but a directory without a store gets no secret.

    A token that is signed with a secret nobody uses is worth nothing. Raises: StartError.
    """
    if VARIABLE not in environ and not config.secret_file and not backend_of(config).is_shared:
        _require_store(Path(config.data))
    return signing_key(config, environ)


def _require_store(directory: Path) -> None:
    """Raises: StartError if there is neither a secret nor a database in it."""
    if (directory / SECRET).exists() or (directory / STORE).exists():
        return
    found = _stores_below(Path())
    hint = f"there is one in {', '.join(found)}: use --data" if found else "name it with --data"
    raise StartError(
        f"there is no store in {directory}, so no server would accept the token; {hint}, or "
        f"start a server first: deskcal serve --data {directory}"
    )


def _stores_below(directory: Path) -> list[str]:
    """Directories with a store, this one and two levels below it."""
    patterns = (STORE, f"*/{STORE}", f"*/*/{STORE}")
    found = [str(path.parent) for pattern in patterns for path in directory.glob(pattern)]
    return sorted(found)[:MAX_LISTED]


def _own_secret(path: Path) -> str:
    if not path.exists():
        try:
            _make_secret(path)
        except OSError as exc:
            raise StartError(f"the secret can't be written to {path}: {exc.strerror}") from exc
    return _text_of(path)


def _make_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=f"{SECRET}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(name)
    except FileExistsError:
        logger.info("another process created %s meanwhile", path)
    finally:
        Path(name).unlink()


def _text_of(file: Path) -> str:
    """A secret as it is written in `file`. Raises: StartError, OSError."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as exc:
        raise StartError(
            f"the secret in {file} is not text; make one such as `head -c 48 /dev/urandom | base64`"
        ) from exc


def read_public_keys(config: Config) -> list[Key]:
    """The public keys of the file `jwt_keys`. Raises: StartError."""
    try:
        return public_keys(Path(config.jwt_keys).read_text(encoding="utf-8"))
    except (OSError, BadKey, UnicodeDecodeError) as exc:
        raise StartError(f"the keys in {config.jwt_keys} can't be used: {exc}") from exc


async def watch_keys(config: Config, verifier: TokenVerifier) -> None:
    """Keeps the verifier's keys those of the file `jwt_keys`.

    A file that is missing or unusable is logged once; the keys from before remain in use.
    """
    failure = ""
    while True:
        await asyncio.sleep(LOOK_SEC)
        try:
            found = read_public_keys(config)
        except StartError as exc:
            if str(exc) != failure:
                failure = str(exc)
                logger.error("keeping the old keys: %s", exc)
            continue
        failure = ""
        if found != list(verifier.keys):
            verifier.replace_keys(found)
            logger.info("new keys from %s are in use", config.jwt_keys)

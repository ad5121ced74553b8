"""The certificate of the listeners: loaded at the start, and again when its files change."""

import asyncio
import datetime as dt
import logging
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from msgspec import Struct

from deskcal.app.backends import StartError
from deskcal.app.config import Config
from deskcal.limits import DAY_SEC

logger = logging.getLogger(__name__)

LOOK_SEC = 1.0
"""Between two looks whether the files have changed; they are loaded once two looks agree."""
WARN_SEC = 14 * DAY_SEC
"""Before its end a certificate is warned of, or in the last quarter of a shorter life."""
AGAIN_SEC = DAY_SEC
"""Between two such warnings."""


class Loaded(Struct, frozen=True):
    """A certificate with its key, ready for handshakes."""

    context: ssl.SSLContext
    begins: float
    """Unix seconds, as `ends`."""
    ends: float

    def warns_from(self) -> float:
        """From when on its end is warned of, Unix seconds."""
        return self.ends - min(WARN_SEC, (self.ends - self.begins) / 4)


class Certificate:
    """What the listeners show: new handshakes get the newest pair of files that could be used."""

    def __init__(self, config: Config) -> None:
        """Raises: StartError if the files can't be read, or are no pair."""
        self._config = config
        self._files = _contents(config)
        self._loaded = _load(config)
        self._warned: float | None = None
        self.context = self._loaded.context
        """For the listeners; each handshake takes the newest one in its place."""
        self.context.sni_callback = self._begin

    def _begin(self, handshake: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        """Called for each handshake, also of a client that names no host."""
        handshake.context = self._loaded.context

    async def watch(self, now: Callable[[], float] = time.time) -> None:
        """Loads the files when they have changed; warns before the end of the certificate.

        What can't be used is logged once; the pair from before remains in use. A connection keeps
        the certificate that it began with.
        """
        seen, failure = self._files, ""
        while True:
            self._warn(now())
            await asyncio.sleep(LOOK_SEC)
            try:
                before, seen = seen, _contents(self._config)
                if seen == self._files or seen != before:
                    continue
                self._loaded = _load(self._config)
            except StartError as exc:
                if str(exc) != failure:
                    failure = str(exc)
                    logger.error("keeping the old certificate: %s", exc)
                continue
            self._files, self._warned, failure = seen, None, ""
            logger.info(
                "the new certificate in %s is in use, valid until %s",
                self._config.tls_cert,
                _day(self._loaded.ends),
            )

    def _warn(self, now: float) -> None:
        loaded = self._loaded
        if now < loaded.warns_from() or (self._warned and now < self._warned + AGAIN_SEC):
            return
        self._warned = now
        if now < loaded.ends:
            logger.warning(
                "the certificate in %s ends at %s: renew it; the new files are used once they are "
                "in place",
                self._config.tls_cert,
                _day(loaded.ends),
            )
        else:
            logger.error(
                "the certificate in %s has ended at %s: clients refuse it until it is renewed",
                self._config.tls_cert,
                _day(loaded.ends),
            )


def _day(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _contents(config: Config) -> tuple[bytes, bytes]:
    """Of both files. Raises: StartError."""
    found = []
    for name, path in (("tls_cert", config.tls_cert), ("tls_key", config.tls_key)):
        try:
            found.append(Path(path).read_bytes())
        except OSError as exc:
            raise StartError(f"{name} ({path}) can't be read: {exc.strerror}") from exc
    return found[0], found[1]


def _load(config: Config) -> Loaded:
    """In a context of its own: one that has refused a pair has no certificate any more.

    Raises: StartError.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.tls_cert, config.tls_key, lambda: _refuse(config.tls_key))
        leaf = x509.load_pem_x509_certificates(Path(config.tls_cert).read_bytes())[0]
    except (OSError, ValueError) as exc:
        raise StartError(
            f"the certificate in {config.tls_cert} with the key in {config.tls_key} can't be used: "
            f"{exc}"
        ) from exc
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    return Loaded(context, begins.timestamp(), ends.timestamp())


def _refuse(key: str) -> str:
    """In place of OpenSSL, which would ask for a password on the terminal. Raises: StartError."""
    raise StartError(
        f"tls_key ({key}) is encrypted; write it without a password: "
        f"openssl pkey -in {key} -out FILE"
    )

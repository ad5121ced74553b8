"""Passwords of devices: how they are made, hashed and compared. Pure, and slow on purpose.

The hash is scrypt (RFC 7914); its parameters are stored with it, so that they can be raised.
"""

import base64
import hashlib
import hmac

PASSWORD_BYTES = 15
"""Random bytes of a password: five bits for each of its 24 characters."""
SALT_BYTES = 16
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without those that are easily mistaken for another."""
SELECTOR = 4
"""Characters at the beginning that are no secret."""
GROUP = 4
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_HASH_BYTES = 32
_MEMORY_BYTES = 64 * 1024 * 1024
NO_HASH = "$".join(("scrypt", str(_COST), str(_BLOCK), str(_PARALLEL), "AAAA", "AAAA"))
"""Matches no password, and takes as long as a hash that does."""


def password_of(random: bytes) -> str:
    """A password of `PASSWORD_BYTES` random bytes, in groups: `k7mt-x2qa-...`."""
    number = int.from_bytes(random)
    length = len(random) * 8 // 5
    letters = "".join(LETTERS[number >> 5 * place & 31] for place in range(length))
    return "-".join(letters[start : start + GROUP] for start in range(0, length, GROUP))


def normalized(password: str) -> str:
    """A password as it may be typed: in any case, with or without hyphens and spaces."""
    return "".join(password.split()).replace("-", "").lower()


def selector_of(password: str) -> str:
    """What a device is found by."""
    return normalized(password)[:SELECTOR]


def hashed(password: str, salt: bytes) -> str:
    """The hash with its parameters: `scrypt$16384$8$1$SALT$HASH`, both in base64."""
    digest = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
    parts = ("scrypt", _COST, _BLOCK, _PARALLEL, _text(salt), _text(digest))
    return "$".join(map(str, parts))


def is_match(password: str, stored: str) -> bool:
    """Whether `stored` is the hash of `password`, by the parameters that it was made with."""
    _, cost, block, parallel, salt, digest = stored.split("$")
    found = _scrypt(password, base64.b64decode(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        normalized(password).encode("utf-8", "surrogatepass"),
        salt=salt,
        n=cost,
        r=block,
        p=parallel,
        maxmem=_MEMORY_BYTES,
        dklen=_HASH_BYTES,
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()

"""Signatures of Standard Webhooks 1.0: secrets, and what is signed. Pure."""

import base64
import binascii
import functools
import hashlib
import hmac

from deskcal.core.webhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret_text(key: bytes) -> str:
    """The secret as its owner gets it: padded standard base64 with a prefix."""
    return PREFIX + base64.b64encode(key).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.

    Raises: ValueError if `secret` is none that `secret_text` makes.
    """
    signing = _prepared(secret).copy()
    signing.update(b"%b.%d.%b" % (message_id.encode(), timestamp, body))
    return "v1," + base64.b64encode(signing.digest()).decode()


@functools.lru_cache(maxsize=256)
def _prepared(secret: str) -> hmac.HMAC:
    """HMAC-SHA256 of the secret before anything is signed; copying it is cheaper than its key."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as exc:
        raise ValueError("the secret is no base64 text") from exc
    return hmac.new(key, digestmod=hashlib.sha256)


def headers_of(hook: Webhook, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one try; after a rotation the secret before signs too, for a day."""
    secrets = [hook.secret]
    if hook.old_secret and timestamp < hook.old_secret_until:
        secrets.append(hook.old_secret)
    signatures = [signature(secret, message_id, timestamp, body) for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }

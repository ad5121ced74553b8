"""Tokens: the keys that sign them, their claims, and the session that a valid one gives. Pure.

Source: contract, section 3.
"""

from collections.abc import Mapping, Sequence

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from msgspec import UNSET, Struct, UnsetType

from deskcal.core.event import MAX_ID
from deskcal.core.masks import BadMask, brand_mask, desk_mask
from deskcal.core.publisher import Publisher
from deskcal.core.sessions import Session
from deskcal.errors import Unauthorized
from deskcal.limits import DEFAULT_LIMITS, Limits

FEED = "ics"
"""The `use` of a token that opens an iCalendar feed, and nothing else."""
REMEMBERED_TOKENS = 20_000
"""Verified tokens that are cached; then the oldest is dropped."""
_PEM = "-----BEGIN "
"""Begins each key of a PEM file."""


class Claims(Struct, kw_only=True):
    """The claims of a token."""

    id: int
    """Manager id, > 0."""
    type: int
    exp: float
    nbf: float | None = None
    desks: str | UnsetType = UNSET
    """Null is refused, so that a manager without desks does not see all desks."""
    brands: str | UnsetType = UNSET
    name: str | None = None
    iss: str | None = None
    aud: str | list[str] | None = None
    use: str | UnsetType = UNSET
    """The only purpose of the token, such as `FEED`; absent: requests."""


class Key(Struct, frozen=True):
    """One key that signs tokens; the key decides the algorithm, not the token."""

    algorithm: str
    key: bytes | rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
    kid: str | None = None


class BadKey(ValueError):
    """An unusable key; str() says why and what to do."""


def secret_key(secret: str) -> Key:
    """The shared HS256 secret.

    Raises: BadKey if it is shorter than the hash it keys, or is a key of another kind.
    """
    if "-----BEGIN" in secret:
        raise BadKey("the secret is a PEM key; give the public key's file in the place for keys")
    if len(secret.encode()) < 32:
        raise BadKey("the secret is shorter than 32 bytes; make one of at least 32 random bytes")
    return Key("HS256", secret.encode())


def public_keys(text: str) -> list[Key]:
    """All keys of a PEM or JWKS file: RSA, P-256 or Ed25519. Raises: BadKey."""
    try:
        if text.lstrip().startswith("{"):
            return [_jwk(key) for key in jwt.PyJWKSet.from_json(text).keys]
        parts = text.split(_PEM)[1:] or [""]
        return [_key(load_pem_public_key((_PEM + part).encode()), None) for part in parts]
    except BadKey:
        raise
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as exc:
        raise BadKey(f"neither a PEM public key nor a JWKS: {exc}") from exc


def _jwk(sent: jwt.PyJWK) -> Key:
    key = _key(sent.key, sent.key_id)
    if sent.algorithm_name != key.algorithm:
        raise BadKey(
            f"the key {sent.key_id!r} is for {sent.algorithm_name}; take one for RS256, ES256 or "
            "EdDSA"
        )
    return key


def _key(key: object, kid: str | None) -> Key:
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return Key("RS256", key, kid)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return Key("ES256", key, kid)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return Key("EdDSA", key, kid)
    raise BadKey(
        f"a {type(key).__name__} can't be used; take a public key: RSA of at least 2048 bits, "
        "EC on P-256, or Ed25519"
    )


class _Signature(Struct, frozen=True):
    """The key that signed a token, and the `kid` of the token."""

    key: Key
    kid: object


class TokenVerifier:
    """Verifies tokens; caches verified ones, but checks `exp` each time."""

    def __init__(
        self,
        keys: Sequence[Key],
        *,
        leeway_sec: int = 0,
        issuer: str = "",
        audience: str = "",
        limits: Limits = DEFAULT_LIMITS,
        others_may_change: bool = True,
    ) -> None:
        """`others_may_change`: see `Session`."""
        self.others_may_change = others_may_change
        self._limits = limits
        self._leeway_sec = leeway_sec
        self._issuer = issuer
        self._audience = audience
        self.key_changes: Publisher[Sequence[Key]] = Publisher()
        """Publishes the keys that replace others: sessions of withdrawn keys are over."""
        self.replace_keys(keys)

    def replace_keys(self, keys: Sequence[Key]) -> None:
        """Replaces the keys; tokens that were verified earlier are verified again."""
        self.keys = tuple(keys)
        """The keys in use."""
        self._known: dict[str, Session] = {}
        self.key_changes.publish(self.keys)

    def authenticate(self, token: str | None, now: float) -> Session:
        """The session of `token` at `now` (Unix seconds).

        Raises: Unauthorized, saying what is wrong with it.
        """
        session = self._known.get(token or "")
        if session is None:
            session = self._verify(token, now)
            if len(self._known) >= REMEMBERED_TOKENS:
                del self._known[next(iter(self._known))]
            self._known[token or ""] = session
        if now >= session.exp:
            self._known.pop(token or "", None)
            raise Unauthorized("__token has expired; log in again")
        return session

    def is_valid(self, session: Session) -> bool:
        """Whether the key that signed the session's token is still among the keys."""
        signature = session.signature
        if not isinstance(signature, _Signature):
            return True
        signer = signature.key
        return any(
            (key.algorithm, key.key) == (signer.algorithm, signer.key)
            for key in self.keys
            if _fits(key, signature.kid)
        )

    def authenticate_feed(self, token: str, now: float) -> Session:
        """The session of a feed's token. Raises: Unauthorized, also for a token of requests."""
        session = self._verify(token, now, use=FEED)
        if now >= session.exp or not session.may_use_calendar:
            raise Unauthorized("the feed's token has expired, or is of no calendar session")
        return session

    def _verify(self, token: str | None, now: float, use: str | UnsetType = UNSET) -> Session:
        if not token:
            raise Unauthorized("__token is required: a JWT that this server's key has signed")
        if len(token) > self._limits.max_token_bytes:
            raise Unauthorized(f"__token is longer than {self._limits.max_token_bytes} bytes")
        payload, signature = self._payload(token)
        claims = self._claims(payload)
        if claims.use != use:
            raise Unauthorized("__token is made for another use (use); log in for one of your own")
        if claims.nbf is not None and now + self._leeway_sec < claims.nbf:
            raise Unauthorized("__token is not valid yet (nbf)")
        self._check_parties(claims)
        session = _session(claims, self._limits)
        return msgspec.structs.replace(
            session,
            exp=session.exp + self._leeway_sec,
            others_may_change=self.others_may_change,
            signature=signature,
        )

    def _payload(self, token: str) -> tuple[bytes, _Signature]:
        """The signed payload. Only a key of the token's `kid`, or one without, can have signed it.

        PyJWT takes as long to read a token as to verify it, so its header is not read before.
        """
        for key in self.keys:
            try:
                verified = jwt.api_jws.decode_complete(token, key.key, algorithms=[key.algorithm])
            except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
                continue
            kid = verified["header"].get("kid")
            if _fits(key, kid):
                payload: bytes = verified["payload"]
                return payload, _Signature(key, kid)
        raise _unsigned(token)

    def _claims(self, payload: bytes) -> Claims:
        try:
            claims = msgspec.json.decode(payload.decode(), type=Claims)
        except (ValueError, RecursionError) as exc:
            raise Unauthorized(f"__token has unusable claims: {exc}") from exc
        if not 0 < claims.id <= MAX_ID:
            raise Unauthorized("__token claims no manager: id must be an integer greater than 0")
        return claims

    def _check_parties(self, claims: Claims) -> None:
        if self._issuer and claims.iss != self._issuer:
            raise Unauthorized("__token is of another issuer (iss)")
        audiences = claims.aud if isinstance(claims.aud, list) else [claims.aud]
        if self._audience and self._audience not in audiences:
            raise Unauthorized("__token is for another audience (aud)")


def _fits(key: Key, kid: object) -> bool:
    """Whether the key can have signed a token of this `kid`."""
    return kid is None or key.kid in (None, kid)


def _unsigned(token: str) -> Unauthorized:
    """The error for a token that no key has signed."""
    try:
        jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        return Unauthorized("__token is no JWT")
    return Unauthorized("__token is not signed by a key of this server")


def _session(claims: Claims, limits: Limits) -> Session:
    try:
        desks = desk_mask("*" if claims.desks is UNSET else claims.desks, limits)
        brands = brand_mask("*" if claims.brands is UNSET else claims.brands, limits)
    except BadMask as exc:
        raise Unauthorized(f"__token has an unusable mask in desks or brands: it {exc}") from exc
    return Session(
        claims.id, desks, brands, type=claims.type, exp=claims.exp, name=claims.name or ""
    )


def sign(key: Key, claims: Mapping[str, object]) -> str:
    """A token over `claims`, for the command line and tests; `key` must be a shared secret."""
    if not isinstance(key.key, bytes):
        raise BadKey("only a shared secret signs here; public keys belong to your own issuer")
    return jwt.encode(dict(claims), key.key, algorithm=key.algorithm)

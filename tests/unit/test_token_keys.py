"""Keys: the one that is configured decides the algorithm; kid, JWKS, PEM, rotation."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from deskcal.core.tokens import BadKey, Key, TokenVerifier, public_keys, secret_key, sign
from deskcal.errors import Unauthorized
from helpers import KEY, NOW, SECRET, Private, make_claims, public_pem, rsa_key

EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()

Signer = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

KINDS: dict[str, Callable[[], Signer]] = {
    "RS256": rsa_key,
    "ES256": lambda: EC_KEY,
    "EdDSA": lambda: ED_KEY,
}
"""A private key for each algorithm, made when it is first needed."""


def jwk(private: Signer, **named: Any) -> dict[str, Any]:
    """The public key as one entry of a JWKS."""
    public = private.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        entry = RSAAlgorithm.to_jwk(public, as_dict=True)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        entry = ECAlgorithm.to_jwk(public, as_dict=True)
    else:
        entry = OKPAlgorithm.to_jwk(public, as_dict=True)
    return {name: value for name, value in entry.items() if name != "key_ops"} | named


def jwks(*entries: dict[str, Any]) -> str:
    return json.dumps({"keys": entries})


def token_by(algorithm: str, **headers: Any) -> str:
    return jwt.encode(make_claims(), KINDS[algorithm](), algorithm=algorithm, headers=headers)


def manager_of(token: str, keys: list[Key]) -> int:
    return TokenVerifier(keys).authenticate(token, NOW).manager_id


def refusal(token: str, keys: list[Key]) -> str:
    with pytest.raises(Unauthorized) as caught:
        TokenVerifier(keys).authenticate(token, NOW)
    return str(caught.value)


UNSIGNED = "__token is not signed by a key of this server"


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_pem_public_key_verifies_tokens_of_its_own_algorithm(algorithm: str) -> None:
    keys = public_keys(public_pem(KINDS[algorithm]()))
    assert [(key.algorithm, key.kid) for key in keys] == [(algorithm, None)]
    assert manager_of(token_by(algorithm), keys) == 10


def test_all_keys_of_a_pem_file_verify_tokens() -> None:
    keys = public_keys("# of the CRM\n" + "\n".join(public_pem(make()) for make in KINDS.values()))
    assert [(key.algorithm, key.kid) for key in keys] == [(name, None) for name in KINDS]
    for name in KINDS:
        assert manager_of(token_by(name), keys) == 10


def test_a_jwks_holds_rsa_p_256_and_ed25519_keys_by_their_kid() -> None:
    keys = public_keys(jwks(*(jwk(make(), kid=name) for name, make in KINDS.items())))
    assert [(key.algorithm, key.kid) for key in keys] == [(name, name) for name in KINDS]
    for name in KINDS:
        assert manager_of(token_by(name, kid=name), keys) == 10


def test_blanks_before_a_jwks_do_not_matter() -> None:
    assert len(public_keys("\n  " + jwks(jwk(ED_KEY, kid="a")))) == 1


@pytest.mark.parametrize("algorithm", KINDS)
@pytest.mark.parametrize("signer", KINDS)
def test_a_key_verifies_no_token_of_another_key(algorithm: str, signer: str) -> None:
    keys = public_keys(public_pem(KINDS[algorithm]()))
    if signer == algorithm:
        assert manager_of(token_by(signer), keys) == 10
    else:
        assert refusal(token_by(signer), keys) == UNSIGNED


def part(value: dict[str, object]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def forged(header: dict[str, object], secret: bytes) -> str:
    """A token signed with HMAC by hand, as an attacker would: no library refuses to do it."""
    signing = part(header) + b"." + part(make_claims())
    digest = hmac.new(secret, signing, hashlib.sha256).digest()
    return (signing + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()


def test_the_forger_of_these_tests_signs_well_with_the_right_secret() -> None:
    assert manager_of(forged({"alg": "HS256"}, SECRET.encode()), [KEY]) == 10


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_public_key_used_as_a_secret_signs_nothing(algorithm: str) -> None:
    pem = public_pem(KINDS[algorithm]())
    for secret in (pem.encode(), pem.strip().encode()):
        assert refusal(forged({"alg": "HS256"}, secret), public_keys(pem)) == UNSIGNED


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
@pytest.mark.parametrize("keys", [[KEY], [*public_keys(public_pem(ED_KEY))], []])
def test_a_token_without_a_signature_is_refused_by_every_key(name: str, keys: list[Key]) -> None:
    unsigned = (part({"alg": name}) + b"." + part(make_claims()) + b".").decode()
    assert refusal(unsigned, keys) == UNSIGNED


@pytest.mark.parametrize("name", ["HS384", "HS512", "RS256", "none"])
def test_a_header_that_names_another_algorithm_is_refused_even_if_well_signed(name: str) -> None:
    assert refusal(forged({"alg": name}, SECRET.encode()), [KEY]) == UNSIGNED


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_an_rsa_key_verifies_rs256_and_nothing_else(algorithm: str) -> None:
    token = jwt.encode(make_claims(), rsa_key(), algorithm=algorithm)
    assert refusal(token, public_keys(public_pem(rsa_key()))) == UNSIGNED


def test_a_token_that_brings_its_own_key_is_not_believed() -> None:
    token = token_by("EdDSA", jwk=jwk(ED_KEY), jku="https://evil.example/keys")
    assert refusal(token, public_keys(public_pem(EC_KEY))) == UNSIGNED


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_token_with_any_part_changed_is_refused(place: int) -> None:
    parts = sign(KEY, make_claims()).split(".")
    other = sign(secret_key("y" * 32), make_claims(id=11)).split(".")
    parts[place] = other[place] if place else part({"alg": "HS256", "x": 1}).decode()
    assert refusal(".".join(parts), [KEY]) == UNSIGNED


def test_a_kid_chooses_its_key_and_no_other() -> None:
    keys = public_keys(jwks(jwk(ED_KEY, kid="old"), jwk(EC_KEY, kid="new")))
    assert manager_of(token_by("EdDSA", kid="old"), keys) == 10
    assert refusal(token_by("EdDSA", kid="new"), keys) == UNSIGNED
    assert refusal(token_by("EdDSA", kid="unknown"), keys) == UNSIGNED


def test_a_token_without_a_kid_is_tried_with_every_key() -> None:
    keys = public_keys(jwks(jwk(ED_KEY, kid="a"), jwk(EC_KEY, kid="b"), jwk(rsa_key(), kid="c")))
    for name in KINDS:
        assert manager_of(token_by(name), keys) == 10


def test_a_key_without_a_kid_is_tried_for_every_kid() -> None:
    assert manager_of(token_by("EdDSA", kid="any"), public_keys(public_pem(ED_KEY))) == 10
    assert manager_of(jwt.encode(make_claims(), SECRET, headers={"kid": "any"}), [KEY]) == 10


def test_two_keys_of_one_kid_are_both_tried() -> None:
    keys = public_keys(jwks(jwk(EC_KEY, kid="a"), jwk(ED_KEY, kid="a")))
    assert manager_of(token_by("EdDSA", kid="a"), keys) == 10


def test_new_keys_count_at_once_and_for_remembered_tokens_too() -> None:
    old, new = public_keys(public_pem(ED_KEY)), public_keys(public_pem(EC_KEY))
    verifier = TokenVerifier(old)
    assert verifier.authenticate(token_by("EdDSA"), NOW).manager_id == 10
    verifier.replace_keys(new)
    with pytest.raises(Unauthorized):
        verifier.authenticate(token_by("EdDSA"), NOW)
    assert verifier.authenticate(token_by("ES256"), NOW).manager_id == 10


def test_a_token_stays_valid_while_its_key_is_among_the_new_ones() -> None:
    token, old, new = token_by("EdDSA"), public_pem(ED_KEY), public_pem(EC_KEY)
    verifier = TokenVerifier(public_keys(old))
    assert verifier.authenticate(token, NOW).manager_id == 10
    verifier.replace_keys([*public_keys(new), *public_keys(old)])
    assert verifier.authenticate(token, NOW).manager_id == 10


def private_pem(private: Private) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "é",
        "[]",
        "{",
        "{}",
        '{"keys":null}',
        '{"keys":1}',
        '{"keys":[]}',
        '{"keys":[1]}',
        '{"keys":[{}]}',
        '{"keys":{"kty":"RSA"}}',
        '{"keys":[{"kty":"RSA"}]}',
        '{"keys":[{"kty":null}]}',
        '{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}',
        '{"keys":' + "[" * 100_000 + "]" * 100_000 + "}",
        "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----",
        private_pem(ED_KEY),
        private_pem(EC_KEY),
        public_pem(EC_KEY) + private_pem(EC_KEY),
    ],
)
def test_what_is_neither_a_public_pem_nor_a_jwks_is_refused(text: str) -> None:
    with pytest.raises(BadKey, match="neither a PEM public key nor a JWKS"):
        public_keys(text)


WEAK_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)
P_384 = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize(
    "text",
    [
        jwks({"kty": "oct", "k": "c2VjcmV0", "kid": "a"}),
        jwks(json.loads(OKPAlgorithm.to_jwk(ED_KEY))),
        jwks(jwk(ED_KEY, kid="a"), jwk(P_384, kid="b")),
        public_pem(P_384),
        public_pem(WEAK_RSA),
        public_pem(ed448.Ed448PrivateKey.generate()),
        public_pem(x25519.X25519PrivateKey.generate()),
    ],
)
def test_a_key_of_another_kind_or_too_short_is_refused_with_those_that_are_not(text: str) -> None:
    with pytest.raises(BadKey, match="RSA of at least 2048 bits, EC on P-256, or Ed25519"):
        public_keys(text)


def test_a_key_for_another_algorithm_is_refused_by_its_name() -> None:
    text = jwks(jwk(rsa_key(), kid="a", alg="RS256"), jwk(rsa_key(), kid="b", alg="RS512"))
    with pytest.raises(BadKey, match="the key 'b' is for RS512; take one for RS256"):
        public_keys(text)

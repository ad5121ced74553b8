"""Tokens to sessions: times, forms of claims, issuer and audience, what is remembered."""

import base64
from typing import Any

import jwt
import msgspec
import pytest

from deskcal.core.event import MAX_ID
from deskcal.core.sessions import Session
from deskcal.core.tokens import (
    REMEMBERED_TOKENS,
    BadKey,
    TokenVerifier,
    public_keys,
    secret_key,
    sign,
)
from deskcal.errors import Unauthorized
from deskcal.limits import DEFAULT_LIMITS
from helpers import KEY, NOW, SECRET, make_claims, public_pem, rsa_key

EXP = NOW + 3600


def verifier(**named: Any) -> TokenVerifier:
    return TokenVerifier([KEY], **named)


def session_of(now: float = NOW, /, **claims: Any) -> Session:
    return verifier().authenticate(sign(KEY, make_claims(**claims)), now)


def refusal(token: str | None, by: TokenVerifier | None = None, now: float = NOW) -> str:
    with pytest.raises(Unauthorized) as caught:
        (by or verifier()).authenticate(token, now)
    return str(caught.value)


def signed(payload: bytes) -> str:
    """A well signed token over any bytes."""
    return jwt.api_jws.encode(payload, SECRET.encode(), algorithm="HS256")


def part(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def test_a_token_of_only_what_is_required_sees_every_desk_and_brand() -> None:
    session = session_of()
    assert (session.manager_id, session.type, session.exp, session.name) == (10, 1, EXP, "")
    assert session.desks.matches_all and session.brands.matches_all


def test_a_token_with_everything_in_it_becomes_that_session() -> None:
    session = session_of(id=12, type=10, desks="desk_eu*", brands="Alpha", name="Ann", nbf=NOW)
    assert (session.manager_id, session.type, session.name) == (12, 10, "Ann")
    assert session.desks.matches("DESK_EU") and not session.desks.matches("DESK_US")
    assert session.brands.matches("Alpha") and not session.brands.matches("alpha")


def test_claims_that_nobody_asked_for_are_ignored() -> None:
    assert session_of(iss="anyone", aud=["a", "b"], jti="x", roles=[1]).manager_id == 10


def test_the_type_is_taken_as_it_is_and_judged_later() -> None:
    assert not session_of(type=7).may_use_calendar


@pytest.mark.parametrize("token", [None, ""])
def test_an_absent_token_is_asked_for(token: str | None) -> None:
    assert refusal(token) == "__token is required: a JWT that this server's key has signed"


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "..",
        "a.b.c",
        "é.é.é",
        "\x00",
        "a" * DEFAULT_LIMITS.max_token_bytes,
        part(b"[]") + ".e30.AA",
        part(b"\xff") + ".e30.AA",
        part(b'{"alg":"HS256","kid":5}') + ".e30.AA",
        part(b'{"alg":"HS256","kid":["a"]}') + ".e30.AA",
        part(b'{"alg":"HS256","n":' + b"9" * 5000 + b"}") + ".e30.AA",
    ],
)
def test_what_is_no_jwt_is_refused_and_never_a_crash(token: str) -> None:
    assert refusal(token) == "__token is no JWT"


def test_deep_nesting_in_a_token_is_never_a_crash() -> None:
    """Whether it can be read at all differs between versions of Python and of the decoder."""
    deep = b"[" * 2400 + b"]" * 2400
    refusal(part(b'{"alg":"HS256","n":' + deep + b"}") + ".e30.AA")
    payload = b'{"id":10,"type":1,"exp":1800000000,"zz":' + deep + b"}"
    try:
        assert verifier().authenticate(signed(payload), NOW).manager_id == 10
    except Unauthorized as refused:
        assert "unusable claims" in str(refused)


@pytest.mark.parametrize("header", [b'{"alg":null}', b'{"alg":[]}', b"{}"])
def test_a_header_without_a_usable_algorithm_is_refused(header: bytes) -> None:
    assert refusal(part(header) + "." + part(b"{}") + ".AA").startswith("__token is ")


def test_a_token_of_8_kib_passes_and_one_byte_more_does_not() -> None:
    length = len(sign(KEY, make_claims(name="")))
    name = "x" * ((DEFAULT_LIMITS.max_token_bytes - length) * 3 // 4)
    largest = sign(KEY, make_claims(name=name))
    while len(largest) < DEFAULT_LIMITS.max_token_bytes:
        name += "x"
        largest = sign(KEY, make_claims(name=name))
    assert len(largest) == DEFAULT_LIMITS.max_token_bytes
    assert verifier().authenticate(largest, NOW).name == name
    assert refusal(largest + "x") == "__token is longer than 8192 bytes"


def test_a_token_expires_at_its_exp_to_the_second() -> None:
    token = sign(KEY, make_claims())
    assert verifier().authenticate(token, EXP - 0.001).manager_id == 10
    assert refusal(token, now=EXP) == "__token has expired; log in again"


def test_a_cached_token_expires_at_its_exp_too() -> None:
    by, token = verifier(), sign(KEY, make_claims())
    assert by.authenticate(token, NOW).manager_id == 10
    assert refusal(token, by, EXP) == "__token has expired; log in again"
    assert refusal(token, by, EXP + 1) == "__token has expired; log in again"


def test_a_leeway_moves_exp_and_nbf() -> None:
    by, token = verifier(leeway_sec=30), sign(KEY, make_claims(nbf=NOW))
    assert refusal(token, by, NOW - 31) == "__token is not valid yet (nbf)"
    assert by.authenticate(token, NOW - 30).manager_id == 10
    assert by.authenticate(token, EXP + 29).manager_id == 10
    assert refusal(token, by, EXP + 30) == "__token has expired; log in again"


def test_a_token_is_not_valid_before_its_nbf_and_is_from_then_on() -> None:
    token = sign(KEY, make_claims(nbf=NOW))
    assert refusal(token, now=NOW - 1) == "__token is not valid yet (nbf)"
    assert verifier().authenticate(token, NOW).manager_id == 10


def test_a_token_that_came_too_early_is_accepted_later_by_the_same_verifier() -> None:
    by, token = verifier(), sign(KEY, make_claims(nbf=NOW))
    refusal(token, by, NOW - 1)
    assert by.authenticate(token, NOW).manager_id == 10


def test_times_may_have_fractions() -> None:
    assert session_of(exp=EXP + 0.5).exp == EXP + 0.5


@pytest.mark.parametrize("name", ["id", "type", "exp"])
def test_a_missing_claim_is_refused_by_its_name(name: str) -> None:
    claims = {key: value for key, value in make_claims().items() if key != name}
    assert f"missing required field `{name}`" in refusal(sign(KEY, claims))


@pytest.mark.parametrize(
    "claim",
    [
        b'"id":"10"',
        b'"id":10.0',
        b'"id":true',
        b'"id":null',
        b'"id":[10]',
        b'"id":0',
        b'"id":-1',
        b'"id":9007199254740992',
        b'"id":' + b"9" * 4000,
        b'"type":"1"',
        b'"type":1.0',
        b'"type":true',
        b'"type":null',
        b'"exp":"1800000000"',
        b'"exp":true',
        b'"exp":null',
        b'"exp":NaN',
        b'"exp":Infinity',
        b'"exp":1e400',
        b'"exp":' + b"9" * 400,
        b'"nbf":"1"',
        b'"nbf":NaN',
        b'"desks":5',
        b'"desks":["DESK_EU"]',
        b'"desks":null',
        b'"desks":""',
        b'"desks":"!DESK_EU"',
        b'"desks":"' + b"A," * 32 + b'A"',
        b'"desks":"' + b"A" * 1025 + b'"',
        b'"brands":[]',
        b'"brands":null',
        b'"brands":" , "',
        b'"brands":"' + b"A" * 1025 + b'"',
        b'"name":5',
        b'"name":"\xff"',
        rb'"name":"\ud800"',
        b'"iss":5',
        b'"aud":5',
        b'"aud":[5]',
    ],
)
def test_a_claim_of_the_wrong_form_is_refused(claim: bytes) -> None:
    payload = b'{"id":10,"type":1,"exp":1800000000,' + claim + b"}"
    assert refusal(signed(payload)).startswith("__token ")


@pytest.mark.parametrize("payload", [b"", b"x", b"[]", b"null", b"\xff", b"\xef\xbb\xbf{}"])
def test_a_payload_that_is_no_object_of_claims_is_refused(payload: bytes) -> None:
    assert refusal(signed(payload)).startswith("__token has unusable claims")


def test_the_largest_manager_id_passes() -> None:
    assert session_of(id=MAX_ID).manager_id == MAX_ID


@pytest.mark.parametrize("iss", ["https://login.example", None, "", "https://login.example.evil"])
def test_a_configured_issuer_is_compared_exactly(iss: str | None) -> None:
    by = verifier(issuer="https://login.example")
    token = sign(KEY, make_claims() if iss is None else make_claims(iss=iss))
    if iss == "https://login.example":
        assert by.authenticate(token, NOW).manager_id == 10
    else:
        assert refusal(token, by) == "__token is of another issuer (iss)"


@pytest.mark.parametrize("aud", ["deskcal", ["deskcal"], ["other", "deskcal"]])
def test_a_configured_audience_is_one_of_those_in_the_token(aud: object) -> None:
    token = sign(KEY, make_claims(aud=aud))
    assert verifier(audience="deskcal").authenticate(token, NOW).manager_id == 10


NOT_FOR_US: list[dict[str, Any]] = [{}, {"aud": None}, {"aud": []}, {"aud": "x"}, {"aud": ["x"]}]


@pytest.mark.parametrize("claims", NOT_FOR_US)
def test_a_token_for_another_audience_is_refused(claims: dict[str, Any]) -> None:
    message = refusal(sign(KEY, make_claims(**claims)), verifier(audience="deskcal"))
    assert message == "__token is for another audience (aud)"


def test_a_secret_has_at_least_32_bytes() -> None:
    assert secret_key("é" * 16).key == ("é" * 16).encode()
    with pytest.raises(BadKey, match="shorter than 32 bytes"):
        secret_key("x" * 31)


def test_a_pem_key_is_no_secret() -> None:
    with pytest.raises(BadKey, match="the secret is a PEM key"):
        secret_key(public_pem(rsa_key()))


def test_a_public_key_signs_nothing() -> None:
    with pytest.raises(BadKey, match="only a shared secret signs here"):
        sign(public_keys(public_pem(rsa_key()))[0], make_claims())


def test_of_more_tokens_than_are_cached_the_oldest_is_verified_again() -> None:
    by = verifier()
    tokens = [sign(KEY, make_claims(id=number)) for number in range(1, REMEMBERED_TOKENS + 2)]
    sessions = [by.authenticate(token, NOW) for token in tokens]
    assert [session.manager_id for session in sessions] == list(range(1, REMEMBERED_TOKENS + 2))
    assert by.authenticate(tokens[-1], NOW) is sessions[-1]
    assert by.authenticate(tokens[0], NOW) is not sessions[0]
    assert by.authenticate(tokens[0], NOW).manager_id == 1


def test_a_session_is_remembered_between_two_requests() -> None:
    by, token = verifier(), sign(KEY, make_claims())
    assert by.authenticate(token, NOW) is by.authenticate(token, NOW + 1)


def test_a_refused_token_is_refused_again() -> None:
    by, token = verifier(), sign(secret_key("y" * 32), make_claims())
    for _ in range(2):
        assert refusal(token, by) == "__token is not signed by a key of this server"


@pytest.mark.parametrize("use", ["ics", "other", "", None, 7])
def test_a_token_for_any_other_use_is_not_taken_as_a_sessions(use: object) -> None:
    assert "use" in refusal(sign(KEY, make_claims(use=use)))


def test_a_feed_takes_the_tokens_made_for_it_and_no_others() -> None:
    by = verifier()
    assert by.authenticate_feed(sign(KEY, make_claims(use="ics")), NOW).manager_id == 10
    for claims in ({}, {"use": "other"}, {"use": "ics", "exp": NOW}, {"use": "ics", "type": 0}):
        with pytest.raises(Unauthorized):
            by.authenticate_feed(sign(KEY, make_claims(**claims)), NOW)


def test_a_signed_payload_that_is_not_utf_8_is_refused() -> None:
    """Issue 12: also in a claim that nobody reads."""
    payload = b'{"id":10,"type":1,"exp":%d,"unread":"\xff"}' % EXP
    token = jwt.api_jws.encode(payload, SECRET, algorithm="HS256")
    assert refusal(token, verifier(), NOW).startswith("__token has unusable claims")


def test_a_session_is_valid_while_its_key_is_among_the_keys() -> None:
    verifier = TokenVerifier([KEY])
    session = verifier.authenticate(sign(KEY, make_claims()), NOW)
    assert verifier.is_valid(session)
    assert verifier.is_valid(msgspec.structs.replace(session, signature=None))
    verifier.replace_keys([secret_key("another-secret-another-secret-another")])
    assert not verifier.is_valid(session)

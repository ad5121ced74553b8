"""Signatures, held against the library of Standard Webhooks."""

import base64
import datetime as dt
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Verifier

from deskcal.core.webhook_signature import headers_of, secret_text, signature
from deskcal.core.webhooks import Webhook

SECRET = secret_text(bytes(range(32)))
HOOK = Webhook(id=7, url="https://x/", desk_filter="*", created_by=1, created_time=0, secret=SECRET)


def test_a_secret_is_padded_standard_base64_with_a_prefix() -> None:
    assert base64.b64decode(SECRET.removeprefix("whsec_"), validate=True) == bytes(range(32))
    assert secret_text(b"\xff\xfe\xfd\xfc") == "whsec_//79/A=="


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200))
def test_a_signature_is_the_one_of_the_library(key: bytes, body: bytes) -> None:
    secret = secret_text(key)
    when = 1_710_000_000
    theirs = Verifier(secret).sign(
        "msg_1_2_3", dt.datetime.fromtimestamp(when, dt.UTC), _text(body)
    )
    assert signature(secret, "msg_1_2_3", when, _text(body).encode()) == theirs


def _text(body: bytes) -> str:
    return body.hex()


def test_the_library_takes_the_headers() -> None:
    headers = headers_of(HOOK, "msg_1", int(time.time()), b'{"a":1}')
    assert Verifier(SECRET).verify(b'{"a":1}', headers) == {"a": 1}


def test_the_secret_before_signs_too_until_its_time_is_over() -> None:
    old = secret_text(b"o" * 32)
    hook = msgspec.structs.replace(HOOK, old_secret=old, old_secret_until=100)
    both = headers_of(hook, "msg_1", 99, b"{}")["webhook-signature"].split()
    assert both == [signature(one, "msg_1", 99, b"{}") for one in (SECRET, old)]
    alone = headers_of(hook, "msg_1", 100, b"{}")["webhook-signature"]
    assert alone == signature(SECRET, "msg_1", 100, b"{}")


def test_what_is_no_secret_can_not_sign() -> None:
    with pytest.raises(ValueError, match="base64"):
        signature("whsec_a", "msg_1", 1, b"{}")

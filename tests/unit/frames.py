"""Requests as text, for the tests of the envelope and of answers."""

import json
from typing import Any

import msgspec
import pytest

from deskcal.wire.envelope import BadRequest, decode_request

DEEP = 100_000


class Nothing(msgspec.Struct):
    """No data."""


def frame(**keys: Any) -> bytes:
    return json.dumps({"command": "Ping"} | keys).encode()


def refusal(text: bytes) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        decode_request(text)
    return caught.value


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels

"""The file of public keys while a server runs."""

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from deskcal.app.config import Config
from deskcal.app.keys import LOOK_SEC, read_public_keys, watch_keys
from deskcal.core.tokens import Key, TokenVerifier, public_keys
from helpers import public_pem

WAIT_SEC = 20
FIRST = public_pem(ec.generate_private_key(ec.SECP256R1()))
SECOND = public_pem(ec.generate_private_key(ec.SECP256R1()))


async def until_used(verifier: TokenVerifier, pem: str) -> None:
    async with asyncio.timeout(WAIT_SEC):
        while list(verifier.keys) != public_keys(pem):
            await asyncio.sleep(0.01)


async def test_a_changed_file_is_used_within_a_second(tmp_path: Path) -> None:
    assert LOOK_SEC <= 0.5
    path = tmp_path / "keys.pem"
    path.write_text(FIRST)
    verifier = TokenVerifier(public_keys(FIRST))
    watching = asyncio.ensure_future(watch_keys(Config(jwt_keys=str(path)), verifier))
    path.write_text(SECOND)
    await until_used(verifier, SECOND)
    watching.cancel()
    await asyncio.wait([watching])


async def test_a_file_that_is_away_at_first_is_waited_for_and_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 12: the watch ended without a word."""
    monkeypatch.setattr("deskcal.app.keys.LOOK_SEC", 0.001)
    looks = 0

    def look(config: Config) -> list[Key]:
        nonlocal looks
        looks += 1
        return read_public_keys(config)

    monkeypatch.setattr("deskcal.app.keys.read_public_keys", look)
    path = tmp_path / "keys.pem"
    verifier = TokenVerifier(public_keys(FIRST))
    watching = asyncio.ensure_future(watch_keys(Config(jwt_keys=str(path)), verifier))
    async with asyncio.timeout(WAIT_SEC):
        while looks < 10:
            await asyncio.sleep(0.01)
    assert caplog.text.count("keeping the old keys") == 1
    path.write_text(SECOND)
    await until_used(verifier, SECOND)
    watching.cancel()
    await asyncio.wait([watching])

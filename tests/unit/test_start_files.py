"""Files that a server reads at its start: what is wrong with one is said with its name."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from certificate import write_certificate
from deskcal.app.config import Config
from deskcal.app.keys import SECRET, signing_key
from deskcal.cli.main import main


@pytest.fixture(autouse=True)
def _without_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKCAL_SECRET", raising=False)


def refusal(data: Path, *options: object) -> str:
    """What `deskcal serve` says, which must end with status 1."""
    arguments = ["serve", "--data", data, "--tcp", "127.0.0.1:0", "--web", "off", *options]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 1
    return result.stderr.splitlines()[-1]


def test_a_secret_that_is_no_text_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe" * 24)
    for options in ((), ("--secret-file", tmp_path / "secret")):
        said = refusal(tmp_path, *options)
        assert said.startswith(f"deskcal: the secret in {tmp_path / 'secret'} is not text; make")


def test_a_secret_is_made_where_an_earlier_start_was_killed_amid_that(tmp_path: Path) -> None:
    """In a container the process has the same number after each start."""
    (tmp_path / f"{SECRET}.{os.getpid()}").write_text("")
    key = signing_key(Config(data=str(tmp_path)), {})
    assert key == signing_key(Config(data=str(tmp_path)), {})
    assert (tmp_path / SECRET).stat().st_mode & 0o777 == 0o600


def test_a_key_of_tls_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path / "server.pem")
    said = refusal(tmp_path, "--tls-cert", certificate, "--tls-key", tmp_path / "no.pem")
    assert said == f"deskcal: tls_key ({tmp_path}/no.pem) can't be read: No such file or directory"
    (tmp_path / "other.pem").write_text("no key")
    said = refusal(tmp_path, "--tls-cert", certificate, "--tls-key", tmp_path / "other.pem")
    assert f"in {certificate} with the key in {tmp_path}/other.pem can't be used" in said


def test_an_encrypted_key_of_tls_is_refused_and_nobody_is_asked_for_its_password(
    tmp_path: Path,
) -> None:
    certificate = write_certificate(tmp_path / "server.pem")
    key = ec.generate_private_key(ec.SECP256R1())
    secured = BestAvailableEncryption(b"password")
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secured)
    (tmp_path / "key.pem").write_bytes(text)
    said = refusal(tmp_path, "--tls-cert", certificate, "--tls-key", tmp_path / "key.pem")
    assert said.startswith(f"deskcal: tls_key ({tmp_path}/key.pem) is encrypted; write it without")

"""What a client says of a peer that it can't talk to."""

import ssl

import pytest

from deskcal.client.diagnosis import SHOWN_BYTES, Diagnosis, unreachable


def test_a_line_of_http_ends_all_calls() -> None:
    refusal = Diagnosis().refusal(b"HTTP/1.1 400 Bad Request", "localhost:8766")
    assert refusal is not None
    assert "localhost:8766 speaks HTTP" in refusal.message
    assert "8765" in refusal.message


def test_another_line_is_shown_cut_off_when_no_answer_came() -> None:
    peer = Diagnosis()
    assert peer.refusal(b"220 " + b"x" * 1000, "localhost:25") is None
    assert peer.hint(0) == f"; the server sent {b'220 ' + b'x' * (SHOWN_BYTES - 4)!r}, " + (
        "which is not a message of deskcal"
    )


def test_closed_connections_without_an_answer_make_tls_or_another_port_likely() -> None:
    assert "TLS" in Diagnosis().hint(1)
    assert "web calendar" in Diagnosis().hint(1)
    assert Diagnosis().hint(0) == ""
    assert Diagnosis(is_deskcal=True).hint(1) == ""


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionRefusedError(111, "refused"), "connection refused; is a server running there?"),
        (ssl.SSLError(1, "wrong version number"), "does the server use TLS on this port?"),
        (ConnectionAbortedError("too slow"), "no TLS connection: too slow; does"),
        (TimeoutError(), "no answer in time; is a server running there?"),
        (OSError("no route"), "no route; is a server running there?"),
    ],
)
def test_a_failed_connection_says_why_and_what_to_look_at(error: Exception, text: str) -> None:
    assert text in unreachable(error)


def test_a_certificate_that_is_not_trusted_names_the_option() -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_message = "self-signed certificate"
    assert unreachable(error) == (
        "its certificate is not trusted: self-signed certificate; name its CA with --ca"
    )

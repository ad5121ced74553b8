"""A certificate that is renewed while clients are connected, and one that is not in time."""

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certificate import write_certificate
from deskcal.app.certificates import AGAIN_SEC, WARN_SEC, Certificate
from deskcal.app.config import Config
from deskcal.http.app import Gateway
from deskcal.limits import DAY_SEC
from harness import everything, token
from helpers import WAIT_SEC
from places import Place
from wire import HOST, Running, serving

TEN = token(10)
YEAR = 365


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a certificate and its key."""
    monkeypatch.setattr("deskcal.app.certificates.LOOK_SEC", 0.001)
    return write_certificate(tmp_path / "server.pem", days=YEAR)


def config_of(file: Path) -> Config:
    return Config(tls_cert=str(file), tls_key=str(file))


@pytest.fixture
async def watched(file: Path) -> AsyncIterator[Certificate]:
    """The certificate of `file`, watched."""
    found = Certificate(config_of(file))
    watching = asyncio.ensure_future(found.watch())
    yield found
    watching.cancel()
    await asyncio.wait([watching])


def trusting() -> ssl.SSLContext:
    """Of a client that looks at no certificate, and names no host."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def shown(port: int, name: str = "") -> bytes:
    """The certificate that a new connection gets which names that host, or none."""
    _, writer = await asyncio.open_connection(HOST, port, ssl=trusting(), server_hostname=name)
    found: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return found


def der(file: Path) -> bytes:
    text = file.read_text()
    return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])


async def said(caplog: pytest.LogCaptureFixture, text: str) -> None:
    async with asyncio.timeout(WAIT_SEC):
        while text not in caplog.text:
            await asyncio.sleep(0.01)


async def require_works(running: Running, file: Path) -> None:
    """A new connection is shown what is in the file, and is answered."""
    assert await shown(running.port, "localhost") == await shown(running.port) == der(file)
    wire = await running.connect(tls=trusting())
    assert (await wire.call(TEN, "MngGetCalendarEventsByFilter", **everything()))["status"] == 200


async def test_new_connections_get_a_renewed_certificate_and_old_ones_go_on(
    place: Place, file: Path, watched: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with (
        serving(place, tls=watched.context) as running,
        Gateway(running.server, HOST, 0, tls=watched.context) as gateway,
    ):
        await require_works(running, file)
        old = await running.connect(tls=trusting())
        write_certificate(file, days=2 * YEAR)
        await said(caplog, "the new certificate in")
        await require_works(running, file)
        assert await shown(int(gateway.addresses[0].split(":")[1])) == der(file)
        assert (await old.call(TEN, "Ping"))["status"] == 200


@pytest.mark.parametrize("broken", ["half", "none", "pair"])
async def test_files_that_are_no_pair_leave_the_certificate_in_use(
    place: Place,
    file: Path,
    watched: Certificate,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    caplog.set_level(logging.INFO)
    async with serving(place, tls=watched.context) as running:
        before, other = file.read_text(), write_certificate(file.with_name("other.pem"))
        if broken == "none":
            file.unlink()
        else:
            at = before.index("-----BEGIN CERTIFICATE")
            foreign = other.read_text()[:at] if broken == "pair" else ""
            file.write_text(foreign + before[at:])
        await said(caplog, "keeping the old certificate")
        other.write_text(before)
        await require_works(running, other)
        assert caplog.text.count("keeping the old certificate") == 1
        write_certificate(file, days=YEAR)
        await said(caplog, "the new certificate in")
        await require_works(running, file)


@pytest.mark.parametrize(("days", "from_days"), [(YEAR, WARN_SEC / DAY_SEC), (8, 2.25)])
async def test_the_end_of_a_certificate_is_warned_of_each_day(
    file: Path, caplog: pytest.LogCaptureFixture, days: int, from_days: float
) -> None:
    write_certificate(file, days=days)
    end = time.time() + days * DAY_SEC
    clock = [end - from_days * DAY_SEC - 600]
    watching = asyncio.ensure_future(Certificate(config_of(file)).watch(lambda: clock[0]))
    for _ in range(20):
        await asyncio.sleep(0)
    assert caplog.text == ""
    for time_, text in [
        (end - from_days * DAY_SEC + 600, "renew it"),
        (end - from_days * DAY_SEC + 600 + AGAIN_SEC, "renew it"),
        (end + AGAIN_SEC + 600, "clients refuse it"),
    ]:
        caplog.clear()
        clock[0] = time_
        await said(caplog, text)
        assert len(caplog.records) == 1
    watching.cancel()
    await asyncio.wait([watching])

"""Commands whose input or output is closed, or on a full disk: one line, no traceback."""

import subprocess
from pathlib import Path

import pytest

from e2e.process import COMMAND, WAIT_SEC, environment


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("streams") / "data"
    assert run("", "desk", "add", "--data", str(directory), "--code", "D").returncode == 0
    return directory


def run(redirection: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command with its streams as the shell redirects them."""
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND, *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=WAIT_SEC,
    )


@pytest.mark.parametrize(
    ("redirection", "command", "said"),
    [
        (">/dev/full", ("export",), "deskcal: No space left on device"),
        (">/dev/full", ("check",), "deskcal: No space left on device"),
        (">/dev/full", ("--help",), "deskcal: No space left on device"),
        (">/dev/full", ("check", "--help"), "deskcal: No space left on device"),
        (">&-", ("export",), "deskcal: stdout is closed; name a file"),
        ("<&-", ("import",), "Error: name the file: deskcal import"),
    ],
)
def test_a_stream_that_can_not_be_used_is_reported(
    data: Path, redirection: str, command: tuple[str, ...], said: str
) -> None:
    where = () if "--help" in command else ("--data", str(data))
    ended = run(redirection, *command, *where)
    assert ended.returncode in (1, 2)
    assert ended.stderr.splitlines()[-1].startswith(said)
    assert "Traceback" not in ended.stderr


def test_data_from_a_closed_input_is_a_wrong_usage() -> None:
    ended = run("<&-", "call", "Ping", "-")
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("Error: stdin is closed")


def test_a_reader_that_has_seen_enough_ends_an_export_without_a_word(data: Path) -> None:
    ended = run("| true", "export", "--data", str(data))
    assert ended.stderr == ""


def test_a_server_goes_on_where_nobody_reads_its_output_any_more(data: Path) -> None:
    """As in `deskcal serve | head -1`: it stops at SIGTERM, with status 0."""
    where = ("serve", "--data", str(data), "--tcp", "127.0.0.1:0", "--web", "127.0.0.1:0")
    with subprocess.Popen(
        [*COMMAND, *where],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            ready = [server.stdout.readline() for _ in range(2)]
            server.stdout.close()
            server.terminate()
            assert server.wait(WAIT_SEC) == 0, ready
        finally:
            server.kill()

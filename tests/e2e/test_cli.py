"""The command line as people run it: real processes, a real server."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
import pytest

from deskcal.commands import COMMANDS

COMMAND = [sys.executable, "-m", "deskcal.cli.main"]
WAIT_SEC = 60


def environment(**more: str) -> dict[str, str]:
    """Ours without any setting of deskcal, in UTF-8."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESKCAL_")}
    return kept | {"PYTHONIOENCODING": "utf-8"} | more


def deskcal(
    *arguments: object, stdin: str = "", **environ: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=environment(**environ),
        timeout=WAIT_SEC,
        check=False,
    )


class Running:
    """A server process that is ready."""

    def __init__(self, process: "subprocess.Popen[str]", data: Path) -> None:
        assert process.stdout is not None
        self.process = process
        self.data = data
        self.lines: list[str] = []
        while not self.lines or not self.lines[-1].startswith("ready:"):
            line = process.stdout.readline()
            assert line, "the server ended before it was ready"
            self.lines.append(line.rstrip("\n"))
        found = re.search(r"tcp (\S+:[0-9]+)", self.lines[-1])
        assert found is not None
        self.address = found[1]

    def token(self, *options: str) -> str:
        who = ("--manager", "10", "--session", "SESSION_CRM_MANAGER")
        made = deskcal("token", "--data", self.data, *who, *options)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def call(
        self, command: str, data: str = "{}", **environ: str
    ) -> "subprocess.CompletedProcess[str]":
        environ = {"DESKCAL_CONNECT": self.address, "DESKCAL_TOKEN": self.token()} | environ
        return deskcal("call", command, data, **environ)


@contextmanager
def serving(data: Path, *options: str, **environ: str) -> Iterator[Running]:
    arguments = ["serve", "--data", str(data), "--tcp", "127.0.0.1:0", "--web", "off", *options]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=environment(**environ),
    )
    try:
        yield Running(process, data)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("served") / "data") as running:
        yield running


NEW_EVENT = {"title": "Звонок: Ελένη 😀", "start_time": 1_710_000_000, "end_time": 1_710_003_600}


def add(server: Running, **fields: Any) -> dict[str, Any]:
    called = server.call("MngAddCalendarEvent", json.dumps(NEW_EVENT | fields))
    assert called.returncode == 0, called.stderr
    event: dict[str, Any] = json.loads(called.stdout)["data"]["event"]
    return event


def test_the_answer_is_printed_readably_with_real_characters(server: Running) -> None:
    event = add(server)
    called = server.call("MngGetCalendarEvent", json.dumps({"id": event["id"]}))
    assert (called.returncode, called.stderr) == (0, "")
    assert '      "title": "Звонок: Ελένη 😀",\n' in called.stdout
    assert json.loads(called.stdout)["status"] == 200


def test_a_terminal_that_can_not_show_them_gets_escapes(server: Running) -> None:
    event = add(server)
    called = server.call(
        "MngGetCalendarEvent", json.dumps({"id": event["id"]}), PYTHONIOENCODING="ascii"
    )
    assert called.stdout.isascii()
    assert json.loads(called.stdout)["data"]["event"]["title"] == NEW_EVENT["title"]


def test_data_can_come_from_stdin(server: Running) -> None:
    event = add(server)
    called = deskcal(
        "call",
        "--connect",
        server.address,
        "--token",
        server.token(),
        "MngGetCalendarEvent",
        "-",
        stdin=json.dumps({"id": event["id"]}, indent=2),
    )
    assert json.loads(called.stdout)["data"]["event"] == event


def test_commands_are_listed_where_python_drops_docstrings() -> None:
    shown = deskcal("call", "--help", PYTHONOPTIMIZE="2")
    assert shown.returncode == 0 and all(name in shown.stdout for name in COMMANDS)


def test_ping_needs_neither_token_nor_data(server: Running) -> None:
    called = deskcal("call", "--connect", server.address, "Ping")
    assert called.returncode == 0
    assert abs(json.loads(called.stdout)["data"]["time"] - time.time()) < WAIT_SEC


def test_an_error_is_one_line_on_stderr_beside_the_answer(server: Running) -> None:
    called = server.call("MngGetCalendarEvent", '{"id":"x"}')
    assert called.returncode == 1
    assert called.stderr == 'deskcal: 400 INVALID_FIELD id: id ("x") must be an integer\n'
    assert json.loads(called.stdout)["error"]["code"] == "INVALID_FIELD"


@pytest.mark.parametrize("arguments", [("call", "MngGetCalendarEvent", '{"id":1}'), ("watch",)])
def test_without_a_token_nothing_is_sent_and_the_ways_to_give_one_are_named(
    arguments: tuple[str, ...],
) -> None:
    called = deskcal(*arguments, "--connect", "127.0.0.1:1")
    assert called.returncode == 1
    assert called.stderr == (
        "deskcal: no token: give one with --token or in DESKCAL_TOKEN; on the server's machine "
        "`deskcal token` prints one\n"
    )


@pytest.mark.parametrize(("data", "text"), [("{", "not JSON"), ("[1]", "not a JSON object")])
def test_bad_json_is_reported_before_anything_is_sent(data: str, text: str) -> None:
    called = deskcal("call", "--connect", "127.0.0.1:1", "Ping", data)
    assert called.returncode == 2
    assert text in called.stderr
    assert "reach" not in called.stderr


def test_help_of_call_has_a_line_for_each_command() -> None:
    shown = deskcal("call", "--help").stdout
    lines = " ".join(shown.split())
    for name, command in COMMANDS.items():
        assert f" {name} {command.summary}" in lines


def test_a_server_that_is_not_there_is_reported_in_one_line() -> None:
    called = deskcal("call", "--connect", "127.0.0.1:1", "Ping")
    assert called.returncode == 1
    assert called.stderr == (
        "deskcal: can't reach 127.0.0.1:1: connection refused; is a server running there?\n"
    )


def test_the_token_is_the_whole_output_and_has_the_claims_that_were_asked(server: Running) -> None:
    token = server.token("--desks", "DESK_EU*", "--brands", "default", "--ttl", "60")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert abs(claims.pop("exp") - time.time() - 60) < WAIT_SEC
    assert claims == {"id": 10, "type": 10, "desks": "DESK_EU*", "brands": "default"}


@pytest.mark.parametrize(
    "options",
    [("--desks", ""), ("--brands", "!x"), ("--manager", "0"), ("--session", "ME"), ("--ttl", "0")],
)
def test_a_token_that_no_server_would_take_is_not_made(
    tmp_path: Path, options: tuple[str, str]
) -> None:
    who = ("--manager", "10", "--session", "SESSION_ADMIN")
    made = deskcal("token", "--data", tmp_path, *who, *options)
    assert (made.returncode, made.stdout) == (2, "")
    assert options[0] in made.stderr


def test_a_second_exclamation_mark_in_a_mask_is_refused(tmp_path: Path) -> None:
    who = ("--manager", "10", "--session", "SESSION_ADMIN")
    made = deskcal("token", "--data", tmp_path, *who, "--desks", "DESK_*,!!X")
    assert (made.returncode, made.stdout) == (2, "")
    assert "--desks 'DESK_*,!!X' has a second ! in '!!X'" in made.stderr


@pytest.mark.parametrize("session", ["MANAGER", "manager", "SESSION_MANAGER"])
def test_a_session_type_needs_no_prefix(server: Running, session: str) -> None:
    made = deskcal("token", "--data", server.data, "--manager", "10", "--session", session)
    assert jwt.decode(made.stdout.strip(), options={"verify_signature": False})["type"] == 1


def test_a_number_that_is_none_is_named_with_its_rule(tmp_path: Path) -> None:
    made = deskcal("token", "--data", tmp_path, "--manager", "x", "--session", "MANAGER")
    assert (made.returncode, made.stdout) == (2, "")
    assert "'--manager': 'x' must be an integer of at least 1\n" in made.stderr


def test_a_token_of_a_directory_without_a_store_is_not_made(tmp_path: Path) -> None:
    """Issue 12, 24: it had made the directory and a secret that no server used."""
    wrong = tmp_path / "wrong"
    who = ("--manager", "10", "--session", "MANAGER")
    made = deskcal("token", "--data", wrong, *who)
    assert (made.returncode, made.stdout) == (1, "")
    assert made.stderr.startswith(f"deskcal: there is no store in {wrong}, ")
    assert not wrong.exists()


def test_where_a_store_is_is_said_in_place_of_a_token(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(server.data.parent)
    made = deskcal("token", "--manager", "10", "--session", "MANAGER", "--data", "wrong")
    assert made.returncode == 1
    assert f"there is one in {server.data.name}: use --data, or" in made.stderr


def test_a_store_that_was_filled_before_its_first_start_gets_a_secret(tmp_path: Path) -> None:
    assert deskcal("demo", "--data", tmp_path / "d").returncode == 0
    made = deskcal("token", "--data", tmp_path / "d", "--manager", "10", "--session", "MANAGER")
    assert made.returncode == 0, made.stderr
    secret = (tmp_path / "d" / "secret").read_text().strip()
    assert jwt.decode(made.stdout.strip(), secret, algorithms=["HS256"])["id"] == 10


def test_a_feeds_token_says_so_and_is_valid_for_longer(server: Running) -> None:
    claims = jwt.decode(server.token("--feed"), options={"verify_signature": False})
    assert abs(claims.pop("exp") - time.time() - 180 * 86_400) < WAIT_SEC
    assert claims == {"id": 10, "type": 10, "use": "ics"}


def test_the_secret_of_the_environment_goes_first(tmp_path: Path) -> None:
    secret = "s" * 40
    file = tmp_path / "other"
    file.write_text("f" * 40, encoding="utf-8")
    who = ("--manager", "10", "--session", "SESSION_ADMIN", "--secret-file", file)
    made = deskcal("token", "--data", tmp_path / "d", *who, DESKCAL_SECRET=secret)
    assert jwt.decode(made.stdout.strip(), secret, algorithms=["HS256"])["id"] == 10
    made = deskcal("token", "--data", tmp_path / "d", *who)
    assert jwt.decode(made.stdout.strip(), "f" * 40, algorithms=["HS256"])["id"] == 10
    assert not (tmp_path / "d").exists()


def test_public_keys_sign_no_tokens(tmp_path: Path) -> None:
    who = ("--manager", "10", "--session", "SESSION_ADMIN", "--jwt-keys", "keys.pem")
    made = deskcal("token", "--data", tmp_path, *who)
    assert made.returncode == 1
    assert "jwt_keys is set" in made.stderr


def test_the_first_start_makes_a_secret_for_its_owner_alone(server: Running) -> None:
    assert stat.S_IMODE((server.data / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_server_cleanly_and_nothing_is_lost(
    tmp_path: Path, number: signal.Signals
) -> None:
    with serving(tmp_path / "data") as running:
        event = add(running)
        running.process.send_signal(number)
        assert running.process.wait(WAIT_SEC) == 0
    with serving(tmp_path / "data") as running:
        called = running.call("MngGetCalendarEvent", json.dumps({"id": event["id"]}))
        assert json.loads(called.stdout)["data"]["event"] == event


def test_a_port_in_use_is_reported_in_one_line(server: Running, tmp_path: Path) -> None:
    started = deskcal("serve", "--data", tmp_path, "--tcp", server.address, "--web", "off")
    assert started.returncode == 1
    assert (
        f"deskcal: can't listen on {server.address}: address already in use; stop the server that "
        "uses it, or choose another port with --tcp HOST:PORT\n"
    ) in started.stderr
    assert "Traceback" not in started.stderr


def test_a_directory_in_use_is_reported_in_one_line(server: Running) -> None:
    started = deskcal("serve", "--data", server.data, "--tcp", "127.0.0.1:0", "--web", "off")
    assert started.returncode == 1
    assert str(server.data) in started.stderr
    assert "Traceback" not in started.stderr


def test_settings_come_from_the_named_file(tmp_path: Path) -> None:
    file = tmp_path / "deskcal.toml"
    file.write_text("max_group = 0\n", encoding="utf-8")
    started = deskcal("serve", "--config", file)
    assert started.returncode == 2
    assert started.stderr == (
        f"deskcal: max_group = 0 (from file {file}) must be an integer of at least 1\n"
    )
    assert deskcal("serve", DESKCAL_CONFIG=str(file)).stderr == started.stderr


def test_the_demo_desk_goes_into_an_empty_store_once(tmp_path: Path) -> None:
    filled = deskcal("demo", "--data", tmp_path / "d")
    assert filled.returncode == 0, filled.stderr
    assert re.match(r"[0-9]{3,4} events of 12 managers; data in ", filled.stdout)

    again = deskcal("demo", "--data", tmp_path / "d")
    assert again.returncode == 1
    assert again.stderr.startswith("deskcal: ") and "empty" in again.stderr

    checked = deskcal("check", "--data", tmp_path / "d")
    assert checked.returncode == 0, checked.stderr
    assert f"event: {filled.stdout.split()[0]}\n" in checked.stdout
    assert checked.stdout.endswith("no differences\n")


def test_a_check_of_no_store_fails(tmp_path: Path) -> None:
    checked = deskcal("check", "--data", tmp_path / "none")
    assert checked.returncode == 1
    assert checked.stderr.startswith("deskcal: ")
    assert not (tmp_path / "none").exists()


def test_help_of_serve_has_the_usual_options_first_and_the_limits_in_groups() -> None:
    shown = deskcal("serve", "--help").stdout
    order = [shown.index(f"\n{title}:\n") for title in ("Options", "Tokens", "TLS", "Store")]
    assert order == sorted(order)
    assert shown.index("--demo") < shown.index("--jwt-keys") < shown.index("--max-group")


def test_help_shows_each_setting_with_its_default_and_variable() -> None:
    shown = " ".join(deskcal("serve", "--help").stdout.split())
    assert "--max-message-bytes INTEGER" in shown
    assert "[default 1048576 (1 MiB); DESKCAL_MAX_MESSAGE_BYTES]" in shown
    assert "--demo / --no-demo" in shown

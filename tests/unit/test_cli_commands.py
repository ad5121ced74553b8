"""Commands of the command line that need no server, in this process; `tests/e2e` runs all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jwt
import pytest
from click.testing import CliRunner, Result

from deskcal.cli.main import main
from deskcal.commands import COMMANDS


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "DATABASE", "SECRET", "CONFIG", "TOKEN", "CONNECT", "JWT_KEYS"):
        monkeypatch.delenv(f"DESKCAL_{name}", raising=False)


def run(*arguments: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)), input=stdin)


def output_of(*arguments: object, stdin: bytes = b"") -> str:
    """The output of a command that must succeed."""
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A directory with the demo desk."""
    assert "events of 12 managers" in output_of("demo", "--data", tmp_path / "d")
    return tmp_path / "d"


def claims_of(*arguments: object) -> dict[str, Any]:
    made = output_of("token", *arguments)
    claims: dict[str, Any] = jwt.decode(made.strip(), options={"verify_signature": False})
    return claims


def test_a_token_has_what_the_directory_knows_of_the_manager(data: Path) -> None:
    claims = claims_of("--data", data, "--manager", 11, "--session", "crm_manager")
    assert (claims["id"], claims["type"], claims["desks"]) == (11, 10, "DESK_RETENTION")
    assert claims["name"] == "James O'Connor"
    claims = claims_of("--data", data, "--manager", 99, "--session", "ADMIN", "--feed")
    assert (claims["use"], claims.get("desks")) == ("ics", None)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--desks", "!x"), "--desks '!x'"),
        (("--desks", "DESK_*,!!X"), "has a second !"),
        (("--session", "ME"), "is not a session type"),
        (("--manager", "0"), "must be an integer of at least 1"),
        (("--manager", "9" * 20), "at most"),
        (("--ttl", "1.5"), "must be an integer"),
    ],
)
def test_wrong_usage_of_token_is_reported(data: Path, options: tuple[str, str], text: str) -> None:
    usual = ("--data", data, "--manager", 10, "--session", "ADMIN")
    result = run("token", *usual, *options)
    assert result.exit_code == 2
    assert text in result.output


def test_a_token_needs_a_store_or_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    usual = ("token", "--data", "none", "--manager", 10, "--session", "ADMIN")
    assert "there is no store in none" in run(*usual).output
    assert "jwt_keys is set" in run(*usual, "--jwt-keys", "keys.pem").output
    monkeypatch.setenv("DESKCAL_SECRET", "short")
    assert run(*usual).exit_code == 1
    monkeypatch.setenv("DESKCAL_SECRET", "s" * 40)
    assert output_of(*usual).count(".") == 2
    assert not (tmp_path / "none").exists()


def test_managers_and_desks_are_added_listed_and_disabled(tmp_path: Path) -> None:
    where = ("--data", tmp_path / "d")
    output_of("demo", *where)
    added = output_of("manager", "add", *where, "--id", 70, "--name", "Eva", "--desks", "DESK_EU*")
    assert added == "manager 70: Eva\n"
    assert output_of("manager", "disable", *where, "--id", 70) == "manager 70 is disabled\n"
    (line,) = [x for x in output_of("manager", "list", *where).splitlines() if x[:3] == "70\t"]
    assert line.endswith("\tdisabled")
    assert "there is no manager 71" in run("manager", "disable", *where, "--id", 71).output
    assert run("manager", "add", *where, "--id", 72, "--name", " ").exit_code == 2
    added = output_of("desk", "add", *where, "--code", "desk_new", "--title", "New", "--lead", 70)
    assert added == "desk DESK_NEW: New\n"
    assert "DESK_NEW\tdefault\tNew" in output_of("desk", "list", *where)
    assert run("desk", "add", *where, "--code", "a,b").exit_code == 2


def test_devices_are_added_listed_and_revoked(data: Path) -> None:
    where = ("--data", data, "--manager", 11)
    result = run("device", "add", *where, "--name", "Phone")
    assert (result.exit_code, result.stderr) == (0, "device 1: Phone, user 11, password:\n")
    password = result.stdout.strip()
    assert [len(group) for group in password.split("-")] == [4] * 6
    listed = output_of("device", "list", *where)
    assert listed.startswith("1\tPhone\t20") and listed.endswith("\tnever\n")
    assert password not in listed
    assert output_of("device", "list", "--data", data, "--manager", 12) == ""
    revoke = ("device", "revoke", *where, "--id", 1)
    assert output_of(*revoke) == "device 1 of manager 11 is revoked\n"
    again = run(*revoke)
    assert again.exit_code == 1 and "has no device 1" in again.output


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        (("--name", " "), 2, "printable characters"),
        (("--name", "Phone", "--desks", "!x"), 2, "scope of the device"),
        (("--name", "Phone", "--brands", "a", "--brand", "b"), 2, "outside your scope"),
        (("--name", "Phone", "--max-devices", "0"), 1, "has 0 device passwords already"),
    ],
)
def test_wrong_usage_of_device_add_is_reported(
    data: Path, options: tuple[str, ...], code: int, text: str
) -> None:
    result = run("device", "add", "--data", data, "--manager", 11, *options)
    assert (result.exit_code, text in result.output) == (code, True), result.output


def test_the_directory_is_shown_as_it_is_put(data: Path, tmp_path: Path) -> None:
    shown = json.loads(output_of("directory", "show", "--data", data))
    file = tmp_path / "names.json"
    file.write_text(json.dumps({"managers": [{"id": 10, "name": "Other"}]}), encoding="utf-8")
    output_of("directory", "put", "--data", data, file)
    after = json.loads(output_of("directory", "show", "--data", data))
    assert after["managers"][0] == shown["managers"][0] | {"name": "Other"}
    file.write_text('{"managers":[{"id":10,"nam":"x"}]}', encoding="utf-8")
    assert "nothing was changed" in run("directory", "put", "--data", data, file).output


def test_an_export_is_imported_into_an_empty_directory(data: Path, tmp_path: Path) -> None:
    exported = run("export", "--data", data)
    assert exported.exit_code == 0
    copy = tmp_path / "copy"
    assert output_of("import", "--data", copy, stdin=exported.stdout_bytes).startswith("imported: ")
    assert run("export", "--data", copy).stdout_bytes == exported.stdout_bytes
    checked = output_of("check", "--data", copy)
    assert checked.endswith("no differences\n")
    again = run("import", "--data", copy, stdin=exported.stdout_bytes)
    assert again.exit_code == 1
    assert again.stderr.startswith("deskcal: ")
    assert "the input is empty" in run("import", "--data", tmp_path / "e").output


def test_help_lists_commands_and_groups() -> None:
    shown = " ".join(output_of("call", "--help").split())
    assert all(name in shown for name in COMMANDS)
    assert output_of("serve", "--help").index("Options:") < output_of("serve", "--help").index(
        "Limits of messages:"
    )


def groups(group: click.Group) -> Iterator[click.Group]:
    """The group and those in it."""
    yield group
    for inner in group.commands.values():
        if isinstance(inner, click.Group):
            yield from groups(inner)


@pytest.mark.parametrize("group", list(groups(main)), ids=lambda group: group.name)
def test_lists_of_commands_say_what_each_does_in_whole_sentences(group: click.Group) -> None:
    shown = group.get_help(click.Context(group, terminal_width=80))
    lines = shown[shown.index("Commands:") :].splitlines()[1:]
    assert len(lines) == len(group.commands)
    assert all(line.endswith(".") and not line.endswith("...") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("call", "MngGetCalendarEvent"), 1, "no token"),
        (("watch",), 1, "no token"),
        (("call", "Ping", "{"), 2, "not JSON"),
        (("call", "Ping", "[1]"), 2, "not a JSON object"),
        (("call", "Ping", "--connect", "x"), 2, "--connect 'x' must be HOST:PORT"),
        (("call", "Ping", "--connect", "127.0.0.1:0"), 2, "has port 0"),
        (("call", "Ping", "--connect", "127.0.0.1:1"), 1, "is a server running there?"),
        (("call", "Ping", "--connect", "127.0.0.1:1", "--tls"), 1, "can't reach"),
        (("call", "Ping", "--timeout", "0"), 2, "must be a number above 0"),
        (("handover", "--from", "0", "--to", "1"), 2, "must be an integer of at least 1"),
        (("handover", "--from", "1", "--to", "2", "--rows", "101"), 2, "at most 100"),
        (("check", "--data", "/nonexistent/x"), 1, "deskcal: "),
        (("serve", "--max-group", "0"), 2, "max_group = '0' (from flag --max-group)"),
        (("serve", "--config", "/nonexistent.toml"), 2, "can't be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: tuple[str, ...], code: int, text: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert text in result.output
    assert "Traceback" not in result.output


def test_a_file_that_is_no_certificate_is_reported(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    result = run("call", "Ping", "--ca", tmp_path / "ca.pem")
    assert result.exit_code == 2
    assert "no usable PEM file" in result.output

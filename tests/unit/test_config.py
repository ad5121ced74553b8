"""Settings: precedence, checks, error messages, and the table they come from."""

import datetime as dt
from pathlib import Path

import pytest

from certificate import write_certificate
from deskcal.app.config import (
    Address,
    BadConfig,
    Config,
    listen_address,
    load_config,
    settings,
)
from deskcal.core.calling_hours import HoursTable
from deskcal.limits import Limits


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def refusal(
    flags: dict[str, object] | None = None,
    environ: dict[str, str] | None = None,
    file: Path | None = None,
) -> str:
    with pytest.raises(BadConfig) as caught:
        load_config(flags or {}, environ or {}, file)
    return str(caught.value)


def test_nothing_given_gives_the_defaults() -> None:
    assert load_config({}, {"PATH": "/bin"}, None) == Config()


def test_a_flag_goes_before_environment_file_and_default(tmp_path: Path) -> None:
    file = write(tmp_path / "c.toml", 'data = "file"\ntcp = "[::1]:1"\nmax_group = 7\n')
    environ = {"DESKCAL_DATA": "environment", "DESKCAL_TCP": "127.0.0.1:2"}

    config = load_config({"data": "flag", "tcp": None}, environ, file)

    assert (config.data, config.tcp, config.max_group) == ("flag", "127.0.0.1:2", 7)
    assert config.web == Config().web


def test_every_setting_can_be_given_in_each_of_the_three_ways(tmp_path: Path) -> None:
    samples = {"int": 5000, "float": 2.5, "bool": True, "choice": "debug", "str": "text"}
    special = {"tcp": "h:1", "web": "off", "default_timezone": "Europe/Nicosia"}
    special["webhook_networks"] = "10.0.0.0/8, fd00::/8"
    special["webhook_ca_file"] = str(write_certificate(tmp_path / "ca.pem"))
    for setting in settings():
        if setting.kind in ("numbers", "tables"):
            continue
        value = special.get(setting.name, samples[setting.kind])
        if setting.name in ("max_unsent_total_bytes",):
            value = 2**20
        if setting.name in ("tls_cert", "tls_key"):
            continue
        spelled = str(value).lower() if setting.kind == "bool" else str(value)
        toml = f'"{value}"' if setting.kind in ("str", "choice") else spelled
        file = write(tmp_path / "c.toml", f"{setting.name} = {toml}\n")

        from_flag = load_config({setting.name: spelled}, {}, None)
        from_environment = load_config({}, {setting.variable: spelled}, None)
        from_file = load_config({}, {}, file)

        assert getattr(from_flag, setting.name) == value
        assert from_flag == from_environment == from_file


def test_numbers_are_given_with_commas_and_in_the_file_as_an_array(tmp_path: Path) -> None:
    file = write(tmp_path / "c.toml", "outcome_required_types = [2, 4]\n")
    from_file = load_config({}, {}, file)
    assert from_file.outcome_required_types == (2, 4)
    assert load_config({"outcome_required_types": "2, 4"}, {}, None) == from_file
    assert load_config({}, {"DESKCAL_OUTCOME_REQUIRED_TYPES": "2,4"}, None) == from_file
    assert refusal({"outcome_required_types": "calls"}) == (
        "outcome_required_types = 'calls' (from flag --outcome-required-types) must be numbers "
        "from 0 to 6 with commas between, such as 2,4"
    )


def test_calling_hours_are_a_table_for_each_brand(tmp_path: Path) -> None:
    text = (
        '[calling_hours.default]\nhours = "09:00-20:00"\nweekdays = [1, 5]\n'
        'holidays = ["2026-12-25", 2027-01-01]\ntimezone = "Asia/Nicosia"\n'
    )
    config = load_config({}, {}, write(tmp_path / "c.toml", text))
    assert config.calling_hours == {
        "default": HoursTable(
            hours="09:00-20:00",
            weekdays=(1, 5),
            holidays=(dt.date(2026, 12, 25), dt.date(2027, 1, 1)),
            timezone="Asia/Nicosia",
        )
    }
    json = '{"north gate":{"hours":"22:00-02:00"}}'
    assert load_config({"calling_hours": json}, {}, None).calling_hours == {
        "north gate": HoursTable(hours="22:00-02:00")
    }


@pytest.mark.parametrize(
    ("json", "expected"),
    [
        ('{"default":{"hours":"9-20"}}', "default.hours ('9-20') must be two clock times"),
        ('{"default":{"hour":"9-20"}}', "unknown field `hour`"),
        ("09:00", "must be a table for each brand, as JSON outside of the file"),
    ],
)
def test_calling_hours_that_can_not_be_used_say_what_is_wrong(json: str, expected: str) -> None:
    assert expected in refusal({"calling_hours": json})


def test_a_value_of_the_wrong_type_names_setting_value_source_and_rule(tmp_path: Path) -> None:
    file = write(tmp_path / "c.toml", 'max_group = "many"\n')

    assert refusal({"max_group": "many"}) == (
        "max_group = 'many' (from flag --max-group) must be an integer of at least 1"
    )
    assert refusal(environ={"DESKCAL_MAX_GROUP": "1.5"}) == (
        "max_group = '1.5' (from environment DESKCAL_MAX_GROUP) must be an integer of at least 1"
    )
    assert refusal(file=file) == (
        f"max_group = 'many' (from file {file}) must be an integer of at least 1"
    )


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("max_token_bytes", "2000000", "must be an integer from 256 to 1048576"),
        ("list_snapshot_sec", "5", "must be a finite number from 0 to 4"),
        ("request_deadline_sec", "1e9", "must be a finite number above 0, at most 86400"),
        ("webhook_ports", "443,65536", "must be numbers from 1 to 65535 with commas between"),
        ("webhook_retry_sec", "-1", "must be numbers of at least 0 with commas between"),
    ],
)
def test_the_rule_of_a_number_says_what_is_least_and_most(name: str, text: str, rule: str) -> None:
    assert rule in refusal({name: text})


def test_a_number_that_no_clock_and_no_database_can_take_is_refused() -> None:
    """A server would start with it, and then fail requests."""
    for setting in settings():
        if setting.kind in ("int", "float", "numbers"):
            assert setting.name in refusal({setting.name: "9" * 30})
    message = refusal({"series_horizon_sec": "1000000000000"})
    assert message.endswith("is too large; at most 3155760000 is possible")
    assert refusal({"webhook_retry_sec": "5,9999999999"}).endswith("3155760000 is possible")
    assert load_config({"change_retention_sec": "3155760000"}, {}, None)


@pytest.mark.parametrize("toml", ['"5000"', "5.0", "true", "[1]"])
def test_an_integer_in_the_file_is_an_integer(tmp_path: Path, toml: str) -> None:
    file = write(tmp_path / "c.toml", f"max_group = {toml}\n")
    assert "must be an integer of at least 1" in refusal(file=file)


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "soon", ""])
def test_a_timeout_is_a_finite_number_above_zero(text: str) -> None:
    assert "must be a finite number above 0" in refusal({"idle_timeout_sec": text})


@pytest.mark.parametrize(("text", "value"), [("1", True), ("TRUE", True), ("off", False)])
def test_a_switch_in_the_environment_takes_the_usual_words(text: str, value: bool) -> None:
    assert load_config({}, {"DESKCAL_DEMO": text}, None).demo is value


def test_a_switch_takes_no_other_words() -> None:
    assert "must be true or false" in refusal(environ={"DESKCAL_DEMO": "perhaps"})


def test_an_unknown_variable_is_refused_with_the_nearest_name() -> None:
    message = refusal(environ={"DESKCAL_MAX_MESAGE_BYTES": "1"})
    assert "(from environment) is no setting" in message
    assert "did you mean DESKCAL_MAX_MESSAGE_BYTES?" in message


def test_an_unknown_key_in_the_file_is_refused_with_a_hint(tmp_path: Path) -> None:
    file = write(tmp_path / "c.toml", "[server]\nport = 1\n")
    message = refusal(file=file)
    assert message.startswith("server = {'port': 1}")
    assert str(file) in message
    assert "deskcal serve --help" in message


def test_an_unknown_flag_is_refused() -> None:
    assert "from flags" in refusal({"prot": 1})


def test_variables_that_other_parts_read_are_left_alone() -> None:
    environ = {
        "DESKCAL_SECRET": "s",
        "DESKCAL_TOKEN": "t",
        "DESKCAL_CONNECT": "c",
        "DESKCAL_CONFIG": "f",
    }
    assert load_config({}, environ, None) == Config()


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    message = refusal(file=tmp_path / "none.toml")
    assert "none.toml can't be read: No such file or directory" in message


@pytest.mark.parametrize("content", [b"data = \n", b"data = '\xff'\n"])
def test_a_file_that_is_not_toml_is_reported(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(content)
    assert "is no TOML in UTF-8" in refusal(file=file)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8765", Address("127.0.0.1", 8765)),
        ("localhost:0", Address("localhost", 0)),
        ("[::1]:65535", Address("::1", 65535)),
        ("[::]:1", Address("::", 1)),
    ],
)
def test_an_address_reads_as_it_is_written(text: str, address: Address) -> None:
    assert listen_address(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    ["8765", "host", ":8765", "::1:8765", "[::1]", "[host]:1", "h:65536", "h:-1", "http://h:1", ""],
)
def test_what_is_no_address_is_refused_by_the_listeners(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|has a port"):
        listen_address(text)
    assert refusal({"tcp": text}).startswith(f"tcp = {text!r} (from flag --tcp) ")
    assert "`off`" in refusal({"web": text})


def test_the_web_listener_can_be_off() -> None:
    assert load_config({"web": "off"}, {}, None).web == "off"


@pytest.mark.parametrize("text", ["", "Mars/Olympus", "europe/nicosia", "../etc/passwd"])
def test_the_default_timezone_is_an_iana_name(text: str) -> None:
    assert "must be an IANA time zone" in refusal({"default_timezone": text})


def test_the_log_level_is_one_of_four_in_any_case() -> None:
    assert load_config({"log_level": "Warning"}, {}, None).log_level == "warning"
    assert "must be one of debug, error, info, warning" in refusal({"log_level": "loud"})


def test_the_data_directory_has_a_name() -> None:
    assert "data = '' (from flag --data) must not be empty" in refusal({"data": ""})


def test_tokens_are_signed_by_a_secret_or_by_keys() -> None:
    message = refusal({"jwt_keys": "k"}, {"DESKCAL_SECRET_FILE": "s"})
    assert message.startswith(
        "secret_file = 's' (from environment DESKCAL_SECRET_FILE) can't be used"
    )


@pytest.mark.parametrize(("one", "other"), [("tls_cert", "tls_key"), ("tls_key", "tls_cert")])
def test_certificate_and_key_come_together(one: str, other: str) -> None:
    assert refusal({one: "f"}).endswith(f"needs {other} too")
    assert load_config({one: "f", other: "g"}, {}, None)


def test_every_setting_has_a_meaning_and_every_limit_is_a_setting() -> None:
    table = {setting.name: setting for setting in settings()}
    assert all(setting.meaning for setting in table.values())
    assert set(Limits.__struct_fields__) < set(table)
    assert table["max_message_bytes"].flag == "--max-message-bytes"


@pytest.mark.parametrize("text", ["10.0.0.1/8", "localhost"])
def test_webhook_networks_are_cidrs(text: str) -> None:
    assert "must be CIDRs" in refusal({"webhook_networks": text})


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_the_file_of_cas_of_webhooks_is_read_at_the_start(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    assert "must be a PEM file of certificates" in refusal({"webhook_ca_file": str(path)})


@pytest.mark.parametrize("text", ["0", "70000", "https"])
def test_ports_of_webhooks_are_numbers_of_ports(text: str) -> None:
    assert "webhook_ports" in refusal({"webhook_ports": text})

"""The generated parts of the docs, and the tables that they are made of."""

from pathlib import Path

from deskcal.app.config import Config, settings
from deskcal.app.groups import GROUPS, OTHER, group_of
from deskcal.commands import COMMANDS
from deskcal.commands.filters import CommonFilters
from deskcal.tools.modules import first_sentence
from deskcal.tools.reference import commands, settings_by_group, written
from deskcal.tools.reference_texts import ORDER


def test_the_settings_have_a_row_each_in_the_table_of_their_group() -> None:
    rows = [line for line in settings_by_group().splitlines() if line.startswith("| `")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(Config.__struct_fields__)
    assert all(row.count("|") == 5 for row in rows)
    for default in (
        "`max_message_bytes` | 1048576 (1 MiB)",
        "`undo_sec` | 86400 (1 day)",
        "`trash_retention_sec` | 7776000 (90 days)",
        "`webhook_retry_sec` | 5,300,1800,7200,18000,36000,36000",
        "`webhook_ports` | none",
    ):
        assert any(row.startswith(f"| {default} | `DESKCAL_") for row in rows)


def test_groups_name_settings_that_exist_each_in_one_group() -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) <= {setting.name for setting in settings()}
    assert group_of("no_such_setting") == OTHER
    assert OTHER not in {group_of(setting.name) for setting in settings()}


def test_values_of_enumerations_and_literals_are_shown_as_they_are_sent() -> None:
    lines = commands().splitlines()
    assert any(line.startswith('| `group_by` | string | yes | `"day"` or') for line in lines)
    assert any(line.startswith("| `types` | array of int | no | `2` or `4` |") for line in lines)


def test_every_command_has_one_place_in_the_order_of_the_page() -> None:
    assert sorted(ORDER) == sorted(COMMANDS)


def test_commands_that_may_be_repeated_say_so() -> None:
    sections = commands().split("\n### ")[1:]
    found = {one.partition("\n")[0] for one in sections if " Safe to repeat. " in one}
    assert found == {name for name, command in COMMANDS.items() if command.is_repeatable}


def test_filters_of_events_mean_the_same_in_every_command() -> None:
    rows = [line for line in commands().splitlines() if line.startswith("| `follows_id` |")]
    filters = [line for line in rows if line.endswith("| equal; 0: any |")]
    wanted = [one for one in COMMANDS.values() if issubclass(one.data, CommonFilters)]
    assert len(filters) == len(wanted) > 3


def test_only_the_text_between_markers_is_replaced() -> None:
    page = "before\n<!-- generated: sessions -->\nstale\n<!-- end of sessions -->\nafter\n"
    fresh = written(page)
    assert fresh.startswith("before\n<!-- generated: sessions -->\n")
    assert fresh.endswith("<!-- end of sessions -->\nafter\n")
    assert "stale" not in fresh and "SESSION_MANAGER" in fresh


def test_the_first_sentence_of_a_docstring_ends_at_its_full_stop(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""What `a.b` is. More of\nit.\n\nAnd more."""\n', encoding="utf-8")
    assert first_sentence(module) == "What `a.b` is"
    module.write_text('"""Two lines\nof one."""\n', encoding="utf-8")
    assert first_sentence(module) == "Two lines of one"
    module.write_text("", encoding="utf-8")
    assert first_sentence(module) == ""

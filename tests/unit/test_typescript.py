"""The page's types are the server's."""

from pathlib import Path

from deskcal.commands import COMMANDS
from deskcal.core.event import Event
from deskcal.tools.typescript import types

GENERATED = Path(__file__).parents[2] / "web" / "src" / "types.gen.ts"


def test_the_generated_file_is_fresh() -> None:
    """Run `python -m deskcal.tools.typescript > web/src/types.gen.ts` when this fails."""
    assert GENERATED.read_text("utf-8") == types()


def test_every_command_and_every_field_of_an_event_is_there() -> None:
    text = types()
    for name in COMMANDS:
        assert f"  {name}: {{ data: " in text
    row = text.split("export interface EventRow {")[1].split("}")[0]
    assert [line.split(":")[0].strip().rstrip("?") for line in row.strip().splitlines()] == list(
        Event.__struct_fields__
    )


def test_what_may_be_absent_is_optional_and_null_is_a_type_of_its_own() -> None:
    text = types()
    assert "  title?: string | null;" in text
    assert "  deskFilter: string;" in text
    assert "  participants: ParticipantRow[];" in text

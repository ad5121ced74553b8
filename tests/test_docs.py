"""The documentation is complete, its generated parts are fresh, and its links have a target."""

import re
from pathlib import Path

import click
import pytest

from deskcal.app.config import settings
from deskcal.cli.main import main
from deskcal.cli.webhook import webhook
from deskcal.commands import COMMANDS
from deskcal.core.event import Event
from deskcal.errors import BY_CODE
from deskcal.tools import reference
from deskcal.tools.modules import ORDER, packages

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COMMAND = re.compile(r"deskcal (serve|token|call|watch|check|demo|export|import)\b([^\n`|)]*)")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """Anchors of the headings, as common renderers of Markdown make them."""
    text = _FENCED.sub("", path.read_text(encoding="utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("name", reference.FILES)
def test_the_generated_parts_are_fresh(name: str) -> None:
    text = text_of(name)
    assert reference.written(text) == text, "run `make docs`"


@pytest.mark.parametrize("name", reference.FILES)
def test_every_part_of_a_page_has_its_markers(name: str) -> None:
    found = re.findall(r"<!-- generated: (\w+) -->", text_of(name))
    assert sorted(found) == sorted(reference.FILES[name])


def test_every_package_is_in_the_table_of_modules() -> None:
    assert packages() == set(ORDER)


def test_every_field_and_answer_is_explained() -> None:
    assert reference.unexplained() == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_section(name: str) -> None:
    assert name.lower() in anchors(DOCS / "protocol.md")


@pytest.mark.parametrize("code", BY_CODE)
def test_an_error_code_is_in_the_docs(code: str) -> None:
    assert f"`{code}`" in text_of("docs/protocol.md")


@pytest.mark.parametrize("field", Event.__struct_fields__)
def test_a_field_of_the_event_is_in_the_docs(field: str) -> None:
    assert f"| `{field}` |" in text_of("docs/protocol.md")


@pytest.mark.parametrize("setting", [setting.name for setting in settings()])
def test_a_setting_is_in_the_docs(setting: str) -> None:
    assert f"| `{setting}` |" in text_of("docs/operations.md")


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_has_a_target(path: Path) -> None:
    dead = []
    for link in _LINK.findall(_FENCED.sub("", path.read_text(encoding="utf-8"))):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_make_targets_that_are_named_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    known = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    assert named <= known


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_commands_and_options_that_are_shown_exist(path: Path) -> None:
    shown = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for name, rest in _COMMAND.findall(shown):
        command = main.commands[name]
        assert isinstance(command, click.Command)
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert set(re.findall(r"(?<!\S)(--[a-z][a-z-]*)", rest)) <= known


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_commands_of_groups_that_are_shown_exist(path: Path) -> None:
    shown = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for name, rest in re.findall(r"deskcal webhook ([a-z-]+)([^\n`|)]*)", shown):
        command = webhook.commands[name]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert set(re.findall(r"(?<!\S)(--[a-z][a-z-]*)", rest)) <= known


def test_the_commands_that_the_readme_sends_exist() -> None:
    sent = re.findall(r"\b(?:Mng\w+|Subscribe|Unsubscribe|Ping)\b", text_of("README.md"))
    assert sent
    assert set(sent) <= COMMANDS.keys()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_names_no_path_of_the_machine_it_was_written_on(path: Path) -> None:
    assert re.findall(r"/(?:work|tmp|root|home)/\S*", path.read_text(encoding="utf-8")) == []

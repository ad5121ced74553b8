"""The documentation is complete, its generated parts are fresh, and its links have a target."""

import json
import re
import tomllib
from pathlib import Path

import click
import pytest

from deskcal.app.config import settings
from deskcal.cli.main import main
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
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^ *```.*?^ *```$|`[^`]+`", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|bin/|[`( ])(?<!from )deskcal ([a-z][^\n`|)>#]*)", re.MULTILINE)
_NO_COMMANDS = {"zones=2026f"}
"""What follows the name in code that is no command, but the name of a connection."""


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


def shown_commands(text: str) -> list[list[str]]:
    """The words after `deskcal` of each command in code: `["serve", "--data", "DIR"]`."""
    code = "\n".join(_CODE.findall(text)).replace("\\\n", " ")
    words = [shown.split() for shown in _COMMAND.findall(code)]
    return [shown for shown in words if shown[0] not in _NO_COMMANDS]


def unknown_in(words: list[str]) -> set[str]:
    """What of a command the command line does not have: its name, one of a group, or options."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return {words[0]}
        command, words = command.commands[words[0]], words[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return {word for word in words if re.fullmatch("--[a-z][a-z-]*", word)} - known


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_commands_and_options_that_are_shown_exist(path: Path) -> None:
    shown = shown_commands(path.read_text(encoding="utf-8"))
    assert [words for words in shown if unknown_in(words)] == []


def test_shown_commands_are_found_in_code_alone() -> None:
    """Otherwise the test above would pass without having looked at anything."""
    text = "deskcal has `deskcal ics export --desk D`\n```\n$ deskcal call \\\n  --tls | cat\n```\n"
    assert shown_commands(text) == [["ics", "export", "--desk", "D"], ["call", "--tls"]]
    wrong = (["sevre"], ["ics", "exprot"], ["device", "add", "--nmae", "N"], ["demo", "--nmae"])
    assert [unknown_in(words) for words in wrong] == [{"sevre"}, {"exprot"}, {"--nmae"}, {"--nmae"}]


@pytest.mark.parametrize("name", main.commands)
def test_a_command_of_the_command_line_is_in_the_docs(name: str) -> None:
    assert f"`deskcal {name}`" in text_of("docs/operations.md")


def dependencies() -> list[str]:
    """Names of the packages that pyproject.toml and web/package.json name."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    python = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    page = json.loads(text_of("web/package.json"))
    node = [*page["dependencies"], *page["devDependencies"]]
    return [re.split(r"[\[<>=]", name)[0] for name in python] + node


@pytest.mark.parametrize("name", dependencies())
def test_a_dependency_is_in_the_decisions(name: str) -> None:
    """Types (`@types/react`) come with what they are of; ProseMirror's modules are a family."""
    short = name.removeprefix("@types/").removeprefix("prosemirror")
    texts = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.glob("decisions/0*.md"))
    assert re.search(rf"(?<!\w){re.escape(short)}(?![\w-])", texts, re.IGNORECASE)


def test_the_commands_that_the_readme_sends_exist() -> None:
    sent = re.findall(r"\b(?:Mng\w+|Subscribe|Unsubscribe|Ping)\b", text_of("README.md"))
    assert sent
    assert set(sent) <= COMMANDS.keys()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_names_no_path_of_the_machine_it_was_written_on(path: Path) -> None:
    assert re.findall(r"/(?:work|tmp|root|home)/\S*", path.read_text(encoding="utf-8")) == []

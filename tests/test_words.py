"""Plain technical English: words that stand for something else are not used.

A reader of the field must not have to translate: the word is that of PostgreSQL's, Kafka's or the
RFCs' documentation. `docs/glossary.md` has the words of our own.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORDS = {
    "told": "answered, reported, sent",
    "heard": "received, fetched",
    "news": "new messages, changes, what is new",
    "sight": "visibility, visible to",
    "land(ed|ing|s)": "committed, applied",
    "house": "host, server",
    "app store": "backend",
    "whoever": "who, the holder, anybody who",
    "stranger": "unauthenticated connection",
    "guests?": "participant, connection",
    "nowhere": "in no ...",
    "anew": "again",
    "at hand": "cached",
    "in one go": "at once, in one transaction",
    "takes up": "stages, adds, notes",
    "took up": "staged, added, noted",
    "taken up": "staged, added, noted",
    "ear of": "listener of",
    "beside (it|them)": "next to it, besides, meanwhile",
    "beside (a )?running": "while a server runs",
    "tells? of": "says, reports, shows, answers",
    "abreast": "at the same cursor",
}
"""What to write instead."""
EXAMPLES = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def sources(*folders: str) -> list[Path]:
    """Without what is installed there, as by `make compat`."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if not {".venv", "node_modules"} & set(path.parts))


def words_in(text: str) -> list[str]:
    """The words of the table that a text uses; `_` of names counts as a blank."""
    plain = re.sub(r"[_\s]+", " ", text.lower())
    return [word for word in WORDS if re.search(rf"\b{word}\b", plain)]


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_pages_use_the_words_of_the_field(path: Path) -> None:
    assert words_in(EXAMPLES.sub("", path.read_text("utf-8"))) == []


def test_the_source_uses_the_words_of_the_field() -> None:
    found = {str(path): words_in(path.read_text("utf-8")) for path in sources("src", "bench")}
    assert {path: words for path, words in found.items() if words} == {}


def test_the_page_uses_the_words_of_the_field() -> None:
    paths = [path for path in sorted((ROOT / "web/src").rglob("*")) if path.is_file()]
    found = {str(path): words_in(separated(path.read_text("utf-8"))) for path in paths}
    assert {path: words for path, words in found.items() if words} == {}


def separated(text: str) -> str:
    """The words of names such as `newParticipant` apart."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)


def test_names_of_tests_use_the_words_of_the_field() -> None:
    found = {str(path): words_in(" ".join(names_in(path))) for path in sources("tests")}
    assert {path: words for path, words in found.items() if words} == {}


def names_in(path: Path) -> Iterator[str]:
    """Names of tests."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name if node.name.startswith("test_") else ""

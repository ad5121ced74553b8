"""The table of modules in ARCHITECTURE.md, from the docstrings of packages and modules.

Reads the source and imports none of it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1]
ORDER = (
    "core",
    "wire",
    "ical",
    "store",
    "live",
    "commands",
    "server",
    "http",
    "demo",
    "app",
    "cli",
    "client",
    "tools",
)
"""Packages in the order of the table: as the layers import each other."""

_END_OF_SENTENCE = re.compile(r"(?<=\.)\s")


def module_rows() -> Iterator[tuple[str, str]]:
    """Name and contents of each package, in bold, and of each module, in Markdown."""
    for path in sorted(SOURCE.glob("*.py")):
        if path.name != "__init__.py":
            yield f"`{path.stem}`", first_sentence(path)
    for package in ORDER:
        yield from _package(SOURCE / package)


def packages() -> set[str]:
    """Names of the packages that exist; `ORDER` has to list each."""
    return {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def _package(directory: Path) -> Iterator[tuple[str, str]]:
    """The row of a package, of its modules, then those of the packages inside it."""
    name = directory.relative_to(SOURCE).as_posix()
    yield f"**`{name}/`**", f"**{first_sentence(directory / '__init__.py')}**"
    for path in sorted(directory.glob("*.py")):
        if path.name != "__init__.py":
            yield f"`{name}/{path.stem}`", first_sentence(path)
    for inner in sorted(directory.glob("*/__init__.py")):
        yield from _package(inner.parent)


def first_sentence(path: Path) -> str:
    """The first sentence of a module's docstring, without its full stop; empty if it has none."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(text.split("\n\n")[0].split())
    return _END_OF_SENTENCE.split(paragraph)[0].rstrip(".")

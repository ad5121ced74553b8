"""The structure: who imports whom, what is pure, how long a file and a function may be.

Reads the source with `ast` and runs none of it. A package that `LAYERS` does not list fails here:
add it.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "deskcal"

LAYERS: tuple[set[str], ...] = (
    {"errors", "limits"},
    {"incidents", "threads"},
    {"core"},
    {"wire", "ical"},
    {"store"},
    {"live"},
    {"commands"},
    {"server"},
    {"http"},
    {"demo"},
    {"app"},
    {"cli", "tools"},
)
"""Packages from left to right; one imports itself and those to its left, never in a circle."""

PURE = {"errors", "limits", "core", "wire"}
"""Packages that do no I/O, await nothing and read no clock."""

ONLY_IMPORTS = {
    "client": {"client", "errors", "core", "wire"},
    "deskcal": {"client", "errors", "core"},
}
"""Packages beside the layers, and all that they may import; `deskcal` is the package itself."""

ONLY_IMPORTED_BY = {
    "client": {"client", "cli", "deskcal"},
    "deskcal": {"cli", "app", "http"},
}
"""Packages beside the layers, and all that may import them."""

BACKENDS = ("store.sqlite", "store.postgres")

IMPURE = {"asyncio", "logging", "time", "socket", "os"}
DATABASES = {"apsw", "sqlite3", "psycopg", "psycopg_pool", "asyncpg"}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def modules() -> dict[str, ast.Module]:
    """The parsed source of each module by its name within the package: `store.sqlite`."""
    return {name_of(path): ast.parse(path.read_text("utf-8")) for path in paths()}


def paths() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    """`store/__init__.py` is `store`; the package itself is `deskcal`."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "deskcal"


def package_of(name: str) -> str:
    """The top-level package that a module belongs to: `client.link` to `client`."""
    return name.split(".")[0]


def imported_names(name: str) -> set[str]:
    """Full dotted names of whatever a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imports(name: str) -> set[str]:
    """Modules of ours that a module imports."""
    ours = {full for full in imported_names(name) if full.split(".")[0] == "deskcal"}
    return {our_module(full) for full in ours} - {name}


def our_module(full: str) -> str:
    """`deskcal.store.ports.Store` is the module `store`, `deskcal.demo.calendar` is `demo`."""
    name = full.removeprefix("deskcal").removeprefix(".")
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name or "deskcal"


def rank(package: str) -> int:
    """Position of a package in `LAYERS`; past the end where it is not listed."""
    return next((number for number, layer in enumerate(LAYERS) if package in layer), len(LAYERS))


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def public(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """Classes, functions and methods with a public name; also members of protocols."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        for item in members:
            if isinstance(item, Function) and not item.name.startswith("_"):
                yield item


NAMES = [name_of(path) for path in paths()]
PURE_NAMES = [name for name in NAMES if package_of(name) in PURE]


def test_modules_and_imports_are_found() -> None:
    """Otherwise the tests below would pass without having looked at anything."""
    assert {"errors", "core.event", "core.draft", "wire.frames"} <= set(PURE_NAMES)
    assert "core.document" in imports("core.draft")


def test_the_architecture_page_shows_these_layers() -> None:
    lines = (ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()
    [shown] = [line for line in lines if line.startswith("errors, limits <")]
    assert [set(layer.split(", ")) for layer in shown.split(" < ")] == list(LAYERS)


@pytest.mark.parametrize("name", NAMES)
def test_every_module_belongs_to_a_layer(name: str) -> None:
    assert package_of(name) in set[str]().union(*LAYERS, ONLY_IMPORTS)


@pytest.mark.parametrize("name", NAMES)
def test_one_backend_does_not_import_the_other(name: str) -> None:
    for backend in BACKENDS:
        if name.startswith(backend):
            others = tuple(other for other in BACKENDS if other != backend)
            assert [used for used in imports(name) if used.startswith(others)] == []


@pytest.mark.parametrize("name", NAMES)
def test_one_module_alone_knows_which_backends_there_are(name: str) -> None:
    others = {used for used in imports(name) if used.startswith(BACKENDS)}
    assert not others or name == "app.backends" or name.startswith(BACKENDS)


def test_the_store_has_the_modules_of_the_drawing_and_a_package_for_each_database() -> None:
    own = {name for name in NAMES if name.startswith("store.") and name.count(".") == 1}
    modules = {"ports", "backend", "columns", "batch", "cache", "lists"}
    modules |= {"consistency", "object_check"}
    assert own == {f"store.{name}" for name in (*modules, "transfer", "sqlite", "postgres")}


@pytest.mark.parametrize("name", NAMES)
def test_a_module_imports_nothing_to_the_right_of_it(name: str) -> None:
    package, used = package_of(name), {package_of(other) for other in imports(name)}
    if package in ONLY_IMPORTS:
        assert used <= ONLY_IMPORTS[package]
    else:
        layered = used - ONLY_IMPORTS.keys()
        assert {other for other in layered if rank(other) > rank(package)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_client_is_imported_by_listed_packages_only(name: str) -> None:
    used = {package_of(other) for other in imports(name)} & ONLY_IMPORTED_BY.keys()
    assert {other for other in used if package_of(name) not in ONLY_IMPORTED_BY[other]} == set()


def test_there_is_no_cycle_of_imports() -> None:
    left = {name: imports(name) for name in NAMES}
    while left:
        free = {name for name, used in left.items() if not used & left.keys()}
        assert free, f"a cycle among {sorted(left)}"
        left = {name: used for name, used in left.items() if name not in free}


@pytest.mark.parametrize("name", NAMES)
def test_a_module_imports_at_its_top_only(name: str) -> None:
    inside = [
        (function.name, node.lineno)
        for function in functions(modules()[name])
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


@pytest.mark.parametrize("name", PURE_NAMES)
def test_the_pure_core_does_no_io_awaits_nothing_and_reads_no_clock(name: str) -> None:
    used = {full.split(".")[0] for full in imported_names(name)}
    nodes = list(ast.walk(modules()[name]))
    assert used & (IMPURE | DATABASES) == set()
    assert [n.lineno for n in nodes if isinstance(n, ast.AsyncFunctionDef | ast.Await)] == []


@pytest.mark.parametrize("name", [name for name in NAMES if package_of(name) != "store"])
def test_database_drivers_are_imported_by_the_store_alone(name: str) -> None:
    assert {full.split(".")[0] for full in imported_names(name)} & DATABASES == set()


@pytest.mark.parametrize("name", [name for name in NAMES if package_of(name) != "cli"])
def test_only_the_command_line_prints(name: str) -> None:
    called = [node.func for node in ast.walk(modules()[name]) if isinstance(node, ast.Call)]
    assert [c.lineno for c in called if isinstance(c, ast.Name) and c.id == "print"] == []


def written_files() -> list[Path]:
    """All files of Python and TypeScript that are written by hand: source, tests, benchmarks."""
    folders = ("src", "tests", "bench", "web/src", "web/tests")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.*")]
    return [
        path
        for path in found
        if path.suffix in (".py", ".ts", ".tsx", ".mjs", ".css") and ".gen." not in path.name
        if not {".venv", "node_modules"} & set(path.parts)
    ]


def test_a_file_has_400_lines_at_most() -> None:
    files = written_files()
    lengths = {str(path): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {"conftest.py", "batch.py", "__main__.py"} <= {path.name for path in files}
    assert {path: n for path, n in lengths.items() if n > MAX_FILE_LINES} == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_function_has_50_lines_at_most(name: str) -> None:
    lengths = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in functions(modules()[name])}
    assert {f: length for f, length in lengths.items() if length > MAX_FUNCTION_LINES} == {}


@pytest.mark.parametrize("name", NAMES)
def test_modules_and_their_public_names_have_docstrings(name: str) -> None:
    tree = modules()[name]
    silent = [node.name for node in public(tree) if not ast.get_docstring(node)]
    assert ast.get_docstring(tree)
    assert silent == []

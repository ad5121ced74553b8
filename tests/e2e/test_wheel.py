"""The wheel, installed where there is no source tree. Source: docs/operations.md, "Install"."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from deskcal import __version__
from deskcal.http.page import page_directory
from e2e import process
from places import SqlitePlace

ROOT = Path(__file__).parents[2]
PIP = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--no-input"]
NEEDED = {
    "deskcal/py.typed",
    "deskcal/cli/main.py",
    "deskcal/store/postgres/migrations/0001_initial.sql",
    "deskcal/store/sqlite/migrations/0001_initial.sql",
}
"""Some of the files that are not found by a mistake of this test."""


def pip(*arguments: object) -> None:
    """Runs pip, which gets nothing from an index."""
    done = subprocess.run(
        [*PIP, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=process.WAIT_SEC,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the build backend that pyproject.toml names, which is installed for the tests."""
    directory = tmp_path_factory.mktemp("wheel")
    building = ("--no-index", "--no-deps", "--no-build-isolation", "--check-build-dependencies")
    pip("wheel", *building, "--wheel-dir", directory, ROOT)
    (made,) = directory.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel; its dependencies are those of the tests."""
    directory = tmp_path_factory.mktemp("installed")
    venv.create(directory, symlinks=True)
    pip("--python", directory, "install", "--no-index", "--no-deps", "--no-compile", wheel)
    (packages,) = directory.glob("lib/python*/site-packages")
    # After the installation: pip would find the editable one there. Python does not: of a
    # directory that is named in such a file it reads no such files.
    folders = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    (packages / "tests.pth").write_text("\n".join(folders), "utf-8")
    return directory


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_has_every_file_of_the_package(wheel: Path) -> None:
    paths = (ROOT / "src" / "deskcal").rglob("*")
    files = {path for path in paths if path.is_file() and path.suffix != ".pyc"}
    names = {path.relative_to(ROOT / "src").as_posix() for path in files}
    assert names >= NEEDED
    assert sorted(names - names_in(wheel)) == []


def test_it_has_the_built_page(wheel: Path) -> None:
    if not (page_directory() / "index.html").exists():
        pytest.skip("the page is not built: make web")
    assert "deskcal/http/static/index.html" in names_in(wheel)


async def test_its_command_and_its_modules_are_those_that_run(installed: Path) -> None:
    found = await process.run(str(installed / "bin" / "deskcal"), "--version")
    assert found == (0, f"deskcal, version {__version__}\n")
    code = "import deskcal; print(deskcal.__file__)"
    status, where = await process.run(str(installed / "bin" / "python"), "-I", "-c", code)
    assert status == 0
    assert Path(where.strip()).is_relative_to(installed)


async def test_its_server_makes_a_store_and_answers(installed: Path, tmp_path: Path) -> None:
    command = str(installed / "bin" / "deskcal")
    async with process.serve(SqlitePlace(tmp_path / "data"), command=[command]) as server:
        address = f"{server.host}:{server.port}"
        status, answer = await process.run(command, "call", "--connect", address, "Ping")
    assert (status, '"status": 200' in answer) == (0, True)

"""A new filterable field is one row in `store/columns` and one migration of each backend.

Proved on a copy of the package, to which exactly that is added.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import deskcal
from places import Place

ROW = '    Column("updated_by", _BIG, _EQUAL),\n'
LAST_ROW = '    Column("outcome", _TEXT, _EQUAL),\n'
MIGRATIONS = {
    "sqlite": """
        ALTER TABLE event ADD COLUMN updated_by INTEGER NOT NULL DEFAULT 0;
        UPDATE event SET updated_by = json_extract(CAST(document AS TEXT), '$.updated_by');""",
    "postgres": """
        ALTER TABLE event ADD COLUMN updated_by bigint NOT NULL DEFAULT 0;
        UPDATE event SET updated_by =
            (convert_from(document, 'UTF8')::json ->> 'updated_by')::bigint;""",
}
SCRIPT = """
import asyncio, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from deskcal.limits import Limits
from deskcal.store.columns import NAMES
from harness import open_desk, token
from places import PostgresPlace, SqlitePlace
from pathlib import Path

async def main():
    assert "updated_by" in NAMES
    option, where = sys.argv[3:]
    place = SqlitePlace(Path(where)) if option == "--data" else PostgresPlace(where)
    async with open_desk(place) as desk:
        assert await desk.rows(token(11), updated_by=11) == ([1], 1)
        new = await desk.add(token(10))
        assert await desk.rows(token(10), updated_by=12) == ([], 0)
        await desk.event(token(12), "MngUpdateCalendarEvent", id=new["id"], title="other")
        assert await desk.rows(token(10), updated_by=12) == ([new["id"]], 1)
        assert await desk.rows(token(10), updated_by=12, manager_id=10) == ([new["id"]], 1)
        changes = await desk.call(
            token(10), "MngGetCalendarChanges", since=0, deskFilter="*", updated_by=12)
        assert [one["id"] for one in changes["data"]["changes"]][-1] == new["id"]
    backend = place.backend(Limits())
    assert (await asyncio.to_thread(backend.check)).differences == []

asyncio.run(main())
"""


async def test_one_row_and_one_migration_make_a_field_filterable(
    place: Place, tmp_path: Path
) -> None:
    copy = tmp_path / "copy" / "deskcal"
    source = Path(deskcal.__file__).parent
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "static"))
    table = copy / "store" / "columns" / "__init__.py"
    text = table.read_text("utf-8")
    assert text.count(LAST_ROW) == 1
    table.write_text(text.replace(LAST_ROW, LAST_ROW + ROW), "utf-8")
    run(tmp_path, "fill.py", FILL, source.parent, place)
    for backend, statement in MIGRATIONS.items():
        path = copy / "store" / backend / "migrations" / "9999_updated_by.sql"
        path.write_text(statement, "utf-8")
    run(tmp_path, "script.py", SCRIPT, copy.parent, place)


FILL = """
import asyncio, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from harness import open_desk, token
from places import PostgresPlace, SqlitePlace
from pathlib import Path

async def main():
    option, where = sys.argv[3:]
    place = SqlitePlace(Path(where)) if option == "--data" else PostgresPlace(where)
    async with open_desk(place) as desk:
        await desk.add(token(10))
        await desk.event(token(11), "MngUpdateCalendarEvent", id=1, title="before")

asyncio.run(main())
"""
"""With the package as it is: an event that the migration is to bring up to date."""


def run(directory: Path, name: str, script: str, package: Path, place: Place) -> None:
    path = directory / name
    path.write_text(script, "utf-8")
    tests = Path(__file__).parents[1]
    command = [sys.executable, str(path), str(package), str(tests), *place.options]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=100, env=os.environ, check=False
    )
    assert done.returncode == 0, done.stderr

"""The embedded store as a `Backend`: a SQLite database in a directory of its own."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from deskcal.core.all_day import UTC
from deskcal.core.directory import Directory
from deskcal.limits import Limits
from deskcal.store.backend import BlockingDevices
from deskcal.store.ports import CheckReport, Store
from deskcal.store.sqlite.check import check_sqlite
from deskcal.store.sqlite.devices import SqliteDevicesIn
from deskcal.store.sqlite.directory import directory_in, put_in
from deskcal.store.sqlite.schema import migrations
from deskcal.store.sqlite.store import open_sqlite
from deskcal.store.sqlite.transfer import export_sqlite, import_sqlite
from deskcal.store.transfer.export import Export, OnProgress


class SqliteBackend(Struct, frozen=True):
    """A `Backend`; one server at a time."""

    path: Path
    """The data directory."""
    limits: Limits
    default_timezone: str = UTC
    is_shared: bool = False

    def describe(self) -> str:
        """Names the directory."""
        return f"data in {self.path}"

    def migrations(self) -> list[str]:
        """SQL scripts of the schema."""
        return migrations()

    async def open(self) -> Store:
        """The store; a lock keeps other servers out until it is closed."""
        return await open_sqlite(self.path, self.limits, default_timezone=self.default_timezone)

    def check(self) -> CheckReport:
        """Reads the whole store."""
        return check_sqlite(self.path)

    def export(
        self,
        write: Callable[[bytes], object],
        on_progress: OnProgress,
        *,
        with_secrets: bool = False,
    ) -> None:
        """Writes every row."""
        export_sqlite(self.path, write, on_progress, with_secrets=with_secrets)

    def import_(self, export: Export, on_progress: OnProgress) -> None:
        """Imports in one transaction."""
        import_sqlite(self.path, export, on_progress)

    def directory(self) -> Directory:
        """Reads managers and desks."""
        return directory_in(self.path)

    def put_directory(self, names: Directory) -> None:
        """Adds or replaces them."""
        put_in(self.path, names)

    def devices(self) -> BlockingDevices:
        """Reads and writes them."""
        return SqliteDevicesIn(self.path)

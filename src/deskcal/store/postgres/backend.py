"""The store on PostgreSQL as a `Backend`: one database that several servers share."""

import asyncio
from collections.abc import Callable

from msgspec import Struct

from deskcal.core.all_day import UTC
from deskcal.core.directory import Directory
from deskcal.limits import Limits
from deskcal.store.backend import BlockingDevices
from deskcal.store.ports import CheckReport, Store
from deskcal.store.postgres.check import check_postgres
from deskcal.store.postgres.devices import PostgresDevicesAt
from deskcal.store.postgres.directory import directory_at, put_at
from deskcal.store.postgres.schema import migrations
from deskcal.store.postgres.store import open_postgres
from deskcal.store.postgres.transfer import export_postgres, import_postgres
from deskcal.store.postgres.url import shown
from deskcal.store.transfer.export import Export, OnProgress


class PostgresBackend(Struct, frozen=True):
    """A `Backend`; any number of servers."""

    url: str
    """A connection URI or `key=value` pairs, as libpq takes them."""
    limits: Limits
    default_timezone: str = UTC
    is_shared: bool = True

    def describe(self) -> str:
        """Names host and database, without user and password. Raises: StoreError."""
        return f"database {shown(self.url)}"

    def migrations(self) -> list[str]:
        """SQL scripts of the schema."""
        return migrations()

    async def open(self) -> Store:
        """The store, with a pool of connections."""
        return await open_postgres(self.url, self.limits, default_timezone=self.default_timezone)

    def check(self) -> CheckReport:
        """Reads the whole store."""
        return check_postgres(self.url, self.limits)

    def export(
        self,
        write: Callable[[bytes], object],
        on_progress: OnProgress,
        *,
        with_secrets: bool = False,
    ) -> None:
        """Writes every row."""
        asyncio.run(
            export_postgres(self.url, self.limits, write, on_progress, with_secrets=with_secrets)
        )

    def import_(self, export: Export, on_progress: OnProgress) -> None:
        """Imports page by page; one that was interrupted continues after its last page."""
        asyncio.run(import_postgres(self.url, self.limits, export, on_progress))

    def directory(self) -> Directory:
        """Reads managers and desks."""
        return directory_at(self.url, self.limits)

    def put_directory(self, names: Directory) -> None:
        """Adds or replaces them."""
        put_at(self.url, self.limits, names)

    def devices(self) -> BlockingDevices:
        """Reads and writes them."""
        return PostgresDevicesAt(self.url, self.limits)

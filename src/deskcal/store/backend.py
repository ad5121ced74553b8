"""What a database backend supplies: one class with these methods in each of their packages.

The settings choose the class in `app.backends`, and nothing else asks which backend is in use.
"""

from collections.abc import Callable
from importlib import resources
from typing import Protocol

from deskcal.core.devices import Device
from deskcal.core.directory import Directory
from deskcal.store.ports import CheckReport, Store, StoreError
from deskcal.store.transfer.export import Export, OnProgress


class BlockingDevices(Protocol):
    """What `DeviceStore` offers to the command line. Every method raises StoreError."""

    def add(self, device: Device, most: int) -> Device | None:
        """Adds `device`; None: its manager has `most` of them already."""

    def all(self, manager_id: int) -> list[Device]:
        """The devices of a manager, by id; none where there is no store yet."""

    def delete(self, manager_id: int, device_id: int) -> bool:
        """Whether the manager had that device."""


class Backend(Protocol):
    """One store: where it is, and all that can be done with it. Nothing is opened before a call.

    Every method raises StoreError if the store can't be used. All but `open` block, and run their
    own event loop where they need one.
    """

    @property
    def is_shared(self) -> bool:
        """Whether several servers can use the store at the same time."""

    def describe(self) -> str:
        """Where the store is, without credentials: "data in DIR", "database postgresql://HOST"."""

    def migrations(self) -> list[str]:
        """SQL scripts of the schema, version 1 first."""

    async def open(self) -> Store:
        """The store, created on first use and migrated to the newest schema."""

    def check(self) -> CheckReport:
        """Compares documents, index and changes in one snapshot; changes nothing."""

    def export(
        self,
        write: Callable[[bytes], object],
        on_progress: OnProgress,
        *,
        with_secrets: bool = False,
    ) -> None:
        """Writes every row of one snapshot, one line for each call of `write`.

        `with_secrets`: the secrets of webhooks, too; those without are exported as paused.
        """

    def import_(self, export: Export, on_progress: OnProgress) -> None:
        """Puts all of `export` into an empty store. Raises: BadExport, too."""

    def directory(self) -> Directory:
        """Managers and desks by name; empty where there is no store yet."""

    def put_directory(self, names: Directory) -> None:
        """Adds or replaces what `names` has, also while servers use the store."""

    def devices(self) -> BlockingDevices:
        """The devices, also while servers use the store."""


def migrations(package: str) -> list[str]:
    """SQL scripts in the folder `migrations` of a backend's package, version 1 first.

    One file for each schema version, forward only; an older file is never changed.
    """
    folder = resources.files(package).joinpath("migrations")
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return [entry.read_text(encoding="utf-8") for entry in sorted(files, key=lambda e: e.name)]


def other_version(place: str, version: int, known: int) -> StoreError:
    """The refusal of a store whose schema is not that of this deskcal; `place` names the store."""
    what = f"the store in {place} has schema version {version}, this deskcal knows {known}: "
    if version > known:
        return StoreError(f"{what}run the newer deskcal that wrote it")
    return StoreError(
        f"{what}a server of this version brings it up to date when it starts, once that of the "
        "older version has stopped"
    )

"""A disk that can be watched and broken: an SQLite VFS over the real one.

Writes go to the real files at once, as into a page cache; a journal keeps which of them a sync has
covered. `copy_durable` makes the files as a power cut now would leave them. A sync that fails loses
what it should have covered for good, as Linux does: later syncs don't bring it back.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct


class _Write(Struct):
    offset: int
    data: bytes | None
    """None: the file was cut off at `offset`."""


class _Journal(Struct):
    """What was written to one file, apart from what reached the disk."""

    durable: bytearray
    pending: list[_Write]


class FaultyDisk(apsw.VFS):
    """Use it as `open_sqlite(directory, limits, vfs=disk.name)`; `close` it in the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.syncs = 0
        """Syncs that have returned."""
        self.failing: set[str] = set()
        """Of "sync", "write", "read", "open": what fails with an I/O error."""
        self.room: int | None = None
        """Bytes that can be written until the disk is full; None: any number."""
        self.on_sync: Callable[[], None] = lambda: None
        """Called on the thread that syncs, before the sync returns."""
        self._lock = threading.Lock()
        self._journals: dict[str, _Journal] = {}
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        if "open" in self.failing:
            raise apsw.CantOpenError("no such disk")
        return _File(self, name, flags)

    def xDelete(self, name: str, sync_directory: bool) -> None:
        with self._lock:
            self._journals.pop(name, None)
        super().xDelete(name, sync_directory)

    def begin(self, name: str) -> None:
        """Adds a file; what is in it already is on the disk."""
        with self._lock:
            if name not in self._journals:
                path = Path(name)
                found = path.read_bytes() if path.exists() else b""
                self._journals[name] = _Journal(bytearray(found), [])

    def note(self, name: str, offset: int, data: bytes | None) -> None:
        """A write, or a cut, that is not on the disk yet."""
        if "write" in self.failing:
            raise apsw.IOError("write failed")
        with self._lock:
            if self.room is not None and data is not None:
                if self.room < len(data):
                    raise apsw.FullError("disk is full")
                self.room -= len(data)
            self._journals[name].pending.append(_Write(offset, data))

    def sync(self, name: str) -> None:
        """What was written so far reaches the disk, or is lost."""
        with self._lock:
            journal = self._journals[name]
            if "sync" not in self.failing:
                for write in journal.pending:
                    _apply(journal.durable, write)
            journal.pending.clear()
            failed = "sync" in self.failing
        if failed:
            raise apsw.IOError("sync failed")

    def synced(self) -> None:
        """A sync is about to return."""
        self.on_sync()
        self.syncs += 1

    def copy_durable(self, directory: Path) -> None:
        """The files as a power cut now would leave them; the lost shared memory is made again."""
        directory.mkdir()
        with self._lock:
            for name, journal in self._journals.items():
                (directory / Path(name).name).write_bytes(journal.durable)

    def close(self) -> None:
        """SQLite forgets it."""
        self.unregister()


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        path = name if name is None or isinstance(name, str) else name.filename()
        self._name: str = path or ""
        if self._name:
            disk.begin(self._name)
        super().__init__("", name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:
        if self._name and "read" in self._disk.failing:
            raise apsw.IOError("read failed")
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._name:
            self._disk.note(self._name, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        if self._name:
            self._disk.note(self._name, size, None)
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        if self._name:
            self._disk.sync(self._name)
        super().xSync(flags)
        self._disk.synced()


def _apply(file: bytearray, write: _Write) -> None:
    if write.data is None:
        del file[write.offset :]
        return
    if len(file) < write.offset:
        file.extend(bytes(write.offset - len(file)))
    file[write.offset : write.offset + len(write.data)] = write.data

"""A whole store as a file of lines, to move it elsewhere. Pure: no file is opened here.

One JSON object a line. The first has the counts of what follows, then comes each row under the
name of its kind, kinds and rows in order; the last has the number of lines before it and their
SHA-256, so that a file that was cut off is found. Documents are written byte for byte. What can be
derived (index columns, collections) is left out.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.store.transfer.rows import DOCUMENTS, KINDS, EventLine, Head

FORMAT = 1
MAX_LINE_BYTES = 64 * 1024 * 1024
"""No row is as long; readers of a file stop there."""
PAGE_ROWS = 5_000
PAGE_BYTES = 8 * 1024 * 1024
"""A page ends after so many rows or bytes of lines."""

OnProgress = Callable[[int, int], object]
"""`on_progress(lines, all_lines)`, now and then: how far it is."""

_ORDER = {kind: number for number, kind in enumerate(KINDS, 1)}


class _End(Struct, frozen=True):
    lines: int
    sha256: str


class Page(Struct):
    """Some rows of an export, and how far it was read with them."""

    rows: dict[str, list[Any]]
    """By kind: those of the directory, `StoredEvent`, `ChangeRow`, `NotificationRow`, `KeyRow`."""
    lines: int
    """Of the file, from its first one to the last of this page."""
    digest: bytes
    """SHA-256 of these lines."""


class BadExport(ValueError):
    """A file that can't be imported; str() names the line and what is wrong with it."""


class ExportWriter:
    """Writes a file: the first line when it is made, then `put` for each row, and `end`."""

    def __init__(
        self, head: Head, write: Callable[[bytes], object], on_progress: OnProgress
    ) -> None:
        """`write` takes one line at a time."""
        self._write = write
        self._on_progress = on_progress
        self._encode = msgspec.json.Encoder().encode
        self._hasher = hashlib.sha256()
        self._all = _all_lines(head)
        self._lines = 0
        self._line(self._encode(head) + b"\n")

    def put(self, kind: str, row: Any) -> None:
        """One row, in the order of `KINDS`; of an event its `EventLine` or document."""
        if isinstance(row, EventLine):
            return self._line(self._encode(row) + b"\n")
        text = row if kind in DOCUMENTS else self._encode(row)
        self._line(b'{"%s":%s}\n' % (kind.encode(), text))

    def end(self) -> None:
        """The last line."""
        end = _End(self._lines, self._hasher.hexdigest())
        self._line(b'{"end":%s}\n' % self._encode(end))
        self._on_progress(self._lines, self._all)

    def _line(self, line: bytes) -> None:
        self._hasher.update(line)
        self._write(line)
        self._lines += 1
        if self._lines % PAGE_ROWS == 0:
            self._on_progress(self._lines, self._all)


def check_whole(lines: Iterable[bytes]) -> None:
    """Finds out whether a file is all there, before any of it is used.

    Raises: BadExport when it was cut off or altered; what else may be wrong, `Export` finds.
    """
    hasher, count = hashlib.sha256(), -1
    for count, line in enumerate(lines):
        if _kind_of(line) == "end" and line.endswith(b"\n"):
            return _check_end(line, count, hasher.hexdigest())
        hasher.update(line)
    raise _empty() if count < 0 else _cut_off()


class Export:
    """A file of lines as it is read: each line is checked before anybody gets its row."""

    def __init__(self, lines: Iterable[bytes], *, page_rows: int = PAGE_ROWS) -> None:
        """`lines` with their ends. Raises: BadExport when the first is none of ours."""
        self._page_rows = page_rows
        self._source = iter(lines)
        self._hasher = hashlib.sha256()
        self._counts = dict.fromkeys(KINDS, 0)
        self._last: tuple[int, Any] = (0, None)
        self.lines = 0
        """Read so far."""
        line = next(self._source, b"")
        if not line:
            raise _empty()
        self.head = _head(line)
        self._passed(line)

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was read so far."""
        return self._hasher.digest()

    @property
    def all_lines(self) -> int:
        """Of the whole file, as its first line says."""
        return _all_lines(self.head)

    def skip(self, lines: int, digest: bytes) -> None:
        """Passes over what an interrupted import has stored: the first `lines` of the file.

        Raises: BadExport when they are not those whose SHA-256 is `digest`.
        """
        line = b""
        while self.lines < lines and (line := next(self._source, b"")):
            self._passed(line)
            kind = _kind_of(line)
            self._counts[kind] = self._counts.get(kind, 0) + 1
        if self.digest != digest:
            raise BadExport(
                "this is not the file that the import began with: go on with that one, or begin "
                "with an empty database"
            )
        if line:
            self._row(_kind_of(line), line)

    def pages(self) -> Iterator[Page]:
        """The rest of the file. Raises: BadExport; what came before the bad line was yielded."""
        rows: dict[str, list[Any]] = {kind: [] for kind in KINDS}
        count = size = 0
        while (kind := _kind_of(line := self._next())) != "end":
            try:
                row = self._row(kind, line)
            except ValueError as exc:
                raise BadExport(f"line {self.lines + 1}: {exc}") from exc
            rows[kind].append(row)
            self._passed(line)
            self._counts[kind] += 1
            count, size = count + 1, size + len(line)
            if count >= self._page_rows or size >= PAGE_BYTES:
                yield Page(rows, self.lines, self.digest)
                rows = {kind: [] for kind in KINDS}
                count = size = 0
        _check_end(line, self.lines, self._hasher.hexdigest())
        if self._counts != dict.fromkeys(KINDS, 0) | self.head.counts:
            raise BadExport(f"the file has {self._counts}, its first line says {self.head.counts}")
        if next(self._source, b""):
            raise BadExport(f"line {self.lines + 2}: the line before was to be the last one")
        yield Page(rows, self.lines, self.digest)

    def _next(self) -> bytes:
        line = next(self._source, b"")
        if not line.endswith(b"\n"):
            raise _cut_off()
        return line

    def _passed(self, line: bytes) -> None:
        self._hasher.update(line)
        self.lines += 1

    def _row(self, kind: str, line: bytes) -> Any:
        """The row in a line. Raises: ValueError."""
        known = KINDS.get(kind)
        if known is None:
            raise ValueError("this is no row of an export")
        row = known.check(known.decode(line), self.head)
        place = (_ORDER[kind], known.order(row))
        if place <= self._last:
            raise ValueError(f"the {kind} is out of order, or there a second time")
        self._last = place
        return row


def _all_lines(head: Head) -> int:
    return sum(head.counts.values()) + 2


def _head(line: bytes) -> Head:
    try:
        head = _decode_head(line)
    except msgspec.DecodeError as exc:
        raise BadExport(
            f"line 1: this is not a file that `deskcal export` has written ({exc})"
        ) from exc
    if head.format != FORMAT:
        raise BadExport(
            f"line 1: the file has format {head.format}, this deskcal knows {FORMAT}: use the "
            "deskcal that wrote it, or a newer one"
        )
    if not head.counts.keys() <= KINDS.keys():
        raise BadExport(f"line 1: counts may name {', '.join(KINDS)} and nothing else")
    if head.floor_seq > head.last_seq:
        raise BadExport("line 1: floor_seq is above last_seq")
    return head


def _kind_of(line: bytes) -> str:
    """The first key of a line; "" where the file has ended."""
    return line[2 : line.find(b'"', 2)].decode(errors="replace") if line[:2] == b'{"' else ""


def _check_end(line: bytes, lines: int, sha256: str) -> None:
    """Raises: BadExport if `line` is not the last one of a file with these lines before it."""
    try:
        end = _decode_end(line)["end"]
    except msgspec.DecodeError as exc:
        raise BadExport(f"line {lines + 1}: {exc}") from exc
    if (end.lines, end.sha256) != (lines, sha256):
        raise BadExport(
            f"line {lines + 1}: the lines before are not those that were written: the file was "
            "altered; get it again"
        )


def _empty() -> BadExport:
    return BadExport("the input is empty; give it a file that `deskcal export` has written")


def _cut_off() -> BadExport:
    return BadExport(
        "the file was cut off, its last line is not there; get the whole file and run the same "
        "command again"
    )


_decode_head = msgspec.json.Decoder(Head).decode
_decode_end = msgspec.json.Decoder(dict[str, _End]).decode

"""The log where nobody reads it."""

import logging
import os
from collections.abc import Iterator
from pipes import full_pipe

import pytest

from deskcal.app import log
from deskcal.app.log import LogWriter


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    with full_pipe() as ends:
        yield ends


def emit(handler: logging.Handler, *texts: str) -> None:
    for text in texts:
        handler.handle(logging.makeLogRecord({"msg": text, "name": "n", "levelname": "INFO"}))


def read_until(reader: int, end: bytes) -> bytes:
    found = b""
    while end not in found:
        found += os.read(reader, 4096)
    return found


def test_lines_wait_for_who_reads_them_and_nobody_waits_for_that(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    handler = LogWriter(writer)
    emit(handler, "first", "second")
    found = read_until(reader, b"second\n")
    assert found.index(b"INFO n: first\n") < found.index(b"INFO n: second\n")
    handler.close()


def test_lines_beyond_the_limit_are_dropped_and_counted(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MAX_LINES", 0)
    reader, writer = pipe
    handler = LogWriter(writer)
    emit(handler, "one", "two")
    monkeypatch.setattr(log, "MAX_LINES", 1)
    emit(handler, "three")
    found = read_until(reader, b"three\n")
    assert b"2 log lines were dropped: standard error was not read\n" in found
    assert b"one" not in found
    handler.close()


def test_the_end_does_not_wait_for_a_reader(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "CLOSE_SEC", 0)
    reader, writer = pipe
    handler = LogWriter(writer)
    emit(handler, "late")
    handler.close()
    assert b"late" in read_until(reader, b"late\n")
    handler._thread.join()

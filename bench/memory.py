"""Resident memory over many changes: a third each changes an event, changes nothing, is refused.

All are about a few events, so that the cache of documents is full before the measuring begins.
"""

from collections.abc import Iterator

from msgspec import Struct

from bench import processes, requests
from bench.load import Job, Load
from bench.scale import Ground
from bench.table import Row, absolute, at_most

CONNECTIONS = 16
WARM = 0.3
"""Of the changes, before memory is looked at for the first time."""
MIB = 1024 * 1024


class Case(Struct, frozen=True):
    """How many changes of events of which size."""

    what: str
    changes: int
    events: int
    text_bytes: int


CASES = (
    Case("100,000 changes of events of 500 bytes", 100_000, 64, 100),
    Case("4,000 changes of events of 150 KB", 4_000, 16, 150_000),
)


def measure(ground: Ground) -> Iterator[Row]:
    """Two rows."""
    for number, case in enumerate(CASES):
        with processes.deskcal(ground.directory / f"memory-{number}") as server:
            path = _prepare(ground, case, server.port)
            _change(ground, server.port, path, int(case.changes * WARM))
            before = server.rss_bytes
            _change(ground, server.port, path, case.changes)
            grown = (server.rss_bytes - before) / MIB
        ground.say(f"{case.what}: {before / MIB:.0f} MiB, then {grown:+.1f} MiB")
        yield absolute(
            f"growth of memory over {case.what}",
            [grown],
            at_most(16),
            show=lambda value: f"{value:.1f} MiB",
        )


def _prepare(ground: Ground, case: Case, port: int) -> str:
    """Makes the events; the file of the changes."""
    token = requests.token_of(1, "DESK_*", ground.now)
    times = {"start_time": ground.now, "end_time": ground.now + 3600}
    text = "x" * case.text_bytes
    new = {"title": "Call", "desk": "DESK_EU", "ast_json": requests.note(text), **times}
    lines = [requests.line("MngAddCalendarEvent", new, token) for _ in range(case.events)]
    requests.check(port, requests.save(ground.directory / "new.requests", lines))
    changes = []
    for count in range(10):
        for event_id in range(1, case.events + 1):
            title = {"id": event_id, "title": f"Call {count}"}
            changes.append(requests.line("MngUpdateCalendarEvent", title, token))
            changes.append(requests.line("MngCompleteCalendarEvent", {"id": event_id}, token))
            old = {"id": event_id, "title": "Old", "if_version": 0}
            changes.append(requests.line("MngUpdateCalendarEvent", old, token))
    return requests.save(ground.directory / "changes.requests", changes)


def _change(ground: Ground, port: int, path: str, count: int) -> None:
    """So many changes are answered."""
    answers = 0
    while answers < count:
        job = Job(
            port=port,
            requests=path,
            connections=CONNECTIONS,
            in_flight=4,
            seconds=ground.scale.seconds,
        )
        load: Load = processes.run("load", job, Load)
        answers += load.answers

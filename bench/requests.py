"""The requests that clients send in the benchmarks, and the tokens they carry. Measures nothing."""

import functools
import random
import socket
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.processes import SECRET
from deskcal.core.sessions import SessionType
from deskcal.core.tokens import secret_key, sign

TOKEN_SEC = 3600
MASK = "DESK_EU*,DESK_RETENTION,!DESK_EU_TEST"
"""In scope of the managers: every desk of these benchmarks but one, never by `*` alone."""
DESKS = (*(f"DESK_EU_{number}" for number in range(7)), "DESK_RETENTION")
HIDDEN_DESK = "DESK_EU_TEST"
WEEK_SEC = 7 * 86_400
MONDAY = 1_736_121_600
"""2025-01-06 00:00 UTC: every store of these benchmarks begins here."""
FIRST_MANAGER = 100
CHECKED_AT_ONCE = 64


def token_of(manager_id: int, desks: str, now: int) -> str:
    """A token of a manager who is no admin."""
    return sign(
        _key(),
        {
            "id": manager_id,
            "type": int(SessionType.SESSION_CRM_MANAGER),
            "desks": desks,
            "brands": "default",
            "exp": now + TOKEN_SEC,
        },
    )


@functools.cache
def _key() -> Any:
    return secret_key(SECRET)


def line(command: str, data: dict[str, Any], token: str, ext_id: int = 1) -> bytes:
    """One request as it goes over the wire."""
    request = {"command": command, "extID": str(ext_id), "data": data, "__token": token}
    return msgspec.json.encode(request) + b"\r\n"


def reads(event_ids: Sequence[int], count: int, now: int) -> Iterator[bytes]:
    """Point reads of random ones of these events by sixteen managers, who participate in few."""
    rng = random.Random(1)
    tokens = [token_of(90_000 + number, MASK, now) for number in range(16)]
    for number in range(count):
        data = {"id": rng.choice(event_ids)}
        yield line("MngGetCalendarEvent", data, rng.choice(tokens), number)


def creates(count: int, now: int) -> Iterator[bytes]:
    """New events as a desk makes them: text, a customer, a reminder, three participants."""
    rng = random.Random(2)
    tokens = {manager: token_of(manager, MASK, now) for manager in range(100, 150)}
    for number in range(count):
        owner, *others = rng.sample(sorted(tokens), 3)
        data = create_data(rng, owner, others)
        yield line("MngAddCalendarEvent", data, tokens[owner], number)


def create_data(rng: random.Random, owner: int, others: list[int]) -> dict[str, Any]:
    """The data of one create."""
    start = MONDAY + rng.randrange(52 * WEEK_SEC // 900) * 900
    customer = rng.randrange(1, 200_000)
    return {
        "brand": "default",
        "desk": rng.choice(DESKS),
        "owner_manager_id": owner,
        "title": f"Call customer {customer} about the bonus terms",
        "type": rng.randrange(6),
        "priority": 1,
        "start_time": start,
        "end_time": start + rng.choice((900, 1800, 3600)),
        "remind_before_sec": 600,
        "customer_id": customer,
        "login": 8_000_000 + customer,
        "participant_manager_ids": [owner, *others],
        "ast_json": note(f"Customer {customer} asked for a call back after the last deposit."),
    }


def pool_calls(count: int, now: int) -> Iterator[bytes]:
    """Calls of one manager that are in the pool of a desk, each of a customer of its own."""
    rng = random.Random(4)
    token = token_of(90_000, MASK, now)
    for number in range(count):
        data = create_data(rng, 90_000, [])
        start = now - 86_400 + rng.randrange(80_000)
        data |= {"type": 2, "priority": rng.randrange(4), "customer_id": 1 + number, "login": 0}
        data |= {"start_time": start, "end_time": now + 86_400, "pool_after_sec": 60}
        yield line("MngAddCalendarEvent", data | {"remind_before_sec": 0}, token, number)


def claims(count: int, now: int) -> Iterator[bytes]:
    """The next call for each of many managers."""
    for number in range(count):
        yield line("MngClaimNextCalendarEvent", {"deskFilter": "*"}, _claimer(number, now), number)


def pings(count: int, now: int) -> Iterator[bytes]:
    """A `Ping` by each of these managers, after which their tokens have been verified."""
    for number in range(count):
        yield line("Ping", {}, _claimer(number, now), number)


def _claimer(number: int, now: int) -> str:
    return token_of(100_000 + number, MASK, now)


def completions(count: int, now: int) -> Iterator[bytes]:
    """The first events of a store, each done with a note and followed up tomorrow."""
    token = token_of(90_000, MASK, now)
    for number in range(count):
        data = {"id": 1 + number, "outcome_note": "wants an offer"}
        data |= {"follow_up": {"in_sec": 86_400}}
        yield line("MngCompleteCalendarEvent", data, token, number)


def note(text: str) -> dict[str, Any]:
    """A visible text of one paragraph."""
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "content": [paragraph]}


def full_list(rows: int, now: int) -> bytes:
    """The list of everything that a manager of these desks sees."""
    return line(
        "MngGetCalendarEventsByFilter",
        {
            "from": MONDAY - WEEK_SEC,
            "to": MONDAY + 520 * WEEK_SEC,
            "limit": rows,
            "offset": 0,
            "deskFilter": "*",
        },
        token_of(90_000, MASK, now),
    )


def weeks(managers: int, count: int, now: int) -> Iterator[bytes]:
    """One manager's week, of random managers and weeks, asked for by the head of their desks."""
    rng = random.Random(3)
    token = token_of(90_000, MASK, now)
    for number in range(count):
        start = MONDAY + rng.randrange(50) * WEEK_SEC
        data = {
            "from": start,
            "to": start + WEEK_SEC,
            "limit": 500,
            "offset": 0,
            "deskFilter": "*",
            "manager_id": FIRST_MANAGER + rng.randrange(managers),
        }
        yield line("MngGetCalendarEventsByFilter", data, token, number)


def summaries(count: int, now: int) -> Iterator[bytes]:
    """The month of random desks, by manager."""
    rng = random.Random(5)
    token = token_of(90_000, MASK, now)
    for number in range(count):
        start = MONDAY + rng.randrange(46) * WEEK_SEC
        data = {"from": start, "to": start + 30 * 86_400, "deskFilter": rng.choice(DESKS)}
        yield line("MngGetCalendarSummary", data | {"group_by": "manager"}, token, number)


def save(path: Path, lines: Iterable[bytes]) -> str:
    """Writes requests for a client in another process; gives the file's name."""
    with path.open("wb") as file:
        file.writelines(lines)
    return str(path)


def check(port: int, path: str, at_most: int = 1 << 30) -> list[bytes]:
    """Sends the requests of a file once; gives the answers. Raises if one is no success."""
    lines = Path(path).read_bytes().splitlines(keepends=True)[:at_most]
    answers: list[bytes] = []
    with socket.create_connection(("127.0.0.1", port), 60) as server:
        file = server.makefile("rb")
        for start in range(0, len(lines), CHECKED_AT_ONCE):
            page = lines[start : start + CHECKED_AT_ONCE]
            server.sendall(b"".join(page))
            answers += [file.readline() for _ in page]
    bad = [answer for answer in answers if msgspec.json.decode(answer)["status"] != 200]
    if bad:
        raise RuntimeError(f"{len(bad)} of {len(answers)} answers are no success: {bad[0]!r}")
    return answers

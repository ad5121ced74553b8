"""Pairs of a change and a subscriber that are decided in a second of processor time.

10,000 connections, 300 desks, masks of three patterns and `calendar:manager:<id>` mixed, each
change visible to about 30; groups of subscribers against one subscriber after the other, in turns.
"""

import random
import time
from collections.abc import Callable, Iterator

from bench.scale import Ground
from bench.table import Bound, Row, at_least, compared, per_sec, times
from deskcal.core.document import encode_event
from deskcal.core.event import ChangeType, Event, Participant, ParticipantRole, ParticipantStatus
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session
from deskcal.live.audience import Audience, Page
from deskcal.live.connections import Peer
from deskcal.live.subscribers import SeenChange, Subscriber, lines_of
from deskcal.store.ports.feed import StoredChange

CONNECTIONS, DESKS, NOW = 10_000, 300, 1_710_000_000
CHANGES = (4, 20, 100)
"""Of one look: 200 and 1,000 changes a second, and a burst."""


def subscribers() -> list[Subscriber]:
    """Half by the masks of their desks, half by their own manager."""
    found = []
    for manager_id in range(1, CONNECTIONS + 1):
        desk = manager_id % DESKS
        masks = desk_mask(f"DESK_{desk}_*,DESK_{desk},!DESK_{desk}_TEST")
        session = Session(manager_id, masks, brand_mask("*"), type=1, exp=NOW + 1)
        peer = Peer()
        peer.sessions[manager_id] = session
        name = "calendar" if manager_id % 2 else f"calendar:manager:{manager_id}"
        peer.channels[manager_id] = {name: None}
        found.append(Subscriber(peer, 0))
    return found


def subscribers_of_all() -> list[Subscriber]:
    """A thousand managers, each of whom sees every desk."""
    found = []
    for manager_id in range(CONNECTIONS + 1, CONNECTIONS + 1001):
        session = Session(manager_id, desk_mask("*"), brand_mask("*"), type=1, exp=NOW + 1)
        peer = Peer()
        peer.sessions[manager_id] = session
        peer.channels[manager_id] = {"calendar": None}
        found.append(Subscriber(peer, 0))
    return found


def page_of(count: int, chance: random.Random) -> list[SeenChange]:
    """Updates of events of random desks with three managers each."""
    return [SeenChange(_update(seq, chance)) for seq in range(1, count + 1)]


def _update(seq: int, chance: random.Random) -> StoredChange:
    owner, *others = chance.sample(range(1, CONNECTIONS + 1), 3)
    rows = [
        Participant(seq, who, ParticipantRole.REQUIRED, ParticipantStatus.INVITED, NOW, NOW)
        for who in (owner, *others)
    ]
    event = Event(
        id=seq,
        desk=f"DESK_{chance.randrange(DESKS)}",
        owner_manager_id=owner,
        created_by=owner,
        title="Retention sync",
        start_time=NOW,
        end_time=NOW + 3600,
        created_time=NOW,
        updated_time=NOW,
        participants=tuple(rows),
    )
    document = encode_event(event)
    return StoredChange(seq, ChangeType.UPDATED, NOW, owner, seq, document, document, seq)


def spent_sec(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def measure(ground: Ground) -> Iterator[Row]:
    """A row for each size of a look, and one for subscribers who all see everything."""
    chance = random.Random(1)
    desks = Audience()
    for one in (everybody := subscribers()):
        desks.note(one)
    for count in CHANGES:
        what = f"10,000 subscribers on 300 desks, {count} changes in a look"
        yield _compare(ground, what, everybody, desks, page_of(count, chance), at_least(10))
    alike = Audience()
    for one in (everybody := subscribers_of_all()):
        alike.note(one)
    what = "1,000 subscribers who see everything, 4 changes in a look"
    yield _compare(ground, what, everybody, alike, page_of(4, chance), at_least(1))


def _compare(
    ground: Ground,
    what: str,
    everybody: list[Subscriber],
    audience: Audience,
    changes: list[SeenChange],
    goal: Bound,
) -> Row:
    def one_by_one() -> dict[Subscriber, bytes]:
        texts = {one: b"".join(lines_of(changes, one.viewers(NOW))) for one in everybody}
        return {one: text for one, text in texts.items() if text}

    def in_groups() -> dict[Subscriber, bytes]:
        page = Page(changes)
        chosen = audience.recipients(page, NOW)
        texts = {one: audience.text_for(one, page, NOW) for one in chosen}
        return {one: text for one, text in texts.items() if text}

    if one_by_one() != in_groups():
        raise RuntimeError("groups receive something else than their subscribers one by one")
    pairs = len(changes) * len(everybody)
    slow, quick = [], []
    for _ in range(ground.scale.rounds):
        slow.append(pairs / spent_sec(one_by_one))
        quick.append(pairs / spent_sec(in_groups))
    shown = f"{what}: pairs a second of processor time, against one by one"
    return compared(shown, quick, slow, goal, show=per_sec, show_ratio=times)

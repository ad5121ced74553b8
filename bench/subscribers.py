"""Pairs of a change and a subscriber that are decided in a second of processor time.

10,000 connections, 300 desks, masks of three patterns and `calendar:manager:<id>` mixed, each
change visible to about 30; the page of each look against one subscriber after the other.
Run `python -m bench.subscribers`.
"""

import random
import time
from collections.abc import Callable

from deskcal.core.document import encode_event
from deskcal.core.event import ChangeType, Event, Participant, ParticipantRole, ParticipantStatus
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session
from deskcal.live.connections import Peer
from deskcal.live.subscribers import Page, SeenChange, Subscriber, lines_of
from deskcal.store.ports import StoredChange

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


def page_of(count: int, chance: random.Random) -> list[SeenChange]:
    """Updates of events of random desks with three managers each."""
    return [SeenChange(_update(seq, chance)) for seq in range(1, count + 1)]


def _update(seq: int, chance: random.Random) -> StoredChange:
    owner, *guests = chance.sample(range(1, CONNECTIONS + 1), 3)
    rows = [
        Participant(seq, who, ParticipantRole.REQUIRED, ParticipantStatus.INVITED, NOW, NOW)
        for who in (owner, *guests)
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


def measure() -> None:
    """Prints a line for each size of a look."""
    chance, everybody = random.Random(1), subscribers()
    for count in CHANGES:
        changes = page_of(count, chance)

        def slowly(changes: list[SeenChange] = changes) -> list[bytes]:
            return [b"".join(lines_of(changes, one.viewers(NOW))) for one in everybody]

        def by_class(changes: list[SeenChange] = changes) -> list[bytes]:
            page = Page(changes)
            return [page.text_for(one, NOW) for one in everybody]

        assert slowly() == by_class()
        slow, quick = (min(spent_sec(work) for _ in range(5)) for work in (slowly, by_class))
        pairs = count * CONNECTIONS
        received = sum(bool(text) for text in by_class())
        print(
            f"{count} changes, {received} subscribers receive some: one by one "
            f"{pairs / slow:,.0f} pairs/s, by class {pairs / quick:,.0f} ({slow / quick:.1f} x)"
        )


if __name__ == "__main__":
    measure()

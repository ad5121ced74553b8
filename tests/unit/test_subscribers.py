"""What each class of subscribers receives, against the slow way: one subscriber after the other."""

from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.document import encode_event
from deskcal.core.event import ChangeType, Event
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session
from deskcal.live.connections import Peer
from deskcal.live.subscribers import Page, SeenChange, Subscriber, lines_of
from deskcal.store.ports import StoredChange
from helpers import NOW, make_event, make_owner_row, make_row

MANAGERS = st.integers(1, 5)
CHANNELS = (
    "calendar",
    "calendar:manager:1",
    "calendar:manager:2",
    "calendar:manager:7",
    "calendar:desk:DESK_A*",
    "calendar:desk:*,!DESK_B",
    "EURUSD",
)

events = st.builds(
    lambda owner, creator, guest, desk, brand: make_event(
        owner_manager_id=owner,
        created_by=creator,
        desk=desk,
        brand=brand,
        participants=(make_owner_row(owner), *([make_row(guest)] if guest != owner else [])),
    ),
    MANAGERS,
    MANAGERS,
    MANAGERS,
    st.sampled_from(["", "DESK_A", "DESK_A1", "DESK_B"]),
    st.sampled_from(["x", "y"]),
)
sessions = st.builds(
    lambda manager_id, desks, brands, type, exp: Session(
        manager_id, desk_mask(desks), brand_mask(brands), type=type, exp=exp
    ),
    st.integers(1, 8),
    st.sampled_from(["*", "DESK_A", "DESK_A*,!DESK_A1", "nowhere"]),
    st.sampled_from(["*", "x", "y,!x"]),
    st.sampled_from([1, 3]),
    st.sampled_from([NOW, NOW + 1]),
)
names = st.dictionaries(st.sampled_from(CHANNELS), st.none(), min_size=1, max_size=3)
subscriptions = st.lists(st.tuples(sessions, names), min_size=1, max_size=3)


@st.composite
def changes(draw: st.DrawFn) -> list[SeenChange]:
    """Some changes in order: events added, changed, deleted and archived."""
    found = []
    for seq in range(1, draw(st.integers(1, 5)) + 1):
        before: Event | None = draw(st.none() | events)
        kinds = list(ChangeType) if before else [ChangeType.ADDED]
        document = encode_event(draw(events))
        is_deleted = (kind := draw(st.sampled_from(kinds))) == ChangeType.DELETED
        old = None if before is None else encode_event(before)
        found.append(
            SeenChange(
                StoredChange(
                    seq=seq,
                    type=kind,
                    time=NOW,
                    actor=1,
                    event_id=1,
                    document=old if is_deleted and old else document,
                    before=old,
                    batch_id=seq,
                )
            )
        )
    return found


def subscriber_of(wanted: list[tuple[Session, dict[str, None]]], cursor: int) -> Subscriber:
    peer = Peer()
    for session, channels in wanted:
        peer.sessions[session.manager_id] = session
        peer.channels[session.manager_id] = channels
    return Subscriber(peer, cursor)


@given(changes(), st.lists(st.tuples(subscriptions, st.integers(0, 4)), min_size=1, max_size=12))
def test_every_subscriber_receives_what_the_slow_way_gives_it(
    changed: list[SeenChange], wanted: list[tuple[list[tuple[Session, dict[str, None]]], int]]
) -> None:
    page = Page(changed)
    for subscription, cursor in wanted:
        subscriber = subscriber_of(subscription, cursor)
        later = [change for change in changed if change.seq > cursor]
        slow = b"".join(lines_of(later, subscriber.viewers(NOW)))
        assert page.text_for(subscriber, NOW) == slow

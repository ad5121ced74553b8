"""What each class of subscribers receives, against the slow way: one subscriber after the other."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deskcal.core.document import encode_event
from deskcal.core.event import ChangeType, Event
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.core.sessions import Session
from deskcal.live.audience import MAX_PLACES, Audience, Page
from deskcal.live.connections import Peer
from deskcal.live.subscribers import SeenChange, Subscriber, lines_of
from deskcal.store.ports.feed import StoredChange
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


Wanted = list[tuple[Session, dict[str, None]]]

steps = st.one_of(
    st.tuples(st.just("join"), st.integers(0, 4), subscriptions, st.integers(0, 3)),
    st.tuples(st.just("leave"), st.integers(0, 4), st.none(), st.none()),
    st.tuples(st.just("again"), st.integers(0, 4), subscriptions, st.none()),
    st.tuples(st.just("clock"), st.integers(NOW - 2, NOW + 2), st.none(), st.none()),
    st.tuples(st.just("page"), st.none(), changes(), st.none()),
)


def carry(subscriber: Subscriber, wanted: Wanted) -> None:
    for session, channels in wanted:
        subscriber.peer.sessions[session.manager_id] = session
        subscriber.peer.channels[session.manager_id] = channels


class Model:
    """Subscribers who come, go and change; each page is compared with the slow way."""

    def __init__(self) -> None:
        self.audience = Audience()
        self.present: dict[int, Subscriber] = {}
        self.now = NOW

    def join(self, number: int, wanted: Wanted, cursor: int) -> None:
        self.leave(number)
        self.present[number] = subscriber = Subscriber(Peer(), cursor)
        carry(subscriber, wanted)
        self.audience.note(subscriber)

    def leave(self, number: int) -> None:
        subscriber = self.present.pop(number, None)
        if subscriber is not None:
            self.audience.remove(subscriber)

    def again(self, number: int, wanted: Wanted) -> None:
        subscriber = self.present.get(number)
        if subscriber is not None:
            subscriber.peer.channels.clear()
            carry(subscriber, wanted)
            self.audience.note(subscriber)

    def page(self, changed: list[SeenChange]) -> None:
        page = Page(changed)
        chosen = self.audience.recipients(page, self.now)
        assert len(set(chosen)) == len(chosen)
        for subscriber in self.present.values():
            later = [change for change in changed if change.seq > subscriber.cursor]
            slow = b"".join(lines_of(later, subscriber.viewers(self.now)))
            text = b""
            if subscriber in chosen:
                text = self.audience.text_for(subscriber, page, self.now)
            assert text == slow

    def check_that_nothing_is_kept(self) -> None:
        for number in list(self.present):
            self.leave(number)
        assert self.audience.group_count == 0


@settings(max_examples=300)
@given(st.lists(steps, max_size=20))
def test_every_subscriber_receives_what_the_slow_way_gives_it(
    taken: list[tuple[str, Any, Any, Any]],
) -> None:
    model = Model()
    for kind, first, second, third in taken:
        if kind == "join":
            model.join(first, second, third)
        elif kind == "leave":
            model.leave(first)
        elif kind == "again":
            model.again(first, second)
        elif kind == "clock":
            model.now = first
        else:
            model.page(second)
    model.check_that_nothing_is_kept()


def subscribed(channel: str, desks: str = "*", *, manager_id: int = 1) -> Subscriber:
    subscriber = Subscriber(Peer(), 0)
    session = Session(manager_id, desk_mask(desks), brand_mask("*"), type=1, exp=NOW + 60)
    carry(subscriber, [(session, {channel: None})])
    return subscriber


def page_at(desk: str) -> Page:
    document = encode_event(make_event(desk=desk, owner_manager_id=9, created_by=9))
    return Page([SeenChange(StoredChange(1, ChangeType.ADDED, NOW, 9, 1, document, None, 1))])


def test_subscribers_of_equal_visibility_are_one_group() -> None:
    audience = Audience()
    for number in range(100):
        audience.note(subscribed("calendar", "DESK_A*,!DESK_AB", manager_id=100 + number))
        audience.note(subscribed(f"calendar:manager:{1000 + number}", manager_id=300 + number))
    assert len(audience.recipients(page_at("DESK_A"), NOW)) == 100
    assert audience.group_count == 1
    assert audience.recipients(page_at("DESK_AB"), NOW) == []


def test_more_desks_than_are_remembered_are_matched_again() -> None:
    audience = Audience()
    one = subscribed("calendar", "DESK_0")
    audience.note(one)
    for number in range(MAX_PLACES + 2):
        wanted = [one] if number == 0 else []
        assert audience.recipients(page_at(f"DESK_{number}"), NOW) == wanted
    assert audience.recipients(page_at("DESK_0"), NOW) == [one]


def test_a_subscriber_whose_tokens_are_renewed_often_leaves_no_trace() -> None:
    audience, one = Audience(), subscribed("calendar")
    for number in range(3000):
        session = Session(1, desk_mask("*"), brand_mask("*"), type=1, exp=NOW + 1 + number)
        carry(one, [(session, {"calendar": None})])
        audience.note(one)
        audience.recipients(page_at(""), NOW)
    assert audience.end_count < 1500


def test_a_session_that_ends_between_choice_and_push_is_pushed_nothing() -> None:
    audience, one = Audience(), subscribed("calendar")
    audience.note(one)
    page = page_at("")
    assert audience.recipients(page, NOW) == [one]
    assert audience.text_for(one, page, NOW)
    assert audience.text_for(one, page, NOW + 60) == b""


def test_a_subscriber_that_changes_between_choice_and_push_is_asked_again() -> None:
    audience, one = Audience(), subscribed("calendar")
    audience.note(one)
    page = page_at("")
    assert audience.recipients(page, NOW) == [one]
    one.peer.channels[1] = {"calendar:desk:DESK_B": None}
    audience.note(one)
    assert audience.text_for(one, page, NOW) == b""


def test_the_end_of_another_session_changes_nothing_for_those_who_were_chosen() -> None:
    audience, one, other = Audience(), subscribed("calendar"), subscribed("calendar", manager_id=2)
    session = Session(2, desk_mask("*"), brand_mask("*"), type=1, exp=NOW + 1)
    carry(other, [(session, {"calendar": None})])
    audience.note(one)
    audience.note(other)
    page = page_at("")
    assert set(audience.recipients(page, NOW)) == {one, other}
    assert audience.text_for(one, page, NOW + 1) == audience.text_for(one, page, NOW) != b""
    assert audience.text_for(other, page, NOW + 1) == b""

"""Subscribers, changes as they are pushed, and what a single subscriber receives of them.

`audience` finds those who receive anything. Source: contract, section 7, "Pushed messages".
"""

import asyncio
import functools
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from deskcal.core.document import EventScope, decode_event, scope_of
from deskcal.core.event import ChangeType
from deskcal.core.masks import checked_desk_mask
from deskcal.core.sessions import Session
from deskcal.live.connections import Peer
from deskcal.store.ports.feed import StoredChange
from deskcal.wire.pushes import encode_push

Channel = tuple[int, str]
"""A manager of the connection, and the name that it has subscribed to."""


class SeenChange:
    """A change with the scopes of the event before and after it, decoded once for all."""

    __slots__ = ("_lines", "after", "before", "seq", "stored")

    def __init__(self, stored: StoredChange) -> None:
        self.stored = stored
        self.seq = stored.seq
        self.before = None if stored.before is None else _scope(stored.before)
        """None: there was no event."""
        is_gone = stored.type == ChangeType.DELETED
        self.after = None if is_gone else _scope(stored.document)
        """None: there is no event any more."""
        self._lines: dict[ChangeType, bytes] = {}

    def type_for(self, sees: Callable[[EventScope], bool]) -> ChangeType | None:
        """The type under which the change is pushed to a subscriber; None: it is not pushed.

        An event that is no longer visible is deleted, one that is visible now is updated.
        """
        saw = self.before is not None and sees(self.before)
        if self.after is not None and sees(self.after):
            is_known = saw or self.before is None
            return self.stored.type if is_known else ChangeType.UPDATED
        return ChangeType.DELETED if saw else None

    def line(self, type_: ChangeType) -> bytes:
        """The pushed message; of a deletion with the id alone."""
        line = self._lines.get(type_)
        if line is None:
            stored = self.stored
            line = encode_push(type_, stored.seq, stored.batch_id, stored.event_id, stored.document)
            self._lines[type_] = line
        return line


def _scope(document: bytes) -> EventScope:
    return scope_of(decode_event(document))


class Viewer(Struct, frozen=True):
    """One live session of a connection, and what it has subscribed to."""

    session: Session
    about: tuple[Callable[[EventScope], bool], ...]

    def sees(self, scope: EventScope) -> bool:
        """Whether the session may see the event, and one of the channels is about it."""
        return self.session.can_see(scope) and any(about(scope) for about in self.about)


@functools.lru_cache(maxsize=4096)
def about_of(name: str) -> Callable[[EventScope], bool]:
    """What events a channel is about; a name that is none of ours is about nothing."""
    root, _, rest = name.partition(":")
    kind, _, value = rest.partition(":")
    if name == "calendar":
        return lambda _: True
    if root == "calendar" and kind == "manager":
        manager_id = int(value)
        return lambda scope: manager_id in scope.managers
    if root == "calendar" and kind == "desk":
        mask = checked_desk_mask(value)
        return lambda scope: mask.matches(scope.desk)
    return lambda _: False


class Subscriber:
    """A subscribed connection, and how far its channels have come."""

    __slots__ = ("cursor", "is_live", "is_waiting", "joining", "kept", "peer", "task")

    def __init__(self, peer: Peer, cursor: int) -> None:
        self.peer = peer
        self.cursor = cursor
        """Of all channels but those that are joining; what is newer, up to where the feed has come,
        was not for a subscriber that is live and not waiting."""
        self.joining: dict[Channel, int] = {}
        """Cursors of channels that were subscribed to after or before that; see `_catch_up`."""
        self.is_live = True
        """False while it catches up, or is too slow."""
        self.is_waiting = False
        """Whether it is to be pushed something of the page that the feed is at."""
        self.kept: set[int] = set()
        """Events that the joining channels have lost while another channel saw them."""
        self.task: asyncio.Task[None] | None = None

    def viewers(self, now: float, after: int | None = None) -> list[Viewer]:
        """What the connection receives; with `after`, by the channels that have come that far."""
        found = []
        for manager_id, names in self.peer.channels.items():
            session = self.peer.live_session(manager_id, now)
            if session is None:
                continue
            if after is not None:
                names = {n: None for n in names if self._cursor_of((manager_id, n)) <= after}
            found.append(Viewer(session, tuple(map(about_of, names))))
        return found

    def lines_after(self, since: int, changes: Iterable[SeenChange], now: float) -> list[bytes]:
        """The lines by which the channels that have come as far as `since` catch up.

        A line is that of the live push, which goes by all channels of the connection. An event that
        the joining channels lose and another one sees stays pushed, so that its last line says what
        the connection sees.
        """
        sees, joins = _any_sees(self.viewers(now)), _any_sees(self.viewers(now, after=since))
        lines = []
        for change in changes:
            type_, joining_type = change.type_for(sees), change.type_for(joins)
            event_id = change.stored.event_id
            if type_ is None or (joining_type is None and event_id not in self.kept):
                continue
            if joining_type == ChangeType.DELETED != type_:
                self.kept.add(event_id)
            lines.append(change.line(type_))
        return lines

    def _cursor_of(self, channel: Channel) -> int:
        return self.joining.get(channel, self.cursor)

    def lowest_cursor(self) -> int:
        """The cursor of the channel that is furthest behind."""
        return min(self.cursor, *self.joining.values()) if self.joining else self.cursor

    def highest_cursor(self) -> int:
        """The cursor of the channel that is furthest ahead."""
        return max(self.cursor, *self.joining.values()) if self.joining else self.cursor

    def next_stop(self, since: int) -> int | None:
        """The first cursor of a channel beyond `since`; None: all are behind it."""
        beyond = [c for c in (self.cursor, *self.joining.values()) if c > since]
        return min(beyond, default=None)

    def delivered(self, until: int) -> None:
        """No channel is behind `until` any more."""
        self.cursor = max(self.cursor, until)
        self.joining = {channel: max(c, until) for channel, c in self.joining.items()}

    def restart(self, cursor: int) -> None:
        """All channels go on after `cursor`."""
        self.cursor = cursor
        self.joining.clear()
        self.kept.clear()
        self.is_live = True


def lines_of(changes: Iterable[SeenChange], viewers: Sequence[Viewer]) -> list[bytes]:
    """The lines that the managers of a connection together are pushed, each change once."""
    if not viewers:
        return []
    sees = _any_sees(viewers)
    return [
        change.line(type_) for change in changes if (type_ := change.type_for(sees)) is not None
    ]


def _any_sees(viewers: Sequence[Viewer]) -> Callable[[EventScope], bool]:
    """Whether any of them sees an event."""
    if len(viewers) == 1:
        return viewers[0].sees
    return lambda scope: any(viewer.sees(scope) for viewer in viewers)

"""The live change feed: from the change table to every subscriber, each at its own pace.

A commit only says "look"; what is pushed is read from the change table by `seq`. Whoever falls
behind is told to resync and goes on from the newest change; nobody else waits for it.
Source: contract, section 7, "Pushed messages".
"""

import asyncio
import functools
import logging
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

from msgspec import Struct

from deskcal.core.document import EventScope, decode_event, scope_of
from deskcal.core.event import ChangeType
from deskcal.core.masks import checked_desk_mask
from deskcal.core.sessions import Session
from deskcal.errors import DeskcalError, ResyncRequired
from deskcal.live.connections import Peer
from deskcal.store.batch.timeline import require_kept
from deskcal.store.ports import FeedStore, StoredChange
from deskcal.wire.pushes import encode_push, encode_resync

logger = logging.getLogger(__name__)

PAGE = 500
"""Changes that are read at one time."""
LEAST_WAIT_SEC = 0.02
"""Between two looks, so that many small commits are pushed together."""
REST = 1.0
"""Of the time that a look took, what follows before the next: requests get their share."""
PUSHES_AT_ONCE = 50
"""Subscribers that are told before others run."""
CALM_BYTES = 16 * 1024
"""Unsent output of a subscriber that has caught up; with more it gets no further page."""
PRUNE_AT_ONCE = 1000
PRUNE_EVERY_SEC = 60
POLL_SEC = 1
"""The feed looks at least so often, should a nudge be lost."""

Channel = tuple[int, str]
"""A manager of the connection, and the name that it has subscribed to."""


class SeenChange:
    """A change with the scope of the event before and after it, read once for all subscribers."""

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
        """The change as somebody is told of it; None: it is not theirs to know.

        Who can no longer see the event sees it deleted, who can see it now sees it updated.
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


class _Viewer(Struct, frozen=True):
    """One live session of a connection, and what it has subscribed to."""

    session: Session
    about: tuple[Callable[[EventScope], bool], ...]

    def sees(self, scope: EventScope) -> bool:
        """Whether the session may see the event, and one of the channels is about it."""
        return self.session.can_see(scope) and any(about(scope) for about in self.about)


@functools.lru_cache(maxsize=4096)
def _about(name: str) -> Callable[[EventScope], bool]:
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


class _Subscriber:
    """A subscribed connection: up to which change it was told."""

    __slots__ = ("cursor", "is_live", "joining", "peer", "task")

    def __init__(self, peer: Peer, cursor: int) -> None:
        self.peer = peer
        self.cursor = cursor
        """Of all channels but those that are joining."""
        self.joining: dict[Channel, int] = {}
        """Cursors of channels that were subscribed to after or before that; see `_catch_up`."""
        self.is_live = True
        """False while it catches up, or is too slow."""
        self.task: asyncio.Task[None] | None = None

    def viewers(self, now: float, after: int | None = None) -> list[_Viewer]:
        """What the connection wants; with `after`, of the channels that were told up to there."""
        found = []
        for manager_id, names in self.peer.channels.items():
            session = self.peer.live_session(manager_id, now)
            if session is None:
                continue
            if after is not None:
                names = {n: None for n in names if self._cursor_of((manager_id, n)) <= after}
            found.append(_Viewer(session, tuple(map(_about, names))))
        return found

    def _cursor_of(self, channel: Channel) -> int:
        return self.joining.get(channel, self.cursor)

    def hindmost(self) -> int:
        """The cursor of the channel that is furthest behind."""
        return min(self.cursor, *self.joining.values()) if self.joining else self.cursor

    def foremost(self) -> int:
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
        self.is_live = True


class Feed:
    """Reads the change table and pushes, while it is entered."""

    def __init__(self, store: FeedStore, now: Callable[[], float], *, retention_sec: int) -> None:
        """`retention_sec`: how long changes are kept; 0: for ever."""
        self._store = store
        self._now = now
        self._retention_sec = retention_sec
        self._subscribers: dict[Peer, _Subscriber] = {}
        self._nudged = asyncio.Event()
        self._seq = store.last_seq
        self.resyncs = 0
        """How often a subscriber was too slow and told to resync."""

    @property
    def subscriber_count(self) -> int:
        """Connections that are subscribed now."""
        return len(self._subscribers)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._run()), loop.create_task(self._prune())]
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        for peer in list(self._subscribers):
            self.forget(peer)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """There may be changes: look. Losing one of these costs at most one poll."""
        self._nudged.set()

    def subscribe(
        self, peer: Peer, manager_id: int, names: Iterable[str], since: int | None
    ) -> None:
        """Pushes what the channels are about, from `since` on, else from now on.

        Call it before the names are put into `peer.channels`.
        Raises: ResyncRequired if `since` is older than what is kept, or of another store.
        """
        if since is not None:
            self.check_cursor(since)
        subscriber = self._subscribers.get(peer)
        if subscriber is None:
            subscriber = self._subscribers[peer] = _Subscriber(peer, self.newest_seq)
        known = peer.channels.get(manager_id, {})
        start = self.newest_seq if since is None else since
        for name in names:
            if since is not None or name not in known:
                subscriber.joining[manager_id, name] = start
        if subscriber.is_live and subscriber.hindmost() == subscriber.foremost():
            subscriber.joining.clear()
        elif subscriber.task is None:
            subscriber.is_live = False
            subscriber.task = asyncio.get_running_loop().create_task(self._catch_up(subscriber))

    @property
    def newest_seq(self) -> int:
        """The cursor of now, as far as this node has heard."""
        return self._store.last_seq

    async def cursor_of_now(self) -> int:
        """The cursor of now, with all that any node has answered. Raises: Unavailable."""
        await self._store.refresh()
        return self._store.last_seq

    async def know_cursor(self, since: int) -> None:
        """Returns when this node has come as far as `since`, if any has. Raises: Unavailable."""
        if since > self._store.last_seq:
            await self._store.refresh()

    def check_cursor(self, since: int) -> None:
        """Raises: ResyncRequired if `since` is older than what is kept, or of another store."""
        require_kept(since, self._store.floor_seq, self._store.last_seq, self._store.gaps)

    def unsubscribe(self, peer: Peer) -> None:
        """Forgets the connection if none of its channels is left."""
        if not peer.channels:
            self.forget(peer)

    def forget(self, peer: Peer) -> None:
        """The connection is closed, or has no channel left."""
        subscriber = self._subscribers.pop(peer, None)
        if subscriber is not None and subscriber.task is not None:
            subscriber.task.cancel()

    def resume(self, peer: Peer) -> None:
        """A slow client takes its output again: it is told where the pushes go on."""
        subscriber = self._subscribers.get(peer)
        if subscriber is None or subscriber.is_live or subscriber.task is not None:
            return
        self._resync(subscriber)

    def _resync(self, subscriber: _Subscriber) -> None:
        if subscriber.peer.send(encode_resync(self._seq)):
            subscriber.restart(self._seq)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout(POLL_SEC):
                    await self._nudged.wait()
            except TimeoutError:
                pass
            self._nudged.clear()
            begun = loop.time()
            try:
                await self._look()
            except DeskcalError as exc:
                logger.error("changes can't be read, trying again: %s", exc)
                await asyncio.sleep(POLL_SEC)
            except Exception:
                logger.exception("changes can't be pushed, trying again")
                await asyncio.sleep(POLL_SEC)
            await asyncio.sleep(max(LEAST_WAIT_SEC, REST * (loop.time() - begun)))

    async def _prune(self) -> None:
        """Forgets changes that are older than what is kept, a few at a time."""
        while self._retention_sec:
            try:
                before = int(self._now()) - self._retention_sec
                pruned = await self._store.prune(before, PRUNE_AT_ONCE)
            except DeskcalError as exc:
                logger.error("old changes can't be forgotten: %s", exc)
                pruned = 0
            await asyncio.sleep(PRUNE_EVERY_SEC if pruned < PRUNE_AT_ONCE else POLL_SEC)

    async def _look(self) -> None:
        """Pushes what came since the last look; with nobody to tell, only takes note."""
        while self._seq < self._store.last_seq:
            if not self._subscribers:
                self._seq = self._store.last_seq
                return
            until = self._store.last_seq
            try:
                stored = await self._store.changes(max(self._seq, self._store.floor_seq), PAGE)
            except ResyncRequired:
                self._start_over(until)
                return
            if not stored:
                self._seq = max(self._seq, until)
                return
            changes = [SeenChange(one) for one in stored]
            self._seq = changes[-1].seq
            joined: dict[tuple[bytes, ...], bytes] = {}
            for number, subscriber in enumerate(list(self._subscribers.values()), 1):
                if subscriber.is_live and subscriber.cursor < self._seq:
                    self._push(subscriber, changes, joined)
                if number % PUSHES_AT_ONCE == 0:
                    await asyncio.sleep(0)

    def _start_over(self, until: int) -> None:
        """The changes that were pushed last are undone: everybody lists the events anew."""
        logger.warning("changes up to %d are undone, every subscriber resyncs", self._seq)
        self._seq = until
        for subscriber in [one for one in self._subscribers.values() if one.is_live]:
            self._resync(subscriber)

    def _push(
        self,
        subscriber: _Subscriber,
        changes: Sequence[SeenChange],
        joined: dict[tuple[bytes, ...], bytes],
    ) -> None:
        """Tells a live subscriber; who is told the same shares one piece of memory."""
        if subscriber.cursor >= changes[0].seq:
            changes = [change for change in changes if change.seq > subscriber.cursor]
        lines = tuple(_lines(changes, subscriber.viewers(self._now())))
        if lines:
            text = joined.get(lines)
            if text is None:
                text = joined[lines] = b"".join(lines)
            if not subscriber.peer.send(text):
                subscriber.is_live = False
                self.resyncs += 1
                return
        subscriber.cursor = changes[-1].seq

    async def _catch_up(self, subscriber: _Subscriber) -> None:
        """Tells each channel what came after its own cursor, in order, until all are abreast."""
        try:
            while (since := subscriber.hindmost()) < max(self._seq, subscriber.foremost()):
                await self._tell_page(subscriber, since)
                await _taken(subscriber.peer)
            subscriber.restart(subscriber.foremost())
        except ResyncRequired:
            self._resync(subscriber)
        except DeskcalError as exc:
            logger.error("changes can't be read, %s resyncs: %s", subscriber.peer.name, exc)
            self._resync(subscriber)
        finally:
            subscriber.task = None

    async def _tell_page(self, subscriber: _Subscriber, since: int) -> None:
        """One page after `since`, up to where another channel has its cursor."""
        stored = await self._store.changes(since, PAGE)
        if since != subscriber.hindmost():
            return
        stop = subscriber.next_stop(since) or self._seq
        changes = [SeenChange(one) for one in stored if one.seq <= stop]
        lines = _lines(changes, subscriber.viewers(self._now(), after=since))
        is_whole = len(changes) < len(stored) or not stored
        subscriber.delivered(stop if is_whole else changes[-1].seq)
        while lines and not subscriber.peer.send(b"".join(lines)):
            await asyncio.sleep(POLL_SEC)


async def _taken(peer: Peer) -> None:
    """Until the client has taken what it was told: who is live with much unsent is too slow."""
    while peer.unsent_bytes() > CALM_BYTES:
        await asyncio.sleep(LEAST_WAIT_SEC)


def _lines(changes: Iterable[SeenChange], viewers: Sequence[_Viewer]) -> list[bytes]:
    """What the managers of a connection together are told, each change once."""
    if not viewers:
        return []
    sees = viewers[0].sees if len(viewers) == 1 else functools.partial(_any_sees, viewers)
    return [
        change.line(type_) for change in changes if (type_ := change.type_for(sees)) is not None
    ]


def _any_sees(viewers: Sequence[_Viewer], scope: EventScope) -> bool:
    return any(viewer.sees(scope) for viewer in viewers)

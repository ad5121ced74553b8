"""The live change feed: from the change table to every subscriber, each at its own pace.

A commit only says "look"; what is pushed is read from the change table by `seq`. Whoever falls
behind is told to resync and goes on from the newest change; nobody else waits for it.
Source: contract, section 7, "Pushed messages".
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

from msgspec import Struct

from deskcal.access import Session, desk_mask
from deskcal.documents import Sight, decode_event, sight_of
from deskcal.errors import DeskcalError, ResyncRequired
from deskcal.model import ChangeType
from deskcal.peers import Peer
from deskcal.pushes import encode_push, encode_resync
from deskcal.store import FeedStore, StoredChange

logger = logging.getLogger(__name__)

PAGE = 500
"""Changes that are read at one time."""
LEAST_WAIT_SEC = 0.02
"""Between two looks, so that many small commits are pushed together."""
PRUNE_AT_ONCE = 1000
PRUNE_EVERY_SEC = 60
POLL_SEC = 1
"""The feed looks at least so often, should a nudge be lost."""


class SeenChange:
    """A change with the sight of the event before and after it, read once for all subscribers."""

    __slots__ = ("_lines", "after", "before", "stored")

    def __init__(self, stored: StoredChange) -> None:
        self.stored = stored
        self.before = None if stored.before is None else _sight(stored.before)
        """None: there was no event."""
        is_gone = stored.type == ChangeType.DELETED
        self.after = None if is_gone else _sight(stored.document)
        """None: there is no event any more."""
        self._lines: dict[ChangeType, bytes] = {}

    def type_for(self, sees: Callable[[Sight], bool]) -> ChangeType | None:
        """The change as somebody is told of it; None: it is not theirs to know.

        Who loses sight of the event sees it deleted, who gains sight sees it updated.
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
            line = encode_push(type_, self.stored.seq, self.stored.event_id, self.stored.document)
            self._lines[type_] = line
        return line


def _sight(document: bytes) -> Sight:
    return sight_of(decode_event(document))


class Interest(Struct, frozen=True):
    """What one manager on one connection wants to be told of."""

    manager_id: int
    channels: tuple[str, ...]

    def sees(self, session: Session, sight: Sight) -> bool:
        """Whether the session may see the event, and one of the channels is about it."""
        return session.can_see(sight) and any(_is_about(name, sight) for name in self.channels)


def _is_about(channel: str, sight: Sight) -> bool:
    root, _, rest = channel.partition(":")
    if root != "calendar":
        return False
    kind, _, value = rest.partition(":")
    if kind == "manager":
        return int(value) in sight.managers
    return kind == "" or desk_mask(value).matches(sight.desk)


class _Subscriber:
    """A subscribed connection: up to which change it was told."""

    __slots__ = ("cursor", "is_live", "peer", "tasks")

    def __init__(self, peer: Peer, cursor: int) -> None:
        self.peer = peer
        self.cursor = cursor
        self.is_live = True
        """False while it replays, or is too slow."""
        self.tasks: set[asyncio.Task[None]] = set()


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

    def wake(self) -> None:
        """There may be changes: look. Losing one of these costs at most one poll."""
        self._nudged.set()

    def subscribe(self, peer: Peer, interest: Interest, since: int | None) -> None:
        """Pushes from now on what `peer.channels` name; first, for `interest`, what came after.

        Raises: ResyncRequired if `since` is older than what is kept, or of another store.
        """
        if since is not None:
            self.check_cursor(since)
        subscriber = self._subscribers.get(peer)
        if subscriber is None:
            subscriber = self._subscribers[peer] = _Subscriber(peer, self._seq)
        if since is not None and since < subscriber.cursor:
            subscriber.is_live = False
            task = asyncio.get_running_loop().create_task(self._replay(subscriber, interest, since))
            subscriber.tasks.add(task)
            task.add_done_callback(subscriber.tasks.discard)

    @property
    def newest_seq(self) -> int:
        """The cursor of now."""
        return self._store.last_seq

    def check_cursor(self, since: int) -> None:
        """Raises: ResyncRequired if `since` is older than what is kept, or of another store."""
        if since < self._store.floor_seq or since > self._store.last_seq:
            raise ResyncRequired(
                f"since ({since}) is not among the changes that are kept "
                f"({self._store.floor_seq} to {self._store.last_seq}): list the events anew",
                field="since",
            )

    def unsubscribe(self, peer: Peer) -> None:
        """Forgets the connection if none of its channels is left."""
        if not peer.channels:
            self.forget(peer)

    def forget(self, peer: Peer) -> None:
        """The connection is closed, or has no channel left."""
        subscriber = self._subscribers.pop(peer, None)
        if subscriber is not None:
            for task in subscriber.tasks:
                task.cancel()

    def resume(self, peer: Peer) -> None:
        """A slow client takes its output again: it is told where the pushes go on."""
        subscriber = self._subscribers.get(peer)
        if subscriber is None or subscriber.is_live or subscriber.tasks:
            return
        if peer.send(encode_resync(self._seq)):
            subscriber.cursor = self._seq
            subscriber.is_live = True

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL_SEC):
                    await self._nudged.wait()
            except TimeoutError:
                pass
            self._nudged.clear()
            try:
                await self._look()
            except DeskcalError as exc:
                logger.error("changes can't be read, trying again: %s", exc)
                await asyncio.sleep(POLL_SEC)
            await asyncio.sleep(LEAST_WAIT_SEC)

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
            changes = [SeenChange(s) for s in await self._store.changes(self._seq, PAGE)]
            if not changes:
                return
            self._seq = changes[-1].stored.seq
            for subscriber in list(self._subscribers.values()):
                if subscriber.is_live:
                    self._push(subscriber, changes, _interests(subscriber.peer))
                    subscriber.cursor = self._seq

    def _push(
        self, subscriber: _Subscriber, changes: Sequence[SeenChange], interests: list[Interest]
    ) -> None:
        lines = self._lines(subscriber.peer, changes, interests)
        if lines and not subscriber.peer.send(b"".join(lines)):
            subscriber.is_live = False
            self.resyncs += 1

    def _lines(
        self, peer: Peer, changes: Iterable[SeenChange], interests: list[Interest]
    ) -> list[bytes]:
        """What the managers of a connection together are told, each change once."""
        now = self._now()
        wanted = [
            (interest, session)
            for interest in interests
            if (session := peer.live_session(interest.manager_id, now)) is not None
        ]

        def sees(sight: Sight) -> bool:
            return any(interest.sees(session, sight) for interest, session in wanted)

        lines = []
        for change in changes if wanted else ():
            type_ = change.type_for(sees)
            if type_ is not None:
                lines.append(change.line(type_))
        return lines

    async def _replay(self, subscriber: _Subscriber, interest: Interest, since: int) -> None:
        """Tells `interest` what came after `since`, then everybody on the connection the rest."""
        until = subscriber.cursor
        while since < until:
            stored = await self._store.changes(since, PAGE)
            changes = [SeenChange(s) for s in stored if s.seq <= until]
            if not changes:
                break
            since = changes[-1].stored.seq
            await self._send_slowly(subscriber.peer, changes, [interest])
        while subscriber.cursor < self._seq:
            stored = await self._store.changes(subscriber.cursor, PAGE)
            changes = [SeenChange(s) for s in stored if s.seq <= self._seq]
            subscriber.cursor = changes[-1].stored.seq if changes else self._seq
            await self._send_slowly(subscriber.peer, changes, _interests(subscriber.peer))
        subscriber.is_live = True

    async def _send_slowly(
        self, peer: Peer, changes: list[SeenChange], interests: list[Interest]
    ) -> None:
        """Waits while the client is too slow; its connection closes when it takes nothing."""
        lines = self._lines(peer, changes, interests)
        while lines and not peer.send(b"".join(lines)):
            await asyncio.sleep(POLL_SEC)


def _interests(peer: Peer) -> list[Interest]:
    return [Interest(manager_id, tuple(names)) for manager_id, names in peer.channels.items()]

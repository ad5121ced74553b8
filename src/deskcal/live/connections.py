"""Connections: the sessions that each has carried, and those of each manager."""

from collections.abc import Callable, Iterator

from deskcal.core.publisher import Publisher
from deskcal.core.sessions import Session

REMEMBERED_TOKENS = 500
"""Of one connection: a back end sends those of many managers on one."""


class Peer:
    """One connection, whatever its transport: what lasts as long as it does."""

    __slots__ = (
        "bad_messages",
        "channels",
        "is_authenticated",
        "is_closed",
        "is_deferring",
        "left_bytes",
        "name",
        "send",
        "sessions",
        "tokens",
        "unsent_bytes",
        "written_bytes",
    )

    def __init__(
        self,
        name: str = "",
        send: Callable[[bytes], bool] | None = None,
        unsent_bytes: Callable[[], int] | None = None,
        written_bytes: Callable[[], int] | None = None,
        is_deferring: Callable[[], bool] | None = None,
    ) -> None:
        self.name = name
        """Address, for the log."""
        self.send = send or _discard
        """`send(lines)` pushes lines; False: the client is too slow for them."""
        self.unsent_bytes = unsent_bytes or _noop
        """What was sent and has not left this process."""
        self.written_bytes = written_bytes or _noop
        """All that was sent since the connection was opened, also what has not left yet."""
        self.is_deferring = is_deferring or _is_not
        """Whether what is sent waits for the end of a long answer, at a position yet unknown.

        `Peers.arrivals` publishes its managers when it is over. Where the connection is closed
        before, it stays so: what waited was not sent.
        """
        self.is_authenticated = False
        """Whether it has carried a valid token, of whatever session type."""
        self.is_closed = False
        self.left_bytes = 0
        """How much of what was sent had left this process at the last look, or at its end."""
        self.sessions: dict[int, Session] = {}
        """By manager: of the sessions that may use calendar commands, the one that lasts longest.

        These alone decide what is pushed.
        """
        self.channels: dict[int, dict[str, None]] = {}
        """By manager: the channels subscribed to, in order."""
        self.tokens: dict[str, Session] = {}
        """Tokens carried so far of which only `exp` must be checked again."""
        self.bad_messages = 0
        """Bad messages in a row."""

    def remember(self, token: str, session: Session) -> None:
        """Adds a token to `tokens`; once there are too many, only this one is left."""
        if len(self.tokens) >= REMEMBERED_TOKENS:
            self.tokens.clear()
        self.tokens[token] = session

    def has_left(self, position: int) -> bool:
        """Whether what was sent up to `position`, of `written_bytes`, has left this process."""
        if not self.is_closed:
            self.left_bytes = self.written_bytes() - self.unsent_bytes()
        return position <= self.left_bytes

    def live_session(self, manager_id: int, now: float) -> Session | None:
        """That manager's session on this connection, unless it is over at `now`."""
        session = self.sessions.get(manager_id)
        return session if session is not None and now < session.exp else None


def _discard(_: bytes) -> bool:
    return False


def _noop() -> int:
    return 0


def _is_not() -> bool:
    return False


class Peers:
    """The connections by the managers whose sessions they have carried."""

    def __init__(self) -> None:
        self._by_manager: dict[int, dict[Peer, None]] = {}
        self.arrivals: Publisher[int] = Publisher()
        """Publishes a manager's id when a connection of theirs can be written to from now on."""
        self.session_changes: Publisher[Peer] = Publisher()
        """Publishes a connection whose sessions have changed."""

    def register_session(self, peer: Peer, session: Session) -> None:
        """The connection has carried a valid token; of a manager's several the latest `exp` counts.

        A session that may not use calendar commands decides nothing of what is pushed.
        """
        peer.is_authenticated = True
        if not session.may_use_calendar:
            return
        known = peer.sessions.get(session.manager_id)
        if known is not None and session.exp < known.exp:
            return
        peer.sessions[session.manager_id] = session
        self._by_manager.setdefault(session.manager_id, {})[peer] = None
        self.session_changes.publish(peer)
        self.arrivals.publish(session.manager_id)

    def resume(self, peer: Peer) -> None:
        """A slow client reads its output again: its managers can be reached once more."""
        for manager_id in peer.sessions:
            self.arrivals.publish(manager_id)

    def forget(self, peer: Peer) -> None:
        """The connection is closed."""
        peer.is_closed = True
        for manager_id in peer.sessions:
            self._remove(peer, manager_id)

    def _remove(self, peer: Peer, manager_id: int) -> None:
        peers = self._by_manager.get(manager_id, {})
        peers.pop(peer, None)
        if not peers:
            self._by_manager.pop(manager_id, None)

    def of_manager(self, manager_id: int, now: float) -> Iterator[tuple[Peer, Session]]:
        """The connections on which that manager can be reached at `now`, with the session there."""
        for peer in list(self._by_manager.get(manager_id, ())):
            session = peer.live_session(manager_id, now)
            if session is not None:
                yield peer, session

    def end_sessions(self, is_valid: Callable[[Session], bool]) -> None:
        """Ends the sessions that are not valid any more: nothing is pushed to them.

        All tokens are verified again when they are carried next.
        """
        for manager_id, peers in list(self._by_manager.items()):
            for peer in list(peers):
                peer.tokens.clear()
                if not is_valid(peer.sessions[manager_id]):
                    del peer.sessions[manager_id]
                    self._remove(peer, manager_id)
                    self.session_changes.publish(peer)

    def push_to_others(self, sender: Peer, manager_id: int, line: bytes, now: float) -> None:
        """Pushes `line` to that manager's other connections, where it has any subscription."""
        for peer, _ in self.of_manager(manager_id, now):
            if peer is not sender and manager_id in peer.channels:
                peer.send(line)

"""Who is connected: what a connection has said of itself, and where each manager can be reached."""

from collections.abc import Callable, Iterator

from deskcal.core.publisher import Publisher
from deskcal.core.sessions import Session

REMEMBERED_TOKENS = 500
"""Of one connection: a back end sends those of many managers on one."""


class Peer:
    """Who speaks: what lives as long as the connection, whatever its transport."""

    __slots__ = (
        "bad_messages",
        "channels",
        "is_ascii",
        "name",
        "send",
        "sessions",
        "tokens",
        "unsent_bytes",
    )

    def __init__(
        self,
        name: str = "",
        send: Callable[[bytes], bool] | None = None,
        unsent_bytes: Callable[[], int] | None = None,
    ) -> None:
        self.name = name
        """Address, for the log."""
        self.send = send or _discard
        """`send(lines)` pushes what nobody asked for; False: the client is too slow for it."""
        self.unsent_bytes = unsent_bytes or _noop
        """What was sent and has not left this process."""
        self.sessions: dict[int, Session] = {}
        """By manager: of the tokens carried so far, the one with the latest `exp`."""
        self.channels: dict[int, dict[str, None]] = {}
        """By manager: the channels subscribed to, in order."""
        self.tokens: dict[str, Session] = {}
        """Tokens carried so far that need no further look but at their `exp`."""
        self.bad_messages = 0
        """Bad messages in a row."""
        self.is_ascii = False
        """Whether surely nothing but ASCII came so far: then no frame is looked at for it."""

    def remember(self, token: str, session: Session) -> None:
        """Takes up a token into `tokens`; once there are too many, it begins anew."""
        if len(self.tokens) >= REMEMBERED_TOKENS:
            self.tokens.clear()
        self.tokens[token] = session

    def live_session(self, manager_id: int, now: float) -> Session | None:
        """That manager's session on this connection, unless it is over at `now`."""
        session = self.sessions.get(manager_id)
        return session if session is not None and now < session.exp else None


def _discard(_: bytes) -> bool:
    return False


def _noop() -> int:
    return 0


class Peers:
    """The connections by the managers whose tokens they have carried."""

    def __init__(self) -> None:
        self._by_manager: dict[int, dict[Peer, None]] = {}
        self.arrivals: Publisher[int] = Publisher()
        """Publishes a manager's id when a connection of theirs can be written to from now on."""

    def register_session(self, peer: Peer, session: Session) -> None:
        """Takes note of a token; of a manager's several the one with the latest `exp` counts."""
        known = peer.sessions.get(session.manager_id)
        if known is not None and session.exp < known.exp:
            return
        peer.sessions[session.manager_id] = session
        self._by_manager.setdefault(session.manager_id, {})[peer] = None
        self.arrivals.publish(session.manager_id)

    def resume(self, peer: Peer) -> None:
        """A slow connection takes its output again: its managers can be reached once more."""
        for manager_id in peer.sessions:
            self.arrivals.publish(manager_id)

    def forget(self, peer: Peer) -> None:
        """The connection is closed."""
        for manager_id in peer.sessions:
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

    def forget_tokens(self, _: object = None) -> None:
        """Other keys count from now on: what tokens say is looked at anew."""
        for peers in self._by_manager.values():
            for peer in peers:
                peer.tokens.clear()

    def is_open(self, peer: Peer, manager_id: int) -> bool:
        """Whether the connection, which has carried that manager's token, is not closed yet."""
        return peer in self._by_manager.get(manager_id, ())

    def push_to_others(self, sender: Peer, manager_id: int, line: bytes, now: float) -> None:
        """Pushes `line` to that manager's other connections, where it is subscribed to anything."""
        for peer, _ in self.of_manager(manager_id, now):
            if peer is not sender and manager_id in peer.channels:
                peer.send(line)

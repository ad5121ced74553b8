"""What requests need of the server: its parts, counts of answers, and whether it is stopping."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from deskcal.core.completion import NO_RULES, CallRules
from deskcal.core.devices import Device, session_of
from deskcal.core.publisher import Publisher
from deskcal.core.rate_limit import RateLimit
from deskcal.core.sessions import Session
from deskcal.core.tokens import TokenVerifier
from deskcal.limits import Limits
from deskcal.live.connections import Peer, Peers
from deskcal.live.device_passwords import DevicePasswords
from deskcal.live.feed import Feed
from deskcal.live.reminders import Reminders
from deskcal.live.tasks import Tasks
from deskcal.live.webhook_sender import WebhookSender
from deskcal.store.ports import Store


class Services(Struct, frozen=True):
    """The parts of the server that handlers work with."""

    store: Store
    verifier: TokenVerifier
    now: Callable[[], float]
    """Unix seconds."""
    rates: RateLimit
    limits: Limits
    peers: Peers
    feed: Feed
    reminders: Reminders
    webhooks: WebhookSender
    devices: DevicePasswords
    default_timezone: str = "UTC"
    """Of events that name none."""
    call_rules: CallRules = NO_RULES
    """Of the call desk."""

    def session_of(self, device: Device) -> Session:
        """The session that a device opens, for one request."""
        others_may_change = self.verifier.others_may_change
        return session_of(device, self.limits, others_may_change=others_may_change)

    def resume(self, peer: Peer) -> None:
        """A slow client reads its output again."""
        self.feed.resume(peer)
        self.peers.resume(peer)

    def forget(self, peer: Peer) -> None:
        """A connection is closed: nothing is pushed to it any more."""
        self.peers.forget(peer)
        self.feed.forget(peer)


class RequestStats:
    """Answers since the start, by command and status."""

    def __init__(self, command_count: int) -> None:
        self.answered = [0] * command_count
        """Requests that were answered with 200, by `Command.number`."""
        self._refused: dict[tuple[str, int], int] = {}

    def count_refused(self, command: str, status: int) -> None:
        """Counts an answer other than 200."""
        key = (command, status)
        self._refused[key] = self._refused.get(key, 0) + 1

    def refused(self) -> Iterator[tuple[str, int, int]]:
        """Command, status and count of the answers other than 200."""
        return ((command, status, count) for (command, status), count in self._refused.items())


class Lifecycle:
    """Whether the server is stopping, and until when all of its parts together may take for it."""

    def __init__(self) -> None:
        self.tasks = Tasks()
        """Those that last as long as the server."""
        self.stops: Publisher[float] = Publisher()
        """Publishes the deadline of a stop when it begins."""
        self.is_stopping = False
        """True once no new request is taken."""
        self.stop_deadline = 0.0
        """When the stop must be over, by the event loop's clock; 0: the server is not stopping."""

    def stop(self, deadline: float) -> None:
        """Begins the stop; a later call changes nothing: there is one deadline."""
        if not self.is_stopping:
            self.is_stopping = True
            self.stop_deadline = deadline
            self.stops.publish(deadline)

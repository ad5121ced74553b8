"""Which connections are admitted: those of all listeners together, and those without a token.

Source: contract, section 11. No sockets here.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from deskcal.limits import Limits

logger = logging.getLogger(__name__)

LOG_EVERY_SEC = 60
"""Between two log lines that say the same of a limit."""
SPARE_CONNECTIONS = 32
"""HTTP connections and TLS handshakes beyond the limit.

So health and metrics can be read at exhaustion, and clients with TLS get the reason.
"""


class AdmittedConnection(Protocol):
    """A connection, whatever its transport."""

    def abort(self, why: str) -> None:
        """Closes at once."""


class Admission:
    """Counts connections, and closes the oldest unauthenticated one where there are too many."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        """`clock`: seconds that never go back."""
        self._limits = limits
        self._clock = clock
        self._connections: set[AdmittedConnection] = set()
        self._unauthenticated: dict[AdmittedConnection, None] = {}
        self._spare: dict[AdmittedConnection, None] = {}
        self._logged_at: dict[str, float] = {}
        self.refused_total = 0
        """Connections that found the server full."""
        self.evicted_total = 0
        """Connections without a valid token that were closed for newer ones."""

    def __len__(self) -> int:
        return len(self._connections)

    def admit(self, connection: AdmittedConnection) -> bool:
        """Counts the connection as unauthenticated; False: the server is full."""
        if self._is_full:
            self.refused_total += 1
            return False
        self._connections.add(connection)
        self._unauthenticated[connection] = None
        limit = self._limits.max_connections_without_token
        if len(self._unauthenticated) > limit:
            self._log("%d connections have sent no valid token; closing the oldest", limit)
            self._evict(self._unauthenticated, "too many connections without a valid token")
        return True

    def admit_http(self, connection: AdmittedConnection) -> None:
        """Counts an HTTP connection; at exhaustion some are admitted for older ones of these."""
        if not self.admit(connection):
            self._admit_spare(connection)

    def admit_handshake(self, connection: AdmittedConnection) -> None:
        """Counts a connection whose TLS handshake begins, as one without a token.

        At exhaustion some are admitted for older ones of these: what comes after the handshake
        is refused with the reason.
        """
        if self._is_full:
            self._admit_spare(connection)
        else:
            self.admit(connection)

    @property
    def _is_full(self) -> bool:
        limit = self._limits.max_connections
        if len(self._connections) < limit:
            return False
        self._log("all %d connections are in use; refusing more", limit)
        return True

    def _admit_spare(self, connection: AdmittedConnection) -> None:
        if len(self._spare) >= SPARE_CONNECTIONS:
            self._evict(self._spare, "too many connections")
        self._spare[connection] = None

    def authenticated(self, connection: AdmittedConnection) -> None:
        """The connection has sent a valid token."""
        self._unauthenticated.pop(connection, None)

    def forget(self, connection: AdmittedConnection) -> None:
        """The connection is closed."""
        self._connections.discard(connection)
        self._unauthenticated.pop(connection, None)
        self._spare.pop(connection, None)

    def _evict(self, connections: dict[AdmittedConnection, None], why: str) -> None:
        oldest = next(iter(connections))
        self.forget(oldest)
        self.evicted_total += 1
        oldest.abort(why)

    def _log(self, text: str, limit: int) -> None:
        now = self._clock()
        if now - self._logged_at.get(text, -LOG_EVERY_SEC) >= LOG_EVERY_SEC:
            self._logged_at[text] = now
            logger.warning(text, limit)

"""Who is let in: the connections of all transports together, and those without a token so far.

Source: contract, section 11. No sockets here.
"""

from typing import Protocol

from deskcal.limits import Limits


class AdmittedConnection(Protocol):
    """A connection, whatever its transport."""

    def abort(self, why: str) -> None:
        """Closes at once."""


class Admission:
    """Counts connections, and closes the oldest stranger where there are too many of them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._guests: set[AdmittedConnection] = set()
        self._strangers: dict[AdmittedConnection, None] = {}

    def __len__(self) -> int:
        return len(self._guests)

    def admit(self, connection: AdmittedConnection) -> bool:
        """Takes the connection in, as a stranger; False where the server is full."""
        if len(self._guests) >= self._limits.max_connections:
            return False
        self._guests.add(connection)
        self._strangers[connection] = None
        if len(self._strangers) > self._limits.max_connections_without_token:
            oldest = next(iter(self._strangers))
            del self._strangers[oldest]
            oldest.abort("too many connections without a valid token")
        return True

    def known(self, connection: AdmittedConnection) -> None:
        """The connection has carried a valid token."""
        self._strangers.pop(connection, None)

    def forget(self, connection: AdmittedConnection) -> None:
        """The connection is closed."""
        self._guests.discard(connection)
        self._strangers.pop(connection, None)

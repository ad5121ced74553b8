"""HTTP connections: admitted with all others, and closed when they send no request for too long."""

import asyncio
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from deskcal.server.host import ConnectionHost


class HttpConnection(H11Protocol):
    """uvicorn's protocol under the limits of the server.

    A connection that asks for a WebSocket is handed on to `config.ws`, which admits it again.
    """

    def __init__(self, host: ConnectionHost, config: Config, state: ServerState) -> None:
        super().__init__(config, state, {})
        self._host = host
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admits the connection, and waits for a request."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._host.admission.admit_http(self)
        self._wait_for_request()

    def handle_events(self) -> None:
        """Called when input was received."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Waits for the next request."""
        self._wait_for_request()
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hands the connection on."""
        self._let_go()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Frees its place."""
        self._let_go()
        super().connection_lost(exc)

    def abort(self, _: str) -> None:
        """Closes at once."""
        self.transport.abort()

    def _wait_for_request(self) -> None:
        self._stop_waiting()
        limit = self._host.limits.http_request_timeout_sec
        self._timer = self._host.loop.call_later(limit, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _let_go(self) -> None:
        self._stop_waiting()
        self._host.admission.forget(self)

"""Why a client can't talk to what it is connected to, for its errors. No sockets here."""

import ssl

from msgspec import Struct

from deskcal.errors import Unavailable

SHOWN_BYTES = 60
"""How much an error shows of what is no message."""


class Diagnosis(Struct):
    """What is known about the peer of a link."""

    is_deskcal: bool = False
    """Whether it has sent a message."""
    foreign: bytes = b""
    """The beginning of the last line that was not a message; empty: none came."""

    def refusal(self, line: bytes, where: str) -> Unavailable | None:
        """The error for all calls after a line that is not a message; None: worth another try."""
        self.foreign = bytes(line[:SHOWN_BYTES])
        if not line.startswith(b"HTTP/"):
            return None
        return Unavailable(
            f"{where} speaks HTTP, as the web calendar does; connect to the TCP port of the "
            "server, 8765 by default"
        )

    def hint(self, reconnects: int) -> str:
        """The end of the message of a call that got no answer."""
        if self.foreign:
            return f"; the server sent {self.foreign!r}, which is not a message of deskcal"
        if reconnects and not self.is_deskcal:
            return (
                "; the server closes the connection without an answer: does it need TLS? or is "
                "it the port of the web calendar?"
            )
        return ""


def unreachable(error: Exception) -> str:
    """Why there is no connection, and what to look at."""
    if isinstance(error, ConnectionRefusedError):
        return "connection refused; is a server running there?"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}; name its CA with --ca"
    if isinstance(error, ssl.SSLError | ConnectionAbortedError):
        return f"no TLS connection: {error}; does the server use TLS on this port?"
    reason = str(error) or "no answer in time"
    return f"{reason}; is a server running there?"

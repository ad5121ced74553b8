"""What a session needs of the transport below it: write, pause, resume, close. No sockets here."""

from typing import Protocol

from deskcal.errors import DeskcalError


class Transport(Protocol):
    """What carries the messages of one client."""

    @property
    def unsent_bytes(self) -> int:
        """Output that the operating system has not accepted yet."""

    @property
    def written_bytes(self) -> int:
        """All output since the connection was opened, in the unit of `unsent_bytes`."""

    @property
    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""

    def write(self, lines: bytes) -> None:
        """Sends whole lines."""

    def write_pieces(self, pieces: list[bytes]) -> None:
        """Sends one line that is in pieces."""

    def write_part(self, pieces: list[bytes]) -> None:
        """Sends a part of one line, which `end_parts` ends; nothing else is written before that."""

    def end_parts(self) -> None:
        """The line whose parts were sent is complete."""

    def beat(self) -> None:
        """Sends a heartbeat."""

    def pause(self) -> None:
        """Stops reading; input that was read already may still arrive."""

    def resume(self) -> None:
        """Reads again."""

    def close(self, error: DeskcalError | None = None) -> None:
        """Closes once all output has been sent; `error`: the reason, which the client was sent."""

    def abort(self) -> None:
        """Closes at once; unsent output is dropped."""

"""Ports for servers that are started later, or that are started again on the same port."""

import random
import socket
from contextlib import ExitStack

BELOW_EPHEMERAL = range(20_000, 30_000)
"""No connection gets one of these as its own port, and no server that asks for port 0."""


def free_ports(count: int) -> list[int]:
    """So many different ports of the loopback that are free now."""
    found: list[int] = []
    with ExitStack() as opened:
        for port in random.SystemRandom().sample(BELOW_EPHEMERAL, len(BELOW_EPHEMERAL)):
            if len(found) == count:
                break
            try:
                opened.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            found.append(port)
    assert len(found) == count, "too few free ports"
    return found


def free_port() -> int:
    """A port of the loopback that is free now."""
    return free_ports(1)[0]

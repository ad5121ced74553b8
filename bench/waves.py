"""Many clients that connect to one port, in waves. Measures nothing."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

WAVE = 250
"""Connections that are made at the same time."""
ANSWER_SEC = 60

_Client = TypeVar("_Client", bound=asyncio.Protocol)


async def connect(
    clients: Sequence[_Client], port: int, answered: Callable[[_Client], asyncio.Future[Any]]
) -> None:
    """Connects the clients of one wave once those of the last one are `answered`.

    Raises: TimeoutError.
    """
    loop = asyncio.get_running_loop()
    for start in range(0, len(clients), WAVE):
        wave = clients[start : start + WAVE]
        for client in wave:
            await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
        async with asyncio.timeout(ANSWER_SEC):
            await asyncio.gather(*map(answered, wave))

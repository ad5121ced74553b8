"""The channels of a client and how far each has come, so that a new connection misses nothing.

The server pushes the changes of a channel in order, and none of a channel that is ahead before
those of one that is behind: a pushed `seq` is reached by every channel that is subscribed by then.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from msgspec import Struct


class _Channel(Struct):
    cursor: int | None
    """Everything up to it was pushed; None: not known."""
    is_subscribed: bool = True
    """Whether the server has answered its Subscribe on this connection."""


class Subscriptions:
    """The channels of each token."""

    def __init__(self) -> None:
        self._by_token: dict[str | None, dict[str, _Channel]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_token)

    def channels(self, token: str | None) -> list[str]:
        """The channels of a token."""
        return list(self._by_token.get(token, ()))

    def keep(
        self,
        token: str | None,
        channels: Sequence[str],
        cursor: int | None = None,
        *,
        rewound: Collection[str] = (),
    ) -> None:
        """These are the channels of the token now; none: it has none.

        New channels begin at `cursor`, and so do the `rewound` ones; None: from now on.
        """
        known = self._by_token.pop(token, {})
        if not channels:
            return
        self._by_token[token] = {
            name: known[name] if name in known and name not in rewound else _Channel(cursor)
            for name in channels
        }

    def advance(self, seq: int) -> None:
        """The change `seq` was pushed."""
        for channels in self._by_token.values():
            for channel in channels.values():
                if channel.is_subscribed and seq > (channel.cursor or 0):
                    channel.cursor = seq

    def disconnected(self) -> None:
        """The connection is gone: no channel is subscribed."""
        for channels in self._by_token.values():
            for channel in channels.values():
                channel.is_subscribed = False

    def resumed(self, token: str | None, names: Collection[str]) -> None:
        """The server has subscribed the token to these channels again."""
        for name, channel in self._by_token.get(token, {}).items():
            channel.is_subscribed = channel.is_subscribed or name in names

    def drop(self, token: str | None, names: Collection[str]) -> None:
        """These channels can't be subscribed to again."""
        self.keep(token, [name for name in self.channels(token) if name not in names])

    def resumes(self) -> Iterator[tuple[str | None, dict[str, Any]]]:
        """Token and `data` of each Subscribe of a new connection: one for each cursor."""
        for token, channels in self._by_token.items():
            by_cursor: dict[int | None, list[str]] = {}
            for name, channel in channels.items():
                by_cursor.setdefault(channel.cursor, []).append(name)
            for cursor, names in by_cursor.items():
                since = {} if cursor is None else {"since": cursor}
                yield token, {"chanels": names} | since

"""Publish and subscribe within one process: several listeners for one source of facts. Pure."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Publisher(Generic[T]):
    """Hands each published value to every subscriber."""

    def __init__(self) -> None:
        self._subscribers: tuple[Callable[[T], object], ...] = ()

    def subscribe(self, subscriber: Callable[[T], object]) -> None:
        """Calls `subscriber` with each value published from now on, after earlier subscribers."""
        self._subscribers = (*self._subscribers, subscriber)

    def publish(self, value: T) -> None:
        """Calls the subscribers in the order in which they subscribed; raises what they raise."""
        for subscriber in self._subscribers:
            subscriber(value)

"""How a group of mutations takes back a part of it: what its dictionaries held before. No SQL."""

from typing import Any, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_ABSENT: Any = object()


class Undo:
    """What entries of dictionaries were before each change of them.

    A savepoint costs nothing, however much the group holds: it is a place in this list.
    """

    def __init__(self) -> None:
        self._steps: list[tuple[dict[Any, Any], Any, Any]] = []

    @property
    def place(self) -> int:
        """Where it is now, for `go_back`."""
        return len(self._steps)

    def put(self, held: dict[_Key, _Value], key: _Key, value: _Value) -> None:
        """Sets an entry."""
        self._steps.append((held, key, held.get(key, _ABSENT)))
        held[key] = value

    def put_all(self, held: dict[_Key, _Value], entries: dict[_Key, _Value]) -> None:
        """Sets several entries."""
        self._steps += [(held, key, held.get(key, _ABSENT)) for key in entries]
        held.update(entries)

    def remove(self, held: dict[_Key, _Value], key: _Key) -> None:
        """Takes an entry out, if it is there."""
        if key in held:
            self._steps.append((held, key, held.pop(key)))

    def go_back(self, place: int) -> None:
        """Makes each dictionary what it was there, but for the order of what was removed."""
        steps = self._steps
        while len(steps) > place:
            held, key, before = steps.pop()
            if before is _ABSENT:
                del held[key]
            else:
                held[key] = before

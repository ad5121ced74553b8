"""Texts of members that were made before, as character data of XML: the next app gets the same.

Each is kept under all that it is made of, so that none has to be dropped when an event changes.
"""

import threading
from collections.abc import Hashable

MOST_CHARACTERS = 32 * 1024 * 1024
"""Of all texts together; then the oldest go. The texts of some 20,000 events."""
OVERHEAD = 300
"""Counted for each text in addition to its characters."""


class Texts:
    """Texts by key; usable in several threads."""

    def __init__(self, most_characters: int = MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._texts: dict[Hashable, str] = {}
        self._characters = 0
        self._lock = threading.Lock()
        self.get = self._texts.get
        """The text of a key; None: it is not kept."""

    def put(self, key: Hashable, text: str) -> None:
        """Keeps a text."""
        with self._lock:
            old = self._texts.pop(key, None)
            if old is not None:
                self._characters -= len(old) + OVERHEAD
            self._texts[key] = text
            self._characters += len(text) + OVERHEAD
            while self._characters > self._most:
                oldest = next(iter(self._texts))
                self._characters -= len(self._texts.pop(oldest)) + OVERHEAD

"""Creates that carry an idempotency key: the first answer again. No SQL.

Source: contract, section 7, "Idempotent create".
"""

from deskcal.core.document import decode_event, scope_of
from deskcal.errors import Conflict
from deskcal.store.batch.stored import Stored
from deskcal.store.batch.undo import Undo
from deskcal.store.batch.writes import KeptAnswer, RetryKey
from deskcal.store.ports.work import Retry


class Retries:
    """The keys that a group has used, before those that are stored."""

    def __init__(self, stored: Stored, undo: Undo, window_sec: int) -> None:
        """`window_sec`: how long a stored key counts."""
        self._stored = stored
        self._undo = undo
        self._window_sec = window_sec
        self.keys: dict[RetryKey, KeptAnswer] = {}
        """Those of the group, to be written."""

    def keep(self, key: RetryKey, kept: KeptAnswer) -> None:
        """Notes the first answer of a key."""
        self._undo.put(self.keys, key, kept)

    def first_answer(self, key: RetryKey, retry: Retry, now: int) -> bytes | None:
        """The document that the key was answered with; None: the key is new.

        Raises: Conflict if it was used with other data, and what `retry.check` raises.
        """
        kept = self.keys.get(key)
        found = (
            (kept.digest, kept.document) if kept else self._stored.kept(key, now - self._window_sec)
        )
        if found is None:
            return None
        digest, document = found
        retry.check(scope_of(decode_event(document)))
        if digest != retry.digest:
            raise Conflict(
                f"idempotency_key {retry.key!r} was used with other data; take a new key for "
                "another event",
                field="idempotency_key",
            )
        return bytes(document)

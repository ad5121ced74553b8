"""A client's methods for several events at once: batches, undo, handover."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from deskcal.client.caller import Caller


class BatchResult(Struct, frozen=True):
    """What became of a batch."""

    results: list[dict[str, Any]]
    """`status` and `data` or `error` of each operation, in order."""
    batch_id: int
    """For `undo_batch`; 0: nothing was changed."""


class UndoResult(Struct, frozen=True):
    """What an undo has put back."""

    undone: int
    """Events that are what they were before the batch."""
    left: list[int]
    """Events that somebody has changed since; they stay as they are."""
    batch_id: int
    """Of the undo itself, which can be undone; 0: nothing was changed."""


class HandoverRow(Struct, frozen=True):
    """One event in the preview of a handover."""

    id: int
    type: int
    title: str
    start_time: int
    end_time: int
    all_day: int
    timezone: str
    desk: str
    conflict: int
    """1: the manager who would get it is busy then."""


class HandoverShare(Struct, frozen=True):
    """What one manager gets in a handover."""

    manager_id: int
    count: int
    conflicts: int
    """Events at times at which the manager is busy."""
    events: Sequence[HandoverRow] = ()
    """Of a preview with `limit`: the first of them, those with a conflict before the others."""


class HandoverResult(Struct, frozen=True):
    """Who gets how much, or got it."""

    count: int
    by_manager: list[HandoverShare]
    digest: str
    """Of the preview; sent back, it makes the handover be what was shown."""
    batch_id: int = 0
    """For `undo_batch`; 0: a preview."""


class BatchCalls(Caller):
    """Commands that change several events. Source: contract, section 15."""

    async def batch_events(
        self,
        operations: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        atomic: bool = True,
        token: str | None = None,
    ) -> BatchResult:
        """Applies up to 500 mutations (command, data) in one transaction.

        `"id": "$0"` in `data` names the event that operation 0 creates. Where `atomic`, the first
        failure is raised, its `details["index"]` says which, and nothing was applied.
        """
        sent = [{"command": command, "data": data} for command, data in operations]
        data = {"operations": sent, "atomic": int(atomic)}
        answer = await self.ask("MngBatchCalendarEvents", data, token)
        return msgspec.json.decode(answer, type=BatchResult)

    async def undo_batch(self, batch_id: int, *, token: str | None = None) -> UndoResult:
        """Puts back what nobody has changed since. NotFound: no batch that the token may undo."""
        answer = await self.ask("MngUndoCalendarBatch", {"batch_id": batch_id}, token)
        return msgspec.json.decode(answer, type=UndoResult)

    async def handover_events(
        self,
        from_manager_id: int,
        to_manager_ids: Sequence[int],
        *,
        mode: Literal["first", "spread"] = "first",
        digest: str | None = None,
        desk_filter: str = "*",
        token: str | None = None,
        **facts: Any,
    ) -> HandoverResult:
        """Gives a manager's open events to others; without `digest` it is a preview.

        `facts`: `from`, `to`, `roles`, `limit` and the filters of a list. Conflict: the preview is
        out of date.
        """
        data = {
            "from_manager_id": from_manager_id,
            "to_manager_ids": list(to_manager_ids),
            "deskFilter": desk_filter,
            "mode": mode,
            "dry_run": int(digest is None),
            **({} if digest is None else {"digest": digest}),
            **facts,
        }
        answer = await self.ask("MngHandoverCalendarEvents", data, token)
        return msgspec.json.decode(answer, type=HandoverResult)

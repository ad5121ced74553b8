"""The reminders that a group of mutations fires: rows to write, and which were new. No SQL."""

from msgspec.structs import astuple

from deskcal.store.batch.undo import Undo
from deskcal.store.ports.reminders import Notification, NotificationKey


class StagedNotifications:
    """The notifications of a group, in the order in which they were staged."""

    def __init__(self, undo: Undo) -> None:
        self._undo = undo
        self._staged: dict[NotificationKey, Notification] = {}
        self._fired_by_change: set[NotificationKey] = set()
        """Also of changes that were undone: what they staged is not among `new`."""
        self.new: list[Notification] = []
        """Staged ones whose rows are new, once the group is written."""
        self.woken: list[Notification] = []
        """Snoozed ones that fire now."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.woken or self._staged)

    def add(self, fired: list[Notification]) -> None:
        """Stages notifications."""
        for notification in fired:
            self._undo.put(self._staged, notification.key, notification)

    def add_of_job(self, fired: list[Notification]) -> None:
        """Stages notifications of a job, where nothing is undone."""
        self._staged.update({notification.key: notification for notification in fired})

    def add_of_change(self, fired: list[Notification]) -> None:
        """Stages notifications that fire because of a change of their event."""
        self.add(fired)
        self._fired_by_change.update(notification.key for notification in fired)

    def staged(self) -> list[Notification]:
        """Those that are to be written."""
        return list(self._staged.values())

    def written(self, new: set[tuple[int, int, int, int]] | None) -> None:
        """Fills `new`; `new`: the keys of the rows that were new, None: all of them."""
        if new is None:
            self.new = self.staged()
        else:
            self.new = [n for key, n in self._staged.items() if astuple(key) in new]

    def reminded(self) -> list[int]:
        """Managers whose reminders changes fired, once the group is written."""
        return [n.key.manager_id for n in self.new if n.key in self._fired_by_change]

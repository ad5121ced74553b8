"""Events whose reminders a job fires, and which it changes in nothing else. No SQL."""

from deskcal.core.alarms import reminded_managers
from deskcal.core.event import Event
from deskcal.store.batch.staged import notifications_of
from deskcal.store.ports.reminders import Notification


class StagedFirings:
    """Each is a change of its own, in this order, and nothing takes one back.

    Apart from what a group has staged, which is looked at again and may be undone: a round fires
    hundreds, so that each step counts.
    """

    def __init__(self) -> None:
        self.events: list[tuple[Event, bytes]] = []
        """As they are once the reminder was sent, with their documents."""
        self.time = 0
        """Of all of them, Unix seconds."""

    def add(self, event: Event, document: bytes, now: int) -> list[Notification]:
        """Fires an armed event, given as it is once the reminder was sent; whom to notify."""
        self.time = now
        self.events.append((event, document))
        return notifications_of(event, reminded_managers(event), document, now)

"""What hooks may be sent of changes and escalations; each body is encoded once for all hooks.

Source: contract, part 2, section 17.
"""

from collections.abc import Callable

from msgspec import Struct

from deskcal.core.alarms import reminded_managers, trigger_time
from deskcal.core.document import decode_event, scope_of
from deskcal.core.event import ChangeType
from deskcal.core.webhooks import Audience, Webhook, type_for
from deskcal.live.subscribers import SeenChange
from deskcal.store.ports.feed import StoredChange
from deskcal.store.ports.webhooks import PendingEscalation
from deskcal.wire.webhooks import (
    Message,
    change_body,
    change_message,
    escalation_message,
    reminder_body,
    reminder_message,
)


class Item(Struct, frozen=True):
    """Something that a hook may be sent, once it is its turn."""

    seq: int
    """Of the change; 0: an escalation."""
    event_id: int
    time: int
    """Of the change, or when the escalation fired; Unix seconds."""
    size_bytes: int
    message: Callable[[Webhook, Audience], Message | None]
    """What it is sent, by what its creator may see then; None: nothing."""
    number: int = 0
    """Of an escalation."""


class HookChange(SeenChange):
    """A change that some hook asks for."""

    __slots__ = ("_bodies", "_is_firing", "_reminder")

    def __init__(self, stored: StoredChange) -> None:
        super().__init__(stored)
        self._bodies: dict[ChangeType, bytes] = {}
        self._reminder: bytes | None = None
        self._is_firing: bool | None = None

    @property
    def is_firing(self) -> bool:
        """Whether the change is that a reminder has fired; found out once for all hooks."""
        if self._is_firing is None:
            stored = self.stored
            self._is_firing = not stored.actor and self.after is not None and _has_fired(stored)
        return self._is_firing

    def body(self, type_: ChangeType) -> bytes:
        """Of a message that says the change, for every hook that is sent it under this type."""
        body = self._bodies.get(type_)
        if body is None:
            stored = self.stored
            known = (stored.actor, stored.batch_id, stored.event_id, stored.document)
            body = self._bodies[type_] = change_body(stored.seq, type_, stored.time, *known)
        return body

    def reminder_body(self) -> bytes:
        """Of a message that says the reminder which has fired by the change, for every hook."""
        if self._reminder is None:
            stored = self.stored
            event = decode_event(stored.document)
            known = (trigger_time(event) or 0, reminded_managers(event), stored.document)
            self._reminder = reminder_body(stored.seq, stored.time, *known)
        return self._reminder


def items_of(hook: Webhook, audience: Audience, change: HookChange) -> list[Item]:
    """What a hook may be sent of a change: the change, then the reminder that it has fired."""
    stored = change.stored
    size = len(stored.document) + len(stored.before or b"")
    items = []
    if _type_for(hook, audience, change) is not None:

        def changed(hook: Webhook, audience: Audience) -> Message | None:
            type_ = _type_for(hook, audience, change)
            if type_ is None:
                return None
            return change_message(hook.id, stored.seq, stored.time, change.body(type_))

        items.append(Item(stored.seq, stored.event_id, stored.time, size, changed))
    if hook.reminders and change.is_firing:

        def reminded(hook: Webhook, audience: Audience) -> Message | None:
            if change.after is None or not audience.sees(change.after):
                return None
            return reminder_message(hook.id, stored.seq, stored.time, change.reminder_body())

        items.append(Item(stored.seq, stored.event_id, stored.time, size, reminded))
    return items


def _type_for(hook: Webhook, audience: Audience, change: HookChange) -> ChangeType | None:
    type_ = type_for(change.stored.type, change.before, change.after, audience.sees)
    return type_ if type_ is not None and type_ in hook.types else None


def _has_fired(stored: StoredChange) -> bool:
    if stored.before is None:
        return False
    sent = decode_event(stored.document).reminder_sent_time
    return sent > 0 and sent != decode_event(stored.before).reminder_sent_time


def escalation_item(pending: PendingEscalation, document: bytes | None) -> Item:
    """What a hook is sent of an escalation; nothing once the event is deleted (None)."""

    def escalated(hook: Webhook, audience: Audience) -> Message | None:
        if document is None or not audience.sees(scope_of(decode_event(document))):
            return None
        known = (pending.fired_time, pending.due_time, pending.manager_id)
        return escalation_message(hook.id, pending.event_id, *known, document)

    size = len(document or b"")
    return Item(0, pending.event_id, pending.fired_time, size, escalated, number=pending.number)

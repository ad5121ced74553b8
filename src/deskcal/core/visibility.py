"""Which events a session may see: the rule that lists, pushes and single reads apply. Pure.

Source: contract, section 3, "Who may do what".
"""

from collections.abc import Callable

from msgspec import Struct

from deskcal.core.document import EventScope, scope_of
from deskcal.core.event import Event
from deskcal.core.masks import DeskMask, Mask
from deskcal.errors import EventId, InvalidField, NotFound


class Visibility(Struct, frozen=True):
    """The events in scope, and those of a matching brand with the manager in them."""

    manager_id: int
    desks: DeskMask
    brands: Mask

    def in_scope(self, brand: str, desk: str) -> bool:
        """Whether all events of that brand and desk are visible, whatever their participants."""
        if self.brands.known.get(brand) and self.desks.known.get(desk):
            return True
        return self.brands.matches(brand) and self.desks.matches(desk)

    def can_see(self, scope: EventScope) -> bool:
        """Whether the event is in scope, or of a matching brand with the manager in it."""
        if self.brands.known.get(scope.brand) and self.desks.known.get(scope.desk):
            return True
        if not self.brands.matches(scope.brand):
            return False
        return self.desks.matches(scope.desk) or self.manager_id in scope.managers


def not_found(event_id: int) -> NotFound:
    """The same error for an event that does not exist and for one that is not visible."""
    return NotFound("there is no ", EventId(event_id), ", or none that you may see", field="id")


def require_followed(
    event_id: int, event: Event | None, can_see: Callable[[EventScope], bool]
) -> None:
    """Raises: InvalidField if the event that `follows_id` names is not there, or not visible."""
    if event is None or not can_see(scope_of(event)):
        raise InvalidField(
            f"follows_id ({event_id}) must name an event that you may see", field="follows_id"
        )

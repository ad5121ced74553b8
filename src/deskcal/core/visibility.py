"""Which events a session may see: the rule that lists, pushes and single reads apply. Pure.

Source: contract, section 3, "Who may do what".
"""

from msgspec import Struct

from deskcal.core.document import EventScope
from deskcal.core.masks import DeskMask, Mask
from deskcal.errors import NotFound


class Visibility(Struct, frozen=True):
    """The events in scope, and those of a matching brand with the manager in them."""

    manager_id: int
    desks: DeskMask
    brands: Mask

    def in_scope(self, brand: str, desk: str) -> bool:
        """Whether all events of that brand and desk are visible, whatever their participants."""
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
    return NotFound(f"there is no event {event_id}, or none that you may see", field="id")

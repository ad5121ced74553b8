"""Sessions: the manager of a request, and what it may see and change. Pure.

The rules of isolation are defined only here and in `core.visibility`.
Source: contract, section 3.
"""

import enum

import msgspec

from deskcal.core.document import EventScope
from deskcal.core.event import Event
from deskcal.core.masks import desk_mask
from deskcal.core.visibility import Visibility, not_found
from deskcal.errors import EventId, Forbidden


class SessionType(enum.IntEnum):
    """Source: seed 000, "Access Control"; numbers: contract, section 3."""

    SESSION_USER = 0
    SESSION_MANAGER = 1
    SESSION_DEALER = 2
    SESSION_ADMIN = 3
    SESSION_SYSTEM = 4
    SESSION_FIX = 5
    SESSION_CRM_MANAGER = 10
    SESSION_CRM_ADMIN = 11


CALENDAR_TYPES = frozenset(
    map(
        int,
        (
            SessionType.SESSION_MANAGER,
            SessionType.SESSION_ADMIN,
            SessionType.SESSION_DEALER,
            SessionType.SESSION_CRM_MANAGER,
            SessionType.SESSION_CRM_ADMIN,
        ),
    )
)
ADMIN_TYPES = frozenset({SessionType.SESSION_ADMIN, SessionType.SESSION_CRM_ADMIN})
EVERY_DESK = desk_mask("*")


class Session(Visibility, frozen=True, kw_only=True):
    """One manager's rights, as a valid token gives them."""

    type: int
    exp: float
    """Unix seconds of its end, for requests and pushes; the leeway of the server is included."""
    name: str = ""
    others_may_change: bool = True
    """False: events in scope are changed by owner, creator and administrators only.

    Source: contract, section 12.
    """
    signature: object = None
    """By which `TokenVerifier.is_valid` knows the key that signed the token."""

    def __post_init__(self) -> None:
        """Administrators are not limited by desks."""
        if self.type in ADMIN_TYPES:
            msgspec.structs.force_setattr(self, "desks", EVERY_DESK)

    @property
    def may_use_calendar(self) -> bool:
        """Whether the type is one of the five of seed 000, "Access Control"."""
        return self.type in CALENDAR_TYPES

    def can_change(self, scope: EventScope | Event) -> bool:
        """Whether the session may change the visible event."""
        may_change_any = self.others_may_change or self.type in ADMIN_TYPES
        if may_change_any and self.in_scope(scope.brand, scope.desk):
            return True
        return self._owns(scope)

    def _owns(self, scope: EventScope | Event) -> bool:
        owns = self.manager_id in (scope.owner_manager_id, scope.created_by)
        return owns and self.brands.matches(scope.brand)

    def can_place(self, scope: EventScope | Event) -> bool:
        """Whether an event may be there after a create or a move: a personal task needs no desk."""
        return self.in_scope(scope.brand, scope.desk) or (not scope.desk and self._owns(scope))

    def require_change(self, event_id: int, scope: EventScope) -> None:
        """Raises: NotFound if not visible; Forbidden if seen but not the session's to change."""
        if not self.can_see(scope):
            raise not_found(event_id)
        if self.can_change(scope):
            return
        if self.in_scope(scope.brand, scope.desk):
            raise Forbidden(
                EventId(event_id),
                " is somebody else's, and on this server only its owner, its creator and "
                "administrators change it (others_may_change is off): you can read it, and answer "
                "if you take part",
            )
        raise Forbidden(
            EventId(event_id),
            " is on a desk outside your scope: you can read it, and answer if you take part; ask "
            "its owner or the desk to change it",
        )

    def require_place(self, scope: EventScope | Event) -> None:
        """Raises: Forbidden if an event may not be there after a create or a move."""
        if not self.can_place(scope):
            raise Forbidden(
                f"brand {scope.brand!r} and desk {scope.desk!r} are outside your scope "
                f"(brands {self.brands.text!r}, desks {self.desks.text!r})",
                field="brand" if not self.brands.matches(scope.brand) else "desk",
            )

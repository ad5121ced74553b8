"""Webhooks: what a hook is, what it is sent of a change, when a failed delivery is tried again.

Pure: no I/O, no clock. Source: contract, part 2, section 17.
"""

import email.utils
import enum
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from deskcal.core.directory import Manager
from deskcal.core.document import EventScope
from deskcal.core.event import ChangeType
from deskcal.core.masks import Mask, checked_brand_mask, checked_desk_mask
from deskcal.core.visibility import Visibility
from deskcal.limits import DAY_SEC

ALL_TYPES = (0, 1, 2, 3, 4)
"""Every change type, as pushed messages number them."""
FAILING_SEC = 5 * DAY_SEC
"""So long a hook may fail; then it is paused."""
MAX_RETRY_AFTER_SEC = DAY_SEC
"""A longer Retry-After counts as this."""
OLD_SECRET_SEC = DAY_SEC
"""So long the secret before a new one signs too."""
LANES = 8
"""Events of one hook whose changes are under way at one time."""


class WebhookState(enum.StrEnum):
    """Whether anything is sent."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    """The receiver has answered 410."""


class Webhook(Struct, frozen=True, kw_only=True):
    """One hook; what `MngGetCalendarWebhooks` answers is in `public`."""

    id: int
    url: str
    desk_filter: str
    brand: str = ""
    """Empty: any."""
    types: tuple[int, ...] = ALL_TYPES
    reminders: int = 0
    state: WebhookState = WebhookState.ACTIVE
    reason: str = ""
    """Why it is not active, for people; empty: it is, or somebody has paused it."""
    created_by: int
    created_time: int
    brands: str = "*"
    """Brand mask of the session that created or changed it last."""
    cursor: int = 0
    """Every change up to this one is delivered, or none of this hook's."""
    failing_since: int = 0
    """Unix seconds since when a delivery fails; 0: none does."""
    generation: int = 1
    """One more with every change of the hook: what was read before it counts no more."""
    replayed_time: int = 0
    """When it was last set to an earlier cursor: what was delivered until then is sent again."""
    secret: str = ""
    """`whsec_` and standard base64; empty: imported without it."""
    old_secret: str = ""
    old_secret_until: int = 0
    """Unix seconds."""


class PublicWebhook(Struct, frozen=True):
    """A hook as its owners see it; the order of the fields is the order on the wire."""

    id: int
    url: str
    desk_filter: str = msgspec.field(name="deskFilter")
    brand: str | None
    """None: any."""
    types: tuple[int, ...]
    reminders: int
    state: str
    reason: str
    created_by: int
    created_time: int
    cursor: int


def public(hook: Webhook) -> PublicWebhook:
    """`hook` without its secrets."""
    return PublicWebhook(
        hook.id,
        hook.url,
        hook.desk_filter,
        hook.brand or None,
        hook.types,
        hook.reminders,
        hook.state.value,
        hook.reason,
        hook.created_by,
        hook.created_time,
        hook.cursor,
    )


class Audience(Struct, frozen=True):
    """What events a hook is sent of: its own filter, and what its creator may see now."""

    visibility: Visibility
    desk_filter: Mask
    brand: str

    def sees(self, scope: EventScope) -> bool:
        """Whether the hook is sent of an event of this scope."""
        return self.asks_for(scope.brand, scope.desk) and self.visibility.can_see(scope)

    def asks_for(self, brand: str, desk: str) -> bool:
        """Whether the hook's own filter includes events of this brand and desk."""
        return (not self.brand or brand == self.brand) and self.desk_filter.matches(desk)


def audience_of(hook: Webhook, entry: Manager | None) -> Audience | str:
    """What a hook is sent of, or why its creator is no longer valid.

    `entry`: the creator in the directory, whose brand and desks count as they are now; None: not
    there, then the brands of the session that made the hook count, and every desk.
    """
    if entry is not None and entry.disabled:
        return f"its creator, manager {hook.created_by}, is disabled in the directory"
    brands = checked_brand_mask(hook.brands)
    desks = checked_desk_mask("*")
    if entry is not None:
        if not brands.matches(entry.brand):
            return f"its creator, manager {hook.created_by}, has lost brand {entry.brand!r}"
        brands = checked_brand_mask(entry.brand)
        desks = checked_desk_mask(entry.desks or "!*,-")
    visibility = Visibility(hook.created_by, desks, brands)
    return Audience(visibility, checked_desk_mask(hook.desk_filter), hook.brand)


def type_for(
    type_: ChangeType,
    before: EventScope | None,
    after: EventScope | None,
    sees: Callable[[EventScope], bool],
) -> ChangeType | None:
    """The change as a hook is sent of it; None: it is not sent.

    What becomes visible was added, what becomes invisible was deleted. `before`, `after`: None
    where there is no event.
    """
    saw = before is not None and sees(before)
    if after is not None and sees(after):
        return type_ if saw or before is None else ChangeType.ADDED
    return ChangeType.DELETED if saw else None


class Outcome(Struct, frozen=True):
    """What came of one try."""

    status: int
    """Of the answer; 0: there was none."""
    retry_after_sec: int
    took_ms: int
    why: str = ""
    """Why there was no answer."""

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken the message."""
        return 200 <= self.status < 300


def retry_delay_sec(schedule: Sequence[int], tries: int, retry_after_sec: int) -> int:
    """How long after the failed try number `tries` the next one comes; the last delay repeats."""
    delay = schedule[min(tries, len(schedule)) - 1] if schedule else 1
    return max(delay, min(retry_after_sec, MAX_RETRY_AFTER_SEC))


def retry_after_sec(header: str | None, now: float) -> int:
    """Of a Retry-After header: seconds or an HTTP date; 0: absent, past or not understood.

    Source: RFC 9110, 10.2.3.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return int(text[:9])
    try:
        return max(0, int(email.utils.parsedate_to_datetime(text).timestamp() - now))
    except (ValueError, OverflowError):
        return 0

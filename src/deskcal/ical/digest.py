"""What tells whether events of iCalendar texts are the same. Pure."""

import hashlib
from collections.abc import Sequence

import msgspec

from deskcal.ical.read import CalendarEvent


def digest_of(events: Sequence[CalendarEvent]) -> str:
    """The same for the same events, wherever they stand in a file."""
    texts = sorted(
        msgspec.json.encode(msgspec.structs.replace(event, line=0, modified=0)) for event in events
    )
    return hashlib.blake2b(b"\n".join(texts), digest_size=16).hexdigest()

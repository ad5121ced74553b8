"""MngSearchCalendarEvents: events by the words in them."""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from deskcal.commands.filters import Filters, event_facts, require_range
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.all_day import BEFORE_ALL
from deskcal.core.event import MAX_ID, MAX_TIME, Time
from deskcal.core.filters import Position, SearchFilter
from deskcal.core.sessions import Session
from deskcal.core.text_search import words_of
from deskcal.errors import InvalidField
from deskcal.live.connections import Peer

MAX_QUERY = 500
"""Characters of `q`."""
MAX_ROWS = 200
ROWS = 50
_CURSOR = re.compile(r"(-?\d{1,12})-(\d{1,16})", re.ASCII)

SearchEvents: Any = msgspec.defstruct(
    "SearchEvents",
    [
        ("q", Annotated[str, Meta(max_length=MAX_QUERY)]),
        ("since", Time | None, msgspec.field(name="from", default=None)),
        ("until", Time | None, msgspec.field(name="to", default=None)),
        ("limit", Annotated[int, Meta(ge=1, le=MAX_ROWS)] | None, None),
        ("after", str | None, None),
    ],
    bases=(Filters,),
    kw_only=True,
    module=__name__,
)
"""Words, and what the events that have them must be."""


@command("MngSearchCalendarEvents", SearchEvents, is_list=True, is_repeatable=True)
def search_events(services: Services, _: Peer, session: Session, data: Any) -> Work:
    """The events in whose text every word of `q` is found, newest first."""
    since, until = data.since or 0, MAX_TIME + 1 if data.until is None else data.until
    require_range(since, until)
    wanted = SearchFilter(
        since=since,
        until=until,
        limit=data.limit or ROWS,
        words=tuple(words_of(data.q)),
        after=_position(data.after),
        **msgspec.structs.asdict(event_facts(data, services.limits, int(services.now()))),
    )
    return _search(services, session, wanted)


async def _search(services: Services, session: Session, wanted: SearchFilter) -> Data:
    page = await services.store.search.find(wanted, session)
    following = b"null" if page.next is None else b'"%d-%d"' % page.next
    return b'{"rows":[%b],"next":%b}' % (b",".join(page.documents), following)


def _position(after: str | None) -> Position | None:
    """Raises: InvalidField for what is no `next` of a page before."""
    if after is None:
        return None
    found = _CURSOR.fullmatch(after)
    start, event_id = map(int, found.groups()) if found else (MAX_TIME + 1, 0)
    if not BEFORE_ALL <= start <= MAX_TIME or event_id > MAX_ID:
        raise InvalidField(
            f"after ({after[:64]!r}) is no cursor; send `next` of the page before", field="after"
        )
    return start, event_id

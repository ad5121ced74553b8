"""MngGetCalendarSeries."""

from msgspec import Struct

from deskcal.commands.events import EventKey
from deskcal.commands.registry import Data, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import decode_event, scope_of
from deskcal.core.event import Event
from deskcal.core.series_document import series_answer
from deskcal.core.sessions import Session
from deskcal.core.visibility import not_found
from deskcal.errors import FieldRequired, InvalidField, NotFound
from deskcal.live.connections import Peer


class SeriesKey(Struct, kw_only=True):
    """Names a series, or any of its occurrences."""

    id: EventKey | None = None
    """An occurrence of it."""
    series_id: EventKey | None = None


@command("MngGetCalendarSeries", SeriesKey, is_repeatable=True)
def get_series(services: Services, _: Peer, session: Session, data: SeriesKey) -> Work:
    """The rule of a series, and which occurrences differ from it."""
    if data.id is None and data.series_id is None:
        raise FieldRequired("send id (any occurrence) or series_id", field="id")
    if data.id is not None and data.series_id is not None:
        raise InvalidField(
            f"series_id ({data.series_id}) is not taken together with id; send one of them",
            field="series_id",
        )
    return _get_series(services, session, data)


async def _get_series(services: Services, session: Session, data: SeriesKey) -> Data:
    series_id = data.series_id or await _series_of(services, session, data.id or 0)
    series = await services.store.series.get(series_id)
    documents = await services.store.series.events(series_id) if series else []
    visible = [event for event in map(decode_event, documents) if _sees(session, event)]
    if series is None or not visible:
        raise _no_series(series_id)
    return b'{"series":%b}' % series_answer(series, visible)


async def _series_of(services: Services, session: Session, event_id: int) -> int:
    record = await services.store.load(event_id)
    if record is None or not session.can_see(record):
        raise not_found(event_id)
    series_id = decode_event(record.document).series_id
    if not series_id:
        raise InvalidField(f"id ({event_id}) is an event of no series", field="id")
    return series_id


def _sees(session: Session, event: Event) -> bool:
    return session.can_see(scope_of(event))


def _no_series(series_id: int) -> NotFound:
    return NotFound(f"there is no series {series_id}, or none that you may see", field="series_id")

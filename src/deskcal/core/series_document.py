"""Series as JSON text: as they are stored, and as answers show them. Pure."""

from collections.abc import Iterable

import msgspec

from deskcal.core.document import wire_safe
from deskcal.core.event import Event
from deskcal.core.series import Series

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Series).decode


def encode_series(series: Series) -> bytes:
    """The stored text of `series`."""
    return _encode(series)


def decode_series(text: bytes) -> Series:
    """The series of a text that `encode_series` made."""
    return _decode(text)


def series_answer(series: Series, events: Iterable[Event]) -> bytes:
    """`series` as MngGetCalendarSeries answers it; `events`: those that the session sees.

    Source: contract, section 13.
    """
    return wire_safe(
        _encode(
            {
                "series_id": series.series_id,
                "rrule": series.rrule,
                "exdates": series.exdates,
                "timezone": series.timezone,
                "start_time": series.times(series.start_local)[0],
                "duration_sec": series.length_sec,
                "horizon": series.horizon,
                "version": series.version,
                "own": sorted(event.id for event in events if event.own_fields),
            }
        )
    )

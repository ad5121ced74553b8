"""Whether the occurrences of a series agree with its rule. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfoNotFoundError

from deskcal.core.event import Event
from deskcal.core.series import Series
from deskcal.core.wall_clock import instant, wall_time
from deskcal.errors import InvalidField


def series_differences(series: Series, events: Iterable[Event]) -> Iterator[str]:
    """One sentence for each occurrence of the rule that has no event, or two.

    Events that the rule does not have are right: they were done, moved to another desk or past when
    the rule changed.
    """
    name = f"series {series.series_id}"
    found = Counter(event.original_start_time for event in events)
    for time, count in found.items():
        if count > 1:
            yield f"{name} has {count} events for its occurrence at {time}"
    try:
        zone = series.zone
        begin = instant(series.start_local, zone)
        dates = {wall_time(time, zone).date() for time in found}
        for one in series.occurrences(begin, series.horizon + series.is_ended):
            if one.time not in found and one.date not in dates:
                yield f"{name} has no event for its occurrence of {one.date.isoformat()}"
    except (InvalidField, ValueError, ZoneInfoNotFoundError) as exc:
        yield f"{name} has a rule, start or zone that can't be read: {exc}"


def missing_series(event_id: int, series_id: int) -> str:
    """An event of a series that is not there."""
    return f"event {event_id} is an occurrence of series {series_id}, which is not there"

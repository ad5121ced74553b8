"""UIDs that deskcal gives to what no client has named. Pure."""

from deskcal.core.event import Event
from deskcal.core.series import Series


def default_uid(event: Event, series: Series | None = None) -> str:
    """The UID of an event, or of `series`; it leaves the brand out, which may change."""
    if series is not None:
        return f"deskcal-series-{series.series_id}@{series.template.created_time}"
    return f"deskcal-{event.id}@{event.created_time}"

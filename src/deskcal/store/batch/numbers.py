"""Whether a group takes a number besides those of its changes. No SQL."""

from collections.abc import Iterator, Mapping, Sequence

from deskcal.core.event import Event
from deskcal.store.batch.objects import StagedObjects
from deskcal.store.batch.series import StagedSeries
from deskcal.store.batch.staged import StagedEvent
from deskcal.store.batch.writes import ChangeRow


def has_more_than_changes(
    changes: Sequence[ChangeRow],
    staged: Mapping[int, StagedEvent],
    series: StagedSeries,
    objects: StagedObjects,
) -> bool:
    """Whether a calendar object or a series changes of which no event does."""
    if objects.is_empty:
        changed = series.changed_ids
        return not (series.is_empty or _have_events(changed, _events_of(changes, staged)))
    event_ids = {change[0] for change in changes}
    series_ids = {event.series_id for event in _events_of(changes, staged)}
    has_series = series.changed_ids <= series_ids
    return not (has_series and objects.are_all_of(event_ids, series_ids))


def _have_events(series_ids: set[int], changed: Iterator[Event]) -> bool:
    """Whether of each of these series an event changes; most often the first ones are."""
    missing = set(series_ids)
    for event in changed:
        if not missing:
            break
        missing.discard(event.series_id)
    return not missing


def _events_of(changes: Sequence[ChangeRow], staged: Mapping[int, StagedEvent]) -> Iterator[Event]:
    """What the changes are of, as it was before the group and as it is."""
    for change in changes:
        one = staged[change[0]]
        yield from filter(None, (one.before, one.after))

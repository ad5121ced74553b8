"""Series: a rule, and what the events that it makes are like. Pure.

Source: contract, section 13.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from deskcal.core.alarms import end_of
from deskcal.core.event import Event, EventStatus, Flag, Id, Seconds, Time
from deskcal.core.recurrence import MAX_START_YEAR, Occurrence, Recurrence, check_start
from deskcal.core.recurrence_rule import fixed_to_start, parse_rule
from deskcal.core.wall_clock import instant, is_day_start, wall_time
from deskcal.errors import InvalidField
from deskcal.limits import DAY_SEC

EXDATES = "recurrence.exdates"
MAX_EXDATES = 1000
MAX_PAST = 2000
"""Occurrences that are over already when they are made, at most; of a daily rule, over 5 years."""
YEAR_SEC = 366 * DAY_SEC
MAX_LENGTH_YEARS = 99
MAX_LENGTH_SEC = MAX_LENGTH_YEARS * YEAR_SEC
"""Of an occurrence: one that begins before `MAX_START_YEAR` ends within the calendar."""
SEARCH_YEARS = (0, 1, 8, 50)
"""Steps in which the next occurrence is looked for."""


class RecurrenceFields(Struct, frozen=True):
    """`recurrence` as a client sends it."""

    rrule: str
    exdates: list[str] | None = None
    """Local dates that are left out; None: not sent."""


class Series(Struct, frozen=True, kw_only=True):
    """A recurrence rule and the last state that a mutation of the whole left."""

    series_id: Id
    rrule: str
    """Canonical text."""
    exdates: tuple[str, ...] = ()
    """Local dates, `2026-12-25`, sorted."""
    timezone: str
    """IANA name; never empty."""
    start: str
    """Local time of the first occurrence, as the rule says it: `2026-12-25T10:00:00`."""
    length_sec: Seconds
    """Of an all-day occurrence on the wall clock, of another one exact."""
    horizon: Time
    """Occurrences before it exist; where the rule has ended, the end of the last one."""
    is_ended: Flag
    """1: the rule has no occurrence beyond `horizon`."""
    version: int = 1
    template: Event
    """What a new occurrence is like; its id, times and version mean nothing."""

    @property
    def zone(self) -> ZoneInfo:
        """The rules of its zone."""
        return ZoneInfo(self.timezone)

    @property
    def start_local(self) -> dt.datetime:
        """`start`, parsed."""
        return dt.datetime.fromisoformat(self.start)

    @property
    def recurrence(self) -> Recurrence:
        """The rule with its start and zone, without `exdates`."""
        return Recurrence(parse_rule(self.rrule), self.start_local, self.timezone)

    def occurrences(self, since: int, until: int) -> Iterator[Occurrence]:
        """What the rule and `exdates` leave, with `since` <= time < `until`, in order."""
        found = self.recurrence.between(since, until)
        if not self.exdates:
            return found
        left_out = set(self.exdates)
        return (one for one in found if one.date.isoformat() not in left_out)

    def times(self, local: dt.datetime) -> tuple[int, int]:
        """Start and end of the occurrence that the rule puts at `local`, Unix seconds."""
        return self.times_of(Occurrence(instant(local, self.zone), local))

    def times_of(self, occurrence: Occurrence) -> tuple[int, int]:
        """The same of one of `occurrences`.

        The end is counted from the start and never before it: an all-day length in dates, another
        one in exact seconds.
        """
        start = occurrence.time
        if not self.template.all_day:
            return start, start + self.length_sec
        end = instant(occurrence.local + dt.timedelta(seconds=self.length_sec), self.zone)
        return start, max(start, end)


def local_start(event: Event, timezone: str) -> dt.datetime:
    """The wall clock time at which a series from `event` begins; of an all-day one, midnight."""
    return _local(event.start_time, bool(event.all_day), ZoneInfo(timezone))


def local_length(event: Event, timezone: str) -> int:
    """The length that occurrences like `event` have, see `Series.length_sec`.

    Raises: InvalidField for one that would lead beyond the year 9999.
    """
    if event.end_time - event.start_time > MAX_LENGTH_SEC:
        raise InvalidField(
            f"end_time ({event.end_time}) is more than {MAX_LENGTH_YEARS} years after start_time; "
            "an occurrence of a series is shorter",
            field="end_time",
        )
    if not event.all_day:
        return event.end_time - event.start_time
    zone = ZoneInfo(timezone)
    length = _local(event.end_time, True, zone) - _local(event.start_time, True, zone)
    return max(int(length.total_seconds()), 0)


def _local(time: int, is_all_day: bool, zone: ZoneInfo) -> dt.datetime:
    """The wall clock at `time`; the first instant of a date is its midnight, also a skipped one."""
    try:
        local = wall_time(time, zone)
    except OverflowError as exc:
        raise InvalidField(
            f"start_time ({time}) is beyond the year 9999 on the clock of {zone.key}; a series "
            f"begins before {MAX_START_YEAR}",
            field="start_time",
        ) from exc
    if is_all_day and is_day_start(time, zone):
        return dt.datetime.combine(local.date(), dt.time())
    return local


def checked_exdates(sent: list[str]) -> tuple[str, ...]:
    """`exdates` as they are stored. Raises: InvalidField for what is no date, or too many."""
    if len(sent) > MAX_EXDATES:
        raise InvalidField(
            f"{EXDATES} has {len(sent)} dates; at most {MAX_EXDATES} are allowed", field=EXDATES
        )
    for index, text in enumerate(sent):
        if not _is_date(text):
            path = f"{EXDATES}[{index}]"
            raise InvalidField(
                f"{path} ({text[:40]!r}) is no date of the calendar such as '2026-12-25'",
                field=path,
            )
    return tuple(sorted(set(sent)))


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def check_repeatable(event: Event) -> None:
    """Raises: InvalidField for a reminder at an absolute time, which cannot repeat."""
    if event.remind_time:
        raise InvalidField(
            f"remind_time ({event.remind_time}) is one moment and cannot repeat; a series takes "
            "remind_before_sec, the seconds before each start",
            field="remind_time",
        )


def begin_series(
    series_id: int,
    event: Event,
    rrule: str,
    exdates: tuple[str, ...],
    timezone: str,
    *,
    start: dt.datetime | None = None,
) -> Series:
    """The series whose first occurrence by the rule is `event`; `extend` makes its occurrences.

    `timezone`: of the event, or the server's default. `start`: the local time that the rule says
    for `event`, which the clock may skip; None: what the clock shows then. Raises: InvalidField for
    a rule that is not taken, or does not come at the event's start.
    """
    check_repeatable(event)
    zoned = msgspec.structs.replace(event, timezone=timezone)
    start = start or local_start(zoned, timezone)
    rule = fixed_to_start(parse_rule(rrule), start)
    check_start(Recurrence(rule, start, timezone))
    if not zoned.all_day and instant(start, ZoneInfo(timezone)) != event.start_time:
        raise InvalidField(
            f"start_time ({event.start_time}) is the second time that the clock shows "
            f"{start.isoformat()}; a series takes the first: {instant(start, ZoneInfo(timezone))}",
            field="start_time",
        )
    return Series(
        series_id=series_id,
        rrule=str(rule),
        exdates=exdates,
        timezone=timezone,
        start=start.isoformat(),
        length_sec=local_length(zoned, timezone),
        horizon=event.start_time,
        is_ended=0,
        template=as_template(zoned),
    )


def as_template(event: Event) -> Event:
    """What a new occurrence of the series of `event` gets: open, nothing of this one's own."""
    return msgspec.structs.replace(
        event,
        id=0,
        status=EventStatus.OPEN,
        updated_by=0,
        version=1,
        reminder_sent_time=0,
        remind_time=0,
        follows_id=0,
        follow_up_id=0,
        outcome="",
        outcome_note="",
        claimed_by=0,
        claim_until=0,
        series_id=0,
        original_start_time=0,
        own_fields=(),
        participants=tuple(msgspec.structs.replace(row, event_id=0) for row in event.participants),
    )


def new_occurrence(series: Series, occurrence: Occurrence, event_id: int, now: int) -> Event:
    """The event of one occurrence, as `template` says."""
    start, end = series.times_of(occurrence)
    rows = series.template.participants
    return msgspec.structs.replace(
        series.template,
        id=event_id,
        start_time=start,
        end_time=end,
        created_time=now,
        updated_time=now,
        series_id=series.series_id,
        original_start_time=occurrence.time,
        participants=tuple([msgspec.structs.replace(row, event_id=event_id) for row in rows]),
    )


class Extended(Struct, frozen=True):
    """A series with a later horizon, and what is to be made for it."""

    series: Series
    occurrences: list[Occurrence]


def extend(series: Series, until: int, *, now: int, limit: int) -> Extended:
    """The occurrences from the horizon of `series` on and before `until`.

    The new horizon is the next occurrence, or the end of the last one. Raises: InvalidField for
    more than `limit` that are not over at `now`, or more than `MAX_PAST` that are.
    """
    coming = series.occurrences(series.horizon, until)
    found, past = [], 0
    for one in coming:
        found.append(one)
        if not _is_over(series, one, now):
            break
        past += 1
        if past > MAX_PAST:
            raise _too_many(
                series, f"{MAX_PAST} occurrences that are over; begin it later, or write"
            )
    # Each ends after the one before: none that follows is over.
    found += itertools.islice(coming, limit)
    if len(found) - past > limit:
        raise _too_many(
            series,
            f"{limit} occurrences that are not over up to the horizon; end it sooner (COUNT or "
            "UNTIL), or write",
        )
    last = found[-1] if found else None
    return Extended(with_horizon(series, max(until, series.horizon), last), found)


def past_count(series: Series, occurrences: Iterable[Occurrence], now: int) -> int:
    """How many of `occurrences`, which are in order, are over at `now` where the rule puts them."""
    return sum(1 for _ in itertools.takewhile(lambda one: _is_over(series, one, now), occurrences))


def _is_over(series: Series, one: Occurrence, now: int) -> bool:
    start, end = series.times_of(one)
    event = msgspec.structs.replace(series.template, start_time=start, end_time=end)
    return end_of(event, series.timezone) <= now


def _too_many(series: Series, what: str) -> InvalidField:
    return InvalidField(
        f"recurrence.rrule ({series.rrule}) needs more than {what} a larger INTERVAL",
        field="recurrence.rrule",
    )


def with_horizon(series: Series, since: int, last: Occurrence | None = None) -> Series:
    """`series`, of which all that comes before `since` exists.

    `last`: the last occurrence before `since`; None: it is looked for where it is needed.
    """
    following = next_occurrence(series, since)
    if following is not None:
        return msgspec.structs.replace(series, horizon=following.time, is_ended=0)
    if last is not None:
        end = series.times_of(last)[1]
    else:
        end = last_end(series, wall_time(since, series.zone) + dt.timedelta(days=1))
    return msgspec.structs.replace(series, horizon=end, is_ended=1)


def next_occurrence(series: Series, since: int) -> Occurrence | None:
    """The first occurrence at `since` or later; None: there is none within 50 years."""
    for first, last in itertools.pairwise(SEARCH_YEARS):
        low, high = since + first * YEAR_SEC, since + last * YEAR_SEC
        found = next(series.occurrences(low, high), None)
        if found is not None:
            return found
    return None


def last_end(series: Series, before: dt.datetime) -> int:
    """The end of the last occurrence before `before` (local); where there is none, its start."""
    last, left_out = None, set(series.exdates)
    for local in series.recurrence.locals_between(series.start_local, before):
        if local.date().isoformat() not in left_out:
            last = local
    if last is None:
        return instant(series.start_local, series.zone)
    return series.times(last)[1]

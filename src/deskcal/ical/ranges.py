"""A UID with RDATE or RANGE=THISANDFUTURE as series that deskcal has. Pure.

The rest of a series from a THISANDFUTURE on becomes a series of its own, as a change with scope 1
makes it. It gets a UID of its own, made of the file's and the date, so that an import finds it
again. Source: RFC 5545, 3.2.13 and 3.8.5.2; contract, section 16.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from deskcal.core.recurrence import Recurrence
from deskcal.core.recurrence_rule import Frequency, Rule, fixed_to_start, parse_rule
from deskcal.core.series_rules import turned
from deskcal.core.wall_clock import day_start, instant, wall_time
from deskcal.errors import InvalidField
from deskcal.ical.read import CalendarEvent, Moment

MAX_DATES = 1000
"""RDATEs of one UID."""
ONCE = "FREQ=DAILY;COUNT=1"
"""The rule of an event that repeats by its RDATEs alone."""
_replace = msgspec.structs.replace


def parts_of(events: Sequence[CalendarEvent], default_timezone: str) -> list[list[CalendarEvent]]:
    """The events of one UID, as one list for each series or single event that they become.

    Raises: InvalidField for a rule that is not taken, or that does not follow a THISANDFUTURE.
    """
    master = next((event for event in events if event.recurrence_id is None), None)
    if master is None:
        return [[_replace(event, is_this_and_future=False) for event in events]]
    others = [event for event in events if event is not master]
    return list(_halves(repeating(master), others, default_timezone))


def _halves(
    master: CalendarEvent, others: list[CalendarEvent], default_timezone: str
) -> Iterator[list[CalendarEvent]]:
    """The series cut at each THISANDFUTURE, in order."""
    ranged = [event for event in others if event.is_this_and_future]
    if not ranged or not master.rrule:
        yield [master, *(_replace(event, is_this_and_future=False) for event in others)]
        return
    first = min(ranged, key=_recurrence_time)
    cut = _Cut.of(master, first, default_timezone)
    rest = [event for event in others if event is not first]
    before = [event for event in rest if _recurrence_time(event) < cut.time]
    after = [cut.moved(event) for event in rest if _recurrence_time(event) >= cut.time]
    tail = cut.tail(first)
    if cut.count:
        yield [cut.head(), *before]
        tail = _replace(tail, uid=f"{master.uid}_R{_stamp(cut.local, master)}")
        after = [_replace(event, uid=tail.uid) for event in after]
    yield from _halves(tail, after, default_timezone)


class _Cut(Struct, frozen=True):
    """Where a series is cut, and how far the rest moves."""

    master: CalendarEvent
    rule: Rule
    local: dt.datetime
    """On the clock of the master's zone."""
    time: int
    by: dt.timedelta
    zone: str
    """Of the rest; IANA name."""
    count: int
    """Occurrences of the rule before it."""
    last: dt.datetime | None
    """The last of them."""
    default_timezone: str

    @classmethod
    def of(cls, master: CalendarEvent, first: CalendarEvent, default_timezone: str) -> "_Cut":
        """Where `first`, an override of it and all later ones, divides the series of `master`."""
        assert first.recurrence_id is not None
        zone = master.start.zone or default_timezone
        local = first.recurrence_id.local
        if not first.recurrence_id.is_date:
            local = wall_time(first.recurrence_id.time, ZoneInfo(zone))
        rule = fixed_to_start(parse_rule(master.rrule), master.start.local)
        recurrence = Recurrence(rule, master.start.local, zone)
        return cls(
            master,
            rule,
            local,
            first.recurrence_id.time,
            first.start.local - local,
            first.start.zone or default_timezone,
            recurrence.count_before(local),
            recurrence.last_before(local),
            default_timezone,
        )

    def head(self) -> CalendarEvent:
        """The master until before the cut."""
        assert self.last is not None
        ended = (
            _replace(self.rule, count=self.count)
            if self.rule.count
            else _replace(self.rule, until=self.last.date())
        )
        return _replace(
            self.master,
            rrule=str(ended),
            exdates=tuple(one for one in self.master.exdates if one.time < self.time),
            rdates=tuple(one for one in self.master.rdates if one.time < self.time),
        )

    def tail(self, first: CalendarEvent) -> CalendarEvent:
        """`first` as the master of the rest."""
        return _replace(
            first,
            uid=self.master.uid,
            recurrence_id=None,
            is_this_and_future=False,
            rrule=str(self._moved_rule(first)),
            exdates=tuple(self._moved(one) for one in self.master.exdates if one.time >= self.time),
            rdates=tuple(self._moved(one) for one in self.master.rdates if one.time >= self.time),
        )

    def moved(self, event: CalendarEvent) -> CalendarEvent:
        """A later override, of the occurrence where the rest has it."""
        assert event.recurrence_id is not None
        return _replace(event, recurrence_id=self._moved(event.recurrence_id))

    def _moved_rule(self, first: CalendarEvent) -> Rule:
        days = (first.start.local.date() - self.local.date()).days
        if days and self.rule.names_days and self.rule.freq != Frequency.WEEKLY:
            raise InvalidField(
                f"line {first.line}: RANGE=THISANDFUTURE moves to other dates, which the rule "
                f"({self.rule}) does not follow",
                field="ics",
            )
        rule = turned(self.rule, days)
        until = rule.until and rule.until + dt.timedelta(days=days)
        return _replace(rule, count=max(rule.count - self.count, 0), until=until)

    def _moved(self, moment: Moment) -> Moment:
        before = ZoneInfo(self.master.start.zone or self.default_timezone)
        if moment.is_date:
            local = moment.local + self.by
            time = day_start(local.date(), ZoneInfo(self.zone))
            return Moment(time, local, self.zone, True)
        local = wall_time(moment.time, before) + self.by
        return Moment(instant(local, ZoneInfo(self.zone)), local, self.zone)


def repeating(event: CalendarEvent) -> CalendarEvent:
    """`event`; with RDATEs alone, with the rule that comes once: at its start.

    Raises: InvalidField for too many of them.
    """
    if len(event.rdates) > MAX_DATES:
        raise InvalidField(
            f"line {event.line}: {len(event.rdates)} RDATEs; at most {MAX_DATES} are taken",
            field="ics",
        )
    is_plain = event.rrule or not event.rdates or event.recurrence_id is not None
    return event if is_plain else _replace(event, rrule=ONCE)


def _recurrence_time(event: CalendarEvent) -> int:
    return event.recurrence_id.time if event.recurrence_id else 0


def _stamp(local: dt.datetime, master: CalendarEvent) -> str:
    return f"{local:%Y%m%d}" if master.start.is_date else f"{local:%Y%m%dT%H%M%S}"

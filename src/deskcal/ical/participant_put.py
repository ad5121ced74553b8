"""What a participant who puts an event back has changed that is not theirs to change. Pure.

An app writes a text in another form than it was given: white space, the zone of a date, an EXDATE
that leaves nothing out. That is no change. Source: contract, section 16.
"""

import datetime as dt
import itertools
import unicodedata
from collections.abc import Iterable, Iterator

from msgspec import Struct

from deskcal.core.recurrence import LAST_DAY, Recurrence
from deskcal.core.recurrence_rule import fixed_to_start, parse_rule
from deskcal.core.wall_clock import instant, wall_time
from deskcal.ical.components import Components, EventComponent
from deskcal.ical.ranges import repeating
from deskcal.ical.read import CalendarEvent, Moment

TEXTS = ("title", "location")
TIMES = ("start_time", "end_time", "all_day")
COMPARED = dt.timedelta(days=3660)
MOST_COMPARED = 1000
"""How far two rules that are written in different ways are compared, and how many dates."""


def forbidden_change(theirs: Components, ours: Components, default_timezone: str) -> str:
    """What differs in `theirs`, in words of an error; empty: nothing that matters.

    `ours`: as it was given. Components of `ours` that `theirs` does not have count as unchanged.
    Raises: InvalidField for a rule that is not taken.
    """
    for time, component in theirs.events.items():
        known = ours.events.get(time)
        changes = (
            _changes(component, known, default_timezone)
            if known is not None
            else _changes_of_added(component, ours.master)
        )
        if found := next(changes, ""):
            return found
    return ""


def _changes(theirs: EventComponent, ours: EventComponent, zone: str) -> Iterator[str]:
    yield from _changed_texts(theirs, ours)
    put, given = theirs.fields, ours.fields
    yield from (name for name in TIMES if put[name] != given[name])
    yield from _changed_details(theirs, ours)
    yield from _changed_dates(repeating(theirs.event), repeating(ours.event), zone)


def _changed_dates(theirs: CalendarEvent, ours: CalendarEvent, zone: str) -> Iterator[str]:
    if not (theirs.rrule and ours.rrule):
        if theirs.rrule or ours.rrule:
            yield "its recurrence"
        return
    put, given = _Dates.of(theirs, zone), _Dates.of(ours, zone)
    if not put.is_same_rule(given):
        yield "its recurrence"
    elif put.exceptions(theirs) != given.exceptions(ours):
        yield "which dates the series has"


def _changes_of_added(theirs: EventComponent, master: EventComponent | None) -> Iterator[str]:
    """Of an override for an occurrence that was given as the rule has it."""
    original = theirs.event.recurrence_id
    if master is None or original is None:
        yield "an occurrence that is not there"
        return
    yield from _changed_texts(theirs, master)
    event, like = theirs.event, master.event
    if event.start.time != original.time:
        yield "start_time"
    if event.end.local - event.start.local != like.end.local - like.start.local:
        yield "end_time"
    yield from _changed_details(theirs, master)


def _changed_details(theirs: EventComponent, ours: EventComponent) -> Iterator[str]:
    put, given = theirs.fields, ours.fields
    if theirs.event.status and put["status"] != given["status"]:
        yield "its status"
    if theirs.event.priority and put["priority"] != given["priority"]:
        yield "its priority"
    if _invited(theirs) - _invited(ours):
        yield "who takes part"


def _changed_texts(theirs: EventComponent, ours: EventComponent) -> Iterator[str]:
    put, given = theirs.fields, ours.fields
    yield from (name for name in TEXTS if _plain(put[name]) != _plain(given[name]))
    if _plain(theirs.event.description) != _plain(ours.event.description):
        yield "its description"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _invited(component: EventComponent) -> set[int]:
    return {row["manager_id"] for row in component.fields.get("participants", ())}


class _Dates(Struct, frozen=True):
    """A series by its dates, each a number: of days where it has no times, else Unix seconds."""

    recurrence: Recurrence
    is_all_day: bool

    @classmethod
    def of(cls, event: CalendarEvent, default_timezone: str) -> "_Dates":
        """Those of a VEVENT with a rule. Raises: InvalidField for a rule that is not taken."""
        start = event.start
        rule = fixed_to_start(parse_rule(event.rrule), start.local)
        recurrence = Recurrence(rule, start.local, start.zone or default_timezone)
        return cls(recurrence, start.is_date)

    def is_same_rule(self, other: "_Dates") -> bool:
        """Whether both rules are equal, or come at the same times as far as they are compared."""
        return self.recurrence == other.recurrence or self._first() == other._first()

    def _first(self) -> list[dt.datetime]:
        start = self.recurrence.start
        found = self.recurrence.locals_between(start, min(start + COMPARED, LAST_DAY))
        return list(itertools.islice(found, MOST_COMPARED))

    def exceptions(self, event: CalendarEvent) -> tuple[set[int], set[int]]:
        """Dates of the rule that are left out, and dates that it does not have."""
        further = {self._number(one) for one in (event.start, *event.rdates)}
        further = {number for number in further if not self._has(number)}
        left_out: set[int] = set()
        for one in event.exdates:
            left_out.update(self._left_out(one, further))
        return left_out - further, further - left_out

    def _left_out(self, one: Moment, further: set[int]) -> Iterable[int]:
        """The dates that an EXDATE names; a day names all that are on it."""
        if self.is_all_day or not one.is_date:
            number = self._number(one)
            return [number] if number in further or self._has(number) else []
        zone, day = self.recurrence.zone, one.local
        of_rule = self.recurrence.locals_between(day, day + dt.timedelta(days=1))
        on_day = (time for time in further if wall_time(time, zone).date() == day.date())
        return [*(instant(local, zone) for local in of_rule), *on_day]

    def _number(self, one: Moment) -> int:
        return one.local.toordinal() if self.is_all_day else one.time

    def _has(self, number: int) -> bool:
        if self.is_all_day:
            return self.recurrence.has(dt.datetime.fromordinal(number))
        return next(self.recurrence.between(number, number + 1), None) is not None

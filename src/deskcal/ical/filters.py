"""The filter of a calendar-query, and whether a resource fits it. Pure. Source: RFC 4791, 9.7."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from deskcal.core.event import MAX_TIME
from deskcal.ical.components import Components, EventComponent
from deskcal.ical.expand import Instance, instances
from deskcal.ical.lines import Part, Property, text_of
from deskcal.ical.read import duration_of
from deskcal.limits import DAY_SEC

LEAD_SEC = 400 * DAY_SEC
"""An alarm this long before its event is still found by its own time."""
_COUNT = re.compile(r"[0-9]{1,9}")
_NO_TIMES: Mapping[str, int] = {}


class Range(Struct, frozen=True):
    """[since, until), Unix seconds."""

    since: int = 0
    until: int = MAX_TIME


class TextMatch(Struct, frozen=True):
    """A text that a value contains."""

    text: str
    is_exact_case: bool = False
    is_negated: bool = False

    def fits(self, value: str) -> bool:
        """Whether it does."""
        if self.is_exact_case:
            return (self.text in value) != self.is_negated
        return (self.text.casefold() in value.casefold()) != self.is_negated


class ParamFilter(Struct, frozen=True):
    """What a parameter must be."""

    name: str
    is_absent: bool = False
    text: TextMatch | None = None

    def fits(self, line: Property) -> bool:
        """Whether it is so."""
        value = line.params.get(self.name)
        if value is None or self.is_absent:
            return value is None and self.is_absent
        return self.text is None or self.text.fits(value)


class PropFilter(Struct, frozen=True):
    """What a property must be."""

    name: str
    is_absent: bool = False
    range: Range | None = None
    text: TextMatch | None = None
    params: Sequence[ParamFilter] = ()

    def fits(self, part: Part, times: Mapping[str, int] = _NO_TIMES) -> bool:
        """Whether one of that name is so. `times`: Unix seconds of what may name a zone."""
        lines = part.all(self.name)
        if self.is_absent or not lines:
            return self.is_absent and not lines
        return any(self._is(line, times.get(self.name)) for line in lines)

    def _is(self, line: Property, time: int | None) -> bool:
        if self.text is not None and not self.text.fits(text_of(line.value)):
            return False
        if self.range is not None:
            if time is None:
                time = _instant_of(line)
            if time is None or not self.range.since <= time < self.range.until:
                return False
        return all(one.fits(line) for one in self.params)


class CompFilter(Struct, frozen=True):
    """What a component must be."""

    name: str
    is_absent: bool = False
    range: Range | None = None
    props: Sequence[PropFilter] = ()
    comps: Sequence["CompFilter"] = ()


def fits(found: Components, wanted: CompFilter, default_timezone: str) -> bool:
    """Whether the resource fits a filter of its VCALENDAR."""
    head = Part("VCALENDAR", 0, [], [])
    if wanted.name != "VCALENDAR" or wanted.is_absent:
        return False
    if not all(one.fits(head) for one in wanted.props if one.name != "VERSION"):
        return False
    if wanted.range is not None and not _in_range(found, wanted.range, default_timezone):
        return False
    return all(_fits_inside(found, one, default_timezone) for one in wanted.comps)


def ranges_of(wanted: CompFilter) -> Range:
    """The range outside which nothing fits; all of time where there is none."""
    found = [one.range for one in (wanted, *wanted.comps) if one.range and not one.is_absent]
    return found[0] if found else Range()


def only_range(wanted: CompFilter) -> Range | None:
    """The range, where a filter asks for events of a range and nothing else; else None."""
    if len(wanted.comps) != 1 or wanted.props or wanted.range is not None:
        return None
    (inner,) = wanted.comps
    is_plain = inner.name == "VEVENT" and not (inner.is_absent or inner.props or inner.comps)
    return inner.range if is_plain else None


def asks_for_all(wanted: CompFilter) -> bool:
    """Whether every resource with an event fits: VCALENDAR, and in it at most VEVENT."""
    if wanted.name != "VCALENDAR" or not _is_bare(wanted):
        return False
    return all(one.name == "VEVENT" and _is_bare(one) and not one.comps for one in wanted.comps)


def _is_bare(wanted: CompFilter) -> bool:
    return not (wanted.is_absent or wanted.props) and wanted.range is None


def asks_for_events(wanted: CompFilter) -> bool:
    """Whether anything that is an event can fit."""
    others = [one for one in wanted.comps if one.name not in ("VEVENT", "VTIMEZONE")]
    return all(one.is_absent for one in others)


def _fits_inside(found: Components, wanted: CompFilter, default_timezone: str) -> bool:
    if wanted.name == "VTIMEZONE":
        return bool(found.zones) != wanted.is_absent
    if wanted.name != "VEVENT":
        return wanted.is_absent
    if wanted.is_absent:
        return not found.events
    parts = [component.part for component in found.events.values()]
    if wanted.range is not None:
        since, until = wanted.range.since, wanted.range.until
        parts = [one.part for one in instances(found, since, until, default_timezone)]
    times = {id(one.part): _times_of(one) for one in found.events.values()} if wanted.props else {}
    return any(
        all(one.fits(part, times[id(part)]) for one in wanted.props)
        and all(_fits_alarm(found, part, one, default_timezone) for one in wanted.comps)
        for part in _each_once(parts)
    )


def _times_of(component: EventComponent) -> Mapping[str, int]:
    """Of the properties that have one time, in UTC or of a zone."""
    event = component.event
    times = {"DTSTART": event.start.time, "DTEND": event.end.time}
    return times | ({"RECURRENCE-ID": event.recurrence_id.time} if event.recurrence_id else {})


def _each_once(parts: Sequence[Part]) -> list[Part]:
    return list({id(part): part for part in parts}.values())


def _in_range(found: Components, range_: Range, default_timezone: str) -> bool:
    return bool(instances(found, range_.since, range_.until, default_timezone))


def _fits_alarm(found: Components, part: Part, wanted: CompFilter, default_timezone: str) -> bool:
    alarms = [one for one in part.parts if one.name == wanted.name]
    if wanted.is_absent or not alarms:
        return wanted.is_absent and not alarms
    alarms = [one for one in alarms if all(prop.fits(one) for prop in wanted.props)]
    range_ = wanted.range
    if range_ is None:
        return bool(alarms)
    low, high = max(range_.since - LEAD_SEC, 0), min(range_.until + LEAD_SEC, MAX_TIME)
    near = [one for one in instances(found, low, high, default_timezone) if one.part is part]
    return any(_goes_off(alarm, one, range_) for alarm in alarms for one in near)


def _goes_off(alarm: Part, one: Instance, range_: Range) -> bool:
    trigger = alarm.first("TRIGGER")
    if trigger is None:
        return False
    time = _instant_of(trigger)
    if time is None:
        try:
            days, seconds = duration_of(trigger)
        except ValueError:
            return False
        is_end = trigger.params.get("RELATED", "").upper() == "END"
        time = (one.end_time if is_end else one.start_time) + days * DAY_SEC + seconds
    first = range_.since - time
    if first <= 0:
        return time < range_.until
    count, step = _repeats(alarm)
    number = -(-first // step)
    return number <= count and time + number * step < range_.until


def _repeats(alarm: Part) -> tuple[int, int]:
    """How often it goes off again (REPEAT), and after how many seconds each time (DURATION).

    Source: RFC 5545, 3.6.6; RFC 4791, 9.9: any of its triggers counts.
    """
    count, pause = alarm.first("REPEAT"), alarm.first("DURATION")
    if count is None or pause is None or not _COUNT.fullmatch(count.value.strip()):
        return 0, 1
    try:
        days, seconds = duration_of(pause)
    except ValueError:
        return 0, 1
    step = days * DAY_SEC + seconds
    return (int(count.value), step) if step > 0 else (0, 1)


def _instant_of(line: Property) -> int | None:
    """Unix seconds of a DATE or DATE-TIME, whose zone is left aside; None: it is none."""
    for form in ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            return int(dt.datetime.strptime(line.value, form).replace(tzinfo=dt.UTC).timestamp())
        except ValueError:
            continue
    return None
